"""The shipped city with rows changed or added: by data alone, as a user would do it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from sim.experiment.run import measure, simulate
from sim.outcomes import Cube
from sim.parameters import Library, Scenario
from tests.flow.limits import library, scenario

__all__ = [
    "JOBS_FROM_THE_START",
    "cube",
    "library",
    "overlay",
    "renamed",
    "rows",
    "scenario",
    "setting",
    "twins",
    "written",
]

Row = Mapping[str, object]

JOBS_FROM_THE_START = "measures.municipal_places[*]=100"
"""For every measure that the City runs itself; the plan has no temporary jobs before 2009."""


def cube(which: Scenario, run: int = 0, seed: int = 2008) -> Cube:
    """Return every measure of one run."""
    return measure(which, simulate(which, run, seed))


def rows(key: str, **changes: Row) -> list[dict[str, object]]:
    """Return a table's rows, those named by their first column with some cells changed."""
    shipped = scenario().table(key).rows()
    return [{**row, **changes.get(str(next(iter(row.values()))), {})} for row in shipped]


def written(table: Iterable[Row]) -> str:
    """Write rows as an overlay or a setting has them."""
    lines = (", ".join(f"{name}: {_cell(cell)}" for name, cell in row.items()) for row in table)
    return "[" + ", ".join(f"{{{line}}}" for line in lines) + "]"


def setting(key: str, **changes: Row) -> str:
    """Write a shipped table with some cells changed, as one setting."""
    return f"{key}={written(rows(key, **changes))}"


def _cell(cell: object) -> str:
    return cell.isoformat() if isinstance(cell, date) else json.dumps(cell, ensure_ascii=False)


def twins(
    shipped: Library, pairs: Mapping[str, tuple[str, str]], base: str = "plan-2008"
) -> dict[str, list[dict[str, object]]]:
    """Give some keys a twin each, in every table that knows them; return those tables whole.

    What the passports say about columns is enough: which hold which keys, and where shares add up to one.
    There a twin takes half of the share.

    Parameters
    ----------
    shipped : Library
    pairs : mapping of str to (str, str)
        By the table that defines the keys: a key that is there, and its twin's.
    base : str
        Scenario whose tables they are.
    """
    plan = shipped.resolve(base).scenario
    found = {}
    for key, passport in shipped.passports.items():
        if not passport.table:
            continue
        first = next(iter(passport.columns))
        keys_of = {name: column.of or "" for name, column in passport.columns.items()}
        if key in pairs:
            keys_of[first] = key
        pair_of = {name: pairs[domain] for name, domain in keys_of.items() if domain in pairs}
        index = [name for name in passport.index_columns if name in pair_of]
        if not index:
            continue
        there = [dict(row) for row in plan.table(key).rows()]
        shared = passport.sums_to_one_over if [passport.sums_to_one_over] == index else None
        new = []
        for row in there:
            if all(row[name] == pair_of[name][0] for name in index):
                if shared:
                    row["value"] = float(str(row["value"])) / 2.0
                twin = {
                    n: pair_of[n][1] if n in pair_of and c == pair_of[n][0] else c for n, c in row.items()
                }
                if "order" in twin:
                    twin["order"] = len(there) + 1
                if "name" in twin:
                    twin["name"] = pair_of[index[0]][1].capitalize()
                new.append(twin)
        if new:
            found[key] = there + new
    return found


def renamed(shipped: Library, table: str, old: str, new: str) -> dict[str, list[dict[str, object]]]:
    """Give a key another name in every table that knows it; return those tables whole."""
    plan = shipped.resolve("plan-2008").scenario
    return {
        key: [
            {name: new if cell == old else cell for name, cell in row.items()}
            for row in plan.table(key).rows()
        ]
        for key in twins(shipped, {table: (old, new)})
    }


def overlay(path: Path, tables: Mapping[str, Iterable[Row]], *lines: str) -> Path:
    """Write an overlay on the plan that sets whole tables, and whatever lines say."""
    head = "title: Tried\nauthor: tests\ndate: 2008-01-01\nbaseline: plan-2008\nschema: 1\nset:\n"
    body = [f"{key}: {written(table)}" for key, table in tables.items()]
    text = head + "".join(f"  {line}\n" for line in (*body, *lines))
    path.write_text(text, encoding="utf-8", newline="\n")
    return path
