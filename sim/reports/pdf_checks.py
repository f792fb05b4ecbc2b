"""What is held against a finished PDF, by reading the file itself: what tags, names and claims are in it.

No validator of PDF/UA or PDF/A is at hand as a Python package, so no conformance is claimed from this: the
file says which standards it was made to, and these checks were passed.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pikepdf

from sim.reports.blocks import Figure, Heading, Report, Table

PART = {"pdfuaid:part": "1", "pdfaid:part": "2", "pdfaid:conformance": "A"}
"""The claims that the metadata have to make: PDF/UA-1 and PDF/A-2a."""

FEWEST_PAGES = 2


def pdf_faults(report: Report, content: bytes) -> list[str]:
    """Return what is wrong with a PDF, as sentences; an empty list when it may be handed out.

    Parameters
    ----------
    report : Report
        What was to be written.
    content : bytes
        The file.
    """
    try:
        file = pikepdf.Pdf.open(io.BytesIO(content))
    except pikepdf.PdfError as error:
        return [f"The PDF can't be read: {error}."]
    with file:
        return [*_of_file(report, file), *_of_structure(report, file), *_of_fonts(file)]


def _of_file(report: Report, file: pikepdf.Pdf) -> Iterator[str]:
    root: Any = file.Root
    if len(file.pages) < FEWEST_PAGES:
        yield f"The PDF has {len(file.pages)} page."
    if not bool(root.get("/MarkInfo", {}).get("/Marked", False)):
        yield "The PDF is not tagged."
    language = str(root.get("/Lang", ""))
    if language.partition("-")[0] != report.language:
        yield f"The PDF says its language is {language!r}, not {report.language!r}."
    if not bool(root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False)):
        yield "The PDF shows its file's name in the window, not its title."
    with file.open_metadata() as metadata:
        if metadata.get("dc:title") != str(report.title):
            yield f"The PDF's title is {metadata.get('dc:title')!r}."
        for key, value in PART.items():
            if metadata.get(key) != value:
                yield f"The PDF's metadata say {metadata.get(key)!r} for {key}, not {value!r}."
    with file.open_outline() as outline:
        titles = [item.title for item in outline.root]
    wanted = [
        str(b.text) for b in report.blocks if isinstance(b, Heading) and b.level == min(_levels(report))
    ]
    missing = [title for title in wanted if title not in titles]
    if missing:
        yield f"The PDF has no bookmark for: {', '.join(missing)}."


def _levels(report: Report) -> list[int]:
    return [block.level for block in report.blocks if isinstance(block, Heading)]


def _of_structure(report: Report, file: pikepdf.Pdf) -> Iterator[str]:
    root: Any = file.Root
    elements = list(_elements(root.get("/StructTreeRoot")))
    kinds = [str(element.get("/S", "")) for element in elements]
    figures = [element for element in elements if str(element.get("/S", "")) == "/Figure"]
    alternatives = sorted(str(element.get("/Alt", "")) for element in figures)
    wanted = sorted(block.figure.alternative_text for block in report.blocks if isinstance(block, Figure))
    if alternatives != wanted:
        right = sum(text in wanted for text in alternatives)
        yield f"Of {len(wanted)} figures, {right} say what they show."
    tables = sum(isinstance(block, Table) for block in report.blocks)
    if kinds.count("/Table") != tables:
        yield f"The PDF has {kinds.count('/Table')} tables with tags of {tables}."
    if tables and not kinds.count("/TH"):
        yield "No table in the PDF has heads."
    headings = sum(isinstance(block, Heading) for block in report.blocks)
    if sum(kind.startswith("/H") and kind[2:].isdigit() for kind in kinds) < headings:
        yield "Headings in the PDF have no tags."


def _elements(node: Any) -> Iterator[Any]:
    """Yield every structure element below a node."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, pikepdf.Array):
            waiting += list(current)
        elif isinstance(current, pikepdf.Dictionary):
            if "/S" in current:
                yield current
            if "/K" in current:
                waiting.append(current["/K"])


def _of_fonts(file: pikepdf.Pdf) -> Iterator[str]:
    """Yield a sentence for each font that is not inside the file."""
    found = set()
    for item in file.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor":
            found.add(str(item.get("/FontName", "")))
            if not any(key in item for key in ("/FontFile", "/FontFile2", "/FontFile3")):
                yield f"The font {item.get('/FontName')} is not inside the PDF."
    if not found:
        yield "The PDF has no font."
