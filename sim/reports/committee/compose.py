"""A report to the committee, put together: one `ReportData`, one language, one list of blocks."""

from __future__ import annotations

from sim.reports.blocks import Block, Report, quantities
from sim.reports.committee.appendix import assumptions, manifest, measures, method
from sim.reports.committee.data import ReportData
from sim.reports.committee.kinds import KINDS
from sim.reports.committee.naming import Namer
from sim.reports.committee.opinion import opinion
from sim.reports.committee.sections import review
from sim.words import Name, Prose, Words


def compose(data: ReportData, language: str) -> Report:
    """Return the report in a language.

    Parameters
    ----------
    data : ReportData
    language : str
        One that has words: ``sv``, ``en``.
    """
    namer = Namer(data, Words(language))
    front, body = KINDS[data.kind].blocks(namer)
    back: tuple[Block, ...] = (*opinion(namer), *review(namer), *assumptions(namer), *method(namer))
    used = frozenset(quantity.trace.measure for quantity in quantities(front + body + back))
    back += (*measures(namer, used), *manifest(namer))
    versions = dict(data.manifest.versions)
    title = data.titles.get(language)
    return Report(
        title=Prose((title,)) if title else namer.text("title"),
        subtitle=namer.text("subtitle_city", city=Name(data.city)) if data.city else namer.text("subtitle"),
        language=language,
        day=data.day,
        case_number=data.case_number,
        front=front,
        body=body + back,
        foot=namer.text(
            "foot",
            version=Name(versions.get("jobbtorg-simulator", "")),
            seed=data.manifest.seed,
            runs=data.manifest.runs,
        ),
    )
