"""The report's files: computed once, written whole or not at all, errors as sentences."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from sim.reports.committee import make_report, prepared, produce, publish, run_study
from sim.reports.errors import ReportError
from sim.words import Words
from tests.reports import synthetic

DAY = date(2008, 3, 13)


@pytest.fixture
def counted(monkeypatch):
    """Put made-up findings in the place of runs, and count how often they are asked for."""
    calls = []

    def stand_in(library, study, runs, seed, jobs=None, progress=None):
        calls.append((runs, seed))
        found = synthetic.findings()
        return replace(found, results=replace(found.results, seed=seed))

    monkeypatch.setattr(produce, "run_study", stand_in)
    return calls


def test_results_are_computed_once_and_again_only_when_something_changed(counted, tmp_path):
    first = prepared(tmp_path, synthetic.RUNS, 7, day=DAY, case_number="dnr 1")
    again = prepared(tmp_path, synthetic.RUNS, 7)
    assert again == first
    assert (again.day, again.case_number) == (DAY, "dnr 1")
    assert len(counted) == 1
    assert prepared(tmp_path, synthetic.RUNS, 7, case_number="dnr 2").case_number == "dnr 2"
    assert len(counted) == 1
    prepared(tmp_path, synthetic.RUNS, 8)
    assert len(counted) == 2
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["report.json"]


@pytest.mark.parametrize(
    "change", [lambda text: text.replace('"source_hash": "', '"source_hash": "x'), lambda text: "{}"]
)
def test_data_of_another_version_are_not_used(counted, tmp_path, change):
    prepared(tmp_path, synthetic.RUNS, 7)
    kept = tmp_path / "data" / "report.json"
    changed = change(kept.read_text(encoding="utf-8"))
    kept.write_text(changed, encoding="utf-8")
    prepared(tmp_path, synthetic.RUNS, 7)
    assert len(counted) == 2


def test_a_page_and_its_figures_data_are_written(counted, tmp_path):
    data = prepared(tmp_path, synthetic.RUNS, 7)
    page = publish(data, "sv", tmp_path)
    assert page.name == "committee_report.sv.html"
    tables = sorted(path.name for path in (tmp_path / "figures").iterdir())
    publish(data, "en", tmp_path)
    assert sorted(path.name for path in (tmp_path / "figures").iterdir()) == tables
    assert not list(tmp_path.rglob(".*"))
    text = (tmp_path / "figures" / "caseload-elasticity.csv").read_text(encoding="utf-8")
    assert text.startswith("parameter,at,difference,lower,upper")


def test_a_page_that_fails_its_checks_is_not_written(counted, tmp_path, monkeypatch):
    monkeypatch.setattr(produce, "faults", lambda report, page: ["A figure has no data."])
    with pytest.raises(ReportError, match="A figure has no data"):
        publish(prepared(tmp_path, synthetic.RUNS, 7), "sv", tmp_path)
    assert not list(tmp_path.glob("*.html"))


def test_an_unknown_language_is_told_before_anything_is_run(counted, tmp_path):
    with pytest.raises(ReportError, match=r"tlh.*en, sv"):
        make_report(tmp_path, ("sv", "tlh"))
    assert counted == []
    assert not list(tmp_path.iterdir())


def test_errors_speak_the_readers_language():
    error = ReportError("stopped", language="sv", reason="ValueError: x")
    assert error.sentence(Words("sv")) == "Anteckningsboken för underlaget (sv) stannade: ValueError: x"
    assert str(error) == "The report's notebook (sv) stopped: ValueError: x"


def test_why_a_notebook_stopped_is_read_from_its_cells(tmp_path):
    executed = tmp_path / "a.ipynb"
    assert produce._reason(executed, "line\npapermill: no kernel\n\n") == "papermill: no kernel"
    assert produce._reason(executed, "") == "papermill"
    output = {"output_type": "error", "ename": "KeyError", "evalue": "'x'", "traceback": []}
    cells = [{"cell_type": "markdown"}, {"cell_type": "code", "outputs": [output]}]
    executed.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    assert produce._reason(executed, "noise") == "KeyError: 'x'"


def test_the_notebook_is_short_and_takes_what_the_maker_gives():
    cells = json.loads(produce.NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    parameters = next(cell for cell in cells if "parameters" in cell["metadata"].get("tags", ()))
    names = set(re.findall(r"^(\w+) =", "".join(parameters["source"]), re.MULTILINE))
    assert names == {"language", "runs", "seed", "out", "parameters", "day", "case_number"}
    assert sum(len(cell["source"]) for cell in cells if cell["cell_type"] == "code") < 40
    assert not any("Output(" in "".join(cell["source"]) for cell in cells)


def test_the_study_is_what_the_committee_asks():
    study = synthetic.study()
    names = [side.name for side in study.sides]
    assert len(names) == len(set(names))
    for comparison in study.comparisons:
        assert {comparison.base, comparison.other} <= set(names)
    for sweep in study.sweeps:
        places = [point.x for point in sweep.points if point.x is not None]
        assert places == sorted(places)
        assert places[0] <= sweep.evidence[0] < sweep.evidence[1] <= places[-1]
    kinds = {(sweep.comparison, sweep.key) for sweep in study.sweeps}
    assert ("caseload", "elasticity") in kinds
    assert ("caseload_given", "waiting_pace") in kinds  # no queue, so no waiting, where staff follows


@pytest.mark.long
def test_the_report_is_made_from_real_runs_by_way_of_the_notebook(tmp_path):
    made = make_report(tmp_path / "å report", ("en",), runs=2, seed=3, day=DAY)
    assert [path.name for path in made.pages] == ["committee_report.en.html"]
    page = made.pages[0].read_text(encoding="utf-8")
    assert "13\xa0March\xa02008" in page
    cells = json.loads(made.notebooks[0].read_text(encoding="utf-8"))["cells"]
    shown = [output for cell in cells for output in cell.get("outputs", ())]
    assert any("srcdoc" in "".join(output.get("data", {}).get("text/html", "")) for output in shown)
    assert not list(made.folder.rglob(".*"))


@pytest.mark.long
def test_a_failing_notebook_is_told_in_a_sentence(tmp_path, monkeypatch):
    broken = json.loads(produce.NOTEBOOK.read_text(encoding="utf-8"))
    broken["cells"][2]["source"] = ["raise ValueError('no such thing')"]
    notebook = tmp_path / "broken.ipynb"
    notebook.write_text(json.dumps(broken), encoding="utf-8")
    monkeypatch.setattr(produce, "NOTEBOOK", notebook)
    monkeypatch.setattr(produce, "prepared", lambda out, *_: out.mkdir(parents=True, exist_ok=True))
    with pytest.raises(ReportError, match="ValueError: no such thing"):
        make_report(tmp_path / "out", ("sv",))
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.long
def test_a_sample_of_real_runs_conserves_people():
    sampled = run_study(synthetic.library(), replace(synthetic.study(), sweeps=()), 2, 3).samples
    for found in sampled.values():
        came = found.at_start + found.referred - found.no_shows + found.returns
        assert came == pytest.approx(sum(found.exits.values()) + found.inside)
        assert found.posts.sum() > 100
    assert isinstance(sampled, dict)
    assert Path(produce.NOTEBOOK).is_file()
