"""``jobbtorg report``: the report to the committee."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sim.cli.errors import CommandError
from sim.cli.options import Options
from sim.cli.screen import Screen
from sim.words import languages


def command(screen: Screen, options: Options) -> Callable[..., None]:
    """The command in the screen's language; the report is made in the languages asked for, else in all."""

    def report(
        runs: int = options.runs,
        seed: int = options.seed,
        jobs: int | None = options.jobs,
        out: Path | None = options.out,
        day: str | None = options.day,
        case_number: str = options.case_number,
        parameters: Path | None = options.parameters,
        ensemble: str | None = options.ensemble,
        draws: int | None = options.draws,
        runs_per_draw: int = options.runs_per_draw,
        structures: bool = options.structures,
    ) -> None:
        if (draws is not None or structures) and ensemble is None:
            raise CommandError("draws-alone")
        from sim.cli.actions import report as action  # noqa: PLC0415 - help need not wait for the compiler

        asked = screen.asked or languages()
        drawn = None if ensemble is None else (ensemble, draws, runs_per_draw, structures)
        action.report(screen, asked, runs, seed, jobs, out, day, case_number, parameters, drawn)

    return report
