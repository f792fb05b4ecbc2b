"""``jobbtorg follow-up`` and ``jobbtorg export``: tables and folders, or a sentence."""

import csv
import json

import pytest

QUICK = ("--end", "2008-08-31", "--runs", "2", "--jobs", "1")


def test_follow_up_by_tertial_and_by_centre(jobbtorg, tmp_path):
    done = jobbtorg("follow-up", "plan-2008", *QUICK, "--period", "2008-T2", "--out", tmp_path / "f")
    assert done.status == 0
    lines = [" ".join(line.split()) for line in done.out.splitlines()]
    assert any(line.startswith("four-month period 2 of 2008, Newcomers ") for line in lines)
    assert any(line.startswith("Järva, Newcomers ") for line in lines)
    assert "nobody exists" in done.out
    with (tmp_path / "f" / "follow-up.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["needs"] for row in rows} == {"near", "middle", "compound", "all"}
    assert {"unemployed", "sfi", "newcomer", "all"} <= {row["group"] for row in rows}
    assert {row["period"] for row in rows} == {"2008-T1", "2008-T2", "total"}
    exits = {
        row["group"]: float(row["mean"])
        for row in rows
        if (row["measure"], row["centre"], row["period"], row["needs"]) == ("exits", "all", "total", "all")
    }
    assert exits.pop("all") == pytest.approx(sum(exits.values()))
    assert json.loads((tmp_path / "f" / "manifest.json").read_text(encoding="utf-8"))["runs"] == 2


def test_follow_up_in_swedish(jobbtorg):
    done = jobbtorg("follow-up", "plan-2008", *QUICK, "--language", "sv")
    assert done.status == 0
    assert "tertial 2 2008, Studerar svenska" in done.out
    assert "ingen av dem finns" in done.out


def test_a_period_that_is_not_there_is_a_sentence(jobbtorg, outputs):
    done = jobbtorg("follow-up", "plan-2008", *QUICK, "--period", "2008-T3")
    assert done.status == 2
    assert "There is no period 2008-T3" in done.err
    assert not list(outputs.glob("follow-up*"))


def test_export_writes_a_folder(jobbtorg, tmp_path):
    done = jobbtorg(
        "export", "plan-2008", "--end", "2008-01-31", "--run", "3", "--xes", "--out", tmp_path / "e"
    )
    assert done.status == 0
    assert "nobody exists" in done.out
    assert {path.name for path in (tmp_path / "e").iterdir()} == {
        *(f"{name}.{ending}" for name in ("people", "stays", "events") for ending in ("csv", "parquet")),
        "events.xes",
        "manifest.json",
    }


def test_export_without_a_name_says_where(jobbtorg, outputs):
    done = jobbtorg("export", "plan-2008", "--end", "2008-01-31")
    assert done.status == 0
    (folder,) = outputs.glob("export-plan-2008-run-0-*")
    assert str(folder) in done.out.replace("\n", "")


@pytest.mark.parametrize("command", ["export", "follow-up"])
def test_a_scenario_that_is_not_there_is_a_sentence(jobbtorg, command):
    done = jobbtorg(command, "plan-1808")
    assert done.status == 2
    assert "plan-2008" in done.err
