"""``jobbtorg paper-trail``: how the model is built, what it assumes, and what shows that it works."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sim.cli.options import Options
from sim.cli.screen import Screen


def command(screen: Screen, options: Options) -> Callable[..., None]:
    """The command in the screen's language."""

    def paper_trail(
        study: Path | None = options.sensitivity_study,
        day: str | None = options.day,
        out: Path | None = options.out,
        parameters: Path | None = options.parameters,
    ) -> None:
        from sim.cli.actions import paper_trail as action  # noqa: PLC0415 - help need not wait for the compiler

        action.paper_trail(screen, study, day, out, parameters)

    return paper_trail
