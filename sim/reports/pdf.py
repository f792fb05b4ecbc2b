"""The PDF writer: a report's blocks to typst, and typst to a tagged file that archives and readers take.

typst comes with pip alone, and the type is matplotlib's, as in the figures; so a report looks the same
everywhere. PDF/UA-1 and PDF/A-2a are asked for together: typst refuses what it sees to break them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count, zip_longest
from pathlib import Path
from typing import Any

import matplotlib
import typst

from sim.reports.blocks import Block, Figure, Heading, Note, Paragraph, Report, Row, Table
from sim.reports.fonts import width_of
from sim.reports.html import LONG_TABLE
from sim.reports.traces import anchor_of
from sim.words import Link, Number, Prose, Words

STYLE = Path(__file__).with_name("page.typ")
STANDARDS: Any = ["ua-1", "a-2a"]
FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"

NO_BREAK = "\xa0"

WIDTH, TEXT, PADDING = 493.0, 8.0, 7.5
"""Points: the text's width on the page, the size of type in tables, and the room beside a cell's text."""


def write_pdf(report: Report, words: Words) -> bytes:
    """Return the PDF: the same bytes each time.

    Parameters
    ----------
    report : Report
    words : Words
        In the report's language.
    """
    with tempfile.TemporaryDirectory(prefix="jobbtorg-pdf-") as folder:
        root = Path(folder)
        (root / "page.typ").write_text(STYLE.read_text(encoding="utf-8"), encoding="utf-8", newline="\n")
        for block in report.blocks:
            if isinstance(block, Figure):
                (root / f"{block.figure.key}.svg").write_text(
                    block.figure.svg, encoding="utf-8", newline="\n"
                )
        main = root / "main.typ"
        main.write_text(source(report, words), encoding="utf-8", newline="\n")
        made = typst.compile(
            str(main),
            root=str(root),
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
            pdf_standards=STANDARDS,
            timestamp=_stamp(report),
        )
    assert isinstance(made, bytes)
    return made


def _stamp(report: Report) -> datetime:
    """Return the time that the file says it was made: the report's own day."""
    day = report.day
    return datetime(day.year, day.month, day.day, tzinfo=UTC) if day else datetime(2000, 1, 1, tzinfo=UTC)


def source(report: Report, words: Words) -> str:
    """Return the report as typst source."""
    writer = _Writer(words, _anchors(report.blocks))
    day = report.day
    dated = words.date(day) if day else ""
    page_of = str(words.text("page.page", number=Prose(("\x00",)), total=Prose(("\x01",))))
    before, _, rest = page_of.partition("\x00")
    between, _, after = rest.partition("\x01")
    stamp = f"datetime(year: {day.year}, month: {day.month}, day: {day.day})" if day else "none"
    lines = [
        '#import "page.typ": *',
        "#show: report.with(",
        f"  title: {_text(str(report.title))},",
        f"  subtitle: {_text(str(report.subtitle))},",
        f"  language: {_text(words.raw('language.html'))},",
        f"  day: {stamp},",
        f"  dated: {_text(dated)},",
        f"  case: {_text(report.case_number)},",
        f"  page-of: (n, m) => {_text(before)} + str(n) + {_text(between)} + str(m) + {_text(after)},",
        ")",
        *writer.blocks(report.front),
        "#pagebreak(weak: true)",
        f"#heading(level: 1, outlined: false, {_text(words.raw('page.contents'))})",
        "#outline(title: none, depth: 1)",
        *writer.blocks(report.body),
        f"#line(length: 100%, stroke: 0.4pt + rule)\n#small({writer.prose(report.foot)})",
    ]
    return "\n".join(lines) + "\n"


def _anchors(blocks: Sequence[Block]) -> frozenset[str]:
    return frozenset(
        row.anchor for block in blocks if isinstance(block, Table) for row in block.rows if row.anchor
    )


def _text(text: str) -> str:
    """Return a text as a string of typst's code, in which no sign has a meaning of its own."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'


class _Writer:
    """Writes blocks, numbering figures and tables as they come."""

    def __init__(self, words: Words, anchors: frozenset[str]) -> None:
        self._words = words
        self._anchors = anchors
        self._figures, self._tables = count(1), count(1)

    def blocks(self, blocks: Sequence[Block]) -> Iterator[str]:
        """Yield blocks as source; a paragraph stays with the figure or table that it leads to."""
        for block, following in zip_longest(blocks, blocks[1:]):
            written = self.block(block)
            leads = isinstance(block, Paragraph) and isinstance(following, Figure | Table)
            yield f"#leading({written.removeprefix('#')})" if leads else written

    def block(self, block: Block) -> str:
        """Return one block as source."""
        match block:
            case Heading():
                return f"#heading(level: {block.level - 1}, {_text(str(block.text))})"
            case Paragraph(kind="body"):
                return f"#par({self.prose(block.text)})"
            case Paragraph():
                return f"#{block.kind}(par({self.prose(block.text)}))"
            case Note():
                colour = ", colour: warn" if block.kind == "warning" else ""
                return f"#note(par({self.prose(block.text)}){colour})"
            case Figure():
                return self._figure(block)
            case Table():
                return self._table(block)

    def prose(self, prose: Prose, linked: bool = True) -> str:
        """Return a text; a number in running text leads to where it comes from."""
        parts = [self._part(part, linked) for part in prose.parts]
        return " + ".join(parts) if parts else "[]"

    def _part(self, part: str | Number, linked: bool) -> str:
        if isinstance(part, Number):
            return self._number(part, linked)
        if isinstance(part, Link) and part.anchor in self._anchors:
            return f"number({_text(part.anchor)}, [#{_text(part)}])"
        return f"[#{_text(part)}]"

    def _number(self, number: Number, linked: bool) -> str:
        anchor = anchor_of(number.quantity.trace)
        kept = f"[#{_text(number.text)}]"
        if linked:  # in running text no line ends inside a number
            kept = f"box({kept})"
            return f"number({_text(anchor)}, {kept})" if anchor in self._anchors else kept
        return kept

    def _label(self, key: str, number: int) -> str:
        return _text(str(self._words.text(key, number=Prose((str(number),)))))

    def _figure(self, block: Figure) -> str:
        figure = block.figure
        label = self._label("page.figure", next(self._figures))
        parts = (figure.title, figure.subtitle, f"{figure.key}.svg", figure.alternative_text)
        return f"#drawing({label}, {', '.join(_text(part) for part in parts)})"

    def _table(self, block: Table) -> str:
        table = fitted(block)
        label = self._label("page.table", next(self._tables))
        heads = ", ".join(self.prose(column.head, linked=False) for column in table.columns)
        aligns = ", ".join("true" if column.numeric else "false" for column in table.columns)
        rows = ",\n    ".join(cell for row in table.rows for cell in self._row(row, len(table.columns)))
        widths = "".join(f"{width:.2f}fr, " for width in shares(table))
        under = f", under: {self.prose(table.note)}" if table.note.parts else ""
        long = ", long: true" if len(table.rows) > LONG_TABLE else ""
        return (
            f"#tabled({label}, {_text(str(table.caption))}, ({widths}), ({aligns},), ({heads},), (\n"
            f"    {rows},\n){long}{under})"
        )

    def _row(self, row: Row, columns: int) -> Iterator[str]:
        if row.kind == "group":
            head = self.prose(row.cells[0], linked=False)
            yield f"rows-head({columns}, {head})"
            return
        if row.kind == "total":
            yield "table.hline(stroke: 0.4pt + ink)"
        for position, cell in enumerate(row.cells):
            content = self.prose(cell, linked=False)
            if row.kind == "total":
                content = f"strong({content})"
            if position == 0 and row.anchor:
                content = f"[#metadata(none)#label({_text(row.anchor)})] + {content}"
            yield content


def fitted(table: Table) -> Table:
    """Return a table whose words fit on the page: an interval may stand below its number where it must."""
    if sum(_least(table)) <= WIDTH:
        return table
    rows = tuple(replace(row, cells=tuple(_in_two(cell) for cell in row.cells)) for row in table.rows)
    return replace(table, rows=rows)


def _in_two(cell: Prose) -> Prose:
    """Return a cell that may be broken before an interval's bracket."""
    return Prose(
        tuple(
            replace(part, text=part.text.replace(f"{NO_BREAK}(", " (")) if isinstance(part, Number) else part
            for part in cell.parts
        )
    )


def shares(table: Table) -> list[float]:
    """Return the columns' widths in points: each holds its longest word; the rest goes where text is long.

    No-break spaces hold a number with its interval together, so such a cell is one word.
    """
    least, wanted = _least(table), []
    for position, column in enumerate(table.columns):
        lines = [width_of(cell, TEXT, bold) for cell, bold in _cells(table, position)]
        # a few long cells may take more lines: they must not take the room that all the other rows need
        usual = sorted(lines)[len(lines) * 9 // 10]
        head = width_of(str(column.head), TEXT, bold=True) / 2
        wanted.append(max(least[position], head + PADDING, usual))
    left = max(WIDTH - sum(least), 0.0)
    more = sum(want - need for want, need in zip(wanted, least, strict=True))
    share = left / more if more else 0.0
    return [need + share * (want - need) for want, need in zip(wanted, least, strict=True)]


def _least(table: Table) -> list[float]:
    """Return each column's longest word in points, with the room beside it."""
    least = []
    for position, column in enumerate(table.columns):
        words = [(word, bold) for cell, bold in _cells(table, position) for word in cell.split(" ")]
        words += [(word, True) for word in str(column.head).split(" ")]
        if position == 0:  # a sum's name is short and stays on its line
            words += [(cell, bold) for cell, bold in _cells(table, position) if bold]
        least.append(max(width_of(word, TEXT, bold) for word, bold in words) + PADDING)
    return least


def _cells(table: Table, position: int) -> list[tuple[str, bool]]:
    """Return a column's cells as text, and whether they are bold; rows that name others have none."""
    return [(str(row.cells[position]), row.kind == "total") for row in table.rows if row.kind != "group"]
