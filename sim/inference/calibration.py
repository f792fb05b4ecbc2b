"""Calibration by ensemble: every set of the uncertain numbers that the targets allow, none of them "the" fit.

In four steps, each from the study's seed alone:

1. *Design*: one run at each of many points of the prior (a Latin hypercube).
2. *Waves*: an emulator of the targets' quantities (`sim.inference.emulator`), chains that walk where it says
   that runs may agree with every target (`sim.inference.chains`), runs there, and an emulator of those.
3. *Draws*: as many chains as draws. Each holds what is not learned at values of its own, a Latin hypercube
   over their priors, and walks through the rest; where it ends is a draw.
4. *Runs*: each draw is run until one of its worlds agrees with every target within the stated tolerance; that
   world's number is kept with it. A draw without such a world is dropped for another from its chain, so every
   draw that is kept is consistent with all targets by simulation, not by the emulator's word. Where a whole
   chain has none, the emulator learns from all that was run, and the chains walk again for those that are
   missing.

What is not learned keeps its prior exactly: one draw in each of as many equal parts of it as there are draws.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.experiment.errors import ExperimentError
from sim.experiment.run import cube_axes
from sim.inference.chains import walk
from sim.inference.chances import latin
from sim.inference.emulator import Emulator, train
from sim.inference.quantities import inside
from sim.inference.worlds import World, laid, read_worlds
from sim.parameters.studies import Study
from sim.parameters.targets import Target
from sim.parameters.uncertain import Ensemble

Array = NDArray[np.float64]
Say = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""

WAVES = 2
STEPS = 1000
LAST_STEPS = 2500
HALTS = 8
ROUNDS = 4
"""Walks at most; a second one only for the draws that the first has found no world for."""
AT_ONCE = 2
"""Runs of each open draw between two looks."""


@dataclass(frozen=True)
class Design:
    """One run at each of many points.

    Attributes
    ----------
    values : float64[point, dimension]
    found : float64[point, target]
    targets : tuple of Target
    """

    values: Array
    found: Array
    targets: tuple[Target, ...]

    def emulator(self, targets: tuple[Target, ...]) -> Emulator:
        """An emulator of some of the targets' quantities."""
        places = [self.targets.index(target) for target in targets]
        return train(self.values, self.found[:, places])


@dataclass(frozen=True)
class Calibration:
    """What came of a study.

    Attributes
    ----------
    ensemble : Ensemble
    runs : int64[draw]
        The number of each draw's own run, in which it agrees with every target.
    fit : float64[draw, target]
        What that run gave.
    tried : int64[draw]
        Runs of the draw until one agreed.
    dropped : int
        Draws for which none did, and which another took the place of.
    simulated : int
        Runs in all.
    errors : float64[target]
        The last emulator's error, chance included.
    """

    ensemble: Ensemble
    runs: NDArray[np.int64]
    fit: Array
    tried: NDArray[np.int64]
    dropped: int
    simulated: int
    errors: Array


def _quiet(what: str, done: int, total: int) -> None:
    """Say nothing."""


def design(study: Study, jobs: int | None = None, say: Say = _quiet) -> Design:
    """Run the study's first design, over the whole prior, to the end of what the emulator is for."""
    targets = inside(study.targets.targets, cube_axes(study.until))
    chance = latin(study.seed, "design", _names(study), study.points)
    values = _values(study, chance)
    worlds = [World(laid(study.until, study.dimensions, row), n, study.seed) for n, row in enumerate(values)]
    found = read_worlds(worlds, targets, jobs, lambda done, total: say("design", done, total))
    return Design(values, found, targets)


def calibrate(
    study: Study, jobs: int | None = None, say: Say = _quiet, first: Design | None = None
) -> Calibration:
    """Find the study's ensemble.

    Parameters
    ----------
    study : Study
    jobs : int, optional
        Runs at a time; by default one for each core. It changes nothing in the result.
    say : callable, optional
        Told what is being done.
    first : Design, optional
        The first design, where it has been run already.

    Raises
    ------
    ExperimentError
        If some draw finds no world that agrees with every target: then the priors and the targets don't
        meet there, which is a finding and no ensemble.
    """
    targets = study.calibrate
    low, high = np.array([target.accepted for target in targets]).T
    known = design(study, jobs, say) if first is None else first
    emulator = known.emulator(targets)
    number = study.points
    values, found = np.empty((0, len(study.dimensions))), np.empty((0, len(targets)))
    for wave in range(WAVES):
        what = f"wave {wave + 1}"
        start = latin(study.seed, what, _names(study), 3 * study.points // 4)
        here = walk(emulator, study.dimensions, study.learn, start, low, high, STEPS, study.seed, what)
        worlds = [
            World(laid(study.fitted, study.dimensions, row), number + n, study.seed)
            for n, row in enumerate(here.values)
        ]
        number += len(worlds)
        new = read_worlds(worlds, targets, jobs, _saying(say, what))
        values, found = np.concatenate([values, here.values]), np.concatenate([found, new])
        emulator = train(values, found)
    start = latin(study.seed, "draws", _names(study), study.draws)
    search = _Search.of(study, low, high, number)
    for walked in range(ROUNDS):
        errors = emulator.errors
        what = f"draws {walked + 1}" if walked else "draws"
        last = walk(
            emulator,
            study.dimensions,
            study.learn,
            start,
            low,
            high,
            LAST_STEPS,
            study.seed,
            what,
            halts=HALTS,
        )
        tried = search.hold(last.halts[::-1], jobs, say)
        if not len(search.missing):
            break
        values, found = np.concatenate([values, *tried[0]]), np.concatenate([found, *tried[1]])
        emulator = train(values, found)
    missing = search.missing
    if len(missing):
        raise ExperimentError("no-agreeing-world", found=len(missing), draws=study.draws, tries=study.tries)
    ensemble = Ensemble(study.name, study.dimensions, search.values)
    return Calibration(
        ensemble, search.runs, search.fit, search.tried, search.dropped, search.number_of_runs, errors
    )


@dataclass
class _Search:
    """The draws that have a world of their own, and the search for the others'."""

    study: Study
    low: Array
    high: Array
    number: int
    number_of_runs: int
    values: Array
    fit: Array
    runs: NDArray[np.int64]
    tried: NDArray[np.int64]
    dropped: int = 0

    @classmethod
    def of(cls, study: Study, low: Array, high: Array, number: int) -> _Search:
        """Nothing is found yet, after `number` runs."""
        return cls(
            *(study, low, high, number, number),
            values=np.empty((study.draws, len(study.dimensions))),
            fit=np.empty((study.draws, len(study.calibrate))),
            runs=np.full(study.draws, -1, dtype=np.int64),
            tried=np.zeros(study.draws, dtype=np.int64),
        )

    @property
    def missing(self) -> NDArray[np.int64]:
        """Draws without a world that agrees."""
        return np.flatnonzero(self.runs < 0)

    def hold(self, halts: Array, jobs: int | None, say: Say) -> tuple[list[Array], list[Array]]:
        """Run each missing draw until a world of it agrees with every target, the last halt first.

        Returns
        -------
        list of float64[run, dimension], list of float64[run, target]
            All that was run.
        """
        seen: tuple[list[Array], list[Array]] = [], []
        for halt in halts:
            attempts = 0
            while len(self.missing) and attempts < self.study.tries:
                at_once = min(AT_ONCE, self.study.tries - attempts)
                attempts += at_once
                points, found = self._attempt(halt, at_once, jobs, say)
                seen[0].append(points)
                seen[1].append(found)
            self.dropped += len(self.missing)
            if not len(self.missing):
                break
        return seen

    def _attempt(self, halt: Array, at_once: int, jobs: int | None, say: Say) -> tuple[Array, Array]:
        """Run each missing draw a few times."""
        study, missing = self.study, self.missing
        which = np.tile(missing, at_once)
        again = np.repeat(np.arange(at_once), len(missing))
        worlds = [
            World(
                laid(study.fitted, study.dimensions, halt[draw]),
                self.number + int(time) * study.draws + int(draw),
                study.seed,
            )
            for draw, time in zip(which, again, strict=True)
        ]
        what = f"draws {study.draws - len(missing)}/{study.draws}"
        found = read_worlds(worlds, study.calibrate, jobs, _saying(say, what))
        self.number += at_once * study.draws
        self.number_of_runs += len(worlds)
        good = ((found >= self.low) & (found <= self.high)).all(axis=1).reshape(at_once, len(missing))
        for place, draw in enumerate(missing):
            hits = np.flatnonzero(good[:, place])
            self.tried[draw] += at_once if not len(hits) else int(hits[0]) + 1
            if len(hits):
                row = int(hits[0]) * len(missing) + place
                self.values[draw], self.fit[draw] = halt[draw], found[row]
                self.runs[draw] = worlds[row].run
        return halt[which], found


def _saying(say: Say, what: str) -> Callable[[int, int], None]:
    return lambda done, total: say(what, done, total)


def _names(study: Study) -> list[str]:
    return [dimension.name for dimension in study.dimensions]


def _values(study: Study, chance: Array) -> Array:
    return np.column_stack([d.quantile(chance[:, place]) for place, d in enumerate(study.dimensions)])


def prior_values(study: Study) -> Array:
    """What the dimensions that are not learned are, draw by draw, before anything is observed.

    Returns
    -------
    float64[draw, dimension]
        Those that are learned stand here at chances of their prior too, which no draw keeps.
    """
    return _values(study, latin(study.seed, "draws", _names(study), study.draws))
