"""The 1st of the month: everything that is decided then, in one fixed order.

Mandate, staff, pace and places are set for the month; then those people's clocks are looked at that may run
out in it. Between two revisions every clock runs at constant speed unless its owner changes stage, so no
change of pace ever re-times a person twice.
"""

from __future__ import annotations

import math

import numpy as np

from sim.flow import queues
from sim.flow.rules import bought_places, capacity, pace, shared_out
from sim.flow.stages import EndedBy
from sim.flow.transitions import (
    COACHING,
    OUTSIDE,
    WAITING,
    advance,
    ask_for_places,
    ask_for_slots,
    close_stay,
    emit,
    enter,
    grant_places,
    leave_centre,
    time_exit,
)
from sim.flow.world import (
    BASIS_BUDGET,
    BASIS_PEOPLE,
    BASIS_STAFF_AND_PURCHASES,
    COUNT_MONTH,
    FULL_SLOT,
    KIND_REVISION,
    NOWHERE,
    ORDER_REVISION,
    UNLIMITED,
)
from sim.population.compiled import compiled

_MANDATE, _RELEASED = int(EndedBy.MANDATE), int(EndedBy.RELEASED)


@compiled
def revise(world, month):  # type: ignore[no-untyped-def]
    """Do all that is done on the 1st of a month."""
    time = float(month)
    world.counter[COUNT_MONTH] = month
    end_mandates(world, month, time)
    if month == 0:
        fill_places_before_the_start(world)
    for office in range(len(world.office)):
        set_staff(world, month, office)
        set_pace(world, month, office)
    if world.constant[0].release_on_cut:
        for office in range(len(world.office)):
            release_newest(world, office, time)
    open_places(world, month)
    look_at_clocks(world, month, time)
    for office in range(len(world.office)):
        ask_for_slots(world, time, office)
        for measure in range(len(world.measure)):
            ask_for_places(world, time, office, measure)
    if month + 1 < len(world.policy.norm):
        emit(world, time + 1.0, ORDER_REVISION, 0, KIND_REVISION, month + 1)


@compiled
def fill_places_before_the_start(world):  # type: ignore[no-untyped-def]
    """Let the stock's measures be under way at time 0, so that January's load counts them once."""
    for office in range(len(world.office)):
        set_staff(world, 0, office)
    open_places(world, 0)
    for office in range(len(world.office)):
        for measure in range(len(world.measure)):
            grant_places(world, office, measure, 0.0)


@compiled
def look_at_clocks(world, month, time):  # type: ignore[no-untyped-def]
    """Find whose clocks run out this month, among those who may be; at the start, among the whole stock."""
    if month == 0:
        for index in range(len(world.person)):
            if world.person[index].initial:
                time_exit(world, index, time)
        return
    index = queues.first_to_look_at(world, month)
    while index != NOWHERE:
        if WAITING <= world.person[index].stage < OUTSIDE:
            advance(world, index, time)
            time_exit(world, index, time)
        index = queues.first_to_look_at(world, month)


@compiled
def end_mandates(world, month, time):  # type: ignore[no-untyped-def]
    """Those of a group that another authority takes over from this month leave."""
    if not (world.policy.leave == month).any():
        return
    for index in range(len(world.person)):
        person = world.person[index]
        if WAITING <= person.stage < OUTSIDE and world.policy.leave[person.group] == month:
            leave_centre(world, index, time, _MANDATE, world.policy.leave_destination[person.group])


@compiled
def carried(world, office_index):  # type: ignore[no-untyped-def]
    """Return the cases an office carries, in slots: a person at a measure counts by the share kept."""
    return world.office[office_index].held / FULL_SLOT


@compiled
def set_staff(world, month, office_index):  # type: ignore[no-untyped-def]
    """Set the month's posts and capacity: given, or following the cases (the waiting included)."""
    office, policy = world.office[office_index], world.policy
    if policy.follows[month]:
        caseworkers = (carried(world, office_index) + office.waiting) / policy.norm[month]
        office.capacity = UNLIMITED
        for role in range(world.posts.shape[2]):
            world.posts[month, office_index, role] = caseworkers * policy.post_mix[month, office_index, role]
    else:
        caseworkers = policy.caseworkers[month, office_index]
        office.capacity = capacity(caseworkers, policy.norm[month], world.constant[0].headroom)
        for role in range(world.posts.shape[2]):
            world.posts[month, office_index, role] = policy.posts[month, office_index, role]
    record = world.office_month[month, office_index]
    record.capacity = math.inf if office.capacity >= UNLIMITED else office.capacity / FULL_SLOT
    record.held = carried(world, office_index)
    record.caseworkers = caseworkers
    record.load = load(caseworkers, record.held, world.constant[0].caseworker_scale)
    if policy.follows[month]:
        record.load = policy.norm[month] * world.constant[0].caseworker_scale


@compiled
def load(posts, cases, scale):  # type: ignore[no-untyped-def]
    """Return cases a post on the scale on which the plan reads as the reference; inf without posts."""
    return cases / posts * scale if posts > 0.0 else math.inf


@compiled
def set_pace(world, month, office_index):  # type: ignore[no-untyped-def]
    """Fix what the office's load makes of every clock there for the month (waiting people have their own)."""
    constant, policy = world.constant[0], world.policy
    cases = carried(world, office_index)
    for clock in range(len(world.supported)):
        if policy.follows[month]:
            level = policy.norm[month] * policy.matching_mix[month, office_index, clock]
            level *= world.matching_scale[clock]
        else:
            level = load(policy.matching[month, office_index, clock], cases, world.matching_scale[clock])
        cycle = policy.cycle[month, clock]
        for needs in range(world.rate.shape[2]):
            waiting = world.waiting_pace[clock, needs]
            served = waiting
            if level < math.inf:
                served = pace(
                    level,
                    constant.reference,
                    constant.load_floor,
                    constant.load_ceiling,
                    world.elasticity[clock, needs],
                )
            world.rate[office_index, 0, needs, month, clock] = waiting * cycle
            world.rate[office_index, 1, needs, month, clock] = served * cycle


@compiled
def open_places(world, month):  # type: ignore[no-untyped-def]
    """Open the month's places at measures; those already at one stay, whatever is cut."""
    policy = world.policy
    total = policy.outsourced_places[month]
    if policy.basis[month] == BASIS_BUDGET or policy.basis[month] == BASIS_STAFF_AND_PURCHASES:
        others = policy.fixed_places[month]
        for office in range(len(world.office)):
            for role in range(world.posts.shape[2]):
                others += world.posts[month, office, role] * policy.post_places[month, office]
        total = bought_places(policy.outsourced_share[month], others)
    weight_sum = world.place_weight.sum()
    for measure in range(len(world.measure)):
        before = 0.0
        for office_index in range(len(world.office)):
            weight = world.place_weight[office_index]
            office, place = world.office[office_index], world.place[office_index, measure]
            if not policy.available[month, measure]:
                place.open = 0
            elif not world.measure[measure].procured:
                place.open = shared_out(policy.municipal[month, measure], before, weight, weight_sum)
            elif policy.basis[month] == BASIS_PEOPLE:
                bought = policy.outsourced_share[month] * (office.enrolled - office.waiting)
                place.open = math.floor(bought * world.place_share[measure] + 0.5)
            else:
                place.open = shared_out(total * world.place_share[measure], before, weight, weight_sum)
            before += weight
            world.places[month, office_index, measure] = place.open


@compiled
def release_newest(world, office_index, time):  # type: ignore[no-untyped-def]
    """When staff is cut and cases are to follow: the newest in coaching go back first in the queue."""
    office = world.office[office_index]
    if office.held <= office.capacity:
        return
    coached = np.empty(office.enrolled, dtype=np.int64)
    granted = np.empty(office.enrolled, dtype=np.float64)
    count = 0
    for index in range(len(world.person)):
        person = world.person[index]
        if person.office == office_index and person.stage == COACHING:
            coached[count] = index
            granted[count] = person.slot_time
            count += 1
    order = np.argsort(granted[:count], kind="mergesort")
    for place in range(count - 1, -1, -1):
        if office.held <= office.capacity:
            return
        index = coached[order[place]]
        person = world.person[index]
        close_stay(world, index, time, _RELEASED, NOWHERE)
        queues.leave(world, index)
        advance(world, index, time)
        enter(world, index, time, WAITING)
        time_exit(world, index, time)
        office.held -= person.own
        person.own = 0
        office.waiting += 1
        queues.join_first(world, queues.slot_queue(world, office_index, person.rank), index)
