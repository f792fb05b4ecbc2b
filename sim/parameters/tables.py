"""Tables: typed rows from CSV files and from lists in overlays, and what must hold between rows."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product
from math import fsum, inf
from pathlib import Path
from typing import Any

from sim.parameters.passports import Column, Passport
from sim.parameters.problems import Collector, Place, listed, quote
from sim.parameters.reading import Document, plain_value, read_csv, shown
from sim.parameters.scenario import Cell
from sim.parameters.values import BadValueError, Spec, check_value

CENTRES = "organisation.centres"
SHARES_TOLERANCE = 1e-9
MOST_NAMED = 3


@dataclass(frozen=True)
class Row:
    """One row: its cells by column, and who set it where."""

    cells: Mapping[str, Cell]
    layer: str
    place: Place


# --- reading -----------------------------------------------------------------------------------------------


def read_table_file(
    path: Path,
    passport: Passport,
    key: str,
    layer: str,
    problems: Collector,
    *,
    starts: date | None = None,
    named: Place | None = None,
) -> tuple[Row, ...]:
    """A table's rows from a CSV file.

    Parameters
    ----------
    starts : date or None
        The date of the overlay that names the file: then the table may leave out ``from``.
    named : Place or None
        Where an overlay names the file; the columns of evidence may then be left out.

    Raises
    ------
    BadValueError
        After noting everything that is wrong.
    """
    if not path.is_file():
        problems.add(
            "missing-table-file",
            named or Place(shown(path)),
            key,
            f"{key}: the table's file {path.name} does not exist.",
            found=path.name,
            allowed="a file that exists",
            known=_names_beside(path),
        )
        raise BadValueError
    table = read_csv(path, problems)
    if table is None:
        raise BadValueError
    header = Place(table.file, 1)
    _check_columns(table.columns, passport, key, header, problems, starts, overlay=named is not None)
    rows = []
    good = True
    for line, cells in table.rows:
        raw = {
            name: cell if passport.columns[name].type in ("key", "text") else plain_value(cell)
            for name, cell in zip(table.columns, cells, strict=True)
        }
        place = Place(table.file, line)
        try:
            rows.append(_typed_row(raw, passport, key, place, layer, problems, starts))
        except BadValueError:
            good = False
    if not good:
        raise BadValueError
    return tuple(rows)


def _names_beside(path: Path) -> list[str]:
    return sorted(other.name for other in path.parent.glob("*.csv")) if path.parent.is_dir() else []


def read_inline_rows(
    raw: list[object],
    passport: Passport,
    key: str,
    document: Document,
    path: tuple[object, ...],
    layer: str,
    problems: Collector,
    starts: date | None,
) -> tuple[Row, ...]:
    """A table's rows from a list of mappings in an overlay.

    Raises
    ------
    BadValueError
        After noting everything that is wrong.
    """
    rows = []
    good = True
    for number, item in enumerate(raw):
        place = document.place(*path, number)
        try:
            if not isinstance(item, dict):
                problems.add(
                    "wrong-shape",
                    place,
                    key,
                    f"{key}: a row is a mapping of column to value.",
                    found=item,
                    allowed="a mapping",
                )
                raise BadValueError
            _check_columns(tuple(map(str, item)), passport, key, place, problems, starts, overlay=True)
            rows.append(_typed_row(item, passport, key, place, layer, problems, starts))
        except BadValueError:
            good = False
    if not good:
        raise BadValueError
    return tuple(rows)


def _check_columns(
    found: tuple[str, ...],
    passport: Passport,
    key: str,
    place: Place,
    problems: Collector,
    starts: date | None,
    *,
    overlay: bool,
) -> None:
    """The columns are those of the passport, each once.

    An overlay may leave out ``lower`` and ``upper`` (the layer below's stay), columns that may be blank, and
    ``from`` where its header has it.
    """
    known = tuple(passport.columns)
    good = True
    for name in dict.fromkeys(found):
        if name not in known:
            problems.add(
                "unknown-column",
                place,
                key,
                f"{key}: the table has no column {quote(name)}.",
                found=name,
                allowed=listed(known),
                known=known,
            )
            good = False
    if len(set(found)) < len(found):
        problems.add(
            "duplicate-key",
            place,
            key,
            f"{key}: a column stands twice.",
            found=listed(found),
            allowed=listed(known),
        )
        good = False
    may_lack = (
        {"lower", "upper", *(name for name in known if passport.columns[name].blank)} if overlay else set()
    )
    if starts is not None:
        may_lack.add("from")
    missing = [name for name in known if name not in found and name not in may_lack]
    if missing:
        problems.add(
            "missing-column",
            place,
            key,
            f"{key}: the table lacks {listed(missing)}.",
            found=listed(found),
            allowed=listed(known),
        )
        good = False
    if not good:
        raise BadValueError


def _typed_row(
    raw: Mapping[Any, object],
    passport: Passport,
    key: str,
    place: Place,
    layer: str,
    problems: Collector,
    starts: date | None,
) -> Row:
    cells: dict[str, Cell] = {}
    good = True
    for name, column in passport.columns.items():
        if name not in raw:
            cells[name] = starts if name == "from" else None
            continue
        value, label = raw[name], f"{key}, {name}"
        # a range that evidence does not give is left blank
        spec = Spec.of_column(column)
        if name in ("lower", "upper"):
            spec = Spec(spec.type, spec.unit, spec.allowed, blank=True)
        try:
            cells[name] = check_value(value, spec, place, label, problems)
            day = cells[name]
            if isinstance(day, date) and day.day != 1:
                problems.add(
                    "not-first-of-month",
                    place,
                    label,
                    f"{label}: {day} is not the 1st of a month; changes fall on the 1st.",
                    found=day,
                    allowed="the 1st of a month",
                )
                good = False
        except BadValueError:
            good = False
    lower, upper = cells.get("lower"), cells.get("upper")
    if isinstance(lower, float) and isinstance(upper, float) and lower > upper:
        problems.add(
            "bad-limits",
            place,
            key,
            f"{key}: lower ({lower}) stands above upper ({upper}).",
            found=f"{lower}, {upper}",
            allowed="lower not above upper",
        )
        good = False
    if not good:
        raise BadValueError
    return Row(cells, layer, place)


# --- domains -----------------------------------------------------------------------------------------------


def by_order(row: Row) -> float:
    """Where a row stands by its ``order`` column; last, if that is blank."""
    order = row.cells["order"]
    return float(order) if isinstance(order, int | float) else inf


def domain(
    column: Column, tables: Mapping[str, tuple[Row, ...]], passports: Mapping[str, Passport]
) -> tuple[str, ...] | None:
    """The words that a key column may hold, in order; None where they are the column's own."""
    if column.of is None or column.of not in passports or not passports[column.of].columns:
        return None
    first = next(iter(passports[column.of].columns))
    rows = tables.get(column.of, ())
    if "order" in passports[column.of].columns:
        rows = tuple(sorted(rows, key=by_order))
    return (*dict.fromkeys(str(row.cells[first]) for row in rows), *column.also)


def unknown_word(
    word: object, known: tuple[str, ...], column: Column, place: Place, label: str, problems: Collector
) -> None:
    """Note a word that is none of its domain's."""
    rule, what = ("unknown-centre", "centre") if column.of == CENTRES else ("unknown-word", "known word")
    where = f" in {column.of}" if column.of else ""
    problems.add(
        rule,
        place,
        label,
        f"{label}: {quote(word)} is no {what}{where}; there are {listed(known)}.",
        found=word,
        allowed=listed(known),
        known=known,
    )


# --- what must hold between rows ---------------------------------------------------------------------------


def check_tables(
    tables: Mapping[str, tuple[Row, ...]],
    faulty: frozenset[str],
    passports: Mapping[str, Passport],
    problems: Collector,
) -> frozenset[str]:
    """Words, duplicates, missing rows and sums of shares, over all tables as they stand.

    Returns
    -------
    frozenset of str
        `faulty` and the tables in which something was found.
    """
    bad = set(faulty)
    for key, rows in tables.items():
        passport = passports[key]
        domains_of = {column.of for column in passport.columns.values() if column.of}
        if key in faulty or domains_of & faulty:
            continue
        checks = _words(key, passport, rows, tables, passports, problems) and _once(
            key, passport, rows, problems
        )
        checks = checks and _complete(key, passport, rows, tables, passports, problems)
        checks = checks and _shares(key, passport, rows, tables, passports, problems)
        if not checks:
            bad.add(key)
    return frozenset(bad)


def _words(
    key: str,
    passport: Passport,
    rows: Iterable[Row],
    tables: Mapping[str, tuple[Row, ...]],
    passports: Mapping[str, Passport],
    problems: Collector,
) -> bool:
    good = True
    for name, column in passport.columns.items():
        known = domain(column, tables, passports) if column.type == "key" and column.of != key else None
        if known is None:
            continue
        for row in rows:
            word = row.cells[name]
            if word is not None and word not in known:
                unknown_word(word, known, column, row.place, f"{key}, {name}", problems)
                good = False
    return good


def row_index(passport: Passport) -> tuple[str, ...]:
    """The columns that tell a row from all others: the index columns, after ``from`` in a dated table."""
    return ("from", *passport.index_columns) if passport.dated_table else passport.index_columns


def _once(key: str, passport: Passport, rows: Iterable[Row], problems: Collector) -> bool:
    index = row_index(passport)
    seen: dict[tuple[Cell, ...], Row] = {}
    good = True
    for row in rows:
        keys = tuple(row.cells[name] for name in index)
        first = seen.setdefault(keys, row)
        if first is not row:
            where = (
                f"line {first.place.line}" if first.place.file == row.place.file else str(first.place.file)
            )
            problems.add(
                "duplicate-row",
                row.place,
                key,
                f"{key}: the row for {listed(keys)} stands twice, first on {where}.",
                found=listed(keys),
                allowed="each row once",
            )
            good = False
    return good


def _sets(passport: Passport, rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows that hold together: those of each date, or all of an undated table."""
    if not passport.dated_table:
        yield list(rows)
        return
    by_date: dict[Cell, list[Row]] = {}
    for row in rows:
        by_date.setdefault(row.cells["from"], []).append(row)
    yield from by_date.values()


def _combinations(
    names: Iterable[str],
    passport: Passport,
    tables: Mapping[str, tuple[Row, ...]],
    passports: Mapping[str, Passport],
) -> list[tuple[str, ...]] | None:
    """Every combination of the domains' keys, without the extra words; None if a column has no domain."""
    domains = []
    for name in names:
        column = passport.columns[name]
        known = domain(column, tables, passports) if column.type == "key" else None
        if known is None:
            return None
        domains.append([word for word in known if word not in column.also])
    return list(product(*domains))


def _complete(
    key: str,
    passport: Passport,
    rows: tuple[Row, ...],
    tables: Mapping[str, tuple[Row, ...]],
    passports: Mapping[str, Passport],
    problems: Collector,
) -> bool:
    if "value" not in passport.columns or passport.missing != "error":
        return True
    index = passport.index_columns
    wanted = _combinations(index, passport, tables, passports)
    if wanted is None:
        return True
    good = True
    for together in _sets(passport, rows):
        there = {
            tuple(row.cells[name] for name in index) for row in together if row.cells["value"] is not None
        }
        lacking = [keys for keys in wanted if keys not in there]
        if not lacking:
            continue
        named = "; ".join(listed(keys) for keys in lacking[:MOST_NAMED])
        more = f" and {len(lacking) - MOST_NAMED} more" if len(lacking) > MOST_NAMED else ""
        since = f" from {together[0].cells['from']}" if passport.dated_table else ""
        last = together[-1].place if together else Place(passport.table or key)
        problems.add(
            "missing-row",
            last,
            key,
            f"{key}{since} has no row for {named}{more}.",
            found=f"{len(lacking)} rows missing",
            allowed=f"a row for every {listed(index)}",
        )
        good = False
    return good


def _shares(
    key: str,
    passport: Passport,
    rows: Iterable[Row],
    tables: Mapping[str, tuple[Row, ...]],
    passports: Mapping[str, Passport],
    problems: Collector,
) -> bool:
    over = passport.sums_to_one_over
    if over is None:
        return True
    others = [name for name in passport.index_columns if name != over]
    wanted = _combinations(others, passport, tables, passports) or []
    good = True
    for together in _sets(passport, rows):
        groups: dict[tuple[Cell, ...], list[Row]] = {tuple(keys): [] for keys in wanted}
        for row in together:
            groups.setdefault(tuple(row.cells[name] for name in others), []).append(row)
        for keys, members in groups.items():
            total = fsum(float(str(row.cells["value"] or 0.0)) for row in members)
            if abs(total - 1.0) <= SHARES_TOLERANCE:
                continue
            place = _blamed(members or together, passport, key)
            of = f" for {listed(keys)}" if keys else ""
            problems.add(
                "shares-not-one",
                place,
                key,
                f"{key}: the shares over {over}{of} sum to {total:.10g}, not to 1; they are never rescaled.",
                found=f"{total:.10g}",
                allowed="1",
            )
            good = False
    return good


def _blamed(rows: list[Row], passport: Passport, key: str) -> Place:
    """Where to point for a fault of several rows: the last one not of the base, else the first."""
    above = [row for row in rows if row.layer != "base"]
    chosen = above[-1:] or rows[:1]
    return chosen[0].place if chosen else Place(passport.table or key)
