"""A page that comes late: what the kernel told before its widgets were there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.explorer import browsing

pytestmark = pytest.mark.browser


def test_what_comes_while_the_page_loads_its_widgets_is_not_lost(repository: Path, tmp_path: Path):
    """The kernel works on while Voilà's page asks for its widgets; here the page misses it all.

    The runs take longer than the page; where they didn't, the widgets come with the last answer in them.
    """
    (tmp_path / "scenarios").mkdir()
    done = browsing.DONE.encode()
    told: list[bytes] = []
    arrived: list[Any] = []

    def between(socket: Any) -> None:
        kernel = socket.connect_to_server()

        def over() -> bool:
            return any(done in one for one in told)

        def from_page(message: Any) -> None:
            if b'"event":"click"' in _raw(message) and not over():
                arrived.append(message)
            else:
                kernel.send(message)

        def from_kernel(message: Any) -> None:
            missed = b'"method": "update"' in _raw(message) and not over()
            told.append(_raw(message))
            if not missed:
                socket.send(message)
            if over():
                while arrived:
                    kernel.send(arrived.pop())

        socket.on_message(from_page)
        kernel.on_message(from_kernel)

    def route(page: Any) -> None:
        page.route_web_socket(re.compile("/api/kernels/"), between)

    with browsing.explorer("voila", repository, tmp_path, (2, 64), [], route) as page:
        assert page.inner_text(".explorer-sentence")
        assert page.locator(".explorer-years svg").count() == 1


def _raw(message: Any) -> bytes:
    return message if isinstance(message, bytes) else str(message).encode()
