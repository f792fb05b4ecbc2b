"""Runs: one world simulated and measured, and many of them as one array."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim import flow
from sim.economy.catalogue import catalogue
from sim.economy.money import account
from sim.experiment.engine import ENGINES, WORKERS, Engine
from sim.experiment.errors import ExperimentError
from sim.experiment.parallel import default_jobs, each
from sim.experiment.results import Results
from sim.flow.history import History
from sim.outcomes import Cube, evaluate, tally
from sim.parameters import Scenario, calendar
from sim.parameters.calendar import Period

Progress = Callable[[int, int], None]


def simulate(scenario: Scenario, run: int, seed: int, engine: Engine = "compiled") -> History:
    """One run of one scenario.

    Parameters
    ----------
    scenario : Scenario
    run : int
        Number of the run, from 0. The same number means the same people in every scenario.
    seed : int
        From 0.
    engine : {"compiled", "simpy"}
        Two schedulers of the same rules; they agree to the last bit.
    """
    return flow.simulate(scenario, run, seed, engine=engine)


def measure(
    scenario: Scenario,
    history: History,
    report_from: date | None = None,
    policy_from: date | None = None,
) -> Cube:
    """Every measure of one run.

    Parameters
    ----------
    scenario : Scenario
    history : History
        A run of that scenario.
    report_from : date, optional
        First date that tables report, the 1st of a month; the scenario's start by default. Totals are of the
        reported months.
    policy_from : date, optional
        The 1st of the month to which money is discounted; the scenario's start by default.
    """
    policy_time = 0.0 if policy_from is None else float(calendar.month_index(policy_from, scenario.start))
    tallies = account(scenario, history, tally(scenario, history), policy_time)
    measures = catalogue(history.destinations, history.measures)
    return evaluate(tallies, reported_periods(scenario, report_from), measures)


def reported_periods(scenario: Scenario, report_from: date | None = None) -> tuple[Period, ...]:
    """The periods inside the reported months, the total of them last.

    Raises
    ------
    ExperimentError
        If the date lies outside the run.
    """
    periods = calendar.periods(scenario.start, scenario.months)
    if report_from is None:
        return periods
    first = calendar.month_index(report_from, scenario.start)
    if not 0 <= first < scenario.months:
        raise ExperimentError(
            "report-start-outside",
            found=report_from,
            first=scenario.start,
            last=calendar.month_start(scenario.months - 1, scenario.start),
        )
    return tuple(
        replace(period, first=first) if period.kind == "total" else period
        for period in periods
        if period.kind == "total" or period.first >= first
    )


def run_scenarios(
    scenarios: Sequence[Scenario],
    runs: int,
    seed: int,
    jobs: int | None = None,
    engine: Engine = "compiled",
    progress: Progress | None = None,
    report_from: date | None = None,
    policy_from: date | None = None,
) -> Results:
    """Many runs of some scenarios, reduced to their measures as they finish.

    The result is the same, bit for bit, however many jobs make it.

    Parameters
    ----------
    scenarios : sequence of Scenario
        With different names, and the same months, centres and needs.
    runs : int
        Runs of each scenario, from 1; runs 0 to runs - 1.
    seed : int
        From 0.
    jobs : int, optional
        Runs at a time; by default one for each core.
    engine : {"compiled", "simpy"}
    progress : callable, optional
        Called in this thread with runs done and runs in all, before the first and after each.
    report_from : date, optional
        First date that tables report; see `measure`.
    policy_from : date, optional
        The 1st of the month to which money is discounted, the same for all scenarios; see `measure`.

    Raises
    ------
    ExperimentError
        If something asked for can't be done; nothing has been run then.
    """
    _check(scenarios, runs, seed, engine)
    reported_periods(scenarios[0], report_from)
    tasks = [
        _Task(scenario, run, seed, engine, report_from, policy_from)
        for scenario in scenarios
        for run in range(runs)
    ]
    values: NDArray[np.float64] | None = None
    if progress is not None:
        progress(0, len(tasks))
    cubes = each(_one, tasks, default_jobs() if jobs is None else jobs, WORKERS[engine])
    with closing(cubes):
        for done, cube in enumerate(cubes):
            if values is None:
                axes = cube
                values = np.empty((len(scenarios), runs, *cube.values.shape))
            values[divmod(done, runs)] = cube.values
            if progress is not None:
                progress(done + 1, len(tasks))
    assert values is not None  # there is at least one task
    return Results(
        names=tuple(scenario.name for scenario in scenarios),
        values=values,
        measures=tuple(axes.measures),
        periods=tuple(axes.periods),
        centres=tuple(axes.centres),
        segments=tuple(axes.segments),
        seed=seed,
    )


@dataclass(frozen=True)
class _Task:
    """All that one run depends on."""

    scenario: Scenario
    run: int
    seed: int
    engine: Engine
    report_from: date | None
    policy_from: date | None


def _one(task: _Task) -> Cube:
    """Simulate and measure one run; the history, by far the larger, is dropped at once."""
    history = simulate(task.scenario, task.run, task.seed, task.engine)
    return measure(task.scenario, history, task.report_from, task.policy_from)


def _check(scenarios: Sequence[Scenario], runs: int, seed: int, engine: str) -> None:
    if not scenarios:
        raise ExperimentError("no-scenarios")
    if runs < 1:
        raise ExperimentError("too-few-runs", found=runs, least=1)
    if seed < 0:
        raise ExperimentError("negative-seed", found=seed)
    if engine not in ENGINES:
        raise ExperimentError("unknown-engine", found=engine, allowed=", ".join(ENGINES))
    names = [scenario.name for scenario in scenarios]
    for name in names:
        if names.count(name) > 1:
            raise ExperimentError("same-name-twice", name=name)
    first = scenarios[0]
    for scenario in scenarios[1:]:
        for axis, of in _AXES.items():
            if of(scenario) != of(first):
                raise ExperimentError("different-shapes", name=scenario.name, other=first.name, axis=axis)


# What the axes of a cube are made from, by the word that a sentence uses for it.
_AXES: dict[str, Callable[[Scenario], object]] = {
    "months": lambda scenario: (scenario.start, scenario.months),
    "centres": lambda scenario: scenario.keys("organisation.centres"),
    "needs": lambda scenario: scenario.keys("people.needs"),
    "destinations": lambda scenario: scenario.keys("people.destinations"),
    "measures": lambda scenario: scenario.keys("measures.catalogue"),
}
