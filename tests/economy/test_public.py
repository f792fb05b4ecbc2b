"""The public purse: what moves between the City and the state is no saving; jobs taken from others count."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.economy import NET, PUBLIC, STATE, account, costs, financing
from sim.economy.costs import DISPLACEMENT, mean_benefit
from sim.economy.terminal import terminal_cost, terminal_rest
from sim.flow.stages import EndedBy, Stage
from sim.outcomes import tally
from tests.economy.build import scenario, table
from tests.outcomes.build import JOB, OTHER, SOME, WORK, Builder, histories

UNEMPLOYED, NEWCOMER = range(2)
BENEFIT = 4_000.0
"""An adult's part of a household-month in the small city."""
FULL = {
    "costs__months_with_benefit": table(("group",), [("unemployed", 1.0), ("newcomer", 1.0)]),
    "costs__benefit_group_rate": table(("group",), [("unemployed", 1.0), ("newcomer", 1.0)]),
    "costs__state_refund": table(("group",), [("unemployed", 0.0), ("newcomer", 0.0)]),
}


def leaver(exit_at: float, destination: int = WORK, group: int = UNEMPLOYED, months: int = 24) -> Builder:
    """Somebody coached from the start who leaves once and stays away."""
    city = Builder(months)
    person = city.person(group=group, initial=True)
    city.stay(person, Stage.COACHING, 0.0, exit_at, EndedBy.EXIT, destination=destination)
    city.stay(person, Stage.OUTSIDE, exit_at, months, EndedBy.UNFINISHED, destination=destination)
    return city


def kr(city: Builder, names: tuple[str, ...], **changes: object) -> float:
    history = city.history()
    world = scenario(city.months, city.start, **changes)
    lines = costs(world, history, tally(world, history))
    return float(sum(lines[name].sum() for name in names))


def test_the_state_pays_its_share_for_as_long_as_the_destination_says():
    # a full benefit is 4,000 × the half of the months that an unemployed person has it
    assert kr(leaver(4.0, OTHER), ("kr_state_benefit",)) == pytest.approx(6 * 0.5 * BENEFIT * 0.5)
    assert kr(leaver(20.0, OTHER), ("kr_state_benefit",)) == pytest.approx(4 * 0.5 * BENEFIT * 0.5)
    assert kr(leaver(4.0, WORK), ("kr_state_benefit",)) == 0.0


def test_what_the_state_takes_over_whole_saves_the_public_nothing():
    """An exit that costs the City less and the state as much more is a transfer."""
    taken_over = FULL | {
        "costs__benefit_after_exit": table(("destination",), [("work", 0.0), ("other", 0.3)]),
        "costs__after_exit_months": 24.0,
        "costs__state_benefit_after_exit": table(("destination",), [("work", 0.0), ("other", 0.7)]),
        "costs__state_benefit_months": table(("destination",), [("work", 0.0), ("other", 24.0)]),
    }
    early, late = (leaver(at, OTHER) for at in (4.0, 14.0))
    assert kr(early, NET, **taken_over) - kr(late, NET, **taken_over) == pytest.approx(-10 * 0.7 * BENEFIT)
    assert kr(early, PUBLIC, **taken_over) == pytest.approx(kr(late, PUBLIC, **taken_over), rel=1e-12)


def test_displacement_charges_each_month_in_work_that_was_added():
    early, late = (leaver(at) for at in (4.0, 14.0))
    added = kr(early, (DISPLACEMENT,)) - kr(late, (DISPLACEMENT,))
    assert added == pytest.approx(10 * 0.25 * BENEFIT)
    assert mean_benefit(scenario()) == BENEFIT
    assert kr(leaver(4.0, OTHER), (DISPLACEMENT,)) == 0.0


def test_the_state_s_subsidy_of_jobs_follows_the_months_worked():
    city = Builder(24)
    person = city.person(initial=True)
    city.stay(person, Stage.MEASURE, 0.0, 9.0, EndedBy.MEASURE_END, measure=JOB)
    city.stay(person, Stage.COACHING, 9.0, 24.0, EndedBy.UNFINISHED)
    assert kr(city, ("kr_state_job",)) == pytest.approx(9 * 36_000 / 12)


@SOME
@given(histories(months=24), st.floats(0.0, 1.0))
def test_the_state_s_refund_is_a_transfer_in_any_history(history, refund):
    """Whatever share of benefit the state pays back, both purses together bear the same, now and after."""
    found = []
    for share in (0.0, refund):
        world = scenario(
            24, costs__state_refund=table(("group",), [("unemployed", 0.0), ("newcomer", share)])
        )
        counted = account(world, history, tally(world, history))
        found.append(
            [
                counted.amounts[name].sum()
                for name in ("kr_public_discounted", "kr_public_terminal", "kr_public_current")
            ]
        )
    assert found[1] == pytest.approx(found[0], rel=1e-9)


@SOME
@given(histories(months=24))
def test_without_a_state_and_without_displacement_the_public_is_the_city(history):
    none = table(("destination",), [("work", 0.0), ("other", 0.0)])
    world = scenario(
        24,
        costs__state_refund=table(("group",), [("unemployed", 0.0), ("newcomer", 0.0)]),
        costs__state_benefit_after_exit=none,
        costs__state_job_subsidy=0.0,
        costs__displacement=none,
    )
    amounts = account(world, history, tally(world, history)).amounts
    assert all((amounts[name] == 0.0).all() for name in (*STATE, DISPLACEMENT))
    for public, city in (("public_current", "net_current"), ("public_terminal", "terminal")):
        assert np.array_equal(amounts[f"kr_{public}"], amounts[f"kr_{city}"])


def inside(group: int = UNEMPLOYED, months: int = 12) -> Builder:
    city = Builder(months)
    city.stay(city.person(group=group, initial=True), Stage.COACHING, 0.0, months, EndedBy.UNFINISHED)
    return city


def terminal(city: Builder, **changes: object) -> tuple[float, float]:
    """The City's terminal line, and what the public's is above it."""
    history = city.history()
    world = scenario(
        *(city.months, city.start),
        costs__discount_rate=0.0,
        returns__needing_benefit_at_six_months=0.0,
        returns__still_on_benefit_share=0.0,
        **changes,
    )
    counted = tally(world, history)
    counted = counted.plus(costs(world, history, counted))
    return tuple(float(f(world, history, counted).sum()) for f in (terminal_cost, terminal_rest))


def test_a_month_inside_after_the_end_is_a_month_in_which_nobody_is_displaced():
    # near leaves at 0.1 a month: ten months, three quarters of exits to work; a quarter of those displaces
    _, rest = terminal(inside(), **FULL)
    state = 0.25 * 0.5 * 6 * BENEFIT  # a quarter leaves to other: half a benefit for six months
    assert rest == pytest.approx(state - 10 * 0.75 * 0.25 * BENEFIT)


def test_the_state_s_benefit_goes_on_after_the_end_for_what_is_left_of_its_time():
    # the City's three months ended in the run; two of the state's six are left, of a whole benefit
    assert terminal(leaver(8.0, OTHER, months=12), **FULL) == pytest.approx((0.0, 2 * 0.5 * BENEFIT))


def test_leaving_earlier_for_work_is_charged_alike_in_the_run_and_after_it():
    """Ten months earlier cost ten months' displacement, on whichever side of the end they fall."""
    in_run = kr(leaver(2.0, months=12), (DISPLACEMENT,), **FULL) - kr(inside(), (DISPLACEMENT,), **FULL)
    assert in_run == pytest.approx(10 * 0.25 * BENEFIT)
    to_work = {
        "exits__destination_share": table(
            ("needs", "destination"),
            [("near", "work", 1.0), ("near", "other", 0.0), ("far", "work", 1.0), ("far", "other", 0.0)],
        )
    }
    (_, gone), (_, still) = (terminal(city, **FULL, **to_work) for city in (leaver(2.0, months=12), inside()))
    assert gone - still == pytest.approx(10 * 0.25 * BENEFIT)


def test_the_financing_is_a_share_of_assistance_and_the_rest():
    found = financing(scenario())
    assert found.from_assistance == pytest.approx(0.1 * 30.0)
    assert found.from_assistance + found.from_units == pytest.approx(found.budget)
    assert found.budget == pytest.approx(1.2 + 2.4 + 0.6 + 1.2 + 0.1 + 0.2 + 0.02 + 2.0 + 0.4)
