"""Structural alternatives: data that any scenario can be run with, found by one function."""

from pathlib import Path

import pytest

from sim.parameters import InputErrors, check_files, load_library, structural_alternatives
from sim.words import Words

LIBRARY = load_library()
SHIPPED = structural_alternatives(LIBRARY)
BY_NAME = {alternative.name: alternative for alternative in SHIPPED}


@pytest.mark.parametrize("name", BY_NAME)
def test_it_can_be_laid_on_any_scenario_and_changes_what_it_says(name: str) -> None:
    for base in ("plan-2008", "caseload-40", "history-2008-2018"):
        plain, other = (LIBRARY.resolve(asked).scenario for asked in (base, f"{base}+{name}"))
        before, after = plain.canonical()["values"], other.canonical()["values"]
        changed = {key for key in before if before[key] != after[key]}
        assert changed
        assert changed <= BY_NAME[name].keys
        assert other.name == f"{base}+{name}"


@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_alternative_has_its_words(language: str) -> None:
    words = Words(language)
    for name in BY_NAME:
        assert words.has(f"structures.{name}.title")
        assert words.has(f"structures.{name}.description")


def test_two_answers_to_one_question_exclude_each_other() -> None:
    none, half = BY_NAME["waiting-pace-0"], BY_NAME["waiting-pace-half"]
    assert none.excludes(half)
    assert half.excludes(none)
    assert not none.excludes(BY_NAME["saturation-30"])


def write(folder: Path, home: str, name: str, line: str) -> None:
    (folder / home).mkdir(exist_ok=True)
    (folder / home / f"{name}.yaml").write_text(
        f"title: Tried\nauthor: tests\ndate: 2008-01-01\nbaseline: ''\nschema: 1\nset:\n  {line}\n",
        encoding="utf-8",
    )


def test_a_file_more_is_an_alternative_more(copy: Path) -> None:
    write(copy, "structures", "few", "staff.norm: 30")
    library = load_library(copy)
    assert [found.name for found in structural_alternatives(library)] == ["few"]
    assert library.resolve("plan+few").scenario.series("staff.norm")[0] == 30.0
    assert "few" not in library.scenario_names


def test_a_fault_in_one_is_told_of(copy: Path) -> None:
    write(copy, "structures", "few", "staff.nrom: 30")
    errors, _ = check_files([copy])
    assert [(Path(error.file).name, error.rule) for error in errors] == [("few.yaml", "unknown-key")]


def test_it_has_a_name_of_its_own(copy: Path) -> None:
    write(copy, "structures", "plan", "staff.norm: 30")
    with pytest.raises(InputErrors, match="scenario"):
        load_library(copy)
