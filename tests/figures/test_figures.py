"""Figures say what they show, in the reader's language, and look the same everywhere."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from sim.figures import (
    CurvePoint,
    Setting,
    answer_curve,
    costs_by_line,
    crossings,
    difference_by_year,
    flow_of_people,
    person_timeline,
    posts_by_role,
    style,
    waiting_by_centre,
)
from sim.words import Interval, Words
from tests.figures import builders

LANGUAGES = ("sv", "en")
DRAW = {
    "flow": lambda words, setting: flow_of_people(builders.flow(words), setting),
    "costs": lambda words, setting: costs_by_line(builders.costs(words), setting),
    "waiting": lambda words, setting: waiting_by_centre(builders.waiting(words), setting),
    "posts": lambda words, setting: posts_by_role(builders.posts(words), setting),
    "yearly": lambda words, setting: difference_by_year(builders.yearly(words), setting),
    "person": lambda words, setting: person_timeline(builders.person(words), setting),
    "curve": lambda words, setting: answer_curve(builders.curve(words), setting, "curve"),
}


def drawn(kind: str, language: str = "sv", **setting: bool):
    words = Words(language)
    return DRAW[kind](words, Setting(words, **setting))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", DRAW)
def test_a_figure_stands_by_itself(kind, language):
    figure = drawn(kind, language)
    root = ElementTree.fromstring(figure.svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") == figure.alternative_text
    assert not re.search(
        r"<text|<image|http(?!://www\.w3\.org)", figure.svg
    )  # outlines only, nothing outside
    ids = re.findall(r'\bid="([^"]+)"', figure.svg)
    assert len(ids) == len(set(ids))
    assert all(name.startswith(f"{figure.key}-") for name in ids)
    for said in (figure.title, figure.subtitle, figure.alternative_text):
        assert said
        assert said[0].upper() == said[0]
        assert not re.search(r"\bnan\b|\bNone\b|\{", said)
    assert not figure.data.empty


@pytest.mark.parametrize("kind", DRAW)
def test_a_figure_is_drawn_the_same_twice(kind):
    assert drawn(kind).svg == drawn(kind).svg


@pytest.mark.parametrize(
    ("kind", "swedish", "english"),
    [
        (
            "flow",
            "Av 24\xa0400 inskrivningar slutade 29,5\xa0% med arbete",
            "Of 24,400 enrolments, 29.5% ended in work",
        ),
        (
            "costs",
            "Personal kostar 53,0\xa0mnkr\xa0(52,0–54,0) mer",
            "Staff: 53.0\xa0MSEK\xa0(52.0–54.0) more",
        ),
        ("waiting", "Väntan i Järva blir 15\xa0dagar\xa0(12–18) längre", "15\xa0days\xa0(12–18) longer"),
        ("posts", "178\xa0tjänster behövs, 37,8 fler än planens 140", "178\xa0posts are needed, 37.8 more"),
        ("yearly", "nettokostnaden blir 19\xa0mnkr\xa0(10–28) högre", "becomes 19\xa0MSEK\xa0(10–28) higher"),
        (
            "person",
            "Samma person är inskriven 6,25\xa0månader kortare med 40 ärenden",
            "The same person is enrolled 6.25\xa0months shorter",
        ),
        ("curve", "blir billigare först när elasticiteten är större än 0,156", "above 0.156"),
    ],
)
def test_the_title_is_the_finding(kind, swedish, english):
    assert swedish in drawn(kind, "sv").title
    assert english in drawn(kind, "en").title


def test_what_is_not_settled_is_not_claimed():
    words = Words("sv")
    setting = Setting(words)
    wide = builders.quantity(3.0, 9.0)
    data = builders.costs(words)
    open_lines = tuple(replace(line, difference=wide) for line in data.lines)
    assert costs_by_line(replace(data, lines=open_lines), setting).title == "Ingen kostnad skiljer sig säkert"
    waits = builders.waiting(words)
    waits = replace(waits, differences=tuple(wide for _ in waits.differences))
    assert waiting_by_centre(waits, setting).title == "Ingen säker skillnad i väntan"
    years = builders.yearly(words)
    key, name, values, _ = years.series[0]
    years = replace(years, series=((key, name, values, wide),))
    assert difference_by_year(years, setting).title == "40 ärenden: går inte att avgöra ännu"
    curve = builders.curve(words, turning=False)
    curve = replace(curve, points=tuple(CurvePoint(point.at, wide) for point in curve.points))
    assert "går inte att avgöra ännu" in answer_curve(curve, setting, "curve").title


def test_a_curve_without_a_crossing_says_so():
    words = Words("sv")
    title = answer_curve(builders.curve(words, turning=False), Setting(words), "curve").title
    assert title == "40 ärenden blir dyrare vad än elasticiteten är"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((2.0, -2.0, -4.0), (0.5,)),
        ((-1.0, 3.0), (0.25,)),
        ((1.0, 2.0), ()),
        ((0.0, 1.0), (0.0,)),
        ((1.0, 0.0), (1.0,)),
        ((1.0, -1.0, 1.0), (0.5, 1.5)),
        ((), ()),
    ],
)
def test_crossings(values, expected):
    points = tuple(CurvePoint(float(at), builders.quantity(value)) for at, value in enumerate(values))
    assert crossings(points) == pytest.approx(expected)


def test_people_are_conserved_or_not_drawn():
    words = Words("sv")
    data = builders.flow(words)
    with pytest.raises(ValueError, match="not conserved"):
        flow_of_people(replace(data, inside=builders.quantity(1.0, unit="spells")), Setting(words))


def test_a_person_who_lives_the_same_life_or_never_comes_is_told_so():
    words = Words("en")
    same = person_timeline(builders.person(words, same=True), Setting(words))
    assert same.title == "The same person lives the same life in both worlds"
    absent = person_timeline(builders.person(words, absent=True), Setting(words))
    assert absent.title == "This person comes only with The plan"


def test_a_persons_alternative_text_tells_both_lives_and_that_nobody_is_real():
    told = drawn("person", "en").alternative_text
    assert "A made-up person. The two histories are the same until 1\xa0May\xa02008." in told
    assert "at a measure (procured coaching), 1\xa0October\xa02008 to 1\xa0April\xa02009" in told
    assert told.endswith("has left (studies), 8\xa0January\xa02009 to 1\xa0January\xa02011.")
    assert "nobody like this exists" in drawn("person", "en").subtitle


def marks(quantity):
    with style.styled():
        figure = style.canvas(2.0)
        axes = figure.add_subplot()
        style.interval_mark(axes, 0.0, quantity, style.SCENARIO)
        return axes.lines


def test_a_mark_is_hollow_when_zero_lies_inside():
    assert marks(builders.quantity(1.0, 2.0))[-1].get_markerfacecolor() == style.PAPER
    assert marks(builders.quantity(3.0, 2.0))[-1].get_markerfacecolor() == style.SCENARIO
    assert len(marks(builders.quantity(3.0, 2.0))) == 3  # 90 %, 50 %, the mark


@pytest.mark.parametrize(("setting", "stamps"), [({}, 0), ({"outside": True}, 1), ({"preview": True}, 1)])
def test_what_holds_for_the_whole_figure_is_stamped_across_its_corner(setting, stamps):
    words = Words("sv")
    with style.styled():
        figure = style.canvas(2.0)
        figure.add_subplot()
        style.finished(figure, Setting(words, **setting))
        assert len(figure.texts) == stamps
        hatched = [patch for patch in figure.axes[0].patches if patch.get_hatch()]
        assert len(hatched) == bool(setting.get("preview"))


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(colour: str, ground: str = style.PAPER) -> float:
    high, low = sorted((luminance(colour), luminance(ground)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colour", [style.INK, style.QUIET, style.WARNING_TEXT, style.SCENARIO])
def test_text_can_be_read(colour):
    assert contrast(colour) >= 4.5


@pytest.mark.parametrize(
    "colour", [style.ASSISTANCE, style.PROCURED, style.WARNING, style.BASELINE, *style.NEEDS]
)
def test_marks_can_be_seen_or_carry_an_outline(colour):
    assert contrast(colour) >= 3.0 or style.edge(colour) == style.INK


def test_pale_fills_carry_a_dark_outline():
    assert style.edge(style.STAFF) == style.edge(style.OTHER) == style.INK


def test_type_is_large_enough_on_paper():
    sizes = [value for key, value in style.RC.items() if key.endswith("size") and isinstance(value, float)]
    assert min(*sizes, style.SMALL, style.TEXT) >= 8.0


@pytest.mark.parametrize(
    ("low", "high", "swedish"), [(0, 0.27, "0,05"), (0, 2400, "1\xa0000"), (-50, 75, "−50")]
)
def test_axes_are_written_as_the_language_writes(low, high, swedish):
    with style.styled():
        figure = style.canvas(2.5)
        axes = figure.add_subplot()
        axes.set_xlim(low, high)
        style.number_axis(axes, Words("sv"), "x")
        figure.draw_without_rendering()
        assert swedish in [label.get_text() for label in axes.get_xticklabels()]


def test_zero_width_counts_as_touching_zero():
    assert Interval(0.0, 0.0).crosses_zero
