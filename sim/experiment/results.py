"""What many runs of some scenarios gave: one array with named axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.experiment.errors import ExperimentError
from sim.experiment.room import let_go
from sim.experiment.statistics import mean_interval

ALL = "all"
TOTAL = "total"


@dataclass(frozen=True)
class Summary:
    """Means over runs with their intervals, for every cell.

    Attributes
    ----------
    mean, lower, upper : float64[scenario, measure, period, centre, segment]
        NaN where fewer than two runs define the cell.
    runs : int64[scenario, measure, period, centre, segment]
    level : float
    """

    mean: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    runs: NDArray[np.int64]
    level: float


@dataclass(frozen=True)
class Results:
    """Every measure of every run of every scenario. Run n holds the same people in each scenario.

    Attributes
    ----------
    names : tuple of str
        Scenarios.
    values : float64[scenario, run, measure, period, centre, segment]
        NaN where a measure is not defined.
    measures : tuple of Measure
    periods : tuple of Period
    centres, segments : tuple of str
        The last of each is ``all``.
    seed : int
    """

    names: tuple[str, ...]
    values: NDArray[np.float64]
    measures: tuple[Any, ...]
    periods: tuple[Any, ...]
    centres: tuple[str, ...]
    segments: tuple[str, ...]
    seed: int

    @property
    def runs(self) -> int:
        """Number of runs of each scenario."""
        return int(self.values.shape[1])

    @property
    def measure_keys(self) -> tuple[str, ...]:
        """Keys of the measures, in the order of their axis."""
        return tuple(measure.key for measure in self.measures)

    @property
    def period_keys(self) -> tuple[str, ...]:
        """Keys of the periods, in the order of their axis."""
        return tuple(period.key for period in self.periods)

    def unit(self, measure: str) -> str:
        """The unit of a measure; an unknown key is an `ExperimentError`."""
        return str(self.measures[_position("measure", measure, self.measure_keys)].unit)

    def cell(
        self, name: str, measure: str, period: str = TOTAL, centre: str = ALL, segment: str = ALL
    ) -> NDArray[np.float64]:
        """One measure in one place and time, run by run: float64[run], NaN where not defined.

        Raises
        ------
        ExperimentError
            If one of the keys is not in the results.
        """
        return self.values[
            _position("scenario", name, self.names),
            :,
            _position("measure", measure, self.measure_keys),
            _position("period", period, self.period_keys),
            _position("centre", centre, self.centres),
            _position("segment", segment, self.segments),
        ]

    def summary(self, level: float = 0.90) -> Summary:
        """Mean over runs and t-interval of that mean, for every cell."""
        shape = (len(self.names), *self.values.shape[2:])
        mean, lower, upper = (np.empty(shape) for _ in range(3))
        runs = np.empty(shape, dtype=np.int64)
        # One measure at a time: the temporaries are several times the size of what they are made from.
        for s, values in enumerate(self.values):
            for m in range(len(self.measures)):
                one = mean_interval(np.moveaxis(values[:, m], 0, -1), level)
                mean[s, m], lower[s, m], upper[s, m], runs[s, m] = one
                let_go(self.values)
        return Summary(mean, lower, upper, runs, level)


def _position(axis: str, key: str, keys: Sequence[str]) -> int:
    try:
        return keys.index(key)
    except ValueError:
        raise ExperimentError("unknown-cell", axis=axis, found=key, allowed=", ".join(keys)) from None
