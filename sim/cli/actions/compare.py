"""What scenarios change against a base, with a verdict."""

from __future__ import annotations

from sim.cli import tables
from sim.cli.batch import keep, perform
from sim.cli.errors import say
from sim.cli.request import Request
from sim.cli.screen import Screen
from sim.experiment.differences import differences, paired_difference
from sim.experiment.enough import Enough
from sim.experiment.results import Results

COLUMNS = ("measure", "unit", "period", "base", "difference", "verdict", "more_runs")

TARGET_COLUMNS = ("measure", "other", "unit", "asked", "reached", "ended", "runs", "independent")


def compare(screen: Screen, request: Request) -> None:
    """Compare the first scenario of the request with each of the others, show and keep."""
    batch = perform(screen, request, "compare")
    words, results, level = screen.words, batch.results, request.level
    base, *others = results.names
    head = [words.raw(f"cli.tables.{key}") for key in COLUMNS]
    for other in others:
        title = say(words, "tables.compare_title", other=other, base=base)
        rows = tables.difference_rows(results, base, other, level, words)
        screen.table(title, head, rows, numbers_from=3)
        _tell_pairing(screen, results, base, other)
    screen.say(
        "tables.compare_caption",
        runs=results.runs,
        level=tables.percent(words, level),
        **tables.span(batch.resolved[base].scenario, results, words),
    )
    if batch.enough is not None:
        _tell_targets(screen, batch.enough)
    longer = [period.key for period in results.periods if period.kind != "month"]
    keep(screen, batch, differences(results, base, others, periods=longer, level=level))


def _tell_targets(screen: Screen, enough: Enough) -> None:
    """Say for each target whether it was met, and what it would have cost without pairing."""
    words = screen.words
    units = {measure.key: measure for measure in enough.results.measures}
    rows = []
    for outcome in enough.outcomes:
        measure, independent = units[outcome.target.measure], outcome.independent_runs
        rows.append(
            [
                tables.measure_text(words, measure, "name"),
                outcome.other,
                words.unit(measure.unit),
                tables.three_figures(words, outcome.target.half_width, measure.unit),
                tables.three_figures(words, outcome.half_width, measure.unit),
                words.raw(f"cli.targets.{'met' if outcome.met else 'spent'}"),
                words.plain(outcome.difference.runs),
                words.raw("cli.targets.any") if independent is None else words.plain(independent),
            ]
        )
    head = [words.raw(f"cli.targets.{key}") for key in TARGET_COLUMNS]
    screen.table(words.raw("cli.targets.title"), head, rows, numbers_from=3)
    if enough.met:
        screen.say("targets.all")
    else:
        screen.say("targets.some", budget=words.plain(enough.budget))


def _tell_pairing(screen: Screen, results: Results, base: str, other: str) -> None:
    """Say what pairing was worth for net cost, where it was worth anything."""
    found = paired_difference(results.cell(base, tables.NET_COST), results.cell(other, tables.NET_COST))
    gain = found.pairing_gain if found is not None else None
    if gain is not None and gain > 1.0:
        independent = screen.words.plain(round(results.runs * gain))
        screen.say("tables.pairing", runs=results.runs, independent=independent)
