"""The benchmarks run and report everything; how fast anything is, no test says."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.record import append, line, write_latest
from benchmarks.suite import Row

KEYS = {
    *("small_plain", "small_simpy", "small_simpy_ratio", "small_compiled", "small_ratio"),
    *("city_simpy", "city_compiled", "city_ratio"),
    *("part_draw", "part_build", "part_run", "part_history"),
    *("part_tally", "part_account", "part_evaluate"),
    *("first_call", "city_memory"),
    *("runs_one_thread", "runs_two_threads", "threads_ratio"),
    *("pairs", "pair", "pairs_memory", "pairs_memory_more"),
    *("people_once", "people_larger", "people_ratio"),
    *("offices_few", "offices_many", "offices_ratio"),
}


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.long
def test_the_suite_reports_every_figure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    latest, history = tmp_path / "bench" / "latest.json", tmp_path / "results.csv"
    rows = main(["--size", "tiny", "--record"], latest, history)
    assert {row.key for row in rows} == KEYS
    assert len(rows) == len(KEYS)
    assert all(math.isfinite(row.value) and row.value >= 0.0 for row in rows)
    printed = capsys.readouterr().out
    assert all(row.says in printed for row in rows)
    assert "≥" not in printed
    written = json.loads(latest.read_text(encoding="utf-8"))
    assert {row["key"] for row in written["rows"]} == KEYS
    (recorded,) = read(history)
    assert {"date", "processor", "cores", "python", "numba", "city_ratio [times]"} <= set(recorded)


def test_nothing_is_recorded_unless_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = Row("a", "a", 1.0, "s")
    monkeypatch.setattr("benchmarks.__main__.rows", lambda library, size, only: iter([one]))
    main(["--size", "tiny"], tmp_path / "latest.json", tmp_path / "results.csv")
    assert not (tmp_path / "results.csv").exists()


def test_parts_can_be_asked_for_alone(tmp_path: Path) -> None:
    arguments = ["--size", "tiny", "--only", "parts_of_a_run"]
    rows = main(arguments, tmp_path / "latest.json", tmp_path / "results.csv")
    assert [row.key.partition("_")[0] for row in rows] == ["part"] * 7


def test_a_new_figure_gets_a_column_and_no_line_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    append([Row("a", "a", 0.5, "s", 0.25)], {"date": "2026-01-01"}, path)
    append([Row("b", "b", 3.0, "times")], {"date": "2026-01-02"}, path)
    columns = ("date", "a [s]", "a [s, processor]", "b [times]")
    assert [tuple(row[name] for name in columns) for row in read(path)] == [
        ("2026-01-01", "0.5", "0.25", ""),
        ("2026-01-02", "", "", "3"),
    ]


def test_the_latest_figures_replace_those_before(tmp_path: Path) -> None:
    path = tmp_path / "latest.json"
    for value in (1.0, 2.0):
        write_latest([Row("a", "a", value, "s")], {"date": "2026-01-01"}, path)
    assert [row["value"] for row in json.loads(path.read_text(encoding="utf-8"))["rows"]] == [2.0]


@pytest.mark.parametrize(
    ("row", "end"),
    [
        (Row("a", "a", 151.0, "times", least=150), "≥ 150 reached"),
        (Row("a", "a", 149.0, "times", least=150), "≥ 150 MISSED"),
        (Row("a", "a", 0.05, "s", most=0.06), "≤ 0.06 reached"),
        (Row("a", "a", 0.07, "s", most=0.06), "≤ 0.06 MISSED"),
        (Row("a", "a", 0.07, "s"), "s"),
    ],
)
def test_a_line_says_whether_the_aim_is_met(row: Row, end: str) -> None:
    assert line(row).rstrip().endswith(end)
