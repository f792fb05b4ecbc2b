"""The HTML writer: a report's blocks to one page that needs nothing from outside.

Style, type and figures are inside; a content security policy forbids the page to ask for anything else. Every
number is a link to where it comes from, and carries the same facts as a tooltip. Those in tables are left out
of the tab order: hundreds of stops would bar the way of those who have no mouse, and the text and the
contents lead to the same places.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import count
from pathlib import Path

from sim.reports.blocks import Block, Column, Figure, Heading, Note, Paragraph, Report, Row, Table
from sim.reports.fonts import font_faces
from sim.reports.traces import anchor_of, told
from sim.words import Link, Number, Prose, Words

STYLE = Path(__file__).with_name("page.css")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:"
LONG_TABLE = 14
"""Rows above which a table may be broken between pages."""


def write_html(report: Report, words: Words) -> str:
    """Return the page.

    Parameters
    ----------
    report : Report
    words : Words
        In the report's language.
    """
    writer = _Writer(words, _anchors(report.blocks))
    language = words.raw("language.html")
    title = escape(str(report.title))
    front, body = writer.blocks(report.front), writer.sections(report.body)
    facts = [words.date(report.day) if report.day else "", report.case_number]
    content = f"""<a class="skip" href="#main">{_raw(words, "page.skip")}</a>
<header class="report">
<h1>{title}</h1>
<p class="subtitle">{escape(str(report.subtitle))}</p>
<p class="meta">{escape(" · ".join(fact for fact in facts if fact))}</p>
</header>
<main id="main">
<div class="front">
{front}
</div>
{_contents(report, words)}
{body}
</main>
<footer><p>{writer.prose(report.foot)}</p></footer>"""
    style = STYLE.read_text(encoding="utf-8")
    return f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<title>{title}</title>
<style>
{font_faces(content)}
{style}</style>
</head>
<body>
{content}
</body>
</html>
"""


def _raw(words: Words, key: str) -> str:
    return escape(words.raw(key))


def _anchors(blocks: Sequence[Block]) -> frozenset[str]:
    """Return the places of the page that a number or a text can lead to."""
    rows = (row.anchor for block in blocks if isinstance(block, Table) for row in block.rows if row.anchor)
    return frozenset((*rows, *(block.anchor for block in blocks if isinstance(block, Heading))))


def _contents(report: Report, words: Words) -> str:
    entries = "\n".join(
        f'<li><a href="#{block.anchor}">{escape(str(block.text))}</a></li>'
        for block in report.body
        if isinstance(block, Heading) and block.level == 2
    )
    name = _raw(words, "page.contents")
    return f'<nav aria-label="{name}">\n<h2>{name}</h2>\n<ol>\n{entries}\n</ol>\n</nav>'


class _Writer:
    """Writes blocks, numbering figures and tables as they come."""

    def __init__(self, words: Words, anchors: frozenset[str]) -> None:
        self._words = words
        self._anchors = anchors
        self._figures, self._tables = count(1), count(1)

    def sections(self, blocks: Sequence[Block]) -> str:
        """Write blocks, each heading of level 2 opening a section named by it."""
        parts: list[str] = []
        is_open = False
        for block in blocks:
            if isinstance(block, Heading) and block.level == 2:
                if is_open:
                    parts.append("</section>")
                parts.append(f'<section aria-labelledby="{block.anchor}">')
                is_open = True
            parts.append(self.block(block))
        if is_open:
            parts.append("</section>")
        return "\n".join(parts)

    def blocks(self, blocks: Sequence[Block]) -> str:
        """Write blocks one after another."""
        return "\n".join(self.block(block) for block in blocks)

    def block(self, block: Block) -> str:
        """Write one block."""
        match block:
            case Heading():
                return f'<h{block.level} id="{block.anchor}">{escape(str(block.text))}</h{block.level}>'
            case Paragraph():
                kind = "" if block.kind == "body" else f' class="{block.kind}"'
                return f"<p{kind}>{self.prose(block.text)}</p>"
            case Note():
                kind = " warning" if block.kind == "warning" else ""
                return f'<p class="note{kind}" role="note">{self.prose(block.text)}</p>'
            case Figure():
                return self._figure(block)
            case Table():
                return self._table(block)

    def prose(self, prose: Prose, linked: bool = True) -> str:
        """Write a text; each number is marked up with where it comes from."""
        return "".join(self._part(part, linked) for part in prose.parts)

    def _part(self, part: str | Number, linked: bool) -> str:
        if isinstance(part, Number):
            return self._number(part, linked)
        if isinstance(part, Link) and part.anchor in self._anchors:
            return f'<a href="#{escape(part.anchor, quote=True)}">{escape(part)}</a>'
        return escape(part)

    def _number(self, number: Number, in_text: bool) -> str:
        trace = number.quantity.trace
        source = escape(told(trace, self._words), quote=True)
        anchor = anchor_of(trace)
        value = f"{number.quantity.value:.12g}"
        if anchor in self._anchors:
            kind = 'class="q"' if in_text else 'class="t" tabindex="-1"'
            inner = f'<data value="{value}">{escape(number.text)}</data>'
            return f'<a {kind} href="#{anchor}" title="{source}">{inner}</a>'
        return f'<data value="{value}" title="{source}">{escape(number.text)}</data>'

    def _figure(self, block: Figure) -> str:
        figure = block.figure
        label = self._words.text("page.figure", number=_position(next(self._figures)))
        title = f"{escape(str(label))} {escape(figure.title)}"
        caption = f"<strong>{title}</strong><span>{escape(figure.subtitle)}</span>"
        return (
            f'<figure id="figure-{figure.key}">\n<figcaption>{caption}</figcaption>\n{figure.svg}\n</figure>'
        )

    def _table(self, table: Table) -> str:
        number = next(self._tables)
        label = self._words.text("page.table", number=_position(number))
        heads = "".join(
            f'<th scope="col"{_attribute("class", "n" if column.numeric else "")}>'
            f"{self.prose(column.head, linked=False)}</th>"
            for column in table.columns
        )
        rows = "\n".join(self._row(row, table.columns) for row in table.rows)
        note = f'<p class="under">{self.prose(table.note)}</p>' if table.note.parts else ""
        long = " long" if len(table.rows) > LONG_TABLE else ""
        return (
            f'<div class="table{long}" role="region" tabindex="0" aria-labelledby="table-{number}">\n'
            "<table>\n"
            f'<caption id="table-{number}">{escape(str(label))} {escape(str(table.caption))}</caption>\n'
            f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n</div>\n{note}"
        )

    def _row(self, row: Row, columns: Sequence[Column]) -> str:
        if row.kind == "group":
            head = self.prose(row.cells[0], linked=False)
            return f'<tr class="group"><th scope="rowgroup" colspan="{len(columns)}">{head}</th></tr>'
        cells = "".join(
            self._cell(cell, position == 0, column.numeric)
            for position, (cell, column) in enumerate(zip(row.cells, columns, strict=True))
        )
        kind = "total" if row.kind == "total" else ""
        return f"<tr{_attribute('id', row.anchor)}{_attribute('class', kind)}>{cells}</tr>"

    def _cell(self, cell: Prose, is_head: bool, numeric: bool) -> str:
        kind = ' class="n"' if numeric else ""
        text = self.prose(cell, linked=False)
        return f'<th scope="row"{kind}>{text}</th>' if is_head else f"<td{kind}>{text}</td>"


def _attribute(name: str, value: str) -> str:
    return f' {name}="{escape(value, quote=True)}"' if value else ""


def _position(number: int) -> Prose:
    """Return a figure's or table's number as text: it counts the page's own parts and has no source."""
    return Prose((str(number),))
