"""What is held against a finished DOCX, by reading the parts of the file."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

from sim.figures.packing import unpacked
from sim.reports.blocks import Figure, Report, Table
from sim.reports.checks import leftovers
from sim.reports.docx_reference import A4, w

_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"


def docx_faults(report: Report, content: bytes) -> list[str]:
    """Return what is wrong with a document, as sentences; an empty list when it may be handed out.

    Parameters
    ----------
    report : Report
        What was to be written.
    content : bytes
        The file.
    """
    try:
        parts = unpacked(content)
        document = ElementTree.fromstring(parts["word/document.xml"])
        styles = ElementTree.fromstring(parts["word/styles.xml"])
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError) as error:
        return [f"The document can't be read: {error}."]
    return [*_of_content(report, document), *_of_page(report, document, styles, parts)]


def _of_content(report: Report, document: ElementTree.Element) -> Iterator[str]:
    wanted = sorted(block.figure.alternative_text for block in report.blocks if isinstance(block, Figure))
    shown = sorted(element.get("descr", "") for element in document.iter(f"{{{_DRAWING}}}docPr"))
    if shown != wanted:
        right = sum(text in wanted for text in shown)
        yield f"Of {len(wanted)} figures, {right} say what they show."
    tables = sum(isinstance(block, Table) for block in report.blocks)
    found = list(document.iter(w("tbl")))
    if len(found) != tables:
        yield f"The document has {len(found)} of {tables} tables."
    headless = sum(table.find(f".//{w('tblHeader')}") is None for table in found)
    if headless:
        yield f"{headless} tables in the document have no row of heads that is repeated."
    for paragraph in document.iter(w("p")):
        text = "".join(piece.text or "" for piece in paragraph.iter(w("t")))
        yield from (f"The document holds {match!r}: {text!r}." for match in leftovers(text))


def _of_page(
    report: Report, document: ElementTree.Element, styles: ElementTree.Element, parts: dict[str, bytes]
) -> Iterator[str]:
    size = document.find(f".//{w('pgSz')}")
    if size is None or (size.get(w("w")), size.get(w("h"))) != A4:
        yield "The document is not on A4."
    told = {element.get(w("val"), "") for element in styles.iter(w("lang"))}
    if not told or any(language.partition("-")[0] != report.language for language in told):
        yield f"The document says its language is {', '.join(sorted(told)) or 'none'}."
    running = b"".join(content for name, content in parts.items() if name.startswith("word/header"))
    for what in (str(report.title), report.case_number):
        if what and what not in running.decode("utf-8"):
            yield f"The running head lacks {what!r}."
    foot = b"".join(content for name, content in parts.items() if name.startswith("word/footer"))
    if b"NUMPAGES" not in foot:
        yield "The document has no page numbers."
