"""The frozen values that the model reads.

A `Scenario` holds values only: no passports, no files, no layers.  It can be pickled to a worker process, and
its `digest` names it by what it holds, whatever order it was written in.
"""

import hashlib
import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, wraps
from itertools import product
from types import MappingProxyType
from typing import Any, Concatenate, NoReturn, ParamSpec, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from sim.parameters.calendar import month_start
from sim.parameters.problems import Collector, InputErrors, Place, listed

Scalar = float | str | bool | date
Cell = Scalar | int | None
Key = str | int | date

CANONICAL_FORMAT = 2
"""Version of what `Scenario.canonical` returns; a change of its shape must change every digest."""


@dataclass(frozen=True)
class Steps:
    """A dated value: a step function of the date.

    Attributes
    ----------
    dates : tuple of date or None
        The 1st of the month from which each value holds; None for a value that has always held.
    values : tuple of float or str or bool
        One for each date.
    hold : bool
        Whether the first value also holds before its date; if not, reading there is an error.
    """

    dates: tuple[date | None, ...]
    values: tuple[Scalar, ...]
    hold: bool = False

    def at(self, day: date) -> Scalar | None:
        """The value on a day, or None where the dates don't reach."""
        found: Scalar | None = self.values[0] if self.hold else None
        for since, value in zip(self.dates, self.values, strict=True):
            if since is None or since <= day:
                found = value
        return found


@dataclass(frozen=True)
class Table:
    """A tidy table.

    Attributes
    ----------
    columns : mapping of str to tuple
        The cells of each column, one a row; None where a cell is blank. Rows stand in the order of the keys
        that their key columns point to, a domain's own rows by its ``order`` column.
    index : tuple of str
        The key columns, in order, without ``from``.
    dated : bool
        Whether the rows hold from the date in ``from``.
    missing : float or None
        What a missing row means; None where every row must be there.
    hold : bool
        Whether the first date's (or year's) rows also hold before it.
    """

    columns: Mapping[str, tuple[Cell, ...]]
    index: tuple[str, ...]
    dated: bool = False
    missing: float | None = None
    hold: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", MappingProxyType(dict(self.columns)))

    def __reduce__(self) -> tuple[type["Table"], tuple[Any, ...]]:
        return Table, (dict(self.columns), self.index, self.dated, self.missing, self.hold)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def rows(self) -> Iterator[dict[str, Any]]:
        """Each row as a dict of column name to cell."""
        for cells in zip(*self.columns.values(), strict=True):
            yield dict(zip(self.columns, cells, strict=True))

    def by_key(self, column: str) -> dict[Any, Any]:
        """A column by the table's first column: what a domain table says of each key."""
        return dict(zip(next(iter(self.columns.values())), self.columns[column], strict=True))

    def cells(self) -> dict[tuple[Cell, ...], float]:
        """``value`` by index tuple (and by ``from`` first, in a dated table); blank cells are left out."""
        names = ("from", *self.index) if self.dated else self.index
        keys = zip(*(self.columns[name] for name in names), strict=True)
        return {
            key: float(cast(float, value))
            for key, value in zip(keys, self.columns["value"], strict=True)
            if value is not None
        }


Value = Scalar | Steps | Table

Asked = ParamSpec("Asked")
Made = TypeVar("Made")


def _remembered(
    read: Callable[Concatenate["Scenario", Asked], Made],
) -> Callable[Concatenate["Scenario", Asked], Made]:
    """Let a reader of a scenario remember what it has read: every run asks for the same."""

    @wraps(read)
    def reader(scenario: "Scenario", *asked: Asked.args, **named: Asked.kwargs) -> Made:
        assert not named
        place = (read.__name__, *cast("tuple[Hashable, ...]", asked))
        if place not in scenario.made:
            scenario.made[place] = read(scenario, *asked, **named)
        return cast(Made, scenario.made[place])

    return cast(Callable[Concatenate["Scenario", Asked], Made], reader)


@dataclass(frozen=True, eq=False)
class Scenario:
    """One resolved scenario, frozen.

    Attributes
    ----------
    name : str
        What it is called in results; no part of the digest.
    start : date
        The first day, always the 1st of a month.
    months : int
        Number of whole months.
    values : mapping of str to value
        Every parameter by key; read through the methods.
    made : dict
        What has been read or made of the values before; see `once`.
    """

    name: str
    start: date
    months: int
    values: Mapping[str, Value]
    made: dict[object, Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))
        object.__setattr__(self, "made", {})

    def __reduce__(self) -> tuple[type["Scenario"], tuple[Any, ...]]:
        return Scenario, (self.name, self.start, self.months, dict(self.values))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scenario) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    # --- single values

    def number(self, key: str) -> float:
        """An undated number."""
        value = self._value(key)
        if isinstance(value, bool) or not isinstance(value, float):
            raise _wrong_reader(key, value, "a number")
        return value

    def text(self, key: str) -> str:
        """An undated word."""
        value = self._value(key)
        if not isinstance(value, str):
            raise _wrong_reader(key, value, "a word")
        return value

    def flag(self, key: str) -> bool:
        """An undated flag."""
        value = self._value(key)
        if not isinstance(value, bool):
            raise _wrong_reader(key, value, "a flag")
        return value

    def day(self, key: str) -> date:
        """A date."""
        value = self._value(key)
        if not isinstance(value, date):
            raise _wrong_reader(key, value, "a date")
        return value

    @_remembered
    def series(self, key: str) -> NDArray[np.float64]:
        """A number in each month, float64[months], read-only; an undated number is the same in all.

        Raises
        ------
        InputErrors
            If a month lies before the first date of a value whose rule outside its dates is an error.
        """
        return _frozen(np.array([float(cast(float, value)) for value in self._by_month(key, float)]))

    @_remembered
    def texts(self, key: str) -> tuple[str, ...]:
        """A word in each month."""
        return tuple(str(value) for value in self._by_month(key, str))

    # --- tables

    def table(self, key: str) -> Table:
        """A table as it stands."""
        value = self._value(key)
        if not isinstance(value, Table):
            raise _wrong_reader(key, value, "a table")
        return value

    @_remembered
    def keys(self, table_key: str) -> tuple[str, ...]:
        """The keys that a domain table lists: its first column, by its ``order`` column if there is one."""
        first = next(iter(self.table(table_key).columns.values()))
        return tuple(str(cell) for cell in dict.fromkeys(first))

    @_remembered
    def array(self, table_key: str, *domains: tuple[Key, ...]) -> NDArray[np.float64]:
        """An undated table's values, float64[len(domain), …], read-only.

        Parameters
        ----------
        table_key : str
            A table with a ``value`` column.
        *domains : tuple
            The keys of each index column, in the order of the columns.

        Raises
        ------
        InputErrors
            If a row is missing and the passport does not say what that means.
        """
        table = self._indexed(table_key, domains, dated=False)
        cells = table.cells()
        return _frozen(_filled(table_key, table, cells, (), domains))

    @_remembered
    def dated_array(self, table_key: str, *domains: tuple[Key, ...]) -> NDArray[np.float64]:
        """A dated table's values month by month, float64[months, len(domain), …], read-only.

        In each month the rows of the latest date not after it hold, all of them together.

        Raises
        ------
        InputErrors
            If a row is missing, or a month lies before the first date and the passport's rule is an error.
        """
        table = self._indexed(table_key, domains, dated=True)
        cells = table.cells()
        sets = {
            since: _filled(table_key, table, cells, (since,), domains)
            for since in sorted(cast("set[date]", set(table.columns["from"])))
        }
        days = [month_start(month, self.start) for month in range(self.months)]
        found = [self._latest(table_key, table, sets, day) for day in days]
        return _frozen(np.array(found).reshape(self.months, *(len(domain) for domain in domains)))

    @_remembered
    def yearly_array(self, table_key: str, *domains: tuple[Key, ...]) -> NDArray[np.float64]:
        """A yearly table's values month by month, float64[months, len(domain), …], read-only.

        In each month the year's value holds; where a year is missing, the latest one before it, if the
        passport says that values hold outside their dates.

        Parameters
        ----------
        table_key : str
            A table with ``year`` as its last index column.
        *domains : tuple
            The keys of the index columns before it.

        Raises
        ------
        InputErrors
            If a year is not there and the passport's rule there is an error.
        """
        table = self._indexed(table_key, (*domains, ()), dated=False)
        if table.index[-1] != "year":
            raise TypeError(f"{table_key} is not indexed by year.")
        by_key: dict[tuple[Cell, ...], dict[int, float]] = {}
        for (*key, year), value in table.cells().items():
            by_key.setdefault(tuple(key), {})[int(cast(int, year))] = value
        shape = (self.months, *(len(domain) for domain in domains))
        years = [month_start(month, self.start).year for month in range(self.months)]
        columns = [
            [_of_year(table_key, key, by_key.get(key, {}), year, table.hold) for key in product(*domains)]
            for year in years
        ]
        return _frozen(np.array(columns, dtype=np.float64).reshape(shape))

    # --- what is made of them

    def once(self, make: Callable[["Scenario"], Made]) -> Made:
        """What a function makes of this scenario, made when first asked for and kept: all its runs share it.

        Parameters
        ----------
        make : callable
            A function of a module that depends on the scenario alone. Nobody changes what it returns.
        """
        if make not in self.made:
            self.made[make] = make(self)
        return cast(Made, self.made[make])

    # --- beside another scenario

    def differing(self, other: "Scenario") -> tuple[str, ...]:
        """The keys whose values are not the same in another scenario, in this one's order."""
        mine, theirs = self.canonical()["values"], other.canonical()["values"]
        found = [key for key in self.values if key not in theirs or mine[key] != theirs[key]]
        return (*found, *(key for key in other.values if key not in mine))

    def taking(self, other: "Scenario", keys: Iterable[str], name: str) -> "Scenario":
        """The same scenario with another's values of some keys, under a new name.

        The values were checked in the scenarios they come from, and are not checked anew. Both scenarios
        have the same period: start and months are this one's.
        """
        taken = {key: other.values[key] for key in keys}
        return Scenario(name, self.start, self.months, {**self.values, **taken})

    # --- identity

    def canonical(self) -> dict[str, Any]:
        """All values in a form that JSON can hold and that does not depend on the order of writing.

        The name is left out: two scenarios that hold the same values are the same scenario.
        """
        return {
            "format": CANONICAL_FORMAT,
            "values": {key: _canonical(self.values[key]) for key in sorted(self.values)},
        }

    @cached_property
    def digest(self) -> str:
        """The sha256 of `canonical`, as 64 hexadecimal digits."""
        text = json.dumps(
            self.canonical(), sort_keys=True, ensure_ascii=True, allow_nan=False, separators=(",", ":")
        )
        return hashlib.sha256(text.encode("ascii")).hexdigest()

    # --- helpers

    def _value(self, key: str) -> Value:
        try:
            return self.values[key]
        except KeyError:
            _refuse(
                "missing-parameter",
                key,
                f"The model reads {key}, which has no passport in these parameters.",
                found=key,
                known=self.values,
            )

    def _by_month(self, key: str, kind: type[float] | type[str]) -> list[Scalar]:
        value = self._value(key)
        if not isinstance(value, Steps):
            value = Steps((None,), (cast(Scalar, value),))
        if not all(isinstance(item, kind) and not isinstance(item, bool) for item in value.values):
            raise _wrong_reader(
                key, self._value(key), "numbers by month" if kind is float else "words by month"
            )
        found = []
        for month in range(self.months):
            day = month_start(month, self.start)
            item = value.at(day)
            if item is None:
                _before_first(key, day)
            found.append(item)
        return found

    def _indexed(self, key: str, domains: tuple[tuple[Key, ...], ...], *, dated: bool) -> Table:
        table = self.table(key)
        if "value" not in table.columns or table.dated != dated or len(domains) != len(table.index):
            sort = "dated" if table.dated else "undated"
            raise TypeError(
                f"{key} is a {sort} table indexed by {listed(table.index)}; it is read otherwise."
            )
        return table

    def _latest(
        self, key: str, table: Table, sets: Mapping[date, NDArray[np.float64]], day: date
    ) -> NDArray[np.float64]:
        before = [since for since in sets if since <= day]
        if before:
            return sets[before[-1]]
        if sets and table.hold:
            return next(iter(sets.values()))
        _before_first(key, day)


def _filled(
    key: str,
    table: Table,
    cells: Mapping[tuple[Cell, ...], float],
    prefix: tuple[Cell, ...],
    domains: tuple[tuple[Key, ...], ...],
) -> NDArray[np.float64]:
    found = np.zeros(tuple(len(domain) for domain in domains))
    flat = found.reshape(-1)
    for position, index in enumerate(product(*domains)):
        value = cells.get((*prefix, *index))
        if value is not None:
            flat[position] = value
        elif table.missing is not None:
            flat[position] = table.missing
        else:
            _refuse("missing-row", key, f"{key} has no row for {listed((*prefix, *index))}.", listed(index))
    return found


def _of_year(key: str, index: tuple[Key, ...], years: Mapping[int, float], year: int, hold: bool) -> float:
    if year in years:
        return years[year]
    if hold and years:
        return years[max((known for known in years if known < year), default=min(years))]
    _refuse("outside-dates", key, f"{key} has no value for {listed((*index, year))}.", year)


def _refuse(
    rule: str, key: str, sentence: str, found: object, known: Mapping[str, Any] = MappingProxyType({})
) -> NoReturn:
    problems = Collector()
    problems.add(rule, Place(""), key, sentence, found=found, known=known)
    raise InputErrors(problems.errors)


def _before_first(key: str, day: date) -> NoReturn:
    _refuse("outside-dates", key, f"{key} is read in {day:%Y-%m}, before its first date.", f"{day:%Y-%m}")


def _wrong_reader(key: str, value: Value, wanted: str) -> TypeError:
    kind = {Steps: "a dated value", Table: "a table", str: "a word", bool: "a flag", float: "a number"}
    return TypeError(f"{key} is {kind.get(type(value), 'a date')}; it is read as {wanted}.")


def _frozen(array: NDArray[np.float64]) -> NDArray[np.float64]:
    array.flags.writeable = False
    return array


def _canonical(value: Value | Cell) -> Any:
    match value:
        case Steps():
            # a step to the value that held before changes nothing
            pairs: list[list[Any]] = []
            for since, item in zip(value.dates, value.values, strict=True):
                if not pairs or pairs[-1][1] != _canonical(item):
                    pairs.append([_canonical(since), _canonical(item)])
            return {"steps": pairs, "hold": value.hold}
        case Table():
            rows = [
                [_canonical(cell) for cell in cells] for cells in zip(*value.columns.values(), strict=True)
            ]
            if "order" not in value.columns:
                rows.sort(key=lambda row: json.dumps(row, sort_keys=True))
            return {
                "columns": list(value.columns),
                "rows": rows,
                "missing": value.missing,
                "hold": value.hold,
            }
        case date():
            return value.isoformat()
        case bool() | str() | None:
            return value
        case _:
            # minus zero is zero, and 50 is 50.0
            return float(value) + 0.0
