"""The words of the flow: stages a person can be in, and what can end a stay in one.

Plain integers (``IntEnum``) so that the compiled rules and the tables speak of the same codes.
"""

from __future__ import annotations

from enum import IntEnum


class Stage(IntEnum):
    """Where a person is. WAITING to MEASURE are *enrolled*."""

    REFERRED = 0  # sent by the district, has not come (yet); a stay of no length
    WAITING = 1  # enrolled, without a caseworker's slot
    ASSESSMENT = 2  # statutory assessment and plan; own staff only
    COACHING = 3  # with a caseworker
    HANDOVER = 4  # has a place at a measure, but is still being handed over
    MEASURE = 5  # at a measure; keeps a share of a slot
    OUTSIDE = 6  # has left, to some destination; may return


class EndedBy(IntEnum):
    """What ended a stay: one record type for everything that ends a stage."""

    NO_SHOW = 0
    ENROLLED = 1
    SLOT = 2
    PLANNED = 3
    PLACED = 4
    HANDED_OVER = 5
    MEASURE_END = 6
    EXIT = 7
    RETURN = 8
    RELEASED = 9
    UNFINISHED = 10
    MANDATE = 11


ENROLLED_STAGES = (Stage.WAITING, Stage.ASSESSMENT, Stage.COACHING, Stage.HANDOVER, Stage.MEASURE)
