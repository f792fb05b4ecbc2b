import csv
import json
import math
import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pyarrow.parquet as pq
import pytest

from sim.experiment import output
from sim.experiment.differences import differences
from sim.experiment.errors import ExperimentError
from sim.experiment.folder import read_manifest, write_manifest
from sim.experiment.output import Record, read_results, write_results
from sim.experiment.run import run_scenarios

TIME = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def record(pair) -> Record:
    return Record(
        resolved={found.scenario.name: found for found in pair},
        settings=("period.end=2008-06-30",),
        engine="compiled",
        level=0.9,
        command=("jobbtorg", "run"),
        source="0" * 64,
        started=TIME,
        finished=TIME,
    )


@pytest.fixture(scope="module")
def written(tmp_path_factory, results, record):
    folder = tmp_path_factory.mktemp("written") / "results"
    return write_results(folder, results, record, differences(results, "caseload-50", ["caseload-40"]))


@pytest.fixture
def folder(written, tmp_path):
    return shutil.copytree(written, tmp_path / "results")


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_results_come_back_bit_for_bit(folder, results):
    back = read_results(folder)
    assert np.array_equal(back.values, results.values, equal_nan=True)
    assert back.values.tobytes() == results.values.tobytes()
    for field in ("names", "measures", "periods", "centres", "segments", "seed"):
        assert getattr(back, field) == getattr(results, field)


def test_summary_is_tidy_and_has_no_undefined_cell(folder, results):
    summary = rows(folder / "summary.csv")
    assert tuple(summary[0]) == output.SUMMARY_COLUMNS
    assert all(value.strip() for row in summary for value in row.values())
    assert not any(value.lower() in {"nan", "inf"} for row in summary for value in row.values())
    cells = {(r["scenario"], r["measure"], r["centre"], r["segment"], r["period"]): r for r in summary}
    assert len(cells) == len(summary) == int((~np.isnan(results.summary().mean)).sum())
    one = cells["caseload-40", "net_cost", "all", "all", "total"]
    values = results.cell("caseload-40", "net_cost")
    assert float(one["mean"]) == pytest.approx(values.mean(), rel=1e-12)
    assert float(one["lower"]) < values.mean() < float(one["upper"])
    assert (one["unit"], one["level"], one["runs"], one["draws"]) == ("MSEK", "0.9", "4", "1")


def test_a_cell_that_one_run_alone_defines_has_no_row(tmp_path, results, record):
    values = results.values.copy()
    values[:, 1:, 0] = math.nan
    write_results(tmp_path / "r", replace(results, values=values), record)
    key = results.measures[0].key
    assert key not in {row["measure"] for row in rows(tmp_path / "r" / "summary.csv")}
    assert np.array_equal(read_results(tmp_path / "r").values, values, equal_nan=True)


def test_runs_are_one_row_a_cell_and_run(folder, results):
    table = pq.read_table(folder / "runs.parquet").to_pandas()
    assert list(table.columns) == ["scenario", "run", "measure", "period", "centre", "segment", "value"]
    assert len(table) == int((~np.isnan(results.values)).sum())
    chosen = table.query(
        "scenario == 'caseload-40' and measure == 'stock' and period == 'total' "
        "and centre == 'jarva' and segment == 'near'"
    )
    expected = results.cell("caseload-40", "stock", centre="jarva", segment="near")
    assert chosen.sort_values("run")["value"].tolist() == expected.tolist()


def test_differences_are_written_whole(folder):
    found = rows(folder / "differences.csv")
    assert all(value.strip() for row in found for value in row.values())
    assert {row["verdict"] for row in found} <= {"lower", "higher", "cannot_tell"}
    assert {(row["base"], row["scenario"]) for row in found} == {("caseload-50", "caseload-40")}


def test_manifest_says_how_it_came_to_be(folder, pair):
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for key in (
        "seed",
        "runs",
        "level",
        "engine",
        "started",
        "finished",
        "command",
        "source_hash",
        "versions",
    ):
        assert manifest[key], key
    stored = manifest["scenarios"]["caseload-40"]
    assert stored["digest"] == pair[1].scenario.digest
    assert stored["parameters"] == json.loads(json.dumps(pair[1].scenario.canonical()))
    assert stored["marks"]["levers.caseload_norm"] == "caseload-40"
    assert set(manifest["files"]) == {p.name for p in folder.iterdir()} - {"manifest.json"}


def test_no_file_but_the_manifest_knows_what_time_it_is(tmp_path, results, record, folder):
    later = replace(record, started=datetime(2030, 1, 1, tzinfo=UTC))
    again = write_results(
        tmp_path / "again", results, later, differences(results, "caseload-50", ["caseload-40"])
    )
    for path in folder.iterdir():
        if path.name != "manifest.json":
            assert path.read_bytes() == (again / path.name).read_bytes()


def test_own_results_are_replaced(folder, results, record):
    (folder / ".DS_Store").write_bytes(b"what a file manager leaves")
    write_results(folder, replace(results, seed=99), record)
    assert read_results(folder).seed == 99
    assert not (folder / "differences.csv").exists()
    assert [path.name for path in folder.parent.iterdir()] == ["results"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: (folder / "notes.txt").write_text("mine", encoding="utf-8"),
        lambda folder: (folder / "summary.csv").write_text("changed by hand", encoding="utf-8"),
        lambda folder: (folder / "own").mkdir(),
        lambda folder: (folder / "manifest.json").unlink(),
        lambda folder: (folder / "manifest.json").write_text("{}", encoding="utf-8"),
    ],
    ids=["a file added", "a file changed", "a folder added", "no manifest", "another manifest"],
)
def test_what_the_program_did_not_write_is_never_replaced(folder, results, record, spoil):
    spoil(folder)
    before = {path.name for path in folder.iterdir()}
    with pytest.raises(ExperimentError, match="did not write"):
        write_results(folder, results, record)
    assert {path.name for path in folder.iterdir()} == before


def test_what_comes_into_the_folder_while_results_are_written_is_kept(folder, results, record, monkeypatch):
    write = output.write_manifest

    def slow(*arguments):
        (folder / "notes.txt").write_text("mine", encoding="utf-8")
        write(*arguments)

    monkeypatch.setattr(output, "write_manifest", slow)
    with pytest.raises(ExperimentError, match=r"did not write \(notes.txt\)"):
        write_results(folder, results, record)
    assert (folder / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_a_file_in_the_way_is_a_sentence(tmp_path, results, record):
    (tmp_path / "results").write_text("a file", encoding="utf-8")
    with pytest.raises(ExperimentError, match="is a file"):
        write_results(tmp_path / "results", results, record)


def test_an_empty_folder_may_be_written_to(tmp_path, results, record):
    (tmp_path / "empty").mkdir()
    write_results(tmp_path / "empty", results, record)
    assert read_results(tmp_path / "empty").seed == results.seed


@pytest.mark.parametrize("fault", [KeyboardInterrupt, OSError])
@pytest.mark.parametrize("step", ["_write_runs", "write_csv", "write_manifest"])
@pytest.mark.parametrize("earlier", [True, False], ids=["over earlier results", "new"])
def test_an_interrupted_write_leaves_what_was_there(
    tmp_path, results, record, monkeypatch, fault, step, earlier
):
    target = tmp_path / "results"
    if earlier:
        write_results(target, replace(results, seed=1), record)

    def fail(*_, **__):
        raise fault

    monkeypatch.setattr(output, step, fail)
    with pytest.raises(fault):
        write_results(target, results, record)
    assert [path.name for path in tmp_path.iterdir()] == (["results"] if earlier else [])
    if earlier:
        assert read_results(target).seed == 1


def test_a_failed_exchange_puts_the_earlier_results_back(folder, results, record, monkeypatch):
    replacing, calls = os.replace, []

    def fail_second(source, target):
        calls.append(target)
        if len(calls) == 2:
            raise OSError("no space")
        replacing(source, target)

    monkeypatch.setattr(os, "replace", fail_second)
    with pytest.raises(OSError, match="no space"):
        write_results(folder, replace(results, seed=5), record)
    assert read_results(folder).seed == results.seed


@pytest.mark.parametrize("name", ["runs.parquet", "summary.csv"])
def test_results_that_were_changed_are_not_read(folder, name):
    with (folder / name).open("ab") as file:
        file.write(b" ")
    with pytest.raises(ExperimentError, match=f"{name} is missing or was changed"):
        read_results(folder)


def test_a_folder_without_results_is_a_sentence(tmp_path):
    with pytest.raises(ExperimentError, match="holds no results"):
        read_results(tmp_path)


def test_results_of_a_later_format_are_not_guessed_at(folder):
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8")) | {"format": 99}
    path.write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(ExperimentError, match="format 99; this version reads format 1"):
        read_results(folder)


def test_later_starts_are_kept(tmp_path, pair, record):
    results = run_scenarios(
        [found.scenario for found in pair], 2, 7, jobs=1, report_from=pair[0].scenario.start.replace(month=3)
    )
    assert read_results(write_results(tmp_path / "r", results, record)).periods == results.periods


def test_a_manifest_holds_days_and_nothing_that_json_lacks(tmp_path):
    write_manifest(tmp_path, "made-up", {"day": TIME.date()})
    assert read_manifest(tmp_path, "made-up")["day"] == "2026-01-02"
    for stranger in (tmp_path, math.nan):
        with pytest.raises((TypeError, ValueError)):
            write_manifest(tmp_path, "made-up", {"stranger": stranger})
    assert read_manifest(tmp_path, "made-up")["day"] == "2026-01-02"
