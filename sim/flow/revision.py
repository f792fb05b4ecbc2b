"""The 1st of the month: everything that is decided then, in one fixed order.

Mandate, staff, pace and places are set for the month; then, office by office, those people's clocks are
looked at that may run out in it. Between two revisions every clock runs at constant speed unless its owner
changes stage, so no change of pace ever re-times a person twice.
"""

from __future__ import annotations

import math

import numpy as np

from sim.flow import queues
from sim.flow.rules import bought_places, capacity, pace, shaped, shared_out
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
    hold,
    leave_centre,
    time_exit,
)
from sim.flow.world import (
    BASIS_BUDGET,
    BASIS_PEOPLE,
    BASIS_STAFF_AND_PURCHASES,
    COUNT_MONTH,
    FULL_SLOT,
    KIND_LOOK,
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
    set_staff(world, month)
    for office in range(len(world.office)):
        count_cases(world, month, office, time)
        set_capacity(world, month, office)
        set_pace(world, month, office)
    if world.constant[0].release_on_cut:
        for office in range(len(world.office)):
            release_newest(world, office, time)
    open_places(world, month)
    for office in range(len(world.office)):
        emit(world, time, ORDER_REVISION, office, KIND_LOOK, 0)
        ask_for_slots(world, time, office)
        for measure in range(len(world.measure)):
            ask_for_places(world, time, office, measure)
    if month + 1 < len(world.policy.norm):
        emit(world, time + 1.0, ORDER_REVISION, 0, KIND_REVISION, month + 1)


@compiled
def fill_places_before_the_start(world):  # type: ignore[no-untyped-def]
    """Let the stock's measures be under way at time 0, so that January's load counts them once."""
    set_staff(world, 0)
    open_places(world, 0)
    for office in range(len(world.office)):
        for measure in range(len(world.measure)):
            grant_places(world, office, measure, 0.0)


@compiled
def look_at_clocks(world, office_index, time):  # type: ignore[no-untyped-def]
    """Find whose clocks run out this month, among those who may be; at the start, among the whole stock."""
    month = world.counter[COUNT_MONTH]
    if month == 0:
        office = world.office[office_index]
        for number in range(office.first, office.next):
            index = world.arrival[number].person
            if WAITING <= world.person[index].stage < OUTSIDE:
                time_exit(world, index, time)
        return
    following = queues.take_look(world, office_index, month)
    while following != NOWHERE:
        index, following = following, queues.look_on_from(world, following)
        if WAITING <= world.person[index].stage < OUTSIDE:
            advance(world, index, time)
            time_exit(world, index, time)


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
def set_staff(world, month):  # type: ignore[no-untyped-def]
    """Set the month's posts, and how many of them are filled.

    A post that is cut is gone on the 1st; one that is added is filled when hiring is done, wherever in the
    centre it is: moving posts between a centre's offices takes no time.
    """
    want_posts(world, month)
    for office in range(len(world.office)):
        for role in range(world.posts.shape[2]):
            share = filled_share(world, month, world.office_centre[office], role)
            world.posts[month, office, role] = world.wanted[month, office, role] * share


@compiled
def want_posts(world, month):  # type: ignore[no-untyped-def]
    """Set how many posts each office is to have: given, or following the cases (the waiting included)."""
    policy, wanted, of_centre = world.policy, world.wanted[month], world.wanted_of_centre[month]
    by_cases = policy.by_cases[month] and not policy.follows[month]
    cases_of_centre = np.zeros(of_centre.shape[0])
    posts_of_centre = np.zeros(of_centre.shape)
    for office in range(len(world.office)):
        centre = world.office_centre[office]
        cases_of_centre[centre] += carried(world, office) + world.office[office].waiting
        for role in range(wanted.shape[1]):
            posts_of_centre[centre, role] += policy.posts[month, office, role]
    of_centre[:] = 0.0
    for office in range(len(world.office)):
        centre = world.office_centre[office]
        cases = carried(world, office) + world.office[office].waiting
        for role in range(wanted.shape[1]):
            if policy.follows[month]:
                posts = cases / policy.norm[month] * policy.post_mix[month, office, role]
            elif by_cases and cases_of_centre[centre] > 0.0:
                posts = posts_of_centre[centre, role] * (cases / cases_of_centre[centre])
            else:
                posts = policy.posts[month, office, role]
            wanted[office, role] = posts
            of_centre[centre, role] += posts


@compiled
def filled_share(world, month, centre, role):  # type: ignore[no-untyped-def]
    """Return the share of a centre's posts in a role that is filled."""
    constant, posts = world.constant[0], world.wanted_of_centre
    there = posts[month, centre, role]
    hired = there
    for before in range(month - constant.hiring_months, month):
        if before < 0:
            hired = min(hired, posts[0, centre, role] * constant.filled_at_start)
        else:
            hired = min(hired, posts[before, centre, role])
    return hired / there * constant.filled_share if there > 0.0 else 0.0


@compiled
def at_work(world, month, index, weight):  # type: ignore[no-untyped-def]
    """Return an office's staff at work in the month, each role by its weight."""
    staff = 0.0
    for role in range(len(weight)):
        staff += world.posts[month, index, role] * weight[role]
    return staff * world.policy.at_work[month]


@compiled
def short_of(world, month, index, weight):  # type: ignore[no-untyped-def]
    """Return how many posts there are to each that is at work: 1 when all are filled and nobody is absent."""
    staff = at_work(world, month, index, weight)
    wanted = 0.0
    for role in range(len(weight)):
        wanted += world.wanted[month, index, role] * weight[role]
    if wanted <= 0.0:
        return 1.0
    return wanted / staff if staff > 0.0 else math.inf


@compiled
def count_cases(world, month, index, time):  # type: ignore[no-untyped-def]
    """Set the cases that make the month's pace: those on the 1st, or the mean of the month before."""
    office = world.office[index]
    hold(office, 0, time)
    office.cases = carried(world, index)
    if world.constant[0].load_month_before and month > 0:
        office.cases = office.held_months / FULL_SLOT
    office.held_months = 0.0


@compiled
def set_capacity(world, month, index):  # type: ignore[no-untyped-def]
    """Set what the office's staff can hold in the month, and write down what it is and carries."""
    office, policy, constant = world.office[index], world.policy, world.constant[0]
    record = world.office_month[month, index]
    record.held = carried(world, index)
    if policy.follows[month]:
        short = short_of(world, month, index, world.caseworker_role)
        office.capacity = UNLIMITED
        record.capacity = math.inf
        record.caseworkers = (record.held + office.waiting) / policy.norm[month] / short
        record.load = policy.norm[month] * constant.caseworker_scale * short
    else:
        caseworkers = at_work(world, month, index, world.caseworker_role)
        office.capacity = capacity(caseworkers, policy.norm[month], constant.headroom)
        record.capacity = office.capacity / FULL_SLOT
        record.caseworkers = caseworkers
        record.load = load(caseworkers, office.cases, constant.caseworker_scale)


@compiled
def load(posts, cases, scale):  # type: ignore[no-untyped-def]
    """Return cases a post on the scale on which the plan reads as the reference; inf without posts."""
    return cases / posts * scale if posts > 0.0 else math.inf


@compiled
def set_pace(world, month, office_index):  # type: ignore[no-untyped-def]
    """Fix what the office's load makes of every clock there for the month (waiting people have their own)."""
    constant, policy = world.constant[0], world.policy
    cases = world.office[office_index].cases
    for clock in range(len(world.supported)):
        roles = world.clock_role[clock]
        if policy.follows[month]:
            level = policy.norm[month] * policy.matching_mix[month, office_index, clock]
            level *= world.matching_scale[clock] * short_of(world, month, office_index, roles)
        else:
            level = load(at_work(world, month, office_index, roles), cases, world.matching_scale[clock])
        cycle = policy.cycle[month, clock]
        segments = world.waiting_pace.shape[1]
        for row in range(world.rate.shape[2]):
            needs = row % segments
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
                if world.supported[clock] and is_led(world, month, office_index, row // segments):
                    served *= constant.leader_effect
            world.rate[office_index, 0, row, month, clock] = shaped(waiting * cycle, constant.duration_shape)
            world.rate[office_index, 1, row, month, clock] = shaped(served * cycle, constant.duration_shape)


@compiled
def is_led(world, month, index, leaders):  # type: ignore[no-untyped-def]
    """Say whether an office has a filled post in one of the roles of a set."""
    for role in range(world.posts.shape[2]):
        if world.leading[leaders, role] and world.posts[month, index, role] > 0.0:
            return True
    return False


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
    for measure in range(len(world.measure)):
        weights = world.place_weight[month, :, measure]
        before, weight_sum = 0.0, weights.sum()
        for office_index in range(len(world.office)):
            weight = weights[office_index]
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
    for number in range(office.first, office.next):
        index = world.arrival[number].person
        if world.person[index].stage == COACHING:
            coached[count] = index
            count += 1
    coached[:count].sort()
    for place in range(count):
        granted[place] = world.person[coached[place]].slot_time
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
        hold(office, -person.own, time)
        person.own = 0
        office.waiting += 1
        queues.join_first(world, queues.slot_queue(world, office_index, person.rank), index)
