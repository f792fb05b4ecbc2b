"""A forecast that is frozen before it is compared, and its score afterwards.

Each draw's own world, the one that agreed with what was used to calibrate, is simulated on to the end of the
scenario. The forecast is written with a record of what it is bound to: every target with its role, and the
draws. Where one of those has changed since, the forecast is void, and a comparison with it says so.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.experiment.run import cube_axes
from sim.inference.quantities import inside
from sim.inference.worlds import Progress, World, read_worlds
from sim.parameters import Scenario
from sim.parameters.ensembles import Kept
from sim.parameters.studies import Study
from sim.parameters.targets import Target, Targets, Term

Array = NDArray[np.float64]

LEVELS = (0.50, 0.80, 0.95)

YEARLY: Mapping[str, Literal["flow", "share"]] = {
    "aspirants_year": "flow",
    "self_support_share_year": "share",
}
"""Measures that are followed year by year, and what sort of quantity each is."""

Void = Literal[
    "role-changed", "target-changed", "target-gone", "target-to-fit", "draws-changed", "forecast-changed"
]


@dataclass(frozen=True)
class Forecast:
    """What each draw's own world goes on to.

    Attributes
    ----------
    columns : tuple of str
        Keys of targets, then ``MEASURE:YEAR`` for every year.
    found : float64[draw, column]
    """

    columns: tuple[str, ...]
    found: Array

    def column(self, key: str) -> Array:
        """One column, float64[draw]."""
        return self.found[:, self.columns.index(key)]

    @property
    def digest(self) -> str:
        """The sha256 of columns and numbers."""
        text = json.dumps([list(self.columns), self.found.tolist()], separators=(",", ":"))
        return hashlib.sha256(text.encode("ascii")).hexdigest()


@dataclass(frozen=True)
class Record:
    """What a forecast is bound to.

    Attributes
    ----------
    targets : mapping of str to str
        By target, a digest of all that a comparison depends on, its role included.
    roles : mapping of str to str
    ensemble, forecast : str
        Digests.
    """

    targets: Mapping[str, str]
    roles: Mapping[str, str]
    ensemble: str
    forecast: str


@dataclass(frozen=True)
class Change:
    """One thing that has changed since a forecast was frozen; it makes the forecast void."""

    rule: Void
    key: str = ""


@dataclass(frozen=True)
class Score:
    """One target beside what was forecast.

    Attributes
    ----------
    target : Target
    median : float
    intervals : mapping of float to (float, float)
        By level.
    holds : mapping of float to bool
        Whether the interval and what was observed, with its error of measurement, meet.
    agreeing : float
        Share of the draws within the target's tolerance.
    miss : float
        How far the median lies outside what was observed; 0 inside.
    naive : mapping of str to float
        Forecasts that know no model: see `naive_forecasts`. Empty for targets that were fitted.
    naive_misses : mapping of str to float
    later : bool
        Whether the target was added after the forecast was frozen.
    """

    target: Target
    median: float
    intervals: Mapping[float, tuple[float, float]]
    holds: Mapping[float, bool]
    agreeing: float
    miss: float
    naive: Mapping[str, float]
    naive_misses: Mapping[str, float]
    later: bool


def yearly(scenario: Scenario) -> tuple[Target, ...]:
    """People and their share to self-support in every year, as quantities to be read."""
    years = [period.key for period in cube_axes(scenario).periods if period.kind == "year"]
    return tuple(
        Target(
            key=f"{measure}:{year}",
            sort=sort,
            counts="people",
            terms=(Term(measures=(measure,), period=year),),
            low=-math.inf,
            high=math.inf,
            error=0.0,
            tolerance=0.0,
            role="bound",
            grade="none",
            sources=(),
        )
        for measure, sort in YEARLY.items()
        for year in years
    )


def forecast(study: Study, kept: Kept, jobs: int | None = None, progress: Progress | None = None) -> Forecast:
    """Simulate each draw's own world to the end of the study's scenario."""
    asked = (*inside(study.targets.targets, cube_axes(study.scenario)), *yearly(study.scenario))
    found = read_worlds(_worlds(study, kept, range(len(kept.runs))), asked, jobs, progress)
    return Forecast(tuple(t.key for t in asked), found)


def stale(
    study: Study, kept: Kept, found: Forecast, draws: Sequence[int], jobs: int | None = None
) -> tuple[int, ...]:
    """Draws whose own world no longer gives what was recorded: the model or its data have changed since.

    Parameters
    ----------
    study : Study
    kept : Kept
    found : Forecast
        As recorded; only what it says of the study's targets and years is run again.
    draws : sequence of int
        Which to run again.
    jobs : int, optional

    Returns
    -------
    tuple of int
        None of them: the ensemble still is what the model makes of it.
    """
    asked = tuple(
        target
        for target in (*inside(study.targets.targets, cube_axes(study.scenario)), *yearly(study.scenario))
        if target.key in found.columns
    )
    again = read_worlds(_worlds(study, kept, draws), asked, jobs)
    recorded = found.found[np.ix_(list(draws), [found.columns.index(target.key) for target in asked])]
    same = np.isclose(again, recorded, rtol=1e-9, atol=0.0)
    return tuple(draw for draw, cells in zip(draws, same, strict=True) if not cells.all())


def _worlds(study: Study, kept: Kept, draws: Sequence[int]) -> list[World]:
    """Each draw's own world, to the end of the study's scenario."""
    return [
        World(kept.ensemble.lay(study.scenario, draw), int(kept.runs[draw]), study.seed) for draw in draws
    ]


def freeze(targets: Targets, kept: Kept, found: Forecast) -> Record:
    """What a forecast is bound to."""
    return Record(
        targets=targets.roles,
        roles={target.key: target.role for target in targets.targets},
        ensemble=kept.ensemble.digest,
        forecast=found.digest,
    )


def changes(record: Record, targets: Targets, kept: Kept, found: Forecast) -> tuple[Change, ...]:
    """What makes a frozen forecast void; nothing where it still stands.

    A target that is new, and that is not fitted, leaves it standing: it was not seen by the draws.
    """
    return tuple(_changes(record, targets, kept, found))


def _changes(record: Record, targets: Targets, kept: Kept, found: Forecast) -> Iterator[Change]:
    now = {target.key: target for target in targets.targets}
    for key, digest in record.targets.items():
        if key not in now:
            yield Change("target-gone", key)
        elif now[key].role != record.roles[key]:
            yield Change("role-changed", key)
        elif now[key].digest != digest:
            yield Change("target-changed", key)
    for key, target in now.items():
        if key not in record.targets and target.role == "calibrate":
            yield Change("target-to-fit", key)
    if kept.ensemble.digest != record.ensemble:
        yield Change("draws-changed")
    if found.digest != record.forecast:
        yield Change("forecast-changed")


def score(record: Record, targets: Targets, found: Forecast) -> tuple[Score, ...]:
    """Every target that the forecast has a column for, or that its years give, beside what was forecast."""
    naive = naive_forecasts(targets)
    return tuple(
        _score(target, values, naive.get(target.key, {}), target.key not in record.targets)
        for target in targets.targets
        if (values := _column(target, found)) is not None
    )


def _column(target: Target, found: Forecast) -> Array | None:
    if target.key in found.columns:
        return found.column(target.key)
    # one that was added later, about a measure that is followed year by year
    if len(target.terms) == 1 and len(target.terms[0].measures) == 1 and target.terms[0].times == 1.0:
        term = target.terms[0]
        key = f"{term.measures[0]}:{term.period}"
        if key in found.columns and (term.centre, term.segment) == ("all", "all"):
            return found.column(key)
    return None


def _score(target: Target, values: Array, naive: Mapping[str, float], later: bool) -> Score:
    intervals = {
        level: (
            float(np.quantile(values, (1.0 - level) / 2.0)),
            float(np.quantile(values, (1.0 + level) / 2.0)),
        )
        for level in LEVELS
    }
    low, high = target.accepted
    median = float(np.median(values))
    return Score(
        target=target,
        median=median,
        intervals=intervals,
        holds={
            level: lower <= target.high + target.error and upper >= target.low - target.error
            for level, (lower, upper) in intervals.items()
        },
        agreeing=float(((values >= low) & (values <= high)).mean()),
        miss=_miss(median, target),
        naive=dict(naive),
        naive_misses={name: _miss(value, target) for name, value in naive.items()},
        later=later,
    )


def _miss(value: float, target: Target) -> float:
    return value - target.high if value > target.high else min(0.0, value - target.low)


NAIVE = ("last", "trend", "unchanged")


def naive_forecasts(targets: Targets) -> dict[str, dict[str, float]]:
    """Forecasts that know no model, from what was used to calibrate alone.

    - *last*: the latest figure of the same measure goes on;
    - *trend*: a straight line by least squares through those figures;
    - *unchanged*: the first figure goes on. The stock was observed once, in 2007: with that stock and the
      turnover of 2008, the people in a year stay those of 2008.

    A range stands as its middle.

    Returns
    -------
    dict of str to dict
        By target that is not fitted and is about one measure in one year.
    """
    known: dict[tuple[str, ...], list[tuple[float, float]]] = {}
    for target in targets.of_role("calibrate"):
        at = _year_of(target)
        if at is not None:
            known.setdefault(target.terms[0].measures, []).append((at, (target.low + target.high) / 2.0))
    found = {}
    for target in targets.of_role("hold-out", "bound"):
        at = _year_of(target)
        points = sorted(known.get(target.terms[0].measures, []))
        if at is None or len(points) < 2:
            continue
        years, values = (np.array(part) for part in zip(*points, strict=True))
        slope, level = np.polyfit(years - years[-1], values, 1)
        found[target.key] = {
            "last": float(values[-1]),
            "trend": float(level + slope * (at - years[-1])),
            "unchanged": float(values[0]),
        }
    return found


def _year_of(target: Target) -> float | None:
    """The year of a target that is about one measure in one year."""
    if len(target.terms) > 1 or target.terms[0].period is None or len(target.terms[0].period) != 4:
        return None
    return float(target.terms[0].period)
