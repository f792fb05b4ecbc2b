"""What a person does next. Each function is one thing that can happen, at one moment.

They change the `World` and put what follows into its outbox; they know nothing of who calls them or how
time is ordered. Read them from the top: referral, enrolment, a caseworker's slot, assessment, plan and
its approval, coaching, a measure and back, exit, return.
"""

from __future__ import annotations

import math

from sim.flow import queues
from sim.flow.handle import fetch_ahead
from sim.flow.rules import exit_due, faded, left_to_run, return_due, runs_out, shaped
from sim.flow.stages import EndedBy, Stage
from sim.flow.world import (
    COUNT_LOG,
    COUNT_MONTH,
    COUNT_OUTBOX,
    FULL_SLOT,
    INDEX_BITS,
    KIND_BITS,
    KIND_EXIT,
    KIND_FADE,
    KIND_GRANT_PLACES,
    KIND_GRANT_SLOTS,
    KIND_READY,
    KIND_REFERRAL,
    KIND_RETURN,
    KIND_STAGE_END,
    KIND_TRANSFER,
    NOWHERE,
    ORDER_ARRIVAL,
    ORDER_END,
    ORDER_EXIT,
    ORDER_PLACE,
    ORDER_SLOT,
    SURE_MONTHS,
)
from sim.population.compiled import compiled
from sim.population.randomness import exponential, name_code, uniform

FADE_STEPS = 4
LOOK_MARGIN = 1e-6  # months
FETCHED_AHEAD = 2  # referrals

REFERRED, WAITING, ASSESSMENT, APPROVAL, COACHING, HANDOVER, MEASURE, OUTSIDE = (
    int(stage) for stage in Stage
)
NO_SHOW, ENROLLED, SLOT, PLANNED, PLACED = (int(end) for end in list(EndedBy)[:5])
HANDED_OVER, MEASURE_END, EXIT, RETURN = (int(end) for end in list(EndedBy)[5:9])
UNFINISHED, APPROVED, TRANSFER = (
    int(end) for end in (EndedBy.UNFINISHED, EndedBy.APPROVED, EndedBy.TRANSFER)
)

_RETURN_CHANCE = name_code("return")
_TRANSFER = name_code("transfer")
_ROUTE = name_code("choice of measure")
_END_OF_MEASURE = name_code("end of measure")
_RESIDUAL = name_code("residual time at a measure")


@compiled
def emit(world, time, order, index, kind, ticket):  # type: ignore[no-untyped-def]
    """Put an event into the outbox."""
    event = world.outbox[world.counter[COUNT_OUTBOX]]
    event.time = time
    event.priority = (((order << INDEX_BITS) | index) << KIND_BITS) | kind
    event.ticket = ticket
    world.counter[COUNT_OUTBOX] += 1


@compiled
def ask_for_slots(world, time, index):  # type: ignore[no-untyped-def]
    """Let an office with a free slot look at its queue, after everything else that happens at this moment."""
    office = world.office[index]
    if office.grant_pending == 0 and office.waiting > 0 and office.held + FULL_SLOT <= office.capacity:
        office.grant_pending = 1
        fetch_ahead(world.person, queues.first_in_line(world, index))
        emit(world, time, ORDER_SLOT, index, KIND_GRANT_SLOTS, 0)


@compiled
def ask_for_places(world, time, office, measure):  # type: ignore[no-untyped-def]
    """Let an office fill its free places at a measure, after everything else that happens at this moment."""
    place = world.place[office, measure]
    queue = world.queue[queues.place_queue(world, office, measure)]
    if place.grant_pending == 0 and queue.length > 0 and place.used < place.open:
        place.grant_pending = 1
        fetch_ahead(world.person, queue.head)
        emit(world, time, ORDER_PLACE, office * len(world.measure) + measure, KIND_GRANT_PLACES, 0)


@compiled
def hold(office, more, time):  # type: ignore[no-untyped-def]
    """Let an office hold some half-units more (or less), after counting what it has held until now."""
    office.held_months += office.held * (time - office.counted)
    office.counted = time
    office.held += more


@compiled
def close_stay(world, index, time, ended_by, destination):  # type: ignore[no-untyped-def]
    """Write the person's present stay into the log."""
    person = world.person[index]
    stay = world.log[world.counter[COUNT_LOG]]
    stay.person = index
    stay.spell = person.spell
    stay.stage = person.stage
    stay.measure = person.measure
    stay.ended_by = ended_by
    stay.destination = destination
    stay.office = person.office
    stay.begin = person.begin
    stay.end = time
    world.counter[COUNT_LOG] += 1


# --- clocks -------------------------------------------------------------------------------------------


@compiled
def set_speed(world, index, factor):  # type: ignore[no-untyped-def]
    """Set the person's own speed of each clock for a stage that makes `factor` (one a clock) of it."""
    person, shape = world.person[index], world.constant[0].duration_shape
    for clock in range(len(person.speed)):
        effect = 1.0
        if person.helper != NOWHERE and world.measure[person.helper].affects[clock]:
            effect = shaped(person.effect, shape)
        person.speed[clock] = world.base[person.needs, person.age, clock] * factor[clock] * effect


@compiled
def rates(world, person):  # type: ignore[no-untyped-def]
    """Return each month's factor on a person's clocks by whether they are served, float64[months, clocks]."""
    served = 0 if person.stage < COACHING else 1
    return world.rate[person.office, served, person.row]


@compiled
def advance(world, index, time):  # type: ignore[no-untyped-def]
    """Let the person's clocks run up to now, month by month, at the speeds that have held since last time."""
    person = world.person[index]
    if person.since >= time:
        return
    rate = rates(world, person)
    first, last = int(person.since), math.ceil(time) - 1
    begun = min(time, first + 1.0) - person.since  # of the first month, and of the last one after it
    ended = time - last
    for clock in range(len(person.speed)):
        speed = person.speed[clock]
        left = person.remaining[clock] - speed * rate[first, clock] * begun
        for month in range(first + 1, last):
            left -= speed * rate[month, clock]
        if last > first:
            left -= speed * rate[last, clock] * ended
        person.remaining[clock] = left
    person.since = time


@compiled
def time_exit(world, index, time):  # type: ignore[no-untyped-def]
    """Find which clock runs out first before the next 1st, at the present speeds, and tell the engine."""
    person = world.person[index]
    person.ticket += 1
    month = world.counter[COUNT_MONTH]
    month_end = month + 1.0
    due = month_end
    rate = rates(world, person)
    for clock in range(len(person.speed)):
        speed = person.speed[clock] * rate[month, clock]
        if runs_out(person.remaining[clock], speed, month_end - time):
            when = exit_due(time, person.remaining[clock], speed)
            if when < due:
                due = when
                person.cause = clock
    if due < month_end:
        emit(world, due, ORDER_EXIT, index, KIND_EXIT, person.ticket)
    else:
        look_again(world, index, time)


@compiled
def look_again(world, index, time):  # type: ignore[no-untyped-def]
    """Find the 1st up to which no clock can run out, however fast it comes to run; look at them again then.

    Most people stay for many months: nine looks in ten at everybody every month would find nothing. The
    margin is far above what rounding does to a sum of months, and costs a look too early now and then.
    """
    person, month = world.person[index], world.counter[COUNT_MONTH]
    left = math.inf
    for clock in range(len(person.speed)):
        fastest = person.speed[clock] * world.fastest[month, person.row, clock]
        if fastest > 0.0:
            left = min(left, person.remaining[clock] / fastest)
    sure = min(time + left - LOOK_MARGIN, float(month + SURE_MONTHS))
    if sure < world.constant[0].horizon:
        look = max(math.floor(sure), month + 1)
        if person.look == NOWHERE or look < person.look:
            queues.look_on(world, index, look)


@compiled
def enter(world, index, time, stage):  # type: ignore[no-untyped-def]
    """Move an enrolled person into a stage; the caller has advanced the clocks and closed the last stay."""
    person = world.person[index]
    person.stage = stage
    person.begin = time
    person.stage_ticket += 1


# --- referral and enrolment ---------------------------------------------------------------------------


@compiled
def next_referral(world, index):  # type: ignore[no-untyped-def]
    """Tell the engine of the next person who is referred to an office."""
    office = world.office[index]
    if office.next < office.end:
        one = world.arrival[office.next]
        emit(world, one.time, ORDER_ARRIVAL, one.person, KIND_REFERRAL, 0)
        if office.next + FETCHED_AHEAD < office.end:
            fetch_ahead(world.person, world.arrival[office.next + FETCHED_AHEAD].person)
        office.next += 1


@compiled
def referral(world, index, time):  # type: ignore[no-untyped-def]
    """A person is referred, and comes or never does."""
    person = world.person[index]
    person.begin = time
    if person.no_show:
        close_stay(world, index, time, NO_SHOW, NOWHERE)
    else:
        close_stay(world, index, time, ENROLLED, NOWHERE)
        enrol(world, index, time)
    next_referral(world, person.office)


@compiled
def start_clocks(world, index, time, elapsed):  # type: ignore[no-untyped-def]
    """A new spell: every cause of exit gets a fresh threshold, unit-exponential.

    Those of first spells have been drawn with the people (`sim.flow.building`), all at once. The clocks of
    those enrolled at the start have run for `elapsed` months, at the pace of the reference load.
    """
    person, constant = world.person[index], world.constant[0]
    person.occurrence = 0
    person.effect = 1.0
    person.helper = NOWHERE
    person.enrolled = time
    person.since = time
    for clock in range(len(person.speed)):
        if person.spell > 0:
            person.remaining[clock] = exponential(
                constant.key0,
                constant.key1,
                person.stream_code,
                person.ordinal,
                world.clock_code[clock],
                person.spell,
                0,
            )
        person.speed[clock] = world.base[person.needs, person.age, clock]
        run = person.speed[clock] * elapsed
        person.remaining[clock] = left_to_run(person.remaining[clock], constant.duration_shape, run)


@compiled
def enrol(world, index, time):  # type: ignore[no-untyped-def]
    """A spell begins: the person waits for a slot, last in their priority class."""
    person = world.person[index]
    start_clocks(world, index, time, 0.0)
    enter(world, index, time, WAITING)
    office = world.office[person.office]
    office.enrolled += 1
    office.waiting += 1
    queues.join(world, queues.slot_queue(world, person.office, person.rank), index)
    ask_for_slots(world, time, person.office)
    time_exit(world, index, time)


@compiled
def grant_slots(world, office_index, time):  # type: ignore[no-untyped-def]
    """Give free slots to those who wait: first come, first served within a class; never past the first."""
    office = world.office[office_index]
    office.grant_pending = 0
    while office.waiting > 0 and office.held + FULL_SLOT <= office.capacity:
        index = queues.first_in_line(world, office_index)
        person = world.person[index]
        queues.leave(world, index)
        office.waiting -= 1
        hold(office, FULL_SLOT, time)
        person.own = FULL_SLOT
        person.slot_time = time
        close_stay(world, index, time, SLOT, NOWHERE)
        enter(world, index, time, ASSESSMENT)  # the clocks go on as they did while waiting
        end = time + world.constant[0].assessment_months
        emit(world, end, ORDER_END, index, KIND_STAGE_END, person.stage_ticket)


@compiled
def plan_made(world, index, time):  # type: ignore[no-untyped-def]
    """The statutory assessment is done and the plan made: the district approves it, or coaching begins."""
    months = world.constant[0].approval_months
    if months > 0.0:
        close_stay(world, index, time, PLANNED, NOWHERE)
        enter(world, index, time, APPROVAL)  # the clocks go on as they did while waiting
        emit(world, time + months, ORDER_END, index, KIND_STAGE_END, world.person[index].stage_ticket)
    else:
        begin_plan(world, index, time, PLANNED)


@compiled
def begin_plan(world, index, time, ended_by):  # type: ignore[no-untyped-def]
    """Coaching begins by a plan; it may be one that ends with another authority."""
    advance(world, index, time)
    close_stay(world, index, time, ended_by, NOWHERE)
    if world.constant[0].transfers:
        plan_transfer(world, index, time)
    coach(world, index, time)


@compiled
def plan_transfer(world, index, time):  # type: ignore[no-untyped-def]
    """Find whether the plan is that an agency takes over; until it does, everything goes on as for others."""
    person = world.person[index]
    shares = world.policy.transfer[world.counter[COUNT_MONTH], person.needs]
    chosen = chance(world, index, _TRANSFER)
    for agency in range(len(shares)):
        if chosen < shares[agency]:
            due = time + world.agency_months[agency]
            emit(world, due, ORDER_END, index, KIND_TRANSFER, person.spell * len(shares) + agency)
            return


@compiled
def transferred(world, index, time, ticket):  # type: ignore[no-untyped-def]
    """An agency takes over, if the person is still in the spell whose plan it was."""
    agencies = len(world.agency_months)
    person = world.person[index]
    if person.spell == ticket // agencies and WAITING <= person.stage < OUTSIDE:
        leave_centre(world, index, time, TRANSFER, world.agency_destination[ticket % agencies])


@compiled
def coach(world, index, time):  # type: ignore[no-untyped-def]
    """Coaching begins or goes on; after a while the person is ready for a (next) measure."""
    person = world.person[index]
    enter(world, index, time, COACHING)
    emit(world, time + world.constant[0].ready_months, ORDER_END, index, KIND_READY, person.stage_ticket)
    time_exit(world, index, time)


# --- measures -----------------------------------------------------------------------------------------


@compiled
def chance(world, index, decision):  # type: ignore[no-untyped-def]
    """Return the uniform number of one decision about the person's next measure."""
    person, constant = world.person[index], world.constant[0]
    return uniform(
        constant.key0,
        constant.key1,
        person.stream_code,
        person.ordinal,
        decision,
        person.spell,
        person.occurrence,
    )


@compiled
def measure_for(world, index, time):  # type: ignore[no-untyped-def]
    """Return the measure that a person is meant for, of those open to them; NOWHERE when there is none."""
    person = world.person[index]
    weights = world.meant_for[world.counter[COUNT_MONTH], person.needs, person.group, person.age]
    enrolled, whole = time - person.enrolled, 0.0
    for measure in range(len(weights)):
        whole += weights[measure] if enrolled >= world.least_months[measure] else 0.0
    found = NOWHERE
    mark = chance(world, index, _ROUTE) * whole
    through = 0.0
    for measure in range(len(weights)):
        weight = weights[measure] if enrolled >= world.least_months[measure] else 0.0
        through += weight
        found = measure if weight > 0.0 else found
        if mark < through:
            break
    return found


@compiled
def ready(world, index, time):  # type: ignore[no-untyped-def]
    """The person asks for a place at the measure that suits them, and is coached while waiting for it.

    Somebody to whom nothing is open yet is coached on, and asks again in a month.
    """
    person = world.person[index]
    measure = measure_for(world, index, time)
    if measure == NOWHERE:
        emit(world, time + 1.0, ORDER_END, index, KIND_READY, person.stage_ticket)
        return
    queues.join(world, queues.place_queue(world, person.office, measure), index)
    ask_for_places(world, time, person.office, measure)


@compiled
def grant_places(world, office_index, measure, time):  # type: ignore[no-untyped-def]
    """Fill free places at a measure: first come, first served."""
    place = world.place[office_index, measure]
    place.grant_pending = 0
    queue = world.queue[queues.place_queue(world, office_index, measure)]
    while place.used < place.open and queue.head != NOWHERE:
        index = queue.head
        person = world.person[index]
        queues.leave(world, index)
        place.used += 1
        advance(world, index, time)
        if time > person.begin or not person.initial:
            close_stay(world, index, time, PLACED, NOWHERE)
        person.measure = measure
        handover = world.handover[person.needs]
        if world.measure[measure].procured and handover > 0.0 and time > 0.0:
            hand_over(world, index, time, handover)
        else:
            start_measure(world, index, time)


@compiled
def hand_over(world, index, time, months):  # type: ignore[no-untyped-def]
    """Between two hands: the place is paid for, the caseworker keeps the case, self-support stands still."""
    person = world.person[index]
    enter(world, index, time, HANDOVER)
    for clock in range(len(person.speed)):
        if world.supported[clock]:
            person.speed[clock] = 0.0
    emit(world, time + months, ORDER_END, index, KIND_STAGE_END, person.stage_ticket)
    time_exit(world, index, time)


@compiled
def handed_over(world, index, time):  # type: ignore[no-untyped-def]
    """The handover is done: the measure itself begins."""
    advance(world, index, time)
    close_stay(world, index, time, HANDED_OVER, NOWHERE)
    start_measure(world, index, time)


@compiled
def start_measure(world, index, time):  # type: ignore[no-untyped-def]
    """The person is at the measure; the caseworker keeps a share of the slot and may take somebody new."""
    person = world.person[index]
    measure = world.measure[person.measure]
    enter(world, index, time, MEASURE)
    change_share(world, index, measure.own, time)
    person.fade_ticket += 1
    person.helper = person.measure
    person.full_effect = measure.effect[person.needs, person.group, person.age]
    person.effect = person.full_effect
    set_speed(world, index, measure.during)
    duration = measure.duration
    if time == 0.0:  # at the measure since before the start: some of it is over
        duration *= chance(world, index, _RESIDUAL)
    emit(world, time + duration, ORDER_END, index, KIND_STAGE_END, person.stage_ticket)
    time_exit(world, index, time)


@compiled
def change_share(world, index, own, time):  # type: ignore[no-untyped-def]
    """Change how much of a slot a person holds. Somebody who comes back may overfill the office."""
    person = world.person[index]
    hold(world.office[person.office], own - person.own, time)
    if own < person.own:
        ask_for_slots(world, time, person.office)
    person.own = own


@compiled
def leave_place(world, index, time):  # type: ignore[no-untyped-def]
    """Give back the place at a measure."""
    person = world.person[index]
    world.place[person.office, person.measure].used -= 1
    ask_for_places(world, time, person.office, person.measure)


@compiled
def measure_over(world, index, time):  # type: ignore[no-untyped-def]
    """The measure has run its time: the person leaves the City's care, or comes back to coaching."""
    person = world.person[index]
    measure = world.measure[person.measure]
    if chance(world, index, _END_OF_MEASURE) < measure.end_exit_share:
        leave_centre(world, index, time, EXIT, measure.end_destination)
        return
    advance(world, index, time)
    close_stay(world, index, time, MEASURE_END, NOWHERE)
    leave_place(world, index, time)
    change_share(world, index, FULL_SLOT, time)
    person.measure = NOWHERE
    person.occurrence += 1
    set_speed(world, index, world.unchanged)
    person.fade_step = 0
    if person.effect != 1.0:
        person.fade_ticket += 1
        ticket = person.fade_ticket
        emit(world, time + world.constant[0].fade_step_months, ORDER_END, index, KIND_FADE, ticket)
    coach(world, index, time)


@compiled
def fade(world, index, time):  # type: ignore[no-untyped-def]
    """The edge that a measure gave fades by one step of four."""
    person = world.person[index]
    advance(world, index, time)
    person.fade_step += 1
    person.effect = faded(person.full_effect, person.fade_step, FADE_STEPS)
    if person.stage == COACHING:  # in a handover self-support stands still, with or without an edge
        set_speed(world, index, world.unchanged)
    if person.fade_step < FADE_STEPS:
        ticket = person.fade_ticket
        emit(world, time + world.constant[0].fade_step_months, ORDER_END, index, KIND_FADE, ticket)
    time_exit(world, index, time)


# --- exit and return ----------------------------------------------------------------------------------


@compiled
def leave_centre(world, index, time, ended_by, destination):  # type: ignore[no-untyped-def]
    """A spell ends. The slot and any place become free; the person may come back."""
    person, constant = world.person[index], world.constant[0]
    close_stay(world, index, time, ended_by, destination)
    office = world.office[person.office]
    office.enrolled -= 1
    if person.stage == WAITING:
        office.waiting -= 1
    elif person.stage == HANDOVER or person.stage == MEASURE:
        leave_place(world, index, time)
    queues.leave(world, index)
    change_share(world, index, 0, time)
    enter(world, index, time, OUTSIDE)
    person.ticket += 1
    person.fade_ticket += 1
    person.measure = NOWHERE
    person.destination = destination
    threshold = exponential(
        constant.key0,
        constant.key1,
        person.stream_code,
        person.ordinal,
        _RETURN_CHANCE,
        person.spell,
        0,
    )
    rate = constant.return_rate * world.return_factor[destination]
    due = return_due(time, threshold, rate, constant.return_end)
    if due < constant.horizon:
        emit(world, due, ORDER_ARRIVAL, index, KIND_RETURN, person.stage_ticket)


@compiled
def returned(world, index, time):  # type: ignore[no-untyped-def]
    """A person who left needs the centre again: a new spell, unless the City no longer has the mandate."""
    person = world.person[index]
    if time >= world.policy.leave[person.group]:
        return
    close_stay(world, index, time, RETURN, person.destination)
    person.spell += 1
    enrol(world, index, time)


@compiled
def unfinished(world):  # type: ignore[no-untyped-def]
    """Write down everybody who is somewhere at the horizon: nobody is dropped."""
    horizon = world.constant[0].horizon
    for index in range(len(world.person)):
        person = world.person[index]
        if person.stage != REFERRED:
            destination = person.destination if person.stage == OUTSIDE else NOWHERE
            close_stay(world, index, horizon, UNFINISHED, destination)
