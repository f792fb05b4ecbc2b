"""The compiled engine's order of time: what is far off lies in unsorted buckets, what is near on a heap.

A heap of everything that is to come holds tens of thousands of events in a city, and each passes a dozen
levels of it twice. Here an event is put on a list, one for each small part of a month, and only the few of
the present bucket are sorted: a third less time for a run. Events come out by time and then by priority,
exactly as from one heap, because the number of a bucket never falls as time rises.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.flow.handle import fetch_ahead
from sim.flow.world import INDEX_BITS, KIND_BITS, NOWHERE
from sim.population.compiled import compiled

BUCKETS_A_MONTH = 4096
EVENTS_AHEAD, PEOPLE_AHEAD = 4, 2  # buckets
INDEX_MASK = (1 << INDEX_BITS) - 1

PENDING = np.dtype([("time", "f8"), ("priority", "i8"), ("ticket", "i8"), ("next", "i8")])
"""An event on the agenda; `next` leads on in its bucket, or among the places that are free."""

COUNT_HEAP, COUNT_BUCKET, COUNT_FREE, COUNT_PENDING = range(4)
COUNTERS = 4


class Agenda(NamedTuple):
    """What is to come.

    Attributes
    ----------
    pending : PENDING[n]
    heap : int64[n]
        Places in `pending` of the present bucket's events; the first ``counter[COUNT_HEAP]`` hold.
    bucket : int32[...]
        Place in `pending` of each bucket's latest event.
    counter : int64[COUNTERS]
        Events on the heap, the present bucket, the first free place, and events in all.
    """

    pending: NDArray[np.void]
    heap: NDArray[np.int64]
    bucket: NDArray[np.int32]
    counter: NDArray[np.int64]


def new_agenda(places: int, months: int) -> Agenda:
    """Return an empty agenda for so many months, with room for so many events at a time."""
    counter = np.zeros(COUNTERS, dtype=np.int64)
    counter[COUNT_FREE] = NOWHERE
    bucket = np.full(months * BUCKETS_A_MONTH, NOWHERE, dtype=np.int32)
    return longer(Agenda(np.empty(0, dtype=PENDING), np.empty(0, dtype=np.int64), bucket, counter), places)


def longer(agenda: Agenda, more: int) -> Agenda:
    """Return an agenda with room for more events beside those that it holds."""
    size, free = len(agenda.pending), agenda.counter[COUNT_FREE]
    pending = np.empty(size + more, dtype=PENDING)
    pending[:size] = agenda.pending
    pending["next"][size:] = np.arange(size + 1, size + more + 1)
    pending["next"][-1] = free
    agenda.counter[COUNT_FREE] = size
    heap = np.empty(size + more, dtype=np.int64)
    heap[:size] = agenda.heap
    return Agenda(pending, heap, agenda.bucket, agenda.counter)


@compiled
def put(agenda, event):  # type: ignore[no-untyped-def]
    """Put an event on an agenda that has room for it; what lies beyond the last bucket never happens."""
    bucket = int(event.time * BUCKETS_A_MONTH)
    if bucket >= len(agenda.bucket):
        return
    counter = agenda.counter
    place = counter[COUNT_FREE]
    entry = agenda.pending[place]
    counter[COUNT_FREE] = entry.next
    counter[COUNT_PENDING] += 1
    entry.time = event.time
    entry.priority = event.priority
    entry.ticket = event.ticket
    if bucket <= counter[COUNT_BUCKET]:
        _push(agenda, place)
    else:
        entry.next = agenda.bucket[bucket]
        agenda.bucket[bucket] = place


@compiled
def find(world, agenda):  # type: ignore[no-untyped-def]
    """Put the first bucket that holds anything on the heap; say whether there is any event to come."""
    counter = agenda.counter
    while counter[COUNT_HEAP] == 0:
        counter[COUNT_BUCKET] += 1
        if counter[COUNT_BUCKET] >= len(agenda.bucket):
            return False
        place = agenda.bucket[counter[COUNT_BUCKET]]
        while place != NOWHERE:
            following = agenda.pending[place].next
            _push(agenda, place)
            place = following
        look_ahead(world, agenda)
    return True


@compiled
def look_ahead(world, agenda):  # type: ignore[no-untyped-def]
    """Ask for what soon will be needed: the first events of a bucket to come, the people of a nearer one.

    A city's records are larger than a processor's own memory, and to wait for them was a third of a run.
    """
    far = agenda.counter[COUNT_BUCKET] + EVENTS_AHEAD
    if far < len(agenda.bucket):
        if agenda.bucket[far] != NOWHERE:
            fetch_ahead(agenda.pending, agenda.bucket[far])
        place = agenda.bucket[far - EVENTS_AHEAD + PEOPLE_AHEAD]
        while place != NOWHERE:
            entry = agenda.pending[place]
            fetch_ahead(world.person, (entry.priority >> KIND_BITS) & INDEX_MASK)
            place = entry.next


@compiled
def take_first(agenda):  # type: ignore[no-untyped-def]
    """Take the first event off an agenda; return its time, priority and ticket."""
    counter, heap = agenda.counter, agenda.heap
    first = heap[0]
    entry = agenda.pending[first]
    _pop(agenda)
    entry.next = counter[COUNT_FREE]
    counter[COUNT_FREE] = first
    counter[COUNT_PENDING] -= 1
    return entry.time, entry.priority, entry.ticket


@compiled
def _before(agenda, one, other):  # type: ignore[no-untyped-def]
    """Say whether an event comes before another: by time, then by priority."""
    one, other = agenda.pending[one], agenda.pending[other]
    return one.time < other.time or (one.time == other.time and one.priority < other.priority)


@compiled
def _push(agenda, event):  # type: ignore[no-untyped-def]
    """Put an event on the heap."""
    heap = agenda.heap
    place = agenda.counter[COUNT_HEAP]
    agenda.counter[COUNT_HEAP] += 1
    while place > 0:
        parent = (place - 1) // 2
        if not _before(agenda, event, heap[parent]):
            break
        heap[place] = heap[parent]
        place = parent
    heap[place] = event


@compiled
def _pop(agenda):  # type: ignore[no-untyped-def]
    """Take the first event off the heap, moving the rest up."""
    heap = agenda.heap
    agenda.counter[COUNT_HEAP] -= 1
    size = agenda.counter[COUNT_HEAP]
    last = heap[size]
    place = 0
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        if child + 1 < size and _before(agenda, heap[child + 1], heap[child]):
            child += 1
        if not _before(agenda, heap[child], last):
            break
        heap[place] = heap[child]
        place = child
    heap[place] = last
