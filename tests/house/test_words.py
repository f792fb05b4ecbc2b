"""Every language says the same things: the same files, keys and fields under ``sim/words``."""

from __future__ import annotations

import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.house.reading import miniature

WORDS = "sim/words"


def languages(folder: Path) -> dict[str, dict[str, str]]:
    """Return, for each language's folder, every text by its place (file and keys)."""
    homes = sorted({path.parent for path in (folder / WORDS).glob("*/*.yaml")})
    return {home.name: {place: text for file in sorted(home.glob("*.yaml")) for place, text in _texts(file)}
            for home in homes}  # fmt: skip


def _texts(file: Path) -> Iterator[tuple[str, str]]:
    waiting = [(file.name, YAML(typ="safe").load(file.read_text(encoding="utf-8")))]
    while waiting:
        place, value = waiting.pop()
        match value:
            case dict():
                waiting += [(f"{place} > {key}", below) for key, below in value.items()]
            case list():
                waiting += [(f"{place} > {number}", below) for number, below in enumerate(value)]
            case _:
                yield place, "" if value is None else str(value)


def fields(text: str) -> set[str]:
    """Return the names of the fields that a text leaves open, as ``str.format`` reads them."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def differences(folder: Path) -> list[str]:
    """List what one language says and another does not, by place.

    A text may be empty (a number without a unit has no unit's word), but then in every language.
    """
    spoken = languages(folder)
    places = set().union(*spoken.values()) if spoken else set()
    faults = []
    for language, texts in spoken.items():
        faults += [f"{language} lacks {place}" for place in sorted(places - texts.keys())]
    first, *others = spoken.items()
    for language, texts in others:
        for place in sorted(texts.keys() & first[1].keys()):
            try:
                ours, theirs = fields(first[1][place]), fields(texts[place])
            except ValueError as error:
                faults.append(f"{place}: {error}")
                continue
            if bool(first[1][place].strip()) != bool(texts[place].strip()):
                faults.append(f"{place}: only one of {first[0]} and {language} says something")
            if ours != theirs:
                faults.append(f"{place}: {first[0]} has {sorted(ours)}, {language} {sorted(theirs)}")
    return faults


def test_the_languages_say_the_same(repository):
    spoken = languages(repository)
    assert {"en", "sv"} <= spoken.keys()
    assert all(spoken.values())
    assert differences(repository) == []


@pytest.mark.parametrize(
    "swedish",
    [
        {"sv/a.yaml": "wait: Väntan\n"},
        {"sv/a.yaml": "wait: Väntan {days}\nmore: {a: b, x: c}\n"},
        {"sv/a.yaml": "wait: Väntan {dagar}\nmore: {a: b}\n"},
        {"sv/a.yaml": "wait: Väntan {days\nmore: {a: b}\n"},
        {"sv/a.yaml": "wait: Väntan {days}\nmore: {a: ''}\n"},
        {"sv/a.yaml": "wait: Väntan {days}\nmore: {a: }\n"},
        {"sv/a.yaml": "wait: Väntan {days}\nmore: {a: b}\n", "sv/b.yaml": "c: d\n"},
        {"sv/b.yaml": "wait: Väntan {days}\nmore: {a: b}\n"},
    ],
)
def test_a_difference_is_seen(swedish, tmp_path):
    project = {"en/a.yaml": "wait: Wait {days}\nmore: {a: b}\n"} | swedish
    folder = miniature(tmp_path, {f"{WORDS}/{name}": text for name, text in project.items()})
    assert differences(folder) != []


def test_languages_that_agree_are_left_alone(tmp_path):
    project = {
        "en/a.yaml": "wait: '{days} of wait'\nmore: [b]\n",
        "sv/a.yaml": "more: [c]\nwait: Vänta {days}\n",
    }
    folder = miniature(tmp_path, {f"{WORDS}/{name}": text for name, text in project.items()})
    assert differences(folder) == []
