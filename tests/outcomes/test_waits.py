"""The wait that nine in ten stay under: one among the waits themselves, those still waiting included."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.flow.stages import EndedBy, Stage
from sim.outcomes import ALL, count, evaluate, people_measures
from sim.parameters.calendar import periods
from tests.outcomes.build import DESTINATIONS, MEASURES, SOME, Builder, histories

BOTH = {"wait_days_p90": "wait_days", "plan_days_p90": "plan_days"}
NINE_IN_TEN = [m for m in people_measures(DESTINATIONS, MEASURES) if m.key in BOTH]


def cube(history):
    tallies = count(history, np.array([0.5, 0.5]), np.array([True, False]), 3.0)
    return evaluate(tallies, periods(history.start, history.months), NINE_IN_TEN)


def city(*waits: float, months: int = 24, office: int = 0) -> Builder:
    """People who enrol one month apart, each with a wait in months; none waits longer than the run."""
    found = Builder(months)
    for index, wait in enumerate(waits):
        person = found.person(office=office)
        found.enrol(person, float(index))
        end = min(index + wait, months)
        ended_by = EndedBy.SLOT if end < months else EndedBy.UNFINISHED
        if wait:
            found.stay(person, Stage.WAITING, float(index), end, ended_by)
        if end < months:
            found.stay(person, Stage.COACHING, end, months, EndedBy.UNFINISHED)
    return found


def test_the_ninth_of_ten_waits():
    """2008: waits of whole calendar months from January on, one for each of ten people."""
    waits = [0.0, 0.0, 0.5, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 2.0]
    # sorted: six of none, half of March (15.5), May (31), August (31), October and November (61)
    assert cube(city(*waits).history()).cell("wait_days_p90", "2008") == 31.0


def test_nobody_waiting_is_no_days_and_nobody_there_is_not_defined():
    found = cube(city(0.0, 0.0).history())
    assert found.cell("wait_days_p90") == 0.0
    assert math.isnan(found.cell("wait_days_p90", "2009"))
    assert math.isnan(found.cell("wait_days_p90", centre="south"))


def test_whoever_still_waits_counts_with_the_days_so_far():
    # ten months and a half until the end of 2009, counted in the month of enrolment
    found = cube(city(*[0.0] * 13, 99.0).history())
    assert found.cell("wait_days_p90", "2009") == 365 - 31
    assert found.cell("wait_days_p90", "2008") == 0.0


@SOME
@given(histories(months=24), st.sampled_from(["north", "south", ALL]), st.sampled_from(sorted(BOTH)))
def test_at_least_nine_in_ten_waited_no_longer_and_fewer_did_with_less(history, centre, key):
    """The definition, against the waits taken from the history by another way."""
    told = cube(history).cell(key, centre=centre)
    tallies = count(history, np.array([0.5, 0.5]), np.array([True, False]), 3.0)
    of_centre = [c for c in range(len(tallies.centres)) if centre in (ALL, tallies.centres[c])]
    offices = np.flatnonzero(np.isin(tallies.office_centre, of_centre))
    everybody = sum(tallies.amounts[key][:, offices].sum() for key in ("enrolments", "returns"))
    days = tallies.waits[np.isin(tallies.waits[:, 1], offices), 3 if key == "wait_days_p90" else 4]
    assert len(days) <= everybody
    if not everybody:
        assert math.isnan(told)
        return
    longer = (days > told).sum()
    assert (everybody - longer) / everybody >= 0.9 - 1e-12
    if told > 0.0:
        assert (everybody - (days >= told).sum()) / everybody < 0.9
    # the mean of the same waits is the other measure's
    np.testing.assert_allclose(days.sum(), tallies.amounts[BOTH[key]][:, offices].sum())
