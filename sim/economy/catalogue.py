"""The measures of money, and the whole catalogue of measures."""

from __future__ import annotations

from collections.abc import Sequence

from sim.economy.costs import BENEFIT, NET, PROGRAMME
from sim.outcomes.catalogue import people_measures
from sim.outcomes.measures import Measure

_MSEK = 1e-6
NET_COST = "net_cost"


def money_measures(measures: Sequence[str]) -> tuple[Measure, ...]:
    """Return the measures of money. A centre's figures leave the city-wide lines out.

    Parameters
    ----------
    measures : sequence of str
        Data keys: each measure is a line of its own.
    """
    return (
        _line("benefit_cost", "benefit", *BENEFIT),
        _line("staff_cost", "staff", "kr_staff"),
        _line("premises_cost", "premises", "kr_premises"),
        _kr("procured_cost", "kr_procured"),
        *(_measure_cost(key) for key in measures),
        _line("other_cost", "other", "kr_other"),
        _line("city_wide_cost", "city_wide", "kr_city_wide", by_centre=False),
        _kr("programme_cost", *PROGRAMME),
        _kr("temporary_job_cost", "kr_temporary_job"),
        _kr(NET_COST, *NET),
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


def _line(key: str, line: str, *lines: str, by_centre: bool = True) -> Measure:
    """One of the lines that net cost is made of."""
    return Measure(
        key, "MSEK", "flow", lines, scale=_MSEK, by_centre=by_centre, line=line, adds_to=(NET_COST,)
    )


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
        adds_to=(NET_COST,),
    )


def catalogue(destinations: Sequence[str], measures: Sequence[str]) -> tuple[Measure, ...]:
    """Return every measure there is, in the order of tables.

    Parameters
    ----------
    destinations, measures : sequence of str
        Data keys.
    """
    return (*people_measures(destinations, measures), *money_measures(measures))
