"""Follow-up over many runs: the measures by target group, centre and tertial, with the runs behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np

from sim.economy.followup import FollowUp, follow_up
from sim.experiment.engine import WORKERS, Engine
from sim.experiment.errors import ExperimentError
from sim.experiment.parallel import default_jobs, each
from sim.experiment.results import Results
from sim.experiment.run import Progress, check_together, simulate
from sim.outcomes import Cube
from sim.parameters import Scenario

GROUPS = "people.groups"


def follow_up_runs(
    scenarios: Sequence[Scenario],
    runs: int,
    seed: int,
    jobs: int | None = None,
    engine: Engine = "compiled",
    progress: Progress | None = None,
) -> Mapping[str, Results]:
    """Follow up many runs of some scenarios.

    Parameters
    ----------
    scenarios : sequence of Scenario
        With different names, and the same months, centres, groups and measures.
    runs, seed, jobs, engine, progress
        As for `sim.experiment.run.run_scenarios`.

    Returns
    -------
    mapping of str to Results
        By needs, ``all`` among them. The segments of these results are target groups, so that means,
        intervals and differences are had from them as from any others.

    Raises
    ------
    ExperimentError
        If something asked for can't be done.
    """
    check_together(scenarios, seed, engine)
    if runs < 1:
        raise ExperimentError("too-few-runs", found=runs, least=1)
    for scenario in scenarios[1:]:
        if scenario.keys(GROUPS) != scenarios[0].keys(GROUPS):
            names = {"name": scenario.name, "other": scenarios[0].name}
            raise ExperimentError("different-shapes", axis="groups", **names)
    tasks = [_Task(scenario, run, seed, engine) for scenario in scenarios for run in range(runs)]
    found: list[FollowUp] = []
    if progress is not None:
        progress(0, len(tasks))
    with closing(each(_one, tasks, default_jobs() if jobs is None else jobs, WORKERS[engine])) as answers:
        for answer in answers:
            found.append(answer)
            if progress is not None:
                progress(len(found), len(tasks))
    return {
        needs: _results(scenarios, [one.cubes[needs] for one in found], runs, seed)
        for needs in found[0].cubes
    }


@dataclass(frozen=True)
class _Task:
    scenario: Scenario
    run: int
    seed: int
    engine: Engine


def _one(task: _Task) -> FollowUp:
    """Simulate and follow up one run; the history is dropped at once."""
    return follow_up(task.scenario, simulate(task.scenario, task.run, task.seed, task.engine))


def _results(scenarios: Sequence[Scenario], cubes: Sequence[Cube], runs: int, seed: int) -> Results:
    first = cubes[0]
    values = np.stack([cube.values for cube in cubes]).reshape(len(scenarios), runs, *first.values.shape)
    return Results(
        names=tuple(scenario.name for scenario in scenarios),
        values=values,
        measures=first.measures,
        periods=first.periods,
        centres=first.centres,
        segments=first.segments,
        seed=seed,
    )
