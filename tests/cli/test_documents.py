"""The commands that read and explain: staffing, check, sources, glossary, doctor."""

import csv
import io
import shutil

import pytest

from sim.parameters import load_library
from sim.places import PARAMETERS

NO_BREAK = "\N{NO-BREAK SPACE}"


def cells(text: str, beginning: str) -> list[str]:
    (line,) = [line for line in text.splitlines() if line.strip().startswith(beginning)]
    return line.split()


# --- staffing


def test_staffing_goes_through_the_citys_rule(jobbtorg):
    done = jobbtorg("staffing", "--end", "2008-02-29", "--runs", "2", "--jobs", "1")
    assert done.status == 0
    rule, plan, needed = (
        done.out.split("The plan's posts")[0],
        *done.out.split("The plan's posts")[1].split("Posts when"),
    )
    assert cells(rule, "Cases that own staff serve")[-1] == "6,500"
    assert cells(rule, "Caseworkers by the rule")[-1] == "130"
    assert cells(rule, "Caseworkers in the plan's table")[-1] == "122.5"
    assert cells(rule, "Posts at most")[-1] == "140"
    assert cells(plan, "Coach") == ["Coach", "10", "16", "7", "8", "18", "59"]
    assert cells(plan, "Total") == ["Total", "14", "39", "19", "21", "47", "140"]
    assert len(cells(needed, "Total")) == 1 + 6 * 2  # a mean and its interval for each centre and for all


def test_staffing_of_a_scenario_in_swedish(jobbtorg):
    done = jobbtorg("staffing", "caseload-40", "--end", "2008-01-31", "--runs", "2", "--language", "sv")
    assert done.status == 0
    assert f"6{NO_BREAK}500" in done.out
    assert "122,5" in done.out
    assert "Tjänster när personalen följer ärendena" in done.out


def test_staffing_of_an_unknown_scenario(jobbtorg):
    done = jobbtorg("staffing", "plan-2007")
    assert done.status == 2
    assert "Did you mean plan-2008?" in done.err


# --- check


def test_the_shipped_parameters_are_sound(jobbtorg):
    done = jobbtorg("check", PARAMETERS)
    assert done.status == 0, done.out
    assert "no fault" in done.out or "0 faults" in done.out


def test_every_fault_is_told_with_its_line(jobbtorg, tmp_path):
    overlay = tmp_path / "mine.yaml"
    overlay.write_text(
        'title: "Mine"\nauthor: me\ndate: 2026-01-01\nbaseline: "plan-2008"\nschema: 1\n'
        "set:\n  levers.caseload_nrm: 40\n  intake.headroom: many\n",
        encoding="utf-8",
    )
    done = jobbtorg("check", overlay)
    assert done.status == 2
    assert f"{overlay.name}:7" in done.out
    assert f"{overlay.name}:8" in done.out
    assert "Nearest: levers.caseload_norm" in done.out
    assert "Found: many" in done.out
    assert "2 faults, 0 warnings." in done.out
    swedish = jobbtorg("check", overlay, "--language", "sv")
    assert swedish.status == 2
    assert "Närmast: levers.caseload_norm" in swedish.out


def test_warnings_alone_are_no_fault(jobbtorg, tmp_path):
    overlay = tmp_path / "mine.yaml"
    overlay.write_text(
        'title: "Mine"\nauthor: me\ndate: 2026-01-01\nbaseline: "plan-2008"\nschema: 1\n'
        "set:\n  levers.caseload_norm: 20\n",
        encoding="utf-8",
    )
    done = jobbtorg("check", overlay)
    assert done.status == 0
    assert "Warning: " in done.out
    assert "0 faults, 1 warnings." in done.out


def test_a_file_that_is_not_there(jobbtorg):
    done = jobbtorg("check", "no-such-file.yaml")
    assert (done.status, done.out) == (2, "")
    assert "There is no file or folder no-such-file.yaml." in done.err


def test_a_broken_folder_of_parameters_stops_every_command(jobbtorg, tmp_path):
    folder = shutil.copytree(PARAMETERS, tmp_path / "parameters")
    with (folder / "tables" / "roles.csv").open("a", encoding="utf-8") as file:
        file.write("coach,9,true\n")
    for command in (["run", "plan-2008"], ["sources"], ["staffing"]):
        done = jobbtorg(*command, "--parameters", folder)
        assert done.status == 2
        assert "roles.csv:" in done.err
        assert done.out == ""


# --- sources


def test_every_parameter_has_a_line(jobbtorg):
    done = jobbtorg("sources")
    assert done.status == 0
    library = load_library()
    assert f"{len(library.passports)} parameters." in done.out
    assert "assumption" in cells(done.out, "exits.cycle_elasticity")


def test_sources_may_be_searched(jobbtorg):
    done = jobbtorg("sources", "headroom", "--language", "sv")
    assert "1 parametrar." in done.out
    assert "1,1" in done.out


def test_sources_as_csv_hold_every_value_of_every_table(jobbtorg):
    done = jobbtorg("sources", "--csv")
    rows = {row["key"]: row for row in csv.DictReader(io.StringIO(done.out))}
    hazard = rows["exits.hazard[near]"]
    library = load_library()
    near = library.resolve("base").scenario.table("exits.hazard").cells()["near",]
    assert float(hazard["value"]) == near
    assert hazard["range"].count("..") == 1
    assert rows["intake.headroom"]["value"] == "1.1"
    for key, passport in library.passports.items():
        assert any(name == key or name.startswith(f"{key}[") for name in rows), key
        assert all(
            row["source"] or passport.kind == "assumption" for name, row in rows.items() if name == key
        )


# --- glossary and doctor


def test_glossary_in_both_directions(jobbtorg):
    english, swedish = jobbtorg("glossary"), jobbtorg("glossary", "--language", "sv")
    for done in (english, swedish):
        assert done.status == 0
        assert "handläggare" in done.out
        assert "caseworker" in done.out
    assert "Betydelse" in swedish.out


def test_a_word_that_is_not_there(jobbtorg):
    done = jobbtorg("glossary", "xyzzy")
    assert done.status == 1
    assert "Nothing in the glossary holds xyzzy." in done.out


def test_doctor_says_how_the_machine_is(jobbtorg, tmp_path):
    assert "Python" in jobbtorg("doctor").out
    lacking = jobbtorg("doctor", "--parameters", tmp_path / "nowhere")
    assert lacking.status == 1
    assert "There are no parameters in" in lacking.out


# --- the whole


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize(
    "command", ["run", "compare", "staffing", "report", "check", "sources", "glossary", "doctor"]
)
def test_every_command_has_help(jobbtorg, command, language):
    done = jobbtorg(command, "--help", "--language", language)
    assert done.status == 0
    assert command in done.out


def test_version(jobbtorg):
    done = jobbtorg("--version")
    assert done.status == 0
    assert done.out.startswith("jobbtorg ")


def test_no_command_shows_help(jobbtorg):
    done = jobbtorg()
    assert done.status == 2
    assert "compare" in done.out + done.err


def test_an_unknown_command_is_wrong_input(jobbtorg):
    done = jobbtorg("runn")
    assert done.status == 2
    assert "runn" in done.err
