"""What a run leaves behind: who the people were, every stay in every stage, and the offices by month.

The history is the flow's only product. It holds no money and no averages; outcomes and economy make
those from it. Times are months since the scenario's start, every calendar month of length one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.flow.stages import EndedBy

STAY = np.dtype(
    [
        ("person", "i4"),
        ("spell", "i2"),
        ("stage", "i1"),
        ("measure", "i1"),  # -1: none
        ("ended_by", "i1"),
        ("destination", "i1"),  # of an exit, and of the stay outside that follows; -1: none
        ("office", "i2"),
        ("begin", "f8"),
        ("end", "f8"),
    ]
)
"""One row per ended stay in a stage: by the month in which it ended, by office, and by time there.

In each month those come first whom a mandate's end or a cut of staff moves on the 1st; last of all is what
the horizon cut. The order is the same on every engine, and each person's own is that of time.
"""

OFFICE_MONTH = np.dtype(
    [
        ("capacity", "f8"),  # cases that may be held; inf when staff follows the cases
        ("held", "f8"),  # slots held on the 1st, after the month's decisions
        ("caseworkers", "f8"),  # at work: posts that are filled, less absence
        ("load", "f8"),  # cases a caseworker, on the scale on which the plan reads 50
    ]
)


@dataclass(frozen=True)
class History:
    """One run of one scenario.

    Attributes
    ----------
    start : date
        Calendar date of time 0.
    months : int
        Length of the run, M.
    centres, offices, roles, needs, groups, age_bands, destinations, measures, streams : tuple of str
        Keys behind the integer codes.
    office_centre : int64[O]
        Each office's centre.
    people : PERSON[N]
    stays : STAY[...]
    office_months : OFFICE_MONTH[M, O]
    posts : float64[M, O, R]
        Filled posts by role, those absent included.
    places : float64[M, O, K]
        Places open at each measure.
    """

    start: date
    months: int
    centres: tuple[str, ...]
    offices: tuple[str, ...]
    office_centre: NDArray[np.int64]
    roles: tuple[str, ...]
    needs: tuple[str, ...]
    groups: tuple[str, ...]
    age_bands: tuple[str, ...]
    destinations: tuple[str, ...]
    measures: tuple[str, ...]
    streams: tuple[str, ...]
    people: NDArray[np.void]
    stays: NDArray[np.void]
    office_months: NDArray[np.void]
    posts: NDArray[np.float64]
    places: NDArray[np.float64]

    @cached_property
    def unfinished(self) -> NDArray[np.void]:
        """The stays that the horizon cut, STAY[...]: one of everybody who came."""
        cut: NDArray[np.void] = self.stays[self.stays["ended_by"] == EndedBy.UNFINISHED]
        return cut
