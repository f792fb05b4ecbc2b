"""A scenario in round numbers for the small city of `tests.outcomes.build`."""

from __future__ import annotations

from datetime import date

from sim.parameters import Scenario
from sim.parameters.scenario import Steps, Table
from tests.outcomes.build import CENTRES, DESTINATIONS, GROUPS, MEASURES, NEEDS, OFFICES, ROLES


def table(index: tuple[str, ...], rows: list[tuple], *more: str) -> Table:
    """A table of `index` columns, a value (unless `more` names other columns) and the rows."""
    columns = (*index, *(more or ("value",)))
    return Table(dict(zip(columns, zip(*rows, strict=True), strict=True)), index)


def a_year_of(activity: str, value: float) -> Table:
    """A dated table with one activity's yearly number."""
    columns = {"from": (date(2008, 1, 1),), "activity": (activity,), "value": (value,)}
    return Table(columns, ("activity",), dated=True)


def taken_over(share: float, since: date = date(2008, 1, 1)) -> Table:
    """A dated table with the share of plans that the agency takes over, whatever the needs."""
    columns = {
        "from": (since,) * len(NEEDS),
        "agency": ("agency",) * len(NEEDS),
        "needs": NEEDS,
        "value": (share,) * len(NEEDS),
    }
    return Table(columns, ("agency", "needs"), dated=True)


def goes_to(*places: tuple[str, str], since: date = date(2008, 1, 1)) -> Table:
    """A dated table of which offices people of each centre go to, as many to each."""
    centres = [centre for centre, _ in places]
    columns = {
        "from": (since,) * len(places),
        "centre": tuple(centres),
        "age_band": ("all",) * len(places),
        "office": tuple(office for _, office in places),
        "value": tuple(1.0 / centres.count(centre) for centre in centres),
    }
    return Table(columns, ("centre", "age_band", "office"), missing=0.0, dated=True)


def scenario(months: int = 24, start: date = date(2008, 1, 1), **changes: object) -> Scenario:
    """Return the scenario, with values changed by key; ``__`` in a keyword stands for the dot."""
    values = {
        "organisation.centres": table(("centre",), list(enumerate_keys(CENTRES)), "order"),
        "organisation.offices": table(
            ("office",),
            [("north", "north", 600_000.0), ("hill", "south", 300_000.0), ("bay", "south", 900_000.0)],
            "centre",
            "rent_per_year",
        ),
        "organisation.office_share": goes_to(("north", "north"), ("south", "hill"), ("south", "bay")),
        "organisation.roles": table(("role",), [("coach", True), ("administrator", False)], "caseworker"),
        "people.age_bands": table(("age_band",), [("all", 1.0)], "order"),
        "people.groups": table(("group",), list(enumerate_keys(GROUPS)), "order"),
        "people.needs": table(("needs",), list(enumerate_keys(NEEDS)), "order"),
        "people.destinations": table(("destination",), [("work", True), ("other", False)], "self_support"),
        "people.target_group": table(
            ("centre", "group"),
            [
                ("north", "unemployed", 100.0),
                ("north", "newcomer", 50.0),
                ("south", "unemployed", 200.0),
                ("south", "newcomer", 50.0),
            ],
        ),
        "measures.catalogue": table(
            ("measure",), [("course", True, False), ("job", False, True)], "procured", "wage"
        ),
        "measures.combination": Table(
            {"measure": (), "part": (), "value": ()}, ("measure", "part"), missing=0.0
        ),
        "measures.own_staff_share": table(("measure",), [("course", 0.5), ("job", 0.5)]),
        "measures.price_per_year": table(("measure",), [("course", 24_000.0), ("job", 120_000.0)]),
        "measures.duration_months": table(("measure",), [("course", 6.0), ("job", 9.0)]),
        "measures.price_basis": "place_year",
        "measures.price_factor": Steps((None,), (1.0,), hold=True),
        "budget.plan_2008": table(
            ("line", "centre"),
            [
                ("staff", "north", 1.2),
                ("staff", "south", 2.4),
                ("premises", "north", 0.6),
                ("premises", "south", 1.2),
                ("procured", "north", 0.1),
                ("procured", "south", 0.2),
                ("other", "south", 0.02),
                ("other", "central", 2.0),
                ("matchning", "south", 0.4),
            ],
        ),
        "plan.posts": table(
            ("centre", "role"),
            [
                ("north", "coach", 2.0),
                ("north", "administrator", 1.0),
                ("south", "coach", 4.0),
                ("south", "administrator", 1.0),
            ],
        ),
        "plan.people": 400.0,
        "plan.procured_people": 100.0,
        "plan.own_staff_share": 0.5,
        "plan.caseload": 50.0,
        "plan.posts_at_most": 8.0,
        "costs.benefit_month": 8_000.0,
        "costs.adult_share": 0.5,
        "costs.months_with_benefit": table(("group",), [("unemployed", 0.5), ("newcomer", 1.0)]),
        "costs.benefit_group_rate": table(("group",), [("unemployed", 1.0), ("newcomer", 1.25)]),
        "costs.state_refund": table(("group",), [("unemployed", 0.0), ("newcomer", 0.8)]),
        "costs.benefit_after_exit": table(("destination",), [("work", 0.1), ("other", 0.5)]),
        "costs.after_exit_months": 3.0,
        "costs.state_benefit_after_exit": table(("destination",), [("work", 0.0), ("other", 0.5)]),
        "costs.state_benefit_months": table(("destination",), [("work", 0.0), ("other", 6.0)]),
        "costs.state_job_subsidy": 36_000.0,
        "costs.displacement": table(("destination",), [("work", 0.25), ("other", 0.0)]),
        "financing.assistance_share": 0.1,
        "financing.assistance_cost": 30.0,
        "costs.staff_per_post": table(("centre",), [("north", 480_000.0), ("south", 600_000.0)]),
        "costs.premises_mode": "fixed",
        "costs.premises_per_post": 60_000.0,
        "costs.other_per_post": 12_000.0,
        "costs.discount_rate": 0.03,
        "costs.pay_growth": 0.05,
        "exits.hazard": table(("needs",), [("near", 0.1), ("far", 0.05)]),
        "exits.destination_share": table(
            ("needs", "destination"),
            [("near", "work", 0.75), ("near", "other", 0.25), ("far", "work", 0.5), ("far", "other", 0.5)],
        ),
        "exits.elasticity": table(
            ("destination", "needs"),
            [("work", "near", 0.5), ("work", "far", 0.0), ("other", "near", 0.0), ("other", "far", 1.0)],
        ),
        "exits.duration_shape": 1.0,
        "exits.reference_caseload": 50.0,
        "exits.load_floor": 20.0,
        "exits.load_ceiling": 200.0,
        "exits.waiting_pace_mode": "by_load",
        "exits.waiting_load": 200.0,
        "intake.assessment_months": 0.5,
        "intake.approval_months": 0.25,
        "staff.leader_effect": 1.0,
        "staff.leading_roles": Table(
            {"role": ("administrator",), "group": ("newcomer",), "age_band": ("all",), "value": (1.0,)},
            ("role", "group", "age_band"),
            missing=0.0,
        ),
        "cooperation.agencies": table(("agency",), [("agency", "other")], "destination"),
        "cooperation.transfer_share": taken_over(0.0),
        "cooperation.transfer_months": table(("agency",), [("agency", 4.0)]),
        "returns.needing_benefit_at_six_months": 0.3,
        "returns.still_on_benefit_share": 0.1,
        "returns.months_to_none": 24.0,
        "returns.destination_factor": table(("destination",), [("work", 1.0), ("other", 0.0)]),
        "seasonal.activities": table(("activity",), [("summer", 1.0, 7)], "order", "month"),
        "seasonal.applicants": a_year_of("summer", 40.0),
        "seasonal.places": a_year_of("summer", 30.0),
        "seasonal.offered_share": 0.5,
        "seasonal.price": table(("activity",), [("summer", 1_000.0)]),
        "seasonal.applicants_per_post": 20.0,
        "labour_market.series": Table(
            {
                "series": ("cpi", "cpi", "cpi"),
                "year": (2007, 2008, 2009),
                "value": (190.0, 200.0, 210.0),
            },
            ("series", "year"),
            hold=True,
        ),
    }
    for key, value in changes.items():
        name = key.replace("__", ".")
        assert name in values, name
        values[name] = value
    return Scenario("small", start, months, values)


def enumerate_keys(keys: tuple[str, ...]) -> list[tuple[str, float]]:
    """Return a domain's rows: key and order."""
    return [(key, float(order)) for order, key in enumerate(keys)]


assert OFFICES == ("north", "hill", "bay")
assert ROLES == ("coach", "administrator")
assert MEASURES == ("course", "job")
assert DESTINATIONS == ("work", "other")
