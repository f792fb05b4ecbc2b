import csv
import json

import pytest

SMALL = ("--end", "2008-02-29", "--runs", "2", "--jobs", "1")
INPUTS = ("--input", "costs.other_per_post", "--input", "exits.hazard")


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.long
def test_a_study_is_told_and_kept_whole(jobbtorg, tmp_path):
    folder = tmp_path / "s"
    done = jobbtorg(
        *("sensitivity", "plan-2008", "caseload-40", *SMALL, *INPUTS),
        *("--sobol", "2", "--named", "2", "--out", folder, "--language", "sv"),
    )
    assert done.status == 0
    told = " ".join(done.out.split())
    assert "caseload-40 mot plan-2008: ett antagande i taget" in told
    assert "Som levererad" in told
    assert "Slumpen" in told
    bars = rows_of(folder / "tornado.csv")
    assert {row["parameter"] for row in bars} == {"costs.other_per_post", "exits.hazard"}
    assert {row["kind"] for row in bars} == {"document", "assumption"}
    inputs = [row["input"] for row in rows_of(folder / "sobol.csv")]
    assert inputs[-3:] == ["rest", "structure", "chance"]
    assert len(inputs) == 5
    turns = {row["parameter"] for row in rows_of(folder / "turns.csv")}
    assert turns == {
        "exits.elasticity", "exits.waiting_pace", "measures.effect", "measures.price_per_year",
    }  # fmt: skip
    structures = {row["alternative"] for row in rows_of(folder / "structures.csv")}
    assert {"price-per-person", "waiting-pace-0"} <= structures
    for name in ("tornado.svg", "sobol.svg"):
        assert (folder / name).read_text(encoding="utf-8").startswith("<svg role=")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["files"]) == {path.name for path in folder.iterdir()} - {"manifest.json"}
    assert (manifest["seed"], manifest["runs"], manifest["points"]) == (2008, 2, 2)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["plan-2008", "plan-2008"], "is also among the scenarios to compare"),
        (["plan-2008", "caseload-40", "--sobol", "3"], "must be a power of 2"),
        (["plan-2008", "caseload-40", "--input", "exits.hasard"], "exits.hasard has no uncertain number"),
        (["plan-2008", "caseload-40", "--measure", "aspirants_year"], "not defined for total"),
        (["plan-2008", "history-2008-2018"], "months differ"),
    ],
)
def test_wrong_input_is_a_sentence_before_any_run(jobbtorg, outputs, arguments, sentence):
    done = jobbtorg("sensitivity", *arguments)
    assert done.status == 2
    assert sentence in done.err
    assert not outputs.exists()
