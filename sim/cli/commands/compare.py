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
        ensemble: str | None = options.ensemble,
        draws: int | None = options.draws,
        runs_per_draw: int = options.runs_per_draw,
        structures: bool = options.structures,
    ) -> None:
        if base in others:
            raise CommandError("same-scenarios", name=base)
        if budget is not None and not targets:
            raise CommandError("budget-alone")
        if targets and ensemble is not None:
            raise CommandError("target-with-ensemble")
        if (draws is not None or structures) and ensemble is None:
            raise CommandError("draws-alone")
        names, laid = (base, *others), tuple(settings)
        request = Request(
            *(names, laid, start, end, runs, seed, jobs, engine, level, out, parameters, store),
            targets=tuple(targets),
            budget=budget,
            ensemble=ensemble,
            draws=draws,
            runs_per_draw=runs_per_draw,
            structures=structures,
        )
        if ensemble is not None:
            from sim.cli.actions import drawn  # noqa: PLC0415 - help need not wait for the compiler

            drawn.show(screen, request, "compare")
            return
        from sim.cli.actions import compare as action  # noqa: PLC0415 - as above

        action.compare(screen, request)

    return compare
