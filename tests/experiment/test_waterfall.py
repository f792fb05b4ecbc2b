"""A difference taken apart: the parts add up, each with its own paired interval."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.experiment.differences import difference
from sim.experiment.errors import ExperimentError
from sim.experiment.results import Results
from sim.experiment.run import run_scenarios
from sim.experiment.store import Store
from sim.experiment.waterfall import (
    INTERACTION,
    LeverStep,
    lever_steps,
    lever_waterfall,
    line_waterfall,
    run_levers,
)
from sim.outcomes import Measure
from sim.parameters import Scenario
from sim.parameters.calendar import Period

RUNS, SEED = 4, 7
SETTINGS = ("staff.factor=0.9", "levers.caseload_norm=60", "levers.outsourcing_places=1500")
JOBS = "measures.municipal_places[temporary_job]=100"
"""A line that the plan leaves empty."""


@pytest.fixture(scope="module")
def plan(resolve):
    return resolve("plan-2008", JOBS).scenario


@pytest.fixture(scope="module")
def changed(resolve):
    scenario = resolve("plan-2008", JOBS, *SETTINGS).scenario
    return scenario.taking(scenario, (), "changed")


@pytest.fixture(scope="module")
def taken_apart(plan, changed, library):
    return run_levers(plan, changed, library.group, RUNS, SEED, jobs=1)


def made_up(values: dict[str, list[float]], measure: str = "net_cost") -> Results:
    """Results of one measure in one cell: a list of runs for each scenario."""
    array = np.array(list(values.values()))[:, :, None, None, None, None]
    period = Period("total", "total", 0, 0)
    measures = (Measure(measure, "MSEK", "flow", ("kr",)),)
    return Results(tuple(values), array, measures, (period,), ("all",), ("all",), 1)


def step(name: str) -> LeverStep:

    return LeverStep(name, (), Scenario(name, None, 1, {}))


@pytest.mark.parametrize("period", ["total", "2008-T1"])
@pytest.mark.parametrize("centre", ["all", "jarva"])
def test_lines_add_up_to_the_net_difference(taken_apart, period, centre):
    results, _ = taken_apart
    found = line_waterfall(results, "plan-2008", "changed", period=period, centre=centre)
    whole = difference(results, "plan-2008", "changed", "net_cost", period, centre)
    assert sum(bar.difference.mean for bar in found.bars) == pytest.approx(whole.mean, abs=1e-9)
    assert found.whole == whole
    keys = [bar.key for bar in found.bars]
    assert keys[:3] == ["benefit", "staff", "premises"]
    assert {"procured_coaching", "vocational_course", "temporary_job"} <= set(keys)
    # what is city-wide is in no centre's sum
    assert ("city_wide" in keys) == (centre == "all")


def test_a_line_is_the_paired_difference_of_its_own_measure(taken_apart):
    results, _ = taken_apart
    for bar in line_waterfall(results, "plan-2008", "changed", level=0.5).bars:
        assert bar.difference == difference(results, "plan-2008", "changed", bar.measure, level=0.5)


def test_levers_and_what_they_do_together_add_up(taken_apart):
    results, steps = taken_apart
    found = lever_waterfall(results, "plan-2008", "changed", steps)
    assert [bar.key for bar in found.bars] == ["staff", "caseload", "outsourcing", INTERACTION]
    assert sum(bar.difference.mean for bar in found.bars) == pytest.approx(found.whole.mean, abs=1e-9)
    # less staff and fewer places bought: both cost less at once
    assert all(bar.difference.upper < 0 for bar in found.bars if bar.key in ("staff", "outsourcing"))


def test_a_step_is_the_base_with_one_group_of_the_other(plan, changed, resolve, library):
    steps = {step.group: step for step in lever_steps(plan, changed, library.group)}
    for group, setting in zip(("staff", "caseload", "outsourcing"), SETTINGS, strict=True):
        assert steps[group].keys == (setting.partition("=")[0],)
        assert steps[group].scenario == resolve("plan-2008", JOBS, setting).scenario


def test_one_lever_alone_is_the_whole_answer(resolve, library):
    base, other = (resolve(name).scenario for name in ("caseload-50", "caseload-40"))
    (only,) = lever_steps(base, other, library.group)
    assert only.scenario == other
    results, steps = run_levers(base, other, library.group, 2, SEED, jobs=1)
    found = lever_waterfall(results, base.name, other.name, steps)
    assert [(bar.key, bar.difference) for bar in found.bars] == [("caseload", found.whole)]


def test_scenarios_that_hold_the_same_have_no_parts(plan, library):
    twin = plan.taking(plan, (), "twin")
    results, steps = run_levers(plan, twin, library.group, 2, SEED, jobs=1)
    assert steps == ()
    assert lever_waterfall(results, plan.name, "twin", steps).bars == ()
    assert line_waterfall(results, plan.name, "twin").moving == ()


def test_the_mode_of_staffing_is_a_lever_of_its_own(resolve, library):
    steps = lever_steps(resolve("plan-2008").scenario, resolve("caseload-40").scenario, library.group)
    assert [step.group for step in steps] == ["staffing_mode", "caseload"]


def test_what_two_levers_do_only_together_by_hand():
    results = made_up({"a": [10.0, 12.0], "b": [20.0, 20.0], "x": [13.0, 14.0], "y": [11.0, 15.0]})
    found = lever_waterfall(results, "a", "b", [step("x"), step("y")])
    assert [bar.difference.mean for bar in found.bars] == [2.5, 2.0, 4.5]
    together = found.bars[-1].difference
    # 20 − (10 + 3 + 1) = 6 in the first run, 20 − (12 + 2 + 3) = 3 in the second
    assert (together.mean, together.sd) == (4.5, pytest.approx(np.std([6.0, 3.0], ddof=1)))


def test_levers_that_add_up_do_nothing_together():
    results = made_up({"a": [0.1, 0.2], "b": [0.6, 0.7], "x": [0.3, 0.4], "y": [0.4, 0.5]})
    found = lever_waterfall(results, "a", "b", [step("x"), step("y")])
    assert found.bars[-1].difference.identical
    assert [bar.key for bar in found.moving] == ["x", "y"]


@given(st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_bars_always_add_up(levers, seed):
    rng = np.random.default_rng(seed)
    names = ["a", "b", *(f"s{n}" for n in range(levers))]
    results = made_up({name: list(rng.normal(100, 30, 6)) for name in names})
    steps = [step(name) for name in names[2:]]
    if levers == 1:  # the only step is the other scenario itself
        results.values[2] = results.values[1]
    found = lever_waterfall(results, "a", "b", steps)
    assert sum(bar.difference.mean for bar in found.bars) == pytest.approx(found.whole.mean, abs=1e-9)
    rows = list(found.rows())
    assert sum(row["mean"] for row in rows[:-1]) == pytest.approx(rows[-1]["mean"], abs=1e-9)
    assert rows[-1]["bar"] == "whole"


def test_only_sums_of_lines_can_be_taken_apart_by_line(taken_apart):
    with pytest.raises(ExperimentError, match=r"No lines add up to stock; they add up to net_cost"):
        line_waterfall(taken_apart[0], "plan-2008", "changed", "stock")


def test_a_lever_waterfall_takes_any_measure(taken_apart):
    results, steps = taken_apart
    found = lever_waterfall(results, "plan-2008", "changed", steps, "wait_days")
    assert found.unit == "days"
    assert sum(bar.difference.mean for bar in found.bars) == pytest.approx(found.whole.mean)


def test_scenarios_of_different_periods_are_refused(plan, library):
    longer = library.resolve("plan-2008").scenario
    with pytest.raises(ExperimentError, match="months differ"):
        lever_steps(plan, longer, library.group)


def test_a_cell_that_no_two_runs_define_is_refused(taken_apart):
    with pytest.raises(ExperimentError, match="not defined for total"):
        lever_waterfall(taken_apart[0], "plan-2008", "changed", (), "aspirants_year")


def test_steps_are_taken_from_the_store(plan, changed, library, tmp_path):

    store = Store(tmp_path)
    first, steps = run_levers(plan, changed, library.group, 2, SEED, jobs=1, store=store)
    made = store.written_runs
    assert made == 2 * (2 + len(steps))
    again, _ = run_levers(plan, changed, library.group, 2, SEED, jobs=1, store=store)
    assert store.written_runs == made
    assert np.array_equal(first.values, again.values, equal_nan=True)
    alone = run_scenarios([plan, changed], 2, SEED, jobs=1)
    assert np.array_equal(alone.values, first.values[:2], equal_nan=True)
