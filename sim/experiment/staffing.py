"""Posts: by the City's own rule of 2007, and as a run needs them when staff follows the cases."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.experiment.engine import WORKERS, Engine
from sim.experiment.parallel import default_jobs, each
from sim.experiment.run import Progress, simulate
from sim.flow.policy import caseworker_roles, plan_posts
from sim.parameters import Scenario

FOLLOWS = "levers.staffing_mode=follows"
"""The setting under which posts are reset every month from the cases."""


@dataclass(frozen=True)
class StaffingRule:
    """The rule step by step (DET2007, "Bemanningsplan").

    Attributes
    ----------
    people : float
        People who may need measures.
    procured : float
        Of them at external providers.
    own_staff_share : float
        What part of a case at a provider own staff keeps.
    caseload : float
        Cases per caseworker that the rule goes by.
    at_most : float
        Posts at most, leaders and administrators included.
    planned : float
        Caseworkers in the plan's own table.
    """

    people: float
    procured: float
    own_staff_share: float
    caseload: float
    at_most: float
    planned: float

    @property
    def equivalents(self) -> float:
        """Cases that own staff serve."""
        return self.people - self.procured + self.own_staff_share * self.procured

    @property
    def caseworkers(self) -> float:
        """Caseworkers by the rule."""
        return self.equivalents / self.caseload

    @property
    def implied_caseload(self) -> float:
        """Cases per caseworker that the plan's table implies."""
        return self.equivalents / self.planned


def staffing_rule(scenario: Scenario) -> StaffingRule:
    """The City's rule with the scenario's numbers."""
    return StaffingRule(
        people=scenario.number("plan.people"),
        procured=scenario.number("plan.procured_people"),
        own_staff_share=scenario.number("plan.own_staff_share"),
        caseload=scenario.number("plan.caseload"),
        at_most=scenario.number("plan.posts_at_most"),
        planned=float((plan_posts(scenario) @ caseworker_roles(scenario)).sum()),
    )


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
