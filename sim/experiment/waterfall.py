"""What moves between two scenarios, as bars that add up to the whole difference.

Two ways to take a difference apart. *By line*: where the money moves, line by line of cost. *By lever*:
what each group of settings does alone, laid on the base, with what they do only together as a bar of its own.
All bars are differences between the same runs, so each has its own interval, and their means add up to the
mean of the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from sim.experiment.differences import Difference, paired_difference
from sim.experiment.engine import Engine
from sim.experiment.errors import ExperimentError
from sim.experiment.results import ALL, TOTAL, Results
from sim.experiment.run import Progress, run_scenarios
from sim.experiment.store import Store
from sim.parameters import Scenario

NET_COST = "net_cost"
INTERACTION = "interaction"
"""Key of the bar that holds what levers do only together."""

LINES, LEVERS = "lines", "levers"


@dataclass(frozen=True)
class Bar:
    """One part of a difference.

    Attributes
    ----------
    key : str
        What moves: a line of cost, the measure in the catalogue that a line is of, a group of settings, or
        `INTERACTION`.
    line : str
        The line of cost; empty for levers.
    measure : str
        The measure that the difference is taken in.
    scenario : str
        The scenario that differs from the base.
    difference : Difference
    """

    key: str
    line: str
    measure: str
    scenario: str
    difference: Difference


@dataclass(frozen=True)
class Waterfall:
    """A difference and its parts.

    Attributes
    ----------
    kind : {"lines", "levers"}
    base, other : str
        Names of the scenarios.
    measure, period, centre : str
        The cell of which the difference is taken.
    unit : str
    level : float
    bars : tuple of Bar
        In the order of the budget, or of the settings; interaction last. Their means add up to the whole's.
    whole : Difference
        Other scenario minus base.
    """

    kind: str
    base: str
    other: str
    measure: str
    unit: str
    period: str
    centre: str
    level: float
    bars: tuple[Bar, ...]
    whole: Difference

    @property
    def moving(self) -> tuple[Bar, ...]:
        """The bars that differ in any run."""
        return tuple(bar for bar in self.bars if not bar.difference.identical)

    def rows(self) -> Iterator[dict[str, object]]:
        """Tidy rows, one for each bar; the last is the whole, with no bar of its own."""
        whole = Bar("", "", self.measure, self.other, self.whole)
        for bar in (*self.bars, whole):
            found = bar.difference
            yield {
                "kind": self.kind,
                "base": self.base,
                "scenario": self.other,
                "measure": self.measure,
                "unit": self.unit,
                "period": self.period,
                "centre": self.centre,
                "bar": bar.key or "whole",
                "line": bar.line,
                "mean": found.mean,
                "lower": found.lower,
                "upper": found.upper,
                "level": found.level,
                "runs": found.runs,
                "verdict": found.verdict,
            }


@dataclass(frozen=True)
class LeverStep:
    """One group of settings, laid alone on the base.

    Attributes
    ----------
    group : str
    keys : tuple of str
        The parameters in the group that differ.
    scenario : Scenario
        The base with the other scenario's values of those keys.
    """

    group: str
    keys: tuple[str, ...]
    scenario: Scenario


def line_waterfall(
    results: Results,
    base: str,
    other: str,
    measure: str = NET_COST,
    period: str = TOTAL,
    centre: str = ALL,
    level: float = 0.90,
) -> Waterfall:
    """Take a difference apart by where the money moves.

    Parameters
    ----------
    results : Results
        Holding both scenarios.
    base, other : str
    measure : str
        A sum that lines add up to, by their `Measure.adds_to`.
    period, centre : str
        A centre's sum has no city-wide lines.
    level : float

    Raises
    ------
    ExperimentError
        If a key is unknown, no lines add up to the measure, or fewer than two runs define the cell.
    """
    whole = _difference(results, base, other, measure, period, centre, level)
    lines = [part for part in results.measures if measure in part.adds_to]
    if not lines:
        sums = dict.fromkeys(key for part in results.measures for key in part.adds_to)
        raise ExperimentError("no-lines", measure=measure, allowed=", ".join(sums))
    bars = []
    for part in lines:
        before, after = (results.cell(name, part.key, period, centre) for name in (base, other))
        found = paired_difference(before, after, level)
        if found is not None:  # what is city-wide is no part of a centre's sum
            key = part.fills.get("measure", part.line)
            bars.append(Bar(key, part.line, part.key, other, found))
    unit = results.unit(measure)
    return Waterfall(LINES, base, other, measure, unit, period, centre, level, tuple(bars), whole)


def lever_steps(base: Scenario, other: Scenario, group: Callable[[str], str]) -> tuple[LeverStep, ...]:
    """Return the base with each group of differing settings laid on it alone.

    Parameters
    ----------
    base, other : Scenario
        Over the same period.
    group : callable
        From a parameter's key to the group that it is moved with: `Library.group`.

    Raises
    ------
    ExperimentError
        If the scenarios are of different periods.
    """
    if (base.start, base.months) != (other.start, other.months):
        raise ExperimentError("different-shapes", name=other.name, other=base.name, axis="months")
    groups: dict[str, list[str]] = {}
    for key in base.differing(other):
        groups.setdefault(group(key), []).append(key)
    return tuple(
        LeverStep(name, tuple(keys), base.taking(other, keys, f"{base.name}:{other.name}:{name}"))
        for name, keys in groups.items()
    )


def lever_waterfall(
    results: Results,
    base: str,
    other: str,
    steps: Sequence[LeverStep],
    measure: str = NET_COST,
    period: str = TOTAL,
    centre: str = ALL,
    level: float = 0.90,
) -> Waterfall:
    """Take a difference apart lever by lever: each alone from the base, and what they do only together.

    Parameters
    ----------
    results : Results
        Holding both scenarios and every step's.
    base, other : str
    steps : sequence of LeverStep
        Of `lever_steps`, between the same scenarios.
    measure, period, centre : str
    level : float

    Raises
    ------
    ExperimentError
        If a key is unknown, or fewer than two runs define the cell.
    """
    whole = _difference(results, base, other, measure, period, centre, level)
    bars = [
        Bar(
            step.group,
            "",
            measure,
            step.scenario.name,
            _difference(results, base, step.scenario.name, measure, period, centre, level),
        )
        for step in steps
    ]
    if len(steps) > 1:
        first, last = (results.cell(name, measure, period, centre) for name in (base, other))
        alone = np.sum(
            [results.cell(step.scenario.name, measure, period, centre) - first for step in steps], 0
        )
        together = paired_difference(first + alone, last, level)
        if together is None:
            raise _undefined(measure, period, centre)
        bars.append(Bar(INTERACTION, "", measure, other, together))
    unit = results.unit(measure)
    return Waterfall(LEVERS, base, other, measure, unit, period, centre, level, tuple(bars), whole)


def run_levers(
    base: Scenario,
    other: Scenario,
    group: Callable[[str], str],
    runs: int,
    seed: int,
    jobs: int | None = None,
    engine: Engine = "compiled",
    progress: Progress | None = None,
    policy_from: date | None = None,
    store: Store | None = None,
) -> tuple[Results, tuple[LeverStep, ...]]:
    """Run two scenarios and every single step between them: what both waterfalls are made from.

    Parameters
    ----------
    base, other, group
        As for `lever_steps`.
    runs, seed, jobs, engine, progress, policy_from, store
        As for `run_scenarios`.
    """
    steps = lever_steps(base, other, group)
    scenarios = [base, other, *(step.scenario for step in steps)]
    results = run_scenarios(
        scenarios, runs, seed, jobs, engine, progress, policy_from=policy_from, store=store
    )
    return results, steps


def _difference(
    results: Results, base: str, other: str, measure: str, period: str, centre: str, level: float
) -> Difference:
    before, after = (results.cell(name, measure, period, centre) for name in (base, other))
    found = paired_difference(before, after, level)
    if found is None:
        raise _undefined(measure, period, centre)
    return found


def _undefined(measure: str, period: str, centre: str) -> ExperimentError:
    return ExperimentError("undefined-cell", measure=measure, period=period, centre=centre, segment=ALL)
