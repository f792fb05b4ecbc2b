"""Sweeps: the same question at many points over levers and uncertainties, as one tidy table.

Every run goes through the store that is given, so a sweep that is stopped at any moment goes on where it was,
and ends with the table of one that never was. Runs are reduced to the cells asked for as they finish: each
keeps 8 bytes a cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from sim.experiment.differences import paired_difference
from sim.experiment.engine import Engine
from sim.experiment.run import Axes, Progress, cube_axes, each_run
from sim.experiment.statistics import LEAST_RUNS, mean_interval
from sim.experiment.store import Store
from sim.parameters import InputErrors, Problem, Scenario, Sweep
from sim.parameters.sweeps import Between, Listed, Value, as_setting, at, no_such

Settings = tuple[str, ...]
Resolve = Callable[[str, Settings], Scenario]

ASKED = ("measure", "period", "centre", "segment")
"""Axes of which a sweep names the keys it asks for."""

COLUMNS = (
    *("measure", "unit", "period", "centre", "segment"),
    *("mean", "lower", "upper", "level", "runs"),
    *("base_mean", "difference", "difference_lower", "difference_upper", "difference_sd", "verdict"),
)
"""Columns after the point's number and its values."""


@dataclass(frozen=True)
class SweepTable:
    """One row for each point, measure, period, centre and segment asked for.

    A row is there where at least two runs define the cell at the point and in the baseline.

    Attributes
    ----------
    keys : tuple of str
        What was varied; columns of that name hold the values.
    columns : tuple of str
        ``point``, the keys, then `COLUMNS`.
    rows : tuple of tuple
        One value for each column.
    points : int
    """

    keys: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    points: int


def design_points(sweep: Sweep) -> tuple[dict[str, Value], ...]:
    """The points of a sweep, each a value by key; the same file always has the same points.

    A grid goes through all combinations, the last key fastest. A list takes the lists side by side. The other
    two draw in the unit cube (scrambled, from the sweep's own seed): a stretch is drawn from evenly, a list
    gives each of its values the same share.
    """
    keys = tuple(sweep.over)
    if sweep.design in {"grid", "list"}:
        lists = [tried.values for tried in sweep.over.values() if isinstance(tried, Listed)]
        rows = product(*lists) if sweep.design == "grid" else zip(*lists, strict=True)
        return tuple(dict(zip(keys, row, strict=True)) for row in rows)
    if sweep.design == "sobol":
        drawn = qmc.Sobol(len(keys), scramble=True, rng=sweep.points_seed).random(sweep.points)
    else:
        drawn = qmc.LatinHypercube(len(keys), scramble=True, rng=sweep.points_seed).random(sweep.points)
    return tuple(
        {key: _placed(sweep.over[key], float(share)) for key, share in zip(keys, row, strict=True)}
        for row in drawn
    )


def check_asked(sweep: Sweep) -> tuple[Problem, ...]:
    """What a sweep asks for and its runs don't have, told with its line."""
    known = cube_axes(sweep.example).keys
    asked = {"measure": sweep.measures, "period": sweep.periods}
    asked |= {"centre": sweep.centres, "segment": sweep.segments}
    return tuple(
        problem
        for axis, words in asked.items()
        for problem in no_such(sweep.document, f"{axis}s", words, known[axis])
    )


def run_sweep(
    sweep: Sweep,
    resolve: Resolve,
    jobs: int | None = None,
    engine: Engine = "compiled",
    progress: Progress | None = None,
    store: Store | None = None,
    policy_from: date | None = None,
) -> SweepTable:
    """Run every point of a sweep, and the baseline beside it.

    Levers are set at the point alone; what nobody can set is the same in the point's baseline.

    Parameters
    ----------
    sweep : Sweep
    resolve : callable
        From a scenario's name and settings to its values.
    jobs, engine, progress, store, policy_from
        As for `run_scenarios`.

    Raises
    ------
    InputErrors
        If the sweep asks for what there is not, or a point is not allowed; nothing has been run then.
    ExperimentError
        If something asked for can't be done.
    """
    points = design_points(sweep)
    worlds, pairs = _worlds(sweep, points, resolve)
    axes = cube_axes(worlds[0])
    cells = _cells(sweep, axes)
    flat = np.ravel_multi_index(np.array([cell.where for cell in cells]).T, axes.shape)
    found = np.empty((len(worlds), len(cells), sweep.runs))
    made = each_run(worlds, range(sweep.runs), sweep.seed, jobs, engine, progress, None, policy_from, store)
    with closing(made):
        for world, run, values in made:
            found[world, :, run] = values.ravel()[flat]
    rows = [
        (number, *(_plain(value) for value in point.values()), *row)
        for number, (point, (base, other)) in enumerate(zip(points, pairs, strict=True), start=1)
        for row in _rows(sweep, cells, found[base], found[other])
    ]
    keys = tuple(sweep.over)
    return SweepTable(keys, ("point", *keys, *COLUMNS), tuple(rows), len(points))


@dataclass(frozen=True)
class _Cell:
    """One place of a run's values, with its keys and unit."""

    where: tuple[int, ...]
    keys: Mapping[str, str]
    unit: str


def _placed(tried: Listed | Between, share: float) -> Value:
    """The value at a share of the way through a stretch or a list."""
    if isinstance(tried, Between):
        return tried.low + share * (tried.high - tried.low)
    return tried.values[min(int(share * len(tried.values)), len(tried.values) - 1)]


def _worlds(
    sweep: Sweep, points: Sequence[Mapping[str, Value]], resolve: Resolve
) -> tuple[list[Scenario], list[tuple[int, int]]]:
    """The different scenarios of a sweep, and each point's baseline and own among them."""
    problems = list(check_asked(sweep))
    worlds: dict[str, Scenario] = {}
    places: dict[str, int] = {}
    pairs = []

    def number(name: str, label: str, settings: Settings) -> int:
        try:
            scenario = resolve(name, (*sweep.settings, *settings))
        except InputErrors as errors:
            problems.extend(
                at(problem, sweep.document, ("over",)) if problem.file == "--set" else problem
                for problem in errors.problems
            )
            return 0
        worlds.setdefault(scenario.digest, replace(scenario, name=label))
        return places.setdefault(scenario.digest, len(places))

    for position, point in enumerate(points, start=1):
        settings = {key: as_setting(key, value) for key, value in point.items()}
        shared = tuple(settings[key] for key in settings if key in sweep.shared)
        which = f"baseline of point {position}" if shared else "baseline"
        base = number(sweep.baseline, f"{sweep.name}: {which}", shared)
        pairs.append((base, number(sweep.scenario, f"{sweep.name}: point {position}", (*settings.values(),))))
    if problems:
        raise InputErrors(problems)
    return list(worlds.values()), pairs


def _cells(sweep: Sweep, axes: Axes) -> list[_Cell]:
    units = {measure.key: measure.unit for measure in axes.measures}
    asked = (sweep.measures, sweep.periods, sweep.centres, sweep.segments)
    return [
        _Cell(
            where=tuple(axes.keys[axis].index(key) for axis, key in zip(ASKED, keys, strict=True)),
            keys=dict(zip(ASKED, keys, strict=True)),
            unit=units[keys[0]],
        )
        for keys in product(*asked)
    ]


def _rows(
    sweep: Sweep, cells: Sequence[_Cell], base: NDArray[np.float64], other: NDArray[np.float64]
) -> Iterator[tuple[object, ...]]:
    """The rows of one point."""
    mean, lower, upper, runs = mean_interval(other, sweep.level)
    for number, cell in enumerate(cells):
        change = paired_difference(base[number], other[number], sweep.level)
        if change is None or runs[number] < LEAST_RUNS:
            continue
        keys = cell.keys
        yield (
            *(keys["measure"], cell.unit, keys["period"], keys["centre"], keys["segment"]),
            *(float(mean[number]), float(lower[number]), float(upper[number])),
            *(sweep.level, int(runs[number])),
            *(change.base_mean, change.mean, change.lower, change.upper, change.sd, change.verdict),
        )


def _plain(value: Value) -> float | str:
    """A value as a table holds it."""
    if isinstance(value, bool):
        return str(value).lower()
    return float(value) if isinstance(value, int | float) else str(value)
