"""Posts as a run needs them when staff follows the cases."""

from __future__ import annotations

from contextlib import closing

import numpy as np
from numpy.typing import NDArray

from sim.experiment.engine import Engine
from sim.experiment.run import Progress, Table, each_table
from sim.experiment.store import Store
from sim.flow.history import History
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
    store: Store | None = None,
) -> NDArray[np.float64]:
    """Posts by centre and role, the mean over each run's months.

    Parameters
    ----------
    scenario : Scenario
        With `FOLLOWS` laid on, these are the posts that the cases need.
    runs, seed, jobs, engine, progress, store
        As for `run_scenarios`.

    Returns
    -------
    float64[run, centre, role]
    """
    table = Table("posts", _posts, _axes)
    found = np.empty((runs, *(len(keys) for keys in _axes(scenario).values())))
    with closing(each_table(table, [scenario], range(runs), seed, jobs, engine, progress, store)) as made:
        for _, run, posts in made:
            found[run] = posts
    return found


def _axes(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    return {axis: scenario.keys(f"organisation.{axis}") for axis in ("centres", "roles")}


def _posts(_: Scenario, history: History) -> NDArray[np.float64]:
    by_office = history.posts.mean(axis=0)
    by_centre = np.zeros((len(history.centres), len(history.roles)))
    np.add.at(by_centre, history.office_centre, by_office)
    return by_centre
