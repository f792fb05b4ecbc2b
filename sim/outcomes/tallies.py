"""Tallies: what a history holds, counted by month, office, segment and group in one pass.

Everything that can be added up over months is counted here once: time spent in each stage, cut exactly at
the 1st of every month, and events. Measures and money are made from these arrays and never look at a
history again. An event exactly on the 1st belongs to the month that begins there; what is unfinished at the
horizon is no event.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.flow.handle import fetch_ahead, take
from sim.flow.history import History
from sim.flow.policy import own_staff_share
from sim.flow.stages import ENROLLED_STAGES, SLOT_STAGES, EndedBy, Stage
from sim.parameters import Scenario
from sim.parameters.calendar import Period, month_lengths, periods
from sim.population.compiled import compiled

FOLLOW_UP_MONTHS = 18.0
"""The City's indicator looks at closures within 18 months of enrolment (AMN2015)."""

STAYS_AHEAD = 16
"""How many stays ahead a person's record is asked for: the stays stand in a row, the people in no order."""

_REFERRED, _WAITING, _ASSESSMENT, _APPROVAL, _MEASURE, _OUTSIDE = (
    int(Stage.REFERRED),
    int(Stage.WAITING),
    int(Stage.ASSESSMENT),
    int(Stage.APPROVAL),
    int(Stage.MEASURE),
    int(Stage.OUTSIDE),
)
_NO_SHOW, _SLOT, _PLANNED, _APPROVED, _RETURN, _RELEASED = (
    int(EndedBy.NO_SHOW),
    int(EndedBy.SLOT),
    int(EndedBy.PLANNED),
    int(EndedBy.APPROVED),
    int(EndedBy.RETURN),
    int(EndedBy.RELEASED),
)

EVENTS = (
    "referrals",
    "no_shows",
    "enrolments",
    "returns",
    "releases",
    "wait_days",
    "unserved",
    "plan_days",
    "unplanned",
    "enrolments_followed",
    "closed_in_time",
)
"""Tallies of events. The last six belong to the month of enrolment, the others to the month of the event."""
(
    _REFERRALS,
    _NO_SHOWS,
    _ENROLMENTS,
    _RETURNS,
    _RELEASES,
    _WAIT_DAYS,
    _UNSERVED,
    _PLAN_DAYS,
    _UNPLANNED,
    _FOLLOWED,
    _CLOSED_IN_TIME,
) = range(len(EVENTS))

WAIT_COLUMNS = ("month", "office", "needs", "caseworker", "plan")
"""What a row of `Tallies.waits` holds; the last two are days from enrolment to there."""


_PERSON = np.dtype(
    [
        ("enrolled_at", "f8"),  # when the latest spell began; NaN for the stock
        ("way_to_plan", "f8"),  # how far the way to a first plan is known, or NaN
        ("wait_row", "i4"),  # where it is told
        ("needs", "i1"),
        ("group", "i1"),
        ("initial", "?"),
    ],
    align=True,
)
"""What the pass reads of a person and remembers: together, as people come in no order."""


@dataclass(frozen=True)
class Tallies:
    """What one run counted. Sizes: M months, O offices, H needs, G groups, C centres, Y whole years.

    Arrays by office have one row more than there are offices: the last is the city-wide organisation,
    where no person ever is but some money goes.

    Attributes
    ----------
    start : date
        First day of month 0.
    months : int
    centres, offices, needs, groups, destinations, measures : tuple of str
        Keys behind the axes.
    office_centre : int64[O]
    years : tuple of str
        Keys of the calendar years that lie wholly inside the run.
    stage_months : float64[stages, M, O+1, H, G]
        Person-months in each `Stage`.
    measure_months : float64[measures, M, O+1, H, G]
        Person-months at each measure (handover not counted).
    opening_months : float64[measures, M, O+1, H]
        Those of them that belong to people who were at the measure when the run began.
    after_exit_months : float64[destinations, M, O+1, H, G]
        Person-months outside, within the first months after the exit (the window given).
    transfer_months : float64[destinations, M, O+1, H, G]
        The same within each destination's own, longer window.
    amounts : mapping of str to float64[M, O+1, H] or float64[M, O+1]
        Everything that measures add up, by name; two axes where segments have no meaning.
    waits : float64[..., 5]
        One row for each first wait after an enrolment or a return: month, office, needs, days to a
        caseworker, days to an approved plan (`WAIT_COLUMNS`). Those who were served at once may have none.
    people : mapping of str to int64[Y, C+1, H]
        Distinct people by year; the last centre is the whole city, where nobody is counted twice.
    """

    start: date
    months: int
    centres: tuple[str, ...]
    offices: tuple[str, ...]
    needs: tuple[str, ...]
    groups: tuple[str, ...]
    destinations: tuple[str, ...]
    measures: tuple[str, ...]
    office_centre: NDArray[np.int64]
    years: tuple[str, ...]
    stage_months: NDArray[np.float64]
    measure_months: NDArray[np.float64]
    opening_months: NDArray[np.float64]
    after_exit_months: NDArray[np.float64]
    transfer_months: NDArray[np.float64]
    amounts: Mapping[str, NDArray[np.float64]]
    waits: NDArray[np.float64]
    people: Mapping[str, NDArray[np.int64]]

    @property
    def enrolled_months(self) -> NDArray[np.float64]:
        """Person-months in any enrolled stage, float64[M, O+1, H, G]."""
        months: NDArray[np.float64] = self.stage_months[list(ENROLLED_STAGES)].sum(axis=0)
        return months

    def plus(self, amounts: Mapping[str, NDArray[np.float64]]) -> Tallies:
        """Return these tallies with more amounts; a name that is there already is an error."""
        twice = self.amounts.keys() & amounts.keys()
        if twice:
            raise ValueError(f"Tallied twice: {', '.join(sorted(twice))}.")
        return replace(self, amounts={**self.amounts, **amounts})


def merged(tallies: Tallies, segments: Mapping[str, Sequence[int]]) -> Tallies:
    """Return tallies in which each segment is some of the old ones together.

    Parameters
    ----------
    tallies : Tallies
    segments : mapping of str to sequence of int
        New key to the places of the old segments that it holds, none of them in two.
    """

    def last(array: NDArray[Any]) -> NDArray[Any]:
        return np.stack([array[..., list(old)].sum(axis=-1) for old in segments.values()], axis=-1)

    def last_but_one(array: NDArray[Any]) -> NDArray[Any]:
        return np.moveaxis(last(np.moveaxis(array, -2, -1)), -1, -2)

    place = np.full(len(tallies.needs), -1.0)
    for number, old in enumerate(segments.values()):
        place[list(old)] = number
    waits = tallies.waits.copy()
    waits[:, 2] = place[waits[:, 2].astype(np.int64)]

    by_segment = 3  # axes of an amount that has segments
    return replace(
        tallies,
        needs=tuple(segments),
        stage_months=last_but_one(tallies.stage_months),
        measure_months=last_but_one(tallies.measure_months),
        opening_months=last(tallies.opening_months),
        after_exit_months=last_but_one(tallies.after_exit_months),
        transfer_months=last_but_one(tallies.transfer_months),
        amounts={
            name: last(amount) if amount.ndim == by_segment else amount
            for name, amount in tallies.amounts.items()
        },
        waits=waits[waits[:, 2] >= 0.0],
        people={name: last(people) for name, people in tallies.people.items()},
    )


def tally(scenario: Scenario, history: History) -> Tallies:
    """Count a scenario's run, with the scenario's own shares and window; see `count`."""
    supports = scenario.table("people.destinations").by_key("self_support")
    return count(
        history,
        own_share=own_staff_share(scenario),
        self_support=np.array([supports[key] for key in history.destinations], dtype=np.bool_),
        after_exit_months=scenario.number("costs.after_exit_months"),
        transfer_months=scenario.array("costs.state_benefit_months", history.destinations),
    )


def count(
    history: History,
    own_share: NDArray[np.float64],
    self_support: NDArray[np.bool_],
    after_exit_months: float,
    transfer_months: NDArray[np.float64] | None = None,
) -> Tallies:
    """Count a history in one pass.

    Parameters
    ----------
    history : History
    own_share : float64[measures]
        Share of a caseworker's slot that a person at a measure keeps. Waiting holds no slot; assessment,
        coaching and handover hold a whole one.
    self_support : bool[destinations]
        Whether an exit there is to self-support.
    after_exit_months : float
        Window after an exit within which time outside is counted apart.
    transfer_months : float64[destinations], optional
        A window for each destination, for a second such count; without it nothing is in that count.

    Returns
    -------
    Tallies
    """
    years = tuple(p for p in periods(history.start, history.months) if p.kind == "year")
    if transfer_months is None:
        transfer_months = np.zeros(len(history.destinations))
    counted = _empty(history, len(years))
    given = _Given(
        stays=history.stays,
        person=_people(history.people),
        office_centre=history.office_centre,
        slot_share=slot_share(own_share),
        self_support=self_support,
        windows=np.array([[after_exit_months] * len(history.destinations), transfer_months]),
        first_days=np.concatenate([[0.0], np.cumsum(month_lengths(history.start, history.months))]),
        years_around=_years_around(years, history.months),
        seen=np.full((len(history.people), 2, len(history.centres) + 1), -1, dtype=np.int16),
    )
    waits = _count(take(given), take(counted))
    return Tallies(
        start=history.start,
        months=history.months,
        centres=history.centres,
        offices=history.offices,
        needs=history.needs,
        groups=history.groups,
        destinations=history.destinations,
        measures=history.measures,
        office_centre=history.office_centre,
        years=tuple(year.key for year in years),
        stage_months=_months_second(counted.stage_months),
        measure_months=_months_second(counted.measure_months),
        opening_months=_months_second(counted.opening_months),
        after_exit_months=_months_second(counted.after_exit_months[0]),
        transfer_months=_months_second(counted.after_exit_months[1]),
        amounts=_amounts(history, counted, self_support),
        waits=counted.waits[:waits],
        people={"aspirants": counted.aspirants, "self_supporting": counted.self_supporting},
    )


class _Given(NamedTuple):
    """What the pass reads, and what it remembers of everybody as it goes."""

    stays: NDArray[np.void]
    person: NDArray[np.void]  # _PERSON[N]
    office_centre: NDArray[np.int64]  # [O]
    slot_share: NDArray[np.float64]  # [stages, 1 + measures]
    self_support: NDArray[np.bool_]  # [destinations]
    windows: NDArray[np.float64]  # [windows, destinations], months
    first_days: NDArray[np.float64]  # [M + 1], days before each 1st
    years_around: NDArray[np.int64]  # [M, 2]
    seen: NDArray[np.int16]  # [N, 2, C + 1], the last year already counted


class _Counts(NamedTuple):
    """What the pass fills: months last, so that a stay runs along one row."""

    stage_months: NDArray[np.float64]  # [stages, O+1, H, G, M]
    measure_months: NDArray[np.float64]  # [measures, O+1, H, G, M]
    opening_months: NDArray[np.float64]  # [measures, O+1, H, M]
    outside_months: NDArray[np.float64]  # [destinations, O+1, H, M]
    after_exit_months: NDArray[np.float64]  # [windows, destinations, O+1, H, G, M]
    slot_months: NDArray[np.float64]  # [O+1, H, M]
    events: NDArray[np.float64]  # [EVENTS, O+1, H, M]
    exits: NDArray[np.float64]  # [destinations, O+1, H, M]
    starts: NDArray[np.float64]  # [measures, O+1, H, M]
    waits: NDArray[np.float64]  # [waits, 5], filled from the top
    aspirants: NDArray[np.int64]  # [Y, C+1, H]
    self_supporting: NDArray[np.int64]  # [Y, C+1, H]


def _empty(history: History, years: int) -> _Counts:
    place = (len(history.offices) + 1, len(history.needs))
    groups, months = len(history.groups), history.months
    destinations, measures = len(history.destinations), len(history.measures)
    distinct = (years, len(history.centres) + 1, len(history.needs))
    return _Counts(
        stage_months=np.zeros((len(Stage), *place, groups, months)),
        measure_months=np.zeros((measures, *place, groups, months)),
        opening_months=np.zeros((measures, *place, months)),
        outside_months=np.zeros((destinations, *place, months)),
        after_exit_months=np.zeros((2, destinations, *place, groups, months)),
        slot_months=np.zeros((*place, months)),
        events=np.zeros((len(EVENTS), *place, months)),
        exits=np.zeros((destinations, *place, months)),
        starts=np.zeros((measures, *place, months)),
        waits=np.zeros((int((history.stays["stage"] == Stage.WAITING).sum()), len(WAIT_COLUMNS))),
        aspirants=np.zeros(distinct, dtype=np.int64),
        self_supporting=np.zeros(distinct, dtype=np.int64),
    )


def slot_share(own_share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of a slot held in each stage, float64[stages, 1 + measures]; column 0: no measure.

    Parameters
    ----------
    own_share : float64[measures]
        What a person at a measure keeps of a slot.
    """
    share = np.zeros((len(Stage), 1 + len(own_share)))
    share[list(SLOT_STAGES)] = 1.0
    share[Stage.MEASURE, 1:] = own_share
    return share


def _years_around(years: tuple[Period, ...], months: int) -> NDArray[np.int64]:
    """Return the first whole year that doesn't end before each month, and the last that has begun by then.

    int64[months, 2], as places among the whole years; in a month outside them the first is after the last.
    """
    month = np.arange(months)
    first = np.searchsorted([year.last for year in years], month)
    last = np.searchsorted([year.first for year in years], month, side="right") - 1
    return np.stack([first, last], axis=1)


def _months_second(array: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return float64[a, ..., M] as float64[a, M, ...]."""
    first, *middle, months = array.shape
    turned: NDArray[np.float64] = _turned(array.reshape(first, -1, months))
    return turned.reshape(first, months, *middle)


@compiled
def _turned(array):  # type: ignore[no-untyped-def]
    """Return an array with its last two axes exchanged: four times as fast as NumPy's own copy."""
    turned = np.empty((array.shape[0], array.shape[2], array.shape[1]))
    for one in range(array.shape[0]):
        for month in range(array.shape[2]):
            for place in range(array.shape[1]):
                turned[one, month, place] = array[one, place, month]
    return turned


def _amounts(
    history: History, counted: _Counts, self_support: NDArray[np.bool_]
) -> dict[str, NDArray[np.float64]]:
    """Name what measures are made from, each float64[M, O+1, H] or float64[M, O+1]."""
    by_stage = counted.stage_months.sum(axis=3)  # over groups
    amounts = {
        "months_waiting": by_stage[Stage.WAITING],
        "months_assessment": by_stage[Stage.ASSESSMENT] + by_stage[Stage.APPROVAL],
        "months_coaching": by_stage[Stage.COACHING] + by_stage[Stage.HANDOVER],
        "months_measure": by_stage[Stage.MEASURE],
        "months_enrolled": by_stage[list(ENROLLED_STAGES)].sum(axis=0),
        "months_outside": by_stage[Stage.OUTSIDE],
        "slot_months": counted.slot_months,
        "exits": counted.exits.sum(axis=0),
        "exits_self_support": counted.exits[self_support].sum(axis=0),
    }
    amounts |= dict(zip(EVENTS, counted.events, strict=True))
    for key, exits, outside in zip(history.destinations, counted.exits, counted.outside_months, strict=True):
        amounts[f"exits_{key}"] = exits
        amounts[f"months_outside_{key}"] = outside
    for key, starts in zip(history.measures, counted.starts, strict=True):
        amounts[f"starts_{key}"] = starts
    monthly = {name: np.ascontiguousarray(np.moveaxis(array, -1, 0)) for name, array in amounts.items()}
    monthly["posts"] = with_city_wide(history.posts.sum(axis=2))
    monthly["caseworkers"] = with_city_wide(history.office_months["caseworkers"])
    return monthly


def with_city_wide(by_office: NDArray[np.float64]) -> NDArray[np.float64]:
    """Append the empty row of the city-wide organisation: float64[M, O] becomes float64[M, O+1]."""
    return np.concatenate([by_office, np.zeros((len(by_office), 1))], axis=1)


def total(amounts: Mapping[str, NDArray[np.float64]], names: tuple[str, ...]) -> NDArray[np.float64]:
    """Return the sum of some amounts of one shape."""
    whole = amounts[names[0]].copy()
    for name in names[1:]:
        whole += amounts[name]
    return whole


def centre_sums(
    by_office: NDArray[np.float64], office_centre: NDArray[np.int64], centres: int
) -> NDArray[np.float64]:
    """Add up offices to centres: float64[n, O, ...] becomes float64[n, C, ...]."""
    return np.stack([by_office[:, office_centre == c].sum(axis=1) for c in range(centres)], axis=1)


@compiled
def _spread(row, begin, end, weight):  # type: ignore[no-untyped-def]
    """Add to each month of a row the part of [begin, end) that lies in it, times a weight."""
    first, last = int(begin), min(math.ceil(end), len(row)) - 1
    if last < first:
        return
    row[first] += weight * (min(end, first + 1.0) - begin)
    for month in range(first + 1, last):
        row[month] += weight
    if last > first:
        row[last] += weight * (min(end, last + 1.0) - last)


@compiled
def _day(time, first_days):  # type: ignore[no-untyped-def]
    """Return the days from the start to a time, through real month lengths."""
    month = min(int(time), len(first_days) - 2)
    return first_days[month] + (time - month) * (first_days[month + 1] - first_days[month])


@compiled
def _mark(people, seen, centre, needs, years):  # type: ignore[no-untyped-def]
    """Count a person once in each of some years, at the centre and in the city (the last column).

    Works because a person's stays come in order of time: `seen` holds the last year already counted.
    """
    first, last = years
    for place in (centre, people.shape[1] - 1):
        for year in range(max(first, seen[place] + 1), last + 1):
            people[year, place, needs] += 1
            seen[place] = year


@compiled
def _people(drawn):  # type: ignore[no-untyped-def]
    """Return what is known of everybody before the pass, _PERSON[N]."""
    people = np.empty(len(drawn), dtype=_PERSON)
    for index in range(len(drawn)):
        person, one = people[index], drawn[index]
        person.enrolled_at = person.way_to_plan = np.nan
        person.wait_row = 0
        person.needs = one.needs
        person.group = one.group
        person.initial = one.initial
    return people


@compiled
def _count(given, counted):  # type: ignore[no-untyped-def]
    stays, first_days, years_around = given.stays, given.first_days, given.years_around
    months = len(first_days) - 1
    events = counted.events
    waits = 0
    for row in range(len(stays)):
        if row + STAYS_AHEAD < len(stays):
            fetch_ahead(given.person, stays[row + STAYS_AHEAD].person)
        stay = stays[row]
        index, stage, office, begin, end = stay.person, stay.stage, stay.office, stay.begin, stay.end
        person = given.person[index]
        needs, group = person.needs, person.group
        happened = end < months  # what is unfinished, or falls on the horizon, is no event of the run
        end_month = min(int(end), months - 1)

        if stage == _REFERRED:
            if not happened:
                continue
            events[_REFERRALS, office, needs, end_month] += 1
            if stay.ended_by == _NO_SHOW:
                events[_NO_SHOWS, office, needs, end_month] += 1
                continue
            events[_ENROLMENTS, office, needs, end_month] += 1
            person.enrolled_at = end
            if end + FOLLOW_UP_MONTHS <= months:
                events[_FOLLOWED, office, needs, end_month] += 1
            continue

        _spread(counted.stage_months[stage, office, needs, group], begin, end, 1.0)

        if stage == _OUTSIDE:
            _spread(counted.outside_months[stay.destination, office, needs], begin, end, 1.0)
            for window in range(len(given.windows)):
                after_exit = counted.after_exit_months[window, stay.destination, office, needs, group]
                _spread(after_exit, begin, min(end, begin + given.windows[window, stay.destination]), 1.0)
            if happened and stay.ended_by == _RETURN:
                events[_RETURNS, office, needs, end_month] += 1
                person.enrolled_at = end
            continue

        _spread(counted.slot_months[office, needs], begin, end, given.slot_share[stage, stay.measure + 1])
        first = min(int(begin), months - 1)
        centre = given.office_centre[office]
        # the last month is counted too: who leaves on the 1st of a year is one of that year's people
        years = years_around[first, 0], years_around[end_month, 1]
        _mark(counted.aspirants, given.seen[index, 0], centre, needs, years)

        if stage == _MEASURE:
            _spread(counted.measure_months[stay.measure, office, needs, group], begin, end, 1.0)
            if person.initial and stay.spell == 0 and begin == 0.0:
                _spread(counted.opening_months[stay.measure, office, needs], begin, end, 1.0)
            elif begin < months:
                counted.starts[stay.measure, office, needs, first] += 1
        elif stage == _WAITING and begin == person.enrolled_at:  # not one of those who lost a slot
            days = _day(end, first_days) - _day(begin, first_days)
            events[_WAIT_DAYS, office, needs, first] += days
            events[_PLAN_DAYS, office, needs, first] += days
            wait = counted.waits[waits]
            wait[0], wait[1], wait[2], wait[3], wait[4] = first, office, needs, days, days
            person.way_to_plan, person.wait_row = end, waits
            waits += 1
            if stay.ended_by != _SLOT:
                events[_UNSERVED, office, needs, first] += 1
                events[_UNPLANNED, office, needs, first] += 1
        elif _ASSESSMENT <= stage <= _APPROVAL and begin == person.way_to_plan:
            days = _day(end, first_days) - _day(begin, first_days)
            wait = counted.waits[person.wait_row]
            wait[4] += days
            person.way_to_plan = end
            enrolled_in = int(wait[0])
            events[_PLAN_DAYS, office, needs, enrolled_in] += days
            if stay.ended_by != _PLANNED and stay.ended_by != _APPROVED:
                events[_UNPLANNED, office, needs, enrolled_in] += 1
        else:  # a second assessment, of somebody who lost a slot, belongs to no first plan
            person.way_to_plan = np.nan

        if happened and stay.ended_by == _RELEASED:
            events[_RELEASES, office, needs, end_month] += 1
        if happened and stay.destination >= 0:
            counted.exits[stay.destination, office, needs, end_month] += 1
            since = person.enrolled_at
            if stay.spell == 0 and since + FOLLOW_UP_MONTHS <= months and end - since <= FOLLOW_UP_MONTHS:
                events[_CLOSED_IN_TIME, office, needs, int(since)] += 1
            if given.self_support[stay.destination]:
                years = years_around[end_month, 0], years_around[end_month, 1]
                _mark(counted.self_supporting, given.seen[index, 1], centre, needs, years)
    return waits
