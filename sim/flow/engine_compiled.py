"""The compiled engine: the same steps, their time ordered by an agenda in compiled code."""

from __future__ import annotations

from sim.flow.agenda import COUNT_FREE_BLOCKS, blocks_needed, find, longer, new_agenda, put, take_first
from sim.flow.building import with_longer_log
from sim.flow.handle import take
from sim.flow.steps import office_of, room_needed, start, step
from sim.flow.world import COUNT_OUTBOX, World
from sim.population.compiled import compiled


@compiled
def _run(world, agenda):  # type: ignore[no-untyped-def]
    """Run until nothing is left before the horizon, or until the agenda or the log needs room."""
    while True:
        new = world.counter[COUNT_OUTBOX]
        if agenda.counter[COUNT_FREE_BLOCKS] < blocks_needed(agenda, new):
            return True
        for number in range(new):
            event = world.outbox[number]
            put(agenda, event, office_of(world, event.priority), len(world.office))
        world.counter[COUNT_OUTBOX] = 0
        if not find(world, agenda):
            return False
        if room_needed(world):
            return True
        time, priority, ticket = take_first(agenda)
        step(world, time, priority, ticket)


def run_compiled(world: World) -> World:
    """Run a world from its start to its horizon in compiled code; return it, with its log filled."""
    agenda = new_agenda(len(world.policy.norm), len(world.office))
    handle = take(world)
    start(handle)
    while _run(handle, take(agenda)):
        if room_needed(handle):
            world = with_longer_log(world)
            handle = take(world)
        else:
            agenda = longer(agenda, len(agenda.before))
    return world
