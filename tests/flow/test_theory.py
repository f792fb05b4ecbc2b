"""The flow against queueing and survival theory, in standard errors of run means."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.flow import EndedBy, Stage
from sim.population import draw_population, referral_rate
from tests.flow.limits import (
    EMPTY_START,
    NO_MEASURES,
    ONE_SEGMENT,
    PLAIN,
    SAME_AGES,
    STAFF_FOLLOWS,
    enrolled,
    many,
    mean_inside,
    one_office,
    scenario,
    within_standard_errors,
)

RUNS = 40


def test_stock_without_queues_is_that_of_an_infinite_server_queue() -> None:
    """M/G/∞: the stock is arrivals times the mean spell, whatever the spells' distribution."""
    which = scenario(
        *PLAIN,
        *STAFF_FOLLOWS,
        "intake.assessment_months=0",
        "people.inflow_per_year=600",
        "exits.hazard[*]=0.2",
        "exits.hazard[near]=0.5",
        end="2017-12-31",
    )
    share = dict(
        zip(
            which.keys("people.needs"),
            which.dated_array(
                "people.inflow_needs_share", which.keys("people.groups"), which.keys("people.needs")
            )[0, 0],
            strict=True,
        )
    )
    theory = 600 / 12 * (share["near"] / 0.5 + (share["middle"] + share["compound"]) / 0.2)
    stocks = [mean_inside(h, 48.0, enrolled(h.stays)) for h in many(which, RUNS)]
    assert within_standard_errors(stocks, theory)


def test_wait_for_a_slot_is_erlangs() -> None:
    """M/M/c with slots as servers: mean wait by Erlang's C formula, nobody leaving the queue."""
    slots, arrivals, hazard = 20, 8.5, 0.5
    which = one_office(
        *PLAIN,
        *ONE_SEGMENT,
        "exits.waiting_pace_mode=fixed",
        "exits.waiting_pace=0",
        "exits.hazard[*]=0.5",
        "intake.assessment_months=0",
        "intake.headroom=1",
        "levers.caseload_norm=20",
        "staff.posts[*,*]=0",
        "staff.posts[innerstaden,coach]=0.5",
        "staff.posts[innerstaden,study_adviser]=0.5",
        f"people.inflow_per_year={12 * arrivals}",
        end="2017-12-31",
    )
    offered = arrivals / hazard
    busy = offered**slots / math.factorial(slots) * slots / (slots - offered)
    erlang_c = busy / (sum(offered**k / math.factorial(k) for k in range(slots)) + busy)
    theory = erlang_c / (slots * hazard - arrivals)
    waits = []
    for history in many(which, 60):
        stays = history.stays[(history.stays["stage"] == Stage.WAITING) & (history.stays["begin"] > 36.0)]
        waits.append(float((stays["end"] - stays["begin"]).mean()))
    assert within_standard_errors(waits, theory)


def test_referrals_are_a_poisson_process_of_the_stated_rate() -> None:
    """Thinning: counts have the rate as their mean and as their variance, and stop with the mandate."""
    which = scenario("world.mandate=observed", "people.inflow_per_year=3000", end="2011-12-31")
    rate = referral_rate(which)
    groups = np.flatnonzero(rate.any(axis=(0, 1)))  # nobody of the others is referred
    newcomer = which.keys("people.groups").index("newcomer")
    counts = []
    for run in range(60):
        people = draw_population(which, run, 5).people
        people = people[~people["initial"]]
        counts.append([(people["group"] == group).sum() for group in groups])
        assert people["referred"][people["group"] == newcomer].max() < 35.0  # December 2010
    totals = np.array(counts, dtype=float).T
    for group, of_group in zip(groups, totals, strict=True):
        theory = rate[:, :, group].sum()
        assert within_standard_errors(list(of_group), theory)
        # the variance of a variance of 60 Poisson counts: 4 SE of its chi-square
        assert abs(of_group.var(ddof=1) / theory - 1.0) < 4.0 * math.sqrt(2.0 / 59)


def test_no_shows_have_their_share() -> None:
    which = scenario()
    shares = [
        float(people["no_show"][~people["initial"]].mean())
        for people in (draw_population(which, run, 5).people for run in range(RUNS))
    ]
    assert within_standard_errors(shares, which.number("people.no_show"))


def test_competing_risks_split_exits_by_their_hazards() -> None:
    """With constant hazards the share of exits to each destination is its share of the total hazard."""
    which = scenario(*PLAIN, *STAFF_FOLLOWS, *ONE_SEGMENT, end="2012-12-31")
    destinations, needs = which.keys("people.destinations"), which.keys("people.needs")
    theory = which.array("exits.destination_share", needs, destinations)[0]
    shares = []
    for history in many(which, RUNS):
        exits = history.stays[history.stays["ended_by"] == EndedBy.EXIT]["destination"]
        shares.append(np.bincount(exits, minlength=len(destinations)) / len(exits))
    for index in range(len(destinations)):
        if theory[index] > 0.0:
            assert within_standard_errors([float(share[index]) for share in shares], float(theory[index]))
        else:
            assert all(share[index] == 0.0 for share in shares)


def test_returns_by_six_months_are_what_the_parameters_say() -> None:
    """Of closures, the share re-enrolled by six months is 30 % less those still on benefit."""
    which = scenario(*EMPTY_START, *NO_MEASURES, *STAFF_FOLLOWS)
    theory = which.number("returns.needing_benefit_at_six_months") - which.number(
        "returns.still_on_benefit_share"
    )
    shares = []
    for history in many(which, RUNS):
        outside = history.stays[(history.stays["stage"] == Stage.OUTSIDE)]
        seen = outside[outside["begin"] < history.months - 6.0]
        back = (seen["ended_by"] == EndedBy.RETURN) & (seen["end"] - seen["begin"] <= 6.0)
        shares.append(float(back.mean()))
    assert within_standard_errors(shares, theory)


def test_nobody_returns_after_the_end_of_returns() -> None:
    which = scenario(*STAFF_FOLLOWS, end="2012-12-31")
    history = many(which, 1)[0]
    back = history.stays[history.stays["ended_by"] == EndedBy.RETURN]
    assert len(back) > 1000
    assert (back["end"] - back["begin"]).max() <= which.number("returns.months_to_none")


# the ends each time, the three between them with the long tests
BETWEEN = [pytest.param(elasticity, marks=pytest.mark.long) for elasticity in (0.10, 0.15, 0.20)]


@pytest.mark.parametrize("elasticity", [0.05, *BETWEEN, 0.25])
def test_cost_of_a_caseload_is_the_closed_form(elasticity: float) -> None:
    """C(k)/C(50): in the limit without queues or returns, a spell costs D·(c/k + b) with D ~ k**e.

    Everything in a steady state: the mean stock is arrivals times the mean spell, so cost ratios are ratios
    of stock times (c/k + b). Caseworker and benefit alone, at 589,000/12 and 7,400 kr a month.
    """
    cost, benefit, reference = 589_000 / 12, 7_400.0, 50
    settings = (
        *PLAIN,
        *SAME_AGES,
        *STAFF_FOLLOWS,
        *ONE_SEGMENT,
        "intake.assessment_months=0",
        "people.inflow_per_year=600",
        "exits.hazard[near]=0.3",
        f"exits.elasticity[*,*]={elasticity}",
    )
    costs = {}
    for caseload in (30, 40, reference, 60):
        which = scenario(*settings, f"levers.caseload_norm={caseload}", end="2015-12-31")
        stock = np.array([mean_inside(h, 36.0, enrolled(h.stays)) for h in many(which, 30)])
        costs[caseload] = stock * (cost / caseload + benefit)
    for caseload in (30, 40, 60):
        theory = (caseload / reference) ** elasticity
        theory *= (cost / caseload + benefit) / (cost / reference + benefit)
        # paired runs: the ratio of means by the residual, which has theory as its zero
        residual = costs[caseload] - theory * costs[reference]
        assert within_standard_errors(list(residual), 0.0)
