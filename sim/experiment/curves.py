"""How an answer moves when one uncertain thing moves: a difference at each of several points.

One number decides more than all others here, how strongly the pace of exits answers to the caseload, and
nobody knows it well. So an answer is shown as a curve over it, with the point at which the answer turns.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sim.experiment.differences import Difference, paired_difference
from sim.experiment.engine import Engine
from sim.experiment.errors import ExperimentError
from sim.experiment.results import ALL, TOTAL
from sim.experiment.run import Progress, counted_on, run_scenarios
from sim.experiment.statistics import t_quantile
from sim.experiment.store import Store
from sim.parameters import Scenario

Settings = tuple[str, ...]
Resolve = Callable[[str, Settings], Scenario]
"""From a scenario's name and settings to its values: what a library of parameters does."""

ELASTICITY = "exits.elasticity"
ANCHOR = ("work", "near")
"""The row by which the elasticities are named: work, near the labour market."""


@dataclass(frozen=True)
class Point:
    """One place on a curve.

    Attributes
    ----------
    label : str
        What the point is called in tables.
    settings : tuple of str
        ``KEY=VALUE``, laid on both scenarios.
    x : float or None
        Where it stands on the axis; None for a point beside the curve.
    """

    label: str
    settings: Settings
    x: float | None


@dataclass(frozen=True)
class Measured:
    """A point with its answer.

    Attributes
    ----------
    point : Point
    difference : Difference
        Other scenario minus base.
    each : float64[run]
        The difference in each run.
    """

    point: Point
    difference: Difference
    each: NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """Differences in one measure over the points, in their order."""

    varied: str
    base: str
    other: str
    measure: str
    period: str
    centre: str
    segment: str
    level: float
    points: tuple[Measured, ...]

    def rows(self) -> Iterator[dict[str, object]]:
        """Tidy rows, one for each point; a point beside the curve has no `x`."""
        for measured in self.points:
            found = measured.difference
            row: dict[str, object] = {
                "varied": self.varied,
                "point": measured.point.label,
                "base": self.base,
                "scenario": self.other,
                "measure": self.measure,
                "period": self.period,
                "centre": self.centre,
                "segment": self.segment,
                "mean": found.mean,
                "lower": found.lower,
                "upper": found.upper,
                "level": found.level,
                "runs": found.runs,
                "verdict": found.verdict,
            }
            if measured.point.x is not None:
                row["x"] = measured.point.x
            yield row


@dataclass(frozen=True)
class BreakEven:
    """Where the mean difference passes zero.

    Attributes
    ----------
    x : float
        By linear interpolation between the points on either side.
    lower, upper : float or None
        The stretch around `x` on which the difference can't be told from zero; None where that stretch goes
        on beyond the points tried.
    level : float
    """

    x: float
    lower: float | None
    upper: float | None
    level: float


def elasticity_points(scenario: Scenario, values: Sequence[float]) -> tuple[Point, ...]:
    """Points at which the elasticity of work near the labour market has the given sizes.

    All rows of the table keep their proportions to that one.

    Parameters
    ----------
    scenario : Scenario
        Whose elasticities are scaled.
    values : sequence of float
        Sizes, stored positive: 0.15 means that pace falls as caseload to the power 0.15.
    """
    table = scenario.table(ELASTICITY)
    sizes = {(str(row["destination"]), str(row["needs"])): float(row["value"]) for row in table.rows()}
    if sizes[ANCHOR] == 0.0:
        raise ExperimentError("zero-anchor")
    return tuple(
        Point(
            label=f"{value:g}",
            settings=tuple(
                f"{ELASTICITY}[{destination},{needs}]={size * value / sizes[ANCHOR]!r}"
                for (destination, needs), size in sizes.items()
            ),
            x=float(value),
        )
        for value in values
    )


def waiting_pace_points(values: Sequence[float]) -> tuple[Point, ...]:
    """Points at which those who wait leave at the given shares of the usual pace; last the central one.

    The central assumption, pace by load, differs between clocks and needs, so it stands beside the curve.
    """
    fixed = tuple(
        Point(
            label=f"{value:g}",
            settings=("exits.waiting_pace_mode=fixed", f"exits.waiting_pace={float(value)!r}"),
            x=float(value),
        )
        for value in values
    )
    return (*fixed, Point("by_load", ("exits.waiting_pace_mode=by_load",), None))


def number_points(key: str, values: Sequence[float]) -> tuple[Point, ...]:
    """Points at which one number, or every row of one table, has the given values."""
    return tuple(Point(f"{value:g}", (f"{key}={float(value)!r}",), float(value)) for value in values)


def row_points(key: str, rows: Sequence[Sequence[str]], values: Sequence[float]) -> tuple[Point, ...]:
    """Points at which the named rows of one table, and no others, have the given values."""
    return tuple(
        Point(f"{value:g}", tuple(f"{key}[{','.join(row)}]={float(value)!r}" for row in rows), float(value))
        for value in values
    )


def curve(
    resolve: Resolve,
    base: str,
    other: str,
    points: Sequence[Point],
    runs: int,
    seed: int,
    varied: str,
    measure: str = "net_cost",
    period: str = TOTAL,
    centre: str = ALL,
    segment: str = ALL,
    level: float = 0.90,
    settings: Settings = (),
    jobs: int | None = None,
    engine: Engine = "compiled",
    progress: Progress | None = None,
    report_from: date | None = None,
    policy_from: date | None = None,
    store: Store | None = None,
) -> Curve:
    """Difference between two scenarios at each point.

    The point's settings are laid on both scenarios: a number that nobody can set is the same in both worlds.

    Parameters
    ----------
    resolve : callable
        From a scenario's name and settings to its values.
    base, other : str
        Names of scenarios.
    points : sequence of Point
    runs, seed, jobs, engine
        As for `run_scenarios`.
    varied : str
        What is varied; goes into the rows.
    measure, period, centre, segment : str
        The cell of which the difference is taken.
    level : float
    settings : tuple of str
        ``KEY=VALUE`` for every point, laid before the point's own.
    progress : callable, optional
        Called with runs done and runs in all, over all points.
    report_from, policy_from, store
        As for `run_scenarios`.

    Raises
    ------
    ExperimentError
        If the cell is not defined, or something asked for can't be done.
    InputErrors
        If a setting is not allowed.
    """
    (found,) = curves(
        *(resolve, base, other, points, runs, seed, varied, measure, (period,), centre, segment),
        *(level, settings, jobs, engine, progress, report_from, policy_from, store),
    )
    return found


def curves(
    resolve: Resolve,
    base: str,
    other: str,
    points: Sequence[Point],
    runs: int,
    seed: int,
    varied: str,
    measure: str,
    periods: Sequence[str],
    centre: str = ALL,
    segment: str = ALL,
    level: float = 0.90,
    settings: Settings = (),
    jobs: int | None = None,
    engine: Engine = "compiled",
    progress: Progress | None = None,
    report_from: date | None = None,
    policy_from: date | None = None,
    store: Store | None = None,
) -> tuple[Curve, ...]:
    """As `curve`, one for each of several periods, all of them from the same runs."""
    # All points are resolved first, so that a bad one is found before the hours of work.
    pairs = [tuple(resolve(name, (*settings, *point.settings)) for name in (base, other)) for point in points]
    total = 2 * runs * len(points)
    measured: dict[str, list[Measured]] = {period: [] for period in periods}
    for number, (point, pair) in enumerate(zip(points, pairs, strict=True)):
        part = counted_on(progress, 2 * runs * number, total)
        results = run_scenarios(pair, runs, seed, jobs, engine, part, report_from, policy_from, store)
        for period, line in measured.items():
            before = results.cell(base, measure, period, centre, segment)
            after = results.cell(other, measure, period, centre, segment)
            found = paired_difference(before, after, level)
            if found is None:
                raise ExperimentError(
                    "undefined-cell", measure=measure, period=period, centre=centre, segment=segment
                )
            line.append(Measured(point, found, after - before))
    return tuple(
        Curve(varied, base, other, measure, period, centre, segment, level, tuple(line))
        for period, line in measured.items()
    )


def break_even(curve: Curve) -> tuple[BreakEven, ...]:
    """Every place where the mean curve passes zero, with the stretch on which it can't be told from zero.

    Between two points each run's difference is interpolated in a straight line, so mean and spread there are
    known exactly and the stretch needs no second simulation: it is where the t-interval of the interpolated
    difference holds zero (Fieller's construction).
    """
    line = sorted((m for m in curve.points if m.point.x is not None), key=lambda m: _x(m.point))
    if len(line) < 2:
        raise ExperimentError("too-few-points", found=len(line), least=2)
    stretches = _open_stretches(line, curve.level)
    return tuple(
        BreakEven(x, *_around(x, stretches, _x(line[0].point), _x(line[-1].point)), curve.level)
        for x in _crossings(line)
    )


def _x(point: Point) -> float:
    assert point.x is not None
    return point.x


def _crossings(line: Sequence[Measured]) -> Iterator[float]:
    for left, right in pairwise(line):
        a, b = left.difference.mean, right.difference.mean
        if a == 0.0 and b != 0.0:
            yield _x(left.point)
        elif a * b < 0.0:
            yield _x(left.point) + (_x(right.point) - _x(left.point)) * a / (a - b)
    if line[-1].difference.mean == 0.0 and line[-2].difference.mean != 0.0:
        yield _x(line[-1].point)


def _open_stretches(line: Sequence[Measured], level: float) -> list[tuple[float, float]]:
    """The stretches of the axis, joined and in order, on which the interval of the difference holds zero."""
    found: list[tuple[float, float]] = []
    for left, right in pairwise(line):
        start, width = _x(left.point), _x(right.point) - _x(left.point)
        for low, high in _open_weights(left.each, right.each, level):
            begin, end = start + low * width, start + high * width
            if found and math.isclose(found[-1][1], begin, rel_tol=1e-12, abs_tol=1e-12):
                found[-1] = (found[-1][0], end)
            else:
                found.append((begin, end))
    return found


def _open_weights(
    left: NDArray[np.float64], right: NDArray[np.float64], level: float
) -> list[tuple[float, float]]:
    """Weights w in [0, 1] at which the interval of (1 - w)·left + w·right holds zero.

    The condition mean² ≤ t²·variance/n is a quadratic inequality in w.
    """
    both = ~(np.isnan(left) | np.isnan(right))
    base, slope = left[both], (right - left)[both]
    runs = len(base)
    factor = t_quantile(level, runs - 1) ** 2 / runs
    a0, a1 = float(base.mean()), float(slope.mean())
    (v0, v01), (_, v1) = np.cov(base, slope, ddof=1)
    c, b, a = a0 * a0 - factor * v0, 2.0 * (a0 * a1 - factor * v01), a1 * a1 - factor * v1
    roots = sorted(float(root.real) for root in np.roots([a, b, c]) if abs(root.imag) < 1e-12)
    cuts = [0.0, *(root for root in roots if 0.0 < root < 1.0), 1.0]
    pieces = [
        (low, high)
        for low, high in pairwise(cuts)
        if a * ((low + high) / 2) ** 2 + b * ((low + high) / 2) + c <= 0.0
    ]
    joined: list[tuple[float, float]] = []
    for low, high in pieces:
        if joined and joined[-1][1] == low:
            joined[-1] = (joined[-1][0], high)
        else:
            joined.append((low, high))
    return joined


def _around(
    x: float, stretches: Sequence[tuple[float, float]], first: float, last: float
) -> tuple[float | None, float | None]:
    """The stretch that holds a crossing; just the crossing when runs don't differ at all."""
    for low, high in stretches:
        if low <= x <= high or math.isclose(low, x) or math.isclose(high, x):
            return (None if low <= first else low), (None if high >= last else high)
    return x, x
