"""Follow-up over many runs: the same array as any results, with target groups as segments."""

from __future__ import annotations

import numpy as np
import pytest

from sim.economy.followup import follow_up
from sim.experiment.differences import difference
from sim.experiment.errors import ExperimentError
from sim.experiment.followup import follow_up_runs
from sim.experiment.run import run_scenarios, simulate

RUNS, SEED = 3, 7


@pytest.fixture(scope="module")
def found(pair):
    return follow_up_runs([one.scenario for one in pair], RUNS, SEED, jobs=1)


def test_each_run_is_followed_up(found, pair):
    base, other = (one.scenario for one in pair)
    alone = follow_up(other, simulate(other, 2, SEED))
    for needs, results in found.items():
        assert results.names == (base.name, other.name)
        cube = alone.cubes[needs]
        own = [results.measure_keys.index(measure.key) for measure in cube.measures]
        assert np.array_equal(results.values[1, 2, own], cube.values, equal_nan=True)
        assert np.isnan(np.delete(results.values, own, axis=2)).all()
        assert [results.measures[place] for place in own] == list(cube.measures)
        axes = (cube.periods, cube.centres, cube.segments)
        assert (results.periods, results.centres, results.segments) == axes


def test_everybody_is_everybody(found, pair):
    every = run_scenarios([one.scenario for one in pair], RUNS, SEED, jobs=1)
    for measure in ("exits", "enrolments"):
        ours = found["all"].cell("caseload-40", measure, centre="jarva")
        assert (ours == every.cell("caseload-40", measure, centre="jarva")).all()


def test_differences_are_had_by_group(found):
    change = difference(found["all"], "caseload-50", "caseload-40", "programme_cost", segment="newcomer")
    assert change.verdict == "higher"
    assert change.runs == RUNS


def test_jobs_change_nothing(found, pair):
    again = follow_up_runs([one.scenario for one in pair], RUNS, SEED, jobs=2)
    for needs, results in found.items():
        assert np.array_equal(results.values, again[needs].values, equal_nan=True)


@pytest.mark.parametrize(
    ("runs", "seed", "sentence"), [(0, 7, "at least 1 are needed"), (2, -1, "whole number from 0")]
)
def test_what_cannot_be_done_is_a_sentence(pair, runs, seed, sentence):
    with pytest.raises(ExperimentError, match=sentence):
        follow_up_runs([pair[0].scenario], runs, seed)
