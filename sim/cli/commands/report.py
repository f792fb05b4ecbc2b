"""``jobbtorg report``: the report to the committee."""

from __future__ import annotations

from collections.abc import Callable

from sim.cli.options import Options
from sim.cli.screen import Screen


def command(screen: Screen, options: Options) -> Callable[..., None]:
    """The command in the screen's language."""

    def report() -> None:
        raise NotImplementedError

    return report
