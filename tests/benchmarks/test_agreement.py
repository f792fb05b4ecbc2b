"""The engines against the plain model, which shares nothing with them but the words it was written from.

Both engines run one set of rules, so a wrong rule would be wrong in both. Here the same small flow is run
by the product (its own parameters, population, rules) and by `benchmarks/plain_simpy.py`; stocks, waits
and exits agree within four standard errors.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.plain_simpy import CAUSES, NEEDS, SMALL_CASES, SmallFlow, run
from sim.flow import EndedBy, History, Stage
from sim.parameters import Scenario
from tests.flow.limits import enrolled, library, many, mean_inside, one_office

RUNS = 30
PEOPLE = 1000
STILL_ON_BENEFIT = 0.1
PLAN_COACHES, PLAN_CASES, REFERENCE = 59, 6500, 50
LOAD_SCALE = REFERENCE * PLAN_COACHES / PLAN_CASES
"""The product's scale of loads when every coach, and nobody else, sets the pace."""


def as_scenario(small: SmallFlow) -> Scenario:
    """The product's scenario that says the same as a small flow."""
    elasticity = small.elasticity
    settings = [
        "organisation.clock_roles[*,*]=0",
        *(f"organisation.clock_roles[{cause},coach]=1" for cause in CAUSES),
        "staff.posts[*,*]=0",
        f"staff.posts[innerstaden,coach]={small.caseworkers}",
        f"levers.caseload_norm={small.norm}",
        f"intake.headroom={small.headroom}",
        f"intake.assessment_months={small.assessment_months}",
        f"people.inflow_per_year={12 * small.referrals_per_month * (1 - small.no_show)}",
        f"people.no_show={small.no_show}",
        f"people.initial_enrolled_share={small.initial / PEOPLE}",
        "people.initial_elapsed_months[*]=0",
        "exits.age_factor[*]=1",
        f"exits.elasticity[*,*]={elasticity}",
        f"exits.load_floor={small.load_floor}",
        f"exits.load_ceiling={small.load_ceiling}",
        f"exits.reference_caseload={small.load_reference}",
        "exits.waiting_pace_mode=fixed",
        f"exits.waiting_pace={small.waiting_pace}",
        "levers.outsourcing_basis=places",
        f"levers.outsourcing_places={small.places}",
        "measures.municipal_places[*]=0",
        "measures.place_share[vocational_course]=0",
        "measures.place_share[procured_coaching]=1",
        "measures.referral_weight[*,*]=0",
        "measures.referral_weight[procured_coaching,*]=1",
        f"measures.duration_months[procured_coaching]={small.provider_months}",
        f"measures.during_factor[procured_coaching,*]={small.provider_factor}",
        f"measures.own_staff_share[procured_coaching]={small.own_staff_share}",
        f"measures.ready_months={small.ready_months}",
        "measures.handover_months[*]=0",
        "measures.effect[*]=1",
        "measures.effect_needs[*]=1",
        "measures.effect_age[*]=1",
        "measures.effect_group[*]=1",
        f"returns.needing_benefit_at_six_months={STILL_ON_BENEFIT + small.returned_by_six}",
        f"returns.still_on_benefit_share={STILL_ON_BENEFIT}",
        f"returns.months_to_none={small.return_horizon_months}",
        "returns.destination_factor[*]=1",
    ]
    for needs in NEEDS:
        total = sum(small.hazards[needs].values())
        settings += [
            f"people.inflow_needs_share[*,{needs}]={small.needs_share[needs]}",
            f"people.initial_needs_share[*,{needs}]={small.needs_share[needs]}",
            f"exits.hazard[{needs}]={total}",
            f"exits.destination_share[{needs},*]=0",
        ]
        settings += [
            f"exits.destination_share[{needs},{cause}]={small.hazards[needs][cause] / total}"
            for cause in CAUSES
        ]
    year, month = divmod(int(small.months), 12)
    assert month == 0
    return one_office(*settings, end=f"{2008 + year - 1}-12-31")


def measured(small: SmallFlow, history: History) -> dict[str, float]:
    """What the plain model measures, from the product's history."""
    stays, first, window = history.stays, small.warm_up, small.months - small.warm_up
    inside = enrolled(stays)
    served = np.isin(stays["stage"], (Stage.ASSESSMENT, Stage.COACHING))
    at_provider = stays["stage"] == Stage.MEASURE
    waiting = stays["stage"] == Stage.WAITING
    begun = waiting & (stays["begin"] >= first)
    ended = stays["end"] >= first
    found = {
        "mean_enrolled": mean_inside(history, first, inside),
        "mean_waiting": mean_inside(history, first, waiting),
        "mean_in_provider": mean_inside(history, first, at_provider),
        "mean_slots_held": mean_inside(history, first, served)
        + small.own_staff_share * mean_inside(history, first, at_provider),
        "mean_wait_months": float((stays["end"] - stays["begin"])[begun].mean()),
        "returns_per_month": float((ended & (stays["ended_by"] == EndedBy.RETURN)).sum()) / window,
        "no_shows_per_month": float((ended & (stays["ended_by"] == EndedBy.NO_SHOW)).sum()) / window,
        "enrolments_per_month": float((ended & (stays["ended_by"] == EndedBy.ENROLLED)).sum()) / window,
    }
    for index, destination in enumerate(history.destinations):
        if destination in CAUSES:
            exits = ended & (stays["ended_by"] == EndedBy.EXIT) & (stays["destination"] == index)
            found[f"exits_{destination}_per_month"] = float(exits.sum()) / window
    return found


# the case with everything in it each time; the two that it contains with the long tests
CASES = [
    pytest.param(case, marks=() if case == "queue_provider_returns" else pytest.mark.long)
    for case in SMALL_CASES
]


@pytest.mark.parametrize("case", CASES)
def test_engine_agrees_with_the_plain_model(case: str) -> None:
    small = replace(SMALL_CASES[case], load_scale=LOAD_SCALE, load_reference=REFERENCE)
    plan = library().resolve("plan-2008").scenario.table("plan.posts").cells()
    assert sum(posts for (_, role), posts in plan.items() if role == "coach") == PLAN_COACHES
    ours = [measured(small, history) for history in many(as_scenario(small), RUNS)]
    plain = [run(small, np.random.default_rng(number)) for number in range(RUNS)]
    misses = {}
    for key in ours[0]:
        one, other = np.array([r[key] for r in ours]), np.array([r[key] for r in plain])
        error = np.sqrt((one.var(ddof=1) + other.var(ddof=1)) / RUNS)
        if abs(one.mean() - other.mean()) > max(4.0 * error, 1e-9):
            misses[key] = (one.mean(), other.mean(), error)
    assert not misses
