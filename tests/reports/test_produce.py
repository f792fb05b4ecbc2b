"""A report's files: computed once, written whole or not at all, errors as sentences."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import papermill
import pytest
from nbclient import exceptions

from sim import places
from sim.reports.batches import Job, Kept, kept
from sim.reports.committee import made_from, make_one, prepared, produce, publish, run_study, shown
from sim.reports.errors import ReportError
from sim.words import Words
from tests.reports import synthetic

SPEC = synthetic.spec()


@pytest.fixture
def counted(monkeypatch):
    """Put made-up findings in the place of runs, and count how often they are asked for."""
    calls = []

    def stand_in(library, study, runs, seed, jobs=None, progress=None, store=None):
        calls.append((runs, seed))
        found = synthetic.findings()
        return replace(found, results=replace(found.results, seed=seed))

    monkeypatch.setattr(produce, "run_study", stand_in)
    return calls


def changed(**fields):
    return SPEC.model_copy(update=fields)


@pytest.mark.long
def test_results_are_computed_once_and_again_only_when_something_that_decides_them_changed(counted, tmp_path):
    first = prepared(SPEC, tmp_path)
    assert prepared(SPEC, tmp_path) == first
    other = prepared(changed(case_number="dnr 2", title={"sv": "T", "en": "T"}), tmp_path)
    assert (other.case_number, other.comparisons) == ("dnr 2", first.comparisons)
    assert len(counted) == 1
    prepared(changed(seed=8), tmp_path)
    assert len(counted) == 2
    prepared(changed(seed=8, scenarios=SPEC.scenarios[1:]), tmp_path)
    assert len(counted) == 3
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["report.json"]


@pytest.mark.long
@pytest.mark.parametrize(
    "change", [lambda text: text.replace('"source_hash": "', '"source_hash": "x'), lambda text: "{}"]
)
def test_data_of_another_version_are_not_used(counted, tmp_path, change):
    prepared(SPEC, tmp_path)
    kept = tmp_path / "data" / "report.json"
    text = change(kept.read_text(encoding="utf-8"))
    kept.write_text(text, encoding="utf-8")
    prepared(SPEC, tmp_path)
    assert len(counted) == 2


@pytest.mark.long
def test_every_language_and_format_is_written_and_nothing_else(counted, tmp_path):
    data = prepared(SPEC, tmp_path)
    made = publish(data, SPEC, tmp_path)
    assert len(made) == len(SPEC.languages) * len(SPEC.formats)
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in made} | {"data", "results"}
    again = {path: path.read_bytes() for path in made}
    publish(data, SPEC, tmp_path)
    assert {path: path.read_bytes() for path in made} == again


def test_a_page_that_fails_its_checks_is_not_written(counted, tmp_path, monkeypatch):
    def refuse(report, form, words):
        raise ReportError(
            "faulty", language=report.language, form=form, number=1, faults="A figure has no data."
        )

    monkeypatch.setattr(produce, "written", refuse)
    with pytest.raises(ReportError, match="A figure has no data"):
        publish(prepared(SPEC, tmp_path), SPEC, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "results"]


def test_errors_speak_the_readers_language():
    error = ReportError("stopped", name="x", reason="ValueError: y")
    assert error.sentence(Words("sv")) == "Anteckningsboken för rapporten x stannade: ValueError: y"
    assert str(error) == "The notebook of the report x stopped: ValueError: y"


def test_the_study_is_what_the_committee_asks():
    study = synthetic.study()
    names = [side.name for side in study.sides]
    assert len(names) == len(set(names))
    for comparison in study.comparisons:
        assert {comparison.base, comparison.other} <= set(names)
    for sweep in study.sweeps:
        points = [point.x for point in sweep.points if point.x is not None]
        assert points == sorted(points)
        assert points[0] <= sweep.evidence[0] < sweep.evidence[1] <= points[-1]
    kinds = {(sweep.comparison, sweep.key) for sweep in study.sweeps}
    assert ("caseload", "elasticity") in kinds
    assert ("caseload_given", "waiting_pace") in kinds  # no queue, so no waiting, where staff follows
    assert [len(row) for row in study.grid.cells] == [3, 3, 3, 3]
    assert set(names) >= {name for row in study.grid.cells for name in row}


def job_of(spec):
    return Job(spec.name, made_from(spec, synthetic.library()))


@pytest.mark.long
def test_a_report_is_made_by_way_of_its_notebook_and_stays_fresh_until_something_changes(counted, tmp_path):
    spec = changed(languages=("en",), formats=("html", "xlsx"))
    out = tmp_path / "å report"
    made = make_one(spec, out)
    assert [path.name for path in made.files] == ["options-2008.en.html", "options-2008.en.xlsx"]
    assert "13\xa0March\xa02008" in made.files[0].read_text(encoding="utf-8")
    cells = json.loads(made.notebook.read_text(encoding="utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", ())]
    assert any("srcdoc" in "".join(output.get("data", {}).get("text/html", "")) for output in outputs)
    assert not list(out.rglob(".*"))
    other = changed(languages=("en",), formats=("html", "xlsx"), title={"en": "T"})
    assert kept(out, job_of(spec)) is Kept.FRESH
    assert kept(out, job_of(other)) is Kept.STALE
    made.files[0].write_text("touched", encoding="utf-8")
    assert kept(out, job_of(spec)) is Kept.EDITED


@pytest.mark.long
def test_a_failing_notebook_is_told_in_a_sentence_and_kept(counted, tmp_path):
    notebook = json.loads((places.NOTEBOOKS / "options_report.ipynb").read_text(encoding="utf-8"))
    notebook["cells"][2]["source"] = ["raise ValueError('no such thing')"]
    template = tmp_path / "broken.ipynb"
    template.write_text(json.dumps(notebook), encoding="utf-8")
    out = tmp_path / "out"
    with pytest.raises(ReportError, match="ValueError: no such thing"):
        make_one(changed(template=str(template), languages=("sv",)), out)
    assert sorted(path.name for path in out.iterdir()) == [
        "data",
        "options-2008.json",
        "options-2008.partial.ipynb",
        "results",
    ]
    assert "no such thing" in (out / "options-2008.partial.ipynb").read_text(encoding="utf-8")


@pytest.mark.long
def test_a_template_that_writes_nothing_is_not_taken_for_a_report(counted, tmp_path):
    notebook = json.loads((places.NOTEBOOKS / "options_report.ipynb").read_text(encoding="utf-8"))
    notebook["cells"] = notebook["cells"][:3]
    template = tmp_path / "short.ipynb"
    template.write_text(json.dumps(notebook), encoding="utf-8")
    with pytest.raises(ReportError, match=r"missing: options-2008\.sv\.html"):
        make_one(changed(template=str(template), languages=("sv",)), tmp_path / "out")
    assert not (tmp_path / "out" / "manifest.json").exists()


@pytest.mark.long
def test_a_sample_of_real_runs_conserves_people():
    study = replace(synthetic.study(), sweeps=(), answered=())
    sampled = run_study(synthetic.library(), study, 2, 3).samples
    assert set(sampled) == set(study.sampled)
    for found in sampled.values():
        came = found.at_start + found.referred - found.no_shows + found.returns
        assert came == pytest.approx(sum(found.exits.values()) + found.inside)
        assert found.posts.sum() > 100


def test_a_page_is_shown_inside_the_notebook_by_its_name(tmp_path):
    page = tmp_path / "a.html"
    page.write_text('<p class="x">å</p>', encoding="utf-8")
    assert 'srcdoc="&lt;p class=&quot;x&quot;&gt;å' in shown(page)


def test_a_report_bears_a_review_date_a_year_on():
    assert produce._a_year_after(date(2008, 2, 29)) == date(2009, 2, 1)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            lambda nbclient: nbclient.CellTimeoutError("slow"),
            {
                "en": "The notebook of the report options-2008 stopped: a cell took more than 7 seconds.",
                "sv": "Anteckningsboken för rapporten options-2008 stannade: en cell tog mer än 7 sekunder.",
            },
        ),
        (
            lambda nbclient: nbclient.DeadKernelError("Kernel died"),
            {
                "en": "The notebook of the report options-2008 stopped: its kernel died.",
                "sv": "Anteckningsboken för rapporten options-2008 stannade: dess kärna dog.",
            },
        ),
    ],
    ids=["slow", "dead"],
)
def test_why_a_notebook_stopped_is_told_in_the_readers_language(monkeypatch, tmp_path, error, told):
    def stop(*arguments, **options):
        raise error(exceptions)

    monkeypatch.setattr(papermill, "execute_notebook", stop)
    with pytest.raises(ReportError) as raised:
        produce._execute(SPEC, tmp_path, None, 7)
    assert {language: raised.value.sentence(Words(language)) for language in told} == told
