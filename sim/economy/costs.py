"""Costs: what a run costs the City, by month, office and segment, in kr at the fixed prices of 2008.

Each line is one function. Lines that belong to an office as a whole (staff, premises, other) are shared
out on segments by the slots that people hold there, purchases by the months that people are at procured
measures, and the city-wide organisation by slots in the whole city; what is shared out always adds up to
the line.

The lines are those of the budget of 2008 (DET2007, "Budget 2008"). Premises are the budget's own line, not
the seven rents: the budget's figures add up to its total, the rents don't (Farsta is printed as 1,980,000
in the text, its area times its price is 1,927,200, the budget has 1.9 MSEK). Rents only divide a centre's
line between its offices.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.flow.history import History
from sim.flow.policy import measure_price, office_rents, opened_later, plan_posts
from sim.outcomes.tallies import Tallies, centre_sums, with_city_wide
from sim.parameters import Scenario

KR_PER_MSEK = 1e6
MONTHS_IN_YEAR = 12
BUDGET = "budget.plan_2008"
OFFICE_LINES = ("staff", "premises", "procured", "other")
"""Lines of the budget that belong to a centre; every other line, and what is central, is city-wide."""

PROGRAMME = ("kr_staff", "kr_premises", "kr_procured", "kr_other", "kr_city_wide")
"""The lines of the budget of 177.1 MSEK."""
BENEFIT = ("kr_benefit_enrolled", "kr_benefit_after_exit")
NET = (*BENEFIT, *PROGRAMME, "kr_own_measures")
"""What the City's purse bears."""
STATE = ("kr_state_refund", "kr_state_benefit", "kr_state_job")
"""What the state's purse bears of the same people."""
DISPLACEMENT = "kr_displacement"
"""What those cost whose jobs went to people who left the centres."""
PUBLIC = (*NET, *STATE, DISPLACEMENT)
"""What both purses bear."""


def costs(scenario: Scenario, history: History, tallies: Tallies) -> dict[str, NDArray[np.float64]]:
    """Return every line of a run's cost.

    Parameters
    ----------
    scenario : Scenario
    history : History
    tallies : Tallies
        Counted from that history.

    Returns
    -------
    dict of str to float64[M, O+1, H]
        In kr at the prices of 2008: the lines of `PUBLIC`. Of these ``kr_state_refund`` is what the state
        pays back of benefit, already taken off the City's. Beside them ``benefit_months``;
        ``kr_measure_KEY``, what each measure costs, float64[M, O+1], together ``kr_procured`` and
        ``kr_own_measures``; and ``places_procured``, float64[M, O+1].
    """
    slots, stock = tallies.amounts["slot_months"], tallies.amounts["months_enrolled"]
    procured = procured_flags(scenario, history.measures)
    posts = history.posts.sum(axis=2)
    own = 1.0 - _state_refund(scenario, tallies)
    return {
        "kr_benefit_enrolled": benefit_enrolled(scenario, tallies, own),
        "kr_benefit_after_exit": benefit_after_exit(scenario, tallies, own),
        "kr_state_refund": benefit_enrolled(scenario, tallies, 1.0 - own)
        + benefit_after_exit(scenario, tallies, 1.0 - own),
        "benefit_months": benefit_months(scenario, tallies),
        "kr_staff": share_out(with_city_wide(staff(scenario, history, posts)), slots, stock),
        "kr_premises": share_out(with_city_wide(premises(scenario, history, posts)), slots, stock),
        "kr_other": share_out(with_city_wide(other(scenario, posts)), slots, stock),
        "kr_procured": purchases(scenario, history, tallies),
        "kr_own_measures": own_measures(scenario, tallies),
        "kr_city_wide": city_wide(scenario, tallies),
        "kr_state_benefit": state_benefit(scenario, tallies),
        "kr_state_job": state_jobs(scenario, tallies),
        DISPLACEMENT: displacement(scenario, tallies),
        "places_procured": with_city_wide(history.places[:, :, procured].sum(axis=2)),
        **{
            f"kr_measure_{key}": kr
            for key, kr in zip(history.measures, by_measure(scenario, history, tallies), strict=True)
        },
    }


def procured_flags(scenario: Scenario, measures: tuple[str, ...]) -> NDArray[np.bool_]:
    """Return whether each measure is bought from a provider, bool[measures]."""
    return _flags(scenario, "procured", measures)


def wage_flags(scenario: Scenario, measures: tuple[str, ...]) -> NDArray[np.bool_]:
    """Return whether each measure pays a wage, which stands instead of benefit, bool[measures]."""
    return _flags(scenario, "wage", measures)


def _flags(scenario: Scenario, column: str, measures: tuple[str, ...]) -> NDArray[np.bool_]:
    said = scenario.table("measures.catalogue").by_key(column)
    return np.array([said[key] for key in measures], dtype=np.bool_)


# --- benefit -------------------------------------------------------------------------------------------


def benefit_rate(scenario: Scenario, groups: tuple[str, ...]) -> NDArray[np.float64]:
    """Return benefit for a month enrolled, before any refund by the state: float64[groups], kr.

    An adult's part of a household-month, the share of months with benefit, and the group's own rate.
    """
    household = mean_benefit(scenario)
    months = scenario.array("costs.months_with_benefit", groups)
    return household * months * scenario.array("costs.benefit_group_rate", groups)


def benefit_enrolled(
    scenario: Scenario, tallies: Tallies, purse_share: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return benefit to the enrolled, float64[M, O+1, H].

    Nobody has any in a measure that pays a wage, such as a temporary municipal job.

    Parameters
    ----------
    scenario : Scenario
    tallies : Tallies
    purse_share : float64[groups]
        The part of benefit that the purse asked about bears.
    """
    kr: NDArray[np.float64] = _on_benefit(scenario, tallies) @ (
        benefit_rate(scenario, tallies.groups) * purse_share
    )
    return kr


def benefit_after_exit(
    scenario: Scenario, tallies: Tallies, purse_share: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return benefit to those outside, in the first months after their exit: float64[M, O+1, H].

    Each destination has its own share of the benefit while enrolled.
    """
    kr: NDArray[np.float64] = _still_on_benefit(scenario, tallies) @ (
        benefit_rate(scenario, tallies.groups) * purse_share
    )
    return kr


def benefit_months(scenario: Scenario, tallies: Tallies) -> NDArray[np.float64]:
    """Return person-months with benefit, whoever pays it: float64[M, O+1, H].

    Of a group's months a part is without benefit; time after an exit counts by what the destination leaves.
    """
    months = _on_benefit(scenario, tallies) + _still_on_benefit(scenario, tallies)
    with_benefit: NDArray[np.float64] = months @ scenario.array("costs.months_with_benefit", tallies.groups)
    return with_benefit


def _on_benefit(scenario: Scenario, tallies: Tallies) -> NDArray[np.float64]:
    """Return months enrolled without a job's wage, float64[M, O+1, H, G]."""
    employed = tallies.measure_months[wage_flags(scenario, tallies.measures)].sum(axis=0)
    months: NDArray[np.float64] = tallies.enrolled_months - employed
    return months


def _still_on_benefit(scenario: Scenario, tallies: Tallies) -> NDArray[np.float64]:
    """Return months after exits in whole months of benefit, float64[M, O+1, H, G]."""
    share = scenario.array("costs.benefit_after_exit", tallies.destinations)
    return np.tensordot(share, tallies.after_exit_months, axes=1)


def _state_refund(scenario: Scenario, tallies: Tallies) -> NDArray[np.float64]:
    return scenario.array("costs.state_refund", tallies.groups)


# --- the state's purse, and whose jobs were taken ------------------------------------------------------


def state_benefit(scenario: Scenario, tallies: Tallies) -> NDArray[np.float64]:
    """Return what the state pays those outside to live on, float64[M, O+1, H].

    A share of the full benefit by destination, for as long as each destination's own window: study support,
    pensions, sickness and unemployment insurance. It makes studies and other exits a transfer between
    purses.
    """
    share = scenario.array("costs.state_benefit_after_exit", tallies.destinations)
    outside = np.tensordot(share, tallies.transfer_months, axes=1)
    kr: NDArray[np.float64] = outside @ benefit_rate(scenario, tallies.groups)
    return kr


def state_jobs(scenario: Scenario, tallies: Tallies) -> NDArray[np.float64]:
    """Return the state's subsidy of jobs in the City, float64[M, O+1, H]: months worked at a rate."""
    employed = wage_flags(scenario, tallies.measures)
    worked: NDArray[np.float64] = tallies.measure_months[employed].sum(axis=(0, -1))
    return worked * (scenario.number("costs.state_job_subsidy") / MONTHS_IN_YEAR)


def displacement(scenario: Scenario, tallies: Tallies) -> NDArray[np.float64]:
    """Return what those cost whose jobs went to people who left, float64[M, O+1, H].

    A share of a mean benefit for each month outside after exits to work. It is charged for all such months,
    so only its difference between two scenarios has a meaning: the months that one of them added.
    """
    share = scenario.array("costs.displacement", tallies.destinations)
    months = np.stack([tallies.amounts[f"months_outside_{key}"] for key in tallies.destinations])
    kr: NDArray[np.float64] = np.tensordot(share, months, axes=1) * mean_benefit(scenario)
    return kr


def mean_benefit(scenario: Scenario) -> float:
    """Return an adult's part of a household-month, in kr: what a month on benefit costs, whoever bears it."""
    return scenario.number("costs.benefit_month") * scenario.number("costs.adult_share")


# --- an office's own lines -----------------------------------------------------------------------------


def staff(scenario: Scenario, history: History, posts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return staff, float64[M, O]: posts at the centre's cost a post and year."""
    per_post = scenario.array("costs.staff_per_post", history.centres)[history.office_centre]
    return posts * per_post / MONTHS_IN_YEAR


def premises(scenario: Scenario, history: History, posts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return premises, float64[M, O]: the budget's line, and with marginal premises a part for each post.

    Marginal means ``premises_per_post`` for every post above the plan's at the centre, and as much less
    for every post below. An office that opens later adds its own rent from that month on: the budget had none
    for it.
    """
    by_centre = np.tile(budget_line(scenario, "premises", history.centres), (history.months, 1))
    if scenario.text("costs.premises_mode") == "marginal":
        present = centre_sums(posts, history.office_centre, len(history.centres))
        extra = present - plan_posts(scenario).sum(axis=1)
        by_centre = by_centre + scenario.number("costs.premises_per_post") * extra
    rent = office_rents(scenario)
    added = opened_later(scenario)
    old = rent * ~added.any(axis=0)
    share = old / np.bincount(history.office_centre, weights=old)[history.office_centre]
    return (by_centre[:, history.office_centre] * share + added * rent) / MONTHS_IN_YEAR


def other(scenario: Scenario, posts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return other local costs, float64[M, O]: the budget's flat sum a post and year (DET2007: 20,000)."""
    return posts * scenario.number("costs.other_per_post") / MONTHS_IN_YEAR


# --- measures ------------------------------------------------------------------------------------------


def purchases(scenario: Scenario, history: History, tallies: Tallies) -> NDArray[np.float64]:
    """Return procured services, float64[M, O+1, H].

    The price is per place and year, and the City pays for the places it has bought, filled or not. In the
    structural alternative ``person_start`` the same price buys a person: each who starts costs it, however
    soon they leave, and an empty place costs nothing. Of those at a measure when the run begins the City
    pays the part of the price that falls on the months they have left.
    """
    procured = procured_flags(scenario, history.measures)
    price, factor = measure_price(scenario)[procured], scenario.series("measures.price_factor")
    if scenario.text("measures.price_basis") == "person_start":
        planned = scenario.array("measures.duration_months", history.measures)[procured]
        starts = np.stack([tallies.amounts[f"starts_{key}"] for key in history.measures])[procured]
        opening = tallies.opening_months[procured]
        paid = np.tensordot(price, starts, axes=1) + np.tensordot(price / planned, opening, axes=1)
        by_month: NDArray[np.float64] = paid * factor[:, None, None]
        return by_month
    bought = with_city_wide(history.places[:, :, procured] @ price * factor[:, None] / MONTHS_IN_YEAR)
    attended = tallies.measure_months[procured].sum(axis=(0, -1))
    return share_out(bought, attended, tallies.amounts["months_enrolled"])


def by_measure(scenario: Scenario, history: History, tallies: Tallies) -> NDArray[np.float64]:
    """Return what each measure costs, float64[measures, M, O+1]: bought or run by the City itself."""
    procured = procured_flags(scenario, history.measures)[:, None, None]
    price = measure_price(scenario)[:, None, None]
    worked = tallies.measure_months.sum(axis=(-2, -1))
    if scenario.text("measures.price_basis") == "person_start":
        planned = scenario.array("measures.duration_months", history.measures)[:, None, None]
        starts = np.stack([tallies.amounts[f"starts_{key}"].sum(axis=-1) for key in history.measures])
        bought = price * starts + price / planned * tallies.opening_months.sum(axis=-1)
    else:
        places = np.stack([with_city_wide(history.places[:, :, k]) for k in range(len(history.measures))])
        bought = price * places / MONTHS_IN_YEAR
    bought = bought * scenario.series("measures.price_factor")[:, None]
    kr: NDArray[np.float64] = np.where(procured, bought, price * worked / MONTHS_IN_YEAR)
    return kr


def own_measures(scenario: Scenario, tallies: Tallies) -> NDArray[np.float64]:
    """Return what measures that the City runs itself cost, float64[M, O+1, H]: months there at the price."""
    own = ~procured_flags(scenario, tallies.measures)
    price = measure_price(scenario)[own] / MONTHS_IN_YEAR
    return np.tensordot(price, tallies.measure_months[own].sum(axis=-1), axes=1)


# --- the city-wide organisation ------------------------------------------------------------------------


def city_wide(scenario: Scenario, tallies: Tallies) -> NDArray[np.float64]:
    """Return the central organisation and the city-wide lines, float64[M, O+1, H], all on the last row.

    The budget has Stockholm Matchning under Sydväst "for the time being"; it serves the whole city.
    """
    monthly = sum(value for _, _, value in city_wide_lines(scenario)) / MONTHS_IN_YEAR
    slots, stock = tallies.amounts["slot_months"].sum(axis=1), tallies.amounts["months_enrolled"].sum(axis=1)
    lines = np.zeros_like(tallies.amounts["slot_months"])
    lines[:, -1] = share_out(np.full(tallies.months, monthly), slots, stock)
    return lines


def city_wide_lines(scenario: Scenario) -> tuple[tuple[str, str, float], ...]:
    """Return the budget's city-wide lines: (line, where the budget has it, kr a year)."""
    centres = scenario.keys("organisation.centres")
    return tuple(
        (row["line"], row["centre"], row["value"] * KR_PER_MSEK)
        for row in scenario.table(BUDGET).rows()
        if row["line"] not in OFFICE_LINES or row["centre"] not in centres
    )


def budget_line(scenario: Scenario, line: str, centres: tuple[str, ...]) -> NDArray[np.float64]:
    """Return one line of the budget of 2008 by centre, float64[centres] in kr a year; 0 where it has none."""
    found = {row["centre"]: row["value"] for row in scenario.table(BUDGET).rows() if row["line"] == line}
    return np.array([found.get(centre, 0.0) for centre in centres]) * KR_PER_MSEK


# --- shares --------------------------------------------------------------------------------------------


def share_out(amount: NDArray[np.float64], *weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share amounts out on segments: by the first weights that are not all zero, else equally.

    Parameters
    ----------
    amount : float64[...]
    *weights : float64[..., H]

    Returns
    -------
    float64[..., H]
        Adding up to `amount` over the last axis.
    """
    shares = np.full(weights[0].shape, 1.0 / weights[0].shape[-1])
    for weight in reversed(weights):
        whole = weight.sum(axis=-1, keepdims=True)
        shares = np.where(whole > 0.0, weight / np.where(whole > 0.0, whole, 1.0), shares)
    parts: NDArray[np.float64] = amount[..., None] * shares
    return parts
