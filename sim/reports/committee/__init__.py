"""The reports to the committee: what to run, what to gather, how to say it, how to make the files."""

from sim.reports.committee.compose import compose
from sim.reports.committee.data import ReportData, read_data, write_data
from sim.reports.committee.gather import gather
from sim.reports.committee.kinds import KINDS
from sim.reports.committee.produce import (
    Products,
    made_from,
    make_one,
    prepared,
    publish,
    shown,
)
from sim.reports.committee.study import Findings, Study, run_study

__all__ = [
    "KINDS",
    "Findings",
    "Products",
    "ReportData",
    "Study",
    "compose",
    "gather",
    "made_from",
    "make_one",
    "prepared",
    "publish",
    "read_data",
    "run_study",
    "shown",
    "write_data",
]
