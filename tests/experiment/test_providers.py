"""At the break-even price, and at the break-even effect, buying more costs as much as not."""

from __future__ import annotations

import pytest

from sim.experiment.curves import curve
from sim.experiment.providers import (
    EFFECT,
    PRICE,
    break_even_effects,
    break_even_prices,
    effect_points,
    one_price,
    price_free,
)
from sim.experiment.run import run_scenarios

RUNS, SEED = 3, 7
NAMES = ("plan-2008", "outsourcing-0")
PERIODS = ("2008-T1", "total")
BOUGHT = ("procured_coaching", "vocational_course")


def at_price(resolve, price: float | None = None):
    settings = [] if price is None else [f"{PRICE}[{key}]={price!r}" for key in BOUGHT]
    scenarios = [resolve(name, *settings).scenario for name in NAMES]
    return run_scenarios(scenarios, RUNS, SEED, jobs=1)


@pytest.mark.parametrize("measure", ["net_cost", "public_net_cost"])
def test_at_the_break_even_price_the_costs_are_the_same(resolve, measure):
    """Run again at the price found: the mean difference is nothing, as every run's is a straight line."""
    before = at_price(resolve)
    found = break_even_prices(before, *NAMES, 41_650.0, PERIODS, measure)
    assert [one.period for one in found] == list(PERIODS)
    for one in found:
        assert one.lower <= one.price <= one.upper
        again = at_price(resolve, one.price)
        change = again.cell(NAMES[1], measure, one.period) - again.cell(NAMES[0], measure, one.period)
        before_all = before.cell(NAMES[1], measure, one.period) - before.cell(NAMES[0], measure, one.period)
        assert abs(change.mean()) < 1e-3 * abs(before_all.mean())


def test_who_buys_as_much_has_no_break_even_price(resolve):
    results = run_scenarios(
        [resolve(name).scenario for name in ("caseload-50", "caseload-40")], 2, SEED, jobs=1
    )
    assert break_even_prices(results, "caseload-50", "caseload-40", 41_650.0, PERIODS) == ()


def test_one_price_is_that_of_all_providers(resolve):
    assert one_price(resolve("plan-2008").scenario) == 41_650.0
    assert one_price(resolve("plan-2008", f"{PRICE}[vocational_course]=1").scenario) is None
    assert price_free(resolve("outsourcing-50-people").scenario)
    assert not price_free(resolve("plan-2008", "levers.outsourcing_basis=budget").scenario)


def test_the_effect_that_pays_by_period_is_the_curve_s(library):
    """So strong an effect that buying pays within half a year, and none that is so weak that it doesn't."""

    def resolve(name, settings):
        return library.resolve(name, settings=("period.end=2008-06-30", *settings)).scenario

    points = effect_points(resolve(NAMES[0], ()), (1.0, 10.0))
    given = resolve(NAMES[0], points[1].settings).table(EFFECT).by_key("value")
    assert [given[key] for key in (*BOUGHT, "temporary_job")] == [10.0, 10.0, 1.1]
    found = break_even_effects(resolve, *NAMES, points, 2, SEED, PERIODS, jobs=1)
    assert set(found) == set(PERIODS)
    line = curve(resolve, *NAMES, points, 2, SEED, EFFECT, jobs=1)
    ends = [one.difference.mean for one in line.points]
    assert ends[0] < ends[1]  # the stronger the effect, the less is saved by buying nothing
    expected = [1.0 + 9.0 * ends[0] / (ends[0] - ends[1])] if ends[0] < 0.0 < ends[1] else []
    assert [one.x for one in found["total"]] == pytest.approx(expected)
