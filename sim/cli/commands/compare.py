"""``jobbtorg compare``: what scenarios change against a base, with a verdict."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sim.cli import tables
from sim.cli.batch import Request, keep, perform
from sim.cli.errors import CommandError, say
from sim.cli.options import Options
from sim.cli.screen import Screen
from sim.experiment.differences import differences, paired_difference
from sim.experiment.results import Results
from sim.experiment.run import Engine


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
    ) -> None:
        if base in others:
            raise CommandError("same-scenarios", name=base)
        request = Request(
            (base, *others), tuple(settings), start, end, runs, seed, jobs, engine, level, out, parameters
        )
        batch = perform(screen, request, "compare")
        words, results = screen.words, batch.results
        first, *rest = results.names
        keys = ("measure", "unit", "period", "base", "difference", "verdict", "more_runs")
        head = [words.raw(f"cli.tables.{key}") for key in keys]
        for other in rest:
            title = say(words, "tables.compare_title", other=other, base=first)
            rows = tables.difference_rows(results, first, other, level, words)
            screen.table(title, head, rows, numbers_from=3)
            _tell_pairing(screen, results, first, other)
        scenario = batch.resolved[first].scenario
        screen.say(
            "tables.compare_caption",
            runs=results.runs,
            level=tables.percent(words, level),
            **tables.span(scenario, results, words),
        )
        longer = [period.key for period in results.periods if period.kind != "month"]
        keep(screen, batch, differences(results, first, rest, periods=longer, level=level))

    return compare


def _tell_pairing(screen: Screen, results: Results, base: str, other: str) -> None:
    """Say what pairing was worth for net cost, where it was worth anything."""
    found = paired_difference(results.cell(base, tables.NET_COST), results.cell(other, tables.NET_COST))
    gain = found.pairing_gain if found is not None else None
    if gain is not None and gain > 1.0:
        independent = screen.words.plain(round(results.runs * gain))
        screen.say("tables.pairing", runs=results.runs, independent=independent)
