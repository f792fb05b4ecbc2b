"""First-come queues and lists of a month, linked: joining and leaving cost the same anywhere."""

from __future__ import annotations

from sim.flow.handle import fetch_ahead
from sim.flow.world import NOWHERE
from sim.population.compiled import compiled


@compiled
def join(world, queue_index, index):  # type: ignore[no-untyped-def]
    """Put a person last in a queue."""
    person, queue = world.person[index], world.queue[queue_index]
    person.queue = queue_index
    person.previous = queue.tail
    person.next = NOWHERE
    if queue.tail == NOWHERE:
        queue.head = index
    else:
        world.person[queue.tail].next = index
    queue.tail = index
    queue.length += 1


@compiled
def join_first(world, queue_index, index):  # type: ignore[no-untyped-def]
    """Put a person first in a queue."""
    person, queue = world.person[index], world.queue[queue_index]
    person.queue = queue_index
    person.previous = NOWHERE
    person.next = queue.head
    if queue.head == NOWHERE:
        queue.tail = index
    else:
        world.person[queue.head].previous = index
    queue.head = index
    queue.length += 1


@compiled
def leave(world, index):  # type: ignore[no-untyped-def]
    """Take a person out of the queue they stand in, if they do."""
    person = world.person[index]
    if person.queue == NOWHERE:
        return
    queue = world.queue[person.queue]
    if person.previous == NOWHERE:
        queue.head = person.next
    else:
        world.person[person.previous].next = person.next
    if person.next == NOWHERE:
        queue.tail = person.previous
    else:
        world.person[person.next].previous = person.previous
    person.queue = NOWHERE
    queue.length -= 1


@compiled
def look_on(world, index, month):  # type: ignore[no-untyped-def]
    """Put a person on the list of those whose clocks are looked at as a month begins, and off any other."""
    look_off(world, index)
    look = world.look[world.person[index].office]
    if month >= len(look):
        return
    first = look[month]
    look[month] = index
    world.look_next[index] = first
    world.look_previous[index] = NOWHERE
    if first != NOWHERE:
        world.look_previous[first] = index
    world.person[index].look = month


@compiled
def look_off(world, index):  # type: ignore[no-untyped-def]
    """Take a person off the list of a month to come, if they are on one."""
    person, before, after = world.person[index], world.look_previous[index], world.look_next[index]
    if person.look == NOWHERE:
        return
    if before == NOWHERE:
        world.look[person.office, person.look] = after
    else:
        world.look_next[before] = after
    if after != NOWHERE:
        world.look_previous[after] = before
    person.look = NOWHERE


@compiled
def take_look(world, office, month):  # type: ignore[no-untyped-def]
    """Take an office's whole list of a month; return the first person on it, NOWHERE when there is none."""
    first = world.look[office, month]
    world.look[office, month] = NOWHERE
    return first


@compiled
def look_on_from(world, index):  # type: ignore[no-untyped-def]
    """Let go of a person on a list that was taken; return the next, and ask for a later one's record."""
    following = world.look_next[index]
    world.person[index].look = NOWHERE
    if following != NOWHERE and world.look_next[following] != NOWHERE:
        fetch_ahead(world.person, world.look_next[following])
    return following


@compiled
def slot_queue(world, office, rank):  # type: ignore[no-untyped-def]
    """Return the index of an office's queue for slots of one priority class."""
    return office * (len(world.queue) // len(world.office)) + rank


@compiled
def place_queue(world, office, measure):  # type: ignore[no-untyped-def]
    """Return the index of an office's queue for places at one measure (they stand last among its queues)."""
    return (office + 1) * (len(world.queue) // len(world.office)) - len(world.measure) + measure


@compiled
def priority_classes(world):  # type: ignore[no-untyped-def]
    """Return how many priority classes an office's queue for slots has."""
    return len(world.queue) // len(world.office) - len(world.measure)


@compiled
def first_in_line(world, office):  # type: ignore[no-untyped-def]
    """Return who is first to get a slot of an office: the first of the first class in which anybody waits."""
    for rank in range(priority_classes(world)):
        index = world.queue[slot_queue(world, office, rank)].head
        if index != NOWHERE:
            return index
    return NOWHERE
