"""The same comparison under draws of an ensemble: what is not known, beside what chance does.

Worlds are numbered as by `sim.experiment.draws.run_ensemble`, made by the same public functions and kept in
the same store: the numbers are those of ``jobbtorg compare --ensemble``, and with ``--structures`` where the
model is built in other ways too. As there, what is set by hand is laid over what another way sets.
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

from sim.experiment.draws import MONTH, DrawnResults, built_otherwise, world
from sim.experiment.run import cube_axes
from sim.explorer.runs import BASE, OTHER, Workshop
from sim.explorer.session import Session
from sim.explorer.state import PLAN, DrawnFrom, Plan, Settings, assignments, base_of, lines
from sim.parameters import InputErrors, Scenario, structural_alternatives
from sim.parameters.ensembles import ensemble_names, find_ensemble, read_ensemble
from sim.parameters.overlays import STACK
from sim.parameters.uncertain import Ensemble

Array = NDArray[np.float64]

_Asked = tuple[Settings, DrawnFrom]
_Place = tuple[Scenario, date, Ensemble]

RUNS = 2
"""Runs of each draw: the fewest that tell chance from what is not known."""

BATCHES = (8, 24, 64)
"""Draws behind each picture."""

STRUCTURED = (4, 8)
"""Draws behind each picture when the model is built in other ways too.

Fewer, since each way costs as much as the ensemble: eight draws in a dozen ways are more worlds than the
64 draws in one. The ways share their draws, so what differs between them is told well all the same.
"""

ROOM = 150_000_000
"""Bytes of worlds that are held; a draw of three years takes 0.16 MB, of eleven 0.5 MB."""


class WayError(Exception):
    """Another way of building that can't be laid on the settings; the message names it and says why."""


@dataclass(frozen=True)
class Drawn:
    """Two worlds under draws.

    Attributes
    ----------
    settings : Settings
        The other world's.
    source : DrawnFrom
    built : tuple of DrawnResults
        Of the scenarios ``base`` and ``other``, for years and the whole period: one for each way of building
        the model, as it is the first.
    """

    settings: Settings
    source: DrawnFrom
    built: tuple[DrawnResults, ...]

    @property
    def draws(self) -> int:
        """Draws in each way."""
        return self.built[0].draws


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
        self._made: OrderedDict[_Place, dict[int, Array]] = OrderedDict()

    async def compare(self, settings: Settings, source: DrawnFrom, draws: int) -> Drawn:
        """Return the settings' worlds beside their base's, under the first draws of an ensemble.

        What is held is not made again. When the caller is cancelled, what has not begun is dropped.

        Parameters
        ----------
        settings : Settings
        source : DrawnFrom
        draws : int
            No more than the ensemble has are taken.

        Raises
        ------
        DrawError
            If a draw can't be laid on the settings.
        WayError
            If another way of building can't be.
        """
        whole = await self._ensemble(source.ensemble)
        ways, each = await self._workshop.submit(self._places, settings, whole, source.structures)
        count = min(draws, len(whole))
        for place in each:
            self._made.setdefault(place, {})
            self._made.move_to_end(place)
        wanted = threading.Event()
        wanted.set()
        work = []
        for draw in range(count):
            for place in each:
                if draw not in self._made[place]:
                    one = self._workshop.submit(self._draw, *place, draw, wanted)
                    one.add_done_callback(partial(_take, self._made[place], draw))
                    work.append(one)
        try:
            await asyncio.gather(*work)
        finally:
            wanted.clear()  # a draw under way ends after its run
        built = tuple(self._results(way, count) for way in ways)
        self._forget(len(each))
        return Drawn(settings, source, built)

    def _results(self, way: Sequence[_Place], draws: int) -> DrawnResults:
        """Put together what has been made of the base and the other, the model built in one way."""
        scenario, _, ensemble = way[0]
        axes = cube_axes(scenario)
        return DrawnResults(
            names=(BASE, OTHER),
            ensemble=ensemble.first(draws),
            values=np.array([[self._made[place][draw] for draw in range(draws)] for place in way]),
            measures=axes.measures,
            periods=tuple(period for period in axes.periods if period.kind != MONTH),
            centres=axes.centres,
            segments=axes.segments,
            seed=self._workshop.seed,
        )

    def size(self, name: str) -> int:
        """Return how many draws an ensemble has, once it has been read."""
        return len(self._read[name])

    async def _ensemble(self, name: str) -> Ensemble:
        if name not in self._read:
            folder = find_ensemble(name, self._workshop.library.folder)
            assert folder is not None
            self._read[name] = (await self._workshop.submit(read_ensemble, folder)).ensemble
        return self._read[name]

    def _places(
        self, settings: Settings, whole: Ensemble, structures: bool
    ) -> tuple[list[list[_Place]], list[_Place]]:
        """Return what the base's and the settings' draws are made from, in each way, and without repetition.

        For a thread: to read the ways and to tell whether two of them hold the same takes its time.
        """
        library, plan = self._workshop.library, self._workshop.plan
        both = (base_of(settings, plan.settings), settings)

        def laid(way: str) -> list[Scenario]:
            name = f"{PLAN}{STACK}{way}" if way else PLAN
            try:
                return [library.resolve(name, lines(one, plan)).scenario for one in both]
            except InputErrors as error:
                if not way:
                    raise
                raise WayError(f"{way}: {' '.join(fault.sentence for fault in error.problems)}") from None

        alternatives = structural_alternatives(library) if structures else ()
        built = built_otherwise(laid, whole.holding(held(settings, plan)), alternatives)
        ways = [[(scenario, settings.starts, drawn) for scenario in sides] for sides, drawn in built]
        return ways, list(dict.fromkeys(place for way in ways for place in way))

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

    def _forget(self, latest: int) -> None:
        """Let go of what was used least lately; the latest stay, however large they are."""
        size = sum(one.nbytes for draws in self._made.values() for one in draws.values())
        while size > ROOM and len(self._made) > latest:
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
    batches, structured : sequence of int
        Draws behind each picture: of the model as it is, and built in other ways too.
    show : callable
        Called when there is something new to be shown.
    fail : callable
        Told of every exception.

    Attributes
    ----------
    names : tuple of str
        The ensembles that there are.
    """

    def __init__(
        self,
        workshop: Workshop,
        batches: Sequence[int],
        structured: Sequence[int],
        show: Callable[[], None],
        fail: Callable[[Exception], None],
    ) -> None:
        self._draws = Draws(workshop)
        self.names = self._draws.names
        self._batches = {False: batches, True: structured}
        self._show, self._fail = show, fail
        self._drawn: dict[DrawnFrom, Drawn] = {}
        self._asked: _Asked | None = None
        # nothing is made in the first step: only what comes after it gives way to a new value
        steps = range(1 + max(len(batches), len(structured)))
        self._session: Session[_Asked, int, Drawn | None] = Session(
            self._compute, self._found, self._failed, steps, rest=0.0
        )

    def ask(self, settings: Settings, source: DrawnFrom) -> None:
        """Begin to draw, unless that has been done or is being done."""
        if self._asked != (settings, source) and not self.whole(settings, source):
            self._asked = (settings, source)
            self._session.ask(self._asked)

    def known(self, settings: Settings, source: DrawnFrom) -> tuple[DrawnResults, ...]:
        """Return what has been drawn so far of a comparison, in each way of building; nothing at first."""
        found = self._drawn.get(source)
        return () if found is None or found.settings != settings else found.built

    def whole(self, settings: Settings, source: DrawnFrom) -> bool:
        """Return whether all of a comparison has been drawn."""
        found = self.known(settings, source)
        return bool(found) and found[0].draws >= min(self.most(source), self._draws.size(source.ensemble))

    def most(self, source: DrawnFrom) -> int:
        """Return how many draws are behind the last picture."""
        return self._batches[source.structures][-1]

    async def _compute(self, asked: _Asked, step: int) -> Drawn | None:
        batches = self._batches[asked[1].structures]
        return await self._draws.compare(*asked, batches[step - 1]) if 0 < step <= len(batches) else None

    def _found(self, drawn: Drawn | None, last: bool) -> None:
        if drawn is None:
            return
        known = self.known(drawn.settings, drawn.source)
        if not known or known[0].draws < drawn.draws:
            of_others = {key: one for key, one in self._drawn.items() if one.settings == drawn.settings}
            self._drawn = of_others | {drawn.source: drawn}
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
