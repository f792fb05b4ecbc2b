"""The table of what the papers say cannot rot: what it names exists, its numbers are the parameters'."""

from __future__ import annotations

from importlib import import_module

import pytest
from ruamel.yaml import YAML

from sim.economy import catalogue
from sim.parameters import InputErrors
from sim.parameters.papers import PAPERS, read_papers
from sim.words.texts import FOLDER, languages
from tests.flow.limits import library, scenario

LINES = read_papers()


def told_in(language):
    """The table's words: read as a file, to see that there are no more of them than lines."""
    return YAML(typ="safe").load((FOLDER / language / "papers.yaml").read_text(encoding="utf-8"))


CITY_PAPERS = {"DET2007", "EAV2007", "AMN2015", "AMN2018"}


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.key)
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
    assert len(LINES) >= 75
    assert len({line.key for line in LINES}) == len(LINES)


@pytest.mark.parametrize("language", languages())
def test_every_line_is_told_and_what_is_left_out_says_why(language):
    told = told_in(language)
    assert list(told["lines"]) == [line.key for line in LINES]
    assert list(told["reasons"]) == [line.key for line in LINES if not line.lives_in]


FACTS = {
    "AMN2018": ("11,000–13,000", "7,500–8,000"),
    "AMN2015": ("15,900", "6,900", "6,700", "18,000", "400", "150", "16–29", "16–24", "20–29"),
    "EAV2007": ("9 %", "1 January 2008", "1 January 2009"),
    "DET2007": (
        *(
            "7,552",
            "34.2",
            "7,500",
            "2,000",
            "6,500",
            "120–130",
            "140",
            "20 to 60",
            "122.5",
            "53",
            "44 to 57",
        ),
        *("177.1", "83.3", "83.5", "20,000", "80 MSEK", "0.470 to 0.557", "1 January 2008"),
    ),
}
"""Figures that the papers print, or that are derived from what they print, by paper."""


@pytest.mark.parametrize("paper", FACTS)
def test_every_figure_of_the_papers_stands_in_a_line(paper):
    told = told_in("en")["lines"]
    text = " ".join(told[line.key] for line in LINES if line.paper == paper).replace(
        "\N{NO-BREAK SPACE}", " "
    )
    assert [figure for figure in FACTS[paper] if figure not in text] == []


def test_every_parameter_that_a_paper_decides_is_named():
    """All of kind `document` whose sources are the City's papers."""
    named = {name for line in LINES for name in line.lives_in}
    decided = {
        key
        for key, passport in library().passports.items()
        if passport.kind == "document" and any(source.key in CITY_PAPERS for source in passport.sources)
    }
    assert decided - named == set()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- a line\n", "papers.yaml:1: The file of what papers say is a mapping: schema, lines."),
        ("schema: 1\n", "papers.yaml:1: the field lines is missing"),
    ],
)
def test_a_faulty_file_is_a_sentence(text, told, tmp_path):
    (tmp_path / PAPERS).parent.mkdir()
    (tmp_path / PAPERS).write_text(text, encoding="utf-8")
    with pytest.raises(InputErrors) as raised:
        read_papers(tmp_path)
    assert told in str(raised.value)
