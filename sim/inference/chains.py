"""Walks through what the targets allow, by the emulator alone.

The density of a point is its prior times the chance that runs of it agree with every target, which the
emulator tells: approximate Bayesian computation with its kernel integrated over chance. With one run, and the
tolerance read as a uniform error of measurement, this is no approximation beyond the emulator's (Wilkinson
2013). Here two independent runs must both agree: that keeps away from the rim of the tolerances, where hardly
a run of a draw agrees and finding one costs hundreds. What it does to coverage is shown on synthetic cities.

Many chains walk at once, each by Metropolis steps along differences between two others (ter Braak 2006). Each
chain holds the dimensions that are not learned at values of its own and moves the others alone: so those keep
their prior, whatever the targets say (a *cut*).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

from sim.inference.chances import chances
from sim.inference.emulator import Emulator
from sim.parameters.uncertain import Dimension

Array = NDArray[np.float64]

WIDEST = 16.0
"""By how much the emulator's errors are widened at first, so that every chain finds its way."""

JUMP = 2.38
"""A step's usual length, over the square root of twice the dimensions it moves."""

MOVED_AT_ONCE = 6
"""Dimensions that one step moves, about."""

JITTER = 1e-4

WORLDS = 2
"""Independent runs that must agree."""

MOVE = ("first", "second", "accept", "length")


@dataclass(frozen=True)
class Walk:
    """Where chains ended.

    Attributes
    ----------
    values : float64[chain, dimension]
    score : float64[chain]
        Logarithm of the chance that a run there agrees with every target, by the emulator.
    accepted : float
        Share of steps taken in the second half.
    halts : float64[halt, chain, dimension]
        Where chains stood at some steps of the second half, evenly apart, the last of them the end.
    """

    values: Array
    score: Array
    accepted: float
    halts: Array


def agreement(predicted: Array, errors: Array, low: Array, high: Array) -> Array:
    """Logarithm of the chance that a run agrees with every target.

    Parameters
    ----------
    predicted : float64[point, quantity]
    errors : float64[quantity]
        The emulator's standard deviations, chance included.
    low, high : float64[quantity] or float64[point, quantity]
        What agrees.

    Returns
    -------
    float64[point]
    """
    below, above = (low - predicted) / errors, (high - predicted) / errors
    # the chance between two limits, taken on the side where it is not a difference of two numbers near 1
    flip = below > 0.0
    near, far = np.where(flip, -below, above), np.where(flip, -above, below)
    top, bottom = log_ndtr(near), log_ndtr(far)
    with np.errstate(divide="ignore"):
        each = top + np.log1p(-np.exp(np.minimum(bottom - top, 0.0)))
    return np.asarray(each.sum(axis=1))


def walk(
    emulator: Emulator,
    dimensions: Sequence[Dimension],
    learned: Sequence[str],
    start: Array,
    low: Array,
    high: Array,
    steps: int,
    seed: int,
    what: str,
    group: int | None = None,
    halts: int = 1,
    worlds: int = WORLDS,
) -> Walk:
    """Let chains walk.

    Parameters
    ----------
    emulator : Emulator
        Of the quantities that `low` and `high` are about.
    dimensions : sequence of Dimension
    learned : sequence of str
        Names of those that move.
    start : float64[chain, dimension]
        Chances, 0 to 1, in each dimension's prior; where the others stay.
    low, high : float64[quantity] or float64[chain, quantity]
        What agrees; chains may have targets of their own.
    steps : int
        In the first third the emulator's errors are taken wider, less and less.
    seed : int
    what : str
        Names the walk, so that no two share their chances.
    group : int, optional
        Chains that learn from each other, so many in a row; all by default.
    halts : int
        Places to note on the way.
    worlds : int
        Independent runs that must agree.
    """
    moving = np.array([place for place, d in enumerate(dimensions) if d.name in set(learned)])
    chains, many = len(start), len(moving)
    here = start.copy()
    values = _values(dimensions, here)
    predicted = emulator(values)
    names = [dimensions[place].name for place in moving]
    taken = 0.0
    group = chains if group is None else group
    noted: list[Array] = []
    every = max(1, (steps - steps // 2) // halts)
    for step in range(steps):
        errors = emulator.errors * _widening(step, steps)
        move = chances(seed, f"{what}/move", MOVE, chains, step)
        which = chances(seed, f"{what}/which", names, chains, step)
        jitter = chances(seed, f"{what}/jitter", names, chains, step)
        first, second = _two_others(move[:, 0], move[:, 1], chains, group)
        chosen = which < max(MOVED_AT_ONCE / many, 1.0 / many)
        length = JUMP / np.sqrt(2.0 * np.maximum(1, chosen.sum(axis=1)))
        # now and then a whole difference, which jumps from one mode to another
        length = np.where(move[:, 3] < 0.1, 1.0, length)
        jump = length[:, np.newaxis] * (here[first][:, moving] - here[second][:, moving])
        there = here.copy()
        there[:, moving] += np.where(chosen, jump + JITTER * (jitter - 0.5), 0.0)
        there[:, moving] = _wrapped(there[:, moving])
        values_there = values.copy()
        for column, place in enumerate(moving):
            touched = chosen[:, column]
            values_there[touched, place] = dimensions[place].quantile(there[touched, place])
        predicted_there = emulator(values_there)
        gain = agreement(predicted_there, errors, low, high) - agreement(predicted, errors, low, high)
        gain *= worlds
        go = np.log(move[:, 2]) < gain
        here[go], values[go], predicted[go] = there[go], values_there[go], predicted_there[go]
        if step >= steps // 2:
            taken += float(go.mean())
            if (steps - 1 - step) % every == 0:
                noted.append(values.copy())
    score = agreement(predicted, emulator.errors, low, high)
    return Walk(values, score, taken / max(1, steps - steps // 2), np.array(noted[-halts:]))


def _values(dimensions: Sequence[Dimension], chance: Array) -> Array:
    return np.column_stack([d.quantile(chance[:, place]) for place, d in enumerate(dimensions)])


def _widening(step: int, steps: int) -> float:
    """From the widest down to 1 over the first third."""
    way = min(1.0, 3.0 * step / max(1, steps))
    return float(WIDEST ** (1.0 - way))


def _two_others(
    first: Array, second: Array, chains: int, group: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each chain two other chains of its group, different from it and from each other."""
    own = np.arange(chains)
    begin, place = own - own % group, own % group
    one = (place + 1 + (first * (group - 1)).astype(np.int64)) % group
    two = (place + 1 + (second * (group - 1)).astype(np.int64)) % group
    for _ in range(2):  # past the first other, then past itself
        two = np.where((two == one) | (two == place), (two + 1) % group, two)
    return begin + one, begin + two


def _wrapped(chance: Array) -> Array:
    """Chances outside 0 to 1 brought round to the other end, which keeps steps as likely as their return.

    Throwing each back at its own end would not: steps in several dimensions at once lean together.
    """
    return np.asarray(np.clip(np.mod(chance, 1.0), 1e-12, 1.0 - 1e-12))
