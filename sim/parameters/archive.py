"""A scenario as a manifest keeps it, made runnable again whatever the parameters say today."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sim.parameters.freezing import frozen_values
from sim.parameters.layering import State, Step
from sim.parameters.library import Library, check_state
from sim.parameters.meaning import months_of
from sim.parameters.passports import Passport
from sim.parameters.problems import Collector, Place, listed
from sim.parameters.scenario import CANONICAL_FORMAT, Cell, Scalar, Scenario
from sim.parameters.tables import Row

LAYER = "archive"


@dataclass(frozen=True)
class Archived:
    """A scenario made from the values that a manifest keeps.

    Attributes
    ----------
    scenario : Scenario
    later : tuple of str
        Parameters that have come since; they have their base value of today.
    gone : tuple of str
        Parameters that the manifest has and that exist no more; nothing reads them.
    """

    scenario: Scenario
    later: tuple[str, ...]
    gone: tuple[str, ...]


def thaw(library: Library, name: str, canonical: Mapping[str, Any], file: str) -> Archived:
    """The scenario whose `Scenario.canonical` this is.

    Its digest is the one it had, unless parameters have come or gone since.

    Parameters
    ----------
    library : Library
        Tells what each value is; its base values fill what the manifest lacks.
    name : str
        What the scenario is called in results.
    canonical : mapping
    file : str
        The manifest, as errors name it.

    Raises
    ------
    InputErrors
        With everything in it that these parameters can't hold.
    """
    problems = Collector()
    if canonical.get("format") != CANONICAL_FORMAT or not isinstance(canonical.get("values"), dict):
        problems.add(
            "wrong-shape",
            Place(file),
            name,
            f"The values of {name} are not in the format that this version reads.",
            found=str(canonical.get("format")),
            allowed=str(CANONICAL_FORMAT),
        )
        problems.raise_errors()
    kept: Mapping[str, Any] = canonical["values"]
    state = library.base
    for key, passport in library.passports.items():
        if key not in kept:
            continue
        try:
            if passport.table is None:
                state = state.with_scalar(key, _steps(kept[key], passport, file), LAYER)
            else:
                state = _with_rows(state, key, kept[key], passport, file, problems)
        except (KeyError, TypeError, ValueError):
            problems.add(
                "wrong-shape",
                Place(file),
                key,
                f"{name}: what is kept for {key} can't be read.",
                found=str(kept[key])[:60],
                allowed="a value as results write it",
            )
    period = check_state(state, library.passports, {}, problems)
    problems.raise_errors()
    assert period is not None
    start, end = period
    scenario = Scenario(name, start, months_of(start, end), frozen_values(state, library.passports))
    later = tuple(key for key in library.passports if key not in kept)
    return Archived(scenario, later, tuple(sorted(set(kept) - set(library.passports))))


def _steps(kept: Any, passport: Passport, file: str) -> tuple[Step, ...]:
    """A single value, or the values from each date."""

    def step(since: str | None, value: Any) -> Step:
        day = None if since is None else date.fromisoformat(since)
        return Step(day, _scalar(value, passport), LAYER, Place(file))

    if passport.dated:
        return tuple(step(since, value) for since, value in kept["steps"])
    return (step(None, kept),)


def _scalar(value: Any, passport: Passport) -> Scalar:
    if passport.value_type == "date":
        return date.fromisoformat(value)
    expected: dict[str, type[float] | type[str] | type[bool]] = {"number": float, "text": str, "flag": bool}
    if type(value) is not expected[passport.value_type]:
        raise TypeError(passport.value_type)
    checked: Scalar = value
    return checked


def _with_rows(
    state: State, key: str, kept: Mapping[str, Any], passport: Passport, file: str, problems: Collector
) -> State:
    """The state with a table's rows, typed as its columns are today."""
    columns = list(kept["columns"])
    if set(columns) != set(passport.columns):
        problems.add(
            "missing-column" if set(passport.columns) - set(columns) else "unknown-column",
            Place(file),
            key,
            f"{key} has other columns today than when it was kept.",
            found=listed(columns),
            allowed=listed(passport.columns),
        )
        return state.with_fault(key)
    types = [passport.columns[name].type for name in columns]
    rows = tuple(
        Row(
            {name: _cell(cell, kind) for name, cell, kind in zip(columns, cells, types, strict=True)},
            LAYER,
            Place(file),
        )
        for cells in kept["rows"]
    )
    return state.with_table(key, rows, LAYER)


def _cell(cell: Any, kind: str) -> Cell:
    if cell is None:
        return None
    if kind == "date":
        return date.fromisoformat(cell)
    if kind == "integer":
        return int(cell)
    checked: Cell = cell
    return checked
