"""What is decided from month to month, as arrays: staff, norms, purchases, mandate and the labour market."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.flow.world import BASES, Policy
from sim.parameters import Scenario, month_start
from sim.population import mandate_events

LINES_BY_POSTS_OR_PLACES = ("staff", "procured", "other")
"""Lines of a centre's budget that follow posts or places; all others, and what is central, are fixed."""


def build_policy(scenario: Scenario) -> Policy:
    """Return a scenario's decisions by month."""
    posts = office_posts(scenario)
    caseworkers = posts @ caseworker_roles(scenario)
    matching = posts @ clock_roles(scenario).T
    fixed, per_post = other_budget_in_places(scenario)
    leave, leave_destination = _mandate(scenario)
    return Policy(
        follows=np.array([mode == "follows" for mode in scenario.texts("levers.staffing_mode")]),
        norm=scenario.series("levers.caseload_norm"),
        posts=posts,
        by_cases=np.array([word == "by_cases" for word in scenario.texts("staff.division")]),
        at_work=1.0 - scenario.series("staff.absence_share"),
        post_mix=_over(posts, caseworkers[:, :, None]),
        matching_mix=_inverse(_over(matching, caseworkers[:, :, None])),
        cycle=_cycle(scenario),
        basis=np.array([BASES.index(word) for word in scenario.texts("levers.outsourcing_basis")]),
        outsourced_places=scenario.series("levers.outsourcing_places"),
        outsourced_share=scenario.series("levers.outsourcing_share"),
        fixed_places=fixed,
        post_places=per_post,
        municipal=scenario.dated_array("measures.municipal_places", scenario.keys("measures.catalogue")),
        available=_available(scenario),
        transfer=transfer_shares(scenario),
        leave=leave,
        leave_destination=leave_destination,
    )


def office_centre(scenario: Scenario) -> NDArray[np.int64]:
    """Return each office's centre, int64[offices]."""
    centres = scenario.keys("organisation.centres")
    return np.array([centres.index(centre) for centre in _column(scenario, "organisation.offices", "centre")])


def office_people(scenario: Scenario) -> NDArray[np.float64]:
    """Return the target group by office, float64[months, groups, age bands, offices] in people.

    Järva's split by office rests on `organisation.office_share`.
    """
    centres, offices = scenario.keys("organisation.centres"), scenario.keys("organisation.offices")
    groups, ages = scenario.keys("people.groups"), scenario.keys("people.age_bands")
    people: NDArray[np.float64] = np.einsum(
        "cg,ga,mcao->mgao",
        scenario.array("people.target_group", centres, groups),
        scenario.array("people.age_share", groups, ages),
        scenario.dated_array("organisation.office_share", centres, ages, offices),
    )
    return people


def place_weight(scenario: Scenario) -> NDArray[np.float64]:
    """Return by what a measure's places are shared out on offices, float64[months, offices, measures].

    The plan's own key: purchases follow the target groups (DET2007, "Budget/Jobbtorg"). Of a target group
    those count whom the measure is open to.
    """
    weight: NDArray[np.float64] = np.einsum("mgao,kg,ka->mok", office_people(scenario), *_open_to(scenario))
    return np.ascontiguousarray(weight)


def office_posts(scenario: Scenario) -> NDArray[np.float64]:
    """Return posts given by month, office and role.

    A centre's posts are split over its offices as its target group is; evenly if it has none.
    """
    centres, roles = scenario.keys("organisation.centres"), scenario.keys("organisation.roles")
    by_centre = scenario.dated_array("staff.posts", centres, roles)
    by_centre = by_centre * scenario.series("staff.factor")[:, None, None]
    weight, centre = office_people(scenario).sum(axis=(1, 2)), office_centre(scenario)
    whole = centre_totals(weight, centre, len(centres))
    even = 1.0 / np.bincount(centre, minlength=len(centres))[centre]
    share = np.where(whole > 0.0, weight / np.where(whole > 0.0, whole, 1.0), even)
    return np.ascontiguousarray(by_centre[:, centre, :] * share[:, :, None])


def centre_totals(
    by_office: NDArray[np.float64], centre: NDArray[np.int64], centres: int
) -> NDArray[np.float64]:
    """Return for each office the sum over its centre, float64[months, offices]."""
    sums = np.stack([by_office[:, centre == index].sum(axis=1) for index in range(centres)], axis=1)
    return np.asarray(sums[:, centre])


def vacant_share(scenario: Scenario) -> float:
    """Return the share of posts that stand vacant between one holder and the next.

    Of the filled posts a part falls vacant each month, and each stays so for as long as hiring takes: what
    leaves is what comes when vacant / filled is the turnover of that time.
    """
    empty = scenario.number("staff.turnover_per_year") / 12.0 * scenario.number("staff.hiring_months")
    return empty / (1.0 + empty)


def leader_sets(scenario: Scenario) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return which roles lead the work with whom.

    Returns
    -------
    roles : bool[sets, roles]
        The different sets of roles that there are; the first is empty.
    of : int64[groups, age bands]
        Whose set it is.

    Notes
    -----
    While the effect is none there is only the empty set, so that nobody's pace is looked up apart.
    """
    roles, groups = scenario.keys("organisation.roles"), scenario.keys("people.groups")
    ages = scenario.keys("people.age_bands")
    leads = scenario.array("staff.leading_roles", roles, groups, ages) > 0.0
    if scenario.number("staff.leader_effect") == 1.0:
        leads = np.zeros_like(leads)
    by_person = leads.reshape(len(roles), -1).T
    sets, of = np.unique(
        np.vstack([np.zeros(len(roles), dtype=np.bool_), by_person]), axis=0, return_inverse=True
    )
    return np.ascontiguousarray(sets), of.reshape(-1)[1:].reshape(len(groups), len(ages))


def transfer_shares(scenario: Scenario) -> NDArray[np.float64]:
    """Return the shares of new plans that end with an agency, cumulated, float64[months, needs, agencies]."""
    agencies, needs = scenario.keys("cooperation.agencies"), scenario.keys("people.needs")
    shares = scenario.dated_array("cooperation.transfer_share", agencies, needs)
    return np.ascontiguousarray(np.cumsum(shares, axis=1).transpose(0, 2, 1))


def agency_destinations(scenario: Scenario) -> NDArray[np.int64]:
    """Return where each agency takes people, int64[agencies]."""
    destinations = scenario.keys("people.destinations")
    return np.array(
        [destinations.index(name) for name in _column(scenario, "cooperation.agencies", "destination")],
        dtype=np.int64,
    )


def plan_posts(scenario: Scenario) -> NDArray[np.float64]:
    """Return the plan's posts, float64[centres, roles] (DET2007, "Bemanningsplan")."""
    return scenario.array(
        "plan.posts", scenario.keys("organisation.centres"), scenario.keys("organisation.roles")
    )


def caseworker_roles(scenario: Scenario) -> NDArray[np.float64]:
    """Return 1.0 for every role that is a caseworker's, float64[roles]."""
    return np.array(_column(scenario, "organisation.roles", "caseworker"), dtype=np.float64)


def clock_roles(scenario: Scenario) -> NDArray[np.float64]:
    """Return whose load sets the pace of exits to each destination, float64[destinations, roles]."""
    return scenario.array(
        "organisation.clock_roles",
        scenario.keys("people.destinations"),
        scenario.keys("organisation.roles"),
    )


def other_budget_in_places(scenario: Scenario) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what the budget's other lines would buy, so that a share of a budget becomes places.

    Returns
    -------
    fixed : float64[months]
        Lines that don't depend on posts, in places; the rents of offices that open later among them.
    per_post : float64[months, offices]
        A post more at each office, in places.

    Notes
    -----
    With the basis *budget* all lines of the budget stand beside purchases, with *staff_and_purchases*
    only staff. The flow knows no money: a ratio of prices is all that is kept.
    """
    measures, centres = scenario.keys("measures.catalogue"), scenario.keys("organisation.centres")
    price = float(place_price(scenario) @ scenario.array("measures.place_share", measures))
    by_month = price * scenario.series("measures.price_factor")
    pay = scenario.array("costs.staff_per_post", centres)[office_centre(scenario)]
    premises = scenario.number("costs.premises_per_post")
    premises *= float(scenario.text("costs.premises_mode") == "marginal")
    fixed_lines = 1e6 * sum(
        row["value"]
        for row in scenario.table("budget.plan_2008").rows()
        if row["line"] not in LINES_BY_POSTS_OR_PLACES or row["centre"] not in centres
    ) - premises * float(plan_posts(scenario).sum())
    lines = fixed_lines + opened_later(scenario) @ office_rents(scenario)
    whole = np.array([word == "budget" for word in scenario.texts("levers.outsourcing_basis")], dtype=float)
    per_post = pay[None, :] + whole[:, None] * (premises + scenario.number("costs.other_per_post"))
    by_month = np.where(by_month > 0.0, by_month, np.inf)  # what is free has no share of a budget
    return whole * lines / by_month, per_post / by_month[:, None]


def office_rents(scenario: Scenario) -> NDArray[np.float64]:
    """Return each office's rent, float64[offices] in kr a year."""
    rents = scenario.table("organisation.offices").by_key("rent_per_year")
    return np.array([rents[office] for office in scenario.keys("organisation.offices")], dtype=np.float64)


def opened_later(scenario: Scenario) -> NDArray[np.bool_]:
    """Return in which months each office is one that was not there at the start, bool[months, offices].

    An office opens with the first month in which anybody is to go there, and is paid for from then on. Where
    a centre had none at the start, all of its offices are those of its budget.
    """
    centre = office_centre(scenario)
    share = scenario.dated_array(
        "organisation.office_share",
        scenario.keys("organisation.centres"),
        scenario.keys("people.age_bands"),
        scenario.keys("organisation.offices"),
    )
    ever = np.logical_or.accumulate((share > 0.0).any(axis=(1, 2)), axis=0)
    begun = np.bincount(centre, weights=ever[0])[centre] > 0.0
    later: NDArray[np.bool_] = ever & ~ever[0] & begun
    return later


def place_price(scenario: Scenario) -> NDArray[np.float64]:
    """Return what a place kept filled costs in a year, float64[measures] in kr.

    Paid per place that is the price itself; paid per person, the price times the people a place takes.
    """
    price = measure_price(scenario)
    if scenario.text("measures.price_basis") == "person_start":
        price = price * 12.0 / scenario.array("measures.duration_months", scenario.keys("measures.catalogue"))
    return price


# --- measures ------------------------------------------------------------------------------------------


def meant_for(scenario: Scenario) -> NDArray[np.float64]:
    """Return the weights by which a measure is chosen, float64[months, needs, groups, age bands, measures].

    By needs from the date given; nothing where the measure isn't there or isn't open to the group or the age.
    """
    measures, needs = scenario.keys("measures.catalogue"), scenario.keys("people.needs")
    weight: NDArray[np.float64] = np.einsum(
        "mkh,mk,kg,ka->mhgak",
        scenario.dated_array("measures.referral_weight", measures, needs),
        _available(scenario).astype(np.float64),
        *_open_to(scenario),
    )
    return np.ascontiguousarray(weight)


def _open_to(scenario: Scenario) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how open each measure is, by group and by age: float64[measures, groups] and [.., ages]."""
    measures = scenario.keys("measures.catalogue")
    return (
        scenario.array("measures.open_to_group", measures, scenario.keys("people.groups")),
        scenario.array("measures.open_to_age", measures, scenario.keys("people.age_bands")),
    )


def parts(scenario: Scenario) -> NDArray[np.bool_]:
    """Return which measures each measure is made of beside itself, bool[measures, measures]."""
    measures = scenario.keys("measures.catalogue")
    return scenario.array("measures.combination", measures, measures) > 0.0


def combined_product(scenario: Scenario, factor: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return factors by measure, float64[measures, ...], times those of what each measure is made of.

    Measures that run side by side: their effects multiply.
    """
    beside = parts(scenario)
    return np.array([own * factor[beside[k]].prod(axis=0) for k, own in enumerate(factor)])


def own_staff_share(scenario: Scenario) -> NDArray[np.float64]:
    """Return the share of a slot that a participant keeps, float64[measures]: the largest of the parts'."""
    share = scenario.array("measures.own_staff_share", scenario.keys("measures.catalogue"))
    return np.array(
        [share[beside].max(initial=own) for own, beside in zip(share, parts(scenario), strict=True)]
    )


def measure_price(scenario: Scenario) -> NDArray[np.float64]:
    """Return the price of a year, float64[measures] in kr: its own and that of what it is made of.

    What is bought costs that times `measures.price_factor` of the month.
    """
    price = scenario.array("measures.price_per_year", scenario.keys("measures.catalogue"))
    whole: NDArray[np.float64] = price + parts(scenario) @ price
    return whole


def _over(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return part / whole; an office without caseworkers takes the city's ratio."""
    city = part.sum(axis=1, keepdims=True) / np.maximum(whole.sum(axis=1, keepdims=True), 1e-300)
    return np.where(whole > 0.0, part / np.where(whole > 0.0, whole, 1.0), city)


def _inverse(ratio: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 1 / ratio, infinite where nobody works on it."""
    return np.where(ratio > 0.0, 1.0 / np.where(ratio > 0.0, ratio, 1.0), np.inf)


def _cycle(scenario: Scenario) -> NDArray[np.float64]:
    """Return what the labour market makes of clocks that lead to self-support, float64[months, destinations].

    Vacancies to unemployed in the city against the year of the start, to the power of the elasticity.
    """
    factor = np.ones(scenario.months)
    if scenario.text("world.labour_market") == "observed":
        series = scenario.yearly_array("labour_market.series", ("vacancies_city", "open_unemployed_city"))
        tightness = series[:, 0] / series[:, 1]
        factor = (tightness / tightness[0]) ** scenario.number("exits.cycle_elasticity")
    return np.where(self_support(scenario)[None, :], factor[:, None], 1.0)


def self_support(scenario: Scenario) -> NDArray[np.bool_]:
    """Return which destinations are self-support, bool[destinations]."""
    return np.array(_column(scenario, "people.destinations", "self_support"), dtype=np.bool_)


def _column(scenario: Scenario, table: str, name: str) -> tuple[Any, ...]:
    """Return a column of a table that defines a domain; its rows stand in the domain's order."""
    return scenario.table(table).columns[name]


def _available(scenario: Scenario) -> NDArray[np.bool_]:
    """Return whether each measure exists, bool[months, measures]."""
    days = [month_start(m, scenario.start) for m in range(scenario.months)]
    begins, ends = (_column(scenario, "measures.catalogue", name) for name in ("from", "until"))
    return np.array(
        [
            [begin <= day and (end is None or day < end) for begin, end in zip(begins, ends, strict=True)]
            for day in days
        ]
    )


def _mandate(scenario: Scenario) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the month in which each group leaves (the run's length: never), and where to."""
    groups = len(scenario.keys("people.groups"))
    leave = np.full(groups, scenario.months, dtype=np.int64)
    destination = np.zeros(groups, dtype=np.int64)
    for event in mandate_events(scenario):
        leave[event.group] = event.leave_on
        destination[event.group] = event.destination
    return leave, destination
