"""The City's own sums of 2007, to the last digit that it printed (DET2007)."""

from dataclasses import replace

import numpy as np
import pytest

from sim.economy import plan_caseload, staffing, staffing_rule
from sim.outcomes import ALL
from sim.parameters import load_library
from tests.economy.build import scenario
from tests.outcomes.build import Builder

PLAN = {
    "sydost": (2, 16, 14, 3, 3, 1, 39),
    "sydvast": (2, 7, 5, 2, 2, 1, 19),
    "innerstaden": (0, 10, 2, 1, 0.5, 0.5, 14),
    "vasterort": (2, 8, 6, 2, 2, 1, 21),
    "jarva": (5, 18, 13, 5, 3, 3, 47),
    ALL: (11, 59, 40, 13, 10.5, 6.5, 140),
}
"""Team leaders, coaches, matchers, study advisers, IT teachers, administrators, total."""

CASELOAD = {"innerstaden": 44, "sydost": 51, "vasterort": 54, "sydvast": 56, "jarva": 57}


@pytest.fixture(scope="module")
def plan():
    return load_library().resolve("plan-2008").scenario


def test_the_rule(plan):
    rule = staffing_rule(plan)
    assert rule.cases == 6500
    assert rule.caseworkers == 130
    assert rule.planned_caseworkers == 122.5
    assert rule.planned_posts == rule.posts_at_most == 140
    assert rule.overhead == 17.5
    assert rule.posts == 147.5
    assert round(rule.planned_caseload) == 53


def test_caseload_by_centre(plan):
    by_centre = dict(zip(plan.keys("organisation.centres"), plan_caseload(plan), strict=False))
    assert {centre: round(load) for centre, load in by_centre.items()} == CASELOAD
    assert plan_caseload(plan)[-1] == pytest.approx(53.5, abs=0.05)


def test_the_plans_table_with_its_totals(plan):
    centres, roles = plan.keys("organisation.centres"), plan.keys("organisation.roles")
    posts = plan.array("plan.posts", centres, roles)
    city = Builder(months=12)
    history = city.history()
    found = staffing(plan, history_of_plan(history, centres, roles, posts)).table()
    for centre, row in PLAN.items():
        of_centre = found[found["centre"] == centre].set_index("role")
        assert tuple(of_centre.loc[[*roles, ALL], "plan"]) == row
        assert tuple(of_centre.loc[[*roles, ALL], "run"]) == row
        assert (of_centre["difference"] == 0).all()


def history_of_plan(history, centres, roles, posts):
    return replace(
        history,
        centres=centres,
        offices=centres,
        office_centre=np.arange(len(centres)),
        roles=roles,
        posts=np.tile(posts, (history.months, 1, 1)),
    )


def test_a_runs_posts_path_and_mean():
    city = Builder(months=12)
    city.posts = np.zeros((12, 3, 2))
    city.posts[:6, 1, 0] = 2.0
    city.posts[:, 2, 0] = 3.0
    found = staffing(scenario(12), city.history())
    assert found.path[:, 1, 0].tolist() == [5.0] * 6 + [3.0] * 6
    assert found.mean.tolist() == [[0.0, 0.0], [4.0, 0.0]]
    table = found.table().set_index(["centre", "role"])
    assert table.loc[("south", "coach"), ["plan", "run", "difference"]].tolist() == [4.0, 4.0, 0.0]
    assert table.loc[(ALL, ALL), ["plan", "run", "difference"]].tolist() == [8.0, 4.0, -4.0]
