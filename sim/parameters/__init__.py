"""Parameters: read, validated, layered and frozen into one `Scenario`.

The only room that reads parameter files.
"""

from sim.parameters.calendar import (
    Period,
    days_between,
    month_index,
    month_lengths,
    month_start,
    periods,
    time_to_date,
    timestamps,
)
from sim.parameters.checking import check_files
from sim.parameters.describe import SourceRow, describe_sources
from sim.parameters.library import Library, Resolved, load_library
from sim.parameters.overlays import Overlay
from sim.parameters.passports import Column, Passport, Source
from sim.parameters.problems import RULES, InputErrors, Problem
from sim.parameters.scenario import Scenario, Steps, Table
from sim.parameters.structures import Alternative, structural_alternatives
from sim.parameters.sweeps import Sweep, read_sweep

__all__ = [
    "RULES",
    "Alternative",
    "Column",
    "InputErrors",
    "Library",
    "Overlay",
    "Passport",
    "Period",
    "Problem",
    "Resolved",
    "Scenario",
    "Source",
    "SourceRow",
    "Steps",
    "Sweep",
    "Table",
    "check_files",
    "days_between",
    "describe_sources",
    "load_library",
    "month_index",
    "month_lengths",
    "month_start",
    "periods",
    "read_sweep",
    "structural_alternatives",
    "time_to_date",
    "timestamps",
]
