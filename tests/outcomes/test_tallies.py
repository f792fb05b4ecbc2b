"""Tallies against hand-counted histories, and against a second count that shares nothing with the first."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given

from sim.flow.stages import ENROLLED_STAGES, EndedBy, Stage
from sim.outcomes import count
from tests.outcomes.build import (
    AFTER_EXIT,
    COURSE,
    JOB,
    MEASURES,
    OTHER,
    OWN_SHARE,
    SELF_SUPPORT,
    SOME,
    WORK,
    Builder,
    histories,
)


def counted(history):
    return count(history, OWN_SHARE, SELF_SUPPORT, AFTER_EXIT)


@pytest.fixture(scope="module")
def tallies():
    """One person's whole story, in fractions that are exact in binary."""
    city = Builder(months=24)
    anna = city.person(office=1, needs=1, group=1)
    city.enrol(anna, 0.5)
    city.stay(anna, Stage.WAITING, 0.5, 2.25, EndedBy.SLOT)
    city.stay(anna, Stage.ASSESSMENT, 2.25, 2.75, EndedBy.PLANNED)
    city.stay(anna, Stage.COACHING, 2.75, 4.0, EndedBy.PLACED)
    city.stay(anna, Stage.HANDOVER, 4.0, 4.5, EndedBy.HANDED_OVER, COURSE)
    city.stay(anna, Stage.MEASURE, 4.5, 6.25, EndedBy.EXIT, COURSE, WORK)
    city.stay(anna, Stage.OUTSIDE, 6.25, 11.0, EndedBy.RETURN, destination=WORK)
    city.stay(anna, Stage.WAITING, 11.0, 11.0, EndedBy.SLOT, spell=1)
    city.stay(anna, Stage.ASSESSMENT, 11.0, 11.5, EndedBy.PLANNED, spell=1)
    city.stay(anna, Stage.COACHING, 11.5, 13.0, EndedBy.EXIT, destination=OTHER, spell=1)
    city.stay(anna, Stage.OUTSIDE, 13.0, 24.0, EndedBy.UNFINISHED, destination=OTHER, spell=1)
    return counted(city.history())


def cell(tallies, name):
    """Months with anything in the cell where Anna is; nothing may stand anywhere else."""
    amount = tallies.amounts[name]
    assert amount.sum() == amount[:, 1, 1].sum()
    return {month: value for month, value in enumerate(amount[:, 1, 1]) if value}


def test_a_stay_is_cut_exactly_at_every_first(tallies):
    assert cell(tallies, "months_waiting") == {0: 0.5, 1: 1.0, 2: 0.25}
    assert cell(tallies, "months_assessment") == {2: 0.5, 11: 0.5}
    assert cell(tallies, "months_coaching") == {2: 0.25, 3: 1.0, 4: 0.5, 11: 0.5, 12: 1.0}
    assert cell(tallies, "months_measure") == {4: 0.5, 5: 1.0, 6: 0.25}
    assert sum(cell(tallies, "months_enrolled").values()) == 5.75 + 2.0


def test_slots_are_held_in_parts_and_never_while_waiting(tallies):
    assert cell(tallies, "slot_months") == {2: 0.75, 3: 1.0, 4: 0.75, 5: 0.5, 6: 0.125, 11: 1.0, 12: 1.0}


def test_events_stand_in_their_month_and_those_on_the_first_in_the_month_that_begins(tallies):
    assert cell(tallies, "referrals") == cell(tallies, "enrolments") == {0: 1.0}
    assert cell(tallies, "exits_work") == {6: 1.0}
    assert cell(tallies, "exits_other") == {13: 1.0}
    assert cell(tallies, "exits") == {6: 1.0, 13: 1.0}
    assert cell(tallies, "returns") == {11: 1.0}
    assert cell(tallies, "starts_course") == {4: 1.0}
    assert cell(tallies, "starts_job") == {}


def test_time_outside_is_counted_in_full_and_within_the_window(tallies):
    assert sum(cell(tallies, "months_outside_work").values()) == 4.75
    assert sum(cell(tallies, "months_outside_other").values()) == 11.0
    after = tallies.after_exit_months[:, :, 1, 1, 1]
    assert dict(enumerate(after[WORK])) == dict.fromkeys(range(24), 0.0) | {6: 0.75, 7: 1.0, 8: 1.0, 9: 0.25}
    assert list(after[OTHER][12:17]) == [0.0, 1.0, 1.0, 1.0, 0.0]


def test_waits_belong_to_the_month_of_enrolment_and_are_told_in_real_days(tallies):
    # half of January 2008 (31 days), all of February (29), a quarter of March (31)
    assert cell(tallies, "wait_days") == {0: 15.5 + 29 + 7.75}
    assert cell(tallies, "unserved") == {}


def test_the_way_to_a_plan_is_queue_and_assessment_in_the_month_of_enrolment(tallies):
    # the wait, then another half of March; the second spell: half of December
    assert cell(tallies, "plan_days") == {0: 15.5 + 29 + 7.75 + 15.5, 11: 15.5}
    assert cell(tallies, "unplanned") == {}


def test_closed_in_time_looks_only_at_first_spells_with_18_months_to_follow(tallies):
    assert cell(tallies, "enrolments_followed") == {0: 1.0}
    assert cell(tallies, "closed_in_time") == {0: 1.0}


def test_distinct_people_by_year(tallies):
    assert tallies.years == ("2008", "2009")
    # enrolled in both years (back on 1 December 2008); to work only in the first
    assert tallies.people["aspirants"][:, :, 1].tolist() == [[0, 1, 1], [0, 1, 1]]
    assert tallies.people["self_supporting"][:, :, 1].tolist() == [[0, 1, 1], [0, 0, 0]]


def test_who_leaves_on_new_years_day_is_one_of_the_new_years_people():
    city = Builder(months=24)
    person = city.person(initial=True)
    city.stay(person, Stage.COACHING, 0.0, 12.0, EndedBy.EXIT, destination=WORK)
    city.stay(person, Stage.OUTSIDE, 12.0, 24.0, EndedBy.UNFINISHED, destination=WORK)
    people = counted(city.history()).people
    assert people["aspirants"][:, -1].sum(axis=1).tolist() == [1, 1]
    assert people["self_supporting"][:, -1].sum(axis=1).tolist() == [0, 1]


def test_somebody_seen_at_two_centres_is_one_person_in_the_city():
    city = Builder(months=12)
    person = city.person(office=0, initial=True)
    city.stay(person, Stage.COACHING, 0.0, 2.0, EndedBy.EXIT, destination=WORK)
    city.stay(person, Stage.OUTSIDE, 2.0, 3.0, EndedBy.RETURN, destination=WORK)
    city.people[person]["office"] = 2
    city.stay(person, Stage.COACHING, 3.0, 5.0, EndedBy.EXIT, destination=WORK, spell=1)
    city.stay(person, Stage.OUTSIDE, 5.0, 12.0, EndedBy.UNFINISHED, destination=WORK, spell=1)
    people = counted(city.history()).people
    assert people["aspirants"].sum(axis=2).tolist() == [[1, 1, 1]]
    assert people["self_supporting"].sum(axis=2).tolist() == [[1, 1, 1]]


def test_years_are_whole_calendar_years():
    city = Builder(months=20, start=date(2008, 7, 1))
    person = city.person(initial=True)
    city.stay(person, Stage.COACHING, 0.0, 5.0, EndedBy.EXIT, destination=WORK)
    city.stay(person, Stage.OUTSIDE, 5.0, 20.0, EndedBy.UNFINISHED, destination=WORK)
    tallies = counted(city.history())
    assert tallies.years == ("2009",)
    assert tallies.people["aspirants"].sum() == 0


def test_waits_that_end_without_a_caseworker_are_counted_with_what_was_waited():
    city = Builder(months=12)
    for end, ended_by, destination in (
        (3.0, EndedBy.EXIT, WORK),
        (3.0, EndedBy.SLOT, -1),
        (12.0, EndedBy.UNFINISHED, -1),
    ):
        person = city.person()
        city.enrol(person, 2.0)
        city.stay(person, Stage.WAITING, 2.0, end, ended_by, destination=destination)
    amounts = counted(city.history()).amounts
    assert amounts["unserved"][2].sum() == 2
    assert amounts["wait_days"].sum() == amounts["wait_days"][2].sum() == 31 + 31 + 306


def test_the_way_to_a_plan_counts_approval_and_those_who_never_had_one():
    city = Builder(months=12)
    # approved; left while being assessed; still with the district at the end; left while waiting
    stories = [
        [(2, 3, Stage.WAITING, EndedBy.SLOT), (3, 4, Stage.ASSESSMENT, EndedBy.PLANNED),
         (4, 5, Stage.APPROVAL, EndedBy.APPROVED), (5, 12, Stage.COACHING, EndedBy.UNFINISHED)],
        [(2, 3, Stage.WAITING, EndedBy.SLOT), (3, 4, Stage.ASSESSMENT, EndedBy.EXIT)],
        [(2, 2, Stage.WAITING, EndedBy.SLOT), (2, 4, Stage.ASSESSMENT, EndedBy.PLANNED),
         (4, 12, Stage.APPROVAL, EndedBy.UNFINISHED)],
        [(2, 4, Stage.WAITING, EndedBy.EXIT)],
    ]  # fmt: skip
    for story in stories:
        person = city.person()
        city.enrol(person, 2.0)
        for begin, end, stage, ended_by in story:
            gone = WORK if ended_by == EndedBy.EXIT else -1
            city.stay(person, stage, float(begin), float(end), ended_by, destination=gone)
    tallies = counted(city.history())
    march, april, may = 31, 30, 31
    days = [march + april + may, march + april, 306, march + april]
    assert sorted(tallies.waits[:, 4]) == sorted(days)
    assert tallies.amounts["plan_days"].sum() == tallies.amounts["plan_days"][2].sum() == sum(days)
    assert tallies.amounts["unplanned"][2].sum() == tallies.amounts["unplanned"].sum() == 3
    assert tallies.amounts["unserved"].sum() == 1


def test_a_slot_lost_makes_no_second_first_wait():
    city = Builder(months=12)
    person = city.person(initial=True)
    city.stay(person, Stage.COACHING, 0.0, 4.0, EndedBy.RELEASED)
    city.stay(person, Stage.WAITING, 4.0, 6.0, EndedBy.SLOT)
    city.stay(person, Stage.ASSESSMENT, 6.0, 12.0, EndedBy.UNFINISHED)
    amounts = counted(city.history()).amounts
    assert amounts["releases"][4].sum() == amounts["releases"].sum() == 1
    assert amounts["wait_days"].sum() == amounts["unserved"].sum() == 0
    assert amounts["plan_days"].sum() == amounts["unplanned"].sum() == 0
    assert amounts["months_waiting"].sum() == 2


def test_those_at_a_measure_from_the_start_have_not_started_it():
    city = Builder(months=12)
    person = city.person(initial=True)
    city.stay(person, Stage.MEASURE, 0.0, 2.5, EndedBy.MEASURE_END, JOB)
    city.stay(person, Stage.COACHING, 2.5, 3.5, EndedBy.PLACED)
    city.stay(person, Stage.MEASURE, 3.5, 12.0, EndedBy.UNFINISHED, JOB)
    tallies = counted(city.history())
    assert tallies.amounts["starts_job"].sum() == tallies.amounts["starts_job"][3].sum() == 1
    assert tallies.opening_months[JOB].sum() == 2.5
    assert tallies.measure_months[JOB].sum() == 2.5 + 8.5


@pytest.mark.parametrize(("end", "followed", "closed"), [(18.0, 1, 1), (18.125, 1, 0), (2.0, 1, 1)])
def test_eighteen_months_to_the_day(end, followed, closed):
    city = Builder(months=24)
    person = city.person()
    city.enrol(person, 0.0)
    city.stay(person, Stage.WAITING, 0.0, 0.0, EndedBy.SLOT)
    city.stay(person, Stage.COACHING, 0.0, end, EndedBy.EXIT, destination=OTHER)
    city.stay(person, Stage.OUTSIDE, end, 24.0, EndedBy.UNFINISHED, destination=OTHER)
    amounts = counted(city.history()).amounts
    assert amounts["enrolments_followed"][0].sum() == followed
    assert amounts["closed_in_time"][0].sum() == amounts["closed_in_time"].sum() == closed


@pytest.mark.parametrize(("enrolled", "followed"), [(6.0, 1), (6.125, 0)])
def test_an_enrolment_is_followed_when_18_months_are_left(enrolled, followed):
    city = Builder(months=24)
    person = city.person()
    city.enrol(person, enrolled)
    city.stay(person, Stage.WAITING, enrolled, 24.0, EndedBy.UNFINISHED)
    assert counted(city.history()).amounts["enrolments_followed"].sum() == followed


def test_what_falls_on_the_horizon_is_no_event_of_the_run():
    city = Builder(months=12)
    person = city.person(initial=True)
    city.stay(person, Stage.COACHING, 0.0, 12.0, EndedBy.EXIT, destination=WORK)
    late = city.person()
    city.enrol(late, 12.0)
    city.stay(late, Stage.WAITING, 12.0, 12.0, EndedBy.UNFINISHED)
    amounts = counted(city.history()).amounts
    assert amounts["exits"].sum() == amounts["referrals"].sum() == amounts["enrolments"].sum() == 0
    assert amounts["months_enrolled"].sum() == 12.0


def test_enrolments_late_in_the_run_and_the_stock_are_not_followed():
    city = Builder(months=24)
    late, stock = city.person(), city.person(initial=True)
    city.enrol(late, 6.5)
    for person, begin in ((late, 6.5), (stock, 0.0)):
        city.stay(person, Stage.COACHING, begin, 7.0, EndedBy.EXIT, destination=WORK)
        city.stay(person, Stage.OUTSIDE, 7.0, 24.0, EndedBy.UNFINISHED, destination=WORK)
    amounts = counted(city.history()).amounts
    assert amounts["enrolments_followed"].sum() == amounts["closed_in_time"].sum() == 0


def test_what_is_added_twice_is_refused(tallies):
    with pytest.raises(ValueError, match="Tallied twice: exits"):
        tallies.plus({"exits": np.zeros(1)})


# --- any history at all --------------------------------------------------------------------------------


@SOME
@given(histories())
def test_cutting_at_the_first_conserves_person_months(history):
    tallies = counted(history)
    for stage in Stage:
        rows = history.stays[history.stays["stage"] == stage]
        expected = (rows["end"] - rows["begin"]).sum()
        assert tallies.stage_months[stage].sum() == pytest.approx(expected, rel=1e-12, abs=1e-12)
    for measure in range(len(MEASURES)):
        there = (history.stays["stage"] == Stage.MEASURE) & (history.stays["measure"] == measure)
        rows = history.stays[there]
        expected = (rows["end"] - rows["begin"]).sum()
        assert tallies.measure_months[measure].sum() == pytest.approx(expected, rel=1e-12, abs=1e-12)


@SOME
@given(histories())
def test_every_cell_is_the_overlap_that_intervals_give(history):
    tallies = counted(history)
    people = history.people[history.stays["person"]]
    for month in range(history.months):
        inside = np.clip(history.stays["end"], month, month + 1) - np.clip(
            history.stays["begin"], month, month + 1
        )
        enrolled = np.isin(history.stays["stage"], ENROLLED_STAGES)
        for office in range(3):
            for needs in range(2):
                here = enrolled & (people["office"] == office) & (people["needs"] == needs)
                assert tallies.amounts["months_enrolled"][month, office, needs] == pytest.approx(
                    inside[here].sum(), abs=1e-12
                )


@SOME
@given(histories())
def test_everybody_enrolled_leaves_or_is_inside_at_the_end(history):
    amounts = counted(history).amounts
    enrolled = np.isin(history.stays["stage"], ENROLLED_STAGES)
    still = (enrolled & (history.stays["ended_by"] == EndedBy.UNFINISHED)).sum()
    coming = history.people["initial"].sum() + amounts["enrolments"].sum() + amounts["returns"].sum()
    assert coming == amounts["exits"].sum() + still
    assert amounts["referrals"].sum() == amounts["no_shows"].sum() + amounts["enrolments"].sum()
    assert amounts["exits"].sum() == amounts["exits_work"].sum() + amounts["exits_other"].sum()


@SOME
@given(histories())
def test_littles_law_against_spells_followed_one_by_one(history):
    """Stock × time = spells × their mean length, the right side taken from each person's own story."""
    lengths = []
    for person in range(len(history.people)):
        story = history.stays[history.stays["person"] == person]
        for spell in np.unique(story["spell"]):
            inside = story[(story["spell"] == spell) & np.isin(story["stage"], ENROLLED_STAGES)]
            if len(inside):
                lengths.append(inside["end"].max() - inside["begin"].min())
    stock = counted(history).amounts["months_enrolled"].sum(axis=(1, 2)).mean()
    total = np.mean(lengths) * len(lengths) if lengths else 0.0
    assert stock * history.months == pytest.approx(total, rel=1e-9, abs=1e-9)


@SOME
@given(histories())
def test_people_in_the_year_against_sets(history):
    tallies = counted(history)
    for index in range(len(tallies.years)):
        first, after = 12 * index, 12 * index + 12
        seen, supported = set(), set()
        for stay in history.stays:
            if stay["stage"] not in ENROLLED_STAGES:
                continue
            unfinished = stay["ended_by"] == EndedBy.UNFINISHED
            if stay["begin"] < after and (stay["end"] >= first if not unfinished else stay["end"] > first):
                seen.add(int(stay["person"]))
            if stay["destination"] == WORK and first <= stay["end"] < after:
                supported.add(int(stay["person"]))
        assert tallies.people["aspirants"][index, -1].sum() == len(seen)
        assert tallies.people["self_supporting"][index, -1].sum() == len(supported)
        assert supported <= seen


@SOME
@given(histories())
def test_nobody_is_ever_in_the_city_wide_row(history):
    tallies = counted(history)
    assert all(amount[:, -1].sum() == 0 for amount in tallies.amounts.values())
