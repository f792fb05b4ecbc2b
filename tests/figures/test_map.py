"""The map of caseload × share: the finding keeps to the limits, and every crossing is in the table."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from sim.figures.map import MapCell, MapData, caseload_map
from sim.figures.result import FigureResult, Setting
from sim.words import Interval, Prose, Quantity, Trace, Words, exact, languages

TRACE = Trace("present_value", "other", "base")


def cell(difference: float, programme: float, wait: float, half: float = 1.0) -> MapCell:
    interval = Interval(difference - half, difference + half)
    return MapCell(
        Quantity(difference, "MSEK", TRACE, interval),
        Quantity(programme, "MSEK", Trace("programme_cost")),
        Quantity(wait, "days", Trace("wait_days")),
    )


CELLS = (
    (cell(-30.0, 90.0, 80.0), cell(-20.0, 95.0, 20.0)),
    (cell(-9.0, 130.0, 5.0), cell(0.0, 100.0, 10.0, half=0.0)),
)


def drawn(language: str, budget: float = 105.0, wait: float = 30.0) -> FigureResult:
    data = MapData(
        ("40", "50"),
        ("0 %", "27 %"),
        CELLS,
        (1, 1),
        Quantity(budget, "MSEK", Trace("programme_cost")),
        exact(wait, "days", Trace(manifest="limit")),
        Prose(("2008–2010",)),
    )
    return caseload_map(data, Setting(Words(language)))


@pytest.mark.parametrize("language", languages())
def test_the_finding_is_the_cheapest_crossing_within_both_limits(language):
    figure, words = drawn(language), Words(language)
    assert words.quantity(CELLS[0][1].difference, "size_interval") in figure.title
    assert "50" in figure.title
    assert figure.alternative_text.startswith(figure.title)
    assert ElementTree.fromstring(figure.svg).get("aria-label") == figure.alternative_text


@pytest.mark.parametrize(
    ("budget", "wait", "title"), [(50.0, 30.0, "none"), (100.0, 15.0, "nothing_cheaper")]
)
def test_nothing_is_recommended_that_breaks_a_limit_or_is_not_surely_cheaper(budget, wait, title):
    assert drawn("en", budget, wait).title == Words("en").raw(f"map.title.{title}")


def test_a_limit_is_drawn_where_it_is_crossed_and_not_elsewhere():
    assert drawn("en").svg.count("stroke-dasharray") > drawn("en", wait=1000.0).svg.count("stroke-dasharray")


def test_the_table_has_every_crossing():
    table = drawn("sv").data
    assert table["difference"].tolist() == [-30.0, -20.0, -9.0, 0.0]
    assert table["longest_wait_days"].tolist() == [80.0, 20.0, 5.0, 10.0]
