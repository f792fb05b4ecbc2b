"""What an ensemble's draws say: how much is chance, not known, and the way of building."""

from __future__ import annotations

from collections.abc import Iterator

from sim.reports.blocks import Block, Figure, Heading, Paragraph, Row, Table
from sim.reports.committee.data import Comparison, Drawn, DrawnAnswer, DrawnCard
from sim.reports.committee.naming import Namer, common_step
from sim.reports.committee.pictures import drawn_picture
from sim.words import Prose


def over_draws(namer: Namer) -> Iterator[Block]:
    """Yield the section; nothing where no ensemble was asked for."""
    drawn = namer.data.drawn
    if drawn is None or not drawn.cards:
        return
    contents = "drawn_structures" if drawn.structures else "drawn"
    yield Heading(namer.text(f"contents.{contents}"), 2, "drawn")
    yield Paragraph(
        namer.text(
            "drawn.text",
            moved=drawn.moved,
            draws=drawn.draws,
            ensemble=namer.ensemble,
            runs=drawn.runs,
            worlds=drawn.worlds,
        )
    )
    if drawn.structures:
        yield Paragraph(namer.text("drawn.structures", ways=drawn.ways))
    if drawn.people is not None and drawn.people.base and drawn.people.other:
        yield Paragraph(
            namer.text(
                "drawn.people",
                side=namer.side(namer.data.reference),
                drawn=drawn.people.other,
                assumed=drawn.people.base,
            )
        )
    yield from (Paragraph(_sentence(namer, card, "answer")) for card in drawn.cards)
    yield Figure(drawn_picture(namer, drawn))
    yield _table(namer, drawn)


def differing_sentences(namer: Namer) -> Iterator[Block]:
    """Yield for page one each answer that is another over the draws than over the runs."""
    told = [
        _sentence(namer, card, "front")
        for key in namer.data.answered
        if (card := namer.data.drawn_of(key)) is not None
        and card.answer.verdict != namer.data.comparison(key).answer.verdict
    ]
    if told:
        yield Paragraph(Prose.joined(told))


def verdict_cell(namer: Namer, comparison: Comparison) -> Prose:
    """Return the verdict over all draws as a cell."""
    card = namer.data.drawn_of(comparison.key)
    return namer.verdict(card.answer.verdict) if card else namer.text("not_tried")


def _sentence(namer: Namer, card: DrawnCard, place: str) -> Prose:
    """Return one comparison's verdict over the draws, with the worlds that say so."""
    answer, drawn = card.answer, namer.data.drawn
    assert drawn is not None
    counted = {"higher": answer.higher, "lower": answer.lower}
    return namer.text(
        f"drawn.{place}.{answer.verdict}",
        comparison=namer.comparison(namer.data.comparison(card.comparison)),
        worlds=drawn.worlds,
        **{key: worlds for key, worlds in counted.items() if answer.verdict in (key, "cannot_tell")},
    )


def _table(namer: Namer, drawn: Drawn) -> Table:
    parts = ["chance", "parameters", *(["structure"] if drawn.structures else [])]
    answers = [answer for card in drawn.cards for answer in card.answers]
    step = common_step([answer.difference for answer in answers], figures=3)
    columns = (
        namer.word_head("drawn.measure"),
        namer.head("drawn.difference"),
        namer.head("drawn.higher", worlds=drawn.worlds),
        *(namer.head(f"drawn.{part}") for part in parts),
        namer.word_head("drawn.verdict"),
    )
    rows: list[Row] = []
    for card in drawn.cards:
        name = namer.comparison(namer.data.comparison(card.comparison)).capitalised()
        rows.append(Row((name, *(Prose() for _ in columns[1:])), "group"))
        rows += [_row(namer, answer, parts, step) for answer in card.answers]
    note = "drawn.note_structures" if drawn.structures else "drawn.note"
    return Table(
        namer.text("drawn.caption", period=namer.period),
        columns,
        tuple(rows),
        namer.text(note, level=namer.data.manifest.level),
    )


def _row(namer: Namer, answer: DrawnAnswer, parts: list[str], step: float | None) -> Row:
    shares = dict(answer.parts)
    return Row(
        (
            namer.text(f"lines.{answer.measure}"),
            namer.difference(answer.difference, step),
            namer.cell(answer.higher),
            *(namer.cell(shares.get(part)) for part in parts),
            namer.verdict(answer.verdict),
        )
    )
