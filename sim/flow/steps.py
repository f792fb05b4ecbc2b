"""One event, one step: what an engine calls when an event's time has come."""

from __future__ import annotations

from sim.flow.revision import look_at_clocks, revise
from sim.flow.stages import EndedBy
from sim.flow.transitions import (
    APPROVAL,
    APPROVED,
    ASSESSMENT,
    COACHING,
    HANDOVER,
    begin_plan,
    emit,
    fade,
    grant_places,
    grant_slots,
    handed_over,
    leave_centre,
    measure_over,
    next_referral,
    plan_made,
    ready,
    referral,
    returned,
    start_clocks,
    transferred,
)
from sim.flow.world import (
    COUNT_LOG,
    COUNT_OUTBOX,
    FULL_SLOT,
    INDEX_BITS,
    KIND_BITS,
    KIND_EXIT,
    KIND_FADE,
    KIND_GRANT_PLACES,
    KIND_GRANT_SLOTS,
    KIND_LOOK,
    KIND_READY,
    KIND_REFERRAL,
    KIND_RETURN,
    KIND_REVISION,
    KIND_STAGE_END,
    KIND_TRANSFER,
    ORDER_END,
    ORDER_REVISION,
)
from sim.population.compiled import compiled

_KIND_MASK = (1 << KIND_BITS) - 1
_INDEX_MASK = (1 << INDEX_BITS) - 1
_EXIT = int(EndedBy.EXIT)


@compiled
def start(world):  # type: ignore[no-untyped-def]
    """Put the stock where it stands at time 0, and tell the engine of the first revision and referral.

    The enrolled at the start hold slots, however many they are (grandfathered). Those enrolled longest
    stand first for places at measures, as they would have if the queue had been running.
    """
    emit(world, 0.0, ORDER_REVISION, 0, KIND_REVISION, 0)
    for office_index in range(len(world.office)):
        office = world.office[office_index]
        while office.next < office.end:
            index = world.arrival[office.next].person
            if not world.person[index].initial:
                break
            enrolled_before(world, index)
            office.next += 1
        next_referral(world, office_index)


@compiled
def enrolled_before(world, index):  # type: ignore[no-untyped-def]
    """Put one of the stock where they stand at time 0."""
    person = world.person[index]
    office = world.office[person.office]
    elapsed = -person.enrolled
    start_clocks(world, index, 0.0, elapsed)
    person.enrolled = -elapsed
    office.enrolled += 1
    office.held += FULL_SLOT
    person.own = FULL_SLOT
    person.slot_time = -elapsed
    person.stage = COACHING
    wait = world.constant[0].ready_months - elapsed
    if wait > 0.0:
        emit(world, wait, ORDER_END, index, KIND_READY, person.stage_ticket)
    else:
        ready(world, index, 0.0)


@compiled
def step(world, time, priority, ticket):  # type: ignore[no-untyped-def]
    """Let one event happen, unless something since has made it void."""
    kind = priority & _KIND_MASK
    index = (priority >> KIND_BITS) & _INDEX_MASK
    world.counter[COUNT_OUTBOX] = 0
    if kind == KIND_REVISION:
        revise(world, ticket)
    elif kind == KIND_LOOK:
        look_at_clocks(world, index, time)
    elif kind == KIND_GRANT_SLOTS:
        grant_slots(world, index, time)
    elif kind == KIND_GRANT_PLACES:
        measures = len(world.measure)
        grant_places(world, index // measures, index % measures, time)
    elif kind == KIND_REFERRAL:
        referral(world, index, time)
    else:
        person_step(world, time, kind, index, ticket)


@compiled
def person_step(world, time, kind, index, ticket):  # type: ignore[no-untyped-def]
    """Let one event of one person happen, if its ticket still holds."""
    person = world.person[index]
    if kind == KIND_EXIT:
        if ticket == person.ticket:
            leave_centre(world, index, time, _EXIT, person.cause)
    elif kind == KIND_TRANSFER:
        transferred(world, index, time, ticket)
    elif kind == KIND_FADE:
        if ticket == person.fade_ticket:
            fade(world, index, time)
    elif ticket != person.stage_ticket:
        return
    elif kind == KIND_READY:
        ready(world, index, time)
    elif kind == KIND_RETURN:
        returned(world, index, time)
    elif kind == KIND_STAGE_END:
        if person.stage == ASSESSMENT:
            plan_made(world, index, time)
        elif person.stage == APPROVAL:
            begin_plan(world, index, time, APPROVED)
        elif person.stage == HANDOVER:
            handed_over(world, index, time)
        else:
            measure_over(world, index, time)


@compiled
def office_of(world, priority):  # type: ignore[no-untyped-def]
    """Return the office at which an event happens; the first one's, if it happens to all.

    Between two revisions nothing that happens at one office touches another.
    """
    kind = priority & _KIND_MASK
    index = (priority >> KIND_BITS) & _INDEX_MASK
    if kind in (KIND_REVISION, KIND_LOOK, KIND_GRANT_SLOTS):
        return index
    if kind == KIND_GRANT_PLACES:
        return index // len(world.measure)
    return int(world.person[index].office)


@compiled
def room_needed(world):  # type: ignore[no-untyped-def]
    """Return by how many rows the log must be able to grow in one step (everybody, at worst)."""
    return len(world.log) - world.counter[COUNT_LOG] < len(world.person) + 1
