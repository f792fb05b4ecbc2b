"""A page with a fault is not handed out."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from sim.figures import FigureResult
from sim.reports.blocks import Column, Figure, Heading, Paragraph, Report, Row, Table
from sim.reports.checks import faults
from sim.reports.html import write_html
from sim.words import Prose, Words

SVG = '<svg role="img" aria-label="It falls" xmlns="http://www.w3.org/2000/svg"><path id="f-a"/></svg>'
FIGURE = FigureResult("f", SVG, "It falls", "By year", "It falls", pd.DataFrame({"a": [1]}))
CELL = Prose(("x",))
TABLE = Table(CELL, (Column(CELL, numeric=False), Column(CELL)), (Row((CELL, CELL)),))


def report(*blocks):
    front = (Heading(Prose(("Why",)), 2, "why"), Paragraph(Prose(("Because",))))
    return Report(CELL, CELL, "en", None, "", front, (Heading(Prose(("A",)), 2, "a"), *blocks), CELL)


def found(made, page=None):
    return faults(made, page or write_html(made, Words("en")))


def test_a_sound_page_passes():
    assert found(report(Figure(FIGURE), TABLE)) == []


@pytest.mark.parametrize(
    ("figure", "fault"),
    [
        (replace(FIGURE, alternative_text=""), "no alternative text"),
        (replace(FIGURE, data=pd.DataFrame()), "no data"),
        (replace(FIGURE, svg="<svg></svg>"), "0 drawings"),
        (replace(FIGURE, svg=SVG.replace("It falls", "nan falls")), "nan"),
    ],
)
def test_a_faulty_figure_is_seen(figure, fault):
    assert any(fault in text for text in found(report(Figure(figure))))


@pytest.mark.parametrize("text", ["It is nan days", "None", "It is {days}"])
def test_leftovers_are_seen(text):
    assert found(report(Paragraph(Prose((text,)))))


def test_a_word_that_holds_one_is_no_leftover():
    assert found(report(Paragraph(Prose(("Nonetheless the finance information stands",))))) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('lang="en"', 'lang="sv"', "language"),
        ('id="why"', 'id="a"', "2 times"),
        ('href="#main"', 'href="#nowhere"', "nowhere"),
        ("<main", '<img alt="x" src="https://example.org/a.png"><main', "outside"),
        ("<style>", "<style>@import 'x';", "outside"),
        ('<tr><th scope="row">x</th><td class="n">x</td></tr>', "", "empty body"),
    ],
)
def test_a_faulty_page_is_seen(old, new, fault):
    made = report(TABLE)
    page = write_html(made, Words("en"))
    assert old in page
    assert any(fault in text for text in found(made, page.replace(old, new, 1)))


def test_a_table_without_rows_or_with_ragged_ones_cannot_be_made():
    with pytest.raises(ValueError, match="no rows"):
        Table(CELL, (Column(CELL),), ())
    with pytest.raises(ValueError, match="cells"):
        Table(CELL, (Column(CELL),), (Row((CELL, CELL)),))


def test_text_is_escaped():
    assert "&lt;b&gt; &amp;" in write_html(report(Paragraph(Prose(("<b> &",)))), Words("en"))
