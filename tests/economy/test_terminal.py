"""The terminal line against cases done by hand and against integrals done another way."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from sim.economy import costs, future_cost, last_pace, return_risk, terminal_cost
from sim.flow.stages import EndedBy, Stage
from sim.outcomes import tally
from tests.economy.build import scenario, table
from tests.outcomes.build import COURSE, OTHER, WORK, Builder

ONE = np.array([1.0])
NONE = np.array([0.0])


def simple(**changes):
    """One segment, one destination, exits at 0.1 a month, 10,000 kr a month, no return, no discount."""
    case = {
        "hazard": np.array([0.1]),
        "destination_share": np.array([[1.0]]),
        "cost": np.array([10_000.0]),
        "benefit": np.array([6_000.0]),
        "benefit_share": NONE,
        "benefit_window": 12.0,
        "return_risk": NONE,
        "return_end": 24.0,
        "rate": 0.0,
    }
    return future_cost(**(case | changes))


def test_ten_months_at_ten_thousand():
    assert simple().inside[0] == pytest.approx(100_000.0, rel=1e-12)


def test_a_fifth_come_back_again_and_again():
    # 1 / (1 − 0.2) spells of ten months
    future = simple(return_risk=np.array([-math.log(0.8)]))
    assert future.inside[0] == pytest.approx(125_000.0, rel=1e-12)
    assert future.outside[0, 0, 0] == pytest.approx(0.2 * 125_000.0, rel=1e-12)
    assert future.outside[-1, 0, 0] == 0.0


def test_half_a_benefit_for_a_year_after_the_exit():
    future = simple(benefit_share=np.array([0.5]))
    assert future.inside[0] == pytest.approx(100_000.0 + 12 * 3_000.0, rel=1e-12)
    age = np.array([0.0, 6.0, 11.5, 12.0, 20.0])
    left = future.outside_at(age, np.zeros(5, dtype=np.int8), np.zeros(5, dtype=np.int8))
    assert left == pytest.approx([36_000.0, 18_000.0, 1_500.0, 0.0, 0.0], abs=1e-6)


def test_discounting_adds_to_the_rate_of_leaving():
    force = math.log(1.03) / 12
    assert simple(rate=0.03).inside[0] == pytest.approx(10_000.0 / (0.1 + force), rel=1e-12)


def test_without_any_future_outside():
    future = simple(benefit_window=0.0, return_end=0.0)
    assert future.inside[0] == pytest.approx(100_000.0)
    zero = np.zeros(1, dtype=np.int8)
    assert future.outside_at(np.array([3.0]), zero, zero).tolist() == [0.0]


def test_nobody_leaving_and_nothing_discounted_has_no_end():
    with pytest.raises(ValueError, match="no end"):
        simple(hazard=NONE)
    assert math.isfinite(simple(hazard=NONE, rate=0.03).inside[0])


@given(
    hazard=st.floats(0.01, 0.5),
    share=st.floats(0.0, 1.0),
    risk=st.floats(0.0, 2.0),
    benefit_share=st.floats(0.0, 0.5),
    window=st.integers(0, 30).map(float),
    end=st.integers(6, 36).map(float),
    rate=st.floats(0.0, 0.08),
    age=st.floats(0.0, 1.0),
)
def test_against_integrals(hazard, share, risk, benefit_share, window, end, rate, age):
    """Two destinations, the first with returns; the same chances integrated by another method."""
    future = future_cost(
        hazard=np.array([hazard]),
        destination_share=np.array([[share, 1.0 - share]]),
        cost=np.array([9_000.0]),
        benefit=np.array([5_000.0]),
        benefit_share=np.array([benefit_share, benefit_share]),
        benefit_window=window,
        return_risk=np.array([risk, 0.0]),
        return_end=end,
        rate=rate,
    )
    force = math.log(1.0 + rate) / 12

    def consumed(s):
        u = min(s / end, 1.0)
        return risk * (2 * u - u * u)

    def returning(since):
        return quad(
            lambda s: 2 * risk / end * (1 - s / end)
            * math.exp(-(consumed(s) - consumed(since)) - force * (s - since)),
            since, end,
        )[0] if since < end else 0.0  # fmt: skip

    def benefit_left(since, risky):
        points = [end] if since < end < window else None
        return quad(
            lambda s: math.exp(-risky * (consumed(s) - consumed(since)) - force * (s - since)),
            since, window, points=points,
        )[0] if since < window else 0.0  # fmt: skip

    kr = 5_000.0 * benefit_share
    at_exit = kr * (share * benefit_left(0.0, 1.0) + (1 - share) * benefit_left(0.0, 0.0))
    inside = (9_000.0 + hazard * at_exit) / (hazard + force - hazard * share * returning(0.0))
    assert future.inside[0] == pytest.approx(inside, rel=2e-4)
    since = age * max(window, end)
    zero = np.zeros(1, dtype=np.int8)
    left = future.outside_at(np.array([since]), zero, zero)[0]
    # between the ages given a straight line stands for the curve
    expected = kr * benefit_left(since, 1.0) + returning(since) * inside
    assert left == pytest.approx(expected, rel=1e-3, abs=5e-4 * inside)


def test_a_runs_line_by_hand():
    """Two inside and two outside at the horizon; no returns, no discount, no benefit after exits."""
    city = Builder(months=12)
    for office, needs in ((0, 0), (2, 1)):
        person = city.person(office=office, needs=needs, initial=True)
        city.stay(person, Stage.COACHING, 0.0, 12.0, EndedBy.UNFINISHED)
    history = city.history()
    world = scenario(
        12,
        returns__needing_benefit_at_six_months=0.1,
        costs__discount_rate=0.0,
        costs__benefit_after_exit=table(("destination",), [("work", 0.0), ("other", 0.0)]),
    )
    counted = tally(world, history)
    counted = counted.plus(costs(world, history, counted))
    line = terminal_cost(world, history, counted)
    # a year's cost over twelve person-months, for as long as a spell lasts: 10 and 20 months
    yearly = sum(
        counted.amounts[name].sum(axis=(0, 1))
        for name in counted.amounts
        if name.startswith("kr_") and name != "kr_state_refund"
    )
    assert line[0].tolist() == pytest.approx([yearly[0] / 12 * 10, 0.0])
    assert line[2].tolist() == pytest.approx([0.0, yearly[1] / 12 * 20])
    assert line[[1, 3]].sum() == 0.0
    # each segment's year: benefit, its own office's lines, and parts of the empty office and the city's
    own, empty = 960_000 + 600_000 + 24_000, 1_200_000 + 300_000 + 24_000
    assert yearly[0] == pytest.approx(24_000 + own + empty / 2 + 1_200_000)
    slower = terminal_cost(world, history, counted, pace_factor=np.array([0.5, 1.0]))
    assert slower[0, 0] == pytest.approx(2 * line[0, 0])
    assert slower[2, 1] == pytest.approx(line[2, 1])


def test_those_outside_may_come_back_until_they_do_not():
    city = Builder(months=36)
    inside = city.person(initial=True)
    city.stay(inside, Stage.COACHING, 0.0, 36.0, EndedBy.UNFINISHED)
    history = city.history()
    world = scenario(36, costs__discount_rate=0.0)
    base = terminal_cost(world, history, accounted(world, history)).sum()
    for left, destination, later in ((35.0, WORK, True), (12.0, WORK, False), (30.0, OTHER, False)):
        city = Builder(months=36)
        stays = city.person(initial=True)
        city.stay(stays, Stage.COACHING, 0.0, 36.0, EndedBy.UNFINISHED)
        gone = city.person(initial=True)
        city.stay(gone, Stage.COACHING, 0.0, left, EndedBy.EXIT, destination=destination)
        city.stay(gone, Stage.OUTSIDE, left, 36.0, EndedBy.UNFINISHED, destination=destination)
        counted = accounted(world, city.history())
        alone = Builder(months=36)
        alone.people, alone.stays = city.people, [s for s in city.stays if s[2] != Stage.OUTSIDE]
        without = terminal_cost(world, alone.history(), counted).sum()
        line = terminal_cost(world, city.history(), counted).sum()
        assert (line > without * (1 + 1e-9)) == later
    assert base > 0.0


def test_benefit_after_exits_is_no_part_of_a_month_enrolled():
    city = Builder(months=12)
    city.stay(city.person(initial=True), Stage.COACHING, 0.0, 12.0, EndedBy.UNFINISHED)
    gone = city.person(initial=True)
    city.stay(gone, Stage.COACHING, 0.0, 2.0, EndedBy.EXIT, destination=OTHER)
    city.stay(gone, Stage.OUTSIDE, 2.0, 12.0, EndedBy.UNFINISHED, destination=OTHER)
    only_work = [("near", "work", 1.0), ("near", "other", 0.0), ("far", "work", 1.0), ("far", "other", 0.0)]
    lines = []
    for share in (0.0, 0.5):  # of those who went elsewhere, and whom nobody inside will follow
        world = scenario(
            12,
            costs__benefit_after_exit=table(("destination",), [("work", 0.0), ("other", share)]),
            exits__destination_share=table(("needs", "destination"), only_work),
        )
        counted = accounted(world, city.history())
        assert counted.amounts["kr_benefit_after_exit"].sum() == pytest.approx(share * 3 * 2000)
        lines.append(terminal_cost(world, city.history(), counted).sum())
    assert lines[0] == pytest.approx(lines[1], rel=1e-12)


def accounted(world, history):
    counted = tally(world, history)
    return counted.plus(costs(world, history, counted))


def test_the_line_is_discounted_to_the_policys_date():
    city = Builder(months=12)
    city.stay(city.person(initial=True), Stage.COACHING, 0.0, 12.0, EndedBy.UNFINISHED)
    history, world = city.history(), scenario(12)
    counted = accounted(world, history)
    early = terminal_cost(world, history, counted, policy_time=0.0)
    late = terminal_cost(world, history, counted, policy_time=12.0)
    assert early.sum() * 1.03 == pytest.approx(late.sum(), rel=1e-12)


def test_returns_by_six_months_are_those_needing_benefit_less_those_who_always_had_it():
    risk = return_risk(scenario(), ("work", "other"))
    by_six = risk[0] * (2 * 0.25 - 0.25**2)  # six of 24 months
    assert 1 - math.exp(-by_six) == pytest.approx(0.2, rel=1e-12)
    assert risk[1] == 0.0


@pytest.mark.parametrize(
    ("load", "near", "far"),
    [
        (50.0, 1.0, 1.0),
        (100.0, 0.75 * 2**-0.5 + 0.25, 0.5 + 0.5 * 0.5),
        (10.0, 0.75 * 2.5**0.5 + 0.25, 0.5 + 0.5 * 2.5),  # no faster than at the floor of 20
        (math.inf, 0.75 * 0.5 + 0.25, 0.5 + 0.5 * 0.25),  # nobody works there: as while waiting, at 200
    ],
)
def test_the_last_months_pace(load, near, far):
    city = Builder(months=12, load=load)
    city.stay(city.person(initial=True), Stage.COACHING, 0.0, 12.0, EndedBy.UNFINISHED)
    assert last_pace(scenario(12), city.history()) == pytest.approx([near, far], rel=1e-12)


def test_who_waits_at_the_horizon_goes_at_the_pace_of_waiting():
    """One of four waits and one is being assessed: half at 200 cases' pace, half at the office's own."""
    city = Builder(months=12, load=50.0)
    for stage in (Stage.COACHING, Stage.MEASURE, Stage.WAITING, Stage.ASSESSMENT):
        measure = COURSE if stage == Stage.MEASURE else -1
        city.stay(city.person(initial=True), stage, 0.0, 12.0, EndedBy.UNFINISHED, measure)
    near_waiting = 0.75 * 0.5 + 0.25
    assert last_pace(scenario(12), city.history())[0] == pytest.approx((1.0 + near_waiting) / 2, rel=1e-12)
