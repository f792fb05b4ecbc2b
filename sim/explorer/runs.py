"""Runs for the explorer: made in a few threads or taken from the store, and put together as results.

A run is made by the same public functions as everywhere else, so the explorer's numbers are theirs, and the
store's runs are those of the command line. A preview's runs stay in memory: a lever that is dragged leaves
settings behind that nobody comes back to. What the hand has rested on goes to the store.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.experiment.results import TOTAL, Results
from sim.experiment.run import Axes, cube_axes, measure, origin_of, simulate
from sim.experiment.store import Store
from sim.explorer.state import PLAN, Plan, Settings, base_of, lines, plan_of
from sim.flow.policy import office_centre, office_posts
from sim.parameters import Library, Resolved, Scenario
from sim.parameters.calendar import Period

Made = TypeVar("Made")

BASE, OTHER = "base", "other"
KINDS = ("year", TOTAL)
STAGES = ("waiting", "in_assessment", "in_coaching", "in_measures", "outside")
"""Where people are, month by month; keys of measures."""

ROOM = 250_000_000
"""Bytes of runs that are kept in memory; three years are 0.45 MB a run."""

RESOLVED = 500
"""Settings whose scenario is kept."""


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
    stages : float64[scenario, run, stage, month, centre, segment]
        People in each of `STAGES`; the last centre and the last segment are all.
    months : tuple of Period
    ends : tuple of Compared
        The same change at other values of an assumption.
    estimated : bool
        Read between runs of other settings, see `sim.explorer.estimate`.
    control : Results, optional
        Another change that is known from these runs and more of them; it steadies what few runs say of money.
    """

    settings: Settings
    base: Resolved
    other: Resolved
    results: Results
    posts: NDArray[np.float64]
    stages: NDArray[np.float64]
    months: tuple[Period, ...]
    ends: tuple[Compared, ...] = ()
    estimated: bool = False
    control: Results | None = None

    @property
    def runs(self) -> int:
        """Paired runs behind it."""
        return self.results.runs


class Workshop:
    """Makes runs in threads and keeps them.

    Used from one event loop: what is kept is touched there alone, the threads compute, read and write.

    Parameters
    ----------
    library : Library
    seed : int
    workers : int
        Runs at a time.
    store : Store, optional
        Where runs are taken from that were made before, and where lasting ones are kept.
    """

    def __init__(self, library: Library, seed: int, workers: int, store: Store | None = None) -> None:
        self.library = library
        self.seed = seed
        self.plan: Plan = plan_of(library)
        self.store = store
        # a preview never stands in line behind runs that nobody waits for any more
        self._pools = {
            lasting: ThreadPoolExecutor(workers, thread_name_prefix="explorer") for lasting in (False, True)
        }
        self._resolved: OrderedDict[Settings, Resolved] = OrderedDict()
        self._made: OrderedDict[Settings, dict[int, _Run]] = OrderedDict()
        self.stored: set[tuple[Settings, int]] = set()
        self._writing: set[Future[None]] = set()

    def resolve(self, settings: Settings) -> Resolved:
        """Return the scenario of some settings; raises `InputErrors` where they are not allowed."""
        if settings not in self._resolved:
            self._resolved[settings] = self.library.resolve(PLAN, lines(settings, self.plan))
            while len(self._resolved) > RESOLVED:
                self._resolved.popitem(last=False)
        return self._resolved[settings]

    async def compare(
        self, settings: Settings, runs: int, lasting: bool = True, kept: bool = True
    ) -> Compared:
        """Return the settings' world beside its base's; see `pair`."""
        return await self.pair(base_of(settings, self.plan.settings), settings, runs, lasting, kept)

    async def pair(
        self, base: Settings, other: Settings, runs: int, lasting: bool = True, kept: bool = True
    ) -> Compared:
        """Return two settings' worlds beside one another, over runs 0 to `runs` - 1.

        Runs that are held are not made again. When the caller is cancelled, what has not begun is dropped.

        Parameters
        ----------
        base, other : Settings
            Of the same period.
        runs : int
        lasting : bool
            Whether the hand has come to rest on it: a preview never stands in line behind such runs.
        kept : bool
            Whether lasting runs go to the store already now; it takes a tenth of the time to make them.
        """
        sides = (base, other)
        resolved = [self.resolve(side) for side in sides]
        scenarios = {side: found.scenario for side, found in zip(sides, resolved, strict=True)}
        loop, pool = asyncio.get_running_loop(), self._pools[lasting]
        wanted = [
            (side, run) for run in range(runs) for side in scenarios if run not in self._made.get(side, {})
        ]
        work = [
            loop.run_in_executor(pool, self._read_or_cut, side, scenarios[side], run) for side, run in wanted
        ]
        for (side, run), one in zip(wanted, work, strict=True):
            one.add_done_callback(partial(self._take, side, run))
        await asyncio.gather(*work)
        if lasting and kept:
            self._keep(scenarios, runs)
        both = [[self._made[side][run] for run in range(runs)] for side in sides]
        for side in sides:
            self._made.move_to_end(side)
        self._forget()
        return _compared(self.seed, other, resolved[0], resolved[1], both)

    def _take(self, settings: Settings, run: int, done: asyncio.Future[tuple[_Run, bool]]) -> None:
        """Hold a run that is ready, though its caller may have been cancelled meanwhile."""
        if done.cancelled() or done.exception() is not None:
            return
        made, stored = done.result()
        self._made.setdefault(settings, {})[run] = made
        if stored:
            self.stored.add((settings, run))

    def _read_or_cut(self, settings: Settings, scenario: Scenario, run: int) -> tuple[_Run, bool]:
        """Return one run, and whether it is from the store."""
        values, stored = self.read_or_make(scenario, settings.starts, run)
        return _cut(values, cube_axes(scenario)), stored

    def read_or_make(self, scenario: Scenario, starts: date, run: int) -> tuple[NDArray[np.float64], bool]:
        """Return one run's values, and whether they are from the store; for a thread."""
        if self.store is not None:
            origin = origin_of(scenario, self.seed, policy_from=starts)
            values = self.store.read(origin, run, cube_axes(scenario).shape)
            if values is not None:
                return values, True
        history = simulate(scenario, run, self.seed)
        return measure(scenario, history, policy_from=starts).values, False

    def write(self, scenario: Scenario, starts: date, run: int, values: NDArray[np.float64]) -> None:
        """Keep one run in the store, where there is one; for a thread."""
        if self.store is not None:
            origin = origin_of(scenario, self.seed, policy_from=starts)
            self.store.write(
                origin, run, values, {"scenario": scenario.name, "axes": cube_axes(scenario).keys}
            )

    def submit(self, work: Callable[..., Made], *given: object) -> asyncio.Future[Made]:
        """Let a thread do something that the hand has come to rest on."""
        return asyncio.get_running_loop().run_in_executor(self._pools[True], work, *given)

    def _keep(self, scenarios: dict[Settings, Scenario], runs: int) -> None:
        """Send to the store, without waiting, what it has not."""
        if self.store is None:
            return
        for settings, scenario in scenarios.items():
            for run in range(runs):
                if (settings, run) not in self.stored:
                    self.stored.add((settings, run))
                    values = self._made[settings][run].values
                    writing = self._pools[True].submit(self.write, scenario, settings.starts, run, values)
                    self._writing.add(writing)
                    writing.add_done_callback(self._writing.discard)

    def _forget(self) -> None:
        """Let go of what was used least lately; the two latest stay, however large they are."""
        size = sum(run.values.nbytes for runs in self._made.values() for run in runs.values())
        while size > ROOM and len(self._made) > 2:
            settings, gone = self._made.popitem(last=False)
            size -= sum(run.values.nbytes for run in gone.values())
            self.stored -= {(settings, run) for run in gone}

    async def written(self) -> None:
        """Wait until the store has all that was sent to it."""
        await asyncio.gather(*(asyncio.wrap_future(writing) for writing in tuple(self._writing)))

    def close(self) -> None:
        """Let the threads end; what has not begun is dropped."""
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)


def compared(
    seed: int, settings: Settings, base: Resolved, other: Resolved, values: NDArray[np.float64]
) -> Compared:
    """Cut what the explorer shows out of two worlds' runs.

    Parameters
    ----------
    seed : int
    settings : Settings
        The other world's.
    base, other : Resolved
    values : float64[scenario, run, measure, period, centre, segment]
        On the axes of `sim.experiment.run.cube_axes`.
    """
    axes = cube_axes(base.scenario)
    both = [[_cut(one, axes) for one in side] for side in values]
    return _compared(seed, settings, base, other, both)


@dataclass(frozen=True)
class _Run:
    """One world's run, and cut out of it what is shown.

    Attributes
    ----------
    values : float64[measure, period, centre, segment]
        All of it, as the store keeps it.
    shown : float64[measure, period, centre, segment]
        Of years and the whole period.
    posts : float64[month, centre]
    stages : float64[stage, month, centre, segment]
    """

    values: NDArray[np.float64]
    shown: NDArray[np.float64]
    posts: NDArray[np.float64]
    stages: NDArray[np.float64]


def _cut(values: NDArray[np.float64], axes: Axes) -> _Run:
    """Cut what is shown out of a run; where it was made, so that the page's own thread need not."""
    keys = [measure.key for measure in axes.measures]
    shown, monthly = _periods(axes)
    return _Run(
        values,
        values[:, shown],
        values[keys.index("posts"), :, :-1, -1][monthly],
        values[[keys.index(key) for key in STAGES]][:, monthly],
    )


def _periods(axes: Axes) -> tuple[list[int], list[int]]:
    """Return the places of years and the whole, and of months."""
    kinds = [period.kind for period in axes.periods]
    return (
        [number for number, kind in enumerate(kinds) if kind in KINDS],
        [number for number, kind in enumerate(kinds) if kind == "month"],
    )


def _compared(
    seed: int, settings: Settings, base: Resolved, other: Resolved, both: Sequence[Sequence[_Run]]
) -> Compared:
    """Put two worlds' runs together."""
    axes = cube_axes(base.scenario)
    shown, monthly = _periods(axes)
    results = Results(
        names=(BASE, OTHER),
        values=np.array([[run.shown for run in runs] for runs in both]),
        measures=axes.measures,
        periods=tuple(axes.periods[number] for number in shown),
        centres=axes.centres,
        segments=axes.segments,
        seed=seed,
    )
    posts = [
        posts_by_role(side.scenario, np.mean([run.posts for run in runs], axis=0))
        for side, runs in zip((base, other), both, strict=True)
    ]
    return Compared(
        settings,
        base,
        other,
        results,
        np.array(posts),
        np.array([[run.stages for run in runs] for runs in both]),
        tuple(axes.periods[number] for number in monthly),
    )


def posts_by_role(scenario: Scenario, posts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Split a centre's posts over its roles, and take the mean over the months.

    When staff follows the cases, all roles of a centre grow and shrink alike: they keep the proportions of
    the posts given. A centre that was given none has the City's.

    Parameters
    ----------
    scenario : Scenario
    posts : float64[month, centre]

    Returns
    -------
    float64[centre, role]
    """
    found: NDArray[np.float64] = (posts[:, :, None] * _mix(scenario)).mean(axis=0)
    return found


@lru_cache(maxsize=64)
def _mix(scenario: Scenario) -> NDArray[np.float64]:
    """Return the share of each role in a centre's posts, float64[month, centre, role]."""
    by_office, centre = office_posts(scenario), office_centre(scenario)
    months, _, roles = by_office.shape
    given = np.zeros((months, len(scenario.keys("organisation.centres")), roles))
    for office, where in enumerate(centre):
        given[:, where] += by_office[:, office]
    city = given.sum(axis=1, keepdims=True)
    given = np.where(given.sum(axis=2, keepdims=True) > 0.0, given, city)
    whole = given.sum(axis=2, keepdims=True)
    mix: NDArray[np.float64] = given / np.where(whole > 0.0, whole, 1.0)
    return mix
