"""Chains go where prior times agreement says, and leave alone what is not learned."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from sim.inference.chains import agreement, walk
from sim.inference.chances import latin
from sim.inference.emulator import train
from sim.parameters.uncertain import Dimension

DIMENSIONS = tuple(Dimension(name, name, 0.0, 0.5, 1.0, "uniform") for name in ("a", "b", "c"))
NAMES = [d.name for d in DIMENSIONS]
NOISE = 0.05


def emulator(weights=(1.0, 1.0, 0.0)):
    """Of one quantity, a + b, with a known noise."""
    x = latin(3, "train", NAMES, 4_000)
    found = x @ np.array(weights) + NOISE * np.random.default_rng(1).standard_normal(len(x))
    return train(x, found[:, None])


def test_agreement_is_the_chance_of_a_run_between_the_limits():
    predicted = np.array([[0.0], [1.0], [40.0], [-40.0]])
    found = agreement(predicted, np.array([1.0]), np.array([-1.0]), np.array([2.0]))
    expected = np.log(stats.norm.cdf(2.0 - predicted[:2, 0]) - stats.norm.cdf(-1.0 - predicted[:2, 0]))
    assert found[:2] == pytest.approx(expected)
    # far out, where the chance itself is no floating-point number any more
    assert found[2] == pytest.approx(stats.norm.logcdf(-38.0), rel=1e-6)
    assert found[3] == pytest.approx(stats.norm.logcdf(-39.0), rel=1e-6)


def test_one_sided_targets_agree_up_to_infinity():
    found = agreement(np.array([[5.0]]), np.array([1.0]), np.array([3.0]), np.array([math.inf]))
    assert found[0] == pytest.approx(stats.norm.logcdf(2.0))


@pytest.fixture(scope="module")
def walked():
    start = latin(5, "start", NAMES, 1_000)
    low, high = np.array([1.5]), np.array([1.7])
    return start, walk(emulator(), DIMENSIONS, ("a", "b"), start, low, high, 400, 1, "test", worlds=1)


def test_chains_sample_prior_times_agreement(walked):
    """Against the same density by weighing a fine grid."""
    _, found = walked
    grid = (np.arange(400) + 0.5) / 400
    a, b = np.meshgrid(grid, grid, indexing="ij")
    weight = stats.norm.cdf((1.7 - a - b) / NOISE) - stats.norm.cdf((1.5 - a - b) / NOISE)
    weight /= weight.sum()
    mean, spread = (weight * a).sum(), math.sqrt((weight * a**2).sum() - (weight * a).sum() ** 2)
    for column in (0, 1):
        values = found.values[:, column]
        assert values.mean() == pytest.approx(mean, abs=4 * spread / math.sqrt(len(values)))
        assert values.std() == pytest.approx(spread, rel=0.1)
    both = (weight * a * b).sum() - mean**2
    error = math.sqrt(2.0) * spread**2 / math.sqrt(len(found.values))
    assert np.cov(found.values[:, :2].T)[0, 1] == pytest.approx(both, abs=4 * error)


def test_what_is_not_learned_is_left_where_it_was(walked):
    start, found = walked
    assert found.values[:, 2] == pytest.approx(start[:, 2], abs=1e-12)


def test_a_dimension_that_would_be_taught_but_must_not_keeps_its_prior():
    """The target is about a + b alone, b is not learned: a then follows from each chain's own b."""
    start = latin(6, "start", NAMES, 500)
    low, high = np.array([0.9]), np.array([1.1])
    found = walk(emulator(), DIMENSIONS, ("a",), start, low, high, 300, 1, "cut")
    assert found.values[:, 1] == pytest.approx(start[:, 1], abs=1e-12)
    assert np.corrcoef(found.values[:, 0], found.values[:, 1])[0, 1] < -0.9


def test_groups_have_targets_of_their_own():
    start = latin(8, "start", NAMES, 120)
    centre = np.repeat([0.6, 1.0, 1.4], 40)[:, None]
    found = walk(
        emulator(), DIMENSIONS, ("a", "b"), start, centre - 0.05, centre + 0.05, 300, 1, "groups", group=40
    )
    sums = found.values[:, :2].sum(axis=1).reshape(3, 40)
    assert sums.mean(axis=1) == pytest.approx([0.6, 1.0, 1.4], abs=0.05)


def test_the_same_seed_walks_the_same_way():
    start = latin(9, "start", NAMES, 30)
    low, high = np.array([1.0]), np.array([1.2])
    one, again, other = (
        walk(emulator(), DIMENSIONS, ("a", "b"), start, low, high, 50, seed, "same", halts=3)
        for seed in (1, 1, 2)
    )
    assert np.array_equal(one.values, again.values)
    assert not np.array_equal(one.values, other.values)
    assert one.halts.shape == (3, 30, 3)
    assert np.array_equal(one.halts[-1], one.values)
