"""Sweep files: read as data, with every fault told at once and where it stands."""

from pathlib import Path

import pytest

from sim.parameters import InputErrors, check_files, load_library, read_sweep
from sim.parameters.sweeps import Between, Listed, as_setting, no_such
from sim.places import PARAMETERS

HEAD = 'title: "A sweep"\nauthor: me\ndate: 2026-11-22\nschema: 1\nbaseline: plan-2008\n'
ASK = "runs: 4\nmeasures: [net_cost]\n"
GRID = "design: grid\nover:\n  levers.caseload_norm: [40, 50]\n"
SOBOL = "design: sobol\npoints: 4\nover:\n  levers.caseload_norm: {from: 40, to: 60}\n"


@pytest.fixture(scope="module")
def library():
    return load_library()


@pytest.fixture
def read(library, tmp_path):
    """Read a sweep from its text."""

    def of(text: str):
        path = tmp_path / "mine.yaml"
        path.write_text(text, encoding="utf-8")
        return read_sweep(path, library)

    return of


def test_what_a_file_says(read):
    sweep = read(
        HEAD + "scenario: caseload-40\nsettings:\n  period.end: 2008-06-30\n  levers.staffing_mode: follows\n"
        "design: latin_hypercube\npoints: 5\npoints_seed: 3\n"
        "over:\n  levers.caseload_norm: {from: 30, to: 60}\n  exits.hazard[near]: [0.1, 0.12]\n"
        "runs: 4\nseed: 9\nlevel: 0.8\nmeasures: [net_cost, stock]\nperiods: [2008-T1, total]\n"
        "centres: [jarva]\nsegments: [near, all]\n"
    )
    assert (sweep.name, sweep.title, sweep.baseline, sweep.scenario) == (
        ("mine", "A sweep", "plan-2008", "caseload-40")
    )
    assert sweep.settings == ("period.end=2008-06-30", 'levers.staffing_mode="follows"')
    assert sweep.over == {
        "levers.caseload_norm": Between(30.0, 60.0),
        "exits.hazard[near]": Listed((0.1, 0.12)),
    }
    assert sweep.shared == {"exits.hazard[near]"}  # no lever: the same in both worlds
    assert (sweep.points, sweep.points_seed, sweep.runs, sweep.seed, sweep.level) == (5, 3, 4, 9, 0.8)
    assert (sweep.periods, sweep.centres, sweep.segments) == (
        ("2008-T1", "total"),
        ("jarva",),
        ("near", "all"),
    )
    assert sweep.example.months == 6


def test_what_a_file_may_leave_out(read):
    sweep = read(HEAD + GRID + ASK)
    assert sweep.scenario == "plan-2008"
    assert (sweep.settings, sweep.points, sweep.seed, sweep.level) == ((), None, 2008, 0.9)
    assert (sweep.periods, sweep.centres, sweep.segments) == (("total",), ("all",), ("all",))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "k=0.1"),
        (1e-7, "k=1e-07"),
        (40, "k=40"),
        (True, "k=true"),
        ("follows", 'k="follows"'),
        ("2008-01-01", 'k="2008-01-01"'),
        ({"2008-01-01": 40, "2009-01-01": 50}, "k={2008-01-01: 40, 2009-01-01: 50}"),
    ],
)
def test_a_value_as_a_setting(value, text):
    assert as_setting("k", value) == text


@pytest.mark.parametrize(
    ("text", "line", "rule", "words"),
    [
        ("- a\n", 1, "wrong-shape", "A sweep is a mapping"),
        (HEAD.replace("author: me\n", "") + GRID + ASK, 1, "missing-field", "author is missing"),
        (HEAD + GRID + ASK + "colour: red\n", 11, "unknown-field", "colour"),
        (HEAD + GRID + ASK.replace("4", "1"), 9, "wrong-shape", "runs"),
        (HEAD + GRID + ASK.replace("[net_cost]", "[]"), 10, "wrong-shape", "measures"),
        (HEAD + GRID.replace("grid", "spiral") + ASK, 6, "wrong-shape", "design"),
        (HEAD.replace("schema: 1", "schema: 2") + GRID + ASK, 4, "wrong-schema", "schema"),
        (HEAD.replace("2026-11-22", "soon") + GRID + ASK, 3, "bad-date", "YYYY-MM-DD"),
        (
            HEAD.replace("plan-2008", "plan-2009") + GRID + ASK,
            5,
            "unknown-scenario",
            "Did you mean plan-2008",
        ),
        (HEAD + "scenario: caseload-4\n" + GRID + ASK, 6, "unknown-scenario", "Did you mean caseload-40"),
        (HEAD + "settings: {levers.x: 1}\n" + GRID + ASK, 6, "unknown-key", "levers.x"),
        (
            HEAD + GRID.replace("caseload_norm", "caseload_nrm") + ASK,
            8,
            "unknown-key",
            "levers.caseload_norm",
        ),
        (HEAD + GRID.replace("50]", "many]") + ASK, 8, "number-expected", "a number"),
        (HEAD + GRID.replace("50]", "-5]") + ASK, 8, "negative-rate", "levers.caseload_norm"),
        (HEAD + GRID.replace("[40, 50]", "40") + ASK, 8, "wrong-shape", "a list"),
        (HEAD + GRID.replace("[40, 50]", "[[40]]") + ASK, 8, "wrong-shape", "a list"),
        (HEAD + GRID.replace("[40, 50]", "{from: 40, to: 50}") + ASK, 8, "wrong-shape", "needs a list"),
        (HEAD + "points: 4\n" + GRID + ASK, 6, "wrong-shape", "belongs to designs that draw"),
        (HEAD + SOBOL.replace("points: 4\n", "") + ASK, 6, "missing-field", "how many to draw"),
        (HEAD + SOBOL.replace("points: 4", "points: 6") + ASK, 7, "wrong-shape", "1, 2, 4, 8"),
        (HEAD + SOBOL.replace("to: 60", "to: 30") + ASK, 9, "bad-limits", "no stretch"),
        (HEAD + SOBOL.replace("to: 60", "to: 1e9") + ASK, 9, "outside-allowed", "levers.caseload_norm"),
        (
            HEAD + GRID.replace("grid", "list") + "  levers.outsourcing_places: [1]\n" + ASK,
            7,
            "wrong-shape",
            "as many values",
        ),
    ],
)
def test_a_fault_is_told_with_its_line(read, text, line, rule, words):
    with pytest.raises(InputErrors) as raised:
        read(text)
    (problem,) = raised.value.problems
    assert (problem.rule, problem.line) == (rule, line)
    assert words in problem.sentence
    assert problem.file.endswith("mine.yaml")


def test_all_faults_are_told_at_once(read):
    with pytest.raises(InputErrors) as raised:
        read(
            HEAD + "points: 3\ndesign: grid\nover:\n  a: [1]\n  levers.caseload_norm: [40, x]\n  b: 3\n" + ASK
        )
    assert [problem.line for problem in raised.value.problems] == [6, 9, 10, 11]


def test_what_is_asked_for_is_told_where_it_stands(read):
    sweep = read(HEAD + GRID + "runs: 4\nmeasures:\n  - net_cost\n  - net_costs\n")
    (problem,) = no_such(sweep.document, "measures", sweep.measures, ("net_cost", "stock"))
    assert (problem.line, problem.nearest) == (12, "net_cost")
    assert "There is no net_costs among the measures." in problem.sentence


def test_the_shipped_sweeps_are_good(library):
    paths = sorted((PARAMETERS / "sweeps").glob("*.yaml"))
    assert paths
    assert [read_sweep(path, library).name for path in paths] == [path.stem for path in paths]
    assert check_files(paths) == ((), ())


def test_sweeps_are_checked_with_their_folder_and_alone(tmp_path):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(HEAD + GRID.replace("caseload_norm", "no") + ASK, encoding="utf-8")
    (problem,), warnings = check_files([wrong])
    assert (problem.rule, problem.line, warnings) == ("unknown-key", 8, ())


def test_a_folders_own_sweeps_are_checked(copy):
    (copy / "sweeps").mkdir()
    name = next(iter(load_library(copy).scenario_names))
    text = (HEAD.replace("plan-2008", name) + GRID + ASK).replace("levers.caseload_norm", "no.such")
    (copy / "sweeps" / "wrong.yaml").write_text(text, encoding="utf-8")
    (problem,), _ = check_files([Path(copy)])
    assert problem.file.endswith("wrong.yaml")
