"""Sobol indices against functions whose indices are known, in standard errors."""

import numpy as np
import pytest
from scipy import stats

from sim.experiment.errors import ExperimentError
from sim.inference.sobol import design, run_at, sobol_indices

SEED = 7
WITHIN = 4.0  # standard errors
XYZ = ("x", "y", "z")


def ishigami(points, a=7.0, b=0.1):
    x, y, z = (2.0 * np.pi * points.T) - np.pi
    return np.sin(x) + a * np.sin(y) ** 2 + b * z**4 * np.sin(x)


def ishigami_truth(a=7.0, b=0.1):
    """First-order and total indices in closed form (Ishigami and Homma 1990)."""
    alone = 0.5 * (1.0 + b * np.pi**4 / 5.0) ** 2
    second, both = a**2 / 8.0, 8.0 * b**2 * np.pi**8 / 225.0
    variance = alone + second + both
    return np.array([alone, second, 0.0]) / variance, np.array([alone + both, second, both]) / variance


def g_function(points, a):
    return np.prod((np.abs(4.0 * points - 2.0) + a) / (1.0 + a), axis=1)


def g_truth(a):
    """Indices of Sobol's g-function: a product of independent factors."""
    part = 1.0 / (3.0 * (1.0 + a) ** 2)
    whole = np.prod(1.0 + part) - 1.0
    return part / whole, part * np.prod(1.0 + part) / (1.0 + part) / whole


def assert_near(found, first, total):
    error = stats.norm.ppf((1.0 + found.level) / 2.0)
    for estimate, half, truth in (
        (found.first, found.first_half, first),
        (found.total, found.total_half, total),
    ):
        # an input that does nothing has no error either; what is left is the design's own rounding
        assert (np.abs(estimate - truth) <= WITHIN * half / error + 1e-3).all()


def test_ishigami():
    values = ishigami(design(XYZ, 2048, SEED))
    assert_near(sobol_indices(values, XYZ, SEED), *ishigami_truth())


def test_g_function():
    a = np.array([0.0, 1.0, 4.5, 9.0, 99.0])
    values = g_function(design(tuple("abcde"), 2048, SEED), a)
    assert_near(sobol_indices(values, tuple("abcde"), SEED), *g_truth(a))


def test_columns_of_one_input_count_as_one():
    """The index of a group of factors of the g-function is that of their product, in closed form."""
    a = np.array([0.0, 1.0, 4.5, 9.0])
    values = g_function(design(("one", "many", "many", "many"), 2048, SEED), a)
    part = 1.0 / (3.0 * (1.0 + a) ** 2)
    alone = np.array([part[0], np.prod(1.0 + part[1:]) - 1.0])
    both = alone.prod()
    whole = alone.sum() + both
    assert_near(sobol_indices(values, ("one", "many"), SEED), alone / whole, (alone + both) / whole)


def test_chance_as_an_input_has_the_share_of_the_noise():
    """A sum of a slope and of a number that each run holds: shares are the two variances'."""
    runs = 512
    luck = stats.norm.ppf((np.arange(runs) + 0.5) / runs)
    points = design(("slope", "chance"), 1024, SEED)
    slope = 3.0
    values = slope * points[:, 0] + np.array([luck[run_at(place, runs)] for place in points[:, 1]])
    share = np.array([slope**2 / 12.0, luck.var()])
    share /= share.sum()
    assert_near(sobol_indices(values, ("slope", "chance"), SEED), share, share)


def test_the_same_seed_gives_the_same_points_and_intervals():
    one, other = (design(XYZ, 64, SEED) for _ in range(2))
    assert np.array_equal(one, other)
    assert not np.array_equal(one, design(XYZ, 64, SEED + 1))
    found = [sobol_indices(ishigami(one), XYZ, SEED) for _ in range(2)]
    assert np.array_equal(found[0].total_half, found[1].total_half)


def test_points_lie_in_the_unit_cube_and_fill_it():
    points = design(tuple("wxyz"), 256, SEED)
    assert points.shape == (256 * 6, 4)
    assert points.min() >= 0.0
    assert points.max() < 1.0
    assert np.abs(points.mean(axis=0) - 0.5).max() < 0.01


def test_an_answer_that_nothing_moves_has_no_shares():
    found = sobol_indices(np.full(64 * 5, 3.0), XYZ, SEED)
    assert not found.first.any()
    assert not found.total.any()
    assert (found.mean, found.sd) == (3.0, 0.0)


@pytest.mark.parametrize("runs", [1, 3, 1000])
def test_every_run_has_its_part_of_the_axis_of_chance(runs):
    places = (np.arange(10 * runs) + 0.5) / (10 * runs)
    assert np.array_equal(np.bincount([run_at(place, runs) for place in places]), np.full(runs, 10))
    assert run_at(np.nextafter(1.0, 0.0), runs) == runs - 1


def test_what_is_no_design_is_refused():
    with pytest.raises(ExperimentError, match="power of 2"):
        design(XYZ, 100, SEED)
    with pytest.raises(ValueError, match="inputs"):
        sobol_indices(np.zeros(64), XYZ, SEED)
    with pytest.raises(ValueError, match="finite"):
        sobol_indices(np.array([np.nan, *np.zeros(9)]), XYZ, SEED)
