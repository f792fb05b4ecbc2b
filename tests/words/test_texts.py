"""Texts: nothing missing, nothing typed, every number with a source."""

from __future__ import annotations

import re
import string
from datetime import date
from pathlib import Path
from typing import get_args

import pytest
from ruamel.yaml import YAML

from sim.economy.catalogue import catalogue
from sim.parameters import load_library
from sim.parameters.passports import Unit
from sim.words import Interval, MissingWords, Name, Prose, Quantity, Trace, Words, exact, languages
from sim.words.texts import FOLDER

TRACE = Trace(measure="net_cost")
OURS = ("figures", "language", "names", "page", "report", "units", "verdicts")


def texts(language: str, file: str) -> dict[str, str]:
    waiting = [
        (file, YAML(typ="safe").load((FOLDER / language / f"{file}.yaml").read_text(encoding="utf-8")))
    ]
    found = {}
    while waiting:
        key, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [(f"{key}.{name}", inner) for name, inner in value.items()]
        else:
            found[key] = value
    return found


@pytest.fixture
def small(tmp_path: Path):
    """Return a maker of words from one file's text."""

    def make(text: str) -> Words:
        (tmp_path / "xx").mkdir(exist_ok=True)
        (tmp_path / "xx" / "language.yaml").write_text("locale: en_GB\nand: and\nto: to\n", encoding="utf-8")
        (tmp_path / "xx" / "a.yaml").write_text(text, encoding="utf-8")
        return Words("xx", tmp_path)

    return make


def test_both_languages_are_there():
    assert {"sv", "en"} <= set(languages())


def test_a_language_without_words_is_named():
    with pytest.raises(MissingWords, match=r"'tlh'.*en.*sv"):
        Words("tlh")


def test_a_missing_key_names_key_and_language():
    with pytest.raises(MissingWords, match=r"'sv'.*'report\.no_such'"):
        Words("sv").text("report.no_such")


@pytest.mark.parametrize("value", [12.5, 12, "12", None])
def test_a_number_without_a_source_cannot_enter(small, value):
    with pytest.raises(TypeError, match="wait"):
        small("wait: It is {days}.\n").text("a.wait", days=value)


def test_places_are_filled_and_keep_their_quantities(small):
    words = small("wait: '{name} {inner}, on {day}'\ninner: at {share}\n")
    quantity = exact(0.5, "number", TRACE)
    inner = small("wait: '{name} {inner}, on {day}'\ninner: at {share:bare}\n").text(
        "a.inner", share=quantity
    )
    prose = words.text("a.wait", name=Name("A"), inner=inner, day=date(2008, 1, 1))
    assert str(prose) == "A at 0.5, on 1\xa0January\xa02008"
    assert prose.quantities == (quantity,)


def test_places_and_values_must_match(small):
    words = small("wait: It is {days}.\n")
    with pytest.raises(ValueError, match="days"):
        words.text("a.wait")
    with pytest.raises(ValueError, match="hours"):
        words.text("a.wait", days=Name("x"), hours=Name("y"))


@pytest.mark.parametrize("text", ["a: 1\na: 2\n", "a: [b]\n", "a: 12\n", "a: true\n", "a: {b: \n", "a:\n"])
def test_a_bad_file_is_told(small, text):
    with pytest.raises(ValueError, match=r"a\.yaml"):
        small(text).text("a.a")


def test_lists_in_sentences():
    words = Words("sv")
    assert str(words.join([])) == ""
    assert str(words.join(["A"])) == "A"
    assert str(words.join(["A", "B", Prose(("C",))])) == "A, B och C"


def test_a_name_that_only_data_has_is_written_readably():
    words = Words("sv")
    assert words.name("destinations", "work") == "Arbete"
    assert words.name("destinations", "folk_high_school") == "Folk high school"
    assert words.name("centres", "norrort", "Norrort") == "Norrort"


def test_capitals():
    assert str(Prose(("planen", "x")).capitalised()) == "Planenx"
    assert str(Prose().capitalised()) == ""


def test_the_verdicts_are_fixed():
    assert [Words("sv").verdict(v) for v in ("lower", "higher", "cannot_tell")] == [
        "lägre",
        "högre",
        "går inte att avgöra ännu",
    ]
    assert [Words("en").verdict(v) for v in ("lower", "higher", "cannot_tell")] == [
        "lower",
        "higher",
        "cannot tell yet",
    ]


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("file", OURS)
def test_nobody_types_a_number_into_a_text(language, file):
    """Digits stand only inside places; m² and locale names hold none."""
    for key, text in texts(language, file).items():
        literal = "".join(part for part, *_ in string.Formatter().parse(text))
        assert not re.search(r"[0-9]", literal), (key, text)


@pytest.mark.parametrize("language", languages())
def test_every_unit_has_words(language):
    words = Words(language)
    library = load_library()
    scenario = library.resolve("base").scenario
    measures = catalogue(scenario.keys("people.destinations"), scenario.keys("measures.catalogue"))
    for unit in {*get_args(Unit), *(measure.unit for measure in measures)}:
        assert words.quantity(exact(2, unit, TRACE))
        assert words.unit(unit)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(
    ("kind", "table"),
    [
        ("centres", "organisation.centres"),
        ("roles", "organisation.roles"),
        ("destinations", "people.destinations"),
        ("segments", "people.needs"),
        ("groups", "people.groups"),
        ("measures", "measures.catalogue"),
    ],
)
def test_what_is_shipped_is_named(language, kind, table):
    words = Words(language)
    for key in load_library().resolve("base").scenario.keys(table):
        assert words.has(f"names.{kind}.{key}"), key


def test_a_trace_says_something():
    with pytest.raises(ValueError, match="empty"):
        Trace()


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_quantity_is_finite(value):
    with pytest.raises(ValueError, match="finite"):
        Quantity(value, "days", TRACE)
    with pytest.raises(ValueError, match="finite"):
        Interval(value, 1.0)


def test_an_interval_lies_the_right_way():
    with pytest.raises(ValueError, match="above"):
        Interval(2.0, 1.0)
    assert Interval(-1.0, 1.0).crosses_zero
    assert not Quantity(1.0, "days", TRACE).settled
    assert Quantity(1.0, "days", TRACE, Interval(0.5, 1.5)).settled
