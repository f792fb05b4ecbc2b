"""The follow-up by tertial: results, costs and assistance tied together by centre and target group.

The decision of 2007 asks this of the City's follow-up system (DET2007, "Central organisation").
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from sim.figures import FigureResult, YearlyData, difference_by_year
from sim.parameters import Library
from sim.reports.blocks import Block, Column, Figure, Heading, Paragraph, Row, Table
from sim.reports.committee.data import FollowUp, Line
from sim.reports.committee.drawn import drawn_plan
from sim.reports.committee.front import answer_sentence
from sim.reports.committee.naming import Namer, common_step
from sim.reports.committee.over_draws import differing_sentences, over_draws
from sim.reports.committee.sections import costs, heading, limits, spread_sentence, uncertain
from sim.reports.committee.study import ComparisonPlan, SidePlan, Study, evidence_sweeps
from sim.reports.errors import ReportError
from sim.reports.spec import ReportSpec
from sim.words import Prose, Quantity

FRONT = (
    "self_support_share_of_exits",
    "closed_within_18_months",
    "wait_days",
    "temporary_job_starts",
    "benefit_cost",
)
"""Page one's indicators; closing in time is asked of compound needs."""

AT_PLACES = (
    "stock",
    "self_support_share_of_exits",
    "wait_days",
    "temporary_job_starts",
    "programme_cost",
    "benefit_cost",
)
LATEST = 6
"""Tertials that a table shows; a seventh column holds their names."""

COMPOUND = "compound"


def study(library: Library, spec: ReportSpec) -> Study:
    """Return the study of a follow-up: one scenario, beside the plan that it is held against.

    Raises
    ------
    ReportError
        When there is not exactly one scenario.
    """
    if len(spec.scenarios) != 1:
        raise ReportError("one-scenario", found=len(spec.scenarios))
    settings = spec.all_settings
    base = library.resolve(spec.baseline, settings).scenario
    followed = spec.scenarios[0]
    return Study(
        reference=followed,
        sides=(SidePlan(spec.baseline, spec.baseline, "scenario"), SidePlan(followed, followed, "scenario")),
        comparisons=(ComparisonPlan("followed", spec.baseline, followed, "scenario"),),
        answered=("followed",),
        sweeps=evidence_sweeps(library, base, "followed"),
        sampled=(),
        settings=settings,
        first=spec.period.first,
        drawn=drawn_plan(library, spec),
        followed=True,
    )


def blocks(namer: Namer) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """Return page one, and what follows before the assumptions."""
    sections = (compared, indicators, centres, groups, compound, costs, uncertain, over_draws, limits)
    return tuple(_front(namer)), tuple(chain.from_iterable(section(namer) for section in sections))


def _data(namer: Namer) -> FollowUp:
    found = namer.data.followed
    assert found is not None
    return found


def _front(namer: Namer) -> Iterator[Block]:
    comparison = namer.data.comparison("followed")
    share = _line(namer, "self_support_share_of_exits")
    yield Heading(namer.text("question.heading"), 2, "question")
    yield Paragraph(
        namer.text(
            "question.text",
            period=namer.period,
            other=namer.side(comparison.other),
            base=namer.side(comparison.base),
        )
    )
    yield Heading(namer.text("answer.heading"), 2, "answer")
    sentences = [answer_sentence(namer, comparison)]
    if share.other is not None:
        sentences.append(namer.text("answer.share", share=share.other))
    yield Paragraph(Prose.joined(sentences), "answer")
    yield from differing_sentences(namer)
    yield from spread_sentence(namer)
    lines = [_line(namer, measure) for measure in FRONT]
    yield Table(
        namer.text("headline.caption", period=namer.period),
        (
            namer.word_head("headline.indicator"),
            *(Column(namer.side(name).capitalised()) for name in (comparison.base, comparison.other)),
            namer.head("headline.difference"),
        ),
        tuple(
            Row(
                (
                    namer.text(f"indicator.{line.key}"),
                    namer.cell(line.base, "", finest(line)),
                    namer.cell(line.other, "", finest(line)),
                    namer.cell(line.difference, "signed_interval", finest(line)),
                )
            )
            for line in lines
        ),
        namer.text("headline.note", level=namer.data.manifest.level),
    )
    yield Figure(_by_tertial(namer))


def finest(line: Line) -> float | None:
    """Return the step that a row shares, so that its two levels and their difference read alike."""
    scale = 100.0 if line.base is not None and line.base.unit == "share" else 1.0
    step = common_step([line.base, line.other], figures=3)
    return None if step is None else step * scale


def _line(namer: Namer, measure: str, period: str = "total") -> Line:
    """Return an indicator of the whole City; closing in time is asked of compound needs."""
    needs = COMPOUND if measure == "closed_within_18_months" else "all"
    return _data(namer).line(measure, period, needs=needs)


def _by_tertial(namer: Namer) -> FigureResult:
    """Draw the difference in net cost tertial by tertial."""
    comparison, followed = namer.data.comparison("followed"), _data(namer)
    values = [followed.line("net_cost", tertial).difference for tertial in followed.tertials]
    whole = [value for value in values if value is not None]
    data = YearlyData(
        years=tuple(_short(tertial) for tertial in followed.tertials),
        series=(
            ("followed", namer.side_name(comparison.other, "side"), tuple(whole), comparison.net.difference),
        ),
        period=namer.period,
        each="tertial",
    )
    return difference_by_year(data, namer.setting(comparison.base, comparison.other), "tertials")


def _short(tertial: str) -> str:
    """Return a tertial's name for an axis or a head: T1 08."""
    year, _, number = tertial.partition("-")
    return f"{number}\xa0{year[2:]}"


def compared(namer: Namer) -> Iterator[Block]:
    """Yield what was followed, and what it is held against."""
    comparison = namer.data.comparison("followed")
    yield heading(namer, "compared")
    values = {"other": namer.side(comparison.other), "base": namer.side(comparison.base)}
    start, end = namer.data.start, namer.data.end
    yield Paragraph(namer.text("compared.text", start=start, end=end, **values))
    yield Paragraph(namer.text("reading.long", level=namer.data.manifest.level))


def indicators(namer: Namer) -> Iterator[Block]:
    """Yield the indicators, tertial by tertial."""
    followed = _data(namer)
    tertials = followed.tertials[-LATEST:]
    yield heading(namer, "indicators")
    yield Paragraph(namer.text("indicators.text"))
    rows = []
    for measure in (*FRONT[:-1], "stock", "exits", "programme_cost", "benefit_cost"):
        cells = [_line(namer, measure, tertial).other for tertial in tertials]
        unit = next((cell.unit for cell in cells if cell is not None), "number")
        name = Prose((f"{namer.text(f'indicator.{measure}')}, {namer.words.unit(unit)}",))
        rows.append(Row((name, *(namer.cell(cell, "bare", _step(cells)) for cell in cells))))
    columns = (
        namer.word_head("headline.indicator"),
        *(Column(Prose((_short(tertial),))) for tertial in tertials),
    )
    yield Table(namer.text("indicators.caption"), columns, tuple(rows), namer.text("indicators.note"))


def _step(cells: list[Quantity | None]) -> float | None:
    known = [cell for cell in cells if cell is not None]
    step = common_step(known, figures=3)
    return step if step is None or known[0].unit != "share" else step * 100.0


def _places(namer: Namer, kind: str, keys: tuple[str, ...], names: dict[str, str]) -> Table:
    """Return results, costs and assistance by place or group, the whole City last."""
    followed = _data(namer)
    lines = {
        key: [
            followed.line(measure, centre=key if kind == "centres" else "all")
            if kind == "centres" or key == "all"
            else followed.line(measure, group=key)
            for measure in AT_PLACES
        ]
        for key in (*keys, "all")
    }
    steps = [_step([found[position].other for found in lines.values()]) for position in range(len(AT_PLACES))]
    rows = tuple(
        Row(
            (
                Prose((names[key],)),
                *(namer.cell(line.other, "bare", step) for line, step in zip(found, steps, strict=True)),
            ),
            "total" if key == "all" else "body",
        )
        for key, found in lines.items()
    )
    columns = (
        namer.word_head(f"{kind}.head"),
        *(namer.head(f"column.{measure}") for measure in AT_PLACES),
    )
    caption = namer.text(f"{kind}.caption", period=namer.period)
    return Table(caption, columns, rows, namer.text(f"{kind}.note"))


def centres(namer: Namer) -> Iterator[Block]:
    """Yield the centres side by side."""
    yield heading(namer, "centres")
    yield Paragraph(namer.text("centres.text"))
    names = {key: namer.centre(key) for key in (*namer.data.shown, "all")}
    yield _places(namer, "centres", namer.data.shown, names)


def groups(namer: Namer) -> Iterator[Block]:
    """Yield the target groups side by side."""
    followed = _data(namer)
    # a group that nobody is in has no row
    keys = tuple(key for key in followed.groups if _anybody(followed.line("stock", group=key)))
    yield heading(namer, "groups")
    yield Paragraph(namer.text("groups.text"))
    names = {key: namer.words.name("groups", key) for key in keys}
    yield _places(namer, "groups", keys, names | {"all": namer.words.name("segments", "all")})


def _anybody(line: Line) -> bool:
    return any(quantity is not None and quantity.value > 0.0 for quantity in line.both)


def compound(namer: Namer) -> Iterator[Block]:
    """Yield closing in time for compound needs, by centre."""
    followed = _data(namer)
    yield heading(namer, "compound")
    yield Paragraph(namer.text("compound.text"))
    measures = ("stock", "closed_within_18_months", "wait_days")
    keys = (*namer.data.shown, "all")
    lines = {key: [followed.line(m, centre=key, needs=COMPOUND) for m in measures] for key in keys}
    steps = [_step([found[position].other for found in lines.values()]) for position in range(len(measures))]
    rows = tuple(
        Row(
            (
                Prose((namer.centre(key),)),
                *(
                    namer.cell(line.other, "bare_interval", step)
                    for line, step in zip(found, steps, strict=True)
                ),
            ),
            "total" if key == "all" else "body",
        )
        for key, found in lines.items()
    )
    columns = (namer.word_head("centres.head"), *(namer.head(f"column.{measure}") for measure in measures))
    yield Table(namer.text("compound.caption", period=namer.period), columns, rows)
