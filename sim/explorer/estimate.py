"""A picture before any run of a new setting: read between runs of other settings.

Around some settings each lever that goes without steps is tried at a few places, with the same people. What a
lever does between two of its places is read on the straight line between them, cell by cell, and laid on the
last picture that was run. What levers do only together is left out. That is a preview, is marked as one, and
gives way to runs; its intervals are those of the picture that it was laid on.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.explorer.runs import Compared, Workshop
from sim.explorer.state import Settings, base_of
from sim.parameters import InputErrors

PLACES: Mapping[str, tuple[float, ...]] = {
    "norm": (20.0, 30.0, 40.0, 50.0, 65.0, 85.0, 120.0),
    "places": (0.0, 1000.0, 2000.0, 3000.0, 4000.0, 5000.0),
    "share": (0.0, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8),
    "staff_factor": (0.5, 0.7, 0.85, 1.0, 1.15, 1.5, 2.0),
    "price": (20_000.0, 80_000.0),
    "elasticity": (0.0, 0.1, 0.2, 0.35, 0.5),
    "effect": (0.5, 0.75, 1.0, 1.25, 1.5),
    "waiting_pace": (0.0, 0.5, 1.0),
}
"""Where each lever is tried, by its name among the settings."""

RUNS = 2
"""Paired runs at each place: enough for a difference between two worlds of the same people."""


@dataclass(frozen=True)
class Shape:
    """The means over runs of what is shown of two worlds."""

    values: NDArray[np.float64]
    posts: NDArray[np.float64]
    stages: NDArray[np.float64]

    def plus(self, other: Shape, times: float) -> Shape:
        """Return this and so many times the other."""
        return Shape(
            self.values + times * other.values,
            self.posts + times * other.posts,
            self.stages + times * other.stages,
        )


class Estimates:
    """Tries each lever around some settings, and reads between what has been tried.

    Parameters
    ----------
    workshop : Workshop
    places : mapping of str to tuple of float
        Where levers are tried; one that is not there is never read.
    runs : int
    """

    def __init__(
        self,
        workshop: Workshop,
        places: Mapping[str, tuple[float, ...]] = PLACES,
        runs: int = RUNS,
    ) -> None:
        self._workshop = workshop
        self._places = places
        self._runs = runs
        self._around: Settings | None = None
        self._tried: dict[str, dict[float, Shape]] = {}

    async def prepare(self, settings: Settings) -> None:
        """Try every lever around the settings, the nearest places first; goes on where it was cancelled."""
        if self._around is None or _rest(settings) != _rest(self._around):
            self._around, self._tried = settings, {}
        around = self._around
        for lever, place in tuple(self._missing(around)):
            moved: dict[str, Any] = {lever: place}
            try:
                found = await self._workshop.compare(replace(around, **moved), self._runs)
            except InputErrors:
                continue  # not every place is allowed in every city
            self._tried.setdefault(lever, {})[place] = _shape(found)

    def _missing(self, around: Settings) -> Iterator[tuple[str, float]]:
        orders = []
        for lever in _in_play(around):
            if lever not in self._places:
                continue
            now = getattr(around, lever)
            places = {now, *self._places[lever]} - self._tried.get(lever, {}).keys()
            orders.append([(lever, place) for place in sorted(places, key=lambda place: abs(place - now))])
        for rank in range(max(map(len, orders), default=0)):
            yield from (order[rank] for order in orders if rank < len(order))

    def read(self, last: Compared, settings: Settings) -> Compared | None:
        """Return what the settings give, as far as that can be read; None where it can't.

        Parameters
        ----------
        last : Compared
            A picture that was run.
        settings : Settings
        """
        around = self._around
        if around is None or not _rest(settings) == _rest(last.settings) == _rest(around):
            return None
        shift: Shape | None = None
        for lever in _in_play(settings):
            to, since = getattr(settings, lever), getattr(last.settings, lever)
            if to == since:
                continue
            there, here = self._at(lever, to), self._at(lever, since)
            if there is None or here is None:
                return None
            moved = there.plus(here, -1.0)
            shift = moved if shift is None else shift.plus(moved, 1.0)
        if shift is None:
            return None
        resolve = self._workshop.resolve
        values = last.results.values + shift.values[:, None]
        # what is none below zero in a world that was run is none below zero here
        np.maximum(values, 0.0, out=values, where=last.results.values >= 0.0)
        return replace(
            last,
            settings=settings,
            base=resolve(base_of(settings, self._workshop.plan.settings)),
            other=resolve(settings),
            results=replace(last.results, values=values),
            posts=np.maximum(last.posts + shift.posts, 0.0),
            stages=np.maximum(last.stages + shift.stages[:, None], 0.0),
            ends=(),
            estimated=True,
        )

    def _at(self, lever: str, value: float) -> Shape | None:
        """Return what a lever's value gives, on the line between its two neighbours."""
        tried = self._tried.get(lever, {})
        if value in tried:
            return tried[value]
        places = sorted(tried)
        above = bisect_left(places, value)
        if above in (0, len(places)):
            return None
        low, high = places[above - 1], places[above]
        part = (_along(lever, value) - _along(lever, low)) / (_along(lever, high) - _along(lever, low))
        return tried[low].plus(tried[high].plus(tried[low], -1.0), part)


def _along(lever: str, value: float) -> float:
    """Return where a value stands on its line: posts go by people through the norm."""
    return 1.0 / value if lever == "norm" else value


def _in_play(settings: Settings) -> tuple[str, ...]:
    """Return the levers without steps that have an effect in these settings."""
    idle = {
        "share": settings.basis == "places",
        "places": settings.basis != "places",
        "staff_factor": settings.mode == "follows",
        "waiting_pace": settings.waiting_mode != "fixed",
    }
    return tuple(lever for lever in PLACES if not idle.get(lever, False))


def _rest(settings: Settings) -> Settings:
    """Return the settings without the levers in play: where these differ, nothing can be read."""
    moved: dict[str, Any] = dict.fromkeys(_in_play(settings), 0.0)
    return replace(settings, **moved)


def _shape(found: Compared) -> Shape:
    return Shape(found.results.values.mean(axis=1), found.posts, found.stages.mean(axis=1))
