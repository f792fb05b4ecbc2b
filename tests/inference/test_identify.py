"""What was learned is told, and what was not."""

from __future__ import annotations

import numpy as np
import pytest

from sim.inference.chances import latin
from sim.inference.identify import contraction, trade_offs
from sim.parameters.uncertain import Dimension, Ensemble

NAMES = ("free", "taught", "edge", "with free")
DIMENSIONS = tuple(Dimension(name, name, 0.0, 1.0, 4.0) for name in NAMES)


def ensemble():
    chance = latin(1, "here", NAMES, 500)
    chance[:, 1] = 0.4 + 0.2 * chance[:, 1]
    chance[:, 2] = 0.95 + 0.05 * chance[:, 2]
    chance[:, 3] = 1.0 - 0.9 * chance[:, 0] - 0.1 * chance[:, 3]
    values = np.column_stack([d.quantile(chance[:, n]) for n, d in enumerate(DIMENSIONS)])
    return Ensemble("e", DIMENSIONS, values)


def test_spread_that_is_left_is_on_the_priors_own_scale():
    found = {row.name: row for row in contraction(ensemble(), NAMES)}
    assert found["free"].spread_left == pytest.approx(1.0, abs=0.02)
    assert found["taught"].spread_left == pytest.approx(0.2, abs=0.01)
    assert found["free"].at_edge == pytest.approx(1.0, abs=0.05)
    assert found["edge"].at_edge == pytest.approx(10.0)
    assert found["taught"].lower < found["taught"].median < found["taught"].upper


def test_a_trade_off_is_seen_and_chance_is_not_taken_for_one():
    (pair,) = trade_offs(ensemble(), NAMES)
    assert {pair.first, pair.second} == {"free", "with free"}
    assert pair.correlation < -0.9
