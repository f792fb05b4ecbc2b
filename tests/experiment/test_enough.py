"""Runs are added until a difference is known as well as asked for, and no further."""

import numpy as np
import pytest

from sim.experiment import run as running
from sim.experiment.differences import difference
from sim.experiment.enough import Target, run_until
from sim.experiment.errors import ExperimentError
from sim.experiment.run import run_scenarios
from sim.experiment.store import Store

SEED = 7


@pytest.fixture
def scenarios(pair):
    return [found.scenario for found in pair]


def half_width(results, measure, runs):
    found = difference(results, "caseload-50", "caseload-40", measure)
    assert found.runs == runs
    return (found.upper - found.lower) / 2.0


def test_it_stops_at_the_first_look_when_that_is_enough(scenarios):
    found = run_until(scenarios, [Target("net_cost", 1000.0)], SEED, first=3, jobs=1)
    (outcome,) = found.outcomes
    assert found.met
    assert outcome.met
    assert (found.results.runs, outcome.difference.runs, outcome.other) == (3, 3, "caseload-40")


def test_it_goes_on_until_the_target_is_met(scenarios, results):
    wanted = half_width(results, "net_cost", 4) / 1.5
    found = run_until(scenarios, [Target("net_cost", wanted)], SEED, first=4, budget=200, jobs=1)
    (outcome,) = found.outcomes
    assert found.met
    assert outcome.half_width <= wanted
    assert 4 < found.results.runs < 200
    alone = run_scenarios(scenarios, found.results.runs, SEED, jobs=1)
    assert found.results.values.tobytes() == alone.values.tobytes()


def test_it_stops_when_the_budget_is_spent_and_says_so(scenarios):
    targets = [Target("net_cost", 1000.0), Target("exits_work", 1e-9)]
    found = run_until(scenarios, targets, SEED, first=3, budget=7, jobs=1)
    assert not found.met
    assert [outcome.met for outcome in found.outcomes] == [True, False]
    assert found.results.runs == found.budget == 7


def test_it_at_most_doubles_what_there_is(scenarios):
    seen = []
    run_until(
        scenarios,
        [Target("exits_work", 1e-9)],
        SEED,
        first=2,
        budget=9,
        jobs=1,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert list(dict.fromkeys(total for _, total in seen)) == [4, 8, 16, 18]
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1] == (18, 18)


def test_a_difference_that_never_varies_needs_no_more(scenarios):
    """Referrals are the same in both worlds: any number of runs would do."""
    found = run_until(scenarios, [Target("referrals", 1e-12)], SEED, first=2, jobs=1)
    assert found.results.runs == 2
    assert found.outcomes[0].independent_runs is None


def test_what_pairing_saved(scenarios):
    found = run_until(scenarios, [Target("net_cost", 1000.0)], SEED, first=6, jobs=1)
    (outcome,) = found.outcomes
    base, other = (found.results.cell(name, "net_cost") for name in found.results.names)
    paired, apart = np.var(other - base, ddof=1), np.var(base, ddof=1) + np.var(other, ddof=1)
    assert outcome.independent_runs == round(6 * apart / paired)
    assert outcome.independent_runs > 6


def test_several_scenarios_each_have_each_target(scenarios, resolve):
    third = resolve("caseload-60").scenario
    targets = [Target("net_cost", 1000.0), Target("stock", 1000.0, centre="jarva", segment="near")]
    found = run_until([*scenarios, third], targets, SEED, first=2, jobs=1)
    assert [(o.other, o.target.measure) for o in found.outcomes] == [
        ("caseload-40", "net_cost"),
        ("caseload-40", "stock"),
        ("caseload-60", "net_cost"),
        ("caseload-60", "stock"),
    ]


def test_batches_are_kept_and_found_again(scenarios, tmp_path, monkeypatch):
    store = Store(tmp_path)
    target = [Target("exits_work", 1e-9)]
    first = run_until(scenarios, target, SEED, first=2, budget=5, jobs=1, store=store)
    monkeypatch.setattr(running, "_one", None)
    again = run_until(scenarios, target, SEED, first=2, budget=5, jobs=1, store=store)
    assert again.results.values.tobytes() == first.results.values.tobytes()


@pytest.mark.parametrize(
    ("targets", "more", "sentence"),
    [
        ([Target("net_costs", 1.0)], {}, "no measure net_costs"),
        ([Target("net_cost", 1.0, period="2009")], {}, "no period 2009"),
        ([Target("net_cost", 0.0)], {}, "half-width for net_cost is 0.0"),
        ([Target("net_cost", float("nan"))], {}, "half-width for net_cost is nan"),
        ([Target("net_cost", 1.0)], {"budget": 3, "first": 5}, "budget is 3 runs; at least 5"),
        ([Target("net_cost", 1.0)], {"level": 2.0}, "level is 2.0"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(scenarios, targets, more, sentence, monkeypatch):
    if "level" not in more:
        monkeypatch.setattr(running, "simulate", None)
    with pytest.raises(ExperimentError, match=sentence):
        run_until(scenarios, targets, SEED, **({"first": 2, "jobs": 1} | more))
