import csv

import pytest

SWEEP = """\
title: "Norms"
author: me
date: 2026-11-22
schema: 1
baseline: caseload-50
settings: {period.end: 2008-02-29}
design: grid
over:
  levers.caseload_norm: [40, 50]
runs: 2
measures: [net_cost, exits_work]
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "norms.yaml"
    path.write_text(SWEEP, encoding="utf-8")
    return path


def test_a_sweep_is_shown_and_written(jobbtorg, file, tmp_path):
    done = jobbtorg("sweep", file, "--jobs", "1", "--out", tmp_path / "s")
    assert (done.status, done.err) == (0, "")
    assert "The City's net cost, the whole period, Whole city, Everybody" in done.out
    assert "Difference from caseload-50 (interval)" in done.out
    assert "no difference in any run" in done.out
    assert "2 points, 2 runs each, with 90 % intervals." in done.out
    with (tmp_path / "s" / "sweep.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    assert [(row["levers.caseload_norm"], row["measure"]) for row in rows] == [
        ("40.0", "net_cost"),
        ("40.0", "exits_work"),
        ("50.0", "net_cost"),
        ("50.0", "exits_work"),
    ]


def test_without_out_the_folder_is_named_by_the_file_and_found_again(jobbtorg, file, outputs):
    for _ in range(2):
        assert jobbtorg("sweep", file, "--jobs", "1", "--language", "sv").status == 0
    (folder,) = outputs.glob("sweep-norms-*")
    assert {path.name for path in folder.iterdir()} == {"manifest.json", "sweep.csv", "sweep.parquet"}


def test_values_outside_the_evidence_are_told_once(jobbtorg, file, tmp_path):
    file.write_text(SWEEP.replace("[40, 50]", "[20]"), encoding="utf-8")
    done = jobbtorg("sweep", file, "--jobs", "1", "--out", tmp_path / "s")
    assert done.status == 0
    assert done.err.startswith("Warning: ")
    assert done.err.count("levers.caseload_norm") == done.err.count("Warning") == 1


def test_all_faults_are_told_at_once_before_any_run(jobbtorg, file, outputs, monkeypatch):
    monkeypatch.setattr("sim.experiment.run.simulate", None)
    text = SWEEP.replace("[40, 50]", "[40, -5]").replace("exits_work", "exits_wrk")
    file.write_text(text, encoding="utf-8")
    done = jobbtorg("sweep", file)
    assert done.status == 2
    assert "norms.yaml:9: " in done.err
    assert "norms.yaml:11: There is no exits_wrk among the measures. Did you mean exits_work?" in done.err
    assert not outputs.exists()
    swedish = jobbtorg("sweep", file, "--language", "sv")
    assert "Menade du exits_work?" in swedish.err


def test_a_file_that_is_not_there(jobbtorg):
    done = jobbtorg("sweep", "nowhere.yaml")
    assert (done.status, done.err) == (2, "There is no file or folder nowhere.yaml.\n")
