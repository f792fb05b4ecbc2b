"""Runs under an ensemble: worlds are keyed by seed and run whatever the draw, and nested in draws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.experiment.draws import run_ensemble, world
from sim.experiment.errors import ExperimentError
from sim.experiment.run import measure, run_scenarios, simulate
from sim.experiment.store import Store
from sim.parameters import load_library
from sim.parameters.priors import priors
from sim.parameters.uncertain import Ensemble

LIBRARY = load_library()
PLAN, OTHER = (
    LIBRARY.resolve(name, ("period.end=2008-06-30",)).scenario for name in ("caseload-50", "caseload-40")
)
MOVING = tuple(
    d for d in priors(LIBRARY) if d.key in {"exits.elasticity", "exits.hazard", "costs.benefit_month"}
)
ENSEMBLE = Ensemble(
    "three",
    MOVING,
    np.array(
        [[d.mode for d in MOVING], [d.low + 0.2 * (d.high - d.low) for d in MOVING], [d.high for d in MOVING]]
    ),
)


@pytest.fixture(scope="module")
def results():
    return run_ensemble([PLAN, OTHER], ENSEMBLE, runs=2, seed=5, jobs=1)


def test_a_draw_at_the_modes_gives_the_plan_to_the_bit(results):
    plain = run_scenarios([PLAN, OTHER], 2, seed=5, jobs=1)
    kept = [plain.period_keys.index(period.key) for period in results.periods]
    assert np.array_equal(results.values[:, 0], plain.values[:, :, :, kept], equal_nan=True)


def test_worlds_are_keyed_by_seed_and_run_whatever_the_draw(results):
    number = world(2, 1, results.runs)
    alone = measure(ENSEMBLE.lay(OTHER, 2), simulate(ENSEMBLE.lay(OTHER, 2), number, 5))
    assert results.cell("caseload-40", "stock")[2, 1] == alone.cell("stock")
    people = [simulate(ENSEMBLE.lay(PLAN, draw), 7, 5).people for draw in range(3)]
    assert all(np.array_equal(people[0]["ordinal"], drawn["ordinal"]) for drawn in people)
    assert all(np.array_equal(people[0]["needs"], drawn["needs"]) for drawn in people)


def test_no_two_draws_share_their_chance(results):
    numbers = {world(draw, run, results.runs) for draw in range(3) for run in range(2)}
    assert numbers == set(range(6))


def test_a_draw_moves_what_it_draws(results):
    exits = results.cell("caseload-50", "exits")
    assert (exits[2] > 1.2 * exits[:2]).all()  # the draw in which every hazard is at its highest


def test_jobs_and_store_change_nothing(results, tmp_path):
    store = Store(tmp_path)
    for _ in range(2):
        again = run_ensemble([PLAN, OTHER], ENSEMBLE, runs=2, seed=5, jobs=2, store=store)
        assert np.array_equal(results.values, again.values, equal_nan=True)
    assert store.read_runs == 12


def test_the_parts_of_a_difference(results):
    found = results.difference("caseload-50", "caseload-40", "posts")
    assert (found.draws, found.runs, found.verdict) == (3, 2, "higher")
    assert found.parameters >= 0.0


def test_what_cannot_be_done_is_told():
    with pytest.raises(ExperimentError, match="at least 1"):
        run_ensemble([PLAN], ENSEMBLE, runs=0, seed=1)
    with pytest.raises(ExperimentError, match="draws"):
        run_ensemble([PLAN], ENSEMBLE.first(0), runs=1, seed=1)
    with pytest.raises(ExperimentError, match="No scenario"):
        run_ensemble([], ENSEMBLE, runs=1, seed=1)
    with pytest.raises(ExperimentError, match="twice"):
        run_ensemble([PLAN, replace(OTHER, name=PLAN.name)], ENSEMBLE, runs=1, seed=1)
