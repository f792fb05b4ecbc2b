"""The table of what the papers say cannot rot: what it names exists, its numbers are the parameters'."""

from __future__ import annotations

from importlib import import_module

import pytest

from sim.economy import catalogue
from sim.parameters.papers import read_papers
from tests.flow.limits import library, scenario

LINES = read_papers()
CITY_PAPERS = {"DET2007", "EAV2007", "AMN2015", "AMN2018"}


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.line[:40])
def test_what_a_line_names_exists(line):
    plan = scenario()
    measures = {m.key for m in catalogue(plan.keys("people.destinations"), plan.keys("measures.catalogue"))}
    for name in line.lives_in:
        kind, colon, rest = name.partition(":")
        if kind == "measure":
            assert rest in measures
        elif kind == "scenario":
            assert rest in library().scenario_names
        elif colon:
            assert callable(getattr(import_module(kind), rest))
        else:
            assert name in library().passports


def test_the_numbers_are_the_parameters_values():
    stated = {key: number for line in LINES for key, number in line.says.items()}
    assert len(stated) > 10
    for key, number in stated.items():
        assert library().passports[key].value == number, key


def test_all_four_papers_are_there_and_known():
    assert {line.paper for line in LINES} == CITY_PAPERS
    assert set(library().sources) >= CITY_PAPERS
    assert len(LINES) >= 45


def test_every_parameter_that_a_paper_decides_is_named():
    """All of kind `document` whose sources are the City's papers."""
    named = {name for line in LINES for name in line.lives_in}
    decided = {
        key
        for key, passport in library().passports.items()
        if passport.kind == "document" and any(source.key in CITY_PAPERS for source in passport.sources)
    }
    assert decided - named == set()
