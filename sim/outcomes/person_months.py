"""Every person's stays cut at the 1st of each month: the finest table that a run can be told in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.flow.history import History
from sim.flow.stages import Stage

PERSON_MONTH = np.dtype(
    [
        ("person", "i4"),
        ("month", "i2"),
        ("office", "i2"),
        ("stage", "i1"),
        ("measure", "i1"),
        ("destination", "i1"),
        ("begins", "?"),  # the stay begins in this month
        ("opening", "?"),  # it was under way when the run began
        ("months", "f8"),
    ]
)
"""A part of one stay that lies in one month, with its length in months."""


def person_months(history: History, after_exit_months: float) -> NDArray[np.void]:
    """Cut every stay at the 1st of each month.

    Parameters
    ----------
    history : History
    after_exit_months : float
        Of the time after an exit, only so many months are told.

    Returns
    -------
    PERSON_MONTH[...]
        By stay, in the order in which stays ended, and then by month. A stay of no length has one row.
    """
    stays = history.stays[(history.stays["stage"] != Stage.REFERRED) & _inside(history)]
    begin, end = stays["begin"], stays["end"]
    outside = stays["stage"] == Stage.OUTSIDE
    end = np.where(outside, np.minimum(end, begin + after_exit_months), end)
    first = np.floor(begin).astype(np.int64)
    parts = np.maximum(np.ceil(end).astype(np.int64) - first, 1)
    stay = np.repeat(np.arange(len(stays)), parts)
    month = first[stay] + np.arange(len(stay)) - np.repeat(np.cumsum(parts) - parts, parts)

    rows = np.zeros(len(stay), dtype=PERSON_MONTH)
    for name in ("person", "office", "stage", "measure", "destination"):
        rows[name] = stays[name][stay]
    rows["month"] = month
    rows["begins"] = month == first[stay]
    opening = (begin == 0.0) & (stays["spell"] == 0) & history.people["initial"][stays["person"]]
    rows["opening"] = opening[stay]
    rows["months"] = np.minimum(end[stay], month + 1.0) - np.maximum(begin[stay], month)
    return rows


def sum_by_person(person: NDArray[np.int32], amount: NDArray[np.float64], people: int) -> NDArray[np.float64]:
    """Add up amounts by person: float64[rows] becomes float64[people]."""
    sums: NDArray[np.float64] = np.bincount(person, weights=amount, minlength=people).astype(np.float64)
    return sums


def _inside(history: History) -> NDArray[np.bool_]:
    """Whether stays begin before the horizon; what begins on it has no time in the run."""
    inside: NDArray[np.bool_] = history.stays["begin"] < history.months
    return inside
