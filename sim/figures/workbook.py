"""The numbers behind figures, as people take them further: one workbook for all, or one CSV file for each.

A workbook's bytes depend on what is in it alone, not on when it was written, so a report that is made again
is the same file.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from sim.figures.packing import timeless
from sim.figures.result import FigureResult
from sim.words import Words

LONGEST_NAME = 31
"""Letters in a sheet's name that Excel takes."""

WIDEST = 44
"""Letters that a column is widened to at most; longer text is broken."""

NAMED = {"line": "lines", "centre": "centres", "role": "roles", "segment": "segments"}
"""Columns that hold keys for which the words have names."""

CODED = ("kind", "direction", "key")
"""Columns whose values are words of the workbook itself, or ways out."""

_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")

TITLE = Font(bold=True, size=12)
HEAD = Font(bold=True)
QUIET = Font(color="555555", italic=True)
RULE = Border(bottom=Side(style="thin"))


@dataclass(frozen=True, eq=False)
class Sheet:
    """One table to hand out.

    Attributes
    ----------
    name : str
        Short name; forbidden signs are replaced, and what is too long is cut.
    title, subtitle : str
        What the table shows; what, unit, period, scenario.
    data : DataFrame
        A row for each case; strings, numbers, dates; a missing value is an empty cell.
    notes : tuple of str
        Under the table: sources, cautions.
    heads : mapping of str to str
        What people read over a column, where it isn't the column's name.
    """

    name: str
    title: str
    subtitle: str
    data: pd.DataFrame
    notes: tuple[str, ...] = ()
    heads: Mapping[str, str] = field(default_factory=dict)


def figure_sheet(figure: FigureResult, words: Words, notes: Sequence[str] = ()) -> Sheet:
    """Return a figure's data as a sheet: heads, centres and lines in the reader's words.

    Parameters
    ----------
    figure : FigureResult
    words : Words
        In the figure's language.
    notes : sequence of str
        Put under the table, after what the figure shows in words.
    """
    data = figure.data.copy()
    for column, kind in NAMED.items():
        if column in data:
            data[column] = [words.name(kind, str(key)) for key in data[column]]
    for column in CODED:
        if column in data:
            data[column] = [_word(str(value), words) for value in data[column]]
    if "parameter" in data:
        data["parameter"] = [_parameter(str(key), words) for key in data["parameter"]]
    heads = {
        column: words.raw(f"workbook.columns.{column}")
        for column in map(str, data.columns)
        if words.has(f"workbook.columns.{column}")
    }
    return Sheet(figure.key, figure.title, figure.subtitle, data, (figure.alternative_text, *notes), heads)


def _word(value: str, words: Words) -> str:
    own = f"workbook.values.{value}"
    return words.raw(own) if words.has(own) else words.name("destinations", value)


def _parameter(key: str, words: Words) -> str:
    title = f"parameters.{key}.title"
    return words.raw(title) if words.has(title) else key


def workbook(sheets: Sequence[Sheet], words: Words, title: str, notes: Sequence[str] = ()) -> bytes:
    """Return an XLSX file: first what is in it and where it is from, then a sheet for each table.

    Parameters
    ----------
    sheets : sequence of Sheet
        At least one.
    words : Words
        In the tables' language.
    title : str
        Of the whole.
    notes : sequence of str
        On the first sheet: how the numbers were made.

    Raises
    ------
    ValueError
        If there is no sheet, or a number is infinite.
    """
    if not sheets:
        raise ValueError("A workbook holds at least one table; there is none.")
    book = Workbook()
    book.properties.title, book.properties.language = title, words.raw("language.html")
    book.properties.creator = words.raw("workbook.creator")
    contents = book.active
    assert isinstance(contents, Worksheet)
    names = _names([words.raw("workbook.contents"), *(sheet.name for sheet in sheets)])
    contents.title = names[0]
    for name, sheet in zip(names[1:], sheets, strict=True):
        _fill(book.create_sheet(name), sheet)
    _list(contents, title, [*zip(names[1:], sheets, strict=True)], notes, words)
    stream = io.BytesIO()
    book.save(stream)
    return timeless(stream.getvalue())


def csv_text(figure: FigureResult) -> str:
    """Return a figure's data as CSV: commas, a header line of keys, points for decimals, no blank for NaN."""
    return str(figure.data.to_csv(index=False, lineterminator="\n"))


def _list(
    target: Worksheet,
    title: str,
    sheets: Sequence[tuple[str, Sheet]],
    notes: Sequence[str],
    words: Words,
) -> None:
    target.append([title])
    target["A1"].font = TITLE
    target.append([])
    target.append([words.raw("workbook.sheet"), words.raw("workbook.shows")])
    for cell in target[3]:
        cell.font, cell.border = HEAD, RULE
    for name, sheet in sheets:
        target.append([name, sheet.title])
        row = target.max_row
        target.cell(row, 1).hyperlink = f"#'{name}'!A1"
        target.cell(row, 1).font = Font(underline="single", color="004F7C")
        target.cell(row, 2).alignment = Alignment(wrap_text=True, vertical="top")
    target.append([])
    for note in notes:
        target.append([note])
        target.cell(target.max_row, 1).font = QUIET
    target.column_dimensions["A"].width = LONGEST_NAME
    target.column_dimensions["B"].width = 2 * WIDEST


def _fill(target: Worksheet, sheet: Sheet) -> None:
    columns = [str(column) for column in sheet.data.columns]
    target.append([sheet.title])
    target.append([sheet.subtitle])
    target.append([])
    target.append([sheet.heads.get(column, column) for column in columns])
    target["A1"].font, target["A2"].font = TITLE, QUIET
    top = target.max_row
    for row in sheet.data.itertuples(index=False):
        target.append([_cell(value) for value in row])
    for number, column in enumerate(columns, start=1):
        head = target.cell(top, number)
        values = sheet.data[column]
        numeric = pd.api.types.is_numeric_dtype(values)
        head.font, head.border = HEAD, RULE
        head.alignment = Alignment(
            horizontal="right" if numeric else "left", vertical="bottom", wrap_text=True
        )
        if numeric:
            shape = number_format([float(value) for value in values if not pd.isna(value)])
            for place in range(top + 1, target.max_row + 1):
                target.cell(place, number).number_format = shape
        longest = max([len(str(head.value)), *(len(str(value)) for value in values if not numeric)])
        target.column_dimensions[get_column_letter(number)].width = min(max(12, longest + 2), WIDEST)
    target.freeze_panes = target.cell(top + 1, 1)
    target.auto_filter.ref = f"A{top}:{get_column_letter(len(columns))}{target.max_row}"
    target.print_title_rows = f"{top}:{top}"
    target.page_setup.orientation, target.page_setup.paperSize = "landscape", "9"
    target.page_setup.fitToWidth, target.page_setup.fitToHeight = 1, 0
    target.sheet_properties.pageSetUpPr.fitToPage = True
    target.append([])
    for note in sheet.notes:
        target.append([note])
        target.cell(target.max_row, 1).font = QUIET


def number_format(values: Sequence[float]) -> str:
    """Return the format of a column of numbers: as many decimals as three figures of the largest need.

    The cell keeps every digit; the reader's own Excel writes decimal signs and thousands.
    """
    if all(value == round(value) for value in values):
        return "0" if values and all(1900 <= value <= 2100 for value in values) else "#,##0"
    size = max(abs(value) for value in values)
    decimals = min(max(2 - math.floor(math.log10(size)), 0), 4) if size > 0 else 0
    return "#,##0" + ("." + "0" * decimals if decimals else "")


def _cell(value: object) -> object:
    """Return a value as a cell takes it: Python's own kinds, nothing where nothing is."""
    if isinstance(value, (np.integer, int)) and not isinstance(value, bool):
        return int(value)
    if isinstance(value, (np.floating, float)):
        if math.isnan(value):
            return None
        if math.isinf(value):
            raise ValueError("A workbook can't hold an infinite number.")
        return float(value)
    if value is None or isinstance(value, (bool, date)):
        return value
    return str(value)


def _names(wanted: Sequence[str]) -> list[str]:
    """Return names that Excel takes, each once whatever its case."""
    found: list[str] = []
    for name in wanted:
        short = _FORBIDDEN.sub("-", name)[:LONGEST_NAME]
        number = 2
        while short.lower() in {other.lower() for other in found}:
            tail = f"-{number}"
            short, number = name[: LONGEST_NAME - len(tail)] + tail, number + 1
        found.append(short)
    return found
