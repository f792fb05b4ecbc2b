"""When buying from providers pays: the price, and the effect, at which more of it costs as much as less."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.experiment.curves import BreakEven, Point, Resolve, break_even, curves
from sim.experiment.differences import ROUNDING
from sim.experiment.engine import Engine
from sim.experiment.results import Results
from sim.experiment.run import Progress
from sim.experiment.statistics import mean_interval
from sim.parameters import Scenario

PRICE, EFFECT = "measures.price_per_year", "measures.effect"
BOUGHT = "procured_cost"


@dataclass(frozen=True)
class BreakEvenPrice:
    """The price of a place at which buying more costs as much as not.

    Attributes
    ----------
    period : str
    price, lower, upper : float
        Kr a place and year (or a person, as the price is read), with the interval over paired runs.
    """

    period: str
    price: float
    lower: float
    upper: float


def break_even_prices(
    results: Results,
    base: str,
    other: str,
    price: float,
    periods: Sequence[str],
    measure: str = "net_cost",
    level: float = 0.90,
) -> tuple[BreakEvenPrice, ...]:
    """Return the break-even price of providers in each period; none where no more was bought.

    Purchases are the price times what is bought. So where the price does not decide how much that is (see
    `price_free`), the difference in cost follows the price in a straight line in every run: it is zero at
    price × (1 − difference / difference in purchases).

    Parameters
    ----------
    results : Results
        Holding both scenarios, which differ in what they buy.
    base, other : str
    price : float
        Of all procured measures in both.
    periods : sequence of str
    measure : str
        Whose cost: the City's ``net_cost`` or ``public_net_cost``.
    level : float
    """
    found = []
    for period in periods:
        before, after = (results.cell(name, BOUGHT, period) for name in (base, other))
        if np.isclose(after, before, rtol=ROUNDING, atol=0.0).any():
            continue
        bought = after - before
        cost = results.cell(other, measure, period) - results.cell(base, measure, period)
        mean, lower, upper, _ = (float(part) for part in mean_interval(price * (1.0 - cost / bought), level))
        found.append(BreakEvenPrice(period, mean, lower, upper))
    return tuple(found)


def one_price(scenario: Scenario) -> float | None:
    """Return the price of procured measures, where it is the same for all of them."""
    procured = scenario.table("measures.catalogue").by_key("procured")
    prices = {float(row["value"]) for row in scenario.table(PRICE).rows() if procured[str(row["measure"])]}
    return prices.pop() if len(prices) == 1 else None


def price_free(scenario: Scenario) -> bool:
    """Return whether what is bought is set as places or people, not as a share of money."""
    return set(scenario.texts("levers.outsourcing_basis")) <= {"places", "people"}


def effect_points(scenario: Scenario, values: Sequence[float]) -> tuple[Point, ...]:
    """Points at which every procured measure has the given effect on the pace of exits."""
    procured = scenario.table("measures.catalogue").by_key("procured")
    keys = [key for key, bought in procured.items() if bought]
    return tuple(
        Point(f"{value:g}", tuple(f"{EFFECT}[{key}]={float(value)!r}" for key in keys), float(value))
        for value in values
    )


def break_even_effects(
    resolve: Resolve,
    base: str,
    other: str,
    points: Sequence[Point],
    runs: int,
    seed: int,
    periods: Sequence[str],
    measure: str = "net_cost",
    level: float = 0.90,
    jobs: int | None = None,
    engine: Engine = "compiled",
    progress: Progress | None = None,
) -> dict[str, tuple[BreakEven, ...]]:
    """Return by period the effects of providers at which buying more costs as much as not.

    Parameters
    ----------
    resolve, base, other, runs, seed, level, jobs, engine, progress
        As for `sim.experiment.curves.curve`.
    points : sequence of Point
        Of `effect_points`. A period whose cost does not pass zero between them has no break-even.
    periods : sequence of str
    measure : str
    """
    lines = curves(
        *(resolve, base, other, points, runs, seed, EFFECT, measure, periods),
        level=level,
        jobs=jobs,
        engine=engine,
        progress=progress,
    )
    return {line.period: break_even(line) for line in lines}
