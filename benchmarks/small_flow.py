"""A small flow in the product's own parameters, so that the product and the plain model run the same."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.plain_simpy import CAUSES, NEEDS, SmallFlow
from sim.parameters import Library, Scenario

LEAST_PEOPLE = 1000
STILL_ON_BENEFIT = 0.1
PLAN_COACHES, PLAN_CASES, REFERENCE = 59, 6500, 50
LOAD_SCALE = REFERENCE * PLAN_COACHES / PLAN_CASES
"""The product's scale of loads when every coach, and nobody else, sets the pace."""


def comparable(small: SmallFlow) -> SmallFlow:
    """The same flow with its load read on the product's scale."""
    return replace(small, load_scale=LOAD_SCALE, load_reference=REFERENCE)


def as_scenario(library: Library, small: SmallFlow) -> Scenario:
    """The product's scenario that says the same as a small flow: everybody in Innerstaden's one office.

    Parameters
    ----------
    library : Library
        The shipped parameters.
    small : SmallFlow
        Whole years long, its load on the product's scale (`comparable`).
    """
    people = max(small.initial, LEAST_PEOPLE)
    settings = [
        "people.target_group[*,*]=0",
        f"people.target_group[innerstaden,unemployed]={people}",
        "organisation.clock_roles[*,*]=0",
        *(f"organisation.clock_roles[{cause},coach]=1" for cause in CAUSES),
        "staff.posts[*,*]=0",
        f"staff.posts[innerstaden,coach]={small.caseworkers}",
        f"levers.caseload_norm={small.norm}",
        f"intake.headroom={small.headroom}",
        f"intake.assessment_months={small.assessment_months}",
        f"people.inflow_per_year={12 * small.referrals_per_month * (1 - small.no_show)}",
        f"people.no_show={small.no_show}",
        f"people.initial_enrolled_share={small.initial / people}",
        "people.initial_elapsed_months[*]=0",
        "exits.age_factor[*]=1",
        f"exits.elasticity[*,*]={small.elasticity}",
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
    settings.append(f"period.end={2008 + year - 1}-12-31")
    return library.resolve("plan-2008", settings).scenario
