"""From passports to what is believed before anything is observed: one dimension for each uncertain number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import prod

from sim.parameters.library import Library
from sim.parameters.passports import Passport
from sim.parameters.tables import Row
from sim.parameters.uncertain import Dimension, Shape

UNCERTAIN = "uncertainty"
LEVER = "lever"


@dataclass(frozen=True)
class Split:
    """A dated number believed anew from each of some dates.

    Attributes
    ----------
    dates : tuple of date
        Each begins a dimension of its own, with the passport's range.
    """

    dates: tuple[date, ...]


def priors(library: Library, splits: Mapping[str, Split] | None = None) -> tuple[Dimension, ...]:
    """A dimension for every number of the role *uncertainty* whose passport or table gives a range.

    Rows of one table with the same value and range are one belief and move together. In a table of shares
    the rows without a range take up the rest. Where a passport names no distribution, the triangle over the
    range with its top at the value is taken.

    Parameters
    ----------
    library : Library
    splits : mapping of str to Split, optional
        By key, dated numbers that are believed anew from some dates.
    """
    splits = splits or {}
    return tuple(
        dimension
        for key, passport in sorted(library.passports.items())
        if passport.role == UNCERTAIN
        for dimension in (
            _of_table(key, passport, library.base.rows(key))
            if passport.table is not None
            else _of_number(key, passport, library, splits.get(key))
        )
    )


def evidence_ranges(library: Library) -> dict[str, tuple[float, float]]:
    """The range that evidence covers by parameter, levers included; of a table that of its first such row."""
    found: dict[str, tuple[float, float]] = {}
    for key, passport in library.passports.items():
        pairs = [passport.range or (None, None)]
        if passport.table is not None:
            pairs = [(row.cells.get("lower"), row.cells.get("upper")) for row in library.base.rows(key)]  # type: ignore[misc]
        for low, high in pairs:
            if isinstance(low, float) and isinstance(high, float):
                found.setdefault(key, (low, high))
    return found


def _shape(passport: Passport) -> Shape:
    return "uniform" if passport.distribution and passport.distribution.name == "uniform" else "triangular"


def _of_number(key: str, passport: Passport, library: Library, split: Split | None) -> list[Dimension]:
    if passport.range is None or None in passport.range:
        return []
    low, high = (float(limit) for limit in passport.range if limit is not None)
    value = library.base.steps(key)[-1].value
    if not isinstance(value, float) or low >= high:
        return []
    mode = min(max(value, low), high)
    if split is None:
        return [Dimension(key, key, low, mode, high, _shape(passport))]
    ends = (*split.dates[1:], None)
    return [
        Dimension(f"{key}[{since}]", key, low, mode, high, _shape(passport), since=since, until=until)
        for since, until in zip(split.dates, ends, strict=True)
    ]


def _of_table(key: str, passport: Passport, rows: Sequence[Row]) -> list[Dimension]:
    beliefs: dict[tuple[float, float, float], list[tuple[str, ...]]] = {}
    without: list[tuple[str, ...]] = []
    for row in rows:
        index = tuple(str(row.cells[name]) for name in passport.index_columns)
        value, low, high = (row.cells.get(name) for name in ("value", "lower", "upper"))
        if isinstance(value, float) and isinstance(low, float) and isinstance(high, float):
            if low < high:
                beliefs.setdefault((low, value, high), []).append(index)
        else:
            without.append(index)
    rest = tuple(dict.fromkeys(without)) if passport.sums_to_one_over is not None else ()
    return [
        Dimension(
            f"{key}[{_named(members)}]",
            key,
            low,
            mode,
            high,
            _shape(passport),
            rows=tuple(dict.fromkeys(members)),
            rest=_rest_of(members, rest, passport),
            how="move",
        )
        for (low, mode, high), members in beliefs.items()
    ]


def _rest_of(
    members: Sequence[tuple[str, ...]], rest: Sequence[tuple[str, ...]], passport: Passport
) -> tuple[tuple[str, ...], ...]:
    """The rows without a range that stand in the same sets of shares."""
    if not rest or passport.sums_to_one_over is None:
        return ()
    over = passport.index_columns.index(passport.sums_to_one_over)

    def group(index: tuple[str, ...]) -> tuple[str, ...]:
        return index[:over] + index[over + 1 :]

    groups = {group(index) for index in members}
    return tuple(index for index in rest if group(index) in groups)


def _named(members: Sequence[tuple[str, ...]]) -> str:
    """The rows' keys, column by column: ``work+studies,near+middle``; row by row where that names others."""
    columns = [tuple(dict.fromkeys(index[column] for index in members)) for column in range(len(members[0]))]
    if len(set(members)) == prod(len(keys) for keys in columns):
        return ",".join("+".join(keys) for keys in columns)
    return "+".join("/".join(index) for index in dict.fromkeys(members))
