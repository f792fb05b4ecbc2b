"""A sixth centre, a seventh role or a new lever is data: no code knows their names."""

import csv
import shutil

import numpy as np
import pytest
from ruamel.yaml import YAML

from sim.parameters import InputErrors, check_files, load_library
from sim.parameters.schema import overlay_schema
from sim.places import PARAMETERS

LIKE, NEW = "innerstaden", "norrort"


@pytest.fixture
def city(tmp_path):
    return shutil.copytree(PARAMETERS, tmp_path / "city")


def sixth(row):
    """Return a row of the centre that the new one is made like, told of the new one (and of its office)."""
    new = {name: NEW if cell == LIKE else cell for name, cell in row.items()}
    return {**new, "order": 99} if "order" in new else new


def tables_by_centre(library):
    """List the tables that a centre has rows in."""
    return {
        key: passport.table
        for key, passport in library.passports.items()
        if passport.table
        and ("centre" in passport.columns or "office" in passport.columns)
        and passport.role != "context"
    }


def add_rows(path, rows):
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        there, columns = list(reader), reader.fieldnames
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows([*there, *(rows(there) if callable(rows) else rows)])


def add_sixth_centre(city):
    for table in set(tables_by_centre(load_library()).values()) | {"managers.csv"}:
        add_rows(city / "tables" / table, lambda there: [sixth(row) for row in there if LIKE in row.values()])


def add_to_scenarios(city):
    for path in (city / "scenarios").glob("*.csv"):
        add_rows(path, lambda there: [sixth(row) for row in there if row.get("centre") == LIKE])


def test_a_sixth_centre_and_a_seventh_role(city):
    add_sixth_centre(city)
    add_to_scenarios(city)
    add_rows(city / "tables/roles.csv", [{"role": "psychologist", "order": 7, "caseworker": "true"}])
    post = {"from": "2008-01-01", "centre": NEW, "role": "psychologist", "value": 1.5}
    add_rows(city / "tables/posts.csv", [post])
    assert check_files([city])[0] == ()
    scenario = load_library(city).resolve("plan-2008").scenario
    centres, roles = scenario.keys("organisation.centres"), scenario.keys("organisation.roles")
    assert (centres[-1], roles[-1]) == (NEW, "psychologist")
    posts = scenario.dated_array("staff.posts", centres, roles)
    assert posts.shape == (scenario.months, 6, 7)
    assert posts[0, -1, -1] == 1.5
    assert np.array_equal(posts[:, centres.index(LIKE), :-1], posts[:, -1, :-1])


def test_what_a_sixth_centre_lacks_is_all_told_at_once(city):
    add_rows(city / "tables/centres.csv", [{"centre": NEW, "order": 6, "name": "Norrort"}])
    with pytest.raises(InputErrors) as caught:
        load_library(city)
    told = {(problem.key, problem.rule) for problem in caught.value.problems}
    assert {("people.target_group", "missing-row"), ("organisation.office_share", "shares-not-one")} <= told
    assert all(NEW in problem.sentence for problem in caught.value.problems)


def test_a_sixth_centre_by_an_overlay_with_rows_of_its_own(tmp_path):
    library = load_library()
    plan = library.resolve("plan-2008").scenario
    changes = {"staff.posts[norrort,coach]": 4}
    for key in (*tables_by_centre(library), "organisation.managers"):
        rows = [sixth(row) for row in plan.table(key).rows() if LIKE in row.values()]
        changes[key] = {"add": rows}
    shares = changes["organisation.office_share"]["add"]
    with (tmp_path / "shares.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, shares[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(shares)
    changes["organisation.office_share"] = {"add": {"file": "shares.csv"}}
    overlay = tmp_path / "six.yaml"
    with overlay.open("w", encoding="utf-8") as file:
        file.write("date: 2026-11-21\n")
        YAML(typ="safe", pure=True).dump(
            {"title": "Six", "author": "somebody", "baseline": "plan-2008", "schema": 1, "set": changes}, file
        )
    assert check_files([overlay])[0] == ()
    six = library.resolve(overlay).scenario
    centres, roles = six.keys("organisation.centres"), six.keys("organisation.roles")
    assert centres == (*plan.keys("organisation.centres"), NEW)
    posts = six.dated_array("staff.posts", centres, roles)
    assert np.array_equal(posts[:, :-1], plan.dated_array("staff.posts", centres[:-1], roles))
    assert (posts[:, -1, roles.index("coach")] == 4.0).all()


def test_a_new_lever_is_one_passport(city):
    (city / "passports" / "new.yaml").write_text(
        """\
schema: 1
parameters:
  levers.evening_hours:
    role: lever
    unit: share
    kind: assumption
    grade: none
    sources: []
    value: 0
    dated: true
    allowed: [0, 1]
""",
        encoding="utf-8",
    )
    library = load_library(city)
    scenario = library.resolve("plan-2008", ("levers.evening_hours=0.2",)).scenario
    assert scenario.series("levers.evening_hours")[0] == 0.2
    assert "levers.evening_hours" in overlay_schema(library.passports)["properties"]["set"]["properties"]
