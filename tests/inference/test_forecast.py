"""A frozen forecast: void when a role changes, scored with its misses, beside naive forecasts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.inference.forecast import Forecast, changes, freeze, naive_forecasts, score
from sim.inference.keeping import forecast_texts, record_of
from sim.parameters import load_library
from sim.parameters.ensembles import FORECAST, RECORD, Kept, read_numbers, read_record
from sim.parameters.problems import InputErrors
from sim.parameters.targets import Targets, read_targets
from sim.parameters.uncertain import Dimension, Ensemble
from sim.places import PARAMETERS

SHIPPED = read_targets([PARAMETERS / "targets" / "jobbtorg.yaml"], load_library().sources)
ENSEMBLE = Ensemble("e", (Dimension("x", "x", 0.0, 1.0, 2.0),), np.linspace(0.0, 2.0, 101)[:, None])
KEPT = Kept(ENSEMBLE, {}, np.zeros(101, dtype=np.int64))
EVEN = np.linspace(0.0, 1.0, 101)
FOUND = Forecast(
    ("people-2012", "share-2012", "people-2018", "aspirants_year:2013"),
    np.column_stack([7000 + 1000 * EVEN, 0.45 + 0.1 * EVEN, 8100 + 900 * EVEN, 6000 + 1000 * EVEN]),
)
RECORD_ = freeze(SHIPPED, KEPT, FOUND)


def with_target(key, **changed):
    targets = tuple(replace(t, **changed) if t.key == key else t for t in SHIPPED.targets)
    return Targets(SHIPPED.name, targets)


def rules(targets=SHIPPED, kept=KEPT, found=FOUND):
    return [(change.rule, change.key) for change in changes(RECORD_, targets, kept, found)]


def test_a_frozen_forecast_stands_while_nothing_changes():
    assert rules() == []


def test_a_role_cannot_be_changed_without_voiding_the_forecast():
    assert rules(with_target("people-2012", role="calibrate")) == [("role-changed", "people-2012")]
    assert rules(with_target("share-2011", role="hold-out")) == [("role-changed", "share-2011")]


@pytest.mark.parametrize(
    "changed", [{"low": 7000.0}, {"tolerance": 900.0}, {"error": 60.0}, {"high": 9000.0}]
)
def test_neither_can_a_figure_or_a_tolerance(changed):
    assert rules(with_target("people-2012", **changed)) == [("target-changed", "people-2012")]


def test_a_note_may_be_bettered():
    assert rules(with_target("people-2012", note="A better word.", grade="moderate")) == []


def test_a_target_can_neither_vanish_nor_be_fitted_late():
    fewer = Targets("t", tuple(t for t in SHIPPED.targets if t.key != "share-2012"))
    assert rules(fewer) == [("target-gone", "share-2012")]
    late = replace(SHIPPED.targets[0], key="late")
    assert rules(Targets("t", (*SHIPPED.targets, late))) == [("target-to-fit", "late")]


def test_other_draws_or_other_numbers_are_seen():
    moved = replace(KEPT, ensemble=ENSEMBLE.first(100))
    assert rules(kept=moved) == [("draws-changed", "")]
    assert rules(found=Forecast(FOUND.columns, FOUND.found + 1.0)) == [("forecast-changed", "")]


def test_record_and_numbers_survive_their_files(tmp_path):
    for name, text in forecast_texts(FOUND, RECORD_).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert record_of(read_record(tmp_path / RECORD)) == RECORD_
    columns, numbers = read_numbers(tmp_path / FORECAST)
    assert rules(found=Forecast(columns, numbers)) == []


def test_misses_are_told_as_misses():
    scores = {item.target.key: item for item in score(RECORD_, SHIPPED, FOUND)}
    assert set(scores) == {"people-2012", "share-2012", "people-2018"}
    people = scores["people-2012"]
    assert people.median == 7500.0
    assert people.miss == 105.0
    assert people.holds == {0.5: True, 0.8: True, 0.95: True}
    share = scores["share-2012"]  # 56.4 % observed, at most 55 % predicted
    assert share.holds == {0.5: False, 0.8: False, 0.95: False}
    assert share.miss == pytest.approx(0.50 - 0.564)
    late = scores["people-2018"]  # 7,500 to 8,000 observed, at least 8,100 predicted
    assert not any(late.holds.values())
    assert late.miss == pytest.approx(8550.0 - 8000.0)


def test_naive_forecasts_know_only_what_was_fitted():
    naive = naive_forecasts(SHIPPED)
    assert naive["people-2012"]["last"] == 8484.0
    assert naive["people-2012"]["unchanged"] == 12000.0
    # the line through 12,000 in 2008 and 8,484 in 2011
    assert naive["people-2012"]["trend"] == pytest.approx(8484.0 - (12000.0 - 8484.0) / 3.0)
    years, shares = np.array([2008, 2009, 2011]), np.array([0.415, 0.43, 0.494])
    line = np.polyfit(years, shares, 1)
    assert naive["share-2012"]["trend"] == pytest.approx(np.polyval(line, 2012), rel=1e-6)
    assert "people-2011" not in naive
    assert naive == naive_forecasts(with_target("people-2012", low=1.0, high=1.0))


OWN = """\
title: "A series of one's own"
author: a researcher
date: 2026-11-22
schema: 1
targets:
  people-2013:
    is: flow
    counts: people
    terms: [{measures: [aspirants_year], period: 2013}]
    observed: 6400
    error: 100
    tolerance: 300
    role: hold-out
    grade: low
    sources: [{key: MINE, place: "p. 1"}]
"""


def test_a_researcher_adds_a_series_as_data_and_sees_it_scored(tmp_path):
    (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")
    both = read_targets([PARAMETERS / "targets" / "jobbtorg.yaml", tmp_path])
    assert rules(both) == []
    mine = {item.target.key: item for item in score(RECORD_, both, FOUND)}["people-2013"]
    assert mine.later
    assert mine.median == 6500.0
    assert mine.holds[0.5]
    assert mine.naive["last"] == 8484.0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("role: hold-out", "role: holdout"),
        ("tolerance: 300", "tolerance: 50"),
        ("observed: 6400", "observed: [7000, 6000]"),
        ("observed: 6400", "observed: [null, null]"),
        ("period: 2013", "from: 2013-01"),
        ('sources: [{key: MINE, place: "p. 1"}]', "sources: []"),
    ],
)
def test_what_is_wrong_with_a_target_is_told_with_its_line(wrong, said, tmp_path):
    file = tmp_path / "own.yaml"
    file.write_text(OWN.replace(wrong, said), encoding="utf-8")
    with pytest.raises(InputErrors) as caught:
        read_targets([file])
    assert all(problem.line and problem.file.endswith("own.yaml") for problem in caught.value.problems)
