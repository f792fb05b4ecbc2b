"""The compiled engine: the same steps, their time ordered by a binary heap in compiled code."""

from __future__ import annotations

import numpy as np

from sim.flow.building import with_longer_log
from sim.flow.handle import take
from sim.flow.steps import room_needed, start, step
from sim.flow.world import COUNT_OUTBOX, EVENT, World
from sim.population.compiled import compiled


@compiled
def _before(one, other):  # type: ignore[no-untyped-def]
    """Say whether an event comes before another: by time, then by priority."""
    return one.time < other.time or (one.time == other.time and one.priority < other.priority)


@compiled
def _copy(target, source):  # type: ignore[no-untyped-def]
    target.time = source.time
    target.priority = source.priority
    target.ticket = source.ticket


@compiled
def _push(heap, count, event):  # type: ignore[no-untyped-def]
    """Put an event on a heap of `count` events."""
    place = count
    while place > 0:
        parent = (place - 1) // 2
        if not _before(event, heap[parent]):
            break
        _copy(heap[place], heap[parent])
        place = parent
    _copy(heap[place], event)


@compiled
def _pop(heap, count):  # type: ignore[no-untyped-def]
    """Take the first event off a heap of `count` events, moving the rest up."""
    last = heap[count - 1]
    size = count - 1
    place = 0
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        if child + 1 < size and _before(heap[child + 1], heap[child]):
            child += 1
        if not _before(heap[child], last):
            break
        _copy(heap[place], heap[child])
        place = child
    _copy(heap[place], last)


@compiled
def _take_outbox(world, heap, count):  # type: ignore[no-untyped-def]
    """Move the outbox onto the heap; return the heap (a longer one when it was full) and its count."""
    new = world.counter[COUNT_OUTBOX]
    if count + new > len(heap):
        longer = np.empty(2 * (count + new), dtype=heap.dtype)
        longer[:count] = heap[:count]
        heap = longer
    for number in range(new):
        _push(heap, count, world.outbox[number])
        count += 1
    return heap, count


@compiled
def _run(world, heap, count):  # type: ignore[no-untyped-def]
    """Run until the horizon or until the log needs room; return the heap and what is left on it."""
    horizon = world.constant[0].horizon
    while count > 0 and heap[0].time < horizon:
        if room_needed(world):
            break
        time, priority, ticket = heap[0].time, heap[0].priority, heap[0].ticket
        _pop(heap, count)
        count -= 1
        step(world, time, priority, ticket)
        heap, count = _take_outbox(world, heap, count)
    return heap, count


@compiled
def _begin(world, heap):  # type: ignore[no-untyped-def]
    """Start the world."""
    start(world)
    return _take_outbox(world, heap, 0)


def run_compiled(world: World) -> World:
    """Run a world from its start to its horizon in compiled code; return it, with its log filled."""
    handle = take(world)
    heap, count = _begin(handle, np.empty(2 * len(world.person) + 1024, dtype=EVENT))
    horizon = float(world.constant[0]["horizon"])
    while count > 0 and heap[0]["time"] < horizon:
        if room_needed(handle):
            world = with_longer_log(world)
            handle = take(world)
        heap, count = _run(handle, heap, count)
    return world
