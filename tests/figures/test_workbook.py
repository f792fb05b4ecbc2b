"""A workbook holds a figure's numbers, all of them, in a form that people can use."""

from __future__ import annotations

import io

import numpy as np
import openpyxl
import pandas as pd
import pytest

from sim.figures import Setting, costs_by_line, difference_by_year
from sim.figures.workbook import Sheet, csv_text, figure_sheet, number_format, workbook
from sim.words import Words
from tests.figures import builders

LANGUAGES = ("sv", "en")


def figures(language):
    words = Words(language)
    setting = Setting(words)
    return [
        costs_by_line(builders.costs(words), setting),
        difference_by_year(builders.yearly(words), setting),
    ]


def made(language, notes=("Seed 1.",)):
    words = Words(language)
    sheets = [figure_sheet(figure, words, notes) for figure in figures(language)]
    return workbook(sheets, words, "Title", ("How it was made.",))


def opened(raw):
    return openpyxl.load_workbook(io.BytesIO(raw))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_a_figure_is_there_with_all_the_digits_that_excel_keeps(language):
    book = opened(made(language))
    for figure in figures(language):
        rows = list(book[figure.key].iter_rows(min_row=5, values_only=True))[: len(figure.data)]
        for number, column in enumerate(figure.data.columns):
            if pd.api.types.is_numeric_dtype(figure.data[column]):
                assert [row[number] for row in rows] == pytest.approx(figure.data[column], rel=1e-15)


@pytest.mark.parametrize(
    ("language", "heads", "contents"),
    [
        ("sv", ("Post", "Utgångsläge", "Alternativ", "Skillnad"), "Innehåll"),
        ("en", ("Line", "Baseline", "Alternative", "Difference"), "Contents"),
    ],
)
def test_a_sheet_has_its_finding_its_heads_and_its_notes_in_the_language(language, heads, contents):
    book = opened(made(language))
    assert book.sheetnames == [contents, "costs", "yearly"]
    figure, sheet = figures(language)[0], book["costs"]
    assert sheet["A1"].value == figure.title
    assert sheet["A2"].value == figure.subtitle
    assert tuple(cell.value for cell in sheet[4])[:4] == heads
    assert sheet["A5"].value == Words(language).name("lines", "benefit")
    last = [row[0] for row in sheet.iter_rows(values_only=True)][-2:]
    assert last == [figure.alternative_text, "Seed 1."]
    assert sheet.freeze_panes == "A5"
    assert book.properties.language == language
    listed = {row[0]: row[1] for row in book[contents].iter_rows(min_row=4, max_col=2, values_only=True)}
    assert listed["costs"] == figure.title
    assert "How it was made." in listed


def test_the_same_content_is_the_same_file():
    assert made("sv") == made("sv")
    assert made("sv") != made("en")


@pytest.mark.parametrize(
    ("values", "shape"),
    [
        ((1.5, 120.25), "#,##0"),
        ((0.125, 7.25), "#,##0.00"),
        ((0.0004, 0.01), "#,##0.0000"),
        ((1.0, 2000.0, 3.0), "#,##0"),
        ((2008.0, 2009.0), "0"),
        ((), "#,##0"),
    ],
)
def test_decimals_follow_the_size_of_the_numbers(values, shape):
    assert number_format(values) == shape


def test_missing_is_empty_and_infinite_is_refused():
    words = Words("en")
    data = pd.DataFrame({"a": [1.5, np.nan], "b": ["x", None]})
    sheet = opened(workbook([Sheet("s", "T", "U", data)], words, "T"))["s"]
    assert [cell.value for cell in sheet[6]] == [None, None]
    with pytest.raises(ValueError, match="infinite"):
        workbook([Sheet("s", "T", "U", pd.DataFrame({"a": [np.inf]}))], words, "T")
    with pytest.raises(ValueError, match="at least one"):
        workbook([], words, "T")


def test_names_that_excel_refuses_are_changed_and_stay_apart():
    data = pd.DataFrame({"a": [1]})
    long = "a name that is far longer than Excel takes"
    sheets = [Sheet(name, "T", "U", data) for name in ("a/b", long, long, "A-B")]
    names = opened(workbook(sheets, Words("en"), "T")).sheetnames
    assert names[1] == "a-b"
    assert all(len(name) <= 31 for name in names)
    assert len({name.lower() for name in names}) == len(names)


def test_a_csv_holds_the_keys_and_plain_numbers():
    text = csv_text(figures("sv")[0])
    assert text.startswith("line,base,other,difference,")
    assert "benefit,1610.0," in text
    assert "nan" not in text
