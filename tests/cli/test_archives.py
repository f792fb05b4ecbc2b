"""``run --from`` and ``diff``, as they are typed."""

import json

import pytest

from tests.cli.conftest import QUICK


@pytest.fixture
def archive(jobbtorg, tmp_path):
    assert jobbtorg("run", "plan-2008", *QUICK, "--out", tmp_path / "one").status == 0
    return tmp_path / "one"


@pytest.mark.parametrize("where", ["", "manifest.json"])
def test_an_archive_is_made_anew_and_is_the_same(jobbtorg, archive, where):
    done = jobbtorg("run", "--from", archive / where)
    assert (done.status, done.err) == (0, "")
    assert "came out again, to the last bit" in done.out


def test_a_report_keeps_its_results_in_folders_of_its_own(jobbtorg, archive, tmp_path):
    kept = tmp_path / "report" / "results"
    kept.mkdir(parents=True)
    archive.rename(kept / "grid")
    done = jobbtorg("run", "--from", tmp_path / "report", "--language", "sv")
    assert done.status == 0
    assert "till sista biten" in done.out


def test_a_departure_is_named_and_ends_with_one(jobbtorg, archive):
    path = archive / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["scenarios"]["plan-2008"]["parameters"]["values"]["people.no_show"] = 0.5
    path.write_text(json.dumps(manifest), encoding="utf-8")
    done = jobbtorg("run", "--from", path)
    assert done.status == 1
    assert "figures depart" in done.out
    assert "of plan-2008" in done.out


@pytest.mark.parametrize("more", [("plan-2008",), ("--set", "people.no_show=0.2"), ("--out", "x")])
def test_from_takes_everything_from_the_manifest(jobbtorg, archive, more):
    done = jobbtorg("run", *more, "--from", archive)
    assert done.status == 2
    assert "--from takes everything" in done.err


def test_without_scenario_or_manifest_there_is_nothing_to_run(jobbtorg):
    done = jobbtorg("run")
    assert (done.status, done.out) == (2, "")
    assert "--from MANIFEST" in done.err


def test_what_is_not_there_or_no_archive_is_wrong_input(jobbtorg, tmp_path):
    assert jobbtorg("run", "--from", tmp_path / "nowhere").status == 2
    done = jobbtorg("run", "--from", tmp_path)
    assert done.status == 2
    assert "holds no results" in done.err


def test_diff_says_what_went_in_and_what_came_out(jobbtorg, archive, tmp_path):
    jobbtorg("run", "plan-2008", *QUICK, "--set", "people.no_show=0.5", "--out", tmp_path / "two")
    done = jobbtorg("diff", archive, tmp_path / "two")
    assert (done.status, done.err) == (0, "")
    assert "made in the same way" in done.out
    (row,) = [line for line in done.out.splitlines() if "people.no_show" in line]
    assert row.split()[-2:] == ["0.3", "0.5"]
    assert "Enrolments" in done.out
    assert "key figures are the same" in done.out
    swedish = jobbtorg("diff", archive, tmp_path / "two", "--language", "sv")
    assert "0,3" in swedish.out
    assert "Skillnad (intervall)" in swedish.out


def test_diff_of_the_same(jobbtorg, archive):
    done = jobbtorg("diff", archive, archive)
    assert done.status == 0
    assert "neither what went in nor any figure differs" in done.out
