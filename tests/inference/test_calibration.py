"""Calibration on a small budget: a second run gives the same, and every draw is borne out by a run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.experiment.errors import ExperimentError
from sim.inference.calibration import calibrate, design, prior_values
from sim.inference.synthetic import coverage
from sim.parameters import load_library
from sim.parameters.studies import read_study
from sim.places import PARAMETERS

pytestmark = pytest.mark.long

FULL = read_study(PARAMETERS / "ensembles" / "history", load_library())
# two targets of the first year, wide enough that a few draws of a small budget find them
EASY = tuple(
    replace(target, tolerance=3.0 * target.tolerance)
    for target in FULL.targets.targets
    if target.key in {"people-2008", "share-2008", "people-2009"}
)
SMALL = replace(
    FULL,
    targets=replace(FULL.targets, targets=EASY),
    fitted=replace(FULL.fitted, months=12),
    until=replace(FULL.until, months=24),
    points=160,
    draws=12,
    tries=16,
)


@pytest.fixture(scope="module")
def first():
    return design(SMALL)


@pytest.fixture(scope="module")
def found(first):
    return calibrate(SMALL, first=first)


def test_every_draw_agrees_with_every_target(found):
    low, high = np.array([target.accepted for target in SMALL.calibrate]).T
    assert found.fit.shape == (12, 2)
    assert ((found.fit >= low) & (found.fit <= high)).all()
    assert len(set(found.runs.tolist())) == 12


def test_a_second_run_gives_the_same_ensemble_whatever_the_jobs(found):
    again = calibrate(SMALL, jobs=1, first=design(SMALL, jobs=1))
    assert again.ensemble.digest == found.ensemble.digest
    assert np.array_equal(again.runs, found.runs)
    assert np.array_equal(again.fit, found.fit)


def test_what_is_not_learned_keeps_its_prior_to_the_bit(found):
    before = prior_values(SMALL)
    for place, dimension in enumerate(SMALL.dimensions):
        same = np.array_equal(before[:, place], found.ensemble.column(dimension.name))
        assert same == (dimension.name not in SMALL.learn), dimension.name


def test_targets_that_no_world_meets_are_told(first):
    (people, *others) = EASY
    impossible = replace(people, low=40_000.0, high=41_000.0, tolerance=0.0)
    study = replace(SMALL, targets=replace(SMALL.targets, targets=(impossible, *others)), tries=1)
    with pytest.raises(ExperimentError, match="no world"):
        calibrate(study, first=replace(first, targets=(impossible, *first.targets[1:])))


def test_the_procedure_covers_about_as_it_says_on_a_few_cities(first):
    found = coverage(SMALL, first, cities=24, chains=24, steps=150, worlds=1)
    low, _ = found.expected(0.80, confidence=0.999)
    assert found.held(0.80).mean() >= low
    assert found.ranks.shape == (24, len(SMALL.learn) + 1)
    assert (found.ranks >= 0.0).all() and (found.ranks <= 1.0).all()
