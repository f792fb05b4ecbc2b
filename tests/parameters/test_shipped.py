"""The parameters that are shipped: clean, described, and published as schemas."""

import json
from datetime import date

import jsonschema
import pytest
from ruamel.yaml import YAML

from sim.parameters import check_files, describe_sources, load_library
from sim.parameters.schema import schema_files
from sim.places import PARAMETERS

LIBRARY = load_library()


def test_the_shipped_folder_has_no_errors():
    errors, warnings = check_files([PARAMETERS])
    assert errors == ()
    assert {warning.rule for warning in warnings} <= {"outside-evidence"}


@pytest.mark.parametrize("name", LIBRARY.scenario_names)
def test_every_shipped_scenario_resolves(name):
    resolved = LIBRARY.resolve(name)
    assert resolved.scenario.months >= 12
    assert set(resolved.marks) >= set(LIBRARY.passports)
    assert LIBRARY.overlay(name).title


def test_the_base_values_are_inside_what_evidence_covers():
    assert LIBRARY.resolve("base").warnings == ()


@pytest.mark.parametrize(("name", "text"), schema_files(LIBRARY).items())
def test_the_stored_schemas_are_those_of_the_code(name, text):
    stored = (PARAMETERS / "schema" / name).read_text(encoding="utf-8")
    assert stored == text, "run: python -m sim.parameters.schema"
    jsonschema.Draft202012Validator.check_schema(json.loads(text))


def as_json(value):
    match value:
        case dict():
            return {str(key): as_json(item) for key, item in value.items()}
        case list():
            return [as_json(item) for item in value]
        case date():
            return value.isoformat()
        case _:
            return value


@pytest.mark.parametrize(
    ("pattern", "schema"),
    [
        ("scenarios/*.yaml", "overlay-1"),
        ("structures/*.yaml", "overlay-1"),
        ("passports/*.yaml", "passports-1"),
        ("sources.yaml", "sources-1"),
    ],
)
def test_the_shipped_files_follow_the_schemas(pattern, schema):
    validator = jsonschema.Draft202012Validator(json.loads(schema_files(LIBRARY)[f"{schema}.json"]))
    paths = sorted(PARAMETERS.glob(pattern))
    assert paths
    for path in paths:
        content = as_json(YAML(typ="safe").load(path.read_text(encoding="utf-8")))
        assert [error.message for error in validator.iter_errors(content)] == []


def test_the_schema_of_overlays_refuses_what_the_reader_refuses():
    validator = jsonschema.Draft202012Validator(json.loads(schema_files(LIBRARY)["overlay-1.json"]))
    good = {"title": "t", "author": "a", "date": "2026-11-21", "baseline": "", "schema": 1}
    assert validator.is_valid({**good, "set": {"levers.caseload_norm": 40, "exits.hazard[near]": 0.1}})
    for wrong in (
        {"levers.caseload_nrom": 40},
        {"levers.caseload_norm": "40"},
        {"exits.hazard[near]": -0.1},
        {"exits.hazard[near,far]": 0.1},
        {"levers.staffing_mode": "folows"},
        {"levers.caseload_norm": {"2008-01-15": 40}},
    ):
        assert not validator.is_valid({**good, "set": wrong})


def test_every_parameter_is_described():
    rows = {row.key: row for row in describe_sources(LIBRARY, {"people.no_show": "Never came"})}
    assert set(rows) == set(LIBRARY.passports)
    assert rows["people.no_show"].title == "Never came"
    assert rows["exits.hazard"].title == "exits.hazard"
    assert rows["exits.hazard"].rows == 3
    for row in rows.values():
        assert row.value or row.rows
        assert row.sources or row.kind == "assumption"
        assert all(all(part for part in source[:2]) for source in row.sources)
