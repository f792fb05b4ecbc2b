"""The paper trail names everything there is: no measure, parameter, stream, event or test is left out."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from sim.experiment.run import cube_axes
from sim.flow import EndedBy, Stage
from sim.parameters import load_library, structural_alternatives
from sim.reports.blocks import Report, proses
from sim.reports.html import write_html
from sim.reports.trail import facts
from sim.reports.trail.document import assumption_rows, paper_trail
from sim.words import Words, languages

SECTIONS = ("objectives", "logic", "data", "experimentation", "implementation", "access")
"""Of STRESS-DES (Monks et al. 2019)."""

LIBRARY = load_library()


@cache
def document(language: str) -> Report:
    return paper_trail(LIBRARY, Words(language), date(2026, 11, 27), {}, "plan-2008")


@cache
def text(language: str) -> str:
    return "\n".join(str(prose) for block in document(language).blocks for prose in proses(block))


def missing(names: tuple[str, ...] | list[str], language: str) -> list[str]:
    """Names that stand nowhere as a cell or a word of their own."""
    return [
        name for name in names if not re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", text(language))
    ]


@pytest.mark.parametrize("language", languages())
def test_it_names_everything_that_the_model_defines(language: str) -> None:
    scenario = LIBRARY.resolve("plan-2008").scenario
    words = Words(language)
    assert missing([measure.key for measure in cube_axes(scenario).measures], language) == []
    assert missing(list(LIBRARY.passports), language) == []
    assert missing([*LIBRARY.scenario_names, *LIBRARY.sources], language) == []
    assert missing([found.name for found in structural_alternatives(LIBRARY)], language) == []
    assert missing([words.raw(f"person.stages.{stage.name.lower()}") for stage in Stage], language) == []
    assert missing([end.name.lower() for end in EndedBy], language) == []
    assert missing([*facts.events(), *facts.streams(), *facts.decisions()], language) == []
    kinds = {passport.kind for passport in LIBRARY.passports.values()}
    assert missing([words.raw(f"report.assumptions.kinds.{kind}") for kind in kinds], language) == []


@pytest.mark.parametrize("language", languages())
def test_it_has_every_section_in_order_and_is_a_page(language: str) -> None:
    page = write_html(document(language), Words(language))
    places = [page.index(f'id="{section}"') for section in (*SECTIONS, "assumptions", "decisions", "record")]
    assert places == sorted(places)
    assert date(2026, 11, 27) < facts.REVIEW_BY
    assert Words(language).date(facts.REVIEW_BY) in page


def test_what_is_gathered_is_what_there_is(repository: Path) -> None:
    assert {"revision", "exit", "referral", "return", "grant_slots"} <= set(facts.events())
    assert {"needs", "no-show", "return", "choice of measure"} <= set(facts.decisions())
    assert len(facts.decided()) > 20
    found = facts.checks()
    assert ("reports/test_trail.py", "what is gathered is what there is") in {
        (check.file, check.name) for check in found
    }
    tests = repository / "tests"
    files = {path.relative_to(tests).as_posix() for path in tests.rglob("test_*.py")}
    assert {check.file for check in found} == files
    assert missing(sorted(files), "en") == []
    assert len(facts.accepted()) > 10


def test_the_assumptions_log_has_every_assumption_with_owner_and_effect() -> None:
    effects = {"exits.hazard": facts.Effect(12.0, 10.0, 14.0, "MSEK")}
    rows = assumption_rows(LIBRARY, Words("en"), effects, "plan-2008")
    assumed = {key for key, passport in LIBRARY.passports.items() if passport.kind == "assumption"}
    assert {row[0] for row in rows} == assumed
    by_key = {row[0]: row for row in rows}
    assert by_key["exits.hazard"][-1] == "12 (10 to 14) MSEK"
    assert all(row[-2] and row[-3] for row in rows)
