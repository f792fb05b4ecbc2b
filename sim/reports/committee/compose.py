"""The report to the committee, put together: one `ReportData`, one language, one list of blocks."""

from __future__ import annotations

from itertools import chain

from sim.reports.blocks import Block, Report, quantities
from sim.reports.committee.appendix import assumptions, manifest, measures, method
from sim.reports.committee.data import ReportData
from sim.reports.committee.front import front
from sim.reports.committee.naming import Namer
from sim.reports.committee.sections import compared, costs, limits, papers, posts, results, uncertain
from sim.words import Name, Words


def compose(data: ReportData, language: str) -> Report:
    """Return the report in a language.

    Parameters
    ----------
    data : ReportData
    language : str
        One that has words: ``sv``, ``en``.
    """
    namer = Namer(data, Words(language))
    first = front(namer)
    sections = (compared, results, costs, posts, uncertain, papers, limits, assumptions, method)
    body: tuple[Block, ...] = tuple(chain.from_iterable(section(namer) for section in sections))
    used = frozenset(quantity.trace.measure for quantity in quantities(first + body))
    body += (*measures(namer, used), *manifest(namer))
    versions = dict(data.manifest.versions)
    return Report(
        title=namer.text("title"),
        subtitle=namer.text("subtitle"),
        language=language,
        day=data.day,
        case_number=data.case_number,
        front=first,
        body=body,
        foot=namer.text(
            "foot",
            version=Name(versions.get("jobbtorg-simulator", "")),
            seed=data.manifest.seed,
            runs=data.manifest.runs,
        ),
    )
