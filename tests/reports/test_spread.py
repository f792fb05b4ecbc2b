"""What an answer's spread rests on: theory where it is known, and honesty about what moves nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from sim.parameters import InputErrors
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
    noise = np.random.default_rng(4).normal(0.0, 0.5, 12)

    @dataclass(frozen=True)
    class World:
        name: str
        value: float

    def resolve(name, settings):
        return World(name, float(settings[0].partition("=")[2]))

    def totals(self, scenarios, measure, progress=None):
        pairs = [(100.0, 100.0 + 10.0 * world.value) for world in scenarios[::2]]
        return np.array([side + noise[: self.runs] for pair in pairs for side in pair])

    monkeypatch.setattr(spread.Asked, "totals", totals)
    tried = [
        spread.Variation("people.inflow_per_year", "derived", ("a=0.0",), ("a=1.0",), 0.5),
        spread.Variation("people.no_show", "document", ("a=0.5",), ("a=0.5",), 0.5),
    ]
    central = 5.0 + np.zeros(12)
    found = spread_of(resolve, "base", "other", tried, Asked(8, 1), "net_cost", central)
    assert [part.key for part in found.parts] == ["people.inflow_per_year", "people.no_show"]
    assert found.parts[0].variance == pytest.approx(100.0 / 12.0)
    assert found.parts[1].variance == 0.0
    assert found.chance == pytest.approx(0.0, abs=1e-12)
    # chance is that of the answer, with all its runs; not that of the few in which numbers are moved
    found = spread_of(resolve, "base", "other", tried, Asked(8, 1), "net_cost", central + noise)
    assert found.chance == pytest.approx(np.var(noise, ddof=1) / 12)


def test_an_end_that_the_scenario_refuses_moves_nothing(monkeypatch):
    def resolve(name, settings):
        raise InputErrors([])

    tried = [spread.Variation("people.no_show", "document", ("a=0",), ("a=1",), 0.5)]
    found = spread_of(resolve, "base", "other", tried, Asked(2, 1), "net_cost", np.array([3.0, 3.0]))
    assert (found.parts[0].low, found.parts[0].high, found.parts[0].variance) == (3.0, 3.0, 0.0)


@pytest.mark.long
def test_totals_are_the_results_own(monkeypatch):
    library = synthetic.library()
    end = ("period.end=2008-03-31",)
    scenarios = [library.resolve(name, end).scenario for name in ("plan-2008", "caseload-40")]
    asked = Asked(2, 3, jobs=1)
    results = asked.run(scenarios)
    for row, scenario in zip(asked.totals(scenarios, "net_cost"), scenarios, strict=True):
        np.testing.assert_array_equal(row, results.cell(scenario.name, "net_cost"))
