import json
import shutil
from functools import partial

import pytest

from sim.experiment.errors import ExperimentError
from sim.experiment.folder import MANIFEST
from sim.experiment.output import Record, write_results
from sim.experiment.reproduce import reproduce
from sim.experiment.run import run_scenarios
from sim.parameters import InputErrors, load_library
from sim.parameters.archive import thaw
from tests.experiment.test_output import TIME

LIBRARY = load_library()


def a_record(resolved, **more) -> Record:
    return Record(
        *(("jobbtorg",), "0" * 64, TIME, TIME),
        resolved={resolved.scenario.name: resolved},
        settings=(),
        engine="compiled",
        level=0.9,
        **more,
    )


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Two runs of four months with a policy from March, reported from February."""
    resolved = LIBRARY.resolve("caseload-40", ("period.end=2008-04-30",))
    days = {
        "report_from": resolved.scenario.start.replace(month=2),
        "policy_from": resolved.scenario.start.replace(month=3),
    }
    results = run_scenarios([resolved.scenario], 2, 5, jobs=1, **days)
    return write_results(tmp_path_factory.mktemp("archive") / "r", results, a_record(resolved, **days))


@pytest.fixture
def folder(written, tmp_path):
    return shutil.copytree(written, tmp_path / "r")


def change(folder, how) -> None:
    path = folder / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8"))
    how(manifest, manifest["scenarios"]["caseload-40"]["parameters"]["values"])
    path.write_text(json.dumps(manifest), encoding="utf-8")


@pytest.mark.parametrize("name", [*LIBRARY.scenario_names, "base"])
def test_every_shipped_scenario_comes_back_from_its_canonical_values(name):
    scenario = LIBRARY.resolve(name).scenario
    archived = thaw(LIBRARY, name, json.loads(json.dumps(scenario.canonical())), "manifest.json")
    assert archived.scenario == scenario
    assert (archived.scenario.start, archived.scenario.months) == (scenario.start, scenario.months)
    assert (archived.later, archived.gone) == ((), ())


def test_an_archive_comes_out_the_same_to_the_bit(folder):
    found = reproduce(folder, partial(thaw, LIBRARY), jobs=1)
    assert found.same
    assert (found.differing, found.largest, found.left_out) == (0, None, ())
    assert found.cells > 1000
    assert found.same_code
    assert found.versions == ()


def test_what_the_archive_holds_is_run_and_not_todays_scenario(folder):
    """A manifest with another number gives other figures, whatever the overlay of that name says."""
    change(folder, lambda _, values: values.update({"people.no_show": 0.1}))
    found = reproduce(folder, partial(thaw, LIBRARY), jobs=1)
    assert not found.same
    assert 0 < found.differing <= found.cells
    assert found.largest is not None
    assert (found.largest.centre, found.largest.period) == ("all", "total")
    assert found.largest.before != found.largest.now


def test_parameters_that_came_or_went_are_told(folder):
    def how(manifest, values):
        del values["exits.load_floor"]
        values["exits.forgotten"] = 1.0
        manifest["versions"]["numpy"] = "1.0"
        manifest["deciding_code"] = "another"

    change(folder, how)
    found = reproduce(folder, partial(thaw, LIBRARY), jobs=1)
    assert found.same  # the base value is what the archive had
    (archived,) = found.archived
    assert (archived.later, archived.gone) == (("exits.load_floor",), ("exits.forgotten",))
    assert not found.same_code
    assert [name for name, _, _ in found.versions] == ["numpy"]


def test_a_measure_that_is_no_more_is_told_and_not_called_the_same(folder, monkeypatch):
    whole = run_scenarios

    def without_the_first(*arguments, **named):
        results = whole(*arguments, **named)
        object.__setattr__(results, "values", results.values[:, :, 1:])
        object.__setattr__(results, "measures", results.measures[1:])
        return results

    monkeypatch.setattr("sim.experiment.reproduce.run_scenarios", without_the_first)
    found = reproduce(folder, partial(thaw, LIBRARY), jobs=1)
    assert found.left_out == ("aspirants_year",)
    assert found.differing == 0
    assert not found.same


@pytest.mark.parametrize(
    ("key", "value", "rule"),
    [
        ("people.no_show", "much", "wrong-shape"),
        ("levers.caseload_norm", 50.0, "wrong-shape"),
        ("exits.hazard", {"columns": ["needs"], "rows": []}, "missing-column"),
        ("period.end", "2008-04-31", "wrong-shape"),
        ("people.needs", None, "wrong-shape"),
    ],
)
def test_values_that_cannot_be_held_are_an_error_that_names_them(folder, key, value, rule):
    change(folder, lambda _, values: values.update({key: value}))
    with pytest.raises(InputErrors) as raised:
        reproduce(folder, partial(thaw, LIBRARY), jobs=1)
    assert (rule, key) in [(problem.rule, problem.key) for problem in raised.value.problems]
    assert all(MANIFEST in problem.file for problem in raised.value.problems if problem.file)


def test_changed_results_are_refused(folder):
    (folder / "summary.csv").write_text("scenario\n", encoding="utf-8")
    with pytest.raises(ExperimentError, match=r"summary\.csv"):
        reproduce(folder, partial(thaw, LIBRARY), jobs=1)


def test_runs_over_several_draws_are_refused(folder):
    change(folder, lambda manifest, _: manifest.update(draws=3))
    with pytest.raises(ExperimentError, match="draws"):
        reproduce(folder, partial(thaw, LIBRARY), jobs=1)
