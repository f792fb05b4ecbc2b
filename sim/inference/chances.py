"""Uniform numbers for inference: keyed by name, as those of people are, and never drawn in sequence.

So a dimension that is added leaves the numbers of all others as they were.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.population.compiled import compiled
from sim.population.randomness import name_code, name_codes, run_key, uniform

Array = NDArray[np.float64]

STEPS_A_SPELL = 1 << 16


def chances(seed: int, what: str, names: Sequence[str], rows: int, step: int = 0) -> Array:
    """Uniform numbers in (0, 1), one for each row and name.

    Parameters
    ----------
    seed : int
    what : str
        What they are for: two purposes share no number.
    names : sequence of str
        Each has a stream of its own.
    rows : int
    step : int
        Number of a repetition, below 2**32.

    Returns
    -------
    float64[row, name]
    """
    found = np.empty((rows, len(names)))
    key = run_key(seed, 0)
    spell, occurrence = divmod(step, STEPS_A_SPELL)
    _fill(found, *key, name_code(f"inference/{what}"), name_codes(tuple(names)), spell, occurrence)
    return found


def latin(seed: int, what: str, names: Sequence[str], rows: int) -> Array:
    """A Latin hypercube: in each column exactly one number in each of as many equal parts as there are rows.

    Returns
    -------
    float64[row, name]
        In (0, 1).
    """
    rank = np.argsort(np.argsort(chances(seed, what, names, rows), axis=0, kind="stable"), axis=0)
    return np.asarray((rank + chances(seed, what, names, rows, 1)) / rows)


@compiled
def _fill(found, key0, key1, stream, codes, spell, occurrence):  # type: ignore[no-untyped-def]
    for row in range(found.shape[0]):
        for column in range(found.shape[1]):
            found[row, column] = uniform(key0, key1, stream, row, codes[column], spell, occurrence)
