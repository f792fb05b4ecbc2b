"""The same comparison under draws of an ensemble: what is not known, beside what chance does.

Worlds are numbered as by `sim.experiment.draws.run_ensemble`, made by the same public functions and kept in
the same store: the numbers are those of ``jobbtorg compare --ensemble``.
"""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sim.experiment.draws import MONTH, DrawnResults, world
from sim.experiment.run import cube_axes
from sim.explorer.runs import BASE, OTHER, Workshop
from sim.explorer.session import Session
from sim.explorer.state import Plan, Settings, assignments, base_of
from sim.parameters import Scenario
from sim.parameters.ensembles import ensemble_names, find_ensemble, read_ensemble
from sim.parameters.uncertain import Ensemble

Array = NDArray[np.float64]

_Asked = tuple[Settings, str]

RUNS = 2
"""Runs of each draw: the fewest that tell chance from what is not known."""

BATCHES = (8, 24, 64)
"""Draws behind each picture."""

ROOM = 150_000_000
"""Bytes of worlds that are held; a draw of three years takes 0.16 MB, of eleven 0.5 MB."""


@dataclass(frozen=True)
class Drawn:
    """Two worlds under draws.

    Attributes
    ----------
    settings : Settings
        The other world's.
    results : DrawnResults
        Of the scenarios ``base`` and ``other``, for years and the whole period.
    """

    settings: Settings
    results: DrawnResults


def held(settings: Settings, plan: Plan) -> frozenset[str]:
    """Return the parameters that were set by hand: no draw moves them."""
    return frozenset(key.partition("[")[0] for key, _ in assignments(settings, plan))


class Draws:
    """Makes worlds under draws, in a workshop's threads.

    Used from one event loop, as the workshop.

    Parameters
    ----------
    workshop : Workshop
    """

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop
        self.names = ensemble_names(workshop.library.folder)
        self._read: dict[str, Ensemble] = {}
        self._made: OrderedDict[tuple[Settings, str, frozenset[str]], dict[int, Array]] = OrderedDict()

    async def compare(self, settings: Settings, name: str, draws: int) -> Drawn:
        """Return the settings' worlds beside their base's, under the first draws of an ensemble.

        What is held is not made again. When the caller is cancelled, what has not begun is dropped.

        Parameters
        ----------
        settings : Settings
        name : str
            The ensemble's.
        draws : int
            No more than the ensemble has are taken.

        Raises
        ------
        DrawError
            If a draw can't be laid on the settings.
        """
        plan = self._workshop.plan
        whole = await self._ensemble(name)
        keys = held(settings, plan)
        ensemble = whole.first(draws).holding(keys)
        sides = (base_of(settings, plan.settings), settings)
        scenarios = [self._workshop.resolve(side).scenario for side in sides]
        places = [(side, name, keys) for side in sides]
        for place in places:
            self._made.setdefault(place, {})
            self._made.move_to_end(place)
        wanted = threading.Event()
        wanted.set()
        work = []
        for draw in range(len(ensemble)):
            for place, scenario in dict(zip(places, scenarios, strict=True)).items():
                if draw not in self._made[place]:
                    one = self._workshop.submit(self._draw, scenario, settings.starts, ensemble, draw, wanted)
                    one.add_done_callback(partial(_take, self._made[place], draw))
                    work.append(one)
        try:
            await asyncio.gather(*work)
        finally:
            wanted.clear()  # a draw under way ends after its run
        made = [[self._made[place][draw] for draw in range(len(ensemble))] for place in places]
        self._forget()
        axes = cube_axes(scenarios[0])
        results = DrawnResults(
            names=(BASE, OTHER),
            ensemble=ensemble,
            values=np.array(made),
            measures=axes.measures,
            periods=tuple(period for period in axes.periods if period.kind != MONTH),
            centres=axes.centres,
            segments=axes.segments,
            seed=self._workshop.seed,
        )
        return Drawn(settings, results)

    def size(self, name: str) -> int:
        """Return how many draws an ensemble has, once it has been read."""
        return len(self._read[name])

    async def _ensemble(self, name: str) -> Ensemble:
        if name not in self._read:
            folder = find_ensemble(name, self._workshop.library.folder)
            assert folder is not None
            self._read[name] = (await self._workshop.submit(read_ensemble, folder)).ensemble
        return self._read[name]

    def _draw(
        self, scenario: Scenario, starts: date, ensemble: Ensemble, draw: int, wanted: threading.Event
    ) -> Array | None:
        """Return one draw's runs, float64[run, measure, period, centre, segment]; None when given up."""
        laid = ensemble.lay(scenario, draw)
        kept = [place for place, period in enumerate(cube_axes(laid).periods) if period.kind != MONTH]
        found = []
        for run in range(RUNS):
            if not wanted.is_set():
                return None
            number = world(draw, run, RUNS)
            values, stored = self._workshop.read_or_make(laid, starts, number)
            if not stored:
                self._workshop.write(laid, starts, number, values)
            found.append(values[:, kept])
        return np.array(found)

    def _forget(self) -> None:
        """Let go of what was used least lately; the two latest stay, however large they are."""
        size = sum(one.nbytes for draws in self._made.values() for one in draws.values())
        while size > ROOM and len(self._made) > 2:
            size -= sum(one.nbytes for one in self._made.popitem(last=False)[1].values())


def _take(held: dict[int, Array], draw: int, done: asyncio.Future[Array | None]) -> None:
    """Hold a draw that is ready, though its caller may have been cancelled meanwhile."""
    if not done.cancelled() and done.exception() is None and (made := done.result()) is not None:
        held[draw] = made


class Drawing:
    """Draws what is asked for, more and more of it, and gives way when a lever moves.

    Parameters
    ----------
    workshop : Workshop
    batches : sequence of int
        Draws behind each picture.
    show : callable
        Called when there is something new to be shown.
    fail : callable
        Told of every exception.

    Attributes
    ----------
    names : tuple of str
        The ensembles that there are.
    most : int
        Draws behind the last picture.
    """

    def __init__(
        self,
        workshop: Workshop,
        batches: Sequence[int],
        show: Callable[[], None],
        fail: Callable[[Exception], None],
    ) -> None:
        self._draws = Draws(workshop)
        self.names, self.most = self._draws.names, batches[-1]
        self._show, self._fail = show, fail
        self._drawn: Drawn | None = None
        self._asked: _Asked | None = None
        # nothing is made in the first step: only what comes after it gives way to a new value
        self._session: Session[_Asked, int, Drawn | None] = Session(
            self._compute, self._found, self._failed, (0, *batches), rest=0.0
        )

    def ask(self, settings: Settings, name: str) -> None:
        """Begin to draw, unless that has been done or is being done."""
        if self._asked != (settings, name) and not self.whole(settings, name):
            self._asked = (settings, name)
            self._session.ask(self._asked)

    def known(self, settings: Settings, name: str) -> DrawnResults | None:
        """Return what has been drawn so far of a comparison."""
        found = self._drawn
        if found is None or found.settings != settings or found.results.ensemble.name != name:
            return None
        return found.results

    def whole(self, settings: Settings, name: str) -> bool:
        """Return whether all of a comparison has been drawn."""
        found = self.known(settings, name)
        return found is not None and found.draws >= min(self.most, self._draws.size(name))

    async def _compute(self, asked: _Asked, draws: int) -> Drawn | None:
        return await self._draws.compare(*asked, draws) if draws else None

    def _found(self, drawn: Drawn | None, last: bool) -> None:
        known = None if drawn is None else self.known(drawn.settings, drawn.results.ensemble.name)
        if drawn is not None and (known is None or known.draws < drawn.results.draws):
            self._drawn = drawn
            self._show()

    def _failed(self, error: Exception) -> None:
        self._asked = None
        self._fail(error)

    def stop(self) -> None:
        """Leave the machine to others; what has been drawn stays."""
        self._asked = None
        self._session.stop()

    async def settled(self) -> None:
        """Wait for the last draw."""
        await self._session.settled()

    def close(self) -> None:
        """Stop for good."""
        self._session.close()
