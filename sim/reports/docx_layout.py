"""What pandoc can't be told of a DOCX: what stays together on a page, and where page two begins."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import pairwise
from xml.etree import ElementTree

from sim.figures.packing import packed, unpacked
from sim.reports.docx_reference import w
from sim.reports.html import LONG_TABLE

DOCUMENT = "word/document.xml"


def laid_out(content: bytes, second: str) -> bytes:
    """Return a document whose captions stay with what they name, and whose short tables stay whole.

    Parameters
    ----------
    content : bytes
        What pandoc wrote.
    second : str
        Anchor of the heading that begins page two; page one stands by itself.
    """
    parts = unpacked(content)
    for _, (prefix, address) in ElementTree.iterparse(io.BytesIO(parts[DOCUMENT]), ["start-ns"]):
        ElementTree.register_namespace(prefix, address)
    root = ElementTree.fromstring(parts[DOCUMENT])
    body = root.find(w("body"))
    assert body is not None
    _captions(body)
    for table in body.iter(w("tbl")):
        _rows(table.findall(w("tr")))
    _page_two(body, second)
    parts[DOCUMENT] = bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))
    return packed(parts)


def _captions(body: ElementTree.Element) -> None:
    """Keep the paragraph before a picture or a table on its page."""
    for element, following in pairwise(body):
        leads = following.tag == w("tbl") or following.find(f".//{w('drawing')}") is not None
        if element.tag == w("p") and leads:
            _mark(element, "keepNext")


def _rows(rows: Sequence[ElementTree.Element]) -> None:
    """Break no row, no short table, and no long one after a row that names those below it."""
    short = len(rows) <= LONG_TABLE
    for row in rows:
        told = row.find(w("trPr"))
        if told is None:
            told = ElementTree.Element(w("trPr"))
            row.insert(0, told)
        told.insert(0, ElementTree.Element(w("cantSplit")))
    for row in rows[:-1]:
        if short or len(row.findall(w("tc"))) == 1:
            for paragraph in row.iter(w("p")):
                _mark(paragraph, "keepNext")


def _page_two(body: ElementTree.Element, anchor: str) -> None:
    """Begin a page with the heading that bears an anchor, which pandoc sets before its paragraph or in it."""
    found = False
    for element in body:
        marks = [element] if element.tag == w("bookmarkStart") else element.iter(w("bookmarkStart"))
        found = found or any(mark.get(w("name")) == anchor for mark in marks)
        if found and element.tag == w("p"):
            _mark(element, "pageBreakBefore")
            return


def _mark(paragraph: ElementTree.Element, mark: str) -> None:
    """Set a mark of a paragraph, in the order that the format asks for: after its style."""
    told = paragraph.find(w("pPr"))
    if told is None:
        told = ElementTree.Element(w("pPr"))
        paragraph.insert(0, told)
    if told.find(w(mark)) is None:
        told.insert(1 if told.find(w("pStyle")) is not None else 0, ElementTree.Element(w(mark)))
