"""What nobody can set: each uncertain number as a dimension, and sets of them laid on a scenario.

A *dimension* is one belief: a number with its lowest, most likely and highest value. Rows of one table that
say the same thing (the same value in the same range) are one belief and move together. A *draw* gives every
dimension a value. It is laid on a scenario after all overlays and levers, and it never holds a lever.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from sim.parameters.calendar import month_start
from sim.parameters.scenario import Cell, Scenario, Steps, Table, Value

Shape = Literal["triangular", "uniform"]
How = Literal["set", "move", "times"]

NEAREST_ZERO = 1e-12
"""A share may miss 0 by rounding, no more."""


class DrawError(Exception):
    """A draw that can't be laid on a scenario; the message is a sentence."""


@dataclass(frozen=True)
class Dimension:
    """One uncertain number.

    Attributes
    ----------
    name : str
        What it is called in files of draws, for example ``exits.hazard[near]``.
    key : str
        The parameter that it belongs to.
    low, mode, high : float
        Its range, and where in it the most likely value lies.
    shape : {"triangular", "uniform"}
        How likely the values in the range are held to be.
    rows : tuple of tuple of str
        Of a table, the keys of the rows that it moves, in the order of the table's key columns without
        ``from``; empty for a single number.
    rest : tuple of tuple of str
        Of a table of shares, the rows that take up what is left, in proportion to what they have.
    since : date or None
        Of a dated number, the date from which it holds; up to the next dimension of the same parameter.
    until : date or None
        The first date on which it holds no more.
    how : {"set", "move", "times"}
        *set* puts the value there. *move* adds the value less `mode` to what stands there, so that a table
        keeps its course over the years. *times* multiplies.
    """

    name: str
    key: str
    low: float
    mode: float
    high: float
    shape: Shape = "triangular"
    rows: tuple[tuple[str, ...], ...] = ()
    rest: tuple[tuple[str, ...], ...] = ()
    since: date | None = None
    until: date | None = None
    how: How = "set"

    def quantile(self, chance: NDArray[np.float64]) -> NDArray[np.float64]:
        """The prior's inverse distribution function."""
        from scipy import stats  # noqa: PLC0415 - who only reads parameters need not wait for it

        width = self.high - self.low
        if self.shape == "uniform":
            return np.asarray(stats.uniform.ppf(chance, self.low, width))
        return np.asarray(stats.triang.ppf(chance, (self.mode - self.low) / width, self.low, width))

    def share_below(self, value: NDArray[np.float64]) -> NDArray[np.float64]:
        """The prior's distribution function."""
        from scipy import stats  # noqa: PLC0415 - who only reads parameters need not wait for it

        width = self.high - self.low
        if self.shape == "uniform":
            return np.asarray(stats.uniform.cdf(value, self.low, width))
        return np.asarray(stats.triang.cdf(value, (self.mode - self.low) / width, self.low, width))

    def canonical(self) -> dict[str, Any]:
        """All fields in a form that JSON can hold."""
        fields = asdict(self)
        for name in ("since", "until"):
            fields[name] = None if fields[name] is None else fields[name].isoformat()
        return fields


@dataclass(frozen=True)
class Draw:
    """One set of the uncertain numbers.

    Attributes
    ----------
    number : int
        Its place in the ensemble, from 0.
    values : mapping of str to float
        By the dimension's name.
    """

    number: int
    values: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Draws that stand for what is not known, each as likely as any other.

    Attributes
    ----------
    name : str
        What it is called; no part of the digest.
    dimensions : tuple of Dimension
    values : float64[draw, dimension]
        Read-only.
    """

    name: str
    dimensions: tuple[Dimension, ...]
    values: NDArray[np.float64]

    def __post_init__(self) -> None:
        values = np.array(self.values, dtype=np.float64).reshape(-1, len(self.dimensions))
        values.flags.writeable = False
        object.__setattr__(self, "values", values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ensemble) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __len__(self) -> int:
        return len(self.values)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the dimensions, in order."""
        return tuple(dimension.name for dimension in self.dimensions)

    @property
    def keys(self) -> frozenset[str]:
        """Keys of the parameters that the draws move."""
        return frozenset(dimension.key for dimension in self.dimensions)

    def draw(self, number: int) -> Draw:
        """One draw by its number."""
        return Draw(number, dict(zip(self.names, self.values[number].tolist(), strict=True)))

    def column(self, name: str) -> NDArray[np.float64]:
        """One dimension's values, float64[draw]."""
        return self.values[:, self.names.index(name)]

    def first(self, draws: int) -> Ensemble:
        """The ensemble's first draws; they stand in no order, so any number of them is a fair sample."""
        return replace(self, values=self.values[:draws])

    def holding(self, keys: Collection[str]) -> Ensemble:
        """The ensemble with some parameters left as scenarios have them."""
        kept = [place for place, dimension in enumerate(self.dimensions) if dimension.key not in keys]
        return replace(
            self, dimensions=tuple(self.dimensions[place] for place in kept), values=self.values[:, kept]
        )

    def canonical(self) -> dict[str, Any]:
        """Dimensions and values in a form that JSON can hold; the name is left out."""
        return {
            "dimensions": [dimension.canonical() for dimension in self.dimensions],
            "values": self.values.tolist(),
        }

    @cached_property
    def digest(self) -> str:
        """The sha256 of `canonical`, as 64 hexadecimal digits."""
        text = json.dumps(self.canonical(), sort_keys=True, allow_nan=False, separators=(",", ":"))
        return hashlib.sha256(text.encode("ascii")).hexdigest()

    def lay(self, scenario: Scenario, number: int) -> Scenario:
        """One draw laid on a scenario; see `lay_draw`."""
        return lay_draw(scenario, self.dimensions, self.draw(number))


def lay_draw(scenario: Scenario, dimensions: Sequence[Dimension], draw: Draw) -> Scenario:
    """A scenario with one draw laid on it, over everything that overlays and settings have put there.

    Parameters
    ----------
    scenario : Scenario
    dimensions : sequence of Dimension
        Where each of the draw's values belongs.
    draw : Draw

    Returns
    -------
    Scenario
        Of the same name: its digest tells it from the other.

    Raises
    ------
    DrawError
        If the scenario has no such number or row, or shares would fall below 0.
    """
    values = dict(scenario.values)
    for dimension in dimensions:
        if dimension.key not in values:
            raise DrawError(f"{dimension.key} is drawn, but the scenario has no such parameter.")
        values[dimension.key] = _laid(values[dimension.key], dimension, draw.values[dimension.name], scenario)
    return replace(scenario, values=values)


def _laid(value: Value, dimension: Dimension, drawn: float, scenario: Scenario) -> Value:
    if isinstance(value, Table):
        return _laid_table(value, dimension, drawn)
    if isinstance(value, Steps):
        return _laid_steps(value, dimension, drawn, scenario)
    return _moved(cast(float, value), dimension, drawn)


def _moved(value: float, dimension: Dimension, drawn: float) -> float:
    if dimension.how == "set":
        return drawn
    moved = value * drawn if dimension.how == "times" else value + (drawn - dimension.mode)
    if dimension.low >= 0.0 > moved + NEAREST_ZERO:
        raise DrawError(f"{dimension.name}: {value:g} can't be moved by {drawn - dimension.mode:g}, below 0.")
    return max(moved, 0.0) if dimension.low >= 0.0 else moved


def _laid_steps(steps: Steps, dimension: Dimension, drawn: float, scenario: Scenario) -> Steps:
    """A dated number, moved from the dimension's first date to its last."""
    if dimension.since is None and dimension.until is None:
        return replace(
            steps, values=tuple(_moved(cast(float, value), dimension, drawn) for value in steps.values)
        )
    first = month_start(0, scenario.start)
    since, until = dimension.since or first, dimension.until
    bounds = {since} if until is None else {since, until}
    dated = {day or date.min: value for day, value in zip(steps.dates, steps.values, strict=True)}
    for day in bounds:
        found = steps.at(day)
        if found is None:
            raise DrawError(f"{dimension.key} has no value on {day}, from which {dimension.name} is drawn.")
        dated.setdefault(day, found)
    moved = {
        day: _moved(cast(float, value), dimension, drawn)
        if since <= day and (until is None or day < until)
        else value
        for day, value in dated.items()
    }
    days = sorted(moved)
    return Steps(
        tuple(None if day == date.min else day for day in days), tuple(moved[day] for day in days), steps.hold
    )


def _laid_table(table: Table, dimension: Dimension, drawn: float) -> Table:
    """A table with some rows moved and, of shares, others taking up the rest."""
    indices = list(zip(*(table.columns[name] for name in table.index), strict=True))
    cells: list[Cell] = list(table.columns["value"])
    places = _places(indices, dimension.rows)
    if not places:
        raise DrawError(f"{dimension.name} is drawn, but {dimension.key} has no such row.")
    before = list(cells)
    for place in places:
        cells[place] = _moved(cast(float, cells[place]), dimension, drawn)
    if dimension.rest:
        _share_rest(table, dimension, indices, places, before, cells)
    return replace(table, columns={**table.columns, "value": tuple(cells)})


def _share_rest(
    table: Table,
    dimension: Dimension,
    indices: Sequence[tuple[Cell, ...]],
    places: Sequence[int],
    before: Sequence[Cell],
    cells: list[Cell],
) -> None:
    """Let the rest of each set of shares take up what the moved rows gained or gave."""
    dates = table.columns["from"] if table.dated else (None,) * len(cells)
    groups = _groups(indices, dates, dimension)
    for members in groups.values():
        moved = [place for place in members if place in places]
        others = [place for place in _places(indices, dimension.rest) if place in members]
        gained = sum(cast(float, cells[place]) - cast(float, before[place]) for place in moved)
        whole = sum(cast(float, before[place]) for place in others)
        if whole - gained < -NEAREST_ZERO or (whole == 0.0 and gained != 0.0):
            raise DrawError(f"{dimension.name}: the other shares would fall below 0.")
        for place in others:
            share = cast(float, before[place])
            cells[place] = max(0.0, share - gained * share / whole) if whole else share


def _groups(
    indices: Sequence[tuple[Cell, ...]], dates: Sequence[Cell], dimension: Dimension
) -> dict[tuple[Cell, ...], list[int]]:
    """Rows by what they have in common beside the column over which shares sum to one."""
    (over,) = _columns_that_differ(dimension)
    groups: dict[tuple[Cell, ...], list[int]] = {}
    for place, (index, since) in enumerate(zip(indices, dates, strict=True)):
        group = (since, *(cell for column, cell in enumerate(index) if column != over))
        groups.setdefault(group, []).append(place)
    return groups


def _columns_that_differ(dimension: Dimension) -> tuple[int, ...]:
    """The position of the column whose keys tell moved rows from the rest."""
    width = len(dimension.rows[0])
    return tuple(
        column
        for column in range(width)
        if {row[column] for row in dimension.rows}.isdisjoint(row[column] for row in dimension.rest)
    )


def _places(indices: Sequence[tuple[Cell, ...]], rows: Iterable[tuple[str, ...]]) -> list[int]:
    wanted = set(rows)
    return [place for place, index in enumerate(indices) if tuple(map(str, index)) in wanted]
