"""``jobbtorg compare``: what scenarios change against a base, with a verdict."""

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

    def compare(
        base: str = options.base,
        others: list[str] = options.others,
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
        targets: list[str] = options.targets,
        budget: int | None = options.budget,
    ) -> None:
        if base in others:
            raise CommandError("same-scenarios", name=base)
        if budget is not None and not targets:
            raise CommandError("budget-alone")
        from sim.cli.actions import compare as action  # noqa: PLC0415 - help need not wait for the compiler

        names, laid = (base, *others), tuple(settings)
        request = Request(
            *(names, laid, start, end, runs, seed, jobs, engine, level, out, parameters, store),
            targets=tuple(targets),
            budget=budget,
        )
        action.compare(screen, request)

    return compare
