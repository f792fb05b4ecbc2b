"""What explains a change is told with its sign only where the draws agree on it."""

from __future__ import annotations

import pytest

from sim.figures import Setting
from sim.figures.explained import what_explains
from sim.words import Words


def rows(**parts: tuple[float, float, float]) -> list[dict[str, str]]:
    return [
        {"outcome": "people-2011", "part": part, "way": way, "level": "0.9"}
        | dict(zip(("mean", "lower", "upper"), map(str, values), strict=True))
        for part, values in parts.items()
        for way in ("alone", "last", "shapley")
    ]


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_part_that_did_most_is_the_finding(language: str) -> None:
    words = Words(language)
    found = what_explains(
        rows(mandate=(-900, -1100, -700), entry=(-3200, -4500, -1500)), "people-2011", Setting(words)
    )
    entry = words.raw("inference.parts.entry")
    assert entry[1:] in found.title
    assert words.raw("inference.parts.mandate")[1:] in found.alternative_text
    assert found.svg.startswith("<svg role=")
    assert set(found.data["part"]) == {"mandate", "entry"}


def test_where_the_draws_disagree_nothing_is_said_to_be_sure() -> None:
    found = what_explains(rows(entry=(-300, -900, 400)), "people-2011", Setting(Words("en")))
    assert found.title.startswith("No part surely")
