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
)
from sim.parameters.library import Library, Overlay, Resolved, load_library
from sim.parameters.passports import Column, Passport, Source
from sim.parameters.problems import RULES, InputErrors, Problem
from sim.parameters.scenario import Scenario, Steps, Table

__all__ = [
    "RULES",
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
    "Steps",
    "Table",
    "days_between",
    "load_library",
    "month_index",
    "month_lengths",
    "month_start",
    "periods",
    "time_to_date",
]
