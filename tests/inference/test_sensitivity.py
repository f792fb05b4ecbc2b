"""What an answer hangs on, in small worlds where some of it is known beforehand."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from sim.experiment.curves import Curve, Measured, Point
from sim.experiment.differences import difference, paired_difference
from sim.experiment.errors import ExperimentError
from sim.experiment.run import run_scenarios
from sim.inference import sensitivity
from sim.inference.answers import Pair, answers, question
from sim.inference.sensitivity import CHANCE, REST, STRUCTURE, Input, shares, structures, tornado
from sim.inference.turning import Assumption, assumptions, turns
from sim.parameters import Library, Scenario, load_library
from sim.parameters.priors import evidence_ranges, priors
from sim.parameters.uncertain import Dimension

SEED = 7
RUNS = 2
SHORT = ("period.end=2008-02-29",)


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="module")
def resolve(library) -> Callable[..., Scenario]:
    return lambda name, settings=(): library.resolve(name, (*SHORT, *settings)).scenario


@pytest.fixture(scope="module")
def worlds(resolve) -> tuple[Scenario, Scenario]:
    return resolve("plan-2008"), resolve("caseload-40")


@pytest.fixture(scope="module")
def inputs(library) -> dict[str, Input]:
    return {
        found.name: Input(found, library.passports[found.key].kind, library.passports[found.key].grade)
        for found in priors(library)
    }


@pytest.fixture(scope="module")
def table(worlds, inputs):
    """One input that only money hangs on, in proportion; one that people do; one that nothing does here."""
    names = ("costs.other_per_post", "exits.hazard[near]", "exits.waiting_pace")
    (found,) = tornado(
        question(worlds[0], "net_cost", SEED), worlds, [inputs[name] for name in names], RUNS, jobs=1
    )
    return {bar.input.name: bar for bar in found.bars}, found


def test_the_central_answer_is_the_paired_difference(worlds, table):
    results = run_scenarios(worlds, RUNS, SEED, jobs=1)
    expected = difference(results, "plan-2008", "caseload-40", "net_cost")
    central = table[1].central
    assert (central.mean, central.lower, central.upper) == pytest.approx(
        (expected.mean, expected.lower, expected.upper), abs=1e-12
    )


def test_an_answer_moves_in_proportion_to_a_price(worlds, inputs, table):
    """Cost is posts times price, so the answers at both ends lie on one line with the central answer."""
    bar, central = table[0]["costs.other_per_post"], table[1].central
    dimension = bar.input.dimension
    now = worlds[0].number("costs.other_per_post")
    along = (now - dimension.low) / (dimension.high - dimension.low)
    assert bar.low.mean + along * bar.swing.mean == pytest.approx(central.mean)
    assert bar.swing.mean != 0.0
    assert bar.swing.mean == pytest.approx(bar.high.mean - bar.low.mean)


def test_the_widest_swing_comes_first_and_what_is_still_is_left_out(table):
    bars, found = table
    swings = [abs(bar.swing.mean) for bar in found.bars]
    assert swings == sorted(swings, reverse=True)
    assert bars["exits.waiting_pace"].swing.identical  # the pace follows the load as shipped
    assert [bar.input.name for bar in found.moving] == [
        bar.input.name for bar in found.bars if bar.input.name != "exits.waiting_pace"
    ]


def test_an_alternative_is_laid_on_both_scenarios(resolve, worlds):
    names = ("premises-marginal", "saturation-30")
    built = [(name, (resolve(f"plan-2008+{name}"), resolve(f"caseload-40+{name}"))) for name in names]
    (found,) = structures(question(worlds[0], "net_cost", SEED), worlds, built, RUNS, jobs=1)
    results = run_scenarios(built[0][1], RUNS, SEED, jobs=1)
    expected = difference(results, *results.names, "net_cost")
    first = found.alternatives[0]
    assert first.answer.mean == pytest.approx(expected.mean)
    assert first.change.mean == pytest.approx(expected.mean - found.central.mean)


@pytest.mark.long
def test_a_price_has_the_spread_of_what_is_bought_at_it(worlds):
    """The answer is a price times posts: what it doesn't hang on has no share, chance the little in posts."""
    price = Dimension("costs.other_per_post", "costs.other_per_post", 1e4, 2e4, 3e4)
    still = Dimension("exits.waiting_pace", "exits.waiting_pace", 0.0, 0.5, 1.0)
    asked = question(worlds[0], "other_cost", SEED)
    (found,) = shares(asked, worlds, [], [price], [still], 16, jobs=1)
    assert found.inputs == ("costs.other_per_post", REST, CHANCE)
    first, half = found.indices.first, found.indices.first_half
    assert abs(first[0] - 1.0) <= 3.0 * half[0] + 0.05
    assert found.indices.total[1] == 0.0
    assert 0.0 < found.indices.total[2] < 0.05
    assert found.below in (0.0, 1.0)


def test_chance_and_structure_are_inputs(resolve, worlds, inputs):
    built = [
        ("waiting-pace-0", tuple(resolve(f"{name}+waiting-pace-0") for name in ("plan-2008", "caseload-40")))
    ]
    asked = question(worlds[0], "net_cost", SEED)
    near = inputs["exits.hazard[near]"].dimension
    (found,) = shares(asked, worlds, built, [near], [], 2, jobs=1)
    (again,) = shares(asked, worlds, built, [near], [], 2, jobs=1)
    assert found.inputs == ("exits.hazard[near]", STRUCTURE, CHANCE)
    assert found.indices.evaluations == 2 * (3 + 2)
    assert np.array_equal(found.indices.total, again.indices.total)


def test_no_draw_moves_what_an_alternative_sets(resolve, worlds, inputs, monkeypatch):
    seen: list[Pair] = []

    def looked_at(asked, pairs, jobs, progress):
        seen.extend(pairs)
        return np.arange(float(len(pairs) * len(asked.periods))).reshape(len(pairs), -1)

    monkeypatch.setattr(sensitivity, "answers", looked_at)
    drawn = inputs["intake.headroom"].dimension
    without = tuple(resolve(f"{scenario.name}+no-headroom") for scenario in worlds)
    shares(question(worlds[0], "net_cost", SEED), worlds, [("no-headroom", without)], [drawn], [], 8)
    found = [pair.other.number("intake.headroom") for pair in seen]
    alternative = without[1].number("intake.headroom")
    assert 0.3 < np.mean(np.array(found) == alternative) < 0.7  # half of the worlds are built so
    assert len({value for value in found if value != alternative}) > 8  # the others are drawn


def test_years_come_before_the_total(library):
    scenario = library.resolve("plan-2008").scenario
    assert question(scenario, "net_cost", SEED).periods == ("2008", "2009", "2010", "total")
    assert question(scenario, "present_value", SEED).periods == ("total",)
    with pytest.raises(ExperimentError, match="no measure net_costs"):
        question(scenario, "net_costs", SEED)


def test_pairs_that_cannot_stand_beside_each_other_are_refused(library, worlds):
    longer = library.resolve("caseload-40").scenario
    with pytest.raises(ExperimentError, match="months differ"):
        answers(question(worlds[0], "net_cost", SEED), [Pair(worlds[0], longer, 0)], jobs=1)


def drawn(points, period="total"):
    """A curve from x and the difference in each run there."""
    measured = tuple(
        Measured(
            Point(f"{x}", (), x), paired_difference(np.zeros(len(each)), np.asarray(each)), np.asarray(each)
        )
        for x, each in points
    )
    return Curve("e", "base", "other", "net_cost", period, "all", "all", 0.90, measured)


def told(points, evidence=None):
    tried = Assumption("e", tuple(Point(f"{x}", (), x) for x, _ in points), 0.15, evidence)
    return list(turns(tried, [drawn(points)]))


def test_where_an_answer_turns():
    (found,) = told([(0.0, [4.0, 4.1]), (1.0, [-4.0, -4.1])], (0.0, 0.4))
    assert (found.verdict, found.x) == ("turns", pytest.approx(0.5))
    assert found.within_evidence is False
    (found,) = told([(0.0, [1.0, 1.1]), (1.0, [-4.0, -4.1])], (0.0, 0.4))
    assert found.within_evidence is True


@pytest.mark.parametrize(
    ("ends", "verdict"),
    [
        (([4.0, 4.1], [1.0, 1.1]), "higher"),
        (([-4.0, -4.1], [-1.0, -1.1]), "lower"),
        (([4.0, 4.1], [1.0, -0.5]), "cannot_tell"),
        (([0.0, 0.0], [0.0, 0.0]), "no_difference"),
    ],
)
def test_where_an_answer_does_not_turn_that_is_said(ends, verdict):
    (found,) = told([(0.0, ends[0]), (1.0, ends[1])])
    assert (found.verdict, found.x, found.first, found.last) == (verdict, None, 0.0, 1.0)


def test_each_assumption_stands_beside_its_evidence(library, resolve):
    known = {
        tried.key: tried.evidence for tried in assumptions(resolve("plan-2008"), evidence_ranges(library))
    }
    assert known == {
        "exits.elasticity": (0.05, 0.27),
        "exits.waiting_pace": (0.0, 1.0),
        "measures.effect": (0.9, 1.1),
        "measures.price_per_year": (40000.0, 41750.0),
    }


def test_what_is_tried_holds_what_is_assumed(resolve):
    """Each curve passes through the central value, so that a turn is told from where the answer stands."""
    base = resolve("plan-2008")
    for tried in assumptions(base):
        line = [point for point in tried.points if point.x is not None]
        assert tried.central is None or any(math.isclose(point.x, tried.central) for point in line)
        for point in line:
            resolve("caseload-40", point.settings)
    providers = next(tried for tried in assumptions(base) if tried.key == "measures.effect")
    assert all("temporary_job" not in setting for point in providers.points for setting in point.settings)
