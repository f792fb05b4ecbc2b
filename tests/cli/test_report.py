from datetime import date

import pytest

from sim.cli.actions import report as action
from sim.reports.committee import Made, make_report
from sim.reports.errors import ReportError


@pytest.fixture
def makes(monkeypatch):
    """Stand in for the making of pages; a language in `fails` raises what is given for it."""
    calls, fails = [], {}

    def make(out, languages, runs, seed, jobs, parameters, day, case_number, progress=None):
        calls.append((out, languages, runs, seed, jobs, parameters, day, case_number))
        (language,) = languages
        if language in fails:
            raise fails[language]
        return Made(out, (out / f"page.{language}.html",), ())

    monkeypatch.setattr(action, "make_report", make)
    return calls, fails


def test_the_report_is_made_in_every_language(jobbtorg, makes, outputs):
    done = jobbtorg("report")
    assert done.status == 0
    assert [languages for _, languages, *_ in makes[0]] == [("en",), ("sv",)]
    assert makes[0][0][0] == outputs / "report"
    assert f"The report: {outputs / 'report' / 'page.sv.html'}" in done.out


def test_the_report_is_made_in_the_languages_asked_for(jobbtorg, makes, tmp_path):
    done = jobbtorg(
        "report", "--language", "sv", "--runs", "5", "--seed", "1", "--jobs", "2", "--out", tmp_path / "r"
    )
    assert done.status == 0
    assert makes[0] == [(tmp_path / "r", ("sv",), 5, 1, 2, None, date.today(), "")]
    assert "Rapporten: " in done.out


def test_the_report_bears_the_date_and_the_case_number_given(jobbtorg, makes):
    assert jobbtorg("report", "--date", "2008-02-29", "--case-number", "329-3823/2007").status == 0
    assert {call[6:] for call in makes[0]} == {(date(2008, 2, 29), "329-3823/2007")}
    wrong = jobbtorg("report", "--date", "2007-02-29")
    assert wrong.status == 2
    assert "--date is 2007-02-29; a date is written YYYY-MM-DD." in wrong.err


@pytest.mark.parametrize(("failing", "status"), [("sv", 3), ("en", 1)])
def test_a_page_that_fails_is_told_and_those_before_it_stay(jobbtorg, makes, failing, status):
    makes[1][failing] = ReportError("too-slow", language=failing, seconds=9)
    done = jobbtorg("report")
    assert done.status == status
    assert done.err.splitlines()[-1].startswith("Not everything was made: ")
    assert failing in done.err.splitlines()[-1]


def test_an_interrupted_report_says_what_stays(jobbtorg, makes):
    makes[1]["sv"] = KeyboardInterrupt()
    done = jobbtorg("report")
    assert done.status == 3
    assert "Interrupted. What was finished before stays in" in done.err


def test_the_face_hands_over_what_the_function_takes():
    """The stand-in above takes what the real one takes."""
    taken = ("out", "languages", "runs", "seed", "jobs", "parameters", "day", "case_number", "progress")
    assert make_report.__code__.co_varnames[: len(taken)] == taken
