"""The thresholds that a person carries: the same in every scenario, as nothing but names decides them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.population import name_codes
from sim.population.randomness import exponential, name_code, run_key


def clock_codes(destinations: Sequence[str]) -> NDArray[np.uint64]:
    """Return the name codes of the clocks, one for each destination, uint64[destinations]."""
    return name_codes(tuple(f"clock/{destination}" for destination in destinations))


def thresholds(
    destinations: Sequence[str], seed: int, run: int, stream: str, ordinal: int, spell: int = 0
) -> NDArray[np.float64]:
    """Return the unit-exponential thresholds of one spell of one person.

    A clock that has consumed its threshold lets the person leave to its destination.

    Parameters
    ----------
    destinations : sequence of str
        Data keys.
    seed, run : int
    stream, ordinal : str, int
        Who the person is; see `sim.population.people.PERSON`.
    spell : int
        From 0.

    Returns
    -------
    float64[destinations]
    """
    key, code = run_key(seed, run), name_code(stream)
    return np.array(
        [exponential(*key, code, ordinal, clock, spell, 0) for clock in clock_codes(destinations)]
    )
