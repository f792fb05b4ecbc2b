"""A year with the plan's posts and 2,000 places, beside the budget of 2008 as it was printed (DET2007)."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from sim.economy import account, budget, costs
from sim.flow import simulate
from sim.outcomes import ALL, tally
from sim.parameters import load_library
from tests.economy.build import scenario
from tests.outcomes.build import Builder


@pytest.fixture(scope="module")
def plan():
    return load_library().resolve("plan-2008").scenario


@pytest.fixture(scope="module")
def history(plan):
    """The plan's own first year; only its posts and places matter here."""
    return simulate(plan, run=0, seed=1)


@pytest.fixture(scope="module")
def found(plan, history):
    counted = tally(plan, history)
    return budget(plan, counted.plus(costs(plan, history, counted)))


def test_the_run_has_the_plans_posts_and_places(history):
    assert history.posts[:12].sum(axis=(1, 2)) == pytest.approx([140.0] * 12, rel=1e-12)
    procured = [history.measures.index(key) for key in ("procured_coaching", "vocational_course")]
    assert (history.places[:12, :, procured].sum(axis=(1, 2)) == 2000).all()


@pytest.mark.parametrize(
    ("line", "printed", "tolerance"),
    [
        ("staff", 71.0, 1e-9),
        ("premises", 8.6, 1e-9),
        ("procured", 83.3, 1e-9),  # 2,000 × 41,650; 83.5 is printed, but its own row adds up to this
        ("other", 12.2, 1e-9),  # 140 × 20,000 and the central organisation's 9.4
        ("stockholm_matchning", 2.0, 1e-9),
        (ALL, 177.1, 1e-9),
    ],
)
def test_lines_add_up_to_the_budgets(found, line, printed, tolerance):
    total = found.total(line=line)
    assert total.run == pytest.approx(printed, abs=tolerance)
    assert total.plan == pytest.approx(printed, abs=tolerance)


def test_staff_and_premises_are_the_printed_figures_in_every_centre(found):
    lines = [entry for entry in found.lines if entry.line in ("staff", "premises")]
    assert len(lines) == 10
    assert all(entry.difference == pytest.approx(0.0, abs=1e-9) for entry in lines)


def test_other_costs_are_20_000_a_post_where_the_print_is_rounded(found):
    posts = {"innerstaden": 14, "sydost": 39, "sydvast": 19, "vasterort": 21, "jarva": 47}
    for entry in found.lines:
        if entry.line == "other" and entry.centre in posts:
            assert entry.run == pytest.approx(0.02 * posts[entry.centre], abs=1e-9)
            assert abs(entry.difference) <= 0.05  # printed to a tenth


def test_purchases_follow_the_target_groups_as_printed(found):
    lines = [entry for entry in found.lines if entry.line == "procured"]
    # printed to a tenth, and places are whole: 7 of them cost 0.29 MSEK
    assert max(abs(entry.difference) for entry in lines) < 0.06


def test_a_table_with_every_figure_and_the_totals(found):
    table = found.table()
    assert list(table.columns) == ["line", "centre", "plan", "run", "difference"]
    assert len(table) == 22 + 5 + 6 + 1
    last = table.iloc[-1]
    assert (last["line"], last["centre"]) == (ALL, ALL)


def test_stockholm_matchning_stands_where_the_budget_has_it(found):
    assert found.total("stockholm_matchning", "sydvast").plan == 2.0
    assert found.total("other", "central").run == pytest.approx(9.4)


def test_fewer_places_cost_less(plan, history):
    fewer = replace(history, places=history.places / 2)
    counted = tally(plan, fewer)
    found = budget(plan, counted.plus(costs(plan, fewer, counted)))
    assert found.total("procured").difference == pytest.approx(-83.3 / 2)


def test_a_run_of_another_year_says_so():
    world = scenario(12, date(2009, 1, 1))
    history = Builder(12, date(2009, 1, 1)).history()
    counted = account(world, history, tally(world, history))
    with pytest.raises(ValueError, match="The budget is of 2008"):
        budget(world, counted)


def test_outsourcing_in_the_three_meanings_of_the_plan(plan, history):
    """47 % of the budget, 54 % of staff and purchases (DET2007, derived)."""
    counted = tally(plan, history)
    lines = costs(plan, history, counted)
    first = {name: lines[name][:12].sum() for name in lines}
    whole = sum(first[f"kr_{line}"] for line in ("staff", "premises", "procured", "other", "city_wide"))
    assert round(first["kr_procured"] / whole, 2) == 0.47
    assert round(first["kr_procured"] / (first["kr_procured"] + first["kr_staff"]), 2) == 0.54
    assert np.isfinite(whole)
