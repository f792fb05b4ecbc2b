"""Every person of a run, drawn at once: the enrolled stock and all who are referred.

Attributes are inverse distribution functions of each person's own fixed uniforms, and referrals come by
thinning a rate that dominates every scenario and draw. So person *n* of a stream is the same person in
every scenario; a scenario or a draw can leave a candidate out, but never renumber the others.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.parameters import Scenario, month_index
from sim.population.compiled import compiled
from sim.population.randomness import (
    Key,
    as_exponential,
    name_code,
    name_codes,
    pick,
    run_key,
    uniforms,
)

PERSON = np.dtype(
    [
        ("stream", "i4"),  # which random stream the person belongs to (index into `streams`)
        ("ordinal", "i8"),  # the person's number in that stream; the same in every scenario
        ("office", "i2"),
        ("group", "i1"),
        ("age", "i1"),
        ("needs", "i1"),
        ("initial", "?"),  # enrolled at the start
        ("no_show", "?"),  # referred, but never comes
        ("elapsed", "f8"),  # months already enrolled at the start
        ("referred", "f8"),  # time of referral; 0 for the stock
    ]
)
"""One row per person: the enrolled stock and everybody referred, those who never come included."""

_ENROLLED = name_code("enrolled at the start")
_ELAPSED = name_code("elapsed")
_GAP = name_code("gap to the next candidate")
_THINNING = name_code("thinning")
_NO_SHOW = name_code("no-show")
_NEEDS = name_code("needs")
_AGE = name_code("age band")
_OFFICE = name_code("office")


class Population(NamedTuple):
    """The people of one run.

    Attributes
    ----------
    people : PERSON[N]
        The stock first, then the referred; in the order of streams and ordinals, which no scenario changes.
    ends : int64[len(streams)]
        Place of the first person after each stream's people.
    streams : tuple of str
        Names of the random streams, by `PERSON.stream`.
    stream_codes : uint64[len(streams)]
    key : Key
        The run's random key.
    """

    people: NDArray[np.void]
    ends: NDArray[np.int64]
    streams: tuple[str, ...]
    stream_codes: NDArray[np.uint64]
    key: Key


KINDS = ("stock", "referral", "added")
"""Kinds of random streams: the enrolled at the start, who is referred, and who comes beside them."""

CEILINGS = ("people.referral_ceiling_per_year", "people.added_ceiling_per_year")
"""What the last two kinds are thinned from."""


def draw_population(scenario: Scenario, run: int, seed: int) -> Population:
    """Draw everybody of one run.

    Parameters
    ----------
    scenario : Scenario
    run : int
        Number of the run; run *n* has the same people in every scenario.
    seed : int

    Returns
    -------
    Population

    Raises
    ------
    ValueError
        When a month's rate of referral is above the ceiling that thinning needs.
    """
    plan, key = scenario.once(_plan), run_key(seed, run)
    ordinals, times, ends = _who(plan.codes, plan.cells, *key)
    people = np.empty(len(ordinals), dtype=PERSON)
    _fill(people, ordinals, times, ends, plan.codes, plan.cells, plan.shares, *key)
    return Population(people, ends, plan.streams, plan.codes, key)


class _Cells(NamedTuple):
    """Who may come, by centre and group: the stock of each cell, then each kind of referral to each.

    X cells, Y times of referral: one for each kind and cell.
    """

    centre: NDArray[np.int64]  # [X]
    group: NDArray[np.int64]  # [X]
    size: NDArray[np.int64]  # [X], people of the target group
    wanted: NDArray[np.int64]  # [X], of them enrolled at the start
    candidates: NDArray[np.float64]  # [Y], a month
    kept: NDArray[np.float64]  # [Y, months], the share of candidates that comes


class _Plan(NamedTuple):
    """What every run of a scenario draws its people from."""

    streams: tuple[str, ...]
    codes: NDArray[np.uint64]
    cells: _Cells
    shares: _Shares


def _plan(scenario: Scenario) -> _Plan:
    centres, groups = scenario.keys("organisation.centres"), scenario.keys("people.groups")
    target = scenario.array("people.target_group", centres, groups)
    cells = [(c, g) for c in range(len(centres)) for g in range(len(groups))]
    streams = tuple(f"{kind}/{centres[c]}/{groups[g]}" for kind in KINDS for c, g in cells)
    rates = np.stack([referral_rate(scenario), added_rate(scenario)])
    ceilings = np.stack([_main_ceiling(scenario), _added_ceiling(scenario)])
    comings = [(kind, c, g) for kind in range(len(rates)) for c, g in cells]
    for kind, c, g in comings:
        if (rates[kind, :, c, g] > ceilings[kind, c, g]).any():
            raise ValueError(
                f"{CEILINGS[kind]}: referrals to {centres[c]} ({groups[g]}) reach "
                f"{12 * rates[kind, :, c, g].max():.0f} a year, above their part of the ceiling, "
                f"{12 * ceilings[kind, c, g]:.0f}; raise the ceiling."
            )
    thinned = [_thinned(rates[kind, :, c, g], ceilings[kind, c, g]) for kind, c, g in comings]
    enrolled_share = scenario.number("people.initial_enrolled_share")
    size = np.array([round(float(people)) for people in target.flat], dtype=np.int64)
    return _Plan(
        streams,
        name_codes(streams),
        _Cells(
            centre=np.array([c for c, _ in cells], dtype=np.int64),
            group=np.array([g for _, g in cells], dtype=np.int64),
            size=size,
            wanted=np.array([round(enrolled_share * people) for people in size.tolist()], dtype=np.int64),
            candidates=np.array([candidates for candidates, _ in thinned]),
            kept=np.array([kept for _, kept in thinned]),
        ),
        _Shares.of(scenario),
    )


def _main_ceiling(scenario: Scenario) -> NDArray[np.float64]:
    """Return what no month's referrals by target group are above, float64[centres, groups] a month."""
    ceiling = scenario.number(CEILINGS[0]) / 12.0 * target_share(scenario)
    return np.asarray(ceiling)


def _added_ceiling(scenario: Scenario) -> NDArray[np.float64]:
    """Return the same of those who come beside the target group."""
    shape = len(scenario.keys("organisation.centres")), len(scenario.keys("people.groups"))
    return np.full(shape, scenario.number(CEILINGS[1]) / 12.0)


def referral_rate(scenario: Scenario) -> NDArray[np.float64]:
    """Return referrals per month, float64[months, centres, groups].

    First enrolments a year are spread over centres and groups as the target group of 2007
    (DET2007, table of target groups), divided by the share who turn up, and stopped for a group
    whose mandate has ended.
    """
    come = 1.0 - scenario.number("people.no_show")
    monthly = scenario.series("people.inflow_per_year") / 12.0 / come
    return _while_responsible(scenario, monthly[:, None, None] * target_share(scenario))


def added_rate(scenario: Scenario) -> NDArray[np.float64]:
    """Return referrals per month beside the target group, float64[months, centres, groups].

    Each centre's and group's own, from a date: early school leavers, the young without assistance, families
    that are reunited.
    """
    centres, groups = scenario.keys("organisation.centres"), scenario.keys("people.groups")
    come = 1.0 - scenario.number("people.no_show")
    yearly = scenario.dated_array("people.added_inflow_per_year", centres, groups)
    return _while_responsible(scenario, yearly / 12.0 / come)


def _while_responsible(scenario: Scenario, rate: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return rates, float64[months, centres, groups], that stop for a group whose mandate has ended."""
    for event in mandate_events(scenario):
        rate[max(event.inflow_stops, 0) :, :, event.group] = 0.0
    return rate


def target_share(scenario: Scenario) -> NDArray[np.float64]:
    """Return each centre's and group's share of the target group, float64[centres, groups]; 0 of none."""
    centres, groups = scenario.keys("organisation.centres"), scenario.keys("people.groups")
    target = scenario.array("people.target_group", centres, groups)
    return target / max(float(target.sum()), 1.0)


class MandateEvent(NamedTuple):
    """A group that the City is no longer responsible for: month indices may lie outside the run."""

    group: int
    inflow_stops: int
    leave_on: int
    destination: int


def mandate_events(scenario: Scenario) -> tuple[MandateEvent, ...]:
    """Return the changes of mandate that this scenario's world contains."""
    if scenario.text("world.mandate") == "frozen":
        return ()
    groups, destinations = scenario.keys("people.groups"), scenario.keys("people.destinations")
    return tuple(
        MandateEvent(
            groups.index(row["group"]),
            month_index(row["inflow_stops"], scenario.start),
            month_index(row["leave_on"], scenario.start),
            destinations.index(row["destination"]),
        )
        for row in scenario.table("mandate.events").rows()
    )


class _Shares(NamedTuple):
    """Cumulated shares, last axis running to 1, by which uniforms pick attributes."""

    initial_needs: NDArray[np.float64]  # [groups, needs]
    inflow_needs: NDArray[np.float64]  # [months, groups, needs]
    age: NDArray[np.float64]  # [groups, age bands]
    office: NDArray[np.float64]  # [months, centres, age bands, offices]
    elapsed: NDArray[np.float64]  # [needs], months
    no_show: float

    @classmethod
    def of(cls, scenario: Scenario) -> _Shares:
        centres, offices = scenario.keys("organisation.centres"), scenario.keys("organisation.offices")
        groups, needs = scenario.keys("people.groups"), scenario.keys("people.needs")
        ages = scenario.keys("people.age_bands")
        return cls(
            np.cumsum(scenario.array("people.initial_needs_share", groups, needs), axis=-1),
            np.cumsum(scenario.dated_array("people.inflow_needs_share", groups, needs), axis=-1),
            np.cumsum(scenario.array("people.age_share", groups, ages), axis=-1),
            np.cumsum(scenario.dated_array("organisation.office_share", centres, ages, offices), axis=-1),
            scenario.array("people.initial_elapsed_months", needs),
            scenario.number("people.no_show"),
        )


def _thinned(rate: NDArray[np.float64], ceiling: float) -> tuple[float, NDArray[np.float64]]:
    """Return the rate of candidates, and which share of them each month keeps; none where nobody comes."""
    if not rate.any():
        return 0.0, np.zeros(len(rate))
    return float(ceiling), rate / ceiling


@compiled
def _who(codes, cells, key0, key1):  # type: ignore[no-untyped-def]
    """Return everybody's ordinals and times of referral, and where each stream's people end."""
    stocks, months = len(cells.centre), cells.kept.shape[1]
    most = cells.wanted.sum()
    for coming in range(len(cells.candidates)):
        most += _most(cells.candidates[coming] * months)
    ordinals, times = np.empty(most, dtype=np.int64), np.zeros(most)
    ends = np.empty(len(codes), dtype=np.int64)
    first = 0
    for stream in range(len(codes)):
        if stream < stocks:
            some = _enrolled(cells.size[stream], cells.wanted[stream], codes[stream], key0, key1)
            ordinals[first : first + len(some)] = some
            first += len(some)
        else:
            coming = stream - stocks
            first += _referrals(
                ordinals[first:],
                times[first:],
                cells.candidates[coming],
                cells.kept[coming],
                codes[stream],
                key0,
                key1,
            )
        ends[stream] = first
    return ordinals[:first], times[:first], ends


@compiled
def _enrolled(size, wanted, code, key0, key1):  # type: ignore[no-untyped-def]
    """Return the ordinals of exactly `wanted` of a cell: a larger share only adds, as uniforms choose."""
    chances = uniforms(key0, key1, code, np.arange(size), _ENROLLED)
    return np.sort(np.argsort(chances, kind="mergesort")[:wanted])


@compiled
def _most(expected):  # type: ignore[no-untyped-def]
    """Return how many candidates there are at most, of so many expected."""
    return int(expected + 12.0 * np.sqrt(expected) + 50.0) if expected > 0.0 else 0


@compiled
def _referrals(found, times, candidates, kept_share, code, key0, key1):  # type: ignore[no-untyped-def]
    """Write down the ordinals and times of those who are referred; return how many they are.

    Candidates come as a Poisson process of constant rate (per month) up to the horizon; of them the month's
    share is kept.
    """
    ordinals = np.arange(_most(candidates * len(kept_share)))
    gap = uniforms(key0, key1, code, ordinals, _GAP)
    thinning = uniforms(key0, key1, code, ordinals, _THINNING)
    time, count = 0.0, 0
    for ordinal in range(len(ordinals)):
        time += as_exponential(gap[ordinal]) / candidates
        if time >= len(kept_share):
            break
        found[count] = ordinal
        times[count] = time
        count += thinning[ordinal] < kept_share[int(time)]  # no branch: nobody can guess it
    return count


@compiled
def _fill(people, ordinals, times, ends, codes, cells, shares, key0, key1):  # type: ignore[no-untyped-def]
    """Fill in what everybody is, stream by stream."""
    stocks, first = len(cells.centre), 0
    for stream in range(len(codes)):
        part, code, cell = people[first : ends[stream]], codes[stream], stream % stocks
        ordinal, referred = ordinals[first : ends[stream]], times[first : ends[stream]]
        first = ends[stream]
        centre, group = cells.centre[cell], cells.group[cell]
        for_needs = uniforms(key0, key1, code, ordinal, _NEEDS)
        for_age = uniforms(key0, key1, code, ordinal, _AGE)
        for_office = uniforms(key0, key1, code, ordinal, _OFFICE)
        other = uniforms(key0, key1, code, ordinal, _ELAPSED if stream < stocks else _NO_SHOW)
        for index in range(len(part)):
            person = part[index]
            month = int(referred[index])
            person.stream = stream
            person.ordinal = ordinal[index]
            person.group = group
            person.referred = referred[index]
            if stream < stocks:
                person.initial, person.no_show = True, False
                person.needs = pick(for_needs[index], shares.initial_needs[group])
                person.elapsed = shares.elapsed[person.needs] * as_exponential(other[index])
            else:
                person.initial, person.no_show = False, other[index] < shares.no_show
                person.needs = pick(for_needs[index], shares.inflow_needs[month, group])
                person.elapsed = 0.0
            person.age = pick(for_age[index], shares.age[group])
            person.office = pick(for_office[index], shares.office[month, centre, person.age])
