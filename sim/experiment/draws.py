"""The draws axis: scenarios under every draw of an ensemble, world by world.

Worlds are nested in draws: draw d has the runs d·R … d·R + R − 1, so no two draws share their chance and the
parts of a spread can be told apart. A world is still keyed by seed and run alone: run n has the same people
with the same thresholds in every scenario and, as far as a draw leaves arrivals alone, in every draw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.experiment.engine import Engine
from sim.experiment.errors import ExperimentError
from sim.experiment.results import ALL, TOTAL
from sim.experiment.run import Progress, counted_on, cube_axes, each_run
from sim.experiment.store import Store
from sim.experiment.variance import Parts, paired_parts, variance_parts
from sim.parameters import Alternative, Scenario
from sim.parameters.ensembles import ensemble_names, find_ensemble, read_ensemble
from sim.parameters.uncertain import Ensemble

Array = NDArray[np.float64]

MONTH = "month"


@dataclass(frozen=True)
class DrawnResults:
    """Every measure of every run of every draw of every scenario; months are left out, years are kept.

    Attributes
    ----------
    names : tuple of str
        Scenarios.
    ensemble : Ensemble
    values : float64[scenario, draw, run, measure, period, centre, segment]
        NaN where a measure is not defined.
    measures : tuple of Measure
    periods : tuple of Period
    centres, segments : tuple of str
        The last of each is ``all``.
    seed : int
    """

    names: tuple[str, ...]
    ensemble: Ensemble
    values: Array
    measures: tuple[Any, ...]
    periods: tuple[Any, ...]
    centres: tuple[str, ...]
    segments: tuple[str, ...]
    seed: int

    @property
    def draws(self) -> int:
        """Number of draws."""
        return int(self.values.shape[1])

    @property
    def runs(self) -> int:
        """Runs of each draw."""
        return int(self.values.shape[2])

    def cell(
        self, name: str, measure: str, period: str = TOTAL, centre: str = ALL, segment: str = ALL
    ) -> Array:
        """One measure in one place and time, world by world: float64[draw, run].

        Raises
        ------
        ExperimentError
            If one of the keys is not in the results.
        """
        return self.values[
            _position("scenario", name, self.names),
            :,
            :,
            _position("measure", measure, [m.key for m in self.measures]),
            _position("period", period, [p.key for p in self.periods]),
            _position("centre", centre, self.centres),
            _position("segment", segment, self.segments),
        ]

    def parts(self, name: str, measure: str, period: str = TOTAL, level: float = 0.90) -> Parts | None:
        """Chance and parameters apart, in one measure of the whole city."""
        return variance_parts(self.cell(name, measure, period), level)

    def difference(
        self, base: str, other: str, measure: str, period: str = TOTAL, level: float = 0.90
    ) -> Parts | None:
        """Chance and parameters apart, in what a scenario changes in the whole city."""
        return paired_parts(self.cell(base, measure, period), self.cell(other, measure, period), level)


def structured_difference(
    built: Sequence[DrawnResults],
    base: str,
    other: str,
    measure: str,
    period: str = TOTAL,
    level: float = 0.90,
    centre: str = ALL,
    segment: str = ALL,
) -> Parts | None:
    """Chance, parameters and structure apart, in what a scenario changes.

    Parameters
    ----------
    built : sequence of DrawnResults
        Of the same two scenarios, draws and runs, the model built in one way each.
    base, other, measure, period, level
        As for `DrawnResults.difference`.
    centre, segment : str
        The whole city by default.
    """
    at = (measure, period, centre, segment)
    cells = [np.stack([results.cell(name, *at) for results in built]) for name in (base, other)]
    return paired_parts(cells[0], cells[1], level)


def ensemble_folder(parameters: Path, name: str) -> Path:
    """An ensemble's folder by its name in a folder of parameters, or by a path.

    Raises
    ------
    ExperimentError
        If there is none.
    """
    found = find_ensemble(name, parameters)
    if found is None:
        known = ", ".join(ensemble_names(parameters)) or "-"
        raise ExperimentError("unknown-ensemble", found=name, allowed=known)
    return found


def asked_draws(
    parameters: Path, name: str, draws: int | None = None, settings: Iterable[str] = ()
) -> Ensemble:
    """The draws asked for of an ensemble, all if None; what is set by hand is held.

    Raises
    ------
    ExperimentError
        If there is no such ensemble, or it has not so many draws.
    InputErrors
        If its files have faults.
    """
    whole = read_ensemble(ensemble_folder(parameters, name)).ensemble
    if draws is not None and draws > len(whole):
        raise ExperimentError("too-many-draws", found=draws, most=len(whole))
    held = {setting.partition("=")[0].partition("[")[0].strip() for setting in settings}
    return whole.first(len(whole) if draws is None else draws).holding(held)


def built_otherwise(
    laid: Callable[[str], list[Scenario]], ensemble: Ensemble, alternatives: Sequence[Alternative]
) -> list[tuple[list[Scenario], Ensemble]]:
    """Scenarios with the draws to lay on them: as they are, then built in each other way.

    Parameters
    ----------
    laid : callable
        From what is laid on a scenario, by the name of an alternative or nothing, to the scenarios; each
        has the same name whatever is laid.
    ensemble : Ensemble
        What a way sets is held in it.
    alternatives : sequence of Alternative
    """
    return [(laid(""), ensemble), *((laid(way.name), ensemble.holding(way.keys)) for way in alternatives)]


def world(draw: int, run: int, runs: int) -> int:
    """The number of the run that a draw's run is: no two draws share one."""
    return draw * runs + run


def run_ensemble(
    scenarios: Sequence[Scenario],
    ensemble: Ensemble,
    runs: int,
    seed: int,
    jobs: int | None = None,
    engine: Engine = "compiled",
    progress: Progress | None = None,
    report_from: date | None = None,
    policy_from: date | None = None,
    store: Store | None = None,
) -> DrawnResults:
    """Scenarios under every draw of an ensemble.

    Memory grows by 60 kB for each world of three years, 0.2 MB for each of eleven.

    Parameters
    ----------
    scenarios : sequence of Scenario
        With different names, and the same months, centres and needs.
    ensemble : Ensemble
    runs : int
        Runs of each draw, from 1; with 1 the parts of a spread can't be told apart.
    seed, jobs, engine, progress, report_from, policy_from, store
        As for `run_scenarios`.

    Raises
    ------
    ExperimentError
        If something asked for can't be done; nothing has been run then.
    DrawError
        If a draw can't be laid on a scenario.
    """
    if runs < 1:
        raise ExperimentError("too-few-runs", found=runs, least=1)
    if len(ensemble) < 1:
        raise ExperimentError("too-few-draws", found=len(ensemble), least=1)
    if not scenarios:
        raise ExperimentError("no-scenarios")
    axes = cube_axes(scenarios[0], report_from)
    kept = [place for place, period in enumerate(axes.periods) if period.kind != MONTH]
    shape = (len(scenarios), len(ensemble), runs, axes.shape[0], len(kept), *axes.shape[2:])
    values = np.empty(shape)
    total = len(scenarios) * len(ensemble) * runs
    done = 0
    # A draw at a time: all scenarios share its worlds, and only they are laid and held.
    for draw in range(len(ensemble)):
        laid = [ensemble.lay(scenario, draw) for scenario in scenarios]
        numbers = range(world(draw, 0, runs), world(draw, runs, runs))
        part = counted_on(progress, done, total)
        made = each_run(laid, numbers, seed, jobs, engine, part, report_from, policy_from, store)
        with closing(made):
            for position, run, cube in made:
                values[position, draw, run - numbers.start] = cube[:, kept]
        done += len(scenarios) * runs
    return DrawnResults(
        names=tuple(scenario.name for scenario in scenarios),
        ensemble=ensemble,
        values=values,
        measures=axes.measures,
        periods=tuple(axes.periods[place] for place in kept),
        centres=axes.centres,
        segments=axes.segments,
        seed=seed,
    )


def _position(axis: str, key: str, keys: Sequence[str]) -> int:
    try:
        return list(keys).index(key)
    except ValueError:
        raise ExperimentError("unknown-cell", axis=axis, found=key, allowed=", ".join(keys)) from None
