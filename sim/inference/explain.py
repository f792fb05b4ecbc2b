"""What explains a change: parts of the world switched one by one and together, in every order.

A world in which nothing happened and the world as it was differ in several parts. What a part did depends on
which others are there already: so each set of parts is run, and a part is told by what it does alone, by what
it does last, and by its mean over all orders (Shapley), which adds up to the whole change. The difference
between alone and last is interaction. Everything is taken world by world: a draw, its own run, the same
people.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from math import factorial
from typing import cast

import numpy as np
from numpy.typing import NDArray

from sim.inference.worlds import Progress, World, read_worlds
from sim.parameters import Scenario, Steps, Table, month_index, month_start
from sim.parameters.ensembles import Kept
from sim.parameters.scenario import Value
from sim.parameters.studies import Part, Study
from sim.parameters.targets import Target

Array = NDArray[np.float64]

EVENTS = "mandate.events"
DATES = ("inflow_stops", "leave_on")


@dataclass(frozen=True)
class Share:
    """What one part did to one outcome, draw by draw.

    Attributes
    ----------
    outcome, part : str
    alone, last, shapley : float64[draw]
        Added to the world where nothing happened; added after all others; the mean over all orders.
    """

    outcome: str
    part: str
    alone: Array
    last: Array
    shapley: Array


@dataclass(frozen=True)
class Explained:
    """A change taken apart.

    Attributes
    ----------
    outcomes, parts : tuple of str
    before, after : float64[draw, outcome]
        In the world where nothing happened, and in the world as it was.
    shares : tuple of Share
    draws : int
    """

    outcomes: tuple[str, ...]
    parts: tuple[str, ...]
    before: Array
    after: Array
    shares: tuple[Share, ...]
    draws: int


def without(scenario: Scenario, parts: Iterable[Part]) -> Scenario:
    """The scenario as it would be had some parts not happened."""
    values = dict(scenario.values)
    for part in parts:
        values |= part.values
        for key in part.hold:
            values[key] = _held(values[key], scenario.start)
    return replace(scenario, values=values)


def _held(value: Value, start: date) -> Value:
    """A dated value that stays as it was at the start; anything else as it is."""
    if isinstance(value, Steps):
        first = value.at(start)
        return value if first is None else Steps((None,), (first,), value.hold)
    if isinstance(value, Table) and value.dated:
        dates = cast("tuple[date, ...]", value.columns["from"])
        first_day = max((day for day in dates if day <= start), default=min(dates))
        rows = [place for place, day in enumerate(dates) if day == first_day]
        columns = {name: tuple(cells[place] for place in rows) for name, cells in value.columns.items()}
        return replace(value, columns=columns)
    return value


def explain(
    study: Study, kept: Kept, draws: int, jobs: int | None = None, progress: Progress | None = None
) -> Explained:
    """Take the study's outcomes apart over an ensemble's first draws.

    Parameters
    ----------
    study : Study
        Whose parts and outcomes are taken; the outcomes must lie inside its emulator's span.
    kept : Kept
    draws : int
    jobs, progress
        As for `run_scenarios`.
    """
    names = tuple(part.name for part in study.parts)
    sets = list(_subsets(names))
    worlds = []
    for draw in range(draws):
        laid = kept.ensemble.lay(study.until, draw)
        for present in sets:
            off = [part for part in study.parts if part.name not in present]
            worlds.append(World(without(laid, off), int(kept.runs[draw]), study.seed))
    found = read_worlds(worlds, study.outcomes, jobs, progress).reshape(draws, len(sets), -1)
    value = {present: found[:, place] for place, present in enumerate(sets)}
    return taken_apart(value, names, tuple(target.key for target in study.outcomes))


def taken_apart(
    value: dict[frozenset[str], Array], parts: tuple[str, ...], outcomes: tuple[str, ...]
) -> Explained:
    """From what each set of parts gives to what each part did.

    Parameters
    ----------
    value : dict of frozenset to float64[draw, outcome]
        By the parts that are there.
    """
    whole = frozenset(parts)
    shares = []
    for place, outcome in enumerate(outcomes):
        for part in parts:
            alone = value[frozenset({part})] - value[frozenset()]
            last = value[whole] - value[whole - {part}]
            shapley = sum(
                (_weight(len(others), len(parts)) * (value[others | {part}] - value[others])[:, place])
                for others in value
                if part not in others
            )
            shares.append(Share(outcome, part, alone[:, place], last[:, place], np.asarray(shapley)))
    before = value[frozenset()]
    return Explained(outcomes, parts, before, value[whole], tuple(shares), len(before))


def _weight(others: int, parts: int) -> float:
    """How often a part comes just after a given set of so many others, over all orders."""
    return factorial(others) * factorial(parts - others - 1) / factorial(parts)


def _subsets(names: Sequence[str]) -> Iterator[frozenset[str]]:
    for size in range(len(names) + 1):
        for chosen in combinations(names, size):
            yield frozenset(chosen)


@dataclass(frozen=True)
class Placebo:
    """A mandate event at a date when it did not happen.

    Attributes
    ----------
    group, event : str
    true, moved : date
    change : float64[draw, quantity]
        What the other date changes, against the true one.
    agreeing : float
        Share of the draws that still agree with every target that was used to calibrate. Those draws were
        found with the true date, so this is how far a wrong date would have been seen.
    agreeing_truly : float
        The same with the true date, in the same runs.
    """

    group: str
    event: str
    true: date
    moved: date
    change: Array
    agreeing: float
    agreeing_truly: float


def placebos(
    study: Study,
    kept: Kept,
    quantities: Sequence[Target],
    shifts: Sequence[int],
    draws: int,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> tuple[Placebo, ...]:
    """Move every mandate event by some months, one at a time.

    Parameters
    ----------
    study : Study
    kept : Kept
    quantities : sequence of Target
        What to look at, inside the emulator's span.
    shifts : sequence of int
        Months; negative for earlier.
    draws : int
    """
    table = study.until.table(EVENTS)
    last = month_start(study.until.months, study.until.start)
    tried: list[tuple[str, str, date, date]] = []
    worlds = [_of(study, kept, draw, table) for draw in range(draws)]
    for place, row in enumerate(table.rows()):
        for event in DATES:
            for shift in shifts:
                true = cast(date, row[event])
                moved = month_start(month_index(true, study.until.start) + shift, study.until.start)
                if not study.until.start < moved < last:
                    continue
                cells = list(table.columns[event])
                cells[place] = moved
                other = replace(table, columns={**table.columns, event: tuple(cells)})
                worlds += [_of(study, kept, draw, other) for draw in range(draws)]
                tried.append((str(row["group"]), event, true, moved))
    asked = (*study.calibrate, *quantities)
    found = read_worlds(worlds, asked, jobs, progress).reshape(len(tried) + 1, draws, len(asked))
    fitted = len(study.calibrate)
    low, high = np.array([target.accepted for target in study.calibrate]).T
    agree = ((found[:, :, :fitted] >= low) & (found[:, :, :fitted] <= high)).all(axis=2).mean(axis=1)
    return tuple(
        Placebo(
            *what,
            change=found[number, :, fitted:] - found[0, :, fitted:],
            agreeing=float(agree[number]),
            agreeing_truly=float(agree[0]),
        )
        for number, what in enumerate(tried, start=1)
    )


def _of(study: Study, kept: Kept, draw: int, events: Table) -> World:
    laid = kept.ensemble.lay(study.until, draw)
    scenario = replace(laid, values={**laid.values, EVENTS: events})
    return World(scenario, int(kept.runs[draw]), study.seed)
