"""The terminal line against cases done by hand and against integrals done another way."""

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import gamma, gammaincc

from sim.economy import costs, future_cost, last_pace, return_risk, terminal_cost
from sim.economy.future import Handovers
from sim.economy.terminal import exit_rates
from sim.flow.stages import EndedBy, Stage
from sim.outcomes import tally
from sim.parameters import Scenario
from sim.parameters.scenario import Table
from tests.economy.build import scenario, table, taken_over
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
    slower = terminal_cost(world, history, counted, pace_factor=np.array([[[0.5, 0.5], [1.0, 1.0]]] * 2))
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
        (100.0, 2**-0.5, 0.5),
        (10.0, 2.5**0.5, 2.5),  # no faster than at the floor of 20
        (math.inf, 0.5, 0.25),  # nobody works there: as while waiting, at 200
    ],
)
def test_the_last_months_pace(load, near, far):
    city = Builder(months=12, load=load)
    city.stay(city.person(initial=True), Stage.COACHING, 0.0, 12.0, EndedBy.UNFINISHED)
    expected = np.array([[[near, 1.0], [1.0, far]]] * 2)  # work slows with the near, others with the far
    assert last_pace(scenario(12), city.history()) == pytest.approx(expected, rel=1e-12)


def test_who_waits_at_the_horizon_goes_at_the_pace_of_waiting():
    """One of four waits and one is being assessed: half at 200 cases' pace, half at the office's own."""
    city = Builder(months=12, load=50.0)
    for stage in (Stage.COACHING, Stage.MEASURE, Stage.WAITING, Stage.ASSESSMENT):
        measure = COURSE if stage == Stage.MEASURE else -1
        city.stay(city.person(initial=True), stage, 0.0, 12.0, EndedBy.UNFINISHED, measure)
    assert last_pace(scenario(12), city.history())[0, 0] == pytest.approx([0.75, 1.0], rel=1e-12)


def test_who_has_a_leader_goes_faster_to_self_support_and_nowhere_else():
    """Of four: one has a leader there, one's leader is elsewhere, one waits, one is of another group."""
    city = Builder(months=12, load=50.0)
    city.posts = np.ones((12, 3, 2))
    city.posts[:, 1, 1] = 0.0  # the leaders are the administrators; none on the hill
    for office, group, stage in (
        (0, 1, Stage.COACHING), (1, 1, Stage.COACHING), (0, 1, Stage.WAITING), (0, 0, Stage.COACHING)
    ):  # fmt: skip
        person = city.person(office=office, group=group, initial=True)
        city.stay(person, stage, 0.0, 12.0, EndedBy.UNFINISHED)
    world, history = scenario(12, staff__leader_effect=1.4), city.history()
    without, led = last_pace(world, history)
    assert without[0] == pytest.approx([1.0, 1.0], rel=1e-12)  # elsewhere, and of another group
    assert led[0] == pytest.approx([(1.4 + 0.5) / 2, 1.0], rel=1e-12)
    hazard, share = exit_rates(world, np.stack([without, led]))
    assert hazard[:2] == pytest.approx([0.1, 0.05])
    assert hazard[2] == pytest.approx(0.1 * (0.75 * 0.95 + 0.25))
    assert share[2] == pytest.approx([0.75 * 0.95 * 0.1 / hazard[2], 0.25 * 0.1 / hazard[2]])
    counted = accounted(world, history)
    slow, fast = (
        terminal_cost(world, history, counted, pace_factor=np.stack([without, times * without]))
        for times in (1.0, 2.0)
    )
    assert fast[0, 0] < slow[0, 0]  # two of the three in the north have a leader
    assert fast[1, 0] == pytest.approx(slow[1, 0], rel=1e-12)  # nobody on the hill


# --- spells whose end depends on the time in them, and plans that end with an agency -----------------------


@pytest.mark.parametrize("shape", [0.7, 0.85, 1.2, 2.0])
def test_a_mean_spell_lasts_as_long_whatever_its_shape(shape):
    assert simple(shape=shape).inside[0] == pytest.approx(100_000.0, rel=1e-4)


@pytest.mark.parametrize("shape", [0.7, 1.2])
@pytest.mark.parametrize("elapsed", [0.0, 2.0, 10.0, 40.0])
def test_months_left_after_some_time_against_the_incomplete_gamma(shape, elapsed):
    """Undiscounted, what is left after a is the integral of survival from a, over survival at a."""
    speed = math.gamma(1 + 1 / shape) * 0.1
    consumed = (speed * elapsed) ** shape
    expected = gamma(1 / shape) * gammaincc(1 / shape, consumed) / (shape * speed) * math.exp(consumed)
    left = simple(shape=shape).staying.left(np.array([0]), np.array([elapsed]))
    assert left[0] == pytest.approx(expected, rel=1e-3)


def test_months_left_are_discounted():
    shape, speed, force = 0.8, math.gamma(1 + 1 / 0.8) * 0.1, math.log(1.05) / 12
    expected = quad(lambda t: math.exp(-((speed * t) ** shape) - force * t), 0.0, 2000.0, limit=500)[0]
    future = simple(shape=shape, rate=0.05)
    assert future.inside[0] == pytest.approx(10_000.0 * expected, rel=1e-4)


def one_agency(share: float, months: float, to_plan: float = 0.0) -> Handovers:
    return Handovers(np.array([[share]]), np.array([months]), to_plan, np.array([0]))


def test_a_plan_that_ends_with_an_agency_costs_no_longer_than_until_then():
    # everybody is gone at six months at the latest: (1 − e^−0.6) / 0.1 months inside
    assert simple(handovers=one_agency(1.0, 5.0, 1.0)).inside[0] == pytest.approx(
        10_000.0 * (1 - math.exp(-0.6)) / 0.1
    )
    half = simple(handovers=one_agency(0.5, 5.0, 1.0)).inside[0]
    assert half == pytest.approx((100_000.0 + 10_000.0 * (1 - math.exp(-0.6)) / 0.1) / 2)


def test_a_handover_to_where_people_come_back_from():
    """A fifth come back from anywhere, handed over or not: each spell is followed by 0.2 others."""
    future = simple(return_risk=np.array([-math.log(0.8)]), handovers=one_agency(1.0, 6.0))
    assert future.inside[0] == pytest.approx(10_000.0 * (1 - math.exp(-0.6)) / 0.1 / 0.8)


def test_shape_and_handover_together_against_an_integral():
    shape, months = 0.8, 7.0
    speed = math.gamma(1 + 1 / shape) * 0.1
    inside = quad(lambda t: math.exp(-((speed * t) ** shape)), 0.0, months)[0]
    future = simple(shape=shape, handovers=one_agency(1.0, months))
    assert future.inside[0] == pytest.approx(10_000.0 * inside, rel=1e-4)


def test_whose_plan_an_agency_takes_over_is_known_by_its_date():
    """Half of the plans since April end with the agency after four months; the run ends with the year.

    Not yet planned: the assessment and approval come first. Planned in October: two months are left. Planned
    in June: the time is past. Planned in February, before there was an agency, or before the run: never.
    """
    world = scenario(
        12,
        returns__needing_benefit_at_six_months=0.1,
        costs__discount_rate=0.0,
        costs__benefit_after_exit=table(("destination",), [("work", 0.0), ("other", 0.0)]),
    )
    agency = {"cooperation.transfer_share": taken_over(0.5, since=date(2008, 4, 1))}
    agency["cooperation.transfer_share"] = with_none_before(agency["cooperation.transfer_share"])
    with_agency = Scenario("small", world.start, world.months, {**world.values, **agency})

    def left(planned: float | None) -> float:
        """What the agency changes in the line of one person, as a part of the whole."""
        city = Builder(months=12)
        person = city.person(initial=planned == 0.0)
        if planned is None:
            city.enrol(person, 11.0)
            city.stay(person, Stage.WAITING, 11.0, 12.0, EndedBy.UNFINISHED)
        else:
            if planned > 0.0:
                city.enrol(person, planned)
                city.stay(person, Stage.WAITING, planned, planned, EndedBy.SLOT)
                city.stay(person, Stage.ASSESSMENT, planned, planned, EndedBy.PLANNED)
            city.stay(person, Stage.COACHING, planned, 12.0, EndedBy.UNFINISHED)
        history = city.history()
        whole, cut = (
            float(terminal_cost(which, history, accounted(which, history)).sum())
            for which in (world, with_agency)
        )
        return cut / whole - 1.0

    cut_at = {None: 4.75, 10.0: 2.0}
    for planned, months in cut_at.items():
        assert left(planned) == pytest.approx(-0.5 * math.exp(-0.1 * months))
    assert [left(planned) for planned in (5.0, 1.0, 0.0)] == pytest.approx([0.0, 0.0, 0.0])


def with_none_before(shares: Table) -> Table:
    """The same table with nobody taken over before its first date."""
    earlier = {name: (*column, *column) for name, column in shares.columns.items()}
    half = len(shares.columns["value"])
    earlier["from"] = (date(2008, 1, 1),) * half + shares.columns["from"]
    earlier["value"] = (0.0,) * half + shares.columns["value"]
    return replace(shares, columns=earlier)
