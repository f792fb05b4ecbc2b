"""The cities that are timed: the shipped one with all of its features, larger ones, ones of more offices."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from sim.parameters import Library, Scenario

ELEVEN_YEARS = "2018-12-31"
EVERY_FEATURE = ("intake.priority[sfi,*]=2", "staff.cases_on_cut=release")
"""What the history of 2008-2018 has not switched on by itself."""

CENTRES, OFFICES, GROUPS = "organisation.centres", "organisation.offices", "people.groups"
CATCHMENT = "organisation.catchment"
"""Which districts a centre serves: names, once each."""
COUNTED = ("people.target_group", "staff.posts", "plan.posts", "budget.plan_2008")
"""Tables by centre of what there is: twice as many centres have half of it each."""

JOBS = 100
"""Municipal places from the start; the plan has them from 2009."""

Rows = list[dict[str, object]]


def full_city(library: Library, end: str = ELEVEN_YEARS) -> Scenario:
    """The city of 2008-2018 with everything switched on that it can do."""
    return library.resolve("history-2008-2018", (*EVERY_FEATURE, f"period.end={end}")).scenario


def larger_city(library: Library, times: int, end: str = ELEVEN_YEARS) -> Scenario:
    """The plan's city with so many times the people, inflow, posts and places."""
    plan = library.resolve("plan-2008").scenario
    settings = [
        f"people.target_group[{row['centre']},{row['group']}]={times * row['value']}"
        for row in plan.table("people.target_group").rows()
    ]
    settings += [
        f"people.inflow_per_year={times * plan.series('people.inflow_per_year')[0]}",
        f"people.referral_ceiling_per_year={times * plan.number('people.referral_ceiling_per_year')}",
        f"staff.factor={times}",
        f"levers.outsourcing_places={times * plan.series('levers.outsourcing_places')[0]}",
        f"measures.municipal_places[*]={times * JOBS}",
        f"period.end={end}",
    ]
    return library.resolve("plan-2008", settings).scenario


def more_offices(library: Library, times: int, folder: Path, end: str = ELEVEN_YEARS) -> Scenario:
    """The plan's people and posts on so many times the centres and offices, by tables alone.

    Parameters
    ----------
    library : Library
    times : int
    folder : Path
        Where the scenario's file is written.
    end : str
        Last day of the run.
    """
    plan = library.resolve("plan-2008").scenario
    copied = {
        name: [name] + [f"{name}_{number}" for number in range(1, times)]
        for key in (CENTRES, OFFICES)
        for name in plan.keys(key)
    }
    lines = ["title: More offices", "author: benchmarks", "date: 2008-01-01", "baseline: plan-2008"]
    lines += ["schema: 1", "set:", f"  period.end: {end}"]
    for key, passport in library.passports.items():
        placed = [name for name, column in passport.columns.items() if column.of in (CENTRES, OFFICES)]
        if key in (CENTRES, OFFICES):  # the table that says which there are
            placed.insert(0, next(iter(passport.columns)))
        if placed and key != CATCHMENT:
            rows = [dict(row) for row in plan.table(key).rows()]
            lines.append(f"  {key}: {_written(_copied(rows, placed, copied, times, key in COUNTED))}")
    path = folder / f"offices-{times}.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return library.resolve(path).scenario


def _copied(rows: Rows, placed: list[str], copied: Mapping[str, list[str]], times: int, shared: bool) -> Rows:
    """Copy every row that names a centre or an office; share out what is counted, to the last whole one."""
    found: Rows = []
    for row in rows:
        if any(row[name] not in copied for name in placed):  # the central organisation
            found.append(row)
            continue
        for number in range(times):
            copy = {name: copied[str(cell)][number] if name in placed else cell for name, cell in row.items()}
            if shared:
                copy["value"] = _part(row["value"], number, times)
            if "order" in copy:
                copy["order"] = number * len(rows) + int(str(copy["order"]))
            found.append(copy)
    return found


def _part(value: object, number: int, times: int) -> float:
    """Return one of so many parts of a value; parts of a whole number are whole."""
    whole = float(str(value))
    if whole != int(whole):
        return whole / times
    return int(whole) * (number + 1) // times - int(whole) * number // times


def _written(rows: Rows) -> str:
    cells = (", ".join(f"{name}: {_cell(cell)}" for name, cell in row.items()) for row in rows)
    return "[" + ", ".join(f"{{{line}}}" for line in cells) + "]"


def _cell(cell: object) -> str:
    return cell.isoformat() if isinstance(cell, date) else json.dumps(cell, ensure_ascii=False)
