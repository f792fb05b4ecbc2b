"""What input must mean, beyond its form: checks between parameters that belong to the model.

Every check passes over parameters that a folder doesn't have, and over those in which faults were found
already.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from sim.parameters.calendar import month_index
from sim.parameters.layering import BASE, State, Step
from sim.parameters.passports import Passport
from sim.parameters.problems import Collector, Place, listed
from sim.parameters.tables import row_index
from sim.parameters.values import inside

START, END = "period.start", "period.end"
WHOLE_HALVES = (0.0, 0.5, 1.0)

STATUTORY = re.compile(
    r"assessment|statutory|myndighetsut(ö|o)vning|bed(ö|o)mning|utredning|investigation", re.IGNORECASE
)
"""Words that name statutory assessment, in the keys and texts of a catalogue of measures."""

READ_ONLY_WHEN = (
    (
        "levers.outsourcing_share",
        "levers.outsourcing_basis",
        frozenset({"people", "budget", "staff_and_purchases"}),
    ),
    ("levers.outsourcing_places", "levers.outsourcing_basis", frozenset({"places"})),
    ("exits.waiting_pace", "exits.waiting_pace_mode", frozenset({"fixed"})),
    ("exits.waiting_load", "exits.waiting_pace_mode", frozenset({"by_load"})),
    ("costs.premises_per_post", "costs.premises_mode", frozenset({"marginal"})),
)
"""Parameters that are read only while another one says so: key, the other one's key, its words."""

BUDGET_BASES = frozenset({"budget", "staff_and_purchases"})


def check_period(state: State, problems: Collector) -> tuple[date, date] | None:
    """First and last day of the period, or None with problems noted."""
    start, end = _last(state, START), _last(state, END)
    if start is None or end is None or not isinstance(start.value, date) or not isinstance(end.value, date):
        return None
    good = True
    if start.value.day != 1:
        problems.add(
            "not-first-of-month",
            start.place,
            START,
            f"{START}: {start.value} is not the 1st of a month; the period starts on the 1st.",
            found=start.value,
            allowed="the 1st of a month",
        )
        good = False
    following = date.fromordinal(end.value.toordinal() + 1)
    place = end.place if end.layer != BASE or start.layer == BASE else start.place
    if following.day != 1:
        problems.add(
            "period-end",
            place,
            END,
            f"{END}: {end.value} is not the last day of a month.",
            found=end.value,
            allowed="the last day of a month",
        )
        good = False
    elif end.value <= start.value:
        problems.add(
            "period-end",
            place,
            END,
            f"The period ends on {end.value}, before it starts on {start.value}.",
            found=end.value,
            allowed=f"after {start.value}",
        )
        good = False
    return (start.value, end.value) if good else None


def months_of(start: date, end: date) -> int:
    """Number of months of a period that was found good."""
    return month_index(date.fromordinal(end.toordinal() + 1), start)


def check_meaning(
    state: State,
    passports: Mapping[str, Passport],
    starts: Mapping[str, tuple[date, Place]],
    problems: Collector,
) -> tuple[date, date] | None:
    """All checks of meaning, over all values as they stand.

    Parameters
    ----------
    starts : mapping
        By overlay, the date from which it holds and where that is written.

    Returns
    -------
    (date, date) or None
        First and last day of the period, if they are good.
    """
    period = check_period(state, problems)
    if period is not None:
        _policy_dates(state, passports, starts, period, problems)
        _reach(state, passports, period, problems)
        _outsourced_budget(state, period, problems)
        _no_effect(state, period, problems)
    _slots(state, problems)
    _catalogue(state, problems)
    _combinations(state, problems)
    _referrals(state, problems)
    _added(state, problems)
    _evidence(state, passports, problems)
    return period


def _last(state: State, key: str) -> Step | None:
    return next(reversed(state.steps(key)), None)


def _policy_dates(
    state: State,
    passports: Mapping[str, Passport],
    starts: Mapping[str, tuple[date, Place]],
    period: tuple[date, date],
    problems: Collector,
) -> None:
    first, last = period
    outside = {name for name, (day, _) in starts.items() if not first <= day <= last}
    for name, (day, place) in starts.items():
        if name in outside:
            problems.add(
                "policy-date",
                place,
                "from",
                f"{name} holds from {day}, outside the period {first} to {last}.",
                found=day,
                allowed=f"{first} to {last}",
            )
    end = _last(state, END)
    for key in passports:
        for step in state.steps(key):
            late = step.since is not None and step.since > last
            # a run that is cut short from above leaves later steps unread, and means to
            cut = end is not None and state.level(end.layer) > state.level(step.layer)
            if late and step.layer != BASE and step.layer not in outside and not cut:
                problems.add(
                    "no-effect",
                    step.place,
                    key,
                    f"{key} changes on {step.since}, after the period's end on {last}: that is not read.",
                    found=step.since,
                    allowed=f"at most {last}",
                )


def _reach(
    state: State, passports: Mapping[str, Passport], period: tuple[date, date], problems: Collector
) -> None:
    """Dated values reach over the period, or say that they hold outside their dates."""
    first, last = period
    for key, passport in passports.items():
        if passport.outside == "hold":
            continue
        steps = state.steps(key)
        if steps and steps[0].since is not None and steps[0].since > first:
            _unreached(key, steps[0].since, first, steps[0].place, problems)
        rows = state.rows(key)
        if passport.dated_table and rows:
            earliest = min(rows, key=lambda row: str(row.cells["from"]))
            since = earliest.cells["from"]
            if isinstance(since, date) and since > first:
                _unreached(key, since, first, earliest.place, problems)
        if passport.index_columns[-1:] == ("year",):
            found: dict[tuple[object, ...], set[object]] = {}
            for row in rows:
                *others, year = (row.cells[name] for name in passport.index_columns)
                found.setdefault(tuple(others), set()).add(year)
            for others_, years in found.items():
                lacking = [year for year in range(first.year, last.year + 1) if year not in years]
                if lacking:
                    problems.add(
                        "outside-dates",
                        rows[-1].place,
                        key,
                        f"{key} has no value for {listed((*others_, *lacking))}, which the period asks for.",
                        found=listed(lacking),
                        allowed=f"every year from {first.year} to {last.year}",
                    )


def _unreached(key: str, since: date, first: date, place: Place, problems: Collector) -> None:
    problems.add(
        "outside-dates",
        place,
        key,
        f"{key} starts on {since}, but the period starts on {first}; nothing says what holds before.",
        found=since,
        allowed=f"at most {first}",
    )


def _in_period(steps: tuple[Step, ...], period: tuple[date, date]) -> Iterator[tuple[Step, date, date]]:
    """Each step with the first day and the day after the last on which it holds inside the period."""
    first, after = period[0], date.fromordinal(period[1].toordinal() + 1)
    for number, step in enumerate(steps):
        later = steps[number + 1].since if number + 1 < len(steps) else None
        begin, stop = max(first, step.since or first), min(after, later or after)
        if begin < stop:
            yield step, begin, stop


def _outsourced_budget(state: State, period: tuple[date, date], problems: Collector) -> None:
    bases = list(_in_period(state.steps("levers.outsourcing_basis"), period))
    for share, begin, stop in _in_period(state.steps("levers.outsourcing_share"), period):
        for basis, other_begin, other_stop in bases:
            together = max(begin, other_begin) < min(stop, other_stop)
            if together and basis.value in BUDGET_BASES and float(str(share.value)) >= 1.0:
                problems.add(
                    "whole-budget-outsourced",
                    share.place,
                    "levers.outsourcing_share",
                    f"levers.outsourcing_share is {share.value}: own staff must be left, so the share of a "
                    "budget that is outsourced stays below 1.",
                    found=share.value,
                    allowed="below 1",
                )


def _no_effect(state: State, period: tuple[date, date], problems: Collector) -> None:
    for key, switch, words in READ_ONLY_WHEN:
        switches = list(_in_period(state.steps(switch), period))
        if not switches:
            continue
        for step, begin, stop in _in_period(state.steps(key), period):
            read = any(
                other.value in words and max(begin, since) < min(stop, until)
                for other, since, until in switches
            )
            # a value below the layer that turned the switch was read when it was set
            above = state.level(step.layer) >= max(state.level(other.layer) for other, _, _ in switches)
            if step.layer != BASE and above and not read:
                problems.add(
                    "no-effect",
                    step.place,
                    key,
                    f"{key} is set but not read: {switch} would have to be {' or '.join(sorted(words))}.",
                    found=step.value,
                    allowed=f"{switch}: {listed(sorted(words))}",
                )


def _slots(state: State, problems: Collector) -> None:
    for row in state.rows("measures.own_staff_share"):
        if row.cells["value"] not in WHOLE_HALVES:
            measure = row.cells["measure"]
            problems.add(
                "own-staff-share",
                row.place,
                f"measures.own_staff_share[{measure}]",
                f"measures.own_staff_share of {measure} is {row.cells['value']}; slots come in halves, "
                "so it is 0, 0.5 or 1.",
                found=row.cells["value"],
                allowed="0, 0.5 or 1",
            )


def _catalogue(state: State, problems: Collector) -> None:
    procured = set()
    for row in state.rows("measures.catalogue"):
        key = str(row.cells["measure"])
        if row.cells["procured"]:
            procured.add(key)
        if any(isinstance(cell, str) and STATUTORY.search(cell) for cell in row.cells.values()):
            problems.add(
                "statutory-assessment",
                row.place,
                f"measures.catalogue[{key}]",
                f"{key} names statutory assessment: that takes own staff's time at intake, can't be procured "
                "and is no measure.",
                found=key,
                allowed="measures other than statutory assessment",
            )
        begins, ends = row.cells.get("from"), row.cells.get("until")
        if isinstance(begins, date) and isinstance(ends, date) and ends <= begins:
            problems.add(
                "dates-out-of-order",
                row.place,
                f"measures.catalogue[{key}]",
                f"{key} is there until {ends}, which is not after {begins}, from when it is there.",
                found=ends,
                allowed=f"after {begins}",
            )
    if not state.rows("measures.catalogue"):
        return
    for row in state.rows("measures.place_share"):
        if row.cells["value"] and row.cells["measure"] not in procured:
            problems.add(
                "place-share-not-procured",
                row.place,
                f"measures.place_share[{row.cells['measure']}]",
                f"{row.cells['measure']} is not procured, so it has no share of the procured places.",
                found=row.cells["value"],
                allowed="0",
            )


def _combinations(state: State, problems: Collector) -> None:
    """A measure's parts are looked up one level down: a part made of others would lose what it is made of."""
    rows = [row for row in state.rows("measures.combination") if row.cells["value"]]
    made = {row.cells["measure"] for row in rows}
    for row in rows:
        measure, part = row.cells["measure"], row.cells["part"]
        if part in made:
            problems.add(
                "combination-of-combinations",
                row.place,
                f"measures.combination[{measure},{part}]",
                f"{measure} is made of {part}, which is itself made of other measures.",
                found=part,
                allowed="measures that are made of no others",
            )


def _referrals(state: State, problems: Collector) -> None:
    keys = ("people.inflow_per_year", "people.no_show", "people.referral_ceiling_per_year")
    inflow = max(state.steps(keys[0]), key=lambda step: float(str(step.value)), default=None)
    no_show, ceiling = _last(state, keys[1]), _last(state, keys[2])
    if inflow is None or no_show is None or ceiling is None:
        return
    come = 1.0 - float(str(no_show.value))
    implied = float(str(inflow.value)) / come if come > 0.0 else float("inf")
    if float(str(ceiling.value)) < implied:
        # point at what was set last: that is what made it so
        blamed = next((step for step in (ceiling, inflow, no_show) if step.layer != BASE), ceiling)
        problems.add(
            "ceiling-below-referrals",
            blamed.place,
            keys[2],
            f"{keys[2]} is {ceiling.value:g}, but {inflow.value:g} who enrol, with {no_show.value:g} of the "
            f"referred who never come, imply {implied:.0f} referrals a year.",
            found=ceiling.value,
            allowed=f"at least {implied:.0f}",
        )


def _added(state: State, problems: Collector) -> None:
    ceiling, no_show = _last(state, "people.added_ceiling_per_year"), _last(state, "people.no_show")
    if ceiling is None or no_show is None:
        return
    come = 1.0 - float(str(no_show.value))
    for row in state.rows("people.added_inflow_per_year"):
        value = float(str(row.cells["value"] or 0.0))
        if value > come * float(str(ceiling.value)):
            problems.add(
                "ceiling-below-referrals",
                row.place,
                "people.added_ceiling_per_year",
                f"{row.cells['group']} at {row.cells['centre']}: {value:g} who enrol a year, with "
                f"{no_show.value:g} of the referred who never come, are more referrals than "
                f"people.added_ceiling_per_year, {ceiling.value:g}.",
                found=f"{value:g}",
                allowed=f"at most {come * float(str(ceiling.value)):g}",
            )


def _evidence(state: State, passports: Mapping[str, Passport], problems: Collector) -> None:
    """Values outside what evidence covers are kept, and marked."""
    for key, passport in passports.items():
        for step in state.steps(key):
            value = step.value
            if passport.range and isinstance(value, float) and not inside(passport.range, value):
                _outside(key, value, passport.range, step.place, problems)
        for row in state.rows(key):
            cell = row.cells.get("value")
            if not isinstance(cell, int | float):
                continue
            given = (row.cells.get("lower"), row.cells.get("upper"))
            limits = given if given != (None, None) else passport.range
            if limits and not inside(limits, cell):
                words = ",".join(str(row.cells[name]) for name in row_index(passport))
                _outside(f"{key}[{words}]", cell, limits, row.place, problems)


def _outside(
    key: str, value: float, limits: tuple[object, object], place: Place, problems: Collector
) -> None:
    low, high = limits
    covered = f"{'…' if low is None else f'{low:g}'} to {'…' if high is None else f'{high:g}'}"
    problems.add(
        "outside-evidence",
        place,
        key,
        f"{key} is {value:g}; evidence covers {covered}.",
        found=f"{value:g}",
        allowed=covered,
    )
