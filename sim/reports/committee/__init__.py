"""The report to the committee: what to run, what to gather, how to say it, how to make the files."""

from sim.reports.committee.compose import compose
from sim.reports.committee.data import ReportData, read_data, write_data
from sim.reports.committee.gather import gather
from sim.reports.committee.produce import Made, make_report, prepared, publish
from sim.reports.committee.study import Findings, Study, committee_study, run_study

__all__ = [
    "Findings",
    "Made",
    "ReportData",
    "Study",
    "committee_study",
    "compose",
    "gather",
    "make_report",
    "prepared",
    "publish",
    "read_data",
    "run_study",
    "write_data",
]
