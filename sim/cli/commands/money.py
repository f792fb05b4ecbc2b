"""``jobbtorg money``: what the City, the state and both bear, and what the centres were paid with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sim.cli.options import Options
from sim.cli.request import Request
from sim.cli.screen import Screen
from sim.experiment.engine import Engine


def command(screen: Screen, options: Options) -> Callable[..., None]:
    """The command in the screen's language."""

    def money(
        scenario: str = options.one_scenario,
        against: str | None = options.against,
        settings: list[str] = options.settings,
        end: str | None = options.end,
        runs: int = options.runs,
        seed: int = options.seed,
        jobs: int | None = options.jobs,
        engine: Engine = options.engine,
        level: float = options.level,
        parameters: Path | None = options.parameters,
        store: bool = options.store,
    ) -> None:
        from sim.cli.actions import money as action  # noqa: PLC0415 - help need not wait for the compiler

        names = (scenario,) if against is None else (against, scenario)
        laid = tuple(settings)
        request = Request(names, laid, None, end, runs, seed, jobs, engine, level, None, parameters, store)
        action.money(screen, request)

    return money
