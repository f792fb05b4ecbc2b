from datetime import date
from inspect import signature

import pytest

from sim.cli.actions import report as action
from sim.places import PARAMETERS
from sim.reports.committee import Products, make_one
from sim.reports.errors import ReportError
from sim.reports.spec import Drawn


@pytest.fixture
def makes(monkeypatch):
    """Stand in for the making of the report; `fails` holds what is raised instead."""
    calls, fails = [], []

    def make(spec, out, parameters=None, jobs=None, store=None, progress=None):
        calls.append((spec, out, jobs, parameters))
        if fails:
            raise fails[0]
        files = tuple(out / f"{spec.name}.{language}.html" for language in spec.languages)
        return Products(out, files, out / "a.ipynb", out / "manifest.json")

    monkeypatch.setattr(action, "make_one", make)
    return calls, fails


def test_the_report_is_made_in_every_language(jobbtorg, makes, outputs):
    done = jobbtorg("report")
    assert done.status == 0
    ((spec, out, *_),) = makes[0]
    assert set(spec.languages) == {"sv", "en"}
    assert out == outputs / "report"
    assert f"The report: {outputs / 'report' / 'options-2008.sv.html'}" in done.out


def test_the_report_is_made_in_the_languages_asked_for(jobbtorg, makes, tmp_path):
    done = jobbtorg(
        "report", "--language", "sv", "--runs", "5", "--seed", "1", "--jobs", "2", "--out", tmp_path / "r"
    )
    assert done.status == 0
    ((spec, *rest),) = makes[0]
    assert rest == [tmp_path / "r", 2, None]
    assert (spec.languages, spec.runs, spec.seed, spec.day) == (("sv",), 5, 1, date.today())
    assert "Rapporten: " in done.out


def test_the_report_bears_the_date_and_the_case_number_given(jobbtorg, makes):
    assert jobbtorg("report", "--date", "2008-02-29", "--case-number", "dnr 1").status == 0
    ((spec, *_),) = makes[0]
    assert (spec.day, spec.case_number) == (date(2008, 2, 29), "dnr 1")
    wrong = jobbtorg("report", "--date", "2007-02-29")
    assert wrong.status == 2
    assert "--date is 2007-02-29; a date is written YYYY-MM-DD." in wrong.err


def test_another_citys_report_does_not_bear_the_number_of_this_ones(jobbtorg, makes):
    for arguments in ((), ("--parameters", PARAMETERS / "cities" / "ekvik")):
        assert jobbtorg("report", *arguments).status == 0
    shipped, other = (spec.case_number for spec, *_ in makes[0])
    assert shipped
    assert not other


def test_a_report_is_run_under_the_ensemble_asked_for(jobbtorg, makes):
    asked = ("--ensemble", "history", "--draws", "3", "--runs-per-draw", "4", "--structures")
    assert jobbtorg("report", *asked).status == 0
    ((spec, *_),) = makes[0]
    assert spec.ensemble == Drawn(name="history", draws=3, runs_per_draw=4, structures=True)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (("--draws", "3"), "--draws belongs to --ensemble."),
        (("--structures",), "--draws belongs to --ensemble."),
        (("--ensemble", "history", "--runs-per-draw", "1"), "1 runs were asked for; at least 2 are needed."),
    ],
)
def test_draws_that_tell_nothing_are_refused(jobbtorg, makes, asked, sentence):
    done = jobbtorg("report", *asked)
    assert (done.status, makes[0]) == (2, [])
    assert sentence in done.err


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (("--ensemble", "histroy"), "There is no ensemble histroy; there are history."),
        (("--ensemble", "history", "--draws", "999"), "999 draws were asked for; the ensemble has 200."),
    ],
)
def test_an_ensemble_that_is_not_there_is_told_in_a_sentence(jobbtorg, asked, sentence, tmp_path):
    done = jobbtorg("report", *asked, "--out", tmp_path / "r")
    assert done.status == 2
    assert sentence in done.err


def test_a_report_that_fails_is_told_in_a_sentence(jobbtorg, makes):
    makes[1].append(ReportError("stopped", name="options-2008", reason="ValueError: x"))
    done = jobbtorg("report")
    assert done.status == 1
    assert "The notebook of the report options-2008 stopped: ValueError: x" in done.err


def test_an_interrupted_report_says_so_without_a_traceback(jobbtorg, makes):
    makes[1].append(KeyboardInterrupt())
    done = jobbtorg("report")
    assert done.status == 1
    assert done.err == "Interrupted. Nothing was written.\n"


def test_the_face_hands_over_what_the_function_takes():
    """The stand-in above takes what the real one takes."""
    taken = ["spec", "out", "parameters", "jobs", "store", "progress"]
    assert list(signature(make_one).parameters)[: len(taken)] == taken
