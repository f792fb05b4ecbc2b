"""Runs for the explorer: made in a few threads, kept in memory, put together as results.

A run is made by the same public functions as everywhere else, so the explorer's numbers are theirs. Only
years and the whole period are kept of it: a lever that is dragged leaves hundreds of runs behind.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.experiment.results import TOTAL, Results
from sim.experiment.run import cube_axes, measure, simulate
from sim.explorer.state import PLAN, Settings, base_of, lines, settings_of
from sim.parameters import Library, Resolved, Scenario

BASE, OTHER = "base", "other"
KINDS = ("year", TOTAL)
KEPT = 200
"""Settings whose runs are kept: 64 runs are 3 MB."""


@dataclass(frozen=True)
class Made:
    """One run.

    Attributes
    ----------
    values : float64[measure, period, centre, segment]
        Of the years and the whole period.
    posts : float64[centre, role]
        Mean over the months.
    """

    values: NDArray[np.float64]
    posts: NDArray[np.float64]


@dataclass(frozen=True)
class Compared:
    """Two worlds, run by run.

    Attributes
    ----------
    settings : Settings
    base, other : Resolved
    results : Results
        Of the scenarios ``base`` and ``other``, for years and the whole period.
    posts : float64[scenario, centre, role]
        Means over months and runs.
    ends : tuple of Compared
        The same change at other values of an assumption.
    """

    settings: Settings
    base: Resolved
    other: Resolved
    results: Results
    posts: NDArray[np.float64]
    ends: tuple[Compared, ...] = ()

    @property
    def runs(self) -> int:
        """Paired runs behind it."""
        return self.results.runs


def make(scenario: Scenario, run: int, seed: int) -> Made:
    """Simulate and measure one run."""
    history = simulate(scenario, run, seed)
    cube = measure(scenario, history)
    kept = [number for number, period in enumerate(cube.periods) if period.kind in KINDS]
    posts = np.zeros((len(history.centres), len(history.roles)))
    np.add.at(posts, history.office_centre, history.posts.mean(axis=0))
    return Made(cube.values[:, kept], posts)


class Workshop:
    """Makes runs in threads and keeps them.

    Used from one event loop: what is kept is touched there alone, the threads only compute.

    Parameters
    ----------
    library : Library
    seed : int
    workers : int
        Runs at a time.
    """

    def __init__(self, library: Library, seed: int, workers: int) -> None:
        self.library = library
        self.seed = seed
        self.plan = library.resolve(PLAN).scenario
        self.plan_settings = settings_of(self.plan)
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="explorer")
        self._resolved: OrderedDict[Settings, Resolved] = OrderedDict()
        self._made: OrderedDict[Settings, dict[int, Made]] = OrderedDict()

    def resolve(self, settings: Settings) -> Resolved:
        """Return the scenario of some settings; raises `InputErrors` where they are not allowed."""
        if settings not in self._resolved:
            self._resolved[settings] = self.library.resolve(PLAN, lines(settings, self.plan))
            _forget(self._resolved)
        return self._resolved[settings]

    async def compare(self, settings: Settings, runs: int) -> Compared:
        """Return the settings' world beside its base's, over runs 0 to `runs` - 1.

        Runs that are kept are not made again. When the caller is cancelled, what has not begun is dropped.
        """
        sides = (base_of(settings, self.plan_settings), settings)
        resolved = [self.resolve(side) for side in sides]
        await asyncio.gather(
            *(
                self._one(side, found.scenario, run)
                for run in range(runs)
                for side, found in dict(zip(sides, resolved, strict=True)).items()
                if run not in self._made.get(side, {})
            )
        )
        made = [[self._made[side][run] for run in range(runs)] for side in sides]
        for side in sides:
            self._made.move_to_end(side)
        _forget(self._made)
        axes = cube_axes(resolved[0].scenario)
        results = Results(
            names=(BASE, OTHER),
            values=np.array([[one.values for one in side] for side in made]),
            measures=axes.measures,
            periods=tuple(period for period in axes.periods if period.kind in KINDS),
            centres=axes.centres,
            segments=axes.segments,
            seed=self.seed,
        )
        posts = np.array([np.mean([one.posts for one in side], axis=0) for side in made])
        return Compared(settings, resolved[0], resolved[1], results, posts)

    async def _one(self, settings: Settings, scenario: Scenario, run: int) -> None:
        loop = asyncio.get_running_loop()
        made = await loop.run_in_executor(self._pool, make, scenario, run, self.seed)
        self._made.setdefault(settings, {})[run] = made

    def close(self) -> None:
        """Let the threads end; what has not begun is dropped."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _forget(
    kept: OrderedDict[Settings, object]
    | OrderedDict[Settings, Resolved]
    | OrderedDict[Settings, dict[int, Made]],
) -> None:
    while len(kept) > KEPT:
        kept.popitem(last=False)
