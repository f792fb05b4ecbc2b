"""``jobbtorg person``: one made-up person through the same run of two scenarios."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sim.cli.options import Options
from sim.cli.screen import Screen
from sim.experiment.ranking import Ranking


def command(screen: Screen, options: Options) -> Callable[..., None]:
    """The command in the screen's language."""

    def person(
        base: str = options.base,
        other: str = options.other,
        settings: list[str] = options.settings,
        end: str | None = options.end,
        run: int = options.run,
        seed: int = options.seed,
        who: str | None = options.person,
        by: Ranking = options.by,
        figure: Path | None = options.figure,
        parameters: Path | None = options.parameters,
    ) -> None:
        from sim.cli.actions import person as action  # noqa: PLC0415 - help need not wait for the compiler

        asked = action.Asked(base, other, tuple(settings), end, run, seed, who, by, figure, parameters)
        action.person(screen, asked)

    return person
