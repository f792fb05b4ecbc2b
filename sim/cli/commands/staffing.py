"""``jobbtorg staffing``: the City's own rule, the plan's table, and the posts that a run needs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sim.cli.options import Options
from sim.cli.request import Request
from sim.cli.screen import Screen
from sim.experiment.engine import Engine


def command(screen: Screen, options: Options) -> Callable[..., None]:
    """The command in the screen's language."""

    def staffing(
        scenario: str | None = options.scenario,
        settings: list[str] = options.settings,
        end: str | None = options.end,
        runs: int = options.runs,
        seed: int = options.seed,
        jobs: int | None = options.jobs,
        engine: Engine = options.engine,
        level: float = options.level,
        parameters: Path | None = options.parameters,
    ) -> None:
        from sim.cli.actions import staffing as action  # noqa: PLC0415 - help need not wait for the compiler

        names, laid = () if scenario is None else (scenario,), tuple(settings)
        action.staffing(
            screen, Request(names, laid, None, end, runs, seed, jobs, engine, level, None, parameters)
        )

    return staffing
