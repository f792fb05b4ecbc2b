"""Every parameter moves a result, in a scenario that activates it; documentation moves nothing.

`MOVES` is the list of what activates each parameter: read it as an answer to "when does this matter?". A
parameter without a row fails, and so does a row without a parameter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.economy import budget, costs, financing, staffing_rule
from sim.flow import simulate
from sim.outcomes import Cube, tally
from sim.parameters import Scenario
from tests.model.city import (
    JOBS_FROM_THE_START,
    cube,
    library,
    renamed,
    scenario,
    setting,
    twins,
    written,
)

LIBRARY = library()
QUEUE = "staff.factor=0.8"
INTO_2009 = "2009-03-31"


@dataclass(frozen=True)
class Move:
    """A change of one parameter, and where it is seen.

    Attributes
    ----------
    change : tuple of str
        Settings that change this parameter alone.
    given : tuple of str
        Settings that activate it, in both worlds.
    end : str
        Last day of the run.
    seen : callable
        What is looked at: every measure of a run unless the parameter is only read elsewhere.
    """

    change: tuple[str, ...]
    given: tuple[str, ...]
    end: str
    seen: Callable[[Scenario], object]


def to(
    *change: str,
    given: str | tuple[str, ...] = (),
    end: str = "2008-06-30",
    seen: Callable[[Scenario], object] = cube,
) -> Move:
    """Return a move; `given` may be one setting."""
    return Move(change, (given,) if isinstance(given, str) else given, end, seen)


def whole(tables: dict[str, list[dict[str, object]]]) -> Move:
    """Return the move that sets some tables whole."""
    return to(*(f"{key}={written(table)}" for key, table in tables.items()))


def budget_of_a_year(which: Scenario) -> object:
    history = simulate(which, 0, 2008)
    counted = tally(which, history)
    return budget(which, counted.plus(costs(which, history, counted)))


NEWCOMERS_LEAVE = (
    "mandate.events=[{group: newcomer, inflow_stops: 2008-02-01, leave_on: 2008-05-01, "
    "destination: other_authority}]"
)
SUMMER = ("seasonal.applicants[summer_job]=15900", "seasonal.places[summer_job]=6900")
JULY = "2008-07-31"
LEAVERS = "people.added_inflow_per_year[jarva,early_leaver]=100"
POSTS_CUT = "staff.factor={2008-01-01: 1, 2008-04-01: 0.7}"
POSTS_ADDED = "staff.factor={2008-01-01: 1, 2008-04-01: 1.3}"
TAKEN_OVER = (
    "cooperation.transfer_share[insurance_agency,compound]=0.2",
    "cooperation.transfer_months[insurance_agency]=1",
)
OBSERVED = "world.labour_market=observed"
MARGINAL = ("costs.premises_mode=marginal", "staff.factor=0.9")

MOVES = {
    # the centres
    "organisation.centres": whole(
        twins(
            LIBRARY,
            {
                "organisation.centres": ("innerstaden", "norrort"),
                "organisation.offices": ("innerstaden", "norrort"),
            },
        )
    ),
    "organisation.offices": whole(twins(LIBRARY, {"organisation.offices": ("kista", "akalla")})),
    "organisation.office_share": to(
        "organisation.office_share[jarva,30-49,kista]=0.5", "organisation.office_share[jarva,30-49,lunda]=0.5"
    ),
    "organisation.roles": to(setting("organisation.roles", team_leader={"caseworker": True})),
    "organisation.clock_roles": to("organisation.clock_roles[work,study_adviser]=1"),
    # staff and purchases
    "staff.posts": to("staff.posts[jarva,coach]=20"),
    "staff.factor": to("staff.factor=0.9"),
    "staff.hiring_months": to("staff.hiring_months=2", given=POSTS_ADDED),
    "staff.turnover_per_year": to("staff.turnover_per_year=0.2", given="staff.hiring_months=2"),
    "staff.filled_at_start": to("staff.filled_at_start=0.9", given="staff.hiring_months=2"),
    "staff.absence_share": to("staff.absence_share=0.05"),
    "staff.division": to("staff.division=by_cases", given=QUEUE),
    "staff.leading_roles": to(
        "staff.leading_roles[team_leader,sfi,30-49]=1", given="staff.leader_effect=1.1"
    ),
    "staff.leader_effect": to("staff.leader_effect=1.1"),
    "staff.cases_on_cut": to("staff.cases_on_cut=release", given=POSTS_CUT),
    "levers.staffing_mode": to("levers.staffing_mode=follows"),
    "levers.caseload_norm": to("levers.caseload_norm=40"),
    "levers.outsourcing_basis": to("levers.outsourcing_basis=people"),
    "levers.outsourcing_places": to("levers.outsourcing_places=1000"),
    "levers.outsourcing_share": to("levers.outsourcing_share=0.4", given="levers.outsourcing_basis=people"),
    "levers.outsourcing_share (of the budget)": to(
        "levers.outsourcing_share=0.4", given="levers.outsourcing_basis=budget"
    ),
    "levers.outsourcing_share (of staff and purchases)": to(
        "levers.outsourcing_share=0.4", given="levers.outsourcing_basis=staff_and_purchases"
    ),
    # the people
    # a group's key names the random streams of its people: under another name they are other people
    "people.groups": whole(renamed(LIBRARY, "people.groups", "sfi", "language_learner")),
    # in these, the order says which part of 0 to 1 stands for whom
    "people.age_bands": to(setting("people.age_bands", **{"16-24": {"order": 4}})),
    "people.needs": to(setting("people.needs", near={"order": 4})),
    "people.destinations": to(setting("people.destinations", other={"self_support": True}), end="2008-12-31"),
    "people.target_group": to("people.target_group[innerstaden,unemployed]=700"),
    "people.initial_enrolled_share": to("people.initial_enrolled_share=0.9"),
    "people.initial_needs_share": to(
        "people.initial_needs_share[*,near]=0.35", "people.initial_needs_share[*,middle]=0.55"
    ),
    "people.inflow_needs_share": to(
        "people.inflow_needs_share[*,near]=0.5", "people.inflow_needs_share[*,middle]=0.42"
    ),
    "people.age_share": to(
        "people.age_share[unemployed,16-24]=0.24", "people.age_share[unemployed,25-29]=0.1"
    ),
    "people.initial_elapsed_months": to("people.initial_elapsed_months[near]=12"),
    "people.inflow_per_year": to("people.inflow_per_year=6000"),
    "people.added_inflow_per_year": to("people.added_inflow_per_year[jarva,early_leaver]=100"),
    "people.added_ceiling_per_year": to("people.added_ceiling_per_year=1500", given=LEAVERS),
    "people.referral_ceiling_per_year": to("people.referral_ceiling_per_year=50000"),
    "people.no_show": to("people.no_show=0.25"),
    # from referral to a slot
    "intake.priority": to("intake.priority[*,30-49]=2", given=QUEUE),
    "intake.assessment_months": to("intake.assessment_months=1"),
    "intake.approval_months": to("intake.approval_months=0.5"),
    "intake.headroom": to("intake.headroom=1.3", given=QUEUE),
    # exits and returns
    "exits.hazard": to("exits.hazard[near]=0.15"),
    "exits.destination_share": to(
        "exits.destination_share[near,work]=0.62", "exits.destination_share[near,studies]=0.24"
    ),
    "exits.age_factor": to("exits.age_factor[16-24]=1.4"),
    "exits.elasticity": to("exits.elasticity[work,near]=0.2"),
    "exits.reference_caseload": to("exits.reference_caseload=55"),
    "exits.duration_shape": to("exits.duration_shape=0.8"),
    "exits.load_basis": to("exits.load_basis=month_before"),
    "exits.load_floor": to(
        "exits.load_floor=30", given=("levers.staffing_mode=follows", "levers.caseload_norm=20")
    ),
    "exits.load_ceiling": to(
        "exits.load_ceiling=150", given=("levers.staffing_mode=follows", "levers.caseload_norm=250")
    ),
    "exits.waiting_pace_mode": to("exits.waiting_pace_mode=fixed"),
    "exits.waiting_load": to("exits.waiting_load=200"),
    "exits.waiting_pace": to("exits.waiting_pace=0.8", given="exits.waiting_pace_mode=fixed"),
    "exits.cycle_elasticity": to("exits.cycle_elasticity=0.4", given=OBSERVED, end=INTO_2009),
    "returns.needing_benefit_at_six_months": to("returns.needing_benefit_at_six_months=0.36"),
    "returns.still_on_benefit_share": to("returns.still_on_benefit_share=0.05"),
    "returns.months_to_none": to("returns.months_to_none=12"),
    "returns.destination_factor": to("returns.destination_factor[work]=1.2"),
    # the state's agencies
    "cooperation.agencies": to(
        setting("cooperation.agencies", insurance_agency={"destination": "other"}), given=TAKEN_OVER
    ),
    "cooperation.transfer_share": to(
        "cooperation.transfer_share[insurance_agency,near]=0.01", given=TAKEN_OVER
    ),
    "cooperation.transfer_months": to("cooperation.transfer_months[insurance_agency]=2", given=TAKEN_OVER),
    # measures
    "measures.catalogue": to(
        setting("measures.catalogue", vocational_course={"end_destination": "work"}),
        given="measures.end_exit_share[vocational_course]=0.1",
    ),
    "measures.duration_months": to("measures.duration_months[procured_coaching]=5"),
    "measures.own_staff_share": to("measures.own_staff_share[procured_coaching]=1"),
    "measures.referral_weight": to(
        "measures.referral_weight[procured_coaching,near]=0.6",
        "measures.referral_weight[vocational_course,near]=0.38",
    ),
    "measures.open_to_group": to("measures.open_to_group[procured_coaching,unemployed]=0.5"),
    "measures.open_to_age": to("measures.open_to_age[procured_coaching,30-49]=0"),
    "measures.combination": to("measures.combination[procured_coaching,vocational_course]=1"),
    "measures.place_share": to(
        "measures.place_share[procured_coaching]=0.5", "measures.place_share[vocational_course]=0.5"
    ),
    "measures.municipal_places": to(JOBS_FROM_THE_START),
    "measures.during_factor": to("measures.during_factor[procured_coaching,work]=0.8"),
    "measures.effect": to("measures.effect[procured_coaching]=1.1"),
    "measures.effect_needs": to("measures.effect_needs[near]=1.1"),
    "measures.effect_age": to("measures.effect_age[30-49]=1.1"),
    "measures.effect_group": to("measures.effect_group[unemployed]=1.1"),
    "measures.fade_months": to("measures.fade_months=6"),
    "measures.ready_months": to("measures.ready_months=2"),
    "measures.handover_months": to("measures.handover_months[near]=0.5"),
    "measures.end_exit_share": to("measures.end_exit_share[procured_coaching]=0.1"),
    "measures.price_factor": to("measures.price_factor={2008-01-01: 1, 2008-02-01: 1.1}"),
    "measures.price_per_year": to("measures.price_per_year[procured_coaching]=40000"),
    "measures.price_basis": to("measures.price_basis=person_start"),
    # seasonal jobs, on which the papers have figures for 2015
    "seasonal.activities": to(setting("seasonal.activities", summer_job={"month": 6}), given=SUMMER),
    "seasonal.applicants": to("seasonal.applicants[summer_job]=3000", given=SUMMER[1], end=JULY),
    "seasonal.places": to("seasonal.places[summer_job]=4000", given=SUMMER[0], end=JULY),
    "seasonal.offered_share": to("seasonal.offered_share=0.9", given=SUMMER, end=JULY),
    "seasonal.price": to("seasonal.price[summer_job]=8000", given=SUMMER, end=JULY),
    "seasonal.applicants_per_post": to("seasonal.applicants_per_post=1000", given=SUMMER),
    # the world
    "world.labour_market": to(OBSERVED, end=INTO_2009),
    "world.mandate": to("world.mandate=observed", given=NEWCOMERS_LEAVE),
    "mandate.events": to(NEWCOMERS_LEAVE, given="world.mandate=observed"),
    "labour_market.series (vacancies)": to(
        "labour_market.series[vacancies_city,2009]=9000", given=OBSERVED, end=INTO_2009
    ),
    "labour_market.series (unemployed)": to(
        "labour_market.series[open_unemployed_city,2009]=15000", given=OBSERVED, end=INTO_2009
    ),
    "labour_market.series (prices)": to("labour_market.series[cpi,2009]=310", end=INTO_2009),
    "period.start": to("period.start=2008-02-01"),
    "period.end": to("period.end=2008-05-31"),
    # money
    "costs.benefit_month": to("costs.benefit_month=7500"),
    "costs.adult_share": to("costs.adult_share=0.88"),
    "costs.months_with_benefit": to("costs.months_with_benefit[unemployed]=0.8"),
    "costs.benefit_group_rate": to("costs.benefit_group_rate[newcomer]=1.1"),
    "costs.state_refund": to("costs.state_refund[newcomer]=0.5"),
    "costs.benefit_after_exit": to("costs.benefit_after_exit[work]=0.1"),
    "costs.after_exit_months": to("costs.after_exit_months=3"),
    "costs.state_benefit_after_exit": to("costs.state_benefit_after_exit[studies]=0.7"),
    "costs.state_benefit_months": to("costs.state_benefit_months[studies]=3"),
    "costs.state_job_subsidy": to("costs.state_job_subsidy=60000", given=JOBS_FROM_THE_START),
    "costs.displacement": to("costs.displacement[work]=0.2"),
    "financing.assistance_share": to("financing.assistance_share=0.1", seen=financing),
    "financing.assistance_cost": to("financing.assistance_cost=1100", seen=financing),
    "costs.staff_per_post": to("costs.staff_per_post[jarva]=465000"),
    "costs.premises_mode": to("costs.premises_mode=marginal", given="staff.factor=0.9"),
    "costs.premises_per_post": to("costs.premises_per_post=70000", given=MARGINAL),
    "costs.other_per_post": to("costs.other_per_post=25000"),
    "costs.discount_rate": to("costs.discount_rate=0.05"),
    "costs.pay_growth": to("costs.pay_growth=0.031", end=INTO_2009),
    # the City's plan: some of it is only read by the staffing rule and the budget's table
    "plan.people": to("plan.people=8000"),
    "plan.procured_people": to("plan.procured_people=1500"),
    "plan.own_staff_share": to("plan.own_staff_share=0.6"),
    "plan.posts": to("plan.posts[jarva,coach]=20"),
    "plan.caseload": to("plan.caseload=55", seen=staffing_rule),
    "plan.posts_at_most": to("plan.posts_at_most=150", seen=staffing_rule),
    "budget.plan_2008 (premises)": to("budget.plan_2008[premises,jarva]=2.5"),
    "budget.plan_2008 (staff)": to(
        "budget.plan_2008[staff,jarva]=23", end="2008-12-31", seen=budget_of_a_year
    ),
}

READ = {key for key, passport in LIBRARY.passports.items() if passport.role != "context"}
DOCUMENTATION = (
    setting("organisation.catchment", bromma={"centre": "jarva"}),
    "organisation.managers[*]=2",
    "organisation.central_posts=5",
    "plan.own_staff_people=6000",
    "plan.caseworkers_at_least=100",
    "plan.caseworkers_at_most=200",
    "plan.former_caseload_at_least=10",
    "plan.former_caseload_at_most=90",
    "budget.printed_sums[procured,all]=83.3",
    "observed.outcomes[aspirants,2008,aspirants_year,compared]=10000",
)


def parameter(row: str) -> str:
    """Return the parameter of a row: a table may have several, told apart in brackets."""
    return row.partition(" (")[0]


def test_every_parameter_has_a_row() -> None:
    lacking = READ - {parameter(row) for row in MOVES}
    assert not lacking, (
        f"Nothing says when {', '.join(sorted(lacking))} moves a result: add a row to MOVES, or give it the "
        "role context if it is documentation."
    )


def test_every_row_has_a_parameter() -> None:
    left_over = {parameter(row) for row in MOVES} - READ
    assert not left_over, f"No parameter that a run reads is called {', '.join(sorted(left_over))}."


@pytest.mark.parametrize("row", MOVES)
def test_it_moves_a_result(row: str) -> None:
    move = MOVES[row]
    before, after = seen(move.given, move), seen((*move.given, *move.change), move)
    assert differ(before, after), f"{row} moves nothing: {' '.join(move.change)[:200]}"


@pytest.mark.parametrize("row", MOVES)
def test_a_row_changes_its_parameter_and_no_other(row: str) -> None:
    """A key added or renamed is in every table that knows it; any other row changes one parameter alone."""
    move = MOVES[row]
    settings = (world(move.given, move.end), world((*move.given, *move.change), move.end))
    before, after = (which.canonical()["values"] for which in settings)
    changed = {key for key in LIBRARY.passports if before.get(key) != after.get(key)}
    assert parameter(row) in changed
    assert changed == {key_of(line) for line in move.change}


def test_documentation_moves_nothing() -> None:
    assert {key_of(line) for line in DOCUMENTATION} == LIBRARY.passports.keys() - READ
    documented = world(DOCUMENTATION, "2008-06-30")
    assert documented.digest != world((), "2008-06-30").digest
    before, after = cube(world((), "2008-06-30")), cube(documented)
    assert np.array_equal(before.values, after.values, equal_nan=True)


def key_of(line: str) -> str:
    """Return the key that a setting sets, wholly or in some rows."""
    return line.partition("=")[0].partition("[")[0]


@cache
def world(settings: tuple[str, ...], end: str) -> Scenario:
    return scenario(*settings, end=end)


@cache
def _seen(settings: tuple[str, ...], end: str, look: Callable[[Scenario], object]) -> object:
    return look(world(settings, end))


def seen(settings: tuple[str, ...], move: Move) -> object:
    """Return what a move looks at; worlds that several moves start from are run once."""
    return _seen(settings, move.end, move.seen)


def differ(before: object, after: object) -> bool:
    """Say whether two results differ; of cubes, by more than rounding in any cell that both have."""
    if not (isinstance(before, Cube) and isinstance(after, Cube)):
        return before != after
    return not np.allclose(shared(before, after), shared(after, before), rtol=1e-9, atol=0.0, equal_nan=True)


def shared(one: Cube, other: Cube) -> NDArray[np.float64]:
    """Return one cube's cells of the keys that both have, in an order that both have."""
    keys = [sorted(set(mine) & set(theirs)) for mine, theirs in zip(axes(one), axes(other), strict=True)]
    places = [[mine.index(key) for key in some] for mine, some in zip(axes(one), keys, strict=True)]
    return one.values[np.ix_(*places)]


def axes(of: Cube) -> tuple[list[str], ...]:
    return [m.key for m in of.measures], [p.key for p in of.periods], list(of.centres), list(of.segments)
