import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.experiment.curves import (
    Curve,
    Measured,
    Point,
    break_even,
    curve,
    elasticity_points,
    number_points,
    waiting_pace_points,
)
from sim.experiment.differences import paired_difference
from sim.experiment.errors import ExperimentError
from sim.experiment.run import run_scenarios
from sim.experiment.statistics import t_quantile
from sim.parameters import InputErrors

SEED = 7


def drawn(points, level=0.90):
    """A curve from x and the difference in each run there."""
    measured = tuple(
        Measured(
            Point(f"{x}", (), x),
            paired_difference(np.zeros(len(each)), np.asarray(each), level),
            np.asarray(each),
        )
        for x, each in points
    )
    return Curve("e", "base", "other", "net_cost", "total", "all", "all", level, measured)


def test_break_even_by_straight_lines():
    (found,) = break_even(drawn([(0.05, [4.0, 4.0]), (0.15, [-1.0, -1.0]), (0.25, [-6.0, -6.0])]))
    assert found.x == pytest.approx(0.13)
    # Runs that agree leave no doubt.
    assert (found.lower, found.upper) == (found.x, found.x)


def test_break_even_on_a_point():
    (found,) = break_even(drawn([(0.0, [1.0, 1.0]), (1.0, [0.0, 0.0]), (2.0, [-1.0, -1.0])]))
    assert found.x == 1.0
    (last,) = break_even(drawn([(0.0, [1.0, 1.0]), (1.0, [0.0, 0.0])]))
    assert last.x == 1.0


def test_no_break_even_where_the_sign_stays():
    assert break_even(drawn([(0.0, [3.0, 5.0]), (1.0, [1.0, 2.0])])) == ()
    assert break_even(drawn([(0.0, [0.0, 0.0]), (1.0, [0.0, 0.0])])) == ()


def test_every_crossing_is_found():
    line = drawn([(0.0, [2.0, 2.1]), (1.0, [-2.0, -2.1]), (2.0, [2.0, 2.1])])
    assert [found.x for found in break_even(line)] == pytest.approx([0.5, 1.5])


def test_interval_ends_where_the_interval_of_the_difference_touches_zero():
    rng = np.random.default_rng(8)
    noise = rng.normal(0, 1.0, (3, 20))
    line = drawn([(x, 10.0 * (0.4 - x) + noise[i]) for i, x in enumerate((0.0, 0.5, 1.0))])
    (found,) = break_even(line)
    assert found.lower < found.x < found.upper
    for end in (found.lower, found.upper):
        left = 0 if end <= 0.5 else 1
        weight = (end - 0.5 * left) / 0.5
        each = (1 - weight) * line.points[left].each + weight * line.points[left + 1].each
        half = t_quantile(0.90, 19) * each.std(ddof=1) / math.sqrt(20)
        assert abs(each.mean()) == pytest.approx(half)


def test_an_interval_that_leaves_the_points_is_open():
    rng = np.random.default_rng(9)
    noise = rng.normal(0, 5.0, (2, 5))
    noise -= noise.mean(axis=1, keepdims=True)
    (found,) = break_even(drawn([(0.0, 0.2 + noise[0]), (1.0, -0.2 + noise[1])]))
    assert found.x == pytest.approx(0.5)
    assert (found.lower, found.upper) == (None, None)


@given(st.integers(0, 2**32 - 1), st.floats(-3, 3))
def test_a_break_even_lies_in_its_interval(seed, shift):
    rng = np.random.default_rng(seed)
    slopes = rng.normal(0, 1, (4, 8))
    line = drawn([(float(x), shift - x + slopes[x]) for x in range(4)])
    for found in break_even(line):
        assert found.lower is None or found.lower <= found.x + 1e-9
        assert found.upper is None or found.upper >= found.x - 1e-9


def test_coverage_of_the_break_even():
    """The interval holds the true point as often as it says."""
    rng = np.random.default_rng(10)
    worlds, runs, held = 1500, 10, 0
    for _ in range(worlds):
        level, tilt = rng.normal(0, 0.6, runs), rng.normal(0, 0.6, runs)
        line = drawn([(x, 4.0 * (0.45 - x) + level + tilt * x) for x in (0.0, 0.5, 1.0)])
        each = break_even(line)
        held += any(
            (b.lower is None or b.lower <= 0.45) and (b.upper is None or b.upper >= 0.45) for b in each
        )
    assert abs(held / worlds - 0.90) <= 4 * math.sqrt(0.9 * 0.1 / worlds)


def test_a_curve_needs_two_points():
    with pytest.raises(ExperimentError, match="at least 2 points; 1"):
        break_even(drawn([(0.0, [1.0, 2.0])]))


def test_elasticities_keep_their_proportions(resolve):
    scenario = resolve("plan-2008").scenario
    before = scenario.table("exits.elasticity").cells()
    point, none = elasticity_points(scenario, [0.30, 0.0])
    after = resolve("plan-2008", *point.settings).scenario.table("exits.elasticity").cells()
    factor = 0.30 / before["work", "near"]
    assert after["work", "near"] == 0.30
    assert after == pytest.approx({key: value * factor for key, value in before.items()})
    flat = resolve("plan-2008", *none.settings).scenario.table("exits.elasticity").cells()
    assert set(flat.values()) == {0.0}


def test_elasticities_cannot_be_scaled_from_nothing(resolve):
    with pytest.raises(ExperimentError, match="is 0"):
        elasticity_points(resolve("plan-2008", "exits.elasticity[work,near]=0").scenario, [0.1])


def test_waiting_pace_has_its_central_value_beside(resolve):
    points = waiting_pace_points([0.0, 0.5])
    assert [point.x for point in points] == [0.0, 0.5, None]
    fixed = resolve("plan-2008", *points[1].settings).scenario
    assert (fixed.text("exits.waiting_pace_mode"), fixed.number("exits.waiting_pace")) == ("fixed", 0.5)
    assert resolve("plan-2008", *points[2].settings).scenario.text("exits.waiting_pace_mode") == "by_load"


def test_a_curve_is_the_difference_at_each_point(library):
    def resolve(name, settings):
        return library.resolve(name, settings=("period.end=2008-04-30", *settings)).scenario

    points = elasticity_points(resolve("caseload-50", ()), [0.05, 0.25])
    seen = []
    found = curve(
        resolve, "caseload-50", "caseload-40", points, runs=3, seed=SEED, varied="exits.elasticity", jobs=1,
        progress=lambda done, total: seen.append((done, total)),
    )  # fmt: skip
    assert (seen[0], seen[-1]) == ((0, 12), (12, 12))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    for measured in found.points:
        pair = [resolve(name, measured.point.settings) for name in ("caseload-50", "caseload-40")]
        alone = run_scenarios(pair, 3, SEED, jobs=1)
        each = alone.cell("caseload-40", "net_cost") - alone.cell("caseload-50", "net_cost")
        assert measured.each.tolist() == each.tolist()
    # The stronger pace answers to the caseload, the less a lower caseload costs.
    assert found.points[1].difference.mean < found.points[0].difference.mean
    rows = list(found.rows())
    assert [row["x"] for row in rows] == [0.05, 0.25]
    assert rows[0]["lower"] <= rows[0]["mean"] <= rows[0]["upper"]


def test_a_bad_point_is_found_before_any_run(library):
    def resolve(name, settings):
        return library.resolve(name, settings=settings).scenario

    def no_run(done, total):
        raise AssertionError("a run was made")

    with pytest.raises(InputErrors):
        curve(
            resolve, "caseload-50", "caseload-40", number_points("intake.headroom", [1.1, -3.0]), runs=2,
            seed=1, varied="intake.headroom", progress=no_run,
        )  # fmt: skip


def test_a_point_beside_the_curve_has_no_x():
    line = drawn([(0.0, [1.0, 2.0]), (1.0, [-1.0, -2.0])])
    beside = Measured(Point("by_load", (), None), line.points[0].difference, line.points[0].each)
    whole = Curve("p", "a", "b", "net_cost", "total", "all", "all", 0.9, (*line.points, beside))
    assert "x" not in list(whole.rows())[-1]
    assert break_even(whole) == break_even(line)
