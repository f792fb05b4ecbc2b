"""The DOCX writer: for what the City goes on to do in a template of its own.

The blocks become plain HTML, which pandoc turns into a document with Word's own styles; a reference document
made here sets paper, type, running head and page numbers. Figures are pictures, since Word shows no SVG
everywhere, and keep their alternative text.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape
from itertools import count
from pathlib import Path

import pypandoc
import typst

from sim.figures import FigureResult
from sim.figures.packing import NOBODYS_TIME, timeless
from sim.reports.blocks import Block, Figure, Heading, Note, Paragraph, Report, Row, Table
from sim.reports.docx_layout import laid_out
from sim.reports.docx_reference import UNDER, reference_document
from sim.reports.pdf import fitted, shares
from sim.words import Prose, Words

DOTS = 200.0
"""Dots an inch in figures."""


def write_docx(report: Report, words: Words) -> bytes:
    """Return the document: the same bytes each time.

    Parameters
    ----------
    report : Report
    words : Words
        In the report's language.
    """
    locale = words.raw("language.tag")
    stamp = datetime(report.day.year, report.day.month, report.day.day) if report.day else NOBODYS_TIME
    with tempfile.TemporaryDirectory(prefix="jobbtorg-docx-") as folder:
        root = Path(folder)
        for block in report.blocks:
            if isinstance(block, Figure):
                (root / f"{block.figure.key}.png").write_bytes(picture(block.figure))
        reference = root / "reference.docx"
        reference.write_bytes(reference_document(report, words, _plain_document()))
        made = root / "report.docx"
        pypandoc.convert_text(
            page(report, words),
            "docx",
            format="html",
            outputfile=str(made),
            extra_args=[
                f"--reference-doc={reference}",
                f"--resource-path={root}",
                f"--metadata=lang:{locale}",
                f"--metadata=title:{report.title}",
                f"--metadata=subtitle:{_facts(report, words)}",
            ],
        )
        second = next(block.anchor for block in report.body if isinstance(block, Heading))
        return timeless(laid_out(made.read_bytes(), second), stamp)


def _plain_document() -> bytes:
    """Return pandoc's own reference document."""
    with tempfile.TemporaryDirectory(prefix="jobbtorg-docx-") as folder:
        empty = Path(folder) / "empty.docx"
        pypandoc.convert_text("", "docx", format="html", outputfile=str(empty))
        return empty.read_bytes()


def _facts(report: Report, words: Words) -> str:
    facts = (str(report.subtitle), words.date(report.day) if report.day else "", report.case_number)
    return " · ".join(fact for fact in facts if fact)


def picture(figure: FigureResult) -> bytes:
    """Return a figure as PNG; typst draws it, as it does in the PDF."""
    with tempfile.TemporaryDirectory(prefix="jobbtorg-png-") as folder:
        root = Path(folder)
        (root / "figure.svg").write_text(figure.svg, encoding="utf-8", newline="\n")
        (root / "main.typ").write_text(
            '#set page(width: auto, height: auto, margin: 0pt, fill: white)\n#image("figure.svg")\n',
            encoding="utf-8",
        )
        made = typst.compile(str(root / "main.typ"), root=str(root), format="png", ppi=DOTS)
    assert isinstance(made, bytes)
    return made


def page(report: Report, words: Words) -> str:
    """Return the HTML that pandoc reads: nothing but structure; pictures are named by their figures' keys."""
    writer = _Writer(words)
    body = "\n".join(part for block in report.blocks for part in writer.block(block))
    return f"{body}\n<p>{escape(str(report.foot))}</p>\n"


class _Writer:
    """Writes blocks, numbering figures and tables as they come."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._figures, self._tables = count(1), count(1)

    def block(self, block: Block) -> Iterator[str]:
        """Yield one block as HTML."""
        match block:
            case Heading():
                level = block.level - 1
                yield f'<h{level} id="{block.anchor}">{_told(block.text)}</h{level}>'
            case Paragraph(kind="answer"):
                yield f"<p><strong>{_told(block.text)}</strong></p>"
            case Paragraph(kind="opinion") | Note():
                yield f"<blockquote><p>{_told(block.text)}</p></blockquote>"
            case Paragraph(kind="small"):
                yield _under(block.text)
            case Paragraph():
                yield f"<p>{_told(block.text)}</p>"
            case Figure():
                yield from self._figure(block)
            case Table():
                yield from self._table(block)

    def _label(self, key: str, number: int) -> str:
        return escape(str(self._words.text(key, number=Prose((str(number),)))))

    def _figure(self, block: Figure) -> Iterator[str]:
        figure = block.figure
        label = self._label("page.figure", next(self._figures))
        yield f"<p><strong>{label} {escape(figure.title)}</strong><br>{escape(figure.subtitle)}</p>"
        # pandoc would set a figure's caption below, and say it twice to those who listen
        alternative = escape(figure.alternative_text, quote=True)
        yield f'<p><img src="{figure.key}.png" alt="{alternative}" style="width: 100%"></p>'

    def _table(self, block: Table) -> Iterator[str]:
        table = fitted(block)
        label = self._label("page.table", next(self._tables))
        widths = shares(table)
        whole = sum(widths)
        yield "<table>"
        yield f"<caption>{label} {_told(table.caption)}</caption>"
        yield "<colgroup>"
        for width in widths:
            yield f'<col style="width: {100.0 * width / whole:.2f}%">'
        yield "</colgroup>"
        aligned = ["right" if column.numeric else "left" for column in table.columns]
        heads = "".join(
            f'<th style="text-align: {side}">{_told(column.head)}</th>'
            for side, column in zip(aligned, table.columns, strict=True)
        )
        yield f"<thead><tr>{heads}</tr></thead>"
        yield "<tbody>"
        for row in table.rows:
            yield _row(row, aligned)
        yield "</tbody></table>"
        if table.note.parts:
            yield _under(table.note)


def _under(text: Prose) -> str:
    """Return a text in small type, as it stands under a table."""
    return f'<div custom-style="{UNDER}"><p>{_told(text)}</p></div>'


def _row(row: Row, aligned: Sequence[str]) -> str:
    if row.kind == "group":
        return f'<tr><td colspan="{len(aligned)}"><strong>{_told(row.cells[0])}</strong></td></tr>'
    strong = row.kind == "total"
    cells = "".join(
        f'<td style="text-align: {side}">{"<strong>" * strong}{_told(cell)}{"</strong>" * strong}</td>'
        for side, cell in zip(aligned, row.cells, strict=True)
    )
    return f"<tr>{cells}</tr>"


def _told(prose: Prose) -> str:
    return escape(str(prose))
