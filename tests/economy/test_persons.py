"""Money by person: nothing is lost, nothing is counted twice, and what follows a person is that person's."""

from __future__ import annotations

import numpy as np
import pytest

from sim.economy.costs import BENEFIT, NET, benefit_rate
from sim.economy.money import account
from sim.economy.persons import person_costs
from sim.flow import ENROLLED_STAGES, Stage, simulate
from sim.outcomes import tally
from sim.outcomes.person_months import person_months
from tests.flow.limits import scenario

JOBS = "measures.municipal_places[*]=100"
CASES = {
    "places": scenario(JOBS, end="2009-06-30"),
    "starts": scenario(JOBS, "measures.price_basis=person_start", end="2009-06-30"),
    "queue": scenario(JOBS, "staff.factor=0.7", end="2009-06-30"),
}


@pytest.fixture(scope="module", params=CASES)
def told(request):
    which = CASES[request.param]
    history = simulate(which, 1, 7)
    return which, history, account(which, history, tally(which, history))


def test_everybodys_money_adds_up_to_every_line(told):
    which, history, tallies = told
    costs = person_costs(which, history, tallies)
    assert set(costs.kr) == set(NET)
    for line, kr in costs.kr.items():
        whole = tallies.amounts[line].sum()
        assert kr.shape == history.people.shape
        assert (kr >= 0.0).all()
        assert kr.sum() + costs.nobodys[line] == pytest.approx(whole, rel=1e-12)
        # the offices of the plan are never empty, so nothing is left over
        assert costs.nobodys[line] == pytest.approx(0.0, abs=1e-9 * max(whole, 1.0))
    assert costs.net.sum() == pytest.approx(sum(tallies.amounts[line].sum() for line in NET))


def test_cut_stays_are_the_tallied_months(told):
    which, history, tallies = told
    rows = person_months(history, which.number("costs.after_exit_months"))
    cells = np.zeros_like(tallies.stage_months.sum(axis=(3, 4)))
    np.add.at(cells, (rows["stage"], rows["month"], rows["office"]), rows["months"])
    for stage in ENROLLED_STAGES:
        assert cells[stage] == pytest.approx(tallies.stage_months[stage].sum(axis=(-2, -1)))
    assert cells[Stage.OUTSIDE] == pytest.approx(tallies.after_exit_months.sum(axis=(0, -2, -1)))
    assert (rows["months"] <= 1.0 + 1e-12).all()


def test_benefit_is_counted_from_the_persons_own_stays(told):
    """For some people with everything in their history: month by month, by hand."""
    which, history, tallies = told
    costs = person_costs(which, history, tallies)
    window = which.number("costs.after_exit_months")
    left = which.array("costs.benefit_after_exit", history.destinations)
    rate = benefit_rate(which, history.groups) * (1.0 - which.array("costs.state_refund", history.groups))
    jobs = history.measures.index("temporary_job")
    employed = history.stays["person"][
        (history.stays["stage"] == Stage.MEASURE) & (history.stays["measure"] == jobs)
    ]
    for index in [*np.unique(employed)[:40], *range(0, len(history.people), 500)]:
        kr = 0.0
        for stay in history.stays[history.stays["person"] == index]:
            months = stay["end"] - stay["begin"]
            if stay["stage"] == Stage.OUTSIDE:
                kr += min(months, window) * left[stay["destination"]]
            elif stay["stage"] != Stage.REFERRED and not (
                stay["stage"] == Stage.MEASURE and stay["measure"] == jobs
            ):
                kr += months
        kr *= rate[history.people["group"][index]]
        assert sum(costs.kr[line][index] for line in BENEFIT) == pytest.approx(kr, rel=1e-9, abs=1e-6)


def test_who_never_comes_costs_nothing(told):
    which, history, tallies = told
    costs = person_costs(which, history, tallies)
    never = history.people["no_show"]
    assert never.sum() > 100
    assert (costs.net[never] == 0.0).all()
    assert (costs.benefit_months[never] == 0.0).all()


def test_what_was_spent_where_nobody_was_is_nobodys():
    empty = scenario(
        "people.target_group[*,*]=0", "people.target_group[jarva,unemployed]=50", end="2008-06-30"
    )
    history = simulate(empty, 0, 7)
    tallies = account(empty, history, tally(empty, history))
    costs = person_costs(empty, history, tallies)
    staffed = tallies.amounts["kr_staff"].sum(axis=(0, 2))
    jarva = [history.centres[centre] == "jarva" for centre in history.office_centre]
    assert costs.nobodys["kr_staff"] == pytest.approx(staffed[:-1][~np.array(jarva)].sum(), rel=1e-9)
    assert costs.nobodys["kr_staff"] > 0.0
    assert costs.nobodys["kr_city_wide"] == pytest.approx(0.0, abs=1e-6)
