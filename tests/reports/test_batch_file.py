"""A batch file is held against parameters, templates and words, and every fault is told at once."""

from __future__ import annotations

import re

import numpy as np
import pytest

from sim.parameters import InputErrors, load_library
from sim.parameters.ensembles import Kept, ensemble_texts
from sim.parameters.uncertain import Dimension, Ensemble
from sim.places import PARAMETERS
from sim.reports.batch_file import BATCHES, read_batch, shipped
from tests.reports import synthetic

SOUND = """\
title: "A title"
author: a
date: 2026-11-22
schema: 1
reports:
  - name: one
    template: options_report
    baseline: plan-2008
    scenarios: [caseload-40, caseload-50, outsourcing-0]
    opinion: opinion.{language}.md
    runs: 4
"""


@pytest.fixture
def batch(tmp_path):
    for language in ("sv", "en"):
        (tmp_path / f"opinion.{language}.md").write_text("Vi tror 12.", encoding="utf-8")

    for name, digest in (("drawn", None), ("changed", "f")):
        write_ensemble(tmp_path / name, digest)

    def read(text):
        path = tmp_path / "batch.yaml"
        path.write_text(text, encoding="utf-8")
        return read_batch(path, synthetic.library())

    return read


def write_ensemble(folder, digest):
    """An ensemble of something that no scenario has; `digest` is another than its own, if given."""
    dimension = Dimension("exits.nothing", "exits.nothing", 0.0, 0.5, 1.0)
    ensemble = Ensemble(folder.name, (dimension,), np.full((2, 1), 0.4))
    kept = Kept(ensemble, {"title": "t", "digest": ensemble.digest}, np.arange(2), (), np.empty((2, 0)))
    folder.mkdir()
    for name, text in ensemble_texts(kept).items():
        written = text if digest is None else text.replace(kept.ensemble.digest, digest * 64)
        (folder / name).write_text(written, encoding="utf-8")


def faults(batch, text):
    with pytest.raises(InputErrors) as raised:
        batch(text)
    return raised.value.problems


def test_a_sound_file_gives_its_reports_with_paths_that_lead_there(batch, tmp_path):
    found = batch(SOUND)
    assert (found.name, found.title) == ("batch", "A title")
    spec = found.report("one")
    assert spec.languages == ("sv", "en")
    assert spec.opinion == str(tmp_path / "opinion.{language}.md")


@pytest.mark.parametrize("path", sorted(BATCHES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_batch_that_is_shipped_is_sound(path):
    found = read_batch(path, synthetic.library())
    assert found.reports
    assert all(set(spec.languages) == {"sv", "en"} for spec in found.reports)
    assert shipped(found.name) == path


@pytest.mark.parametrize(
    ("old", "new", "line", "sentence"),
    [
        ("caseload-40,", "caseload-4O,", 9, "There is no scenario caseload-4O. Did you mean caseload-40?"),
        ("plan-2008", "plan-2009", 8, "There is no scenario plan-2009"),
        ("options_report", "option_report", 7, "There is no template option_report"),
        ("runs: 4", "runs: 1", 11, "runs can't be read"),
        ("runs: 4", "rums: 4", 11, "the field rums is not known"),
        ("name: one", "name: A b", 6, "name can't be read"),
        ("runs: 4", "formats: [html, pdff]", 11, "there is no pdff among the formats"),
        ("runs: 4", "languages: [tlh]", 11, "there is no tlh among the languages"),
        ("runs: 4", "title: {sv: Titel}", 11, "the title is missing in: en"),
        ("runs: 4", "centres: [jarfva]", 11, "Did you mean jarva?"),
        ("runs: 4", "settings: {levers.caseload: 4}", 11, "levers.caseload"),
        ("runs: 4", "period: {to: 2010-12-30}", 11, "last day of a month"),
        ("runs: 4", "period: {from: 2008-01-02}", 11, "on the 1st of a month"),
        ("runs: 4", "period: {from: 2018-01-01}", 11, "begins on 2018-01-01, outside plan-2008"),
        ("opinion.{language}", "no.{language}", 10, "no.sv.md"),
        (", outsourcing-0", "", 9, "at least one scenario must differ from plan-2008 in what is procured"),
        ("caseload-50, ", "", 9, "exactly one must have 50 cases"),
        (
            "runs: 4",
            "ensemble: {name: histroy}",
            11,
            "no ensemble histroy; there are history.",
        ),
        (
            "runs: 4",
            "ensemble: {name: history, draws: 201}",
            11,
            "201 draws were asked for",
        ),
        ("runs: 4", "ensemble: {name: history, draws: 1}", 11, "draws can't be read"),
        ("runs: 4", "ensemble: {name: history, runs_per_draw: 1}", 11, "runs_per_draw can't be read"),
        ("runs: 4", "ensemble: {name: history, structures: 3}", 11, "structures can't be read"),
        ("runs: 4", "ensemble: {draws: 4}", 11, "name is missing"),
        ("runs: 4", "ensemble: {name: history, draw: 4}", 11, "the field draw is not known"),
        (
            "runs: 4",
            "ensemble: {name: drawn}",
            11,
            "exits.nothing is drawn, but the scenario",
        ),
        ("schema: 1", "schema: 2", 4, "not a known schema"),
    ],
)
def test_a_fault_is_told_with_its_line(batch, old, new, line, sentence):
    assert old in SOUND
    found = faults(batch, SOUND.replace(old, new, 1))
    assert any(sentence in problem.sentence and problem.line == line for problem in found), found


def test_all_faults_are_told_at_once(batch):
    text = SOUND.replace("caseload-40", "caseload-4O").replace("runs: 4", "formats: [x]")
    text += re.sub(
        r"^",
        "",
        "  - name: one\n    template: nothing\n    baseline: plan-2008\n    scenarios: [plan-2008]\n",
    )
    found = faults(batch, text)
    assert {problem.rule for problem in found} >= {"unknown-scenario", "unknown-word", "wrong-shape"}
    assert len({problem.line for problem in found}) >= 4


def test_a_faulty_ensemble_is_told_with_the_other_faults(batch):
    text = SOUND.replace("runs: 4", "ensemble: {name: nothing}").replace(", outsourcing-0", "")
    told = [problem.sentence for problem in faults(batch, text)]
    assert any("There is no ensemble nothing" in sentence for sentence in told)
    assert any("at least one scenario must differ" in sentence for sentence in told)


def test_an_ensemble_of_the_batchs_own_folder_is_found_from_anywhere(batch, tmp_path, monkeypatch):
    text = SOUND.replace("runs: 4", "ensemble: {name: changed}")
    monkeypatch.chdir(tmp_path.parent)
    (problem,) = faults(batch, text)
    assert problem.rule == "ensemble-changed"
    assert problem.file.endswith("changed/ensemble.yaml")


def test_another_citys_report_leaves_out_an_ensemble_that_says_nothing_of_it(tmp_path):
    path = tmp_path / "batch.yaml"
    path.write_text(
        re.sub(r"(?m)^    opinion.*\n", "", SOUND.replace("runs: 4", "ensemble: {name: history}")),
        encoding="utf-8",
    )
    ekvik = load_library(PARAMETERS / "cities" / "ekvik")
    with pytest.raises(InputErrors, match="no ensemble history"):
        read_batch(path, ekvik)
    assert read_batch(path, ekvik, elsewhere=True).reports[0].ensemble is None
    assert read_batch(path, synthetic.library(), elsewhere=True).reports[0].ensemble.name == "history"
