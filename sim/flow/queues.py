"""First-come queues, linked through those who stand in them: joining and leaving cost the same anywhere."""

from __future__ import annotations

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
