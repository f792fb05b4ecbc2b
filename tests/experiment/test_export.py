"""A run's histories as files: they hold what the run held, on real dates, and tools can read them."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pandas as pd
import pytest

from sim.economy.costs import NET
from sim.economy.money import account
from sim.experiment.errors import ExperimentError
from sim.experiment.export import (
    ACTIVITY,
    CASE,
    LIFECYCLE,
    MOMENT,
    RESOURCE,
    event_log,
    people_table,
    stays_table,
    write_export,
)
from sim.experiment.persons import PersonId, Told
from sim.experiment.run import measure, simulate
from sim.flow import EndedBy, Stage
from sim.outcomes import tally
from tests.flow.limits import scenario

XES = "{http://www.xes-standard.org/}"


@pytest.fixture(scope="module")
def told():
    which = scenario("measures.municipal_places[*]=100", end="2008-04-30")
    return Told(which, simulate(which, 0, 7), 7, 0)


@pytest.fixture(scope="module")
def folder(told, tmp_path_factory):
    return write_export(tmp_path_factory.mktemp("export") / "a", told, {"settings": []}, xes=True)


def test_people_sum_to_the_measures(told):
    people, cube = people_table(told), measure(told.scenario, told.history)
    tallies = account(told.scenario, told.history, tally(told.scenario, told.history))
    assert len(people) == len(told.history.people)
    assert people["person"].is_unique
    came = people[~people["enrolled_at_start"] & ~people["no_show"]]
    assert len(came) == cube.cell("enrolments")
    assert (people["enrolments"].sum() - people["enrolled_at_start"].sum()) == cube.cell(
        "enrolments"
    ) + cube.cell("returns")
    assert people["exits"].sum() == cube.cell("exits")
    assert people["no_show"].sum() == cube.cell("no_shows")
    assert people["months_enrolled"].sum() == pytest.approx(cube.cell("stock") * told.history.months)
    assert people["benefit_months"].sum() == pytest.approx(cube.cell("benefit_months"))
    for line in NET:
        assert people[line].sum() == pytest.approx(tallies.amounts[line].sum())
    by_centre = people.groupby("centre")["exits"].sum()
    assert all(by_centre[centre] == cube.cell("exits", centre=centre) for centre in told.history.centres)


def test_stays_follow_the_calendar(told):
    stays = stays_table(told.history)
    assert len(stays) == len(told.history.stays)
    assert stays["begin"].min() == pd.Timestamp("2008-01-01")
    assert stays["end"].max() == pd.Timestamp("2008-05-01")
    real = (stays["end"] - stays["begin"]).dt.total_seconds() / 86_400
    assert (real - stays["days"]).abs().max() <= 1.0 / 86_400
    february = stays[(stays["begin"] >= "2008-02-01") & (stays["end"] < "2008-03-01")]
    assert (february["days"] - february["months"] * 29).abs().max() < 1e-6
    mine = stays[stays["person"] == stays["person"].iloc[0]]
    assert (mine["begin"].iloc[1:].to_numpy() == mine["end"].iloc[:-1].to_numpy()).all()


def test_the_event_log_tells_every_stay_once(told):
    log, stays = event_log(told.history), told.history.stays
    assert list(log.columns[:5]) == [CASE, ACTIVITY, LIFECYCLE, MOMENT, RESOURCE]
    at_once = (stays["stage"] == Stage.REFERRED) | (stays["stage"] == Stage.OUTSIDE)
    cut_off = (stays["ended_by"] == EndedBy.UNFINISHED) & ~at_once
    assert len(log) == 2 * len(stays) - at_once.sum() - cut_off.sum()
    assert (log[LIFECYCLE] == "start").sum() == (~at_once).sum()
    assert log[CASE].nunique() == len(told.history.people)
    assert not log.isna().any(axis=None)
    named = set(log[ACTIVITY])
    assert {"referred", "referred: no_show", "waiting", "coaching", "outside: work"} <= named
    assert "measure: temporary_job" in named
    assert set(log[RESOURCE]) == set(told.history.offices)


def test_the_events_of_a_case_are_in_order_and_paired(told):
    log = event_log(told.history)
    assert log[CASE].ne(log[CASE].shift()).sum() == log[CASE].nunique()  # each case in one piece
    for case in log[CASE].drop_duplicates()[::400]:
        events = log[log[CASE] == case]
        assert events[MOMENT].is_monotonic_increasing
        open_activity = None
        for activity, transition in zip(events[ACTIVITY], events[LIFECYCLE], strict=True):
            if transition == "start":
                assert open_activity is None
                open_activity = activity
            elif open_activity is not None:
                assert activity == open_activity
                open_activity = None
        life = told.life(PersonId.read(case))
        assert life.stays[0].first == events[MOMENT].iloc[0].date()


@pytest.mark.parametrize("name", ["people", "stays", "events"])
def test_both_formats_hold_the_same(folder, name):
    parquet = pd.read_parquet(folder / f"{name}.parquet")
    moments = [column for column in parquet if pd.api.types.is_datetime64_any_dtype(parquet[column])]
    csv = pd.read_csv(
        folder / f"{name}.csv", parse_dates=moments, keep_default_na=False, na_values={"referred": ""}
    )
    assert list(csv.columns) == list(parquet.columns)
    for column in parquet:
        left, right = csv[column], parquet[column]
        if column in moments:
            right = right.astype(left.dtype)
        if pd.api.types.is_numeric_dtype(right):
            assert (left == right).all(), column
        else:
            assert left.astype(str).tolist() == right.astype(str).tolist(), column


def test_the_xes_log_is_well_formed_and_the_same_log(folder, told):
    root = ElementTree.parse(folder / "events.xes").getroot()
    assert root.tag == f"{XES}log"
    assert {e.get("prefix") for e in root.iter(f"{XES}extension")} == {"concept", "lifecycle", "org", "time"}
    order = [child.tag.removeprefix(XES) for child in root]
    assert order == sorted(order, key=["extension", "global", "classifier", "string", "trace"].index)
    log = event_log(told.history)
    traces = root.findall(f"{XES}trace")
    cases = log.drop_duplicates(CASE)[[CASE, "group", "needs"]]
    told_of = [[item.get("value") for item in trace.findall(f"{XES}string")] for trace in traces]
    assert told_of == cases.to_numpy().tolist()
    events = [{item.get("key"): item.get("value") for item in event} for event in root.iter(f"{XES}event")]
    assert len(events) == len(log)
    for found, (_, row) in zip(events[::500], log.iloc[::500].iterrows(), strict=True):
        assert found == {
            ACTIVITY: row[ACTIVITY],
            LIFECYCLE: row[LIFECYCLE],
            RESOURCE: row[RESOURCE],
            MOMENT: f"{row[MOMENT]:%Y-%m-%dT%H:%M:%SZ}",
        }


def test_it_says_that_nobody_exists(folder):
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert "nobody in this file exists" in manifest["note"]
    assert "nobody in this file exists" in (folder / "events.xes").read_text(encoding="utf-8")
    assert set(manifest["files"]) == {path.name for path in folder.iterdir()} - {"manifest.json"}


def test_the_same_run_is_the_same_files(folder, told, tmp_path):
    again = write_export(tmp_path / "b", told, {"settings": []}, xes=True)
    for path in folder.iterdir():
        assert path.read_bytes() == (again / path.name).read_bytes(), path.name


def test_a_folder_with_something_else_in_it_is_left_alone(told, tmp_path):
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ExperimentError, match=r"thesis\.txt"):
        write_export(tmp_path, told, {})
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
