"""Money by person: every line of a run's cost, divided among those it was spent on.

What follows a person (benefit, time at a measure of the City's own) falls on that person; what an office
pays for as a whole falls on the people there by the time of staff that they take, purchases by time at
providers. Nothing is computed anew here: the lines are those of `sim.economy.costs`, so everybody's money
adds up to them, but for what was spent where nobody was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.economy.costs import NET, benefit_rate, procured_flags, wage_flags
from sim.flow.history import History
from sim.flow.policy import measure_price, own_staff_share
from sim.flow.stages import ENROLLED_STAGES, Stage
from sim.outcomes.person_months import person_months, sum_by_person
from sim.outcomes.tallies import Tallies, slot_share
from sim.parameters import Scenario


@dataclass(frozen=True)
class PersonCosts:
    """A run's cost by person.

    Attributes
    ----------
    kr : mapping of str to float64[N]
        Each line of `NET`, in kr at the prices of 2008.
    nobodys : mapping of str to float
        What of each line was spent where, in a month, nobody of the segment was.
    benefit_months : float64[N]
        Months with benefit, enrolled and after exits: time outside counts by what the destination leaves
        of benefit, all of it by the share of months in which the group has any.
    """

    kr: Mapping[str, NDArray[np.float64]]
    nobodys: Mapping[str, float]
    benefit_months: NDArray[np.float64]

    @property
    def net(self) -> NDArray[np.float64]:
        """What each person cost the City's purse, float64[N], kr."""
        whole: NDArray[np.float64] = np.sum(list(self.kr.values()), axis=0)
        return whole


def person_costs(scenario: Scenario, history: History, tallies: Tallies) -> PersonCosts:
    """Divide a run's costs among its people.

    Parameters
    ----------
    scenario : Scenario
    history : History
        A run of that scenario.
    tallies : Tallies
        Counted from that history, with the lines of `sim.economy.costs.costs`.

    Returns
    -------
    PersonCosts
    """
    rows = person_months(history, scenario.number("costs.after_exit_months"))
    person, months, measure = rows["person"], rows["months"], rows["measure"]
    group = history.people["group"][person]
    enrolled = np.where(np.isin(rows["stage"], ENROLLED_STAGES), months, 0.0)
    at_measure = rows["stage"] == Stage.MEASURE
    employed = at_measure & wage_flags(scenario, history.measures)[measure]
    at_own_measure = at_measure & ~procured_flags(scenario, history.measures)[measure]
    left = scenario.array("costs.benefit_after_exit", history.destinations)[rows["destination"]]
    staying = np.where(employed, 0.0, enrolled)
    leaving = np.where(rows["stage"] == Stage.OUTSIDE, months * left, 0.0)
    own = benefit_rate(scenario, history.groups) * (
        1.0 - scenario.array("costs.state_refund", history.groups)
    )
    slots = months * slot_share(own_staff_share(scenario))[rows["stage"], measure + 1]
    price = measure_price(scenario)[measure]
    weights = {
        "kr_benefit_enrolled": staying * own[group],
        "kr_benefit_after_exit": leaving * own[group],
        "kr_procured": _bought(scenario, history, rows) * price,
        "kr_own_measures": np.where(at_own_measure, months * price, 0.0),
    }

    kr, nobodys = {}, {}
    for line in NET:
        whole = tallies.amounts[line]
        parts = _divided(whole, history, rows, (weights.get(line, slots), enrolled))
        kr[line] = sum_by_person(person, parts, len(history.people))
        nobodys[line] = float(whole.sum() - parts.sum())
    with_benefit = scenario.array("costs.months_with_benefit", history.groups)[group]
    benefit_months = sum_by_person(person, (staying + leaving) * with_benefit, len(history.people))
    return PersonCosts(kr, nobodys, benefit_months)


def _bought(scenario: Scenario, history: History, rows: NDArray[np.void]) -> NDArray[np.float64]:
    """Return the time at procured measures; where a price buys a person, who starts counts for one.

    Of those at a measure when the run begins, the City then pays for the months they have left.
    """
    at_provider = (rows["stage"] == Stage.MEASURE) & procured_flags(scenario, history.measures)[
        rows["measure"]
    ]
    if scenario.text("measures.price_basis") == "person_start":
        planned = scenario.array("measures.duration_months", history.measures)[rows["measure"]]
        paid = np.where(rows["opening"], rows["months"] / planned, rows["begins"].astype(np.float64))
    else:
        paid = rows["months"]
    return np.where(at_provider, paid, 0.0)


def _divided(
    line: NDArray[np.float64],
    history: History,
    rows: NDArray[np.void],
    weights: tuple[NDArray[np.float64], ...],
) -> NDArray[np.float64]:
    """Divide kr by month, office and segment, float64[M, O+1, H], among the rows there: float64[rows].

    By the first weights that are not all zero there. The last office stands for the whole city.
    """
    segments = len(history.needs)
    needs = history.people["needs"][rows["person"]].astype(np.int64)
    in_city = rows["month"].astype(np.int64) * segments + needs
    in_office = (rows["month"].astype(np.int64) * len(history.offices) + rows["office"]) * segments + needs
    parts = np.zeros(len(rows))
    for amount, cell in ((line[:, :-1], in_office), (line[:, -1], in_city)):
        left = amount.ravel()
        for weight in weights:
            whole = np.bincount(cell, weights=weight, minlength=len(left))
            per_weight = np.divide(left, whole, out=np.zeros_like(left), where=whole > 0.0)
            parts += weight * per_weight[cell]
            left = np.where(whole > 0.0, 0.0, left)
    return parts
