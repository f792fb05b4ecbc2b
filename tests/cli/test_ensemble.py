"""Scenarios under an ensemble: chance, parameters and structure stand apart."""

from __future__ import annotations

import pytest

from sim.experiment.draws import run_ensemble, structured_difference
from sim.parameters import load_library
from sim.parameters.ensembles import read_ensemble
from sim.places import PARAMETERS

SMALL = ("--ensemble", "history", "--draws", "2", "--runs-per-draw", "2", "--jobs", "1", "--no-store")
SHORT = ("--end", "2008-02-29")


@pytest.mark.long
def test_a_comparison_under_the_ensemble_tells_the_three_apart(jobbtorg, tmp_path):
    done = jobbtorg(
        *("compare", "plan-2008", "caseload-40", *SMALL, *SHORT, "--structures", "--out", tmp_path / "c")
    )
    assert done.status == 0
    told = " ".join(done.out.split())
    assert all(f"{part}, %" in told for part in ("Chance", "Not known", "Way of building"))
    assert "Mean over 2 draws of the ensemble history" in told


@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_run_under_the_ensemble_is_told(jobbtorg, tmp_path, language):
    done = jobbtorg("run", "plan-2008", *SMALL, *SHORT, "--out", tmp_path / "r", "--language", language)
    assert done.status == 0
    assert (tmp_path / "r" / "manifest.json").is_file()


def test_structures_ask_for_an_ensemble(jobbtorg):
    done = jobbtorg("compare", "plan-2008", "caseload-40", "--structures")
    assert done.status == 2


@pytest.mark.long
def test_a_structure_that_changes_nothing_adds_no_variance_and_one_that_does_adds_some():
    ensemble = read_ensemble(PARAMETERS / "ensembles" / "history").ensemble.first(3)
    settings = ("period.end=2008-06-30", "staff.factor=0.8")
    library = load_library()

    def built(way: str):
        found = [library.resolve(f"plan-2008{way}", laid).scenario for laid in (settings, settings[:1])]
        base, other = found
        return run_ensemble(
            [base.taking(base, (), "given"), other.taking(other, (), "more")], ensemble, 2, 1, jobs=1
        )

    plain, waiting = built(""), built("+waiting-pace-0")
    same = structured_difference([plain, plain], "given", "more", "stock")
    moved = structured_difference([plain, waiting], "given", "more", "stock")
    assert same.structure == 0.0
    assert moved.structure > 0.0
    assert same.chance == pytest.approx(plain.difference("given", "more", "stock").chance)
