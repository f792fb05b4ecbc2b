"""From layered values to what a scenario holds, and the layer that set each."""

from collections.abc import Iterable, Mapping

from sim.parameters.layering import State
from sim.parameters.passports import Passport
from sim.parameters.scenario import Cell, Steps, Table, Value
from sim.parameters.tables import Row, by_order, domain, row_index

MISSING = {"error": None, "zero": 0.0, "one": 1.0}
"""What a missing row stands for, by the passport's word."""


def frozen_values(state: State, passports: Mapping[str, Passport]) -> dict[str, Value]:
    """All values as a `Scenario` holds them."""
    values: dict[str, Value] = {}
    for key, steps in state.scalars.items():
        passport = passports[key]
        if passport.dated:
            values[key] = Steps(
                tuple(step.since for step in steps),
                tuple(step.value for step in steps),
                passport.outside == "hold",
            )
        else:
            values[key] = steps[-1].value
    for key, rows in state.tables.items():
        passport = passports[key]
        ordered = _in_order(rows, passport, state.tables, passports)
        values[key] = Table(
            {name: tuple(row.cells[name] for row in ordered) for name in passport.columns},
            passport.index_columns,
            passport.dated_table,
            MISSING[passport.missing],
            passport.outside == "hold",
        )
    return values


def _in_order(
    rows: tuple[Row, ...],
    passport: Passport,
    tables: Mapping[str, tuple[Row, ...]],
    passports: Mapping[str, Passport],
) -> list[Row]:
    """Rows by date, then by the order of the keys that their columns point to; else as they are written."""
    if "order" in passport.columns:
        return sorted(rows, key=by_order)
    ranks: list[tuple[str, Mapping[Cell, int]]] = []
    for name in passport.index_columns:
        known: Iterable[Cell] | None = domain(passport.columns[name], tables, passports)
        if known is None:
            known = dict.fromkeys(row.cells[name] for row in rows)
        ranks.append((name, {word: rank for rank, word in enumerate(known)}))

    def place(row: Row) -> tuple[str, tuple[int, ...]]:
        since = str(row.cells["from"]) if passport.dated_table else ""
        return since, tuple(rank[row.cells[name]] for name, rank in ranks)

    return sorted(rows, key=place)


def marks_of(state: State, passports: Mapping[str, Passport]) -> dict[str, str]:
    """The layer of every key, and of each part of it where its parts are of several layers."""
    marks = dict(state.touched)
    for key, steps in state.scalars.items():
        if len({step.layer for step in steps}) > 1:
            marks |= {f"{key}[{step.since or 'first'}]": step.layer for step in steps}
    for key, rows in state.tables.items():
        if len({row.layer for row in rows}) > 1:
            index = row_index(passports[key])
            marks |= {f"{key}[{','.join(str(row.cells[name]) for name in index)}]": row.layer for row in rows}
    return marks
