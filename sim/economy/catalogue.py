"""The measures of money, and the whole catalogue of measures."""

from __future__ import annotations

from collections.abc import Sequence

from sim.economy.costs import BENEFIT, NET, PROGRAMME
from sim.outcomes.catalogue import people_measures
from sim.outcomes.measures import Measure

_MSEK = 1e-6


def money_measures() -> tuple[Measure, ...]:
    """Return the measures of money. A centre's figures leave the city-wide lines out."""
    return (
        _kr("benefit_cost", *BENEFIT),
        _kr("staff_cost", "kr_staff"),
        _kr("premises_cost", "kr_premises"),
        _kr("procured_cost", "kr_procured"),
        _kr("other_cost", "kr_other"),
        Measure("city_wide_cost", "MSEK", "flow", ("kr_city_wide",), scale=_MSEK, by_centre=False),
        _kr("programme_cost", *PROGRAMME),
        _kr("temporary_job_cost", "kr_temporary_job"),
        _kr("net_cost", *NET),
        _kr("net_cost_current_prices", "kr_net_current"),
        _kr("state_refund", "kr_state_refund"),
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


def catalogue(destinations: Sequence[str], measures: Sequence[str]) -> tuple[Measure, ...]:
    """Return every measure there is, in the order of tables.

    Parameters
    ----------
    destinations, measures : sequence of str
        Data keys.
    """
    return (*people_measures(destinations, measures), *money_measures())
