"""Runs: one world simulated and measured, and many of them as one array."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sim import flow
from sim.economy.catalogue import catalogue
from sim.economy.money import account
from sim.experiment.engine import ENGINES, WORKERS, Engine
from sim.experiment.errors import ExperimentError
from sim.experiment.parallel import default_jobs, each
from sim.experiment.provenance import deciding_code
from sim.experiment.results import ALL, Results
from sim.experiment.room import let_go, room
from sim.experiment.store import Origin, Store
from sim.flow.history import History
from sim.outcomes import Cube, Measure, evaluate, tally
from sim.parameters import Scenario, calendar
from sim.parameters.calendar import Period

Progress = Callable[[int, int], None]

CODE = deciding_code()
"""What this process computes with: told when it is loaded, so that a later edit can't pass for it."""


def counted_on(progress: Progress | None, before: int, total: int) -> Progress | None:
    """What counts on from runs that were done before, of all that are to be done."""
    return None if progress is None else lambda done, _: progress(before + done, total)


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
    axes = cube_axes(scenario, report_from)
    return evaluate(tallies, axes.periods, axes.measures)


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
    store: Store | None = None,
) -> Results:
    """Many runs of some scenarios, reduced to their measures as they finish.

    The result is the same, bit for bit, however many jobs make it, with a store or without. A run of the city
    leaves 1 MB of values (three years) to 3.5 MB (eleven). Up to 256 MB of them are held in memory, more in a
    temporary file to which memory is only lent; `each_run` holds none. `make bench` measures the peak.

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
    store : Store, optional
        Where runs are taken from that were made before, and kept as they are made.

    Raises
    ------
    ExperimentError
        If something asked for can't be done; nothing has been run then.
    """
    if runs < 1:
        raise ExperimentError("too-few-runs", found=runs, least=1)
    made = each_run(scenarios, range(runs), seed, jobs, engine, progress, report_from, policy_from, store)
    axes = cube_axes(scenarios[0], report_from)
    values = room((len(scenarios), runs, *axes.shape))
    with closing(made):
        for position, run, cube in made:
            values[position, run] = cube
            let_go(values)
    return Results(
        names=tuple(scenario.name for scenario in scenarios),
        values=values,
        measures=axes.measures,
        periods=axes.periods,
        centres=axes.centres,
        segments=axes.segments,
        seed=seed,
    )


@dataclass(frozen=True)
class Axes:
    """What the axes of a run's values stand for.

    Attributes
    ----------
    measures : tuple of Measure
    periods : tuple of Period
    centres, segments : tuple of str
        The last of each is ``all``.
    """

    measures: tuple[Measure, ...]
    periods: tuple[Period, ...]
    centres: tuple[str, ...]
    segments: tuple[str, ...]

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Lengths of the axes, in their order."""
        return len(self.measures), len(self.periods), len(self.centres), len(self.segments)

    @property
    def keys(self) -> dict[str, tuple[str, ...]]:
        """Each axis' name and keys, in their order."""
        return {
            "measure": tuple(measure.key for measure in self.measures),
            "period": tuple(period.key for period in self.periods),
            "centre": self.centres,
            "segment": self.segments,
        }


def cube_axes(scenario: Scenario, report_from: date | None = None) -> Axes:
    """The axes of the scenario's runs, known before any is made."""
    whole = scenario.once(_whole_axes)
    return whole if report_from is None else replace(whole, periods=reported_periods(scenario, report_from))


def _whole_axes(scenario: Scenario) -> Axes:
    return Axes(
        tuple(catalogue(scenario.keys("people.destinations"), scenario.keys("measures.catalogue"))),
        reported_periods(scenario),
        (*scenario.keys("organisation.centres"), ALL),
        (*scenario.keys("people.needs"), ALL),
    )


def each_run(
    scenarios: Sequence[Scenario],
    runs: range,
    seed: int,
    jobs: int | None = None,
    engine: Engine = "compiled",
    progress: Progress | None = None,
    report_from: date | None = None,
    policy_from: date | None = None,
    store: Store | None = None,
) -> Generator[tuple[int, int, NDArray[np.float64]], None, None]:
    """The values of run after run, none of them held once it is handed on.

    Runs in the store come first, the others in the order of scenarios and runs. Scenarios that hold the same
    values share their runs. Closing the generator cancels what has not begun.

    Parameters
    ----------
    scenarios, seed, jobs, engine, progress, report_from, policy_from, store
        As for `run_scenarios`.
    runs : range
        Numbers of the runs.

    Yields
    ------
    position : int
        Of the scenario.
    run : int
    values : float64[measure, period, centre, segment]
        On the axes that `cube_axes` tells.

    Raises
    ------
    ExperimentError
        If something asked for can't be done; nothing has been run then.
    """
    check_together(scenarios, seed, engine)
    reported_periods(scenarios[0], report_from)
    table = Table(
        "measures",
        partial(_measured, report_from=report_from, policy_from=policy_from),
        lambda scenario: cube_axes(scenario, report_from).keys,
        report_from,
        policy_from,
    )
    return each_table(table, scenarios, runs, seed, jobs, engine, progress, store)


def _measured(
    scenario: Scenario, history: History, report_from: date | None, policy_from: date | None
) -> NDArray[np.float64]:
    return measure(scenario, history, report_from, policy_from).values


@dataclass(frozen=True)
class Table:
    """What is counted in a run, and kept in a store under a name of its own.

    Attributes
    ----------
    name : str
    count : callable
        From a scenario and a run of it to the values; a function of a module, so that new processes can
        import it.
    axes : callable
        From a scenario to the keys along each axis of the values, which give their shape.
    report_from, policy_from : date or None
        Dates that the values hang on.
    """

    name: str
    count: Callable[[Scenario, History], NDArray[np.float64]]
    axes: Callable[[Scenario], Mapping[str, Sequence[str]]]
    report_from: date | None = None
    policy_from: date | None = None


def each_table(
    table: Table,
    scenarios: Sequence[Scenario],
    runs: range,
    seed: int,
    jobs: int | None = None,
    engine: Engine = "compiled",
    progress: Progress | None = None,
    store: Store | None = None,
) -> Generator[tuple[int, int, NDArray[np.float64]], None, None]:
    """What a table counts in run after run; as `each_run`, which counts the measures."""
    check_together(scenarios, seed, engine)
    jobs = default_jobs() if jobs is None else jobs
    if jobs < 1:
        raise ExperimentError("too-few-jobs", found=jobs)
    return _each_table(table, scenarios, runs, seed, jobs, engine, progress, store)


def _each_table(
    table: Table,
    scenarios: Sequence[Scenario],
    runs: range,
    seed: int,
    jobs: int,
    engine: Engine,
    progress: Progress | None,
    store: Store | None,
) -> Generator[tuple[int, int, NDArray[np.float64]], None, None]:
    done, total = 0, len(scenarios) * len(runs)

    def count() -> None:
        nonlocal done
        if progress is not None:
            progress(done, total)
        done += 1

    count()
    origins = [
        origin_of(scenario, seed, table.report_from, table.policy_from, table.name) for scenario in scenarios
    ]
    all_axes = [table.axes(scenario) for scenario in scenarios]
    shapes = [tuple(len(keys) for keys in axes.values()) for axes in all_axes]
    missing: dict[tuple[Origin, int], list[int]] = {}
    for position, origin in enumerate(origins):
        for run in runs:
            values = None if store is None else store.read(origin, run, shapes[position])
            if values is None:
                missing.setdefault((origin, run), []).append(position)
                continue
            yield position, run, values
            count()
    tasks = [
        _Task(scenarios[where[0]], run, seed, engine, table.count) for (_, run), where in missing.items()
    ]
    answers = each(_one, tasks, jobs, WORKERS[engine])
    with closing(answers):
        for (origin, run), where in missing.items():
            answer = next(answers)
            if answer.code != CODE:
                raise ExperimentError("worker-differs")
            if store is not None:
                about = {"scenario": scenarios[where[0]].name, "axes": all_axes[where[0]]}
                store.write(origin, run, answer.values, about)
            for position in where:
                yield position, run, answer.values
                count()


def origin_of(
    scenario: Scenario,
    seed: int,
    report_from: date | None = None,
    policy_from: date | None = None,
    table: str = "measures",
) -> Origin:
    """All that decides the scenario's runs but their numbers, as a store asks for it."""
    return Origin(
        digest=scenario.digest,
        seed=seed,
        report_from=(report_from or scenario.start).isoformat(),
        policy_from=(policy_from or scenario.start).isoformat(),
        code=CODE,
        table=table,
    )


@dataclass(frozen=True)
class _Task:
    """All that one run depends on."""

    scenario: Scenario
    run: int
    seed: int
    engine: Engine
    count: Callable[[Scenario, History], NDArray[np.float64]]


@dataclass(frozen=True)
class _Answer:
    """One run's values, and the code that made them: a worker elsewhere may have another."""

    values: NDArray[np.float64]
    code: str


def _one(task: _Task) -> _Answer:
    """Simulate one run and count in it; the history, by far the larger, is dropped at once."""
    history = simulate(task.scenario, task.run, task.seed, task.engine)
    return _Answer(task.count(task.scenario, history), CODE)


def check_together(scenarios: Sequence[Scenario], seed: int, engine: str) -> None:
    """Refuse what can't be run together.

    Raises
    ------
    ExperimentError
        For a name that comes twice, results of different shapes, an unknown engine, a negative seed.
    """
    if not scenarios:
        raise ExperimentError("no-scenarios")
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
