"""Room for the values of many runs: in memory, or in a file to which memory is only lent."""

from __future__ import annotations

import math
import mmap
import os
import tempfile

import numpy as np
from numpy.typing import NDArray

IN_MEMORY = 256 * 2**20
"""Bytes of values that are held in memory; more of them are in a temporary file."""


def room(shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Room for values, float64[shape], to be written before it is read.

    What is larger than `IN_MEMORY` is a file without a name, gone with the array: it takes no more memory
    than the system has to spare, however many runs there are. Where there is no room for the file either,
    it is memory after all.
    """
    size = 8 * math.prod(shape)
    if size <= IN_MEMORY:
        return np.empty(shape)
    with tempfile.TemporaryFile() as file:
        try:
            if hasattr(os, "posix_fallocate"):  # a file that turns out too large later would end the program
                os.posix_fallocate(file.fileno(), 0, size)
            return np.memmap(file, dtype=np.float64, mode="w+", shape=shape)
        except OSError:
            return np.empty(shape)


def let_go(values: NDArray[np.float64]) -> None:
    """Give back the memory that was lent to values in a file, as far as the system has a way to say so."""
    file: object = values.base
    if isinstance(file, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        file.madvise(mmap.MADV_DONTNEED)
