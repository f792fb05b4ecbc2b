"""The budget of 2008, line by line and centre by centre, and a run's year beside it.

Source: DET2007, "Budget 2008" and "Budget/Jobbtorg".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.economy.costs import KR_PER_MSEK, OFFICE_LINES, budget_line, city_wide_lines
from sim.economy.prices import PRICE_YEAR
from sim.outcomes.measures import ALL
from sim.outcomes.tallies import Tallies
from sim.parameters import Scenario
from sim.parameters.calendar import periods

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class BudgetLine:
    """One figure of the budget and the run's, in MSEK a year.

    Attributes
    ----------
    line, centre : str
        Keys as in the budget; a city-wide line stands where the budget has it. `ALL` in a total.
    plan, run : float
    """

    line: str
    centre: str
    plan: float
    run: float

    @property
    def difference(self) -> float:
        """What the run costs above the budget."""
        return self.run - self.plan


@dataclass(frozen=True)
class Budget:
    """The budget and a run's year, figure by figure."""

    lines: tuple[BudgetLine, ...]

    def total(self, line: str = ALL, centre: str = ALL) -> BudgetLine:
        """Return the sum over a line, over a centre, or over all.

        Parameters
        ----------
        line, centre : str
            `ALL` adds up over that axis.
        """
        found = [e for e in self.lines if line in (e.line, ALL) and centre in (e.centre, ALL)]
        return BudgetLine(line, centre, sum(e.plan for e in found), sum(e.run for e in found))

    def table(self) -> pd.DataFrame:
        """Return rows line, centre, plan, run, difference: every figure, then the totals."""
        import pandas as pd  # noqa: PLC0415 - who only measures need not wait for it

        lines = dict.fromkeys(e.line for e in self.lines)
        centres = dict.fromkeys(e.centre for e in self.lines)
        totals = [self.total(line=line) for line in lines]
        totals += [self.total(centre=centre) for centre in centres]
        return pd.DataFrame(
            [(e.line, e.centre, e.plan, e.run, e.difference) for e in (*self.lines, *totals, self.total())],
            columns=["line", "centre", "plan", "run", "difference"],
        )


def budget(scenario: Scenario, tallies: Tallies) -> Budget:
    """Return a run's cost of 2008 beside the budget.

    Parameters
    ----------
    scenario : Scenario
    tallies : Tallies
        With money.

    Raises
    ------
    ValueError
        With a sentence, when the run does not hold the whole of the budget's year.
    """
    year = next((p for p in periods(tallies.start, tallies.months) if p.key == str(PRICE_YEAR)), None)
    if year is None:
        raise ValueError(f"The budget is of {PRICE_YEAR}, and this run does not hold that whole year.")
    found = []
    for line in OFFICE_LINES:
        plan = budget_line(scenario, line, tallies.centres)
        by_office = tallies.amounts[f"kr_{line}"][year.first : year.last + 1].sum(axis=(0, 2))[:-1]
        for index, centre in enumerate(tallies.centres):
            run = by_office[tallies.office_centre == index].sum()
            found.append(BudgetLine(line, centre, plan[index] / KR_PER_MSEK, float(run) / KR_PER_MSEK))
    for line, where, kr in city_wide_lines(scenario):
        # a fixed cost: what the year costs is what the budget says
        found.append(BudgetLine(line, where, kr / KR_PER_MSEK, kr / KR_PER_MSEK))
    return Budget(tuple(found))
