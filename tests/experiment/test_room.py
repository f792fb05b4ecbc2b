"""Values of many runs in a file: the same values, in memory that is only lent."""

import numpy as np
import pytest

from sim.experiment import room as rooms
from sim.experiment.enough import Target, run_until
from sim.experiment.room import let_go, room
from sim.experiment.run import run_scenarios

SHAPE = (3, 4, 5)


@pytest.fixture
def small_memory(monkeypatch):
    """Let nothing be small enough for memory."""
    monkeypatch.setattr(rooms, "IN_MEMORY", 0)


def test_what_is_small_is_in_memory():
    assert not isinstance(room(SHAPE), np.memmap)


@pytest.mark.usefixtures("small_memory")
def test_what_is_large_is_in_a_file_and_outlives_what_is_let_go():
    values, other = room(SHAPE), room(SHAPE)
    assert isinstance(values, np.memmap)
    values[:], other[:] = 1.0, 2.0
    let_go(values)
    assert (values == 1.0).all()
    assert (other == 2.0).all()


@pytest.mark.usefixtures("small_memory")
def test_where_there_is_no_room_on_disk_it_is_memory_after_all(monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(rooms.np, "memmap", full)
    assert room(SHAPE).shape == SHAPE


def test_results_are_the_same_wherever_they_are(pair, monkeypatch):
    scenarios = [found.scenario for found in pair]
    inside = run_scenarios(scenarios, 3, 7, jobs=1)
    monkeypatch.setattr(rooms, "IN_MEMORY", 0)
    lent = run_scenarios(scenarios, 3, 7, jobs=1)
    assert isinstance(lent.values, np.memmap)
    assert lent.values.tobytes() == inside.values.tobytes()
    assert lent.summary().lower.tobytes() == inside.summary().lower.tobytes()
    grown = run_until(scenarios, [Target("net_cost", 1e-9)], 7, budget=3, first=2, jobs=1).results
    assert isinstance(grown.values, np.memmap)
    assert grown.values.tobytes() == inside.values.tobytes()
