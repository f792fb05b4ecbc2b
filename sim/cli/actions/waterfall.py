"""What moves between two scenarios, by line of cost and lever by lever."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import replace

from sim.cli import tables
from sim.cli.batch import Batch, keep, perform
from sim.cli.errors import say
from sim.cli.request import Request
from sim.cli.screen import Screen
from sim.experiment.differences import differences
from sim.experiment.errors import ExperimentError
from sim.experiment.results import ALL, TOTAL
from sim.experiment.run import cube_axes
from sim.experiment.waterfall import LeverStep, Waterfall, lever_steps, lever_waterfall, line_waterfall
from sim.figures import Setting, waterfall_data
from sim.figures import waterfall as drawn
from sim.outcomes import Measure
from sim.parameters import Library, Resolved, Scenario
from sim.words import Name, Prose, Words

COLUMNS = ("bar", "unit", "difference", "verdict")
TABLE = "waterfall.csv"


def waterfall(screen: Screen, request: Request, key: str) -> None:
    """Take the difference in a measure apart in both ways, show, draw and keep."""
    words = screen.words
    steps: tuple[LeverStep, ...] = ()

    def between(library: Library, resolved: dict[str, Resolved]) -> dict[str, Resolved]:
        nonlocal steps
        base, other = resolved.values()
        _measure(base.scenario, key)
        steps = lever_steps(base.scenario, other.scenario, library.group)
        return {step.scenario.name: _resolved(step, base, other) for step in steps}

    batch = perform(screen, request, "waterfall", between)
    results, scenario = batch.results, batch.resolved[batch.results.names[0]].scenario
    base, other = results.names[:2]
    measure = _measure(scenario, key)
    if not steps:
        screen.say("waterfall.same", base=base, other=other)
    drawings = {}
    for found in _both_ways(batch, steps, measure, TOTAL):
        title = say(words, f"waterfall.title_{found.kind}", other=other, base=base)
        head = [words.raw(f"cli.waterfall.{column}") for column in COLUMNS]
        screen.table(title, head, _rows(found, words), numbers_from=2)
        drawings[f"waterfall-{found.kind}.svg"] = _drawing(found, batch, measure, words)
    for step in steps:
        group = words.name("parameter_groups", step.group)
        screen.say("waterfall.settings", group=group, keys=", ".join(step.keys))
    screen.say(
        "waterfall.caption",
        runs=results.runs,
        level=tables.percent(words, request.level),
        **tables.span(scenario, results, words),
    )
    longer = [period.key for period in results.periods if period.kind != "month"]
    told = [period.key for period in results.periods if period.key in longer and period.kind in measure.kinds]
    parts = [found for period in told for found in _both_ways(batch, steps, measure, period)]
    changes = differences(results, base, results.names[1:], periods=longer, level=request.level)
    keep(screen, batch, changes, {TABLE: _csv(parts), **drawings})


def _measure(scenario: Scenario, key: str) -> Measure:
    """The measure of a key, if it has a total; told before anything is run."""
    known = {measure.key: measure for measure in cube_axes(scenario).measures}
    if key not in known:
        raise ExperimentError("unknown-cell", axis="measure", found=key, allowed=", ".join(known))
    if TOTAL not in known[key].kinds:
        raise ExperimentError("undefined-cell", measure=key, period=TOTAL, centre=ALL, segment=ALL)
    return known[key]


def _resolved(step: LeverStep, base: Resolved, other: Resolved) -> Resolved:
    """A step with the layers that its values come from."""
    taken = {name: layer for name, layer in other.marks.items() if name.partition("[")[0] in step.keys}
    kept = {name: layer for name, layer in base.marks.items() if name.partition("[")[0] not in step.keys}
    warnings = tuple(item for item in other.warnings if item.key.partition("[")[0] in step.keys)
    return replace(base, scenario=step.scenario, marks=kept | taken, warnings=warnings)


def _both_ways(
    batch: Batch, steps: tuple[LeverStep, ...], measure: Measure, period: str
) -> Iterator[Waterfall]:
    """By line, where lines add up to the measure, and lever by lever."""
    results, level = batch.results, batch.record.level
    base, other = results.names[:2]
    if any(measure.key in part.adds_to for part in results.measures):
        yield line_waterfall(results, base, other, measure.key, period, level=level)
    yield lever_waterfall(results, base, other, steps, measure.key, period, level=level)


def _rows(found: Waterfall, words: Words) -> Iterator[list[str]]:
    """Each part that moves, then the whole, all written to the whole's last digit."""
    data = waterfall_data(found, words, Name(""), Name(found.base), Name(found.other), Prose())
    step, unit = words.step(data.whole), words.unit(found.unit)
    labels = [*(bar.label for bar in data.bars), words.raw("waterfall.whole")]
    quantities = [*(bar.difference for bar in data.bars), data.whole]
    differences = [*(bar.difference for bar in found.moving), found.whole]
    for label, quantity, difference in zip(labels, quantities, differences, strict=True):
        written = words.quantity(quantity, "bare_signed_interval", unit_step=step)
        yield [label, unit, written, tables.verdict(difference, words)]


def _drawing(found: Waterfall, batch: Batch, measure: Measure, words: Words) -> str:
    scenario = batch.resolved[found.base].scenario
    span = tables.span(scenario, batch.results, words)
    data = waterfall_data(
        found,
        words,
        Name(tables.measure_text(words, measure, "name")),
        Name(found.base),
        Name(found.other),
        words.text("waterfall.period", start=Name(span["start"]), end=Name(span["end"])),
    )
    outside = any(batch.resolved[name].outside_evidence for name in (found.base, found.other))
    return drawn(data, Setting(words, outside=outside), f"waterfall-{found.kind}").svg + "\n"


def _csv(parts: Iterable[Waterfall]) -> str:
    """All parts of all periods as a table."""
    rows = [row for found in parts for row in found.rows()]
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()
