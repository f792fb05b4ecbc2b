import pickle
from datetime import date

import numpy as np
import pytest

from sim.experiment import run as running
from sim.experiment.errors import ExperimentError
from sim.experiment.run import measure, reported_periods, run_scenarios, simulate
from sim.parameters import Scenario

SEED = 7


@pytest.fixture
def scenarios(pair) -> list[Scenario]:
    return [found.scenario for found in pair]


def same(left, right) -> bool:
    return np.array_equal(left.values, right.values, equal_nan=True)


def test_results_hold_each_run_of_each_scenario_as_if_it_stood_alone(results, scenarios):
    for s, scenario in enumerate(scenarios):
        for run in range(results.runs):
            cube = measure(scenario, simulate(scenario, run, SEED))
            assert np.array_equal(results.values[s, run], cube.values, equal_nan=True)
    assert results.names == ("caseload-50", "caseload-40")
    assert results.measures == cube.measures
    assert results.periods == cube.periods
    assert results.centres[-1] == results.segments[-1] == "all"


@pytest.mark.parametrize("jobs", [2, 3, 16])
def test_threads_change_no_bit_of_any_run(results, scenarios, jobs):
    assert same(run_scenarios(scenarios, 4, SEED, jobs=jobs), results)


@pytest.mark.parametrize("jobs", [1, pytest.param(2, marks=pytest.mark.long)])
def test_the_other_engine_and_its_processes_change_no_bit_of_any_run(results, scenarios, jobs):
    other = run_scenarios(scenarios, 2, SEED, jobs=jobs, engine="simpy")
    assert np.array_equal(other.values, results.values[:, :2], equal_nan=True)


def test_more_runs_only_add_to_those_there_are(results, scenarios):
    longer = run_scenarios(scenarios, 5, SEED, jobs=1)
    assert np.array_equal(longer.values[:, :4], results.values, equal_nan=True)


def test_runs_and_seeds_differ(results, scenarios):
    net = [results.cell("caseload-50", "net_cost")[run] for run in range(4)]
    assert len(set(net)) == 4
    assert not same(run_scenarios(scenarios, 4, SEED + 1, jobs=1), results)


def test_scenarios_share_their_people(results):
    """Run n refers the same people in every scenario: pairing rests on it."""
    for measure_key in ("referrals", "no_shows"):
        assert np.array_equal(
            results.cell("caseload-50", measure_key), results.cell("caseload-40", measure_key)
        )


def test_progress_counts_every_run(scenarios):
    seen = []
    run_scenarios(scenarios, 2, SEED, jobs=2, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(done, 4) for done in range(5)]


def test_an_interrupt_gets_through_and_leaves_no_work_behind(scenarios, monkeypatch):
    begun = []
    one = running._one

    def noted(task):
        begun.append(task.run)
        return one(task)

    def interrupt(done, total):
        if done == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(running, "_one", noted)
    with pytest.raises(KeyboardInterrupt):
        run_scenarios(scenarios, 50, SEED, jobs=2, progress=interrupt)
    assert len(begun) < 20


def test_tables_may_start_later_than_the_run(resolve):
    scenario = resolve("plan-2008").scenario
    history = simulate(scenario, 0, SEED)
    whole, later = measure(scenario, history), measure(scenario, history, date(2008, 3, 1))
    keys = [period.key for period in later.periods]
    assert keys == ["2008-03", "2008-04", "2008-05", "2008-06", "total"]
    assert later.cell("enrolments") == sum(
        whole.cell("enrolments", f"2008-0{month}") for month in range(3, 7)
    )
    assert later.cell("enrolments", "2008-04") == whole.cell("enrolments", "2008-04")
    assert later.cell("net_cost") < whole.cell("net_cost")


@pytest.mark.parametrize("day", [date(2007, 12, 1), date(2008, 7, 1)])
def test_tables_start_inside_the_run(resolve, day):
    with pytest.raises(ExperimentError, match=r"2008-01-01 to 2008-06-01"):
        reported_periods(resolve("plan-2008").scenario, day)


def test_money_is_discounted_to_the_policys_date(resolve):
    scenario = resolve("plan-2008").scenario
    history = simulate(scenario, 0, SEED)
    from_start = measure(scenario, history).cell("present_value")
    later = measure(scenario, history, policy_from=date(2008, 4, 1)).cell("present_value")
    assert later > from_start


def test_scenarios_of_different_length_do_not_go_together(library, scenarios):
    longer = library.resolve("plan-2008", settings=["period.end=2008-07-31"]).scenario
    with pytest.raises(
        ExperimentError, match=r"plan-2008 and caseload-50 can't stand in one table: .* months"
    ):
        run_scenarios([scenarios[0], longer], 2, SEED)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"scenarios": []}, "No scenario"),
        ({"runs": 0}, "0 runs"),
        ({"seed": -1}, "seed is -1"),
        ({"jobs": 0}, "0 jobs"),
        ({"engine": "quantum"}, "no engine quantum; the engines are compiled, simpy"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(scenarios, change, sentence):
    asked = {"scenarios": scenarios, "runs": 2, "seed": SEED} | change
    with pytest.raises(ExperimentError, match=sentence):
        run_scenarios(**asked)


def test_the_same_scenario_twice_is_refused(scenarios):
    with pytest.raises(ExperimentError, match="caseload-50 was given twice"):
        run_scenarios([scenarios[0], scenarios[0]], 2, SEED)


def test_results_of_a_run_can_go_to_another_process(scenarios):
    cube = measure(scenarios[0], simulate(scenarios[0], 0, SEED))
    again = pickle.loads(pickle.dumps(cube))
    assert again.measures == cube.measures
    assert np.array_equal(again.values, cube.values, equal_nan=True)
