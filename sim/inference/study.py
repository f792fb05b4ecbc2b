"""A whole study of what one answer hangs on, from the names of two scenarios to every table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sim.experiment.curves import Curve, Resolve, Settings, curves
from sim.experiment.run import check_together, cube_axes
from sim.experiment.statistics import t_quantile
from sim.experiment.store import Store
from sim.inference.answers import Progress, question
from sim.inference.sensitivity import Input, Shares, Worlds, shares, structures, tornado
from sim.inference.sensitivity_output import Study
from sim.inference.sobol import check_base
from sim.inference.turning import Turn, assumptions, turns
from sim.parameters.overlays import STACK
from sim.parameters.uncertain import Dimension


def run_study(
    resolve: Resolve,
    base: str,
    other: str,
    dimensions: Sequence[Dimension],
    evidence: Mapping[str, tuple[str, str]],
    ranges: Mapping[str, tuple[float, float]],
    alternatives: Sequence[str],
    runs: int,
    points: int,
    seed: int,
    measure: str = "net_cost",
    named: int = 6,
    level: float = 0.90,
    settings: Settings = (),
    jobs: int | None = None,
    progress: Progress | None = None,
    policy_from: date | None = None,
    store: Store | None = None,
) -> Study:
    """Move inputs one at a time and all at once, build the model otherwise, look for what turns the answer.

    Parameters
    ----------
    resolve : callable
        From a scenario's name and settings to its values; an alternative is laid as ``SCENARIO+NAME``.
    base, other : str
        Names of scenarios.
    dimensions : sequence of Dimension
        The uncertain numbers.
    evidence : mapping of str to (str, str)
        By the key of each dimension's parameter, the kind of its evidence and how sure it is.
    ranges : mapping of str to (float, float)
        By a parameter's key, the range that evidence covers; for what would turn the answer.
    alternatives : sequence of str
        Names of structural alternatives.
    runs : int
        Paired runs at each point that one thing alone is moved to.
    points : int
        Of the design in which all moves, a power of 2; 0 leaves that part out.
    seed : int
    measure : str
        With a total.
    named : int
        Inputs that are told one by one in the design: those that move the total most when moved alone. All
        others count as one.
    level : float
        Coverage of the intervals.
    settings : tuple of str
        ``KEY=VALUE`` for both scenarios.
    jobs, progress
        As for `run_scenarios`; progress begins anew in each part of the study.
    policy_from, store
        As for `run_scenarios`; only the curves' runs are kept in the store.

    Raises
    ------
    ExperimentError
        If something asked for can't be done.
    InputErrors
        If a scenario can't be resolved.
    DrawError
        If a value of an uncertain number can't be laid on a scenario.
    """
    t_quantile(level, 1)
    if points:
        check_base(points)

    def worlds(alternative: str = "") -> Worlds:
        suffix = f"{STACK}{alternative}" if alternative else ""
        return resolve(base + suffix, settings), resolve(other + suffix, settings)

    central = worlds()
    built = [(name, worlds(name)) for name in alternatives]
    check_together(central, seed, "compiled")
    asked = question(central[0], measure, seed, policy_from)
    inputs = tuple(Input(dimension, *evidence[dimension.key]) for dimension in dimensions)
    tried = assumptions(central[0], ranges)

    tornados = tornado(asked, central, inputs, runs, level, jobs, progress)
    otherwise = structures(asked, central, built, runs, level, jobs, progress)
    spread: tuple[Shares, ...] = ()
    if points:
        most = [bar.input.dimension for bar in tornados[-1].moving[:named]]
        rest = [dimension for dimension in dimensions if dimension not in most]
        spread = shares(asked, central, built, most, rest, points, level, jobs, progress)
    found_curves: list[Curve] = []
    found_turns: list[Turn] = []
    for assumption in tried:
        lines = curves(
            resolve,
            base,
            other,
            assumption.points,
            runs,
            seed,
            assumption.key,
            measure,
            asked.periods,
            level=level,
            settings=settings,
            jobs=jobs,
            progress=progress,
            policy_from=policy_from,
            store=store,
        )
        found_curves += lines
        found_turns += turns(assumption, lines)
    unit = next(item.unit for item in cube_axes(central[0]).measures if item.key == measure)
    return Study(
        asked=asked,
        base=base,
        other=other,
        unit=unit,
        level=level,
        runs=runs,
        points=points,
        inputs=inputs,
        tornados=tornados,
        structures=otherwise,
        shares=spread,
        curves=tuple(found_curves),
        turns=tuple(found_turns),
    )
