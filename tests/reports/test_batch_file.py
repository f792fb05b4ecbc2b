"""A batch file is held against parameters, templates and words, and every fault is told at once."""

from __future__ import annotations

import re

import pytest

from sim.parameters import InputErrors
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

    def read(text):
        path = tmp_path / "batch.yaml"
        path.write_text(text, encoding="utf-8")
        return read_batch(path, synthetic.library())

    return read


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
