"""A waterfall's bars stand end to end, and say what they know."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from sim.figures import Setting, WaterfallBar, WaterfallData, style, waterfall
from sim.words import Name, Words
from tests.figures.builders import quantity

PARTS = (("benefit", 15.6, 2.0), ("staff", -42.6, 1.0), ("measure", 37.5, 0.5), ("other", 0.4, 0.9))


def data(words: Words, by_line: bool = True, parts=PARTS) -> WaterfallData:
    bars = tuple(
        WaterfallBar(line, words.name("lines", line), line if by_line else "", quantity(value, half))
        for line, value, half in parts
    )
    whole = quantity(sum(value for _, value, _ in parts), 2.5)
    names = (Name(words.raw("measures.net_cost.name")), Name("planen"), Name("förslaget"))
    return WaterfallData(bars, whole, by_line, *names, words.period("2008"))


def title(drawn: WaterfallData) -> str:
    return waterfall(drawn, Setting(Words("sv"))).title.replace("\xa0", " ")


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("by_line", [True, False])
def test_bars_stand_end_to_end(language, by_line):
    words = Words(language)
    table = waterfall(data(words, by_line), Setting(words)).data
    *bars, whole = table.to_dict("records")
    for before, after in pairwise(bars):
        assert after["start"] == pytest.approx(before["start"] + before["difference"])
    assert (bars[0]["start"], whole["start"]) == (0.0, 0.0)
    assert whole["difference"] == pytest.approx(bars[-1]["start"] + bars[-1]["difference"])


def test_the_title_is_the_finding():
    words = Words("sv")
    assert (
        title(data(words))
        == "Measure kostar 37,5 mnkr (37,0–38,0) mer, personal 42,6 mnkr (41,6–43,6) mindre"
    )
    levers = title(data(words, by_line=False))
    assert levers == "Den största delen kommer av personal: −42,6 mnkr (−43,6 till −41,6)"
    unsure = data(words, False, (("other", 0.4, 0.9),))
    assert title(unsure) == "Ingen inställning flyttar svaret säkert"
    nothing = data(words, False, ())
    assert title(nothing) == "Inget som skiljer scenarierna åt flyttar svaret"


def test_a_bar_that_cannot_be_told_is_hollow_and_said_so():
    words = Words("en")
    found = waterfall(data(words), Setting(words))
    assert "Other +0.4 (−0.5 to +1.3) (cannot tell)" in found.alternative_text.replace("\xa0", " ")
    fills = re.findall(r"fill: (#[0-9a-f]{6}); stroke: #", found.svg)
    # the bars in their order, then the whole
    assert fills[-5:] == [
        c.lower() for c in (style.ASSISTANCE, style.STAFF, style.PROCURED, style.PAPER, style.BASELINE)
    ]


def test_every_part_is_in_the_alternative_text():
    words = Words("sv")
    found = waterfall(data(words), Setting(words))
    for label in ("Försörjningsstöd", "Personal", "Övrigt", "Allt tillsammans"):
        assert label in found.alternative_text
    assert f'aria-label="{found.alternative_text}"' in found.svg
