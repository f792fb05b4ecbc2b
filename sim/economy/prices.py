"""Prices: from the fixed prices of 2008 to current prices, and from later months to the policy's date."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.parameters import Scenario
from sim.parameters.calendar import month_start

PRICE_YEAR = 2008
"""The year of all prices and pay in the parameters (DET2007's budget)."""

PAID_AS_WAGES = frozenset({"kr_staff", "kr_own_measures"})
"""Lines that follow pay; all others follow consumer prices."""


def price_index(scenario: Scenario, line: str) -> NDArray[np.float64]:
    """Return what one krona of 2008 on a line is in each month's own prices, float64[months].

    Steps once a year. Wages follow ``costs.pay_growth``, other lines the consumer price index, whose last
    year holds for all later ones.
    """
    return scenario.once(_pay if line in PAID_AS_WAGES else _consumer_prices)


def _pay(scenario: Scenario) -> NDArray[np.float64]:
    years = [month_start(month, scenario.start).year for month in range(scenario.months)]
    growth = 1.0 + scenario.number("costs.pay_growth")
    return np.array([growth ** (year - PRICE_YEAR) for year in years])


def _consumer_prices(scenario: Scenario) -> NDArray[np.float64]:
    base = scenario.table("labour_market.series").cells()["cpi", PRICE_YEAR]
    return scenario.yearly_array("labour_market.series", ("cpi",))[:, 0] / base


def discount(scenario: Scenario, times: NDArray[np.float64], policy_time: float) -> NDArray[np.float64]:
    """Return what one krona at some times is worth at the policy's date.

    Parameters
    ----------
    scenario : Scenario
        Holds the real rate a year, ``costs.discount_rate``.
    times : float64[...]
        Months since the start.
    policy_time : float
        When the policy begins; nothing before it is discounted.

    Returns
    -------
    float64[...]
    """
    years = np.maximum(times - policy_time, 0.0) / 12.0
    return (1.0 + scenario.number("costs.discount_rate")) ** -years


def monthly_discount(scenario: Scenario, policy_time: float) -> NDArray[np.float64]:
    """Return each month's discount factor, float64[months]; a month's money is spent in the middle of it."""
    return discount(scenario, np.arange(scenario.months, dtype=np.float64) + 0.5, policy_time)
