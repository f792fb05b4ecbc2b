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
    APPROVAL = 3  # the plan lies with the district's social-assistance unit; the caseworker keeps the case
    COACHING = 4  # with a caseworker
    HANDOVER = 5  # has a place at a measure, but is still being handed over
    MEASURE = 6  # at a measure; keeps a share of a slot
    OUTSIDE = 7  # has left, to some destination; may return


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
    APPROVED = 12
    TRANSFER = 13


ENROLLED_STAGES = tuple(stage for stage in Stage if Stage.WAITING <= stage <= Stage.MEASURE)
SLOT_STAGES = (Stage.ASSESSMENT, Stage.APPROVAL, Stage.COACHING, Stage.HANDOVER)
"""Stages in which a person holds a whole slot; at a measure it is the measure's share."""
