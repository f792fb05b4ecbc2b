"""The emulator: exact on what it can be, honest about what it can't."""

from __future__ import annotations

import numpy as np
import pytest

from sim.inference.chances import chances, latin
from sim.inference.emulator import CURVED, train

NAMES = [f"x{number}" for number in range(20)]


def points(rows=600, what="points"):
    return latin(1, what, NAMES, rows)


def curve(x):
    return 3.0 + 2.0 * x[:, 0] - 5.0 * x[:, 1] ** 2 + 4.0 * x[:, 2] * x[:, 3]


def test_a_polynomial_of_the_second_degree_is_found_exactly():
    x = points()
    emulator = train(x, curve(x)[:, None])
    new = points(50, "new")
    assert emulator(new)[:, 0] == pytest.approx(curve(new), abs=1e-9)
    assert emulator.errors[0] < 1e-9


def test_chance_is_told_as_error():
    x = points()
    noise = np.random.default_rng(1).standard_normal(len(x))
    emulator = train(x, (curve(x) + 0.3 * noise)[:, None])
    assert emulator.errors[0] == pytest.approx(0.3, rel=0.15)


def test_the_error_is_that_of_points_the_fit_has_not_seen():
    x = points()
    found = curve(x) + np.sin(12.0 * x[:, 0]) + 0.1 * np.random.default_rng(2).standard_normal(len(x))
    emulator = train(x, found[:, None])
    new = points(2_000, "new")
    truth = curve(new) + np.sin(12.0 * new[:, 0]) + 0.1 * np.random.default_rng(3).standard_normal(2_000)
    missed = np.sqrt(np.mean((emulator(new)[:, 0] - truth) ** 2))
    assert emulator.errors[0] == pytest.approx(missed, rel=0.1)


def test_what_moves_nothing_stays_out():
    x = points()
    emulator = train(x, (curve(x) + 0.01 * np.random.default_rng(4).standard_normal(len(x)))[:, None])
    moved = set(emulator.moved_by[0])
    assert {0, 1, 2, 3} <= moved
    assert len(moved) < CURVED


def test_a_latin_hypercube_has_one_point_in_each_part():
    x = latin(7, "here", NAMES, 64)
    for column in x.T:
        assert sorted((column * 64).astype(int)) == list(range(64))


def test_chances_are_keyed_by_name():
    all_names, fewer = chances(1, "a", NAMES, 5), chances(1, "a", NAMES[3:6], 5)
    assert np.array_equal(all_names[:, 3:6], fewer)
    assert not np.array_equal(fewer, chances(1, "b", NAMES[3:6], 5))
    assert not np.array_equal(fewer, chances(1, "a", NAMES[3:6], 5, step=1))
    assert not np.array_equal(fewer, chances(2, "a", NAMES[3:6], 5))
