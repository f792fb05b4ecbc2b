"""The report's back: assumptions with sources, method in STRESS-DES's order, measures, manifest.

Numbers in the text link here, so rows carry the anchors of `sim.reports.traces`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from sim.reports.blocks import Block, Heading, Paragraph, Row, Table
from sim.reports.committee.data import MeasureCard, ParameterCard
from sim.reports.committee.naming import Namer
from sim.reports.committee.sections import heading
from sim.words import Link, Name, Prose, Quantity, Trace, exact
from sim.words.numbers import DASH

SHOWN_DIGITS = 16
"""Of a hash; the file with the manifest has all of them."""

METHOD = ("objectives", "logic", "data", "experiment", "implementation", "code")
"""Order of Monks et al. 2019."""


def assumptions(namer: Namer) -> Iterator[Block]:
    """Yield every parameter with value, kind, grade, range and sources, by group; then the sources."""
    yield heading(namer, "assumptions")
    yield Paragraph(namer.text("assumptions.text"))
    groups: dict[str, list[ParameterCard]] = {}
    for card in namer.data.parameters:
        groups.setdefault(card.key.partition(".")[0], []).append(card)
    columns = (
        namer.word_head("assumptions.parameter"),
        namer.head("assumptions.value"),
        namer.head("assumptions.range"),
        namer.word_head("assumptions.kind"),
        namer.word_head("assumptions.grade"),
        namer.word_head("assumptions.sources"),
    )
    rows: list[Row] = []
    for group, cards in groups.items():
        name = Prose((namer.words.name("parameter_groups", group),))
        rows.append(Row((name, *(Prose() for _ in columns[1:])), "group"))
        rows += [_parameter(namer, card) for card in cards]
    yield Table(namer.text("assumptions.caption"), columns, tuple(rows))
    sources = tuple(
        Row(
            tuple(Prose((part,)) for part in (source.key, source.title, source.date, source.reference)),
            anchor=f"source-{source.key}",
        )
        for source in namer.data.sources
    )
    heads = ("source", "title", "dated", "reference")
    yield Table(
        namer.text("assumptions.sources_caption"),
        tuple(namer.word_head(f"assumptions.{head}") for head in heads),
        sources,
        namer.text("assumptions.note"),
    )


def _parameter(namer: Namer, card: ParameterCard) -> Row:
    if card.value is not None:
        value = namer.cell(card.value, "")
    elif card.text:
        value = Prose((namer.words.name("choices", card.text).lower(),))
    elif card.day is not None:
        value = Prose((namer.words.date(card.day),))
    else:
        value = namer.text("assumptions.table")
    ends = [namer.cell(end, "bare") for end in (card.lower, card.upper) if end is not None]
    keys = list(dict.fromkeys(key for key, _ in card.sources))
    return Row(
        (
            namer.parameter(card.key),
            value,
            Prose.joined(ends, DASH) if len(ends) == 2 else namer.dash,
            namer.text(f"assumptions.kinds.{card.kind}"),
            namer.text(f"assumptions.grades.{card.grade}"),
            _sources(namer, keys),
        ),
        anchor=f"parameter-{card.key}",
    )


def _sources(namer: Namer, keys: Sequence[str]) -> Prose:
    """Return sources by their keys, each leading to its row."""
    told = {source.key for source in namer.data.sources}
    names = [Prose((Link(key, f"source-{key}") if key in told else key,)) for key in keys]
    return Prose.joined(names, ", ") if names else namer.dash


def method(namer: Namer) -> Iterator[Block]:
    """Yield the method, briefly, in STRESS-DES's order."""
    data = namer.data
    months = (data.end.year - data.start.year) * 12 + data.end.month - data.start.month + 1
    span = exact(months, "months", Trace(parameters=("period.end", "period.start")))
    values: dict[str, dict[str, Quantity | Prose | date]] = {
        "experiment": {"runs": data.manifest.runs, "months": span, "start": data.start},
        "implementation": {"engine": namer.text(f"engines.{data.manifest.engine}")},
    }
    yield heading(namer, "method")
    for part in METHOD:
        yield Heading(namer.text(f"method.{part}_heading"), 3, f"method-{part}")
        yield Paragraph(namer.text(f"method.{part}", **values.get(part, {})))


def measures(namer: Namer, used: frozenset[str]) -> Iterator[Block]:
    """Yield the definition of every measure that a number of the report comes from."""
    yield heading(namer, "measures")
    leading = {
        part: Prose((Link(str(namer.text(f"measures.{part}")), part),))
        for part in ("manifest", "assumptions")
    }
    yield Paragraph(namer.text("measures.text", **leading))
    rows = tuple(_measure(namer, card) for card in namer.data.measures if card.key in used)
    heads = ("measure", "unit", "definition", "equation")
    columns = tuple(namer.word_head(f"measures.{head}") for head in heads)
    yield Table(namer.text("measures.caption"), columns, rows, namer.text("measures.further", **leading))


def _measure(namer: Namer, card: MeasureCard) -> Row:
    fills = dict(card.fills)
    parts = ("name", "unit", "definition", "equation")
    cells = tuple(namer.words.measure(card.words, part, fills, inside=True) for part in parts)
    return Row(cells, anchor=f"measure-{card.key}")


def manifest(namer: Namer) -> Iterator[Block]:
    """Yield versions, seed, runs and digests."""
    data = namer.data
    yield heading(namer, "manifest")
    yield Paragraph(namer.text("manifest.text"))
    facts = data.manifest
    rows = [
        Row((namer.text(f"manifest.entries.{entry}"), namer.cell(quantity, "")), anchor=f"manifest-{entry}")
        for entry, quantity in (
            ("runs", facts.runs),
            ("sweep_runs", facts.sweep_runs),
            ("sample_runs", facts.sample_runs),
            ("spread_runs", facts.spread_runs),
            *(("tried", card.tried) for card in data.spreads[:1]),
            *_drawn(namer),
            ("seed", facts.seed),
            ("level", facts.level),
        )
    ]
    versions = ", ".join(f"{name} {version}" for name, version in facts.versions)
    if data.city:
        rows.append(Row((namer.text("manifest.entries.city"), Prose((data.city,)))))
    rows += [
        Row((namer.text("manifest.entries.engine"), namer.text(f"engines.{facts.engine}"))),
        Row((namer.text("manifest.entries.versions"), Prose((versions,)))),
        Row((namer.text("manifest.entries.source_hash"), Prose((facts.source_hash[:SHOWN_DIGITS],)))),
    ]
    rows += [
        Row((namer.text("manifest.digest", side=Name(side.name)), Prose((side.digest[:SHOWN_DIGITS],))))
        for side in data.sides
    ]
    if data.drawn is not None:
        head = namer.text("manifest.drawn_digest", ensemble=Name(data.drawn.ensemble))
        rows.append(Row((head, Prose((data.drawn.digest[:SHOWN_DIGITS],)))))
    columns = (namer.word_head("manifest.entry"), namer.word_head("manifest.value"))
    yield Table(namer.text("manifest.caption"), columns, tuple(rows))


def _drawn(namer: Namer) -> Iterator[tuple[str, Quantity]]:
    """Yield what the manifest says of an ensemble."""
    drawn = namer.data.drawn
    if drawn is not None:
        yield from (
            ("moved", drawn.moved),
            ("draws", drawn.draws),
            ("draw_runs", drawn.runs),
            ("ways", drawn.ways),
            ("worlds", drawn.worlds),
        )
