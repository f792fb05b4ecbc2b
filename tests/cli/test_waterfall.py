import csv

import pytest

from sim.experiment.output import read_results
from tests.cli.conftest import QUICK


def test_both_waterfalls_stand_beside_the_results(jobbtorg, tmp_path):
    folder = tmp_path / "w"
    done = jobbtorg(
        "waterfall", "plan-2008", "outsourcing-0+caseload-40", *QUICK, "--out", folder,
    )  # fmt: skip
    assert done.status == 0
    assert "Where the money moves: outsourcing-0+caseload-40 against plan-2008" in " ".join(done.out.split())
    assert "What they do only together" in done.out
    assert "Procured places: levers.outsourcing_places" in done.out
    for name in ("waterfall-lines.svg", "waterfall-levers.svg"):
        assert (folder / name).read_text(encoding="utf-8").startswith("<svg role=")
    with (folder / "waterfall.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["kind"], row["period"]) for row in rows} == {
        (kind, period) for kind in ("lines", "levers") for period in ("total", "2008-T1")
    }
    for kind in ("lines", "levers"):
        parts = [row for row in rows if row["kind"] == kind and row["period"] == "total"]
        *bars, whole = (float(row["mean"]) for row in parts)
        assert sum(bars) == pytest.approx(whole, abs=1e-9)
        assert parts[-1]["bar"] == "whole"
    # the steps between are kept with the results
    names = read_results(folder).names
    assert names[:2] == ("plan-2008", "outsourcing-0+caseload-40")
    assert {name.rpartition(":")[2] for name in names[2:]} == {"staffing_mode", "caseload", "outsourcing"}


def test_any_measure_lever_by_lever_in_swedish(jobbtorg, tmp_path):
    done = jobbtorg(
        "waterfall", "plan-2008", "outsourcing-0", *QUICK, "--measure", "wait_days", "--language", "sv",
        "--out", tmp_path / "w",
    )  # fmt: skip
    assert done.status == 0
    assert "Styrmedel för styrmedel" in done.out
    assert "Vart pengarna flyttar" not in done.out
    assert not (tmp_path / "w" / "waterfall-lines.svg").exists()


def test_scenarios_that_hold_the_same_values(jobbtorg, tmp_path):
    done = jobbtorg("waterfall", "base", "plan-2008", *QUICK, "--out", tmp_path / "w")
    assert done.status == 0
    assert "nothing to take apart" in done.out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["plan-2008", "plan-2008"], "is also among the scenarios to compare"),
        (["plan-2008", "history-2008-2018"], "months differ"),
        (["plan-2008", "caseload-40", "--measure", "net_costs"], "no measure net_costs"),
        (["plan-2008", "caseload-40", "--measure", "aspirants_year"], "not defined for total"),
    ],
)
def test_wrong_input_is_a_sentence_before_any_run(jobbtorg, outputs, arguments, sentence):
    done = jobbtorg("waterfall", *arguments)
    assert done.status == 2
    assert sentence in done.err
    assert not outputs.exists()
