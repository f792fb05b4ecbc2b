"""``jobbtorg diff``: what changed between two folders of results, or two reports."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sim.cli.options import Options
from sim.cli.screen import Screen


def command(screen: Screen, options: Options) -> Callable[..., None]:
    """The command in the screen's language."""

    def diff(before: Path = options.before, after: Path = options.after) -> None:
        from sim.cli.actions import diff as action  # noqa: PLC0415 - help need not wait for the compiler

        action.diff(screen, before, after)

    return diff
