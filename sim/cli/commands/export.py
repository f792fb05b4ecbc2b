"""``jobbtorg export``: one run's made-up people, their stays, and an event log."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sim.cli.options import Options
from sim.cli.screen import Screen


def command(screen: Screen, options: Options) -> Callable[..., None]:
    """The command in the screen's language."""

    def export(
        scenario: str = options.one_scenario,
        settings: list[str] = options.settings,
        end: str | None = options.end,
        run: int = options.run,
        seed: int = options.seed,
        xes: bool = options.xes,
        out: Path | None = options.out,
        parameters: Path | None = options.parameters,
    ) -> None:
        from sim.cli.actions import export as action  # noqa: PLC0415 - help need not wait for the compiler

        action.export(screen, action.Asked(scenario, tuple(settings), end, run, seed, xes, out, parameters))

    return export
