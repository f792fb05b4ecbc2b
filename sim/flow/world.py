"""The state that the rules change: plain arrays, the same for every engine.

An engine owns only the order of time. Everything else that happens in a run happens to a `World`:
its people, its offices with their slots, its places at measures, its queues. Slots are counted in
*half-units* (two to a full slot), so that half a slot is an exact integer.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FULL_SLOT = 2
NOWHERE = -1
UNLIMITED = 2**40

# Orders of simultaneous events: staff and policy, pace, exits, ends of measures, arrivals, grants.
ORDER_REVISION, ORDER_EXIT, ORDER_END, ORDER_ARRIVAL, ORDER_SLOT, ORDER_PLACE = range(6)

# What an event is for; part of its priority so that one integer says order, who and what.
(
    KIND_REVISION,
    KIND_EXIT,
    KIND_STAGE_END,
    KIND_FADE,
    KIND_READY,
    KIND_REFERRAL,
    KIND_RETURN,
    KIND_GRANT_SLOTS,
    KIND_GRANT_PLACES,
    KIND_TRANSFER,
    KIND_LOOK,
) = range(11)
KIND_BITS = 4
SURE_MONTHS = 12  # for so long ahead it is known how fast clocks may come to run
INDEX_BITS = 40

# Places in `World.counter`.
COUNT_OUTBOX, COUNT_LOG, COUNT_MONTH = range(3)
COUNTERS = 3

ARRIVAL = np.dtype([("time", "f8"), ("person", "i8")])

EVENT = np.dtype([("time", "f8"), ("priority", "i8"), ("ticket", "i8")])
"""An event that is to come. `priority` orders simultaneous events; an old `ticket` makes it void."""


def state_dtype(clocks: int) -> np.dtype[np.void]:
    """Return the record of one person's state, with as many clocks as there are destinations."""
    return np.dtype(
        [
            # lines of 64 bytes, with five clocks; what nearly every event of a person reads is in the first
            ("ticket", "i4"),  # of the pending exit
            ("stage_ticket", "i4"),  # of the pending end of a stage, or of readiness
            ("fade_ticket", "i4"),
            ("queue", "i4"),  # the queue the person stands in, or NOWHERE
            ("look", "i4"),  # the month that begins with a look at the clocks, or NOWHERE
            ("office", "i2"),
            ("spell", "i2"),
            ("occurrence", "i2"),  # number of measures ended in this spell
            ("helper", "i2"),  # the latest measure of this spell, or NOWHERE: whose effect `effect` is
            ("needs", "i1"),
            ("row", "i1"),  # of `World.rate`: needs, and who leads the work with the group
            ("group", "i1"),
            ("age", "i1"),
            ("rank", "i1"),  # priority class in the queue for slots, 0 first
            ("stage", "i1"),
            ("measure", "i1"),
            ("destination", "i1"),
            ("cause", "i1"),  # the clock that is due
            ("fade_step", "i1"),
            ("own", "i1"),  # half-units of a slot held
            ("initial", "?"),
            ("no_show", "?"),
            ("begin", "f8"),  # when the present stage began
            ("since", "f8"),  # until when the clocks have been advanced
            ("remaining", "f8", (clocks,)),  # what is left to each clock's threshold
            ("enrolled", "f8"),  # when the spell began; before 0 for the stock
            ("effect", "f8"),  # what is left of `full_effect`
            ("full_effect", "f8"),  # ratio on the clocks that the latest measure affects, while at it
            ("speed", "f8", (clocks,)),  # `World.base` with what the stage and the last measure make of it
            ("slot_time", "f8"),  # when the present slot was granted
            ("stream_code", "u4"),
            ("ordinal", "u4"),
            ("previous", "i4"),  # in the queue
            ("next", "i4"),
        ],
        align=True,
    )


OFFICE = np.dtype(
    [
        ("capacity", "i8"),  # half-units
        ("held", "i8"),  # half-units
        ("enrolled", "i8"),  # people, waiting included
        ("waiting", "i8"),  # people
        ("grant_pending", "i8"),
        ("counted", "f8"),  # until when `held_months` has been counted
        ("held_months", "f8"),  # half-units times months, since the 1st
        ("cases", "f8"),  # slots: the cases that set the month's pace
        ("first", "i8"),  # of its people in `World.arrival`
        ("next", "i8"),  # the first of them who has not come yet
        ("end", "i8"),  # after the last
    ]
)

PLACE = np.dtype([("open", "i8"), ("used", "i8"), ("grant_pending", "i8")])
"""Places at one measure for one office."""

QUEUE = np.dtype([("head", "i8"), ("tail", "i8"), ("length", "i8")])
"""A first-come queue, linked through the people who stand in it."""

CONSTANT = np.dtype(
    [
        ("key0", "u8"),
        ("key1", "u8"),
        ("horizon", "f8"),
        ("assessment_months", "f8"),
        ("approval_months", "f8"),
        ("duration_shape", "f8"),  # Weibull's, of every clock that leads out; 1 without memory
        ("leader_effect", "f8"),  # ratio on hazards of self-support
        ("transfers", "?"),  # somebody may be transferred to an agency
        ("ready_months", "f8"),
        ("return_rate", "f8"),  # hazard of return just after an exit, per month
        ("return_end", "f8"),  # months after which nobody returns
        ("fade_step_months", "f8"),
        ("headroom", "f8"),
        ("reference", "f8"),
        ("load_floor", "f8"),
        ("load_ceiling", "f8"),
        ("caseworker_scale", "f8"),
        ("hiring_months", "i8"),  # from the month in which a post is there to the one in which it is filled
        ("filled_at_start", "f8"),  # share of the first month's posts
        ("filled_share", "f8"),  # of posts, when some always stand vacant between two holders
        ("load_month_before", "?"),  # the mean of the month before sets the pace, not the 1st
        ("release_on_cut", "?"),
    ]
)


def measure_dtype(clocks: int, needs: int, groups: int, ages: int) -> np.dtype[np.void]:
    """Return the record of one measure in the catalogue."""
    return np.dtype(
        [
            ("duration", "f8"),
            ("end_exit_share", "f8"),
            ("during", "f8", (clocks,)),  # lock-in: factor on each clock's speed
            ("effect", "f8", (needs, groups, ages)),  # ratio on the clocks that it affects
            ("affects", "i1", (clocks,)),
            ("end_destination", "i4"),
            ("own", "i4"),  # half-units of own staff's slot kept
            ("procured", "?"),
        ],
        align=True,
    )


class Policy(NamedTuple):
    """What is decided from month to month, with months as the first axis.

    Attributes
    ----------
    follows : bool[M]
        Staff follows the cases; else staff is given.
    norm : float64[M]
        Cases a caseworker.
    posts : float64[M, O, R]
        Posts given, by role.
    by_cases : bool[M]
        A centre's posts are divided between its offices by the cases there; else as the plan has them.
    at_work : float64[M]
        Share of those employed who are not absent.
    post_mix : float64[M, O, R]
        Posts of each role to a caseworker, for staff that follows the cases.
    matching_mix : float64[M, O, C]
        Caseworkers to matching posts, likewise.
    cycle : float64[M, C]
        What the labour market makes of each clock's speed.
    basis : int64[M]
        What the outsourcing lever means (`BASES`).
    outsourced_places : float64[M]
    outsourced_share : float64[M]
    fixed_places : float64[M]
        The budget's other lines that don't depend on posts, in what they would buy of places.
    post_places : float64[M, O]
        What a post more at each office costs, in places.
    municipal : float64[M, K]
        Places at measures that are not procured.
    available : bool[M, K]
        The measure exists in the month.
    transfer : float64[M, H, S]
        Cumulated shares of new plans that end with a transfer to each agency.
    leave : int64[G]
        Month in which a group's enrolled leave by mandate, or M when they don't.
    leave_destination : int64[G]
    """

    follows: NDArray[np.bool_]
    norm: NDArray[np.float64]
    posts: NDArray[np.float64]
    by_cases: NDArray[np.bool_]
    at_work: NDArray[np.float64]
    post_mix: NDArray[np.float64]
    matching_mix: NDArray[np.float64]
    cycle: NDArray[np.float64]
    basis: NDArray[np.int64]
    outsourced_places: NDArray[np.float64]
    outsourced_share: NDArray[np.float64]
    fixed_places: NDArray[np.float64]
    post_places: NDArray[np.float64]
    municipal: NDArray[np.float64]
    available: NDArray[np.bool_]
    transfer: NDArray[np.float64]
    leave: NDArray[np.int64]
    leave_destination: NDArray[np.int64]


BASES = ("places", "people", "budget", "staff_and_purchases")
BASIS_PLACES, BASIS_PEOPLE, BASIS_BUDGET, BASIS_STAFF_AND_PURCHASES = range(4)


class World(NamedTuple):
    """Everything that the rules read and change in one run.

    Sizes: N people, O offices, K measures, C clocks, H needs, G groups, A age bands, M months, R roles,
    P priority classes, S agencies, L sets of roles that lead the work with some group (the first set is
    empty).

    Attributes
    ----------
    person : state_dtype(C)[N]
    office : OFFICE[O]
    place : PLACE[O, K]
    queue : QUEUE[O * (P + K)]
        Each office's queues for slots by priority class, then its queues for measures.
    rate : float64[O, 2, L * H, M, C]
        Each month's factor on each clock's speed: without a caseworker (0) and with (1). Months to come
        are not decided yet.
    fastest : float64[M, L * H, C]
        What no factor of the month and the next ones (`SURE_MONTHS` in all) is above.
    base : float64[H, A, C]
        A person's own speed of each clock by needs and age, per month.
    waiting_pace : float64[C, H]
    elasticity : float64[C, H]
    matching_scale : float64[C]
        Makes the plan's city-wide load of the matching roles read as the reference caseload.
    unchanged : float64[C]
        Ones: a stage that leaves the clocks' speeds as they are.
    supported : bool[C]
        The clock leads to self-support.
    office_centre : int64[O]
    caseworker_role : float64[R]
        1.0 for a caseworker's role.
    clock_role : float64[C, R]
        1.0 for a role whose load sets the clock's pace.
    clock_code : uint64[C]
    return_factor : float64[C]
    leading : bool[L, R]
        The roles of each set.
    agency_months : float64[S]
        Months from a plan to the transfer.
    agency_destination : int64[S]
    handover : float64[H]
        Months of handover to a procured measure.
    meant_for : float64[M, H, G, A, K]
        Weights by which a measure is chosen; 0 for one that isn't there or isn't open to them.
    least_months : float64[K]
        Enrolled for so long, before anybody is meant for it.
    place_share : float64[K]
    place_weight : float64[M, O, K]
    measure : measure_dtype(...)[K]
    constant : CONSTANT[1]
    policy : Policy
    arrival : ARRIVAL[N]
        Each office's people in the order in which they come: the stock before time 0, then the referred.
    look : int32[O, M]
        The first of those whose clocks are looked at as each month begins, or NOWHERE.
    look_next, look_previous : int32[N]
        The others, linked.
    counter : int64[COUNTERS]
    outbox : EVENT[...]
        Events that the last step has caused and the engine has not yet taken.
    log : STAY[...]
    office_month : OFFICE_MONTH[M, O]
    wanted : float64[M, O, R]
        Posts that there are, filled or not.
    wanted_of_centre : float64[M, centres, R]
    posts : float64[M, O, R]
        Of them filled.
    places : float64[M, O, K]
    """

    person: NDArray[np.void]
    office: NDArray[np.void]
    place: NDArray[np.void]
    queue: NDArray[np.void]
    rate: NDArray[np.float64]
    fastest: NDArray[np.float64]
    base: NDArray[np.float64]
    waiting_pace: NDArray[np.float64]
    elasticity: NDArray[np.float64]
    matching_scale: NDArray[np.float64]
    unchanged: NDArray[np.float64]
    supported: NDArray[np.bool_]
    office_centre: NDArray[np.int64]
    caseworker_role: NDArray[np.float64]
    clock_role: NDArray[np.float64]
    clock_code: NDArray[np.uint64]
    return_factor: NDArray[np.float64]
    leading: NDArray[np.bool_]
    agency_months: NDArray[np.float64]
    agency_destination: NDArray[np.int64]
    handover: NDArray[np.float64]
    meant_for: NDArray[np.float64]
    least_months: NDArray[np.float64]
    place_share: NDArray[np.float64]
    place_weight: NDArray[np.float64]
    measure: NDArray[np.void]
    constant: NDArray[np.void]
    policy: Policy
    arrival: NDArray[np.void]
    look: NDArray[np.int32]
    look_next: NDArray[np.int32]
    look_previous: NDArray[np.int32]
    counter: NDArray[np.int64]
    outbox: NDArray[np.void]
    log: NDArray[np.void]
    office_month: NDArray[np.void]
    wanted: NDArray[np.float64]
    wanted_of_centre: NDArray[np.float64]
    posts: NDArray[np.float64]
    places: NDArray[np.float64]
