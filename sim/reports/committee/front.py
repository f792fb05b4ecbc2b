"""Page one: the question, the answer in two sentences, a small table, one figure."""

from __future__ import annotations

from collections.abc import Iterator

from sim.reports.blocks import Block, Column, Figure, Heading, Paragraph, Row, Table
from sim.reports.committee.data import Comparison
from sim.reports.committee.naming import Namer, robust_verdict
from sim.reports.committee.over_draws import differing_sentences, verdict_cell
from sim.reports.committee.pictures import curve_picture
from sim.reports.committee.sections import spread_sentence
from sim.words import Name, Prose, Quantity, Trace, exact

FRONT_HEIGHT, FRONT_HEIGHT_DRAWN = 2.45, 1.9
"""Inches of the figure on page one, which has to fit there under a table of four rows; less where it has a
column more and the text above it tells of draws."""


def front(namer: Namer) -> tuple[Block, ...]:
    """Return page one."""
    return (
        Heading(namer.text("question.heading"), 2, "question"),
        Paragraph(_question(namer)),
        Heading(namer.text("answer.heading"), 2, "answer"),
        Paragraph(
            Prose.joined(answer_sentence(namer, namer.data.comparison(key)) for key in namer.data.answered),
            "answer",
        ),
        *differing_sentences(namer),
        *_elasticity_sentence(namer),
        *_budget_sentence(namer),
        *spread_sentence(namer),
        headline_table(namer),
        *(
            Figure(curve_picture(namer, sweep, front_height(namer)))
            for sweep in namer.data.sweeps_of(namer.data.answered[0])[:1]
        ),
    )


def front_height(namer: Namer) -> float:
    """Return the height of the figure on page one."""
    return FRONT_HEIGHT if namer.data.drawn is None else FRONT_HEIGHT_DRAWN


def _question(namer: Namer) -> Prose:
    caseload, outsourcing = (namer.data.comparison(key) for key in namer.data.answered)
    return namer.text(
        "question.text",
        period=namer.period,
        few=namer.data.side(caseload.other).norm,
        many=namer.data.side(caseload.base).norm,
        share=namer.data.side(outsourcing.other).share,
        planned=namer.data.side(outsourcing.base).places,
    )


def answer_sentence(namer: Namer, comparison: Comparison) -> Prose:
    """Return one sentence: the verdict, how much, and whether it stands when the assumptions are tried."""
    verdict = comparison.answer.verdict
    values = {"comparison": namer.comparison(comparison)}
    key = f"answer.{_answer_words(namer, comparison)}.{verdict}"
    tail = _tail(namer, comparison)
    if verdict == "cannot_tell":
        return namer.text(key, tail=tail, **values)
    return namer.text(key, tail=tail, difference=comparison.answer.difference, **values)


def _answer_words(namer: Namer, comparison: Comparison) -> str:
    """Return which words answer: the first comparison names the whole cost, those after it are shorter."""
    return "first" if comparison.key == namer.data.answered[0] else "next"


def _tail(namer: Namer, comparison: Comparison) -> Prose:
    found = robust_verdict(namer, comparison)
    if found is None or comparison.answer.verdict == "cannot_tell":
        return namer.text("answer.tail.none")
    verdict, sweep = found
    if sweep is not None:
        turn = next(t for t in sweep.turns if sweep.evidence[0] <= t.value <= sweep.evidence[1])
        return namer.text("answer.tail.turns", assumption=namer.assumption(sweep, "plain"), turn=turn)
    return namer.text(f"answer.tail.{'open' if verdict == 'cannot_tell' else 'holds'}")


MORE_CASES = 0.10
"""How many more cases the elasticity is told by."""


def _elasticity_sentence(namer: Namer) -> Iterator[Block]:
    """Yield what the elasticity in use means, in per cent that anybody can picture."""
    for sweep in namer.data.sweeps_of(namer.data.answered[0]):
        if sweep.key == "elasticity" and sweep.central is not None:
            trace = Trace(parameters=(sweep.parameter,))
            # to a tenth of a per cent: enough to picture it
            slower = exact(round(1.0 - (1.0 + MORE_CASES) ** -sweep.central.value, 3), "share", trace)
            yield Paragraph(
                namer.text(
                    "answer.elasticity",
                    value=sweep.central,
                    more=exact(MORE_CASES, "share", trace),
                    slower=slower,
                )
            )


def _budget_sentence(namer: Namer) -> tuple[Block, ...]:
    total = next((row for row in namer.data.budget if row.line == "programme"), None)
    if total is None:
        return ()
    values: dict[str, Quantity | Prose] = {
        "run": total.run,
        "year": namer.words.period(total.run.trace.period),
    }
    if total.same:
        return (Paragraph(namer.text("answer.budget.same", **values)),)
    which = "more" if total.difference.value > 0 else "less"
    sentence = namer.text(f"answer.budget.{which}", **values, difference=total.difference, plan=total.plan)
    return (Paragraph(sentence),)


def headline_table(namer: Namer) -> Table:
    """Return the comparisons with both readings of the cost, the verdict, and the verdict when tried."""
    unit = Name(namer.words.unit("MSEK"))
    drawn = namer.data.drawn is not None
    rows = []
    for comparison in namer.data.comparisons:
        found = robust_verdict(namer, comparison)
        rows.append(
            Row(
                (
                    namer.comparison(comparison).capitalised(),
                    namer.difference(comparison.answer.difference),
                    namer.difference(comparison.net.difference),
                    namer.verdict(comparison.answer.verdict),
                    namer.verdict(found[0]) if found else namer.text("not_tried"),
                    *([verdict_cell(namer, comparison)] if drawn else []),
                )
            )
        )
    return Table(
        namer.text("headline.caption", period=namer.period),
        (
            namer.word_head("headline.comparison"),
            namer.head("headline.present_value", unit=unit),
            namer.head("headline.net", unit=unit),
            Column(namer.text("headline.verdict"), numeric=False),
            Column(namer.text("headline.robust"), numeric=False),
            *([namer.word_head("headline.drawn")] if drawn else []),
        ),
        tuple(rows),
        namer.text(f"reading.short{'_drawn' if drawn else ''}", level=namer.data.manifest.level),
    )
