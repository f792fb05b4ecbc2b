"""``jobbtorg run``: scenarios side by side, and a folder of results; or an archived one made anew."""

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

    def run(
        scenarios: list[str] = options.scenarios_or_archive,
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
        archive: Path | None = options.archive,
        ensemble: str | None = options.ensemble,
        draws: int | None = options.draws,
        runs_per_draw: int = options.runs_per_draw,
    ) -> None:
        if archive is not None:
            if scenarios or settings or start or end or out or ensemble:
                raise CommandError("from-alone")
            from sim.cli.actions import reproduce  # noqa: PLC0415 - help need not wait for the compiler

            reproduce.reproduce_from(screen, archive, jobs, parameters)
            return
        if not scenarios:
            raise CommandError("scenario-needed")
        names, laid = tuple(scenarios), tuple(settings)
        request = Request(
            *(names, laid, start, end, runs, seed, jobs, engine, level, out, parameters, store),
            ensemble=ensemble,
            draws=draws,
            runs_per_draw=runs_per_draw,
        )
        if ensemble is not None:
            from sim.cli.actions import drawn  # noqa: PLC0415 - as above

            drawn.show(screen, request, "run")
            return
        if draws is not None:
            raise CommandError("draws-alone")
        from sim.cli.actions import run as action  # noqa: PLC0415 - as above

        action.run(screen, request)

    return run
