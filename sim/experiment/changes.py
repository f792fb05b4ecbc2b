"""What is not the same in two folders of results: how they were made, their parameters, their figures."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.experiment.differences import Difference, paired_difference
from sim.experiment.errors import ExperimentError
from sim.experiment.folder import read_manifest
from sim.experiment.output import KIND, read_results
from sim.experiment.results import ALL, TOTAL, Results
from sim.experiment.statistics import LEAST_RUNS

MADE_BY = ("seed", "runs", "draws", "engine", "level", "report_from", "policy_from", "deciding_code")
"""What a manifest says of how results were made, beside scenarios and libraries."""

_NOT_KEYS = (int, float, bool, type(None))


@dataclass(frozen=True)
class Made:
    """One thing that was otherwise when the results were made: what, and how it was in each."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class ParameterChange:
    """One value that is not the same in two scenarios.

    Attributes
    ----------
    key : str
        The parameter.
    where : str
        The row's keys, or the date from which the value holds; nothing for a single value.
    before, after : float, str, bool or None
        None where there is no such row, date or parameter.
    """

    key: str
    where: str
    before: Any
    after: Any


@dataclass(frozen=True)
class FigureChange:
    """One figure of the whole city over the whole time that is not the same.

    Attributes
    ----------
    measure : Any
        The `Measure`.
    period : str
    before, after : float
        Means over runs: those that both hold where they pair, else each one's own.
    difference : Difference or None
        After minus before, run by run; None where the runs don't pair (another seed), so that chance is in
        the difference too.
    """

    measure: Any
    period: str
    before: float
    after: float
    difference: Difference | None


@dataclass(frozen=True)
class ScenarioChange:
    """Two scenarios, one of each folder, side by side."""

    before: str
    after: str
    parameters: tuple[ParameterChange, ...]
    figures: tuple[FigureChange, ...]
    same_figures: int


@dataclass(frozen=True)
class Changes:
    """What is not the same in two folders of results.

    Attributes
    ----------
    made : tuple of Made
    libraries : tuple of Made
    scenarios : tuple of ScenarioChange
        Of scenarios with the same name; when no name is in both, and both hold as many, in their order.
    only_before, only_after : tuple of str
        Scenarios without a counterpart.
    paired : bool
        Both hold the same seed, so run n has the same people in both.
    runs : int
        Runs that both hold.
    """

    made: tuple[Made, ...]
    libraries: tuple[Made, ...]
    scenarios: tuple[ScenarioChange, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    paired: bool
    runs: int

    @property
    def same(self) -> bool:
        """Whether neither inputs nor figures differ."""
        alike = not (self.made or self.libraries or self.only_before or self.only_after)
        return alike and not any(item.parameters or item.figures for item in self.scenarios)


def changes(before: Path, after: Path, measures: Sequence[str] | None = None) -> Changes:
    """Compare two folders of results.

    Parameters
    ----------
    before, after : Path
        Written by `write_results`.
    measures : sequence of str, optional
        Measures whose figures are compared, over the whole city and the whole time (by year where they have
        no total); by default all that both folders hold.

    Raises
    ------
    ExperimentError
        If a folder holds no results, or they were changed after they were written.
    """
    facts = tuple(read_manifest(folder, KIND) for folder in (before, after))
    first, second = read_results(before), read_results(after)
    if first.runs < LEAST_RUNS or second.runs < LEAST_RUNS:
        raise ExperimentError("too-few-runs", found=min(first.runs, second.runs), least=LEAST_RUNS)
    pairs = _pairs(first.names, second.names)
    paired = first.seed == second.seed
    runs = min(first.runs, second.runs)
    wanted = [key for key in first.measure_keys if key in second.measure_keys]
    if measures is not None:
        wanted = [key for key in measures if key in wanted]
    scenarios = []
    for one, other in pairs:
        figures = [_figure(first, second, one, other, cell, paired) for cell in _cells(first, second, wanted)]
        parameters = tuple(
            parameter_changes(*(_values(fact, name) for fact, name in zip(facts, (one, other), strict=True)))
        )
        moved = tuple(figure for figure in figures if figure is not None)
        scenarios.append(ScenarioChange(one, other, parameters, moved, len(figures) - len(moved)))
    return Changes(
        tuple(_made(*facts)),
        tuple(_otherwise(facts[0]["versions"], facts[1]["versions"])),
        tuple(scenarios),
        tuple(name for name in first.names if name not in {one for one, _ in pairs}),
        tuple(name for name in second.names if name not in {other for _, other in pairs}),
        paired,
        runs,
    )


def parameter_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[ParameterChange]:
    """Every value that is not the same in two scenarios' canonical values, in the order of their keys."""
    for key in sorted({*before, *after}):
        parts = [_parts(values[key]) if key in values else {} for values in (before, after)]
        for where in dict.fromkeys([*parts[0], *parts[1]]):
            one, other = (part.get(where) for part in parts)
            if one != other:
                yield ParameterChange(key, where, one, other)


def _parts(value: Any) -> dict[str, Any]:
    """A value by where it stands: a table's rows by their keys, a dated value by its dates."""
    if not isinstance(value, dict):
        return {"": value}
    if "steps" in value:
        return {since or "": item for since, item in value["steps"]}
    columns, rows = value["columns"], value["rows"]
    keys = [place for place, name in enumerate(columns) if _names_rows(name, [row[place] for row in rows])]
    parts: dict[str, Any] = {}
    for row in rows:
        where = ",".join(_as_key(row[place]) for place in keys)
        for place, name in enumerate(columns):
            if place not in keys:
                parts[where if name == "value" else f"{where}: {name}"] = row[place]
        if len(keys) == len(columns):
            parts[where] = True
    return parts


def _names_rows(name: str, cells: Sequence[Any]) -> bool:
    """Whether a column tells rows apart: words and dates do, and years."""
    return name == "year" or not any(isinstance(cell, _NOT_KEYS) for cell in cells)


def _as_key(cell: Any) -> str:
    return f"{cell:g}" if isinstance(cell, float) else str(cell)


def _values(manifest: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    values: Mapping[str, Any] = manifest["scenarios"][name]["parameters"]["values"]
    return values


def _pairs(before: Sequence[str], after: Sequence[str]) -> list[tuple[str, str]]:
    """Scenarios of the same name; or in their order, where no name is in both."""
    shared = [(name, name) for name in before if name in after]
    if shared or len(before) != len(after):
        return shared
    return list(zip(before, after, strict=True))


def _made(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Made]:
    facts = [{name: manifest.get(name) for name in MADE_BY} for manifest in (before, after)]
    yield from _otherwise(*facts)


def _otherwise(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Made]:
    for name in dict.fromkeys([*before, *after]):
        one, other = (str(facts.get(name) or "") for facts in (before, after))
        if one != other:
            yield Made(name, one, other)


def _cells(first: Results, second: Results, measures: Sequence[str]) -> Iterator[tuple[Any, str]]:
    """The measures and periods that are compared: the total, or each year that both hold."""
    known = {measure.key: measure for measure in first.measures}
    years = [period.key for period in first.periods if period.kind == "year"]
    for key in measures:
        periods = [TOTAL] if TOTAL in known[key].kinds else [y for y in years if y in second.period_keys]
        yield from ((known[key], period) for period in periods)


def _figure(
    first: Results, second: Results, one: str, other: str, cell: tuple[Any, str], paired: bool
) -> FigureChange | None:
    """One figure's change; None where it is the same, or defined in neither."""
    measure, period = cell
    before = first.cell(one, measure.key, period, ALL, ALL)
    after = second.cell(other, measure.key, period, ALL, ALL)
    found = None
    if paired:
        runs = min(len(before), len(after))
        before, after = before[:runs], after[:runs]
        found = paired_difference(before, after)
    if np.array_equal(before, after, equal_nan=True) or (found is not None and found.identical):
        return None
    return FigureChange(measure, period, _mean(before), _mean(after), found)


def _mean(values: NDArray[np.float64]) -> float:
    """Mean of the runs that define it; NaN when none does."""
    return math.nan if np.isnan(values).all() else float(np.nanmean(values))
