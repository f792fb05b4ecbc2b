"""The parts of a spread: chance, parameters and structure, each found where it was put."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.experiment.variance import paired_parts, variance_parts


def worlds(structures=1, draws=4_000, runs=3, chance=2.0, parameters=3.0, structure=0.0, seed=1):
    rng = np.random.default_rng(seed)
    values = 10.0 + parameters * rng.standard_normal((1, draws, 1))
    values = values + chance * rng.standard_normal((structures, draws, runs))
    return values + structure * np.arange(structures)[:, None, None]


def test_the_parts_are_found_where_they_were_put():
    found = variance_parts(worlds()[0])
    # standard errors of variances: √(2/n)·σ²
    assert found.chance == pytest.approx(4.0, abs=4 * math.sqrt(2 / 8_000) * 4.0)
    assert found.parameters == pytest.approx(9.0, abs=4 * math.sqrt(2 / 4_000) * (9.0 + 4.0 / 3.0))
    assert found.structure == 0.0
    assert found.error == pytest.approx(math.sqrt((9.0 + 4.0 / 3.0) / 4_000), rel=0.05)


def test_the_parts_add_up_to_the_spread_of_one_world():
    values = worlds(runs=2)
    found = variance_parts(values[0])
    assert found.total == pytest.approx(float(values[0].var(ddof=1)), rel=1e-3)


def test_chance_alone_is_not_taken_for_ignorance():
    found = variance_parts(worlds(parameters=0.0)[0])
    assert found.parameters < 0.1 * found.chance
    assert found.upper - found.lower < 0.35 * (found.world_upper - found.world_lower)


def test_ignorance_alone_is_not_taken_for_chance():
    found = variance_parts(worlds(chance=0.0)[0])
    assert found.chance == 0.0
    # between the same two draws, at place 199.95 and at 599.95: fractions that binary rounds differently
    assert (found.lower, found.upper) == pytest.approx((found.world_lower, found.world_upper), rel=1e-12)


def test_the_interval_holds_the_share_of_draws_that_it_says():
    expected = 10.0 + 3.0 * np.random.default_rng(3).standard_normal(2_000)
    values = expected[:, None] + np.random.default_rng(4).standard_normal((2_000, 4))
    found = variance_parts(values, level=0.80)
    held = ((expected >= found.lower) & (expected <= found.upper)).mean()
    assert held == pytest.approx(0.80, abs=4 * math.sqrt(0.8 * 0.2 / 2_000))


def test_structures_count_as_much_each():
    found = variance_parts(worlds(structures=3, structure=5.0))
    assert found.structure == pytest.approx(25.0, rel=0.05)
    assert found.mean == pytest.approx(15.0, abs=4 * found.error)


def test_one_run_a_draw_cannot_tell_the_parts_apart():
    found = variance_parts(worlds(runs=1)[0])
    assert math.isnan(found.chance)
    assert found.parameters == pytest.approx(13.0, rel=0.1)


def test_a_pair_takes_what_both_share_away():
    base = worlds()[0]
    found = paired_parts(base, base + 1.0)
    assert (found.mean, found.lower, found.upper, found.verdict) == (1.0, 1.0, 1.0, "higher")
    same = paired_parts(base, base * (1.0 + 1e-15))
    assert (same.mean, same.total, same.verdict) == (0.0, 0.0, "cannot_tell")


def test_the_verdict_looks_at_what_is_not_known_and_not_at_the_mean_alone():
    values = worlds(draws=400, parameters=3.0)[0] - 9.0
    found = variance_parts(values)
    assert found.mean_interval[0] > 0.0
    assert found.verdict == "cannot_tell"


def test_draws_that_lack_the_quantity_are_left_out():
    values = worlds(draws=10)[0]
    values[3, 1] = np.nan
    assert variance_parts(values).draws == 9
    assert variance_parts(np.full((5, 2), np.nan)) is None


def test_shares_are_whole_per_cents_of_what_can_be_told_apart():
    parts = variance_parts(worlds(structures=3, structure=1.0))
    assert [name for name, _ in parts.shares] == ["chance", "parameters", "structure"]
    assert sum(share for _, share in parts.shares) == pytest.approx(1.0)
    for name, share in parts.shares:
        assert share == pytest.approx(getattr(parts, name) / parts.total, abs=0.01)
    assert variance_parts(worlds(runs=1)).shares == (("parameters", 1.0),)
    assert variance_parts(np.zeros((4, 2))).shares == ()
