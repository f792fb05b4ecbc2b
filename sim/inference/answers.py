"""One answer in many pairs of worlds: what a scenario changes, period by period, and nothing else kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim.experiment.differences import ROUNDING
from sim.experiment.engine import WORKERS
from sim.experiment.errors import ExperimentError
from sim.experiment.parallel import default_jobs, each
from sim.experiment.results import ALL, TOTAL
from sim.experiment.run import check_together, cube_axes, measure, simulate
from sim.parameters import Scenario

Array = NDArray[np.float64]
Progress = Callable[[int, int], None]

YEAR = "year"


@dataclass(frozen=True)
class Question:
    """What is asked of every pair of worlds: the whole city's difference in one measure.

    Attributes
    ----------
    measure : str
    periods : tuple of str
        Whole years and the total, where the measure is defined for them; the total last.
    seed : int
    policy_from : date or None
        As for `run_scenarios`.
    """

    measure: str
    periods: tuple[str, ...]
    seed: int
    policy_from: date | None = None


@dataclass(frozen=True)
class Pair:
    """Two scenarios in one world: run `run` has the same people with the same thresholds in both."""

    base: Scenario
    other: Scenario
    run: int


def question(scenario: Scenario, key: str, seed: int, policy_from: date | None = None) -> Question:
    """Ask for a measure in the total and in every year that it is defined for.

    Raises
    ------
    ExperimentError
        If there is no such measure, or it has no total.
    """
    axes = cube_axes(scenario)
    known = {measure.key: measure for measure in axes.measures}
    if key not in known:
        raise ExperimentError("unknown-cell", axis="measure", found=key, allowed=", ".join(known))
    kinds = known[key].kinds
    if TOTAL not in kinds:
        raise ExperimentError("undefined-cell", measure=key, period=TOTAL, centre=ALL, segment=ALL)
    years = [period.key for period in axes.periods if period.kind == YEAR and YEAR in kinds]
    return Question(key, (*years, TOTAL), seed, policy_from)


@dataclass(frozen=True)
class _Task:
    question: Question
    pair: Pair


def answers(
    asked: Question, pairs: Sequence[Pair], jobs: int | None = None, progress: Progress | None = None
) -> Array:
    """Ask the question in every pair.

    Parameters
    ----------
    asked : Question
    pairs : sequence of Pair
        Over the same months, with the same measures.
    jobs : int, optional
        Pairs at a time; by default one for each core.
    progress : callable, optional
        Called with pairs done and pairs in all, before the first and after each.

    Returns
    -------
    float64[pair, period]
        Other minus base; NaN where the measure is not defined in a world.

    Raises
    ------
    ExperimentError
        If two scenarios can't be set beside each other; nothing has been run then.
    """
    for base, other in {
        (pair.base.digest, pair.other.digest): (pair.base, pair.other) for pair in pairs
    }.values():
        check_together((base, other), asked.seed, "compiled")
    found = np.empty((len(pairs), len(asked.periods)))
    if progress is not None:
        progress(0, len(pairs))
    tasks = [_Task(asked, pair) for pair in pairs]
    made = each(_one, tasks, default_jobs() if jobs is None else jobs, WORKERS["compiled"])
    with closing(made):
        for number, answer in enumerate(made):
            found[number] = answer
            if progress is not None:
                progress(number + 1, len(pairs))
    return found


def _one(task: _Task) -> Array:
    before, after = (_measured(task, scenario) for scenario in (task.pair.base, task.pair.other))
    change = after - before
    # the same amounts added up in another order differ in their last bits, and are no difference
    change[np.isclose(after, before, rtol=ROUNDING, atol=0.0)] = 0.0
    return np.asarray(change)


def _measured(task: _Task, scenario: Scenario) -> Array:
    asked, axes = task.question, cube_axes(scenario)
    history = simulate(scenario, task.pair.run, asked.seed, "compiled")
    values = measure(scenario, history, None, asked.policy_from).values
    which = axes.keys["measure"].index(asked.measure)
    periods = [axes.keys["period"].index(period) for period in asked.periods]
    return np.asarray(values[which, periods, axes.centres.index(ALL), axes.segments.index(ALL)])
