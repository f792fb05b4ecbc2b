"""Does the procedure cover as it says? Shown on cities whose truth is known.

Each synthetic city has its numbers drawn from the prior; one run of it is "observed", with an error of
measurement drawn evenly from the target's own tolerance. The procedure then sees nothing but those
observations: chains over the emulator of the whole prior, trained once. Over many cities its intervals should
hold the truth as often as they say. With the three hold-outs of the real city nobody could tell.

The real city's draws come from an emulator trained again near its own targets, and are borne out by runs; the
synthetic cities use the first emulator alone, so this is about the procedure, not about each number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from sim.inference.calibration import Design
from sim.inference.chains import WORLDS, walk
from sim.inference.chances import chances, latin
from sim.inference.worlds import Progress, World, laid, read_worlds
from sim.parameters.studies import Study

Array = NDArray[np.float64]

LEVELS = (0.50, 0.80, 0.95)
CHAINS = 40
STEPS = 500


@dataclass(frozen=True)
class Coverage:
    """How often intervals held the truth.

    Attributes
    ----------
    names : tuple of str
        Dimensions that are learned, then quantities that were not observed.
    ranks : float64[city, name]
        Share of the procedure's draws that lie below the truth: even over 0 to 1 where it covers.
    cities, chains : int
    """

    names: tuple[str, ...]
    ranks: Array
    cities: int
    chains: int

    def held(self, level: float) -> Array:
        """Share of the cities whose interval holds the truth, by name."""
        return np.asarray((np.abs(self.ranks - 0.5) <= level / 2.0).mean(axis=0))

    def expected(self, level: float, confidence: float = 0.99) -> tuple[float, float]:
        """Between which shares the cities' own number lets coverage fall, were it exact."""
        low, high = stats.binom.interval(confidence, self.cities, level)
        return float(low / self.cities), float(high / self.cities)


def coverage(
    study: Study,
    design: Design,
    cities: int,
    jobs: int | None = None,
    progress: Progress | None = None,
    chains: int = CHAINS,
    steps: int = STEPS,
    worlds: int = WORLDS,
) -> Coverage:
    """Try the procedure on synthetic cities.

    Parameters
    ----------
    study : Study
    design : Design
        The study's first design, on which the one emulator is trained.
    cities : int
    jobs, progress
        Of the runs that are observed.
    chains, steps : int
        Of each city.
    worlds : int
        As in the procedure itself.
    """
    names = [dimension.name for dimension in study.dimensions]
    truth = np.column_stack(
        [
            dimension.quantile(column)
            for dimension, column in zip(
                study.dimensions, latin(study.seed, "cities", names, cities).T, strict=True
            )
        ]
    )
    observed_worlds = [
        World(laid(study.until, study.dimensions, row), city, study.seed + 1)
        for city, row in enumerate(truth)
    ]
    found = read_worlds(observed_worlds, design.targets, jobs, progress)
    fitted = [design.targets.index(target) for target in study.calibrate]
    unseen = [place for place in range(len(design.targets)) if place not in fitted]
    half = np.array([(t.accepted[1] - t.accepted[0]) / 2.0 for t in study.calibrate])
    keys = [target.key for target in study.calibrate]
    error = half * (2.0 * chances(study.seed, "errors of measurement", keys, cities) - 1.0)
    observed = np.repeat(found[:, fitted] + error, chains, axis=0)
    start = latin(study.seed, "cities' chains", names, cities * chains)
    walked = walk(
        design.emulator(study.calibrate),
        study.dimensions,
        study.learn,
        start,
        observed - half,
        observed + half,
        steps,
        study.seed,
        "cities",
        group=chains,
        worlds=worlds,
    )
    learned = [names.index(name) for name in study.learn]
    drawn = walked.values.reshape(cities, chains, len(names))
    ranks = (drawn[:, :, learned] < truth[:, np.newaxis, learned]).mean(axis=1)
    others = tuple(design.targets[place] for place in unseen)
    emulator = design.emulator(others)
    keys = [target.key for target in others]
    noise = stats.norm.ppf(chances(study.seed, "cities' chance", keys, cities * chains)) * emulator.errors
    ahead = (emulator(walked.values) + noise).reshape(cities, chains, len(others))
    ranks_ahead = (ahead < found[:, np.newaxis, unseen]).mean(axis=1)
    return Coverage((*study.learn, *keys), np.hstack([ranks, ranks_ahead]), cities, chains)
