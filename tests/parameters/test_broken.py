"""One broken file for each rule: valid but for its fault, and told of with its rule, its file and its line.

A case is a folder named by its rule (and a variant after ``--``).  Its files are laid over a copy of the
small city; ``asked.txt`` asks for a scenario and, line by line, for settings.  In YAML the faulty line ends
with ``# wrong``.
"""

import ast
import shutil
from pathlib import Path

import pytest

from sim.parameters import RULES, InputErrors, Problem, check_files, load_library
from sim.parameters.problems import WARNINGS

BROKEN = Path(__file__).parent / "broken"
CASES = sorted(path.name for path in BROKEN.iterdir())
# a file of two megabytes and one that is no text are made when they are needed, not stored
MADE = {
    "too-large": b"# nothing but a comment, over and over\n" * 60_000,
    "unreadable-file": "title: Järva\n".encode("latin-1"),
    "unreadable-file--binary": bytes(range(256)) * 10,
    "unreadable-file--zero-byte": b"title: a\0b\n",
}


def rule_of(case: str) -> str:
    return case.partition("--")[0]


def found_in(folder: Path) -> tuple[Problem, ...]:
    asked = folder / "asked.txt"
    if not asked.exists():
        return sum(check_files([folder]), ())
    name, *settings = asked.read_text(encoding="utf-8").splitlines()
    try:
        return load_library(folder).resolve(name, settings).warnings
    except InputErrors as error:
        return error.problems


def test_every_rule_has_a_broken_file():
    assert {rule_of(case) for case in (*CASES, *MADE)} == set(RULES)
    assert len(RULES) > 40


def test_every_rule_is_one_that_the_reader_tells_of(repository):
    """No rule stands in the list alone: somewhere in the room its slug is written as a plain text."""
    told = set()
    for path in sorted((repository / "sim" / "parameters").glob("*.py")):
        if path.name == "problems.py":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        told |= {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)} & RULES.keys()
    assert sorted(told) == sorted(RULES)


def test_the_small_city_is_clean(copy):
    assert found_in(copy) == ()


@pytest.mark.parametrize("case", CASES)
def test_a_broken_file_is_told_of_by_its_rule_alone(case, copy):
    written = [path for path in sorted((BROKEN / case).rglob("*")) if path.is_file()]
    shutil.copytree(BROKEN / case, copy, dirs_exist_ok=True)
    problems = found_in(copy)
    assert {problem.rule for problem in problems} == {rule_of(case)}, [str(problem) for problem in problems]
    assert not [problem for problem in problems if (problem.rule in WARNINGS) != (rule_of(case) in WARNINGS)]
    marked = {
        (path.name, number)
        for path in written
        if path.suffix == ".yaml"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if line.endswith("# wrong")
    }
    if marked:
        assert {(Path(problem.file).name, problem.line) for problem in problems} == marked
    for problem in problems:
        assert problem.key
        assert problem.sentence.endswith((".", "?"))
        assert "Traceback" not in problem.sentence


@pytest.mark.parametrize("case", MADE)
@pytest.mark.parametrize(
    "place", ["scenarios/broken.yaml", "passports/broken.yaml", "tables/cost.csv", "sources.yaml"]
)
def test_a_file_that_cannot_be_read_is_told_of(case, place, copy):
    (copy / place).write_bytes(MADE[case])
    problems = found_in(copy)
    assert rule_of(case) in {problem.rule for problem in problems if problem.file.endswith(place)}


@pytest.mark.parametrize(
    ("case", "near"),
    [
        ("unknown-key", "staff.norm"),
        ("unknown-centre", "north"),
        ("unknown-word", "coach"),
        ("unknown-baseline", "plan"),
        ("unknown-scenario", "plan"),
        ("unknown-source", "PAPER"),
        ("unknown-header-field", "baseline"),
        ("unknown-field", "sources"),
        ("unknown-role", "lever"),
        ("unknown-column", "value"),
        ("wrong-unit", "kr per month"),
        ("word-not-allowed", "follows"),
    ],
)
def test_the_nearest_known_word_is_named(case, near, copy):
    shutil.copytree(BROKEN / case, copy, dirs_exist_ok=True)
    (problem,) = found_in(copy)
    assert problem.nearest == near
    assert problem.sentence.endswith(f"Did you mean {near}?")
    assert near in problem.allowed or problem.rule == "unknown-key"


def test_all_faults_are_told_at_once(copy, overlay):
    (copy / "tables" / "cost.csv").write_text("centre,value\nnorth,-5\nnroth,7\n", encoding="utf-8")
    for case in ("wrong-unit", "unknown-key", "shares-not-one--table"):
        for path in (BROKEN / case).rglob("*.*"):
            target = copy / path.relative_to(BROKEN / case).with_stem(
                path.stem if path.suffix == ".csv" else case
            )
            shutil.copyfile(path, target)
    errors, _ = check_files([copy, overlay("staff.norm: many\nexits.hazard[nearr]: 1\nstaff.mode: given")])
    told = {(Path(error.file).name, error.line, error.rule) for error in errors}
    assert {
        ("cost.csv", 2, "negative-rate"),
        ("wrong-unit.yaml", 5, "wrong-unit"),
        ("needs_share.csv", 2, "shares-not-one"),
    } <= told


def test_all_faults_of_an_overlay_are_told_at_once(small, overlay):
    path = overlay(
        """
staff.norm: many
staff.nrom: 40
exits.hazard[nearr]: 1
exits.hazard[far]: -1
people.needs_share[south,far]: 0.7
measures.own_staff_share[job]: 0.3
""",
        extra="form: 2008-07-01\n",
    )
    errors, _ = check_files([path], small.folder)
    assert [(error.line, error.rule) for error in errors] == [
        (6, "unknown-header-field"),
        (8, "number-expected"),
        (9, "unknown-key"),
        (10, "unknown-word"),
        (11, "negative-rate"),
        (12, "shares-not-one"),
        (13, "own-staff-share"),
    ]
