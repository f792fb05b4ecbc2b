"""The report on a motion: what opening more to external actors would mean.

Cost, results, equal treatment between centres, and what can't be procured, each for every scenario asked for
beside the baseline.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from sim.parameters import Library
from sim.reports.blocks import Block, Column, Figure, Heading, Paragraph, Row, Table
from sim.reports.committee.data import Comparison, Line
from sim.reports.committee.drawn import drawn_plan
from sim.reports.committee.front import answer_sentence, front_height, headline_table
from sim.reports.committee.naming import Namer, common_step
from sim.reports.committee.over_draws import differing_sentences, over_draws
from sim.reports.committee.pictures import curve_picture
from sim.reports.committee.sections import costs, heading, limits, results, spread_sentence, uncertain
from sim.reports.committee.study import (
    ComparisonPlan,
    SidePlan,
    Study,
    evidence_sweeps,
    provider_sweep,
)
from sim.reports.errors import ReportError
from sim.reports.spec import ReportSpec
from sim.words import Prose, Quantity

RESULTS = ("stock", "exits_work", "self_support_share_of_exits", "closed_within_18_months", "wait_days")
TOLD = ("more", "less")
"""The words that hold a number."""

OWN = ("in_assessment", "posts", "in_measures")


def study(library: Library, spec: ReportSpec) -> Study:
    """Return the study of a motion: each scenario beside the baseline; the last is what the motion asks.

    Raises
    ------
    ReportError
        When nothing is procured, so that there is nothing to weigh.
    """
    settings = spec.all_settings
    base = library.resolve(spec.baseline, settings).scenario
    for name in spec.scenarios:
        library.resolve(name, settings)
    comparisons = tuple(ComparisonPlan(name, spec.baseline, name, "scenario") for name in spec.scenarios)
    asked = comparisons[-1].key
    provider = provider_sweep(base, asked)
    if provider is None:
        raise ReportError("nothing-procured", baseline=spec.baseline)
    return Study(
        reference=spec.baseline,
        sides=tuple(SidePlan(name, name, "scenario") for name in (spec.baseline, *spec.scenarios)),
        comparisons=comparisons,
        answered=(asked,),
        sweeps=(provider, *evidence_sweeps(library, base, asked)),
        sampled=(),
        settings=settings,
        first=spec.period.first,
        drawn=drawn_plan(library, spec),
    )


def blocks(namer: Namer) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """Return page one, and what follows before the assumptions."""
    sections = (compared, outcome, costs, equal, statutory, results, uncertain, over_draws, limits)
    return tuple(_front(namer)), tuple(chain.from_iterable(section(namer) for section in sections))


def _asked(namer: Namer) -> Comparison:
    return namer.data.comparison(namer.data.answered[0])


def _front(namer: Namer) -> Iterator[Block]:
    asked = _asked(namer)
    yield Heading(namer.text("question.heading"), 2, "question")
    values = {"other": namer.side(asked.other), "base": namer.side(asked.base)}
    yield Paragraph(namer.text("question.text", period=namer.period, **values))
    yield Heading(namer.text("answer.heading"), 2, "answer")
    yield Paragraph(Prose.joined([answer_sentence(namer, asked), *_of_people(namer, asked)]), "answer")
    yield from differing_sentences(namer)
    yield from spread_sentence(namer)
    yield headline_table(namer)
    for sweep in namer.data.sweeps_of(asked.key)[:1]:
        yield Figure(curve_picture(namer, sweep, front_height(namer)))


def _of_people(namer: Namer, asked: Comparison) -> Iterator[Prose]:
    """Yield the second sentence: exits to work, and the wait."""
    work, wait = asked.at_large("exits_work"), asked.at_large("wait_days")
    if work.base is None or work.difference is None or wait.difference is None:
        return
    which = _which(work.difference)
    numbers = {"work": work.difference, "all": work.base} if which in TOLD else {}
    first = namer.text(f"answer.work.{which}", **numbers)
    which = _which(wait.difference)
    second = namer.text(f"answer.wait.{which}", **({"wait": wait.difference} if which in TOLD else {}))
    yield Prose.joined((first, second))


def _which(difference: Quantity) -> str:
    """Return which words tell a difference: more, less, none at all, or cannot tell."""
    if difference.settled:
        return "more" if difference.value > 0 else "less"
    interval = difference.interval
    whole = interval is not None and interval.lower == interval.upper == difference.value == 0.0
    return "none" if whole else "open"


def compared(namer: Namer) -> Iterator[Block]:
    """Yield the scenarios, with how much is procured in each."""
    yield heading(namer, "compared")
    yield Paragraph(namer.text("compared.text", start=namer.data.start, end=namer.data.end))
    yield Paragraph(namer.text("reading.long", level=namer.data.manifest.level))
    rows = [
        Row((namer.side(side).capitalised(), namer.cell(share, ""), namer.cell(places, "")))
        for side, share, places in _bought(namer)
    ]
    columns = (
        namer.word_head("compared.scenario"),
        namer.head("compared.share"),
        namer.head("compared.in_measures"),
    )
    yield Table(namer.text("compared.caption", period=namer.period), columns, tuple(rows))


def _bought(namer: Namer) -> Iterator[tuple[str, Quantity | None, Quantity | None]]:
    first = namer.data.comparisons[0]
    yield first.base, first.at_large("outsourced_people_share").base, first.at_large("in_measures").base
    for entry in namer.data.comparisons:
        yield (
            entry.other,
            entry.at_large("outsourced_people_share").other,
            entry.at_large("in_measures").other,
        )


def _table(namer: Namer, key: str, measures: tuple[str, ...]) -> Table:
    """Return some measures of the whole City: the baseline's levels, and the differences from them."""
    comparisons = namer.data.comparisons
    rows = []
    for measure in measures:
        lines = [comparison.at_large(measure) for comparison in comparisons]
        unit = lines[0].base.unit if lines[0].base is not None else "number"
        name = Prose((f"{namer.text(f'measure.{measure}')}, {namer.words.unit(unit)}",))
        rows.append(
            Row(
                (
                    name,
                    namer.cell(lines[0].base, "bare", _step(lines)),
                    *(namer.difference(line.difference) for line in lines),
                )
            )
        )
    columns = (
        namer.word_head("measure.head"),
        Column(namer.side(comparisons[0].base).capitalised()),
        *(Column(namer.text("measure.difference", other=namer.side(c.other))) for c in comparisons),
    )
    note = namer.text("measure.note", level=namer.data.manifest.level)
    return Table(namer.text(f"{key}.caption", period=namer.period), columns, tuple(rows), note)


def _step(lines: list[Line]) -> float | None:
    step = common_step([lines[0].base], figures=3)
    if step is None or lines[0].base is None:
        return None
    return step * 100.0 if lines[0].base.unit == "share" else step


def outcome(namer: Namer) -> Iterator[Block]:
    """Yield what happens to people."""
    yield heading(namer, "outcome")
    yield Paragraph(namer.text("outcome.text"))
    yield _table(namer, "outcome", RESULTS)


def equal(namer: Namer) -> Iterator[Block]:
    """Yield how far the centres lie apart, in waits and in results, in each scenario."""
    yield heading(namer, "equal")
    yield Paragraph(namer.text("equal.text"))
    asked = _asked(namer)
    places = [place for place in asked.centres if place.key != "all"]
    rows = []
    for measure in ("wait_days", "self_support_share_of_exits"):
        lines = [place.line(measure) for place in places]
        for which in ("base", "other"):
            values = [
                (quantity.value, place, quantity)
                for place, line in zip(places, lines, strict=True)
                if (quantity := getattr(line, which)) is not None
            ]
            if not values:
                continue
            low, high = min(values, key=lambda item: item[0]), max(values, key=lambda item: item[0])
            side = asked.base if which == "base" else asked.other
            scale = 100.0 if low[2].unit == "share" else 1.0
            step = common_step([low[2], high[2]], figures=3)
            shared = None if step is None else step * scale
            gap = Quantity(high[0] - low[0], _difference_unit(low[2].unit), low[2].trace)
            rows.append(
                Row(
                    (
                        namer.text(f"equal.{measure}", side=namer.side(side)),
                        namer.text(
                            "equal.at", value=namer.cell(low[2], "", shared), centre=_named(namer, low[1].key)
                        ),
                        namer.text(
                            "equal.at",
                            value=namer.cell(high[2], "", shared),
                            centre=_named(namer, high[1].key),
                        ),
                        namer.cell(gap, "", shared),
                    )
                )
            )
    columns = (
        namer.word_head("measure.head"),
        namer.head("equal.lowest"),
        namer.head("equal.highest"),
        namer.head("equal.gap"),
    )
    yield Table(
        namer.text("equal.caption", period=namer.period), columns, tuple(rows), namer.text("equal.note")
    )


def _named(namer: Namer, centre: str) -> Prose:
    return Prose((namer.centre(centre),))


def _difference_unit(unit: str) -> str:
    return "share_points" if unit == "share" else unit


def statutory(namer: Namer) -> Iterator[Block]:
    """Yield what can't be procured, and how much of it there is."""
    asked = _asked(namer)
    yield heading(namer, "statutory")
    assessed, posts = asked.at_large("in_assessment"), asked.at_large("posts")
    if assessed.other is not None and posts.other is not None:
        yield Paragraph(
            namer.text(
                "statutory.text", other=namer.side(asked.other), assessed=assessed.other, posts=posts.other
            )
        )
    yield _table(namer, "statutory", OWN)
    yield Paragraph(namer.text("statutory.own"))
