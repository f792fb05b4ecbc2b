"""Runs for inference: one world a task, reduced to the quantities that targets are about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.experiment.engine import WORKERS
from sim.experiment.parallel import default_jobs, each
from sim.experiment.run import cube_axes, measure, simulate
from sim.inference.quantities import Reader
from sim.parameters import Scenario
from sim.parameters.targets import Target
from sim.parameters.uncertain import Dimension, Draw, lay_draw

Array = NDArray[np.float64]
Progress = Callable[[int, int], None]
Change = Callable[[Scenario], Scenario]


@dataclass(frozen=True)
class World:
    """One world to run.

    Attributes
    ----------
    scenario : Scenario
        With its draw laid on it.
    run, seed : int
    """

    scenario: Scenario
    run: int
    seed: int


@dataclass(frozen=True)
class _Task:
    world: World
    reader: Reader


def read_worlds(
    worlds: Sequence[World],
    targets: Sequence[Target],
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Array:
    """Run worlds, and read some targets' quantities from each.

    Parameters
    ----------
    worlds : sequence of World
        Of scenarios with the same axes.
    targets : sequence of Target
        About periods inside the runs.
    jobs : int, optional
        Runs at a time; by default one for each core.
    progress : callable, optional
        Called with worlds done and worlds in all, before the first and after each.

    Returns
    -------
    float64[world, target]
    """
    found = np.empty((len(worlds), len(targets)))
    if not worlds:
        return found
    reader = Reader(targets, cube_axes(worlds[0].scenario))
    tasks = [_Task(world, reader) for world in worlds]
    answers = each(_one, tasks, default_jobs() if jobs is None else jobs, WORKERS["compiled"])
    with closing(answers):
        for number, answer in enumerate(_counted(answers, len(tasks), progress)):
            found[number] = answer
    return found


def _one(task: _Task) -> Array:
    world = task.world
    return task.reader(measure(world.scenario, simulate(world.scenario, world.run, world.seed)).values)


def _counted(answers: Iterator[Array], total: int, progress: Progress | None) -> Iterator[Array]:
    if progress is not None:
        progress(0, total)
    for done, answer in enumerate(answers, start=1):
        yield answer
        if progress is not None:
            progress(done, total)


def laid(scenario: Scenario, dimensions: Sequence[Dimension], values: Array) -> Scenario:
    """A scenario with one row of values laid on it."""
    names = [dimension.name for dimension in dimensions]
    return lay_draw(scenario, dimensions, Draw(0, dict(zip(names, values.tolist(), strict=True))))
