"""The reference engine: SimPy orders time, the rules do the rest.

Every event of the model is an event in a SimPy environment. SimPy sorts them by time, then by our
priority (what kind of thing happens first at the same moment, and to whom), and calls `step`.
"""

from __future__ import annotations

from heapq import heappush
from typing import Any

import numpy as np
import simpy

from sim.flow.building import with_longer_log
from sim.flow.handle import Handle, take
from sim.flow.steps import office_of, room_needed, start, step
from sim.flow.world import COUNT_LOG, COUNT_OUTBOX, World


class Moment(simpy.Event):
    """A model event on SimPy's agenda."""

    def __init__(self, environment: Agenda, priority: int, ticket: int) -> None:
        super().__init__(environment)
        self.priority, self.ticket = priority, ticket
        self.callbacks = [environment.happen]
        self._ok, self._value = True, None


class Agenda(simpy.Environment):
    """A SimPy environment that runs one world.

    SimPy schedules by delay, and now + (t - now) is not always t to the last bit; so moments are put on
    the agenda by their time itself.
    """

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.handle: Handle = take(world)
        self.cells: list[int] = []  # of each stay in the log

    def put(self, time: float, priority: int, ticket: int) -> None:
        """Put a moment on the agenda at an absolute time."""
        agenda: list[Any] = self._queue  # SimPy's own heap of (time, priority, number, event)
        heappush(agenda, (time, priority, next(self._eid), Moment(self, priority, ticket)))

    def put_outbox(self) -> None:
        """Put everything that the last step caused on the agenda."""
        count = int(self.world.counter[COUNT_OUTBOX])
        for time, priority, ticket in self.world.outbox[:count].tolist():
            self.put(time, priority, ticket)

    def happen(self, moment: simpy.Event) -> None:
        """Let a moment happen."""
        assert isinstance(moment, Moment)
        written = int(self.world.counter[COUNT_LOG])
        step(self.handle, self.now, moment.priority, moment.ticket)
        if more := int(self.world.counter[COUNT_LOG]) - written:
            office = office_of(self.handle, moment.priority)
            self.cells += more * [int(self.now) * len(self.world.office) + office]
        if room_needed(self.handle):
            self.world = with_longer_log(self.world)
            self.handle = take(self.world)
        self.put_outbox()


def run_simpy(world: World) -> World:
    """Run a world from its start to its horizon on SimPy; return it, with its log filled."""
    agenda = Agenda(world)
    start(agenda.handle)
    agenda.put_outbox()
    agenda.run(until=float(world.constant[0]["horizon"]))
    log = agenda.world.log[: len(agenda.cells)]
    log[:] = log[np.argsort(agenda.cells, kind="stable")]
    return agenda.world
