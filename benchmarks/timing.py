"""Stopwatches: medians of several tries, in turns, on the clock and in processor time."""

from __future__ import annotations

import gc
import statistics
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType

import psutil

MEGABYTE = 1e6


@dataclass(frozen=True)
class Seconds:
    """What something took: by the clock, and of processors' time in this process."""

    wall: float
    processor: float


class Laps:
    """A stopwatch for the steps of one thing.

    Attributes
    ----------
    took : dict of str to Seconds
        By step, in their order.
    """

    def __init__(self) -> None:
        gc.collect()
        self.took: dict[str, Seconds] = {}
        self._since = _now()

    def lap(self, name: str) -> None:
        """End a step."""
        now = _now()
        self.took[name] = Seconds(now.wall - self._since.wall, now.processor - self._since.processor)
        self._since = _now()


def _now() -> Seconds:
    return Seconds(time.perf_counter(), time.process_time())


def stopwatch(work: Callable[[], object]) -> Seconds:
    """Do something once and return what it took."""
    laps = Laps()
    work()
    laps.lap("all")
    return laps.took["all"]


def median(tries: list[Seconds]) -> Seconds:
    """Return the median of several tries, of each clock for itself."""
    return Seconds(
        statistics.median(one.wall for one in tries), statistics.median(one.processor for one in tries)
    )


def in_turns(works: Mapping[str, Callable[[], object]], tries: int) -> dict[str, Seconds]:
    """Time several things in turns, so that whatever else the machine does meets all of them alike.

    Parameters
    ----------
    works : mapping of str to callable
    tries : int
        Rounds; the median of them is returned.
    """
    rounds = [{name: stopwatch(work) for name, work in works.items()} for _ in range(tries)]
    return {name: median([one[name] for one in rounds]) for name in works}


class PeakMemory:
    """The most memory that this process held within a block, looked at a hundred times a second.

    Attributes
    ----------
    megabytes : float
        Of the whole process, what it held before the block included.
    before : float
        What it held before the block.
    """

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._over = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self.before = self.megabytes = self._held()

    def _held(self) -> float:
        return float(self._process.memory_info().rss) / MEGABYTE

    def _watch(self) -> None:
        while not self._over.wait(0.01):
            self.megabytes = max(self.megabytes, self._held())

    def __enter__(self) -> PeakMemory:
        self._watcher.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._watcher.join()
        self.megabytes = max(self.megabytes, self._held())
