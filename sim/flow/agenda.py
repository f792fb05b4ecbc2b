"""The compiled engine's order of time: month by month, in each office by office, in each by time.

What happens at one office between two revisions touches no other, so a month of one office is run from
beginning to end before that of the next: the people who are there stay in the processor's own memory,
which the whole city's don't. An event of a later month is only written behind the others of its month and
office. When they come, each of them is put on the list of a small part of the month, a bucket, and only
the few of the present bucket are sorted. Within a month of an office, events come out by time and then by
priority, exactly as from one heap.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.flow.handle import fetch_ahead
from sim.flow.world import INDEX_BITS, KIND_BITS, NOWHERE
from sim.population.compiled import compiled

BUCKETS = 512  # to a month; a power of two, so that no time is rounded into an earlier bucket
PEOPLE_AHEAD = 2  # buckets
BLOCK = 16  # events
INDEX_MASK = (1 << INDEX_BITS) - 1

PENDING = np.dtype([("time", "f8"), ("priority", "i8"), ("ticket", "i4"), ("next", "i4")])
"""An event on the agenda; `next` leads on in its bucket."""

CELL = np.dtype([("block", "i4"), ("held", "i4")])
"""The latest block of a month of an office, and how many events that holds."""

COUNT_HEAP, COUNT_CELL, COUNT_BUCKET, COUNT_FREE, COUNT_FREE_BLOCKS = range(5)
COUNTERS = 5


class Agenda(NamedTuple):
    """What is to come.

    Attributes
    ----------
    pending : PENDING[blocks * BLOCK]
        Events in blocks, each block of one cell: a month of an office.
    before : int32[blocks]
        The same cell's block before each, or the next that is free.
    cell : CELL[M * O]
    bucket : int32[BUCKETS]
        Place in `pending` of the latest event of each part of the present cell.
    heap : int64[blocks * BLOCK]
        Places in `pending` of the present bucket's events; the first ``counter[COUNT_HEAP]`` hold.
    counter : int64[COUNTERS]
        Events on the heap, the present cell and bucket, the first free block, and free blocks in all.
    """

    pending: NDArray[np.void]
    before: NDArray[np.int32]
    cell: NDArray[np.void]
    bucket: NDArray[np.int32]
    heap: NDArray[np.int64]
    counter: NDArray[np.int64]


def new_agenda(months: int, offices: int) -> Agenda:
    """Return an empty agenda for so many months and offices, at the beginning of the first."""
    cell = np.zeros(months * offices, dtype=CELL)
    cell["block"], cell["held"] = NOWHERE, BLOCK
    counter = np.zeros(COUNTERS, dtype=np.int64)
    counter[COUNT_FREE] = counter[COUNT_BUCKET] = NOWHERE
    return longer(
        Agenda(
            pending=np.empty(0, dtype=PENDING),
            before=np.empty(0, dtype=np.int32),
            cell=cell,
            bucket=np.full(BUCKETS, NOWHERE, dtype=np.int32),
            heap=np.empty(0, dtype=np.int64),
            counter=counter,
        ),
        4 * len(cell),
    )


def longer(agenda: Agenda, more: int) -> Agenda:
    """Return an agenda with so many blocks beside those that it has."""
    blocks, counter = len(agenda.before), agenda.counter
    pending = np.empty((blocks + more) * BLOCK, dtype=PENDING)
    pending[: blocks * BLOCK] = agenda.pending
    before = np.arange(1, blocks + more + 1, dtype=np.int32)
    before[:blocks] = agenda.before
    before[-1] = counter[COUNT_FREE]
    counter[COUNT_FREE] = blocks
    counter[COUNT_FREE_BLOCKS] += more
    heap = np.empty(len(pending), dtype=np.int64)
    heap[: len(agenda.heap)] = agenda.heap
    return agenda._replace(pending=pending, before=before, heap=heap)


@compiled
def blocks_needed(agenda, events):  # type: ignore[no-untyped-def]
    """Return how many blocks some more events may take, whatever their cells."""
    return min(events, len(agenda.cell)) + events // BLOCK


@compiled
def put(agenda, event, office, offices):  # type: ignore[no-untyped-def]
    """Put an event on an agenda that has room for it; what lies beyond the last month never happens."""
    number = int(event.time) * offices + office
    if number >= len(agenda.cell):
        return
    counter, cell = agenda.counter, agenda.cell[number]
    if cell.held == BLOCK:
        block = counter[COUNT_FREE]
        counter[COUNT_FREE] = agenda.before[block]
        counter[COUNT_FREE_BLOCKS] -= 1
        agenda.before[block] = cell.block
        cell.block = block
        cell.held = 0
    place = cell.block * BLOCK + cell.held
    cell.held += 1
    entry = agenda.pending[place]
    entry.time = event.time
    entry.priority = event.priority
    entry.ticket = event.ticket
    if number == counter[COUNT_CELL]:
        _arrange(agenda, place)


@compiled
def _arrange(agenda, place):  # type: ignore[no-untyped-def]
    """Put an event of the present cell into its bucket, or on the heap if that has come."""
    entry = agenda.pending[place]
    bucket = int(entry.time * BUCKETS) & (BUCKETS - 1)
    if bucket <= agenda.counter[COUNT_BUCKET]:
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
        if counter[COUNT_BUCKET] == BUCKETS:
            _clear(agenda)
            counter[COUNT_CELL] += 1
            counter[COUNT_BUCKET] = NOWHERE
            if counter[COUNT_CELL] == len(agenda.cell):
                return False
            _open(agenda)
            continue
        place = agenda.bucket[counter[COUNT_BUCKET]]
        agenda.bucket[counter[COUNT_BUCKET]] = NOWHERE
        while place != NOWHERE:
            _push(agenda, place)
            place = agenda.pending[place].next
        _look_ahead(world, agenda)
    return True


@compiled
def _open(agenda):  # type: ignore[no-untyped-def]
    """Put all events of the cell that has come into its buckets."""
    cell = agenda.cell[agenda.counter[COUNT_CELL]]
    block, held = cell.block, cell.held
    while block != NOWHERE:
        for place in range(block * BLOCK, block * BLOCK + held):
            _arrange(agenda, place)
        block, held = agenda.before[block], BLOCK


@compiled
def _clear(agenda):  # type: ignore[no-untyped-def]
    """Free the blocks of the cell that is over."""
    counter, cell = agenda.counter, agenda.cell[agenda.counter[COUNT_CELL]]
    while cell.block != NOWHERE:
        block = cell.block
        cell.block = agenda.before[block]
        agenda.before[block] = counter[COUNT_FREE]
        counter[COUNT_FREE] = block
        counter[COUNT_FREE_BLOCKS] += 1


@compiled
def _look_ahead(world, agenda):  # type: ignore[no-untyped-def]
    """Ask for the records of the people of a bucket to come.

    They are larger than a processor's own memory, and to wait for them was a third of a run.
    """
    ahead = agenda.counter[COUNT_BUCKET] + PEOPLE_AHEAD
    if ahead < BUCKETS:
        place = agenda.bucket[ahead]
        while place != NOWHERE:
            entry = agenda.pending[place]
            fetch_ahead(world.person, (entry.priority >> KIND_BITS) & INDEX_MASK)
            place = entry.next


@compiled
def take_first(agenda):  # type: ignore[no-untyped-def]
    """Take the first event off an agenda; return its time, priority and ticket."""
    entry = agenda.pending[agenda.heap[0]]
    _pop(agenda)
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
