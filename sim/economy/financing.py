"""Where the centres' money came from: transfers inside the City, which save nothing.

Source: EAV2007: nine per cent of the cost of social assistance, and the districts' funds for labour-market
work.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.economy.costs import BUDGET
from sim.parameters import Scenario


@dataclass(frozen=True)
class Financing:
    """A year's financing of the budget, in MSEK.

    Attributes
    ----------
    share : float
        Part of the cost of social assistance that was moved.
    assistance : float
        The cost of social assistance that it is a part of.
    budget : float
        All lines of the budget that is financed.
    """

    share: float
    assistance: float
    budget: float

    @property
    def from_assistance(self) -> float:
        """What the share comes to."""
        return self.share * self.assistance

    @property
    def from_units(self) -> float:
        """What the districts' funds for labour-market work must have been: the rest of the budget."""
        return self.budget - self.from_assistance


def financing(scenario: Scenario) -> Financing:
    """Return how the budget of 2008 was financed."""
    return Financing(
        share=scenario.number("financing.assistance_share"),
        assistance=scenario.number("financing.assistance_cost"),
        budget=sum(float(row["value"]) for row in scenario.table(BUDGET).rows()),
    )
