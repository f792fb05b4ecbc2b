"""``jobbtorg run``: scenarios side by side, and a folder of results."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sim.cli.options import Options
from sim.cli.request import Request
from sim.cli.screen import Screen
from sim.experiment.engine import Engine


def command(screen: Screen, options: Options) -> Callable[..., None]:
    """The command in the screen's language."""

    def run(
        scenarios: list[str] = options.scenarios,
        settings: list[str] = options.settings,
        start: str | None = options.start,
        end: str | None = options.end,
        runs: int = options.runs,
        seed: int = options.seed,
        jobs: int | None = options.jobs,
        engine: Engine = options.engine,
        level: float = options.level,
        out: Path | None = options.out,
        parameters: Path | None = options.parameters,
        store: bool = options.store,
    ) -> None:
        from sim.cli.actions import run as action  # noqa: PLC0415 - help need not wait for the compiler

        names, laid = tuple(scenarios), tuple(settings)
        action.run(
            screen, Request(names, laid, start, end, runs, seed, jobs, engine, level, out, parameters, store)
        )

    return run
