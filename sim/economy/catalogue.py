"""The measures of money, and the whole catalogue of measures."""

from __future__ import annotations

from collections.abc import Sequence

from sim.economy.costs import BENEFIT, DISPLACEMENT, NET, PROGRAMME, PUBLIC, STATE
from sim.outcomes.catalogue import people_measures
from sim.outcomes.measures import Measure, Quantity

_MSEK = 1e-6
NET_COST, WITH_DISPLACEMENT = "net_cost", "net_cost_with_displacement"
STATE_COST, PUBLIC_COST = "state_cost", "public_net_cost"
CITY_SUMS = (NET_COST, WITH_DISPLACEMENT, PUBLIC_COST)
"""Sums that the City's lines are parts of."""
STATE_SUMS = (STATE_COST, PUBLIC_COST)


def money_measures(measures: Sequence[str]) -> tuple[Measure, ...]:
    """Return the measures of money. A centre's figures leave the city-wide lines out.

    Parameters
    ----------
    measures : sequence of str
        Data keys: each measure is a line of its own.
    """
    return (
        _line("benefit_cost", "benefit", *BENEFIT),
        Measure("benefit_months", "months", "flow", ("benefit_months",)),
        _line("staff_cost", "staff", "kr_staff"),
        _line("premises_cost", "premises", "kr_premises"),
        _kr("procured_cost", "kr_procured"),
        *(_measure_cost(key) for key in measures),
        _line("other_cost", "other", "kr_other"),
        _line("city_wide_cost", "city_wide", "kr_city_wide", by_centre=False),
        _kr("programme_cost", *PROGRAMME),
        Measure("programme_cost_per_exit", "kr", "ratio", PROGRAMME, ("exits_self_support",)),
        _kr("own_measures_cost", "kr_own_measures"),
        _kr(NET_COST, *NET),
        _kr("net_cost_current_prices", "kr_net_current"),
        _line("state_refund", "state_refund", "kr_state_refund", sums=STATE_SUMS),
        _line("state_benefit_cost", "state_benefit", "kr_state_benefit", sums=STATE_SUMS),
        _line("state_job_cost", "state_job", "kr_state_job", sums=STATE_SUMS),
        _kr(STATE_COST, *STATE),
        _line("displacement_cost", "displacement", DISPLACEMENT, sums=(WITH_DISPLACEMENT, PUBLIC_COST)),
        _kr(PUBLIC_COST, *PUBLIC),
        _kr("public_net_cost_current_prices", "kr_public_current"),
        _kr(WITH_DISPLACEMENT, *NET, DISPLACEMENT),
        _seasonal("seasonal_applicants", "people", "flow", "seasonal_applicants"),
        _seasonal("seasonal_offers", "people", "flow", "seasonal_offers"),
        _seasonal("seasonal_posts", "posts", "stock", "seasonal_posts"),
        _seasonal("seasonal_cost", "MSEK", "flow", "kr_seasonal", _MSEK),
        Measure("terminal_cost", "MSEK", "flow", ("kr_terminal",), scale=_MSEK, kinds=("total",)),
        Measure(
            "present_value",
            "MSEK",
            "flow",
            ("kr_net_discounted", "kr_terminal"),
            scale=_MSEK,
            kinds=("total",),
        ),
        Measure(
            "public_terminal_cost", "MSEK", "flow", ("kr_public_terminal",), scale=_MSEK, kinds=("total",)
        ),
        Measure(
            "public_present_value",
            "MSEK",
            "flow",
            ("kr_public_discounted", "kr_public_terminal"),
            scale=_MSEK,
            kinds=("total",),
        ),
        Measure(
            "outsourced_people_share",
            "share",
            "ratio",
            ("places_procured",),
            ("months_assessment", "months_coaching", "months_measure"),
            by_segment=False,
        ),
        Measure("outsourced_budget_share", "share", "ratio", ("kr_procured",), PROGRAMME),
        Measure(
            "outsourced_staff_purchases_share",
            "share",
            "ratio",
            ("kr_procured",),
            ("kr_staff", "kr_procured"),
        ),
    )


def _kr(key: str, *lines: str) -> Measure:
    return Measure(key, "MSEK", "flow", lines, scale=_MSEK)


def _seasonal(key: str, unit: str, quantity: Quantity, amount: str, scale: float = 1.0) -> Measure:
    """One of the measures of seasonal jobs, which are city-wide and nobody's of the segments."""
    return Measure(key, unit, quantity, (amount,), scale=scale, by_centre=False, by_segment=False)


def _line(
    key: str, line: str, *lines: str, by_centre: bool = True, sums: tuple[str, ...] = CITY_SUMS
) -> Measure:
    """One of the lines that sums of money are made of."""
    return Measure(key, "MSEK", "flow", lines, scale=_MSEK, by_centre=by_centre, line=line, adds_to=sums)


def _measure_cost(key: str) -> Measure:
    return Measure(
        f"measure_cost_{key}",
        "MSEK",
        "flow",
        (f"kr_measure_{key}",),
        scale=_MSEK,
        by_segment=False,
        words="measure_cost",
        fills={"measure": key},
        line="measure",
        adds_to=CITY_SUMS,
    )


def catalogue(destinations: Sequence[str], measures: Sequence[str]) -> tuple[Measure, ...]:
    """Return every measure there is, in the order of tables.

    Parameters
    ----------
    destinations, measures : sequence of str
        Data keys.
    """
    return (*people_measures(destinations, measures), *money_measures(measures))
