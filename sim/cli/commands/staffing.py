"""``jobbtorg staffing``: the City's own rule, the plan's table, and the posts that a run needs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from sim.cli.errors import CommandError
from sim.cli.options import Options
from sim.cli.request import Request
from sim.cli.screen import Screen
from sim.experiment.engine import Engine

PROBABILITY = 0.9


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
        mean_wait: float | None = options.mean_wait,
        p90_wait: float | None = options.p90_wait,
        wait_until: Literal["plan", "caseworker"] = options.wait_until,
        probability: float | None = options.probability,
        start: str | None = options.start,
        figure: Path | None = options.figure,
        store: bool = options.store,
    ) -> None:
        promised = mean_wait is not None or p90_wait is not None
        if probability is not None and not promised:
            raise CommandError("without-promise")
        from sim.cli.actions import staffing as action  # noqa: PLC0415 - help need not wait for the compiler
        from sim.experiment.needed_posts import Promise  # noqa: PLC0415

        names, laid = () if scenario is None else (scenario,), tuple(settings)
        request = Request(names, laid, start, end, runs, seed, jobs, engine, level, None, parameters, store)
        if not promised:
            action.staffing(screen, request)
            return
        share = PROBABILITY if probability is None else probability
        action.keeping_a_promise(screen, request, Promise(mean_wait, p90_wait, share, wait_until), figure)

    return staffing
