"""What a target is about, read from a run's values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.experiment.errors import ExperimentError
from sim.experiment.run import Axes
from sim.parameters.targets import Target

Array = NDArray[np.float64]


class Reader:
    """Reads the quantities of some targets from the values of a run.

    Parameters
    ----------
    targets : sequence of Target
    axes : Axes
        Of the runs' values.

    Raises
    ------
    ExperimentError
        If a target is about a measure, a period, a centre or a segment that the runs don't have.
    """

    def __init__(self, targets: Sequence[Target], axes: Axes) -> None:
        self.targets = tuple(targets)
        self._parts = tuple(tuple(_parts(target, axes)) for target in targets)

    def __call__(self, values: Array) -> Array:
        """Each target's quantity in one run.

        Parameters
        ----------
        values : float64[measure, period, centre, segment]

        Returns
        -------
        float64[target]
        """
        flat = values.ravel()
        return np.array([sum(times * float(flat[cells].sum()) for cells, times in p) for p in self._parts])


def inside(targets: Iterable[Target], axes: Axes) -> tuple[Target, ...]:
    """The targets that are about periods inside the runs."""
    periods = set(axes.keys["period"])
    return tuple(t for t in targets if all(p in periods for term in t.terms for p in term.periods))


def _parts(target: Target, axes: Axes) -> Iterable[tuple[NDArray[np.int64], float]]:
    keys = axes.keys
    for term in target.terms:
        wanted = {
            "measure": term.measures,
            "period": term.periods,
            "centre": (term.centre,),
            "segment": (term.segment,),
        }
        places = []
        for axis, words in wanted.items():
            for word in words:
                if word not in keys[axis]:
                    raise ExperimentError(
                        "unknown-cell", axis=axis, found=word, allowed=", ".join(keys[axis][:80])
                    )
            places.append([keys[axis].index(word) for word in words])
        grid = np.meshgrid(*places, indexing="ij")
        cells = np.ravel_multi_index(tuple(part.ravel() for part in grid), axes.shape)
        yield np.asarray(cells, dtype=np.int64), term.times
