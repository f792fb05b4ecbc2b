"""``jobbtorg waterfall``: what moves between two scenarios, by line of cost and lever by lever."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sim.cli.errors import CommandError
from sim.cli.options import Options
from sim.cli.request import Request
from sim.cli.screen import Screen
from sim.experiment.engine import Engine


def command(screen: Screen, options: Options) -> Callable[..., None]:
    """The command in the screen's language."""

    def waterfall(
        base: str = options.base,
        other: str = options.other,
        measure: str = options.measure,
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
        if base == other:
            raise CommandError("same-scenarios", name=base)
        from sim.cli.actions import waterfall as action  # noqa: PLC0415 - help need not wait for the compiler

        names, laid = (base, other), tuple(settings)
        request = Request(names, laid, start, end, runs, seed, jobs, engine, level, out, parameters, store)
        action.waterfall(screen, request, measure)

    return waterfall
