"""An emulator: what a run would give, without running it.

For each quantity a polynomial of the second degree in the dimensions that move it most, and a straight line
in the others that move it, fitted by least squares to one run at each of many points. What is left, chance
included, is told by leaving each point out in turn. On 1,024 runs of the history a Gaussian process with a
length for each dimension came no nearer on runs held back (share in 2008: 0.0079 against 0.0080; people in
2011: 175 against 185) and took a minute a quantity, so the plainer thing is used.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Places = NDArray[np.int64]

MOVES = 3.0
"""Standard errors from which a dimension is taken to move a quantity."""

CURVED = 14
"""Dimensions that enter with squares and products, at most; 119 terms."""


@dataclass(frozen=True)
class Surface:
    """One quantity's polynomial.

    Attributes
    ----------
    curved, straight : int64[...]
        Places of the dimensions that enter with squares and products, and of those that enter as they are.
    weights : float64[term]
    error : float
        Standard deviation of what is left, chance included, on points that the fit has not seen.
    """

    curved: Places
    straight: Places
    weights: Array
    error: float

    def __call__(self, standard: Array) -> Array:
        """The quantity at points on the standard scale, float64[point]."""
        return np.asarray(_terms(standard, self.curved, self.straight) @ self.weights)


@dataclass(frozen=True)
class Emulator:
    """Surfaces of several quantities over the same dimensions.

    Attributes
    ----------
    centre, width : float64[dimension]
        What is taken off and divided by, to the standard scale.
    surfaces : tuple of Surface
    """

    centre: Array
    width: Array
    surfaces: tuple[Surface, ...]

    @property
    def errors(self) -> Array:
        """Each quantity's error, float64[quantity]."""
        return np.array([surface.error for surface in self.surfaces])

    @property
    def moved_by(self) -> tuple[Places, ...]:
        """For each quantity, the places of the dimensions that move it."""
        return tuple(np.sort(np.concatenate([s.curved, s.straight])) for s in self.surfaces)

    def __call__(self, values: Array) -> Array:
        """The quantities at some points.

        Parameters
        ----------
        values : float64[point, dimension]

        Returns
        -------
        float64[point, quantity]
        """
        standard = (values - self.centre) / self.width
        return np.column_stack([surface(standard) for surface in self.surfaces])


def train(values: Array, found: Array) -> Emulator:
    """Fit an emulator.

    Parameters
    ----------
    values : float64[point, dimension]
    found : float64[point, quantity]
        What a run gave at each point.
    """
    centre, width = values.mean(axis=0), values.std(axis=0)
    width = np.where(width > 0.0, width, 1.0)
    standard = (values - centre) / width
    strength = _strength(standard, found)
    return Emulator(
        centre,
        width,
        tuple(_surface(standard, found[:, column], strength[:, column]) for column in range(found.shape[1])),
    )


def _surface(standard: Array, found: Array, strength: Array) -> Surface:
    moving = [int(place) for place in np.argsort(-strength, kind="stable") if strength[place] > MOVES]
    curved = np.array(sorted(moving[:CURVED]), dtype=np.int64)
    straight = np.array(sorted(moving[CURVED:]), dtype=np.int64)
    terms = _terms(standard, curved, straight)
    basis, triangle = np.linalg.qr(terms)
    weights = np.linalg.solve(triangle, basis.T @ found)
    # what is left at a point when the fit has not seen it, without fitting again
    leverage = np.minimum((basis**2).sum(axis=1), 0.99)
    left = (found - terms @ weights) / (1.0 - leverage)
    return Surface(curved, straight, weights, float(np.sqrt(np.mean(left**2))))


def _strength(standard: Array, found: Array) -> Array:
    """How many standard errors each slope is from 0, all slopes fitted at once: [dimension, quantity]."""
    terms = np.column_stack([np.ones(len(standard)), standard])
    inverse = np.linalg.pinv(terms.T @ terms)
    weights = inverse @ (terms.T @ found)
    left = found - terms @ weights
    scale = (left**2).sum(axis=0) / max(1, len(found) - terms.shape[1])
    spread = np.sqrt(np.maximum(np.outer(np.diag(inverse), scale), 1e-300))
    return np.asarray(np.abs(weights[1:]) / spread[1:])


def _terms(standard: Array, curved: Places, straight: Places) -> Array:
    chosen = standard[:, curved]
    first, second = np.triu_indices(len(curved))
    return np.column_stack(
        [np.ones(len(standard)), chosen, chosen[:, first] * chosen[:, second], standard[:, straight]]
    )
