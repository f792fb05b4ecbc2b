"""Means over runs and their t-intervals: the one place where they are computed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.experiment.errors import ExperimentError

Array = NDArray[np.float64]

LEAST_RUNS = 2
"""With fewer runs there is no spread, hence no interval."""

NORMAL_FROM = 1_000_000
"""Degrees of freedom from which the t and the normal quantile agree to six figures."""


@lru_cache(maxsize=4096)
def t_quantile(level: float, freedom: int) -> float:
    """Half-width, in standard errors, of a two-sided t-interval.

    Parameters
    ----------
    level : float
        Coverage, strictly between 0 and 1.
    freedom : int
        Degrees of freedom, from 1.
    """
    if not 0.0 < level < 1.0:
        raise ExperimentError("bad-level", found=level)
    from scipy import special  # noqa: PLC0415 - who only runs and measures need not wait for it

    upper = (1.0 + level) / 2.0
    if freedom >= NORMAL_FROM:
        return float(special.ndtri(upper))
    return float(special.stdtrit(freedom, upper))


def mean_interval(values: Array, level: float) -> tuple[Array, Array, Array, NDArray[np.int64]]:
    """Mean and t-interval over the last axis, cell by cell, of the runs in which a cell is defined.

    Parameters
    ----------
    values : float64[..., run]
        NaN where a measure is not defined.
    level : float
        Coverage, strictly between 0 and 1.

    Returns
    -------
    mean, lower, upper : float64[...]
        NaN where fewer than two runs define the cell.
    runs : int64[...]
        How many do.
    """
    defined = ~np.isnan(values)
    runs = defined.sum(axis=-1)
    enough = runs >= LEAST_RUNS
    # Subtracting each cell's first defined value keeps a cell that is the same in every run exact.
    first = np.take_along_axis(values, np.argmax(defined, axis=-1)[..., np.newaxis], axis=-1)
    shifted = np.where(defined, values - first, 0.0)
    count = np.where(enough, runs, LEAST_RUNS)
    shift = shifted.sum(axis=-1) / count
    spread = np.where(defined, shifted - shift[..., np.newaxis], 0.0)
    error = np.sqrt((spread**2).sum(axis=-1) / (count - 1) / count)
    quantiles = np.zeros(np.shape(count))
    for n in np.unique(count):
        quantiles[count == n] = t_quantile(level, int(n) - 1)
    mean = np.where(enough, first[..., 0] + shift, np.nan)
    half = quantiles * error
    return mean, mean - half, mean + half, runs


def whole_per_cents(amounts: Sequence[float]) -> tuple[float, ...]:
    """Return the share of each amount in their sum, rounded to hundredths that add up to one.

    Those with the largest remainders are rounded up. All are 0 where there is nothing to share.

    Parameters
    ----------
    amounts : sequence of float
        None below 0.
    """
    whole = math.fsum(amounts)
    if not whole > 0.0:
        return (0.0,) * len(amounts)
    exact = [100.0 * amount / whole for amount in amounts]
    cents = [math.floor(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda place: cents[place] - exact[place])
    for place in by_remainder[: 100 - sum(cents)]:
        cents[place] += 1
    return tuple(share / 100 for share in cents)
