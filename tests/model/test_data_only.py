"""What a user may add by data alone: it checks clean, runs on both engines, and stands in every table."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from sim.cli.entry import status_of
from sim.economy import staffing
from sim.flow import Stage, simulate
from sim.outcomes import Cube
from sim.parameters import check_files, load_library
from sim.places import PARAMETERS
from tests.model.city import JOBS_FROM_THE_START, cube, library, overlay, scenario, twins

END = "2008-03-31"

SIXTH_CENTRE = {
    "organisation.centres": ("innerstaden", "norrort"),
    "organisation.offices": ("innerstaden", "norrort"),
}
SEVENTH_ROLE = {"organisation.roles": ("study_adviser", "psychologist")}
BOUGHT_MEASURE = {"measures.catalogue": ("vocational_course", "language_course")}
OWN_MEASURE = {"measures.catalogue": ("temporary_job", "trainee_job")}

ADDED = {
    "norrort": SIXTH_CENTRE,
    "psychologist": SEVENTH_ROLE,
    "language_course": BOUGHT_MEASURE,
    "trainee_job": OWN_MEASURE,
}


@pytest.mark.parametrize("name", ADDED)
def test_an_overlay_that_adds_something_runs_on_both_engines(tmp_path: Path, name: str) -> None:
    path = overlay(tmp_path / f"{name}.yaml", twins(library(), ADDED[name]))
    assert check_files([path])[0] == ()
    which = library().resolve(path, [f"period.end={END}", JOBS_FROM_THE_START]).scenario
    compiled, simpy = (simulate(which, 0, 1, engine) for engine in ("compiled", "simpy"))
    for part in ("people", "stays", "office_months", "posts", "places"):
        assert getattr(compiled, part).tobytes() == getattr(simpy, part).tobytes()
    assert any(name in keys for keys in (compiled.centres, compiled.roles, compiled.measures))


def test_a_sixth_centre_has_people_posts_and_costs(tmp_path: Path) -> None:
    found = run(tmp_path, SIXTH_CENTRE)
    assert found.centres == ("innerstaden", "sydost", "sydvast", "vasterort", "jarva", "norrort", "all")
    for measure in ("stock", "enrolments", "exits_work", "procured_cost", "benefit_cost"):
        assert found.cell(measure, centre="norrort") > 0
    # its table of posts and its line of the budget are its model's
    for measure in ("posts", "staff_cost", "premises_cost", "other_cost"):
        assert found.cell(measure, centre="norrort") == pytest.approx(
            found.cell(measure, centre="innerstaden")
        )


def test_a_seventh_role_is_in_the_plan_the_run_and_the_load(tmp_path: Path) -> None:
    tables = twins(library(), SEVENTH_ROLE)
    path = overlay(tmp_path / "role.yaml", tables)
    which = library().resolve(path, [f"period.end={END}"]).scenario
    history = simulate(which, 0, 1)
    posts = staffing(which, history).table()
    assert posts[posts["role"] == "psychologist"]["run"].tolist() == [1, 3, 2, 2, 5, 13]
    # a caseworker's role by its flag: 13 more than the plan's 122.5
    assert history.office_months["caseworkers"][0].sum() == pytest.approx(122.5 + 13)


@pytest.mark.parametrize(
    ("key", "addition"), [("language_course", BOUGHT_MEASURE), ("trainee_job", OWN_MEASURE)]
)
def test_a_fourth_measure_has_places_participants_and_its_line(
    tmp_path: Path, key: str, addition: Mapping[str, tuple[str, str]]
) -> None:
    path = overlay(tmp_path / "measure.yaml", twins(library(), addition))
    which = library().resolve(path, [f"period.end={END}", JOBS_FROM_THE_START]).scenario
    history = simulate(which, 0, 1)
    code = history.measures.index(key)
    at = history.stays[(history.stays["stage"] == Stage.MEASURE) & (history.stays["measure"] == code)]
    assert len(at) > 0
    assert history.places[:, :, code].sum() > 0
    line = "procured_cost" if addition is BOUGHT_MEASURE else "own_measures_cost"
    free = library().resolve(
        path, [f"period.end={END}", JOBS_FROM_THE_START, f"measures.price_per_year[{key}]=0"]
    )
    assert cube(which).cell(f"{key}_starts") > 0
    assert cube(which).cell(line) > cube(free.scenario).cell(line) > 0
    assert cube(which).cell(f"measure_cost_{key}") > cube(free.scenario).cell(f"measure_cost_{key}") == 0


def test_a_new_line_of_the_budget_is_part_of_what_a_share_of_the_budget_means() -> None:
    """A city-wide line is money like any other: in the cost, and in the whole that providers get 30 % of."""
    recruitment = "budget.plan_2008={add: [{line: recruitment, centre: central, value: 50}]}"
    basis = ("levers.outsourcing_basis=budget", "levers.outsourcing_share=0.3")
    before, after = (cube(scenario(*basis, *line, end="2008-12-31")) for line in ((), (recruitment,)))
    assert after.cell("city_wide_cost") == pytest.approx(before.cell("city_wide_cost") + 50)
    for found in (before, after):
        # places are whole: half a place of 41,650 kr is about a ten-thousandth of the rest
        assert found.cell("outsourced_budget_share") == pytest.approx(0.3, abs=2e-4)


@pytest.mark.parametrize("name", ADDED)
def test_it_stands_in_what_the_command_writes(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOBBTORG_LANGUAGE", "en")
    path = overlay(tmp_path / f"{name}.yaml", twins(library(), ADDED[name]), JOBS_LINE)
    summary = written_by_the_command(tmp_path / "out", str(path))
    capsys.readouterr()
    if name == "norrort":
        assert "norrort" in {row["centre"] for row in summary}
    elif name != "psychologist":  # roles are in the table of staffing
        assert f"{name}_starts" in {row["measure"] for row in summary}
    assert status_of(["staffing", str(path), "--end", END, "--runs", "2", "--jobs", "1"]) == 0
    if name in ("norrort", "psychologist"):
        assert name.capitalize() in capsys.readouterr().out


JOBS_LINE = JOBS_FROM_THE_START.replace("=", ": ")


# --- a city of one's own: a folder ----------------------------------------------------------------------

EVERYTHING = (
    SIXTH_CENTRE,
    SEVENTH_ROLE,
    BOUGHT_MEASURE,
    {"people.groups": ("sfi", "language_learner")},
    {"people.age_bands": ("50-64", "60-64")},
    {"people.needs": ("middle", "language")},
    {"people.destinations": ("other", "moved")},
)

SCENARIO = """\
title: "More posts in Norrort"
author: tests
date: 2008-01-01
baseline: "plan-2008"
schema: 1
set:
  staff.posts[norrort,psychologist]: 4
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the shipped parameters with rows added to its tables, and a scenario of its own."""
    city = Path(shutil.copytree(PARAMETERS, tmp_path_factory.mktemp("city") / "parameters"))
    for addition in EVERYTHING:
        there = load_library(city)
        written = {
            city / "tables" / str(there.passports[key].table): table
            for key, table in twins(there, addition, "plan-2008").items()
        }
        for name in there.scenario_names:  # those with whole tables of their own say it there too
            files = {
                key: change["file"]
                for key, change in there.overlay(name).layer.changes.items()
                if isinstance(change, dict) and "file" in change
            }
            tables = twins(there, addition, name) if files else {}
            written |= {city / "scenarios" / files[key]: tables[key] for key in files.keys() & tables.keys()}
        for path, table in written.items():
            write_csv(path, table)
    (city / "scenarios" / "norrort-4.yaml").write_text(SCENARIO, encoding="utf-8")
    return city


def test_a_folder_with_one_more_of_everything_is_clean(folder: Path) -> None:
    assert check_files([folder])[0] == ()
    there = load_library(folder)
    assert "norrort-4" in there.scenario_names
    which = there.resolve("norrort-4").scenario
    sizes = {
        "organisation.centres": 6,
        "organisation.offices": 8,
        "organisation.roles": 7,
        "measures.catalogue": 17,
        "people.groups": 7,
        "people.age_bands": 5,
        "people.needs": 4,
        "people.destinations": 6,
    }
    assert {key: len(which.keys(key)) for key in sizes} == sizes


@pytest.mark.long
def test_a_folder_with_one_more_of_everything_runs_on_both_engines(folder: Path) -> None:
    """Long because the engine is compiled anew for other numbers of groups, bands, needs or destinations."""
    which = load_library(folder).resolve("norrort-4", [f"period.end={END}"]).scenario
    compiled, simpy = (simulate(which, 0, 1, engine) for engine in ("compiled", "simpy"))
    for part in ("people", "stays", "office_months", "posts", "places"):
        assert getattr(compiled, part).tobytes() == getattr(simpy, part).tobytes()
    for attribute, domain in (("age", 5), ("needs", 4)):
        assert set(compiled.people[attribute]) == set(range(domain))
    found = cube(which)
    assert found.segments == ("near", "middle", "compound", "language", "all")
    for measure in ("exits_moved", "outside_moved", "language_course_starts"):
        assert found.cell(measure) > 0
        assert found.cell(measure, centre="norrort", segment="language") > 0
    assert found.cell("net_cost", segment="language") > 0


@pytest.mark.long
def test_a_folder_of_ones_own_is_run_and_written_by_the_command(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOBBTORG_LANGUAGE", "sv")
    summary = written_by_the_command(tmp_path / "out", "norrort-4", "--parameters", str(folder))
    assert {"norrort", "all"} <= {row["centre"] for row in summary}
    assert {"language", "all"} <= {row["segment"] for row in summary}
    assert {"exits_moved", "language_course_starts"} <= {row["measure"] for row in summary}
    with (tmp_path / "out" / "measures.csv").open(encoding="utf-8", newline="") as file:
        names = {row["measure"]: row["name"] for row in csv.DictReader(file)}
    assert names["exits_moved"] == "Avslut: Moved"  # no word of its own yet: the key stands for it


def run(tmp_path: Path, addition: Mapping[str, tuple[str, str]]) -> Cube:
    """Return what a run of the plan measures with an addition."""
    path = overlay(tmp_path / "added.yaml", twins(library(), addition))
    return cube(library().resolve(path, [f"period.end={END}"]).scenario)


def written_by_the_command(out: Path, *arguments: str) -> list[dict[str, str]]:
    """Run ``jobbtorg run`` and return the rows of its summary."""
    asked = ["run", *arguments, "--end", END, "--runs", "2", "--jobs", "1", "--out", str(out)]
    assert status_of(asked) == 0
    with (out / "summary.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_csv(path: Path, table: list[dict[str, object]]) -> None:
    def cell(value: object) -> object:
        return str(value).lower() if isinstance(value, bool) else value

    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(table[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: cell(value) for name, value in row.items()} for row in table)
