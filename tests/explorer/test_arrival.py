"""A page that comes late: what the kernel told before its widgets were there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.explorer import browsing

pytestmark = pytest.mark.browser


def test_what_comes_while_the_page_loads_its_widgets_is_not_lost(repository: Path, tmp_path: Path):
    """The kernel works on while Voilà's page asks for its widgets; here the page misses it all."""
    (tmp_path / "scenarios").mkdir()
    missed: list[bytes] = []
    arrived: list[Any] = []

    def between(socket: Any) -> None:
        kernel = socket.connect_to_server()
        done = browsing.DONE.encode()

        def from_page(message: Any) -> None:
            if b'"event":"click"' in _raw(message) and not any(done in one for one in missed):
                arrived.append(message)
            else:
                kernel.send(message)

        def from_kernel(message: Any) -> None:
            if b'"method": "update"' not in _raw(message) or any(done in one for one in missed):
                socket.send(message)
                return
            missed.append(_raw(message))
            if done in missed[-1]:
                for one in arrived:
                    kernel.send(one)

        socket.on_message(from_page)
        kernel.on_message(from_kernel)

    def route(page: Any) -> None:
        page.route_web_socket(re.compile("/api/kernels/"), between)

    with browsing.explorer("voila", repository, tmp_path, (2, 4), [], route) as page:
        assert len(arrived) == 1
        assert page.locator(".explorer-years svg").count() == 1
        assert page.inner_text(".explorer-sentence")


def _raw(message: Any) -> bytes:
    return message if isinstance(message, bytes) else str(message).encode()
