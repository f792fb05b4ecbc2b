import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy import stats

from sim.experiment.errors import ExperimentError
from sim.experiment.statistics import mean_interval, t_quantile, whole_per_cents


def test_against_a_table_of_the_t_distribution():
    # Two-sided 90 %, 9 degrees of freedom: 1.833 in any printed table.
    assert t_quantile(0.90, 9) == pytest.approx(1.833, abs=5e-4)
    assert t_quantile(0.95, 10**7) == pytest.approx(1.95996, abs=1e-5)


@pytest.mark.parametrize("level", [0.0, 1.0, -0.1, 90.0, math.nan])
def test_a_level_outside_nought_to_one_is_refused(level):
    with pytest.raises(ExperimentError, match="level"):
        t_quantile(level, 5)


def test_interval_agrees_with_scipy():
    values = np.random.default_rng(1).normal(10.0, 3.0, size=(4, 12))
    mean, lower, upper, runs = mean_interval(values, 0.90)
    assert (runs == 12).all()
    for row, m, low, high in zip(values, mean, lower, upper, strict=True):
        expected = stats.t.interval(0.90, 11, loc=row.mean(), scale=stats.sem(row))
        assert m == pytest.approx(row.mean())
        assert (low, high) == pytest.approx(expected)


def test_runs_that_do_not_define_a_cell_are_left_out():
    nan = math.nan
    values = np.array([[1.0, nan, 3.0], [nan, nan, 5.0], [nan, nan, nan]])
    mean, lower, upper, runs = mean_interval(values, 0.5)
    assert runs.tolist() == [2, 1, 0]
    assert mean[0] == 2.0
    assert lower[0] < 2.0 < upper[0]
    # One run has no spread, so nothing is claimed.
    assert np.isnan([mean[1], lower[1], upper[1], mean[2]]).all()


def test_the_same_in_every_run_has_an_interval_of_no_width():
    mean, lower, upper, _ = mean_interval(np.full((1, 7), 0.1), 0.90)
    assert mean[0] == lower[0] == upper[0] == 0.1


@pytest.mark.parametrize("level", [0.50, 0.90])
@pytest.mark.parametrize("runs", [5, 30])
def test_interval_covers_as_often_as_it_says(level, runs):
    worlds = 20_000
    values = np.random.default_rng(20080101).normal(-2.0, 7.0, size=(worlds, runs))
    _, lower, upper, _ = mean_interval(values, level)
    covered = float(((lower <= -2.0) & (upper >= -2.0)).mean())
    assert abs(covered - level) <= 4 * math.sqrt(level * (1 - level) / worlds)


@given(some.lists(some.floats(0.0, 1e6), min_size=1, max_size=8))
def test_whole_per_cents_add_up_and_are_off_by_less_than_one(amounts):
    shares = whole_per_cents(amounts)
    if not sum(amounts) > 0.0:
        assert shares == (0.0,) * len(amounts)
        return
    assert math.fsum(100 * share for share in shares) == pytest.approx(100.0)
    for share, amount in zip(shares, amounts, strict=True):
        assert abs(100 * share - 100 * amount / math.fsum(amounts)) < 1.0
        assert round(100 * share) == pytest.approx(100 * share)


def test_the_largest_remainder_is_rounded_up():
    assert whole_per_cents((1.0, 1.0, 1.0)) == (0.34, 0.33, 0.33)
    assert whole_per_cents((0.126, 0.126, 0.748)) == (0.13, 0.12, 0.75)
    assert whole_per_cents((0.0, 5.0)) == (0.0, 1.0)
