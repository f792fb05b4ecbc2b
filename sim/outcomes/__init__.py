"""Histories become tallies, and tallies become measures."""

from sim.outcomes.balance import Balance, balance
from sim.outcomes.catalogue import people_measures
from sim.outcomes.measures import ALL, Cube, Measure, evaluate, tidy
from sim.outcomes.tallies import Tallies, count, tally

__all__ = [
    "ALL",
    "Balance",
    "Cube",
    "Measure",
    "Tallies",
    "balance",
    "count",
    "evaluate",
    "people_measures",
    "tally",
    "tidy",
]
