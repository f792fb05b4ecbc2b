"""Calibration by ensemble: every set of the uncertain numbers that the targets allow, none of them "the" fit.

In four steps, each from the study's seed alone:

1. *Design*: one run at each of many points of the prior (a Latin hypercube).
2. *Waves*: an emulator of the targets' quantities (`sim.inference.emulator`), chains that walk where it says
   that runs may agree with every target (`sim.inference.chains`), runs there, and an emulator of those.
3. *Draws*: as many chains as draws. Each holds what is not learned at values of its own, a Latin hypercube
   over their priors, and walks through the rest; where it ends is a draw.
4. *Runs*: each draw is run until one of its worlds agrees with every target within the stated tolerance; that
   world's number is kept with it. A draw without such a world is dropped for another from its chain, so every
   draw that is kept is consistent with all targets by simulation, not by the emulator's word.

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
    last = walk(
        emulator,
        study.dimensions,
        study.learn,
        start,
        low,
        high,
        LAST_STEPS,
        study.seed,
        "draws",
        halts=HALTS,
    )
    return _held_against(study, last.halts[::-1], low, high, number, emulator.errors, jobs, say)


def _held_against(
    study: Study,
    halts: Array,
    low: Array,
    high: Array,
    number: int,
    errors: Array,
    jobs: int | None,
    say: Say,
) -> Calibration:
    """Run each draw until a world of it agrees with every target, the last halt of its chain first."""
    draws, targets = study.draws, study.calibrate
    values = np.empty((draws, len(study.dimensions)))
    runs, tried = np.full(draws, -1, dtype=np.int64), np.zeros(draws, dtype=np.int64)
    fit = np.empty((draws, len(targets)))
    dropped = 0
    simulated = number
    for halt in halts:
        missing = np.flatnonzero(runs < 0)
        attempts = 0
        while len(missing) and attempts < study.tries:
            at_once = min(AT_ONCE, study.tries - attempts)
            worlds = [
                World(
                    laid(study.fitted, study.dimensions, halt[draw]),
                    number + again * draws + int(draw),
                    study.seed,
                )
                for again in range(at_once)
                for draw in missing
            ]
            found = read_worlds(worlds, targets, jobs, _saying(say, f"draws {draws - len(missing)}/{draws}"))
            simulated += len(worlds)
            good = ((found >= low) & (found <= high)).all(axis=1).reshape(at_once, len(missing))
            for place, draw in enumerate(missing):
                hits = np.flatnonzero(good[:, place])
                tried[draw] += at_once if not len(hits) else int(hits[0]) + 1
                if len(hits):
                    row = int(hits[0]) * len(missing) + place
                    values[draw], fit[draw], runs[draw] = halt[draw], found[row], worlds[row].run
            number += at_once * draws
            attempts += at_once
            missing = np.flatnonzero(runs < 0)
        dropped += len(missing)
        if not len(missing):
            break
    missing = np.flatnonzero(runs < 0)
    if len(missing):
        raise ExperimentError("no-agreeing-world", found=len(missing), draws=draws, tries=study.tries)
    ensemble = Ensemble(study.name, study.dimensions, values)
    return Calibration(ensemble, runs, fit, tried, dropped, simulated, errors)


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
