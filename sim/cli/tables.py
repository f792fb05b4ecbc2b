"""Results as tables to read: which measures, and how their numbers are written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from sim.experiment.differences import Difference, paired_difference
from sim.experiment.results import ALL, TOTAL, Results
from sim.outcomes import Measure
from sim.parameters import Scenario, month_start
from sim.words import Interval, Name, Quantity, Trace, Words
from sim.words.texts import SCALE

HEADLINE = (
    "aspirants_year",
    "self_support_share_year",
    "enrolments",
    "stock",
    "wait_days",
    "caseload",
    "posts",
    "benefit_cost",
    "programme_cost",
    "net_cost",
    "public_net_cost",
    "present_value",
    "public_present_value",
)
"""Measures that short tables show; everything is in the files."""

NET_COST = "net_cost"


def measure_text(words: Words, measure: Measure, field: str) -> str:
    """A measure's name, definition or equation."""
    return str(words.measure(measure.words, field, measure.fills))


def headline(results: Results) -> list[Measure]:
    """The headline measures that the results hold, in the order of tables."""
    by_key = {measure.key: measure for measure in results.measures}
    return [by_key[key] for key in HEADLINE if key in by_key]


def span(scenario: Scenario, results: Results, words: Words) -> dict[str, str]:
    """First and last date that the tables report, in words."""
    total = next(period for period in results.periods if period.key == TOTAL)
    return {
        "start": words.date(month_start(total.first, scenario.start)),
        "end": words.date(month_start(total.last + 1, scenario.start) - timedelta(days=1)),
    }


def percent(words: Words, level: float) -> str:
    """A level as per cent, without its sign."""
    return words.plain(round(level * 100.0, 6))


def three_figures(words: Words, value: float, unit: str) -> str:
    """A width in its unit as tables write it, with three figures."""
    return words.plain(float(f"{value * SCALE.get(unit, 1.0):.3g}"))


def level_rows(results: Results, level: float, words: Words) -> Iterator[list[str]]:
    """Rows of the table of scenarios side by side: name, unit, period, then a cell for each scenario."""
    summary = results.summary(level)
    centre, segment = results.centres.index(ALL), results.segments.index(ALL)
    for measure in headline(results):
        m = results.measure_keys.index(measure.key)
        for key in _periods(results, measure):
            p = results.period_keys.index(key)
            cells = []
            for s, name in enumerate(results.names):
                where = (s, m, p, centre, segment)
                if summary.runs[where] < 2:
                    cells.append("")
                    continue
                interval = Interval(float(summary.lower[where]), float(summary.upper[where]), level)
                trace = Trace(measure=measure.key, scenario=name, period=key)
                quantity = Quantity(float(summary.mean[where]), measure.unit, trace, interval)
                cells.append(words.quantity(quantity, "bare_interval"))
            yield [measure_text(words, measure, "name"), words.unit(measure.unit), period(words, key), *cells]


def difference_rows(
    results: Results, base: str, other: str, level: float, words: Words
) -> Iterator[list[str]]:
    """Rows of the table of differences: by year and in total, with verdict and runs needed."""
    for measure in headline(results):
        for key in (*_years(results), TOTAL):
            before, after = results.cell(base, measure.key, key), results.cell(other, measure.key, key)
            found = paired_difference(before, after, level)
            if found is None:
                continue
            trace = Trace(measure=measure.key, scenario=other, base=base, period=key)
            change = Quantity(found.mean, measure.unit, trace, Interval(found.lower, found.upper, level))
            level_of_base = Quantity(found.base_mean, measure.unit, trace)
            yield [
                measure_text(words, measure, "name"),
                words.unit(measure.unit),
                period(words, key),
                words.quantity(level_of_base, "bare", unit_step=words.step(change)),
                words.quantity(change, "bare_signed_interval"),
                verdict(found, words),
                more_runs(found, words),
            ]


def verdict(found: Difference, words: Words) -> str:
    """Lower, higher, cannot tell yet; or that no run differs."""
    return words.raw("cli.tables.identical") if found.identical else words.verdict(found.verdict)


def more_runs(found: Difference, words: Words) -> str:
    """How many runs to add; nothing when settled or when the change doesn't touch the cell."""
    if found.verdict != "cannot_tell" or found.identical:
        return ""
    number = words.plain(found.more_runs)
    return str(words.text("cli.tables.beyond", runs=Name(number))) if found.beyond_maximum else number


def period(words: Words, key: str) -> str:
    """A period's name in a table."""
    return str(words.period(key))


def _years(results: Results) -> list[str]:
    return [period.key for period in results.periods if period.kind == "year"]


def _periods(results: Results, measure: Measure) -> Sequence[str]:
    """The total where the measure has one, else each year."""
    return [TOTAL] if TOTAL in measure.kinds else _years(results)
