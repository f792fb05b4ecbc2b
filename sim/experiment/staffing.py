"""Posts as a run needs them when staff follows the cases."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.experiment.engine import WORKERS, Engine
from sim.experiment.parallel import default_jobs, each
from sim.experiment.run import Progress, simulate
from sim.parameters import Scenario

FOLLOWS = "levers.staffing_mode=follows"
"""The setting under which posts are reset every month from the cases."""


def mean_posts(
    scenario: Scenario,
    runs: int,
    seed: int,
    jobs: int | None = None,
    engine: Engine = "compiled",
    progress: Progress | None = None,
) -> NDArray[np.float64]:
    """Posts by centre and role, the mean over each run's months.

    Parameters
    ----------
    scenario : Scenario
        With `FOLLOWS` laid on, these are the posts that the cases need.
    runs, seed, jobs, engine, progress
        As for `run_scenarios`.

    Returns
    -------
    float64[run, centre, role]
    """
    tasks = [_Task(scenario, run, seed, engine) for run in range(runs)]
    if progress is not None:
        progress(0, runs)
    answers = each(_posts, tasks, default_jobs() if jobs is None else jobs, WORKERS[engine])
    found = []
    with closing(answers):
        for done, posts in enumerate(answers, start=1):
            found.append(posts)
            if progress is not None:
                progress(done, runs)
    return np.stack(found)


@dataclass(frozen=True)
class _Task:
    scenario: Scenario
    run: int
    seed: int
    engine: Engine


def _posts(task: _Task) -> NDArray[np.float64]:
    history = simulate(task.scenario, task.run, task.seed, task.engine)
    by_office = history.posts.mean(axis=0)
    by_centre = np.zeros((len(history.centres), len(history.roles)))
    np.add.at(by_centre, history.office_centre, by_office)
    return by_centre
