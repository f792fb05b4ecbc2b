"""Arrays behind a handle are read and written as without one, by every kind of index that rules use."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.flow.handle import take
from sim.population.compiled import compiled

PAIR = np.dtype([("one", "i1"), ("two", "f8", (2,))], align=True)


class Arrays(NamedTuple):
    """Of three shapes."""

    line: NDArray[np.int64]
    cube: NDArray[np.float64]
    pair: NDArray[np.void]


@compiled
def read_and_write(arrays, place, small):  # type: ignore[no-untyped-def]
    """Write by number, by tuple, through a view and into a record; return what reading gives."""
    arrays.line[place] += 7
    arrays.cube[place, 1, small] = 5.0
    row = arrays.cube[small, place]
    row[0] -= 1.0
    record = arrays.pair[place]
    record.one = small
    record.two[1] = 0.5
    column = arrays.cube[:, small, place]
    return arrays.line[place], row.sum(), column.sum(), arrays.pair[small].two[1], len(arrays.cube[0])


def test_arrays_behind_a_handle_are_the_arrays_themselves() -> None:
    def made() -> Arrays:
        cube = np.arange(24.0).reshape(2, 3, 4)
        return Arrays(np.arange(3), cube, np.zeros(3, dtype=PAIR))

    lent, plain = made(), made()
    for place, small in ((1, np.int8(0)), (0, np.int8(1)), (1, np.int8(1))):
        assert read_and_write(take(lent), place, small) == read_and_write(plain, place, small)
    for one, other in zip(lent, plain, strict=True):
        assert one.tobytes() == other.tobytes()
