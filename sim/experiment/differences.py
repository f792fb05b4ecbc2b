"""What a scenario changes: differences between paired runs, with a verdict.

Run n of two scenarios holds the same people with the same thresholds (common random numbers), so the
difference is taken run by run and its interval comes from the spread of those differences, not from two
separate spreads.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.experiment.errors import ExperimentError
from sim.experiment.results import ALL, TOTAL, Results
from sim.experiment.statistics import LEAST_RUNS, t_quantile

Verdict = Literal["lower", "higher", "cannot_tell"]

ROUNDING = 1e-12
"""Relative: sums of a run's money agree to about 1e-15, the smallest change of a parameter moves far more."""

LEAST_STEADIED = 8
"""Fewer runs are too few to learn from what they have in common with others."""

RUNS_MAXIMUM = 10_000
"""Nobody is told to make more runs than this: so small a difference decides nothing."""


@dataclass(frozen=True)
class Difference:
    """Other scenario minus base, over paired runs.

    Attributes
    ----------
    base_mean : float
        Mean of the base over the same runs.
    mean, lower, upper : float
        Mean difference and its t-interval at `level`.
    sd : float
        Standard deviation of the difference between runs.
    runs : int
        Runs in which both scenarios define the cell.
    level : float
    verdict : {"lower", "higher", "cannot_tell"}
        Lower or higher when the interval keeps clear of zero.
    runs_needed : int or None
        Runs in all that would settle an open difference, were mean and spread to stay as observed. None when
        it is settled, and when `beyond_maximum`.
    beyond_maximum : bool
        Open, and more than `runs_maximum` runs would be needed.
    runs_maximum : int
    sd_apart : float
        Standard deviation that the difference would have between independent runs.
    """

    base_mean: float
    mean: float
    lower: float
    upper: float
    sd: float
    runs: int
    level: float
    verdict: Verdict
    runs_needed: int | None
    beyond_maximum: bool
    runs_maximum: int
    sd_apart: float

    @property
    def pairing_gain(self) -> float | None:
        """How many times as many independent runs would be as precise; None if the pairs don't vary."""
        return (self.sd_apart / self.sd) ** 2 if self.sd > 0.0 else None

    @property
    def more_runs(self) -> int:
        """Runs to add to settle an open difference: 0 when settled, a lower bound when `beyond_maximum`."""
        if self.verdict != "cannot_tell":
            return 0
        return (self.runs_needed or self.runs_maximum) - self.runs

    @property
    def identical(self) -> bool:
        """Whether no run differed at all: the change does not touch this cell."""
        return self.mean == 0.0 and self.sd == 0.0

    def interval(self, level: float) -> tuple[float, float]:
        """The t-interval at another level, for example 0.5."""
        half = t_quantile(level, self.runs - 1) * self.sd / math.sqrt(self.runs)
        return self.mean - half, self.mean + half


@dataclass(frozen=True)
class Cell:
    """Where a difference was taken."""

    base: str
    other: str
    measure: str
    period: str
    centre: str
    segment: str


def paired_difference(
    base: NDArray[np.float64],
    other: NDArray[np.float64],
    level: float = 0.90,
    runs_maximum: int = RUNS_MAXIMUM,
    control: NDArray[np.float64] | None = None,
) -> Difference | None:
    """Difference between two series of paired runs.

    Parameters
    ----------
    base, other : float64[run]
        The same runs of two scenarios; NaN where not defined.
    level : float
        Coverage of the interval, strictly between 0 and 1.
    runs_maximum : int
        Largest number of runs worth naming as needed.
    control : float64[more runs], optional
        A difference between other scenarios that is known from these runs and more of them; see `steadied`.

    Returns
    -------
    Difference or None
        None when fewer than two runs define both.
    """
    both = ~(np.isnan(base) | np.isnan(other))
    runs = int(both.sum())
    if runs < LEAST_RUNS:
        return None
    each = other[both] - base[both]
    # the same amounts added up in another order differ in their last bits, and are no difference
    each[np.isclose(other[both], base[both], rtol=ROUNDING, atol=0.0)] = 0.0
    (mean, sd), freedom = _mean_and_sd(each), runs - 1
    if control is not None and both.all() and (found := steadied(each, control)):
        (mean, sd), freedom = found, runs - 2  # the slope is learned from the same runs
    half = t_quantile(level, freedom) * sd / math.sqrt(runs)
    lower, upper = mean - half, mean + half
    verdict: Verdict = "lower" if upper < 0.0 else "higher" if lower > 0.0 else "cannot_tell"
    needed = None if verdict != "cannot_tell" else runs_needed(mean, sd, level, runs_maximum)
    apart = math.sqrt(np.var(base[both], ddof=1) + np.var(other[both], ddof=1))
    return Difference(
        base_mean=float(base[both].mean()),
        mean=mean,
        lower=lower,
        upper=upper,
        sd=sd,
        runs=runs,
        level=level,
        verdict=verdict,
        runs_needed=needed,
        beyond_maximum=verdict == "cannot_tell" and needed is None,
        runs_maximum=runs_maximum,
        sd_apart=apart,
    )


def steadied(each: NDArray[np.float64], control: NDArray[np.float64]) -> tuple[float, float] | None:
    """Mean of few runs, steadied by how far they lie off in a neighbour that is known from more of them.

    The regression estimator of double sampling: what a run adds beyond what its neighbour explains is known
    from the few, and the neighbour's mean from all. Its error has both parts.

    Parameters
    ----------
    each : float64[run]
    control : float64[more runs]
        The first of them are the same runs.

    Returns
    -------
    (float, float) or None
        The mean, and the standard deviation of a run that would give its standard error; None where the
        neighbour says nothing of it.
    """
    few, many = len(each), len(control)
    if few < LEAST_STEADIED or many <= few or np.isnan(control).any():
        return None
    near = control[:few] - control[:few].mean()
    spread = float(near @ near)
    if spread <= 0.0:
        return None
    slope = float(near @ each) / spread
    off = float(control.mean() - control[:few].mean())
    rest = each - each.mean() - slope * near
    beyond = float(rest @ rest) / (few - 2)
    error = beyond * (1.0 / few + off**2 / spread) + slope**2 * float(control.var(ddof=1)) / many
    return float(each.mean()) + slope * off, math.sqrt(error * few)


def difference(
    results: Results,
    base: str,
    other: str,
    measure: str,
    period: str = TOTAL,
    centre: str = ALL,
    segment: str = ALL,
    level: float = 0.90,
    runs_maximum: int = RUNS_MAXIMUM,
) -> Difference:
    """Other scenario minus base in one cell of the results.

    Raises
    ------
    ExperimentError
        If a key is unknown, or fewer than two runs define the cell in both scenarios.
    """
    found = paired_difference(
        results.cell(base, measure, period, centre, segment),
        results.cell(other, measure, period, centre, segment),
        level,
        runs_maximum,
    )
    if found is None:
        raise ExperimentError(
            "undefined-cell", measure=measure, period=period, centre=centre, segment=segment
        )
    return found


def differences(
    results: Results,
    base: str,
    others: Sequence[str],
    measures: Sequence[str] | None = None,
    periods: Sequence[str] | None = None,
    centres: Sequence[str] | None = None,
    segments: Sequence[str] | None = None,
    level: float = 0.90,
    runs_maximum: int = RUNS_MAXIMUM,
) -> Iterator[tuple[Cell, Difference]]:
    """Every defined difference from the base, in the order of the results' axes; None takes a whole axis."""
    for other in others:
        for measure in results.measure_keys if measures is None else measures:
            for period in results.period_keys if periods is None else periods:
                for centre in results.centres if centres is None else centres:
                    for segment in results.segments if segments is None else segments:
                        found = paired_difference(
                            results.cell(base, measure, period, centre, segment),
                            results.cell(other, measure, period, centre, segment),
                            level,
                            runs_maximum,
                        )
                        if found is not None:
                            yield Cell(base, other, measure, period, centre, segment), found


def runs_needed(mean: float, sd: float, level: float, runs_maximum: int = RUNS_MAXIMUM) -> int | None:
    """Fewest runs whose t-interval around `mean` keeps clear of zero, were the spread to stay `sd`.

    The smallest n from 2 with t(level, n − 1) · sd / √n < |mean|; None when that is more than `runs_maximum`.
    """

    def settles(runs: int) -> bool:
        return t_quantile(level, runs - 1) * sd / math.sqrt(runs) < abs(mean)

    if not settles(runs_maximum):
        return None
    low, high = LEAST_RUNS - 1, runs_maximum  # the half-width falls as runs are added
    while high - low > 1:
        middle = (low + high) // 2
        if settles(middle):
            high = middle
        else:
            low = middle
    return high


def _mean_and_sd(values: NDArray[np.float64]) -> tuple[float, float]:
    """Mean and sample standard deviation; exactly the value and zero when all are equal."""
    shifted = values - values[0]
    return float(values[0] + shifted.mean()), float(np.std(shifted, ddof=1))
