"""How much of the spread in an answer each input makes, alone and together with others (Sobol indices).

Chance is an input like any other: a run's number, drawn uniformly, so that what is left to luck stands beside
what is left to assumptions. Points and estimators are SALib's (Saltelli's design, Jansen's total effect);
here are the units that the model's inputs have, and intervals by resampling the design.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from SALib.analyze import sobol as analysis
from SALib.sample import sobol as sampling

from sim.experiment.errors import ExperimentError

Array = NDArray[np.float64]

RESAMPLES = 400


@dataclass(frozen=True)
class Indices:
    """Sobol indices of one answer.

    Attributes
    ----------
    names : tuple of str
        The inputs.
    first, total : float64[input]
        Share of the answer's variance that goes when the input alone is known (first), and that stays when
        everything but the input is known (total). With interactions, totals add up to more than 1.
    first_half, total_half : float64[input]
        Half-widths of their intervals, from resampling the design. An estimate near 0 may fall below it.
    level : float
        Coverage of the intervals.
    mean, sd : float
        Of the answer over the whole design.
    evaluations : int
    """

    names: tuple[str, ...]
    first: Array
    first_half: Array
    total: Array
    total_half: Array
    level: float
    mean: float
    sd: float
    evaluations: int


def design(columns: tuple[str, ...], base: int, seed: int) -> Array:
    """Points of Saltelli's design in the unit cube.

    Parameters
    ----------
    columns : tuple of str
        The input that each column belongs to: columns of one input move together in the design, each to a
        place of its own, so that many numbers of little weight can count as one input.
    base : int
        A power of 2; the design has ``base * (inputs + 2)`` points.
    seed : int

    Returns
    -------
    float64[base * (inputs + 2), column]
        Each in [0, 1).

    Raises
    ------
    ExperimentError
        If `base` is no power of 2.
    """
    check_base(base)
    points = sampling.sample(_problem(columns), base, calc_second_order=False, scramble=True, seed=seed)
    return np.asarray(points, dtype=np.float64)


def check_base(base: int) -> None:
    """Refuse a number of points that is no power of 2: they would not be balanced.

    Raises
    ------
    ExperimentError
    """
    if base < 1 or base & (base - 1):
        raise ExperimentError("no-power-of-two", found=base)


def sobol_indices(
    values: Array, names: tuple[str, ...], seed: int, level: float = 0.90, resamples: int = RESAMPLES
) -> Indices:
    """Indices from the answers at the points of a design, in their order.

    Parameters
    ----------
    values : float64[base * (inputs + 2)]
    names : tuple of str
        The inputs, in the order in which the design's columns first name them.
    seed : int
        For resampling.
    level : float
        Coverage of the intervals.
    resamples : int

    Raises
    ------
    ValueError
        If there are not as many values as the design has points, or one is not finite.
    """
    inputs = len(names)
    if len(values) % (inputs + 2) or not len(values):
        raise ValueError(f"{len(values)} answers are not those of a design with {inputs} inputs.")
    if not np.isfinite(values).all():
        raise ValueError("An answer of the design is not a finite number.")
    mean, sd = float(values.mean()), float(values.std(ddof=1))
    if np.ptp(values) == 0.0:  # nothing moves it, so nothing has a share
        nothing = np.zeros(inputs)
        return Indices(names, nothing, nothing, nothing, nothing, level, mean, sd, len(values))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # SALib's own use of pandas
        found: dict[str, Any] = analysis.analyze(
            _problem(names),
            np.asarray(values, dtype=np.float64),
            calc_second_order=False,
            num_resamples=resamples,
            conf_level=level,
            seed=seed,
        )
    first, first_half, total, total_half = (
        np.asarray(found[key], dtype=np.float64) for key in ("S1", "S1_conf", "ST", "ST_conf")
    )
    return Indices(names, first, first_half, total, total_half, level, mean, sd, len(values))


def run_at(place: float, runs: int) -> int:
    """The run that a place in [0, 1) on the axis of chance stands for."""
    return min(int(place * runs), runs - 1)


def _problem(columns: tuple[str, ...]) -> dict[str, Any]:
    """A design as SALib knows it: bounds for every column, and the group that it belongs to."""
    return {
        "num_vars": len(columns),
        "names": [f"x{number}" for number in range(len(columns))],
        "groups": list(columns),
        "bounds": [[0.0, 1.0]] * len(columns),
    }
