"""What an answer's spread rests on: theory where it is known, and honesty about what moves nothing."""

from __future__ import annotations

import numpy as np
import pytest

from sim.reports.committee import spread
from sim.reports.committee.spread import CHANCE, Asked, Part, Spread, spread_of, variance_of_lines, variations
from tests.reports import synthetic


def test_a_straight_line_over_its_range_has_a_twelfth_of_its_square_height():
    assert variance_of_lines([(0.0, 1.0), (1.0, 7.0)]) == pytest.approx(36.0 / 12.0)
    assert variance_of_lines([(0.0, 1.0), (0.25, 2.5), (1.0, 7.0)]) == pytest.approx(36.0 / 12.0)
    assert variance_of_lines([(0.0, 5.0), (0.5, 5.0), (1.0, 5.0)]) == 0.0


def test_lines_agree_with_sampling():
    points = [(0.0, 3.0), (0.2, -1.0), (1.0, 4.0)]
    x = np.linspace(0.0, 1.0, 200_001)
    sampled = np.interp(x, [at for at, _ in points], [value for _, value in points]).var()
    assert variance_of_lines(points) == pytest.approx(sampled, rel=1e-4)


def test_shares_add_up_to_one():
    found = Spread(1.0, (Part("a", "assumption", 0, 1, 6.0), Part("b", "study", 0, 1, 3.0)))
    assert found.share("assumption") == pytest.approx(0.6)
    assert found.share(CHANCE) + found.share("study") + found.share("assumption") == pytest.approx(1.0)
    assert Spread(0.0, ()).share("assumption") == 0.0


def test_every_uncertain_number_with_a_range_is_tried_at_both_ends():
    library = synthetic.library()
    plan = library.resolve("plan-2008").scenario
    tried = {variation.key: variation for variation in variations(library, plan)}
    assert {"exits.elasticity", "people.inflow_per_year", "exits.waiting_pace"} <= tried.keys()
    assert tried["people.no_show"].low == ("people.no_show=0.22",)
    assert tried["people.no_show"].middle == pytest.approx((0.30 - 0.22) / (0.35 - 0.22))
    for key, variation in tried.items():
        assert library.passports[key].role == "uncertainty"
        for settings in (variation.low, variation.high):
            library.resolve("plan-2008", settings)


def test_a_number_that_moves_the_answer_in_a_straight_line_brings_the_variance_of_that_line(monkeypatch):
    """Stand-in runs: the difference is ten times the number, and noise that pairs share."""
    noise = np.random.default_rng(4).normal(0.0, 0.5, 8)

    class Results:
        def __init__(self, value):
            self.value = value

        def cell(self, name, measure):
            return 100.0 + noise + (10.0 * self.value if name == "other" else 0.0)

    monkeypatch.setattr(spread.Asked, "run", lambda self, scenarios, progress=None: Results(scenarios[0]))

    def resolve(name, settings):
        return float(settings[0].partition("=")[2]) if settings else 0.5

    tried = [
        spread.Variation("people.inflow_per_year", "derived", ("a=0.0",), ("a=1.0",), 0.5),
        spread.Variation("people.no_show", "document", ("a=0.5",), ("a=0.5",), 0.5),
    ]
    found = spread_of(resolve, "base", "other", tried, Asked(8, 1), "net_cost")
    assert [part.key for part in found.parts] == ["people.inflow_per_year", "people.no_show"]
    assert found.parts[0].variance == pytest.approx(100.0 / 12.0)
    assert found.parts[1].variance == 0.0
    assert found.chance == pytest.approx(0.0, abs=1e-12)
