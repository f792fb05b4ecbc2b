import csv
import json

import pytest

from sim.cli import batch
from sim.experiment.output import read_results

QUICK = ("--end", "2008-04-30", "--runs", "2", "--jobs", "1")


def lines(text: str, beginning: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip().startswith(beginning)]


def test_scenarios_stand_side_by_side(jobbtorg, tmp_path):
    done = jobbtorg("run", "plan-2008", "caseload-40", *QUICK, "--out", tmp_path / "r")
    assert done.status == 0
    assert done.err == ""  # no bars where nobody watches
    (head,) = lines(done.out, "Measure")
    assert head.split()[-2:] == ["plan-2008", "caseload-40"]
    (net,) = lines(done.out, "The City's net cost")
    assert net.count("–") == 2  # an interval for each
    assert "Mean of 2 runs with 90 % interval" in done.out
    assert "1 January 2008 to 30 April 2008" in done.out.replace("\N{NO-BREAK SPACE}", " ")
    results = read_results(tmp_path / "r")
    assert (results.names, results.runs, results.seed) == (("plan-2008", "caseload-40"), 2, 2008)
    assert f"Written: {tmp_path / 'r'}" in done.out


def test_every_measure_is_explained_in_the_folder(jobbtorg, tmp_path):
    jobbtorg("run", "plan-2008", *QUICK, "--out", tmp_path / "r", "--language", "sv")
    with (tmp_path / "r" / "measures.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["measure"]: row for row in csv.DictReader(file)}
    assert set(rows) == set(read_results(tmp_path / "r").measure_keys)
    assert all(value.strip() for row in rows.values() for value in row.values())
    assert rows["exits_work"]["name"] == "Avslut: Arbete"


def test_without_out_the_folder_is_named_by_what_was_run(jobbtorg, outputs):
    for _ in range(2):  # the same again replaces it
        assert jobbtorg("run", "plan-2008", *QUICK).status == 0
    jobbtorg("run", "plan-2008", *QUICK, "--seed", "3")
    folders = sorted(path.name for path in outputs.iterdir() if path.name != "store")
    assert len(folders) == 2
    assert all(name.startswith("run-plan-2008-") for name in folders)


def test_overlays_stack_and_settings_lie_on_top(jobbtorg, tmp_path):
    done = jobbtorg(
        "run",
        "caseload-40+outsourcing-0",
        "--set",
        "levers.caseload_norm=45",
        *QUICK,
        "--out",
        tmp_path / "r",
    )
    assert done.status == 0
    manifest = json.loads((tmp_path / "r" / "manifest.json").read_text(encoding="utf-8"))
    (name,) = manifest["scenario_names"]
    assert name == "caseload-40+outsourcing-0"
    marks = manifest["scenarios"][name]["marks"]
    assert marks["levers.staffing_mode"] == "caseload-40"
    assert marks["levers.caseload_norm"] == "--set"
    assert manifest["settings"] == ["levers.caseload_norm=45", "period.end=2008-04-30"]
    assert manifest["command"][0] == "jobbtorg"


def test_an_overlay_file_can_be_run(jobbtorg, tmp_path):
    mine = tmp_path / "mine.yaml"
    mine.write_text(
        'title: "Mine"\nauthor: me\ndate: 2026-01-01\nbaseline: "plan-2008"\nschema: 1\n'
        "set:\n  levers.outsourcing_places: 1000\n",
        encoding="utf-8",
    )
    done = jobbtorg("run", mine, *QUICK, "--out", tmp_path / "r")
    assert done.status == 0
    assert read_results(tmp_path / "r").names == ("mine",)


def test_tables_may_start_later(jobbtorg, tmp_path):
    done = jobbtorg("run", "plan-2008", *QUICK, "--start", "2008-03-01", "--out", tmp_path / "r")
    assert done.status == 0
    assert "1 March 2008" in done.out.replace("\N{NO-BREAK SPACE}", " ")
    assert [p.key for p in read_results(tmp_path / "r").periods] == ["2008-03", "2008-04", "total"]


def test_a_value_outside_the_evidence_is_told(jobbtorg, tmp_path):
    done = jobbtorg("run", "plan-2008", *QUICK, "--set", "levers.caseload_norm=20", "--out", tmp_path / "r")
    assert done.status == 0
    assert done.err.startswith("Warning: ")
    assert "levers.caseload_norm" in done.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["plan-2009"], "There is no scenario plan-2009. Did you mean plan-2008?"),
        (["plan-2008+caseload-400"], "Did you mean caseload-40?"),
        (["plan-2008", "plan-2008"], "The scenario plan-2008 was given twice"),
        (["no/such.yaml"], "such.yaml"),
        (["plan-2008", "--set", "levers.caseload_nrm=40"], "Did you mean levers.caseload_norm?"),
        (["plan-2008", "--set", "levers.caseload_norm"], "--set"),
        (["plan-2008", "--set", "levers.caseload_norm=many"], "number"),
        (["plan-2008", "--set", "exits.hazard[nowhere]=0.1"], "nowhere"),
        (["plan-2008", "--start", "soon"], "--start is soon; a date is written YYYY-MM-DD."),
        (["plan-2008", "--start", "2008-02-15"], "must be the 1st of a month"),
        (["plan-2008", "--start", "2030-01-01"], "the run goes from 2008-01-01"),
        (["plan-2008", "--end", "2008-02-31"], "--end is 2008-02-31; a date is written"),
        (["plan-2008", "--end", "2008-04-15"], "last day of a month"),
        (["plan-2008", "--end", "2008-04-30", "--set", "period.end=2008-05-31"], "both given"),
        (["plan-2008", "--level", "90"], "The level is 90.0; it must lie between 0 and 1."),
        (["plan-2008", "--parameters", "nowhere"], "There is no file or folder nowhere."),
        (["plan-2008", "--runs", "1"], "--runs"),
        (["plan-2008", "--seed", "-1"], "--seed"),
        (["plan-2008", "--jobs", "0"], "--jobs"),
        (["plan-2008", "--engine", "steam"], "compiled"),
        (["plan-2008", "--colour", "red"], "No such option"),
        ([], "Say which scenario to run"),
    ],
)
def test_wrong_input_is_a_sentence_and_makes_no_run(jobbtorg, outputs, arguments, sentence, monkeypatch):
    monkeypatch.setattr("sim.experiment.run.simulate", None)
    done = jobbtorg("run", *arguments)
    assert done.status == 2
    assert sentence in " ".join(done.err.split())
    assert done.out == ""
    assert not outputs.exists()


def test_all_faults_of_all_scenarios_are_told_at_once(jobbtorg):
    done = jobbtorg("run", "plan-2009", "caseload-400", "--set", "no.such=1")
    assert done.status == 2
    for word in ("plan-2009", "caseload-400", "no.such"):
        assert word in done.err


def test_faults_are_told_in_swedish(jobbtorg):
    done = jobbtorg("run", "plan-2009", "--language", "sv")
    assert done.status == 2
    assert "Ett scenario som efterfrågas finns." in done.err
    assert "Menade du plan-2008?" in done.err
    twice = jobbtorg("run", "plan-2008", "plan-2008", "--language", "sv")
    assert "gavs två gånger" in twice.err


def test_a_folder_of_somebody_elses_is_refused_before_any_run(jobbtorg, tmp_path, monkeypatch):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    monkeypatch.setattr("sim.experiment.run.simulate", None)
    done = jobbtorg("run", "plan-2008", "--out", tmp_path)
    assert done.status == 2
    assert "did not write (" in done.err


def test_results_that_cannot_be_written_are_shown_all_the_same(jobbtorg, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(batch, "write_results", full)
    done = jobbtorg("run", "plan-2008", *QUICK, "--out", tmp_path / "r")
    assert done.status == 3
    assert "The City's net cost" in done.out
    assert "could not be written" in done.err
    assert "No space left on device" in done.err


def test_an_interrupt_writes_nothing_and_says_so(jobbtorg, tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.experiment.run.simulate", interrupted)
    done = jobbtorg("run", "plan-2008", *QUICK, "--out", tmp_path / "r")
    assert (done.status, done.err) == (1, "Interrupted. Nothing was written.\n")
    assert not (tmp_path / "r").exists()


def test_what_nobody_expected_is_a_sentence_and_a_log(jobbtorg, outputs, monkeypatch):
    def broken(*_):
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("sim.experiment.run.simulate", broken)
    done = jobbtorg("run", "plan-2008", *QUICK)
    assert done.status == 1
    (log,) = (outputs / "logs").iterdir()
    assert str(log) in done.err
    assert len(done.err.splitlines()) == 1
    details = log.read_text(encoding="utf-8")
    assert "a fault of ours" in details
    assert "Traceback" in details
    assert "'plan-2008'" in details


def test_a_log_that_cannot_be_written_is_no_second_fault(jobbtorg, outputs, monkeypatch):
    def broken(*_):
        raise RuntimeError("a fault of ours")

    outputs.write_text("a file where the folder should be", encoding="utf-8")
    monkeypatch.setattr("sim.experiment.run.simulate", broken)
    done = jobbtorg("run", "plan-2008", *QUICK, "--out", outputs.parent / "r")
    assert done.status == 1
    assert "RuntimeError: a fault of ours" in done.err
