"""The report's body: what was compared, results, costs, posts, what is uncertain, the papers, the limits."""

from __future__ import annotations

from collections.abc import Iterator

from sim.reports.blocks import Block, Column, Figure, Heading, Note, Paragraph, Row, Table
from sim.reports.committee.data import BUDGET_STEP, Comparison, Place, SpreadCard, Sweep
from sim.reports.committee.naming import Namer, common_step, inside
from sim.reports.committee.pictures import (
    costs_picture,
    curve_picture,
    flow_picture,
    posts_picture,
    waiting_picture,
    yearly_picture,
)
from sim.words import Prose, Quantity

LIMITS = ("world", "chance", "causal", "displacement", "quality", "equal", "balance", "statutory")


def heading(namer: Namer, key: str) -> Heading:
    """Return the heading of a section."""
    return Heading(namer.text(f"contents.{key}"), 2, key)


def compared(namer: Namer) -> Iterator[Block]:
    """Yield what was compared: scenarios, and the three readings of the procured share."""
    data = namer.data
    yield heading(namer, "compared")
    yield Paragraph(namer.text("compared.text", start=data.start, end=data.end))
    yield Paragraph(namer.text("compared.follows"))
    yield Paragraph(namer.text("reading.long", level=data.manifest.level))
    rows = []
    for side in data.sides:
        if side.label == "both":  # the grid has a table of its own
            continue
        follows, shared = side.label == "norm", side.label == "share"
        rows.append(
            Row(
                (
                    namer.side(side.name).capitalised(),
                    namer.text(f"compared.{'follows_cases' if follows else 'given'}"),
                    namer.cell(side.norm),
                    namer.text("compared.by_share", share=side.share) if shared else namer.cell(side.places),
                )
            )
        )
    columns = (
        namer.word_head("compared.scenario"),
        namer.word_head("compared.staffing"),
        namer.head("compared.norm"),
        namer.head("compared.places"),
    )
    yield Table(namer.text("compared.caption"), columns, tuple(rows))
    outside = sorted({key for side in data.sides for key in side.outside})
    if outside:
        keys = namer.words.join([namer.parameter(key) for key in outside])
        yield Note(namer.text("compared.outside", keys=keys), "warning")
    comparison = data.comparison("outsourcing")
    yield Paragraph(namer.text("shares.text"))
    yield Table(
        namer.text("shares.caption"),
        (
            namer.word_head("shares.reading"),
            *(
                Column(namer.side(name, "short").capitalised())
                for name in (comparison.base, comparison.other)
            ),
        ),
        tuple(
            Row(
                (
                    namer.text(f"shares.{line.key}").capitalised(),
                    namer.cell(line.base, ""),
                    namer.cell(line.other, ""),
                )
            )
            for line in comparison.shares
        ),
    )


def grid(namer: Namer) -> Iterator[Block]:
    """Yield both levers at once: every caseload with every way of procuring, against the grid's base."""
    found = namer.data.grid
    if found is None:
        return
    base = namer.side(found.base)
    yield heading(namer, "grid")
    yield Paragraph(namer.text("grid.text", base=base))
    first = next(row for row in found.cells if any(cell.side == found.base for cell in row))
    step = common_step([cell.answer.difference for row in found.cells for cell in row], figures=3)
    rows = []
    for row in found.cells:
        norm = namer.data.side(row[0].side).norm
        cells = [
            namer.text("grid.base")
            if cell.side == found.base
            else namer.difference(cell.answer.difference, step)
            for cell in row
        ]
        rows.append(Row((namer.cell(norm), *cells)))
    columns = (namer.head("grid.norm"), *(namer.head("grid.share", share=cell.share) for cell in first))
    note = namer.text("grid.note", level=namer.data.manifest.level)
    yield Table(namer.text("grid.caption", base=base), columns, tuple(rows), note)


def review(namer: Namer) -> Iterator[Block]:
    """Yield when the report should be looked at anew."""
    if namer.data.review is not None:
        yield heading(namer, "review")
        yield Paragraph(namer.text("review.text", day=namer.data.review))


def results(namer: Namer) -> Iterator[Block]:
    """Yield the flow of people, then tables by centre and need, with the waits as a figure."""
    yield heading(namer, "results")
    if namer.data.flow is not None:
        yield Paragraph(namer.text("results.flow"))
        yield Figure(flow_picture(namer))
    for comparison in namer.data.comparisons:
        key = comparison.key
        if comparison.words == "mode":  # a line of the headline table is enough
            continue
        yield Heading(namer.comparison(comparison).capitalised(), 3, f"results-{key.replace('_', '-')}")
        waits = _waits(comparison)
        if waits:
            yield Figure(waiting_picture(namer, comparison))
        else:
            yield Paragraph(namer.text("results.no_wait"))
        yield _centres(namer, comparison, waits)
        yield _segments(namer, comparison)


def _waits(comparison: Comparison) -> bool:
    """Tell whether anybody waits in either scenario."""
    found = [place.line("wait_days") for place in comparison.centres]
    return any(
        quantity is not None and quantity.value > 0 for line in found for quantity in (line.base, line.other)
    )


def _centres(namer: Namer, comparison: Comparison, waits: bool) -> Table:
    base, other = namer.side(comparison.base, "short"), namer.side(comparison.other, "short")
    shown = [("wait_days", "wait")] if waits else []
    shown.append(("posts", "posts"))
    heads = [namer.head(f"results.{name}", side=side) for _, name in shown for side in (base, other)]
    step = common_step([place.line("net_cost").difference for place in comparison.centres], figures=3)
    steps = {
        measure: common_step(
            [quantity for place in comparison.centres for quantity in place.line(measure).both], figures=3
        )
        for measure, _ in shown
    }
    rows = []
    for place in _shown(namer, comparison):
        cells = []
        for measure, _ in shown:
            line = place.line(measure)
            finest = steps[measure]
            cells += [namer.cell(line.base, step=finest), namer.cell(line.other, step=finest)]
        rows.append(
            Row(
                (
                    Prose((namer.centre(place.key),)),
                    *cells,
                    namer.difference(place.line("net_cost").difference, step),
                ),
                "total" if place.key == "all" else "body",
            )
        )
    return Table(
        namer.text("results.centres", comparison=namer.comparison(comparison)).capitalised(),
        (namer.word_head("results.centre"), *heads, namer.head("results.net")),
        tuple(rows),
        namer.text("results.centre_note"),
    )


def _shown(namer: Namer, comparison: Comparison) -> tuple[Place, ...]:
    """Return the centres that the report's tables show, the City last."""
    return tuple(place for place in comparison.centres if place.key in (*namer.data.shown, "all"))


def _segments(namer: Namer, comparison: Comparison) -> Table:
    changes = ("stock", "exits_work", "benefit_cost")
    steps = {
        measure: common_step([place.line(measure).difference for place in comparison.segments], figures=3)
        for measure in changes
    }
    rows = [
        Row(
            (
                Prose((namer.words.name("segments", place.key),)),
                namer.cell(place.line("stock").base),
                *(namer.difference(place.line(measure).difference, steps[measure]) for measure in changes),
            ),
            "total" if place.key == "all" else "body",
        )
        for place in comparison.segments
    ]
    columns = (
        namer.word_head("results.segment"),
        namer.head("results.stock_base", side=namer.side(comparison.base, "short")),
        namer.head("results.stock"),
        namer.head("results.exits"),
        namer.head("results.benefit"),
    )
    caption = namer.text("results.segments", comparison=namer.comparison(comparison)).capitalised()
    return Table(caption, columns, tuple(rows))


def costs(namer: Namer) -> Iterator[Block]:
    """Yield costs by line for the comparisons answered, and the differences year by year."""
    yield heading(namer, "costs")
    yield Paragraph(namer.text("costs.text"))
    for key in namer.data.answered:
        comparison = namer.data.comparison(key)
        yield Figure(costs_picture(namer, comparison))
        yield _costs_table(namer, comparison)
    # a follow-up shows the same by tertial; a period may hold no whole year
    if namer.data.followed is None and namer.data.comparison(namer.data.answered[0]).years:
        yield Paragraph(namer.text("costs.by_year"))
        yield Figure(yearly_picture(namer))


def _costs_table(namer: Namer, comparison: Comparison) -> Table:
    levels = common_step([quantity for line in comparison.costs for quantity in (line.base, line.other)])
    changes = common_step([line.difference for line in comparison.costs])
    rows = [
        Row(
            (
                namer.text(f"lines.{line.key}"),
                namer.cell(line.base, "bare", levels),
                namer.cell(line.other, "bare", levels),
                namer.difference(line.difference, changes),
            ),
            "total" if line.key in ("net_cost", "present_value") else "body",
        )
        for line in comparison.costs
    ]
    columns = (
        namer.word_head("costs.line"),
        *(Column(namer.side(name, "short").capitalised()) for name in (comparison.base, comparison.other)),
        namer.head("costs.difference"),
    )
    caption = namer.text("costs.caption", comparison=namer.comparison(comparison), period=namer.period)
    return Table(caption.capitalised(), columns, tuple(rows), namer.text("costs.note"))


def posts(namer: Namer) -> Iterator[Block]:
    """Yield posts by role and centre beside the plan."""
    yield heading(namer, "posts")
    for entry in namer.data.posts:
        side = namer.data.side(namer.data.comparison(entry.comparison).other)
        yield Paragraph(
            namer.text("posts.text", few=side.norm, needed=entry.other_total, planned=entry.plan_total)
        )
        yield Figure(posts_picture(namer, entry, side.name))


def uncertain(namer: Namer) -> Iterator[Block]:
    """Yield what would turn the answer: curves, both ends of every range, break-even price, open answers."""
    data = namer.data
    yield heading(namer, "uncertain")
    yield Paragraph(namer.text("uncertain.text"))
    if data.sweeps:
        yield _ends_table(namer)
    on_page_one = data.sweeps_of(data.answered[0])[:1]
    for sweep in (sweep for sweep in data.sweeps if sweep not in on_page_one):
        if sweep.key == "waiting_pace":
            yield Figure(curve_picture(namer, sweep))
            yield from (
                Paragraph(namer.text("uncertain.by_load", difference=point.answer.difference))
                for point in sweep.points
                if point.at is None
            )
        if sweep.key == "provider_effect":
            yield Figure(curve_picture(namer, sweep))
    if data.price is not None:
        yield Paragraph(namer.text("uncertain.same_effect"))
        yield Paragraph(_price(namer))
    yield from _open(namer)
    if data.sweeps:
        yield Paragraph(namer.text("uncertain.runs", runs=data.manifest.sweep_runs), "small")
    yield from _rests_on(namer)


ASSUMPTION = "assumption"

WIDEST = 5
"""How many of the assumptions that move an answer most are shown; the workbook has all."""


def _rests_on(namer: Namer) -> Iterator[Block]:
    """Yield what the spread of each answer rests on: shares by kind of source, and what moves it most."""
    if not namer.data.spreads:
        return
    yield Heading(namer.text("spread.heading"), 3, "spread")
    yield Paragraph(
        namer.text("spread.text", tried=namer.data.spreads[0].tried, runs=namer.data.manifest.spread_runs)
    )
    for card in namer.data.spreads:
        comparison = namer.data.comparison(card.comparison)
        yield Paragraph(
            namer.text(
                "spread.shares",
                comparison=namer.comparison(comparison),
                shares=_shares(namer, card),
            ).capitalised()
        )
        moving = [part for part in card.parts if part.share.value > 0.0][:WIDEST]
        if not moving:
            continue
        step = common_step([end for part in moving for end in (part.low, part.high)], figures=3)
        rows = tuple(
            Row(
                (
                    namer.parameter(part.key),
                    namer.text(f"assumptions.kinds.{part.kind}"),
                    namer.cell(part.low, "bare_signed", step),
                    namer.cell(part.high, "bare_signed", step),
                    namer.cell(part.share, ""),
                )
            )
            for part in moving
        )
        columns = (
            namer.word_head("spread.assumption"),
            namer.word_head("spread.kind"),
            namer.head("spread.low"),
            namer.head("spread.high"),
            namer.head("spread.of_all"),
        )
        caption = namer.text("spread.caption", comparison=namer.comparison(comparison)).capitalised()
        yield Table(caption, columns, rows, namer.text("spread.note"))


def _shares(namer: Namer, card: SpreadCard) -> Prose:
    """Return what a spread rests on, by kind of source; assumptions are named also when they move nothing."""
    return namer.words.join(
        [
            namer.text("spread.share", share=share, kind=namer.text(f"spread.kinds.{kind}"))
            for kind, share in card.shares
            if share.value > 0.0 or kind == ASSUMPTION
        ]
    )


def spread_sentence(namer: Namer) -> Iterator[Block]:
    """Yield for page one what the first answer's spread rests on."""
    for card in namer.data.spreads[:1]:
        yield Paragraph(namer.text("spread.front", shares=_shares(namer, card)))


def _ends_table(namer: Namer) -> Table:
    points = [point for sweep in namer.data.sweeps for point in sweep.line]
    step = common_step([point.answer.difference for point in points], figures=3)
    columns = (
        namer.word_head("uncertain.assumption"),
        namer.head("uncertain.low"),
        namer.head("uncertain.low_difference"),
        namer.head("uncertain.high"),
        namer.head("uncertain.high_difference"),
        namer.head("uncertain.turns"),
        namer.word_head("uncertain.verdict"),
    )
    rows: list[Row] = []
    for comparison in namer.data.comparisons:
        sweeps = namer.data.sweeps_of(comparison.key)
        if sweeps:
            name = namer.comparison(comparison).capitalised()
            rows.append(Row((name, *(Prose() for _ in columns[1:])), "group"))
        rows += [_ends(namer, sweep, step) for sweep in sweeps]
    return Table(namer.text("uncertain.caption"), columns, tuple(rows))


def _ends(namer: Namer, sweep: Sweep, step: float | None) -> Row:
    within = [point for point in inside(sweep) if point.at is not None]
    first, last = within[0], within[-1]
    said = {point.answer.verdict for point in inside(sweep)}
    turning = [turn for turn in sweep.turns if sweep.evidence[0] <= turn.value <= sweep.evidence[1]]
    turns = [namer.cell(turn) for turn in turning]
    return Row(
        (
            namer.assumption(sweep).capitalised(),
            _place(namer, sweep, first.at),
            namer.difference(first.answer.difference, step),
            _place(namer, sweep, last.at),
            namer.difference(last.answer.difference, step),
            namer.words.join(turns) if turns else namer.text("uncertain.never"),
            namer.verdict(said.pop() if len(said) == 1 and not turning else "cannot_tell"),
        )
    )


def _place(namer: Namer, sweep: Sweep, at: float | None) -> Prose:
    """Return an assumption's value as a cell; its name says the unit, but for per cent."""
    quantity = Quantity(float(at or 0.0), sweep.unit, sweep.points[0].answer.difference.trace, exact=True)
    return namer.cell(quantity, "" if sweep.unit == "share" else "bare")


def _price(namer: Namer) -> Prose:
    price, assumed = namer.data.break_even_price, namer.data.price
    if price is None or assumed is None:
        return namer.text("uncertain.no_price")
    if price.value <= 0:
        return namer.text("uncertain.negative_price", assumed=assumed)
    return namer.text("uncertain.price", price=price, assumed=assumed)


def _open(namer: Namer) -> Iterator[Block]:
    """Yield what cannot be told yet, and how many runs would tell."""
    unsettled = [c for c in namer.data.comparisons if c.answer.verdict == "cannot_tell"]
    for comparison in unsettled:
        if comparison.answer.runs_needed is not None:
            yield Note(
                namer.text(
                    "uncertain.open",
                    comparisons=namer.comparison(comparison),
                    runs=comparison.answer.runs_needed,
                )
            )
    beyond = [namer.comparison(c) for c in unsettled if c.answer.beyond]
    if beyond:
        yield Note(namer.text("uncertain.beyond", comparisons=namer.words.join(beyond)))


def papers(namer: Namer) -> Iterator[Block]:
    """Yield the budget and the papers' figures beside the model's, misses shown."""
    yield heading(namer, "papers")
    if namer.data.budget:
        yield from _budget(namer)
    yield Paragraph(namer.text("papers.text"))
    rows = []
    for row in namer.data.papers:
        paper = namer.cell(row.paper, "")
        if row.paper_upper is not None:
            paper = namer.text("papers.range", lower=row.paper, upper=row.paper_upper)
        year = namer.words.period(row.year)
        rows.append(
            Row(
                (
                    namer.text(f"papers.figures.{row.key}", year=year),
                    paper,
                    namer.cell(row.model, "interval"),
                    namer.cell(row.miss, "signed"),
                    namer.text(f"papers.uses.{row.role}"),
                )
            )
        )
    columns = (
        namer.word_head("papers.figure"),
        namer.head("papers.paper"),
        namer.head("papers.model"),
        namer.head("papers.miss"),
        namer.word_head("papers.use"),
    )
    yield Table(namer.text("papers.caption"), columns, tuple(rows), namer.text("papers.note"))


def _budget(namer: Namer) -> Iterator[Block]:
    year = namer.words.period(namer.data.budget[0].run.trace.period)
    yield Paragraph(namer.text("papers.budget_text", year=year))
    rows = tuple(
        Row(
            (
                namer.text(f"papers.lines.{row.line}"),
                namer.cell(row.plan, "bare", BUDGET_STEP),
                namer.cell(row.run, "bare", BUDGET_STEP),
                namer.cell(row.difference, "bare_signed", BUDGET_STEP),
            ),
            "total" if row.line == "programme" else "body",
        )
        for row in namer.data.budget
    )
    columns = (
        namer.word_head("papers.line"),
        namer.head("papers.plan"),
        namer.head("papers.run"),
        namer.head("papers.miss"),
    )
    yield Table(namer.text("papers.budget_caption", year=year), columns, rows)


def limits(namer: Namer) -> Iterator[Block]:
    """Yield what the report cannot answer."""
    yield heading(namer, "limits")
    for key in LIMITS:
        told = "chance_drawn" if key == "chance" and namer.data.drawn is not None else key
        yield Paragraph(namer.text(f"limits.{told}"))
