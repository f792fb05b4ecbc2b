"""A researcher's walk: a new observed series as a file, scored at once; and what makes the forecast void."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import pytest

from sim.places import PARAMETERS

README = Path(__file__).resolve().parents[2] / "README.md"


def own_series(folder: Path) -> Path:
    """The file that the README shows."""
    shown = re.search(r"^```yaml\n(.*?)^```$", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert shown
    file = folder / "my-series.yaml"
    file.write_text(shown.group(1), encoding="utf-8")
    return file


def scores(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / "scores.csv").open(encoding="utf-8", newline="") as file:
        return {row["target"]: row for row in csv.DictReader(file)}


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_frozen_forecast_is_scored_with_its_misses(jobbtorg, tmp_path, language):
    folder = tmp_path / "v"
    done = jobbtorg("validate", "history", "--out", folder, "--language", language)
    assert done.status == 0
    found = scores(folder)
    assert {"people-2012", "share-2012", "people-2018", "share-2011"} <= found.keys()
    assert {row["frozen"] for row in found.values()} == {"true"}
    assert all(found["people-2012"][f"miss_{naive}"] for naive in ("last", "trend", "unchanged"))
    assert (folder / f"validation.{language}.svg").read_text(encoding="utf-8").startswith("<svg role=")
    told = (folder / f"validation.{language}.txt").read_text(encoding="utf-8")
    missed = [
        key for key in ("people-2012", "share-2012", "people-2018") if found[key]["inside_95"] == "false"
    ]
    assert all(key.rpartition("-")[2] in told for key in missed)


def test_a_new_series_is_scored_and_no_code_is_touched(jobbtorg, tmp_path):
    folder = tmp_path / "v"
    done = jobbtorg("validate", "history", "--targets", own_series(tmp_path), "--out", folder)
    assert done.status == 0
    mine = scores(folder)["people-2013"]
    assert (mine["added_later"], mine["frozen"]) == ("true", "false")
    assert float(mine["lower_95"]) < float(mine["median"]) < float(mine["upper_95"])
    assert "people-2013" in done.out


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("    role: hold-out\n", "    role: calibrate\n", "The role of the target"),
        ("    observed: 7395\n", "    observed: 6900\n", "has changed since the forecast was frozen"),
        ("    tolerance: 370\n", "    tolerance: 900\n", "has changed since the forecast was frozen"),
    ],
)
def test_another_role_figure_or_tolerance_makes_the_forecast_void(jobbtorg, tmp_path, was, now, said):
    parameters = tmp_path / "parameters"
    shutil.copytree(PARAMETERS, parameters)
    file = parameters / "targets" / "jobbtorg.yaml"
    text = file.read_text(encoding="utf-8")
    assert was in text
    file.write_text(text.replace(was, now, 1), encoding="utf-8")
    done = jobbtorg("validate", "history", "--parameters", parameters, "--out", tmp_path / "v")
    assert done.status == 1
    told = " ".join(done.err.split())
    assert said in told
    assert "The forecast is void" in told
    assert {row["frozen"] for row in scores(tmp_path / "v").values()} == {"false"}
