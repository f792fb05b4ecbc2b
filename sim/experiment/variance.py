"""What a spread is made of: chance, what is not known about the parameters, and how the model is built.

The law of total variance. Let Y be one world's outcome, θ a draw, m a structure. Then

    Var(Y) = E[Var(Y | θ, m)]  +  E[Var(E[Y | θ, m] | m)]  +  Var(E[Y | m])
             chance               parameters                  structure

*Chance* is what differs between worlds with the same parameters: more runs don't lessen it, they only tell it
better. *Parameters* is how far the expected outcome moves from draw to draw: only better evidence lessens it.
*Structure* is how far the mean over draws moves between ways of building the model, each counting as much.

The three are estimated without bias from worlds nested in draws: the spread of the draws' means holds a part
of chance, 1/runs of it, which is taken off. What is taken off may exceed what is there; the part is then 0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.experiment.differences import ROUNDING, Verdict
from sim.experiment.statistics import t_quantile, whole_per_cents

Array = NDArray[np.float64]

LEAST_DRAWS = 2


@dataclass(frozen=True)
class Parts:
    """One quantity over an ensemble.

    Attributes
    ----------
    mean : float
        Over all worlds, each structure counting as much.
    error : float
        Standard error of that mean: what more draws would lessen.
    chance, parameters, structure : float
        Variances. `chance` is NaN where each draw has a single run: then it can't be told from `parameters`,
        which holds both.
    lower, upper : float
        Holds `level` of the draws' expected outcomes, over all structures: what is not known.
    world_lower, world_upper : float
        Holds `level` of the worlds: what is not known, and chance.
    level : float
    draws, runs, structures : int
        Draws in each structure, runs of each draw.
    """

    mean: float
    error: float
    chance: float
    parameters: float
    structure: float
    lower: float
    upper: float
    world_lower: float
    world_upper: float
    level: float
    draws: int
    runs: int
    structures: int

    @property
    def total(self) -> float:
        """Variance of one world's outcome."""
        return (0.0 if math.isnan(self.chance) else self.chance) + self.parameters + self.structure

    @property
    def shares(self) -> tuple[tuple[str, float], ...]:
        """What can be told apart, in whole per cents of the variance: so many worlds support no more.

        Structure is told where there is more than one; nothing is where no world differs.
        """
        named = {"chance": self.chance, "parameters": self.parameters, "structure": self.structure}
        told = {
            name: variance
            for name, variance in named.items()
            if not math.isnan(variance) and (name != "structure" or self.structures > 1)
        }
        return (
            tuple(zip(told, whole_per_cents(tuple(told.values())), strict=True)) if self.total > 0.0 else ()
        )

    @property
    def verdict(self) -> Verdict:
        """Of a difference: lower or higher when the interval of what is not known keeps clear of zero."""
        return "lower" if self.upper < 0.0 else "higher" if self.lower > 0.0 else "cannot_tell"

    @property
    def mean_interval(self) -> tuple[float, float]:
        """The t-interval of the mean alone: how well the computation knows it."""
        half = t_quantile(self.level, self.draws - 1) * self.error
        return self.mean - half, self.mean + half


def variance_parts(values: Array, level: float = 0.90) -> Parts | None:
    """Take a quantity's spread over an ensemble apart.

    Parameters
    ----------
    values : float64[draw, run] or float64[structure, draw, run]
        NaN where the quantity is not defined; a draw in which any run lacks it is left out.
    level : float
        Coverage of the intervals, strictly between 0 and 1.

    Returns
    -------
    Parts or None
        None when fewer than two draws define the quantity in some structure.
    """
    cube = values[np.newaxis] if values.ndim == 2 else values
    whole = ~np.isnan(cube).any(axis=(0, 2))
    cube = cube[:, whole]
    structures, draws, runs = cube.shape
    if draws < LEAST_DRAWS:
        return None
    shift = float(cube.flat[0])
    cube = cube - shift  # what is the same in every world stays exact
    # from each draw's first run, so that runs that do not differ have no spread at all
    first = cube[:, :, 0]
    within = cube - first[:, :, np.newaxis]
    draw_means = first + within.mean(axis=2)
    chance = float(within.var(axis=2, ddof=1).mean()) if runs > 1 else math.nan
    between = float(draw_means.var(axis=1, ddof=1).mean())
    noise = chance / runs if runs > 1 else 0.0
    parameters = max(0.0, between - noise)
    structure_means = draw_means.mean(axis=1)
    structure = 0.0
    if structures > 1:
        # draws are shared between structures, so their chance cancels in the spread of these means
        structure = float(structure_means.var(ddof=1))
    mean = float(draw_means.mean())
    error = math.sqrt(float(draw_means.mean(axis=0).var(ddof=1)) / draws)
    expected = _without_noise(draw_means, between, parameters)
    tails = ((1.0 - level) / 2.0, (1.0 + level) / 2.0)
    lower, upper = np.quantile(expected, tails)
    world_lower, world_upper = np.quantile(cube, tails)
    return Parts(
        mean=shift + mean,
        error=error,
        chance=chance,
        parameters=parameters,
        structure=structure,
        lower=shift + float(lower),
        upper=shift + float(upper),
        world_lower=shift + float(world_lower),
        world_upper=shift + float(world_upper),
        level=level,
        draws=draws,
        runs=runs,
        structures=structures,
    )


def paired_parts(base: Array, other: Array, level: float = 0.90) -> Parts | None:
    """Take the spread of a difference apart: other minus base, world by world.

    Parameters
    ----------
    base, other : float64[draw, run] or float64[structure, draw, run]
        The same draws and runs of two scenarios.
    level : float
    """
    return variance_parts(paired_values(base, other), level)


def paired_values(base: Array, other: Array) -> Array:
    """What differs, world by world: other minus base."""
    each = other - base
    # the same amounts added up in another order differ in their last bits, and are no difference
    each[np.isclose(other, base, rtol=ROUNDING, atol=0.0)] = 0.0
    return each


def _without_noise(draw_means: Array, between: float, parameters: float) -> Array:
    """Draws' expected outcomes: their means drawn in, within each structure, by the part that is chance."""
    if parameters == between:  # no noise in them
        return draw_means
    centre = draw_means.mean(axis=1, keepdims=True)
    shrink = math.sqrt(parameters / between) if between > 0.0 else 0.0
    return np.asarray(centre + (draw_means - centre) * shrink)
