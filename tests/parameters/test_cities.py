"""Another city: a folder that states what differs from a folder of parameters, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim import places
from sim.cli.entry import status_of
from sim.economy import financing
from sim.experiment.differences import difference
from sim.experiment.run import run_scenarios
from sim.parameters import InputErrors, check_files, load_library
from sim.places import PARAMETERS

CITIES = sorted((PARAMETERS / "cities").iterdir())
EKVIK = PARAMETERS / "cities" / "ekvik"
HEADER = "title: Ex\nauthor: tests\ndate: 2026-11-22\nschema: 1\nkind: assumption\n"


@pytest.fixture(scope="module")
def ekvik():
    return load_library(EKVIK)


def city(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "city.yaml").write_text(HEADER + text, encoding="utf-8", newline="\n")
    return folder


@pytest.mark.parametrize("folder", CITIES, ids=lambda folder: folder.name)
def test_a_city_is_data_and_little_of_it(folder):
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} <= {".yaml", ".csv"}
    assert sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files) < 150
    assert check_files([folder]) == ((), ())


@pytest.mark.parametrize("folder", CITIES, ids=lambda folder: folder.name)
def test_the_shipped_scenarios_hold_there(folder):
    """All but those that name Stockholm's own centres and offices, which are told of by that alone."""
    library = load_library(folder)
    assert {"plan-2008", "caseload-50", "caseload-40", "outsourcing-0"} <= set(library.scenario_names)
    held = set()
    for name in (*library.scenario_names, *library.structure_names):
        try:
            assert library.resolve(name).scenario.keys("organisation.centres")
            held.add(name)
        except InputErrors as error:
            assert {problem.rule for problem in error.problems} <= {"unknown-centre", "unknown-word"}, name
    assert {"plan-2008", "caseload-50", "caseload-40", "outsourcing-0", *library.structure_names} <= held


def test_ekvik_has_three_centres_of_its_own_and_nothing_of_stockholms(ekvik):
    scenario = ekvik.resolve("plan-2008").scenario
    centres = scenario.keys("organisation.centres")
    assert centres == ("norrhamn", "torget", "soderby")
    stockholms = load_library().resolve("plan-2008").scenario.keys("organisation.centres")
    for key, passport in ekvik.passports.items():
        if passport.table is None:
            continue
        columns = [name for name, column in passport.columns.items() if column.of == "organisation.centres"]
        for row in scenario.table(key).rows():
            assert not {row[name] for name in columns} & set(stockholms), key
    # what isn't a table of centres, and would tell of a city seven times as large
    assert 0.0 < financing(scenario).from_units < financing(scenario).budget
    assert not any(
        row["value"] for key in ("applicants", "places") for row in scenario.table(f"seasonal.{key}").rows()
    )
    same = scenario.table("exits.hazard").rows()
    assert list(same) == list(load_library().resolve("plan-2008").scenario.table("exits.hazard").rows())


def test_what_a_city_states_is_of_its_own_kind_and_the_rest_keeps_its_passport(ekvik):
    shipped = load_library().passports
    for key in ("plan.people", "people.target_group", "levers.outsourcing_places"):
        assert shipped[key].kind == "document"
        assert (ekvik.passports[key].kind, ekvik.passports[key].sources) == ("assumption", ())
        assert ekvik.passports[key].range is None
        assert "Made up" in ekvik.passports[key].note
    assert ekvik.passports["exits.hazard"] == shipped["exits.hazard"]


def test_a_city_runs_and_compares(ekvik):
    pair = [
        ekvik.resolve(name, ("period.end=2008-12-31",)).scenario for name in ("caseload-50", "caseload-40")
    ]
    results = run_scenarios(pair, runs=4, seed=7, jobs=1)
    assert results.centres == ("norrhamn", "torget", "soderby", "all")
    people = results.cell("caseload-50", "aspirants_year", "2008")
    assert ((people > 900) & (people < 2500)).all()
    assert difference(results, "caseload-50", "caseload-40", "posts").verdict == "higher"


def test_a_city_may_be_based_on_another(tmp_path):
    city(tmp_path / "first", f"based_on: {EKVIK.as_posix()}\nset:\n  plan.people: 950\n")
    second = city(tmp_path / "second", "based_on: ../first\nset:\n  plan.procured_people: 100\n")
    scenario = load_library(second).resolve("plan-2008").scenario
    assert scenario.number("plan.people") == 950
    assert scenario.number("plan.procured_people") == 100
    assert "torget" in scenario.keys("organisation.centres")


def test_a_citys_own_scenario_goes_before_the_other_folders(tmp_path):
    folder = city(tmp_path / "own", "based_on: shipped\n")
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "plan-2008.yaml").write_text(
        "title: Ours\nauthor: tests\ndate: 2026-11-22\nbaseline: ''\nschema: 1\n"
        "set:\n  levers.caseload_norm: 44\n",
        encoding="utf-8",
    )
    library = load_library(folder)
    assert library.overlay("plan-2008").title == "Ours"
    assert library.resolve("plan-2008").scenario.series("levers.caseload_norm")[0] == 44
    assert library.resolve("premises-marginal+plan-2008").scenario.series("levers.caseload_norm")[0] == 44


def test_a_city_that_states_nothing_is_the_other(tmp_path):
    folder = city(tmp_path / "same", "based_on: shipped\n")
    ours, theirs = (load_library(place).resolve("plan-2008").scenario for place in (folder, None))
    assert ours == theirs
    assert ours.digest == theirs.digest


def test_what_is_missing_in_a_city_is_told_of_by_table(tmp_path):
    """A fourth centre in one table alone: every table that must know it is named."""
    folder = city(tmp_path / "four", f"based_on: {EKVIK.as_posix()}\n")
    (folder / "tables").mkdir()
    rows = (EKVIK / "tables" / "centres.csv").read_text(encoding="utf-8")
    (folder / "tables" / "centres.csv").write_text(f"{rows}hamnen,4,Hamnen\n", encoding="utf-8")
    with pytest.raises(InputErrors) as error:
        load_library(folder)
    assert {problem.rule for problem in error.value.problems} == {"missing-row", "shares-not-one"}
    assert {"people.target_group", "organisation.office_share", "costs.staff_per_post"} <= {
        problem.key for problem in error.value.problems
    }


@pytest.mark.parametrize("command", ["run", "check", "follow-up"])
def test_a_city_by_the_command_line(command, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(places, "OUTPUTS", tmp_path)
    monkeypatch.setenv("JOBBTORG_LANGUAGE", "en")
    more = {
        "run": ["plan-2008", "--runs", "2", "--end", "2008-04-30", "--parameters", str(EKVIK)],
        "follow-up": ["plan-2008", "--runs", "2", "--end", "2008-04-30", "--parameters", str(EKVIK)],
        "check": [str(EKVIK)],
    }[command]
    assert status_of([command, *more]) == 0
    out = capsys.readouterr().out
    said = {"run": "The City's net cost", "check": "no fault", "follow-up": "Söderby, Newcomers"}
    assert said[command] in out
