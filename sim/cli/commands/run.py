"""``jobbtorg run``: scenarios side by side, and a folder of results."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sim.cli import tables
from sim.cli.batch import Request, keep, perform
from sim.cli.options import Options
from sim.cli.screen import Screen
from sim.experiment.run import Engine


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
    ) -> None:
        request = Request(
            tuple(scenarios), tuple(settings), start, end, runs, seed, jobs, engine, level, out, parameters
        )
        batch = perform(screen, request, "run")
        words, results = screen.words, batch.results
        head = [words.raw(f"cli.tables.{key}") for key in ("measure", "unit", "period")]
        rows = tables.level_rows(results, level, words)
        screen.table("", [*head, *results.names], rows, numbers_from=len(head))
        first = next(iter(batch.resolved.values())).scenario
        screen.say(
            "tables.caption",
            runs=results.runs,
            level=tables.percent(words, level),
            **tables.span(first, results, words),
        )
        keep(screen, batch)

    return run
