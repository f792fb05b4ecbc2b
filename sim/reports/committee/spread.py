"""What an answer's spread rests on: chance, and each uncertain number moved over its range, one at a time.

The answer is a paired difference. Each number with a range is put at its lowest and its highest while all
others stay; between the three points the answer is taken to run in straight lines, and every value in the
range to be as likely. That gives the variance that the number alone brings. The variances are added up by the
kind of source that the number has (its passport's mark), so it can be said what share of the spread rests on
numbers that somebody assumed. What numbers do together is left out: this is a rough account, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.experiment.results import ALL, TOTAL, Results
from sim.experiment.run import Progress, counted_on, cube_axes, each_run, run_scenarios
from sim.experiment.store import Store
from sim.parameters import InputErrors, Library, Passport, Scenario

CHANCE = "chance"
"""The kind of what is left when all numbers stand: the runs' own spread."""

UNCERTAIN = "uncertainty"

TOGETHER = 24
"""How many ends of ranges are run at the same time."""

Resolve = Callable[[str, tuple[str, ...]], Scenario]


@dataclass(frozen=True)
class Variation:
    """One uncertain number, or table of them, at both ends of its range.

    Attributes
    ----------
    key, kind : str
        The parameter, and its passport's mark.
    low, high : tuple of str
        Settings that put it there.
    middle : float
        Where the value in use stands, as a share of the way from low to high.
    """

    key: str
    kind: str
    low: tuple[str, ...]
    high: tuple[str, ...]
    middle: float


@dataclass(frozen=True)
class Part:
    """What one number does to the answer: at its lowest, at its highest, and the variance it brings."""

    key: str
    kind: str
    low: float
    high: float
    variance: float


@dataclass(frozen=True)
class Spread:
    """An answer's spread, by what it rests on.

    Attributes
    ----------
    chance : float
        Variance of the answer itself, as a mean over all its runs.
    parts : tuple of Part
        Widest first.
    """

    chance: float
    parts: tuple[Part, ...]

    def share(self, kind: str) -> float:
        """Return the share of the whole variance that a kind of source has; 0 where nothing varies."""
        total = self.chance + sum(part.variance for part in self.parts)
        own = sum(part.variance for part in self.parts if part.kind == kind)
        return (self.chance if kind == CHANCE else own) / total if total > 0.0 else 0.0


@dataclass(frozen=True)
class Asked:
    """How runs are made for a report."""

    runs: int
    seed: int
    jobs: int | None = None
    first: date | None = None
    store: Store | None = None

    def run(self, scenarios: Sequence[Scenario], progress: Progress | None = None) -> Results:
        """Run scenarios, tables and discounting from the report's first day."""
        return run_scenarios(scenarios, self.runs, **self._how(progress))

    def totals(
        self, scenarios: Sequence[Scenario], measure: str, progress: Progress | None = None
    ) -> NDArray[np.float64]:
        """Run scenarios and hold nothing but the whole City's total of a measure: float64[scenario, run]."""
        keys = cube_axes(scenarios[0], self.first).keys
        whole = (TOTAL, ALL, ALL)
        at = tuple(keys[axis].index(key) for axis, key in zip(keys, (measure, *whole), strict=True))
        values = np.empty((len(scenarios), self.runs))
        with closing(each_run(scenarios, range(self.runs), **self._how(progress))) as made:
            for position, run, cube in made:
                values[position, run] = cube[at]
        return values

    def _how(self, progress: Progress | None) -> dict[str, Any]:
        return {
            "seed": self.seed,
            "jobs": self.jobs,
            "progress": progress,
            "report_from": self.first,
            "policy_from": self.first,
            "store": self.store,
        }


def variations(library: Library, scenario: Scenario) -> tuple[Variation, ...]:
    """Return every uncertain number that has a range, as the scenario stands.

    Left out are tables of shares, whose rows can't be moved apart, and values that change over time.
    """
    found = []
    for key, passport in library.passports.items():
        if passport.role != UNCERTAIN:
            continue
        variation = (
            _of_table(key, passport, scenario) if passport.table else _of_number(key, passport, scenario)
        )
        if variation is not None:
            found.append(variation)
    return tuple(found)


def _of_number(key: str, passport: Passport, scenario: Scenario) -> Variation | None:
    if passport.range is None or passport.value_type != "number" or None in passport.range:
        return None
    low, high = (float(end) for end in passport.range if end is not None)
    by_month = {float(value) for value in scenario.series(key)}
    if len(by_month) != 1 or not low < high:
        return None
    middle = (min(max(by_month.pop(), low), high) - low) / (high - low)
    return Variation(key, passport.kind, (f"{key}={low!r}",), (f"{key}={high!r}",), middle)


def _of_table(key: str, passport: Passport, scenario: Scenario) -> Variation | None:
    if not {"lower", "upper"} <= passport.columns.keys() or passport.sums_to_one_over or passport.dated:
        return None
    keys = [name for name, column in passport.columns.items() if column.type == "key"]
    rows = [
        row for row in scenario.table(key).rows() if row["lower"] is not None and row["upper"] is not None
    ]
    if not rows or "from" in passport.columns:
        return None

    def at(end: str) -> tuple[str, ...]:
        return tuple(f"{key}[{','.join(str(row[name]) for name in keys)}]={row[end]!r}" for row in rows)

    return Variation(key, passport.kind, at("lower"), at("upper"), 0.5)


def spread_of(
    resolve: Resolve,
    base: str,
    other: str,
    tried: Sequence[Variation],
    asked: Asked,
    measure: str,
    central: NDArray[np.float64],
    progress: Progress | None = None,
) -> Spread:
    """Return what the spread of a difference rests on.

    Parameters
    ----------
    resolve : callable
        From a side's name and settings to its values.
    base, other : str
        Names of sides.
    tried : sequence of Variation
    asked : Asked
        How many runs, and how.
    measure : str
        Whose total is differenced.
    central : float64[run]
        The difference with every number as it stands, in all the runs that the answer has.
    progress : callable, optional
        Called with runs done and runs in all.
    """
    middle = central[: asked.runs]
    settings = [end for variation in tried for end in (variation.low, variation.high)]
    ends: list[NDArray[np.float64]] = []
    # many at once, so that no core waits for the last run of each; not all, as a scenario takes memory
    for first in range(0, len(settings), TOGETHER):
        pairs = [_pair(resolve, base, other, end) for end in settings[first : first + TOGETHER]]
        told = counted_on(progress, 2 * asked.runs * first, 2 * asked.runs * len(settings))
        found = iter(_differences([pair for pair in pairs if pair], asked, measure, told))
        ends += [next(found) if pair else middle for pair in pairs]
    parts = [
        Part(variation.key, variation.kind, *_moved(variation.middle, low, middle, high))
        for variation, low, high in zip(tried, ends[::2], ends[1::2], strict=True)
    ]
    parts.sort(key=lambda part: (-part.variance, part.key))
    return Spread(float(np.var(central, ddof=1)) / len(central), tuple(parts))


def _pair(resolve: Resolve, base: str, other: str, settings: tuple[str, ...]) -> tuple[Scenario, ...]:
    """Return both sides with settings on top; nothing where the scenario refuses them: that moves nothing."""
    try:
        return tuple(resolve(name, settings) for name in (base, other))
    except InputErrors:
        return ()


def _differences(
    pairs: Sequence[tuple[Scenario, ...]], asked: Asked, measure: str, progress: Progress | None
) -> NDArray[np.float64]:
    """Return the difference of each pair, run by run."""
    scenarios = [
        replace(one, name=f"{number} {side}")
        for number, pair in enumerate(pairs)
        for side, one in enumerate(pair)
    ]
    values = asked.totals(scenarios, measure, progress) if scenarios else np.empty((0, asked.runs))
    return values[1::2] - values[::2]


def _moved(
    at: float, low: NDArray[np.float64], middle: NDArray[np.float64], high: NDArray[np.float64]
) -> tuple[float, float, float]:
    """Return the answer at both ends, and the variance that the number brings."""
    points = ((0.0, low), (at, middle), (1.0, high))
    variance = variance_of_lines([(place, float(values.mean())) for place, values in points])
    # the ends are estimates too: their own noise, a twelfth of it as the range is uniform, is no effect
    noise = float(np.var(high - low, ddof=1)) / len(low) / 12.0
    return float(low.mean()), float(high.mean()), max(variance - noise, 0.0)


def variance_of_lines(points: Sequence[tuple[float, float]]) -> float:
    """Return the variance of a function of straight pieces, its argument uniform from the first to the last.

    A piece of width w from a to b adds w(a + b)/2 to the mean and w(a² + ab + b²)/3 to the mean square.
    """
    pieces = list(_pieces(points))
    whole = sum(width for width, _, _ in pieces)
    mean = sum(width * (a + b) / 2.0 for width, a, b in pieces) / whole
    # about the mean, so that large levels don't swallow small differences
    square = sum(
        width * ((a - mean) ** 2 + (a - mean) * (b - mean) + (b - mean) ** 2) / 3.0 for width, a, b in pieces
    )
    return max(square / whole, 0.0)


def _pieces(points: Sequence[tuple[float, float]]) -> Iterator[tuple[float, float, float]]:
    for (x, a), (y, b) in pairwise(points):
        if y > x:
            yield y - x, a, b
