"""Posts that keep a promise of waits: searched for centre by centre, and confirmed by running the answer.

A promise is about a run: that in it the mean wait, and the wait that nine in ten stay under, are no longer
than so many days. It is kept with a probability when it holds in that share of the runs. Every candidate is
tried on the same runs (the same people with the same thresholds), so that more posts differ from fewer in
nothing but the posts.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.experiment.engine import Engine
from sim.experiment.errors import ExperimentError
from sim.experiment.results import ALL, TOTAL
from sim.experiment.run import Progress, cube_axes, each_run, reported_periods
from sim.experiment.store import Store
from sim.flow.policy import caseworker_roles
from sim.parameters import Scenario
from sim.parameters.scenario import Steps

POSTS, FACTOR, MODE = "staff.posts", "staff.factor", "levers.staffing_mode"
Until = Literal["plan", "caseworker"]
WAITS: dict[Until, tuple[str, str]] = {
    "plan": ("plan_days", "plan_days_p90"),
    "caseworker": ("wait_days", "wait_days_p90"),
}
"""The measures behind a promise: the mean wait, and what nine in ten wait at most."""
STEP = 0.5
"""Posts are tried in halves, as the plan has them."""
MOST = 16.0
"""No more than so many times the posts given (at least one) are tried at a centre."""
TRIES = 20
"""Half posts that may be added when centres turn out not to be independent."""


@dataclass(frozen=True)
class Promise:
    """What waits stay under, and how surely.

    Attributes
    ----------
    mean_days, p90_days : float or None
        Days from enrolment: the mean of a run, and what nine in ten of its people wait at most. None: no
        promise.
    probability : float
        Share of the runs in which the promise holds.
    until : {"plan", "caseworker"}
        What the days lead to: an approved plan (queue, assessment and approval), or a caseworker (queue).
    """

    mean_days: float | None
    p90_days: float | None
    probability: float = 0.9
    until: Until = "plan"

    def __post_init__(self) -> None:
        if self.mean_days is None and self.p90_days is None:
            raise ExperimentError("nothing-promised")
        for days in (self.mean_days, self.p90_days):
            if days is not None and not days >= 0.0:
                raise ExperimentError("bad-days", found=days)
        if not 0.0 < self.probability <= 1.0:
            raise ExperimentError("bad-probability", found=self.probability)

    def holds(self, waits: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether it holds in each run at each centre: bool[run, centre].

        Parameters
        ----------
        waits : float64[run, 2, centre]
            Mean and nine-in-ten wait; NaN where nobody enrolled, which breaks no promise.
        """
        held = np.ones((len(waits), waits.shape[2]), dtype=np.bool_)
        for position, days in enumerate((self.mean_days, self.p90_days)):
            if days is not None:
                held &= ~(waits[:, position] > days)
        return held

    def kept(self, waits: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether enough runs hold at each centre: bool[centre]."""
        kept: NDArray[np.bool_] = self.holds(waits).sum(axis=0) >= self.probability * len(waits) - 1e-9
        return kept


@dataclass(frozen=True)
class Tried:
    """What one number of posts at each centre came to.

    Attributes
    ----------
    posts : float64[centre]
    waits : float64[run, 2, centre]
        Mean and nine-in-ten wait in days.
    """

    posts: NDArray[np.float64]
    waits: NDArray[np.float64]


@dataclass(frozen=True)
class NeededPosts:
    """The fewest posts that keep a promise.

    Attributes
    ----------
    promise : Promise
    centres, roles : tuple of str
    caseworker : bool[role]
        Whether a role's posts are caseworkers.
    given : float64[centre, role]
        Posts in the scenario's first month.
    posts : float64[centre, role]
        Posts needed, in the mix of those given.
    reached : bool[centre]
        Whether any number tried keeps the promise; where not, `posts` are the most tried.
    tightest : bool[centre]
        Whether half a post less at every centre breaks the promise here.
    answer, fewer, fresh : Tried
        The answer's runs, those with half a post less, and the answer in as many runs that the search did not
        see.
    runs, seed : int
    """

    promise: Promise
    centres: tuple[str, ...]
    roles: tuple[str, ...]
    caseworker: NDArray[np.bool_]
    given: NDArray[np.float64]
    posts: NDArray[np.float64]
    reached: NDArray[np.bool_]
    tightest: NDArray[np.bool_]
    answer: Tried
    fewer: Tried
    fresh: Tried
    runs: int
    seed: int

    @property
    def caseworkers(self) -> NDArray[np.float64]:
        """Caseworkers needed, float64[centre]."""
        found: NDArray[np.float64] = self.posts @ self.caseworker
        return found

    def held(self, tried: Tried) -> NDArray[np.int64]:
        """In how many of the runs the promise holds, int64[centre]."""
        return np.asarray(self.promise.holds(tried.waits).sum(axis=0), dtype=np.int64)


def needed_posts(
    scenario: Scenario,
    promise: Promise,
    runs: int,
    seed: int,
    jobs: int | None = None,
    engine: Engine = "compiled",
    progress: Progress | None = None,
    report_from: date | None = None,
    store: Store | None = None,
) -> NeededPosts:
    """Find the fewest posts at each centre that keep a promise of waits.

    Staff is given and the same in all months; roles keep the mix that each centre has in the scenario's first
    month. All centres are searched at once, each by bisection between a number that fails and one that
    keeps the promise. The answer is then run as a whole, with half a post less, and in fresh runs.

    Parameters
    ----------
    scenario : Scenario
    promise : Promise
    runs : int
        Runs behind every number tried, from 2.
    seed, jobs, engine
        As for `run_scenarios`.
    progress : callable, optional
        Called with rounds done and a bound of the rounds in all.
    report_from : date, optional
        First date of the enrolments that count; the scenario's start by default.
    store : Store, optional
        Where runs are taken from that were made before, and kept: a search that was stopped goes on there.

    Raises
    ------
    ExperimentError
        If something asked for can't be done.
    """
    if runs < 2:
        raise ExperimentError("too-few-runs", found=runs, least=2)
    reported_periods(scenario, report_from)
    given = _given(scenario)
    trial = _Trial(scenario, given, promise, runs, seed, jobs, engine, report_from, progress, store)
    high = np.ceil(given.sum(axis=1) / STEP)
    most = np.maximum(high, 1.0 / STEP) * MOST
    kept = promise.kept(trial(high).waits)
    low = np.where(kept, -1.0, high)  # the most half posts known to fail; -1: none is known to
    while not (settled := kept | (high >= most)).all():
        high = np.where(settled, high, np.minimum(np.maximum(2.0 * high, 1.0), most))
        kept = kept | promise.kept(trial(high).waits)
        low = np.where(kept, low, high)
    reached = kept
    low = np.where(reached, low, high - 1.0)
    while (high - low > 1.0).any():
        middle = np.where(high - low > 1.0, np.floor((low + high) / 2.0), high)
        enough = promise.kept(trial(middle).waits)
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
        low = np.minimum(low, high - 1.0)
    answer = trial(high)
    for _ in range(TRIES):  # where centres share something, the whole may need more than its parts
        broken = reached & ~promise.kept(answer.waits)
        if not broken.any():
            break
        high = high + broken
        answer = trial(high)
    fewer = trial(np.maximum(high - 1.0, 0.0))
    return NeededPosts(
        promise=promise,
        centres=scenario.keys("organisation.centres"),
        roles=scenario.keys("organisation.roles"),
        caseworker=caseworker_roles(scenario) > 0.0,
        given=given,
        posts=_in_mix(given, high * STEP),
        reached=reached & promise.kept(answer.waits),
        tightest=(high == 0.0) | ~promise.kept(fewer.waits),
        answer=answer,
        fewer=fewer,
        fresh=trial(high, first=runs),
        runs=runs,
        seed=seed,
    )


def with_posts(scenario: Scenario, posts: NDArray[np.float64]) -> Scenario:
    """Return a scenario with these posts in all months, staff given and not scaled.

    Parameters
    ----------
    scenario : Scenario
    posts : float64[centre, role]
    """
    centres, roles = scenario.keys("organisation.centres"), scenario.keys("organisation.roles")
    table = scenario.table(POSTS)
    rows = [
        (scenario.start, centre, role, float(posts[c, r]))
        for c, centre in enumerate(centres)
        for r, role in enumerate(roles)
    ]
    columns = dict(zip(("from", "centre", "role", "value"), zip(*rows, strict=True), strict=True))
    values = {
        **scenario.values,
        POSTS: replace(table, columns=columns),
        FACTOR: Steps((None,), (1.0,), hold=True),
        MODE: Steps((None,), ("given",), hold=True),
    }
    return Scenario(scenario.name, scenario.start, scenario.months, values)


def _given(scenario: Scenario) -> NDArray[np.float64]:
    """Return the posts of the first month, float64[centre, role]."""
    centres, roles = scenario.keys("organisation.centres"), scenario.keys("organisation.roles")
    given: NDArray[np.float64] = scenario.dated_array(POSTS, centres, roles)[0] * scenario.series(FACTOR)[0]
    return given


def _in_mix(given: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return posts by role in the mix of those given; a centre without any takes the city's."""
    totals, city = given.sum(axis=1, keepdims=True), given.sum(axis=0)
    even = np.full(given.shape[1], 1.0 / given.shape[1])
    spare = city / city.sum() if city.sum() > 0.0 else even
    mix = np.where(totals > 0.0, given / np.where(totals > 0.0, totals, 1.0), spare)
    posts: NDArray[np.float64] = mix * whole[:, None]
    return posts


class _Trial:
    """Runs numbers of posts; remembers how many rounds were made."""

    def __init__(
        self,
        scenario: Scenario,
        given: NDArray[np.float64],
        promise: Promise,
        runs: int,
        seed: int,
        jobs: int | None,
        engine: Engine,
        report_from: date | None,
        progress: Progress | None,
        store: Store | None,
    ) -> None:
        self._scenario, self._given = scenario, given
        self._runs, self._seed, self._engine, self._report_from = runs, seed, engine, report_from
        self._jobs, self._progress, self._store = jobs, progress, store
        axes = cube_axes(scenario, report_from).keys
        total, everybody = axes["period"].index(TOTAL), axes["segment"].index(ALL)
        measures = [axes["measure"].index(key) for key in WAITS[promise.until]]
        self._waits = np.ix_(measures, [total], range(len(axes["centre"]) - 1), [everybody])
        self._rounds = 0
        # doubling to the most, halving down to one, and the three at the end
        self._most = (
            int(np.log2(MOST) + np.ceil(np.log2(max(given.sum(axis=1).max() / STEP * MOST, 2.0)))) + 4
        )

    def __call__(self, halves: NDArray[np.float64], first: int = 0) -> Tried:
        if self._progress is not None:
            self._progress(min(self._rounds, self._most), self._most)
        self._rounds += 1
        posts = halves * STEP
        scenario = with_posts(self._scenario, _in_mix(self._given, posts))
        made = each_run(
            [scenario],
            range(first, first + self._runs),
            self._seed,
            self._jobs,
            self._engine,
            report_from=self._report_from,
            store=self._store,
        )
        waits = np.empty((self._runs, 2, len(posts)))
        with closing(made):
            for _, run, cube in made:
                waits[run - first] = cube[self._waits][:, 0, :, 0]
        return Tried(posts, waits)
