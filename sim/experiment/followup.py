"""Follow-up over many runs: the measures by target group, centre and tertial, with the runs behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing

import numpy as np
from numpy.typing import NDArray

from sim.economy.catalogue import catalogue
from sim.economy.followup import follow_up, followed_periods
from sim.experiment.engine import Engine
from sim.experiment.errors import ExperimentError
from sim.experiment.results import ALL, Results
from sim.experiment.run import Progress, Table, check_together, each_table
from sim.experiment.store import Store
from sim.flow.history import History
from sim.outcomes import Measure
from sim.parameters import Scenario

GROUPS = "people.groups"


def follow_up_runs(
    scenarios: Sequence[Scenario],
    runs: int,
    seed: int,
    jobs: int | None = None,
    engine: Engine = "compiled",
    progress: Progress | None = None,
    store: Store | None = None,
) -> Mapping[str, Results]:
    """Follow up many runs of some scenarios.

    Parameters
    ----------
    scenarios : sequence of Scenario
        With different names, and the same months, centres, groups and measures.
    runs, seed, jobs, engine, progress, store
        As for `sim.experiment.run.run_scenarios`.

    Returns
    -------
    mapping of str to Results
        By needs, ``all`` among them. The segments of these results are target groups, so that means,
        intervals and differences are had from them as from any others. Measures that can't be followed up
        by group are there, defined nowhere.

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
    axes = _axes(scenarios[0])
    values = np.empty((len(scenarios), runs, *(len(keys) for keys in axes.values())))
    table = Table("follow-up", _followed, _axes)
    with closing(each_table(table, scenarios, range(runs), seed, jobs, engine, progress, store)) as made:
        for position, run, one in made:
            values[position, run] = one
    return {
        needs: Results(
            names=tuple(scenario.name for scenario in scenarios),
            values=values[:, :, place],
            measures=_catalogue(scenarios[0]),
            periods=followed_periods(scenarios[0]),
            centres=axes["centre"],
            segments=axes["group"],
            seed=seed,
        )
        for place, needs in enumerate(axes["needs"])
    }


def _catalogue(scenario: Scenario) -> tuple[Measure, ...]:
    return catalogue(scenario.keys("people.destinations"), scenario.keys("measures.catalogue"))


def _axes(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    return {
        "needs": (*scenario.keys("people.needs"), ALL),
        "measure": tuple(measure.key for measure in _catalogue(scenario)),
        "period": tuple(period.key for period in followed_periods(scenario)),
        "centre": (*scenario.keys("organisation.centres"), ALL),
        "group": (*scenario.keys(GROUPS), ALL),
    }


def _followed(scenario: Scenario, history: History) -> NDArray[np.float64]:
    """Follow up one run: float64[needs, measure, period, centre, group]."""
    axes = _axes(scenario)
    values = np.full([len(keys) for keys in axes.values()], np.nan)
    cubes = follow_up(scenario, history).cubes
    for place, needs in enumerate(axes["needs"]):
        cube = cubes[needs]
        values[place, [axes["measure"].index(measure.key) for measure in cube.measures]] = cube.values
    return values
