"""What a report compares, run under an ensemble: world by world, so that chance and doubt stand apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product

import numpy as np
from numpy.typing import NDArray

from sim.experiment.draws import asked_draws, built_otherwise, run_ensemble
from sim.experiment.run import Progress, counted_on
from sim.experiment.store import Store
from sim.parameters import Alternative, Library, Scenario, structural_alternatives
from sim.parameters.uncertain import DrawError, Ensemble
from sim.reports.spec import ReportSpec

Laid = Callable[[str], list[Scenario]]
"""From the name of another way to build the model, or nothing, to the scenarios that are compared."""

Worlds = Mapping[tuple[str, str], NDArray[np.float64]]
"""By side and measure, the whole City's total: float64[way, draw, run]."""


@dataclass(frozen=True)
class DrawnPlan:
    """An ensemble to run under: the draws asked for, runs of each, other ways to build the model."""

    ensemble: Ensemble
    runs: int
    ways: tuple[Alternative, ...]

    @property
    def worlds(self) -> int:
        """How many worlds each scenario is run in."""
        return len(self.ensemble) * self.runs * (1 + len(self.ways))


def drawn_plan(library: Library, spec: ReportSpec) -> DrawnPlan | None:
    """Return what is drawn for a report; what its settings set is held. None when nothing is.

    Raises
    ------
    ExperimentError
        If there is no such ensemble, or it has not so many draws.
    InputErrors
        If its files have faults.
    """
    asked = spec.ensemble
    if asked is None:
        return None
    return DrawnPlan(
        asked_draws(library.folder, asked.name, asked.draws, spec.all_settings),
        asked.runs_per_draw,
        structural_alternatives(library) if asked.structures else (),
    )


def drawn_faults(plan: DrawnPlan, laid: Laid, pairs: Sequence[tuple[str, str]]) -> list[str]:
    """Return why the draws can't answer what is compared, as sentences; none when they can.

    Every draw is tried on the scenarios as they are; on those built otherwise the first alone, since what a
    way changes is not drawn there.

    Parameters
    ----------
    plan : DrawnPlan
    laid : callable
    pairs : sequence of (str, str)
        Names of the scenarios that are compared.
    """
    found: dict[str, str] = {}
    as_they_are: dict[str, tuple[Scenario, Scenario]] = {}
    for number, (scenarios, ensemble) in enumerate(built_otherwise(laid, plan.ensemble, plan.ways)):
        for scenario in scenarios:
            try:
                first, *_ = [ensemble.lay(scenario, draw) for draw in range(1 if number else len(ensemble))]
                as_they_are.setdefault(scenario.name, (scenario, first))
            except DrawError as error:
                found.setdefault(scenario.name, f"{scenario.name}: {error}")
    for base, other in pairs:
        if base in as_they_are and other in as_they_are:
            keys = _made_alike(plan.ensemble, as_they_are[base], as_they_are[other])
            if keys:
                found[f"{base} {other}"] = f"{base} and {other} differ in {', '.join(keys)}, which is drawn."
    return list(found.values())


def _made_alike(
    ensemble: Ensemble, base: tuple[Scenario, Scenario], other: tuple[Scenario, Scenario]
) -> list[str]:
    """Return what differs between two scenarios and no longer does when a draw is laid on both."""
    (before, after), (other_before, other_after) = base, other
    return [
        key
        for key in sorted(ensemble.keys)
        if before.values[key] != other_before.values[key] and after.values[key] == other_after.values[key]
    ]


def run_drawn(
    plan: DrawnPlan,
    laid: Laid,
    measures: Sequence[str],
    seed: int,
    jobs: int | None = None,
    first: date | None = None,
    progress: Progress | None = None,
    store: Store | None = None,
) -> Worlds:
    """Run the scenarios under every draw, the model built in every way asked for.

    Parameters
    ----------
    plan : DrawnPlan
    laid : callable
    measures : sequence of str
        Whose totals are kept.
    seed, jobs, progress, store
        As for `run_scenarios`.
    first : date, optional
        First date that tables report; policies are the same before it.

    Raises
    ------
    DrawError
        If a draw can't be laid on a scenario.
    """
    made: dict[tuple[str, str], list[NDArray[np.float64]]] = {}
    for number, (scenarios, ensemble) in enumerate(built_otherwise(laid, plan.ensemble, plan.ways)):
        each = len(scenarios) * len(ensemble) * plan.runs
        results = run_ensemble(
            scenarios,
            ensemble,
            plan.runs,
            seed,
            jobs,
            progress=counted_on(progress, number * each, plan.worlds * len(scenarios)),
            report_from=first,
            policy_from=first,
            store=store,
        )
        for key in product((scenario.name for scenario in scenarios), measures):
            made.setdefault(key, []).append(results.cell(*key).copy())
    return {key: np.stack(cells) for key, cells in made.items()}
