"""What a report is written as: one writer and one set of checks for each format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sim.reports.blocks import Report
from sim.reports.checks import faults
from sim.reports.docx import write_docx
from sim.reports.docx_checks import docx_faults
from sim.reports.errors import ReportError
from sim.reports.html import write_html
from sim.reports.pdf import write_pdf
from sim.reports.pdf_checks import pdf_faults
from sim.reports.spreadsheet import spreadsheet_faults, write_spreadsheet
from sim.words import Words


@dataclass(frozen=True)
class Form:
    """How a format is written, and what is held against what came of it."""

    write: Callable[[Report, Words], bytes]
    faults: Callable[[Report, bytes], list[str]]


def _html(report: Report, words: Words) -> bytes:
    return write_html(report, words).encode("utf-8")


def _html_faults(report: Report, content: bytes) -> list[str]:
    return faults(report, content.decode("utf-8"))


TOLD = 5
"""How many faults are told: one mistake often shows in many places."""

FORMS = {
    "html": Form(_html, _html_faults),
    "pdf": Form(write_pdf, pdf_faults),
    "docx": Form(write_docx, docx_faults),
    "xlsx": Form(write_spreadsheet, spreadsheet_faults),
}


def written(report: Report, form: str, words: Words) -> bytes:
    """Return a report in a format, after it has passed its checks.

    Raises
    ------
    ReportError
        With the first faults and their number, when it does not.
    """
    content = FORMS[form].write(report, words)
    found = FORMS[form].faults(report, content)
    if found:
        raise ReportError(
            "faulty",
            language=report.language,
            form=form,
            number=len(found),
            faults=" ".join(found[:TOLD]),
        )
    return content
