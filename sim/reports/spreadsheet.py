"""The XLSX writer: a sheet for each figure and each table of results, with the ends of every interval."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import openpyxl
import pandas as pd

from sim.figures.workbook import Sheet, figure_sheet, workbook
from sim.reports.blocks import Figure, Report, Table
from sim.words import Number, Prose, Words


def write_spreadsheet(report: Report, words: Words) -> bytes:
    """Return the numbers behind a report's figures and tables as a workbook.

    Parameters
    ----------
    report : Report
    words : Words
        In the report's language.
    """
    notes = [str(report.foot)]
    facts = [words.date(report.day) if report.day else "", report.case_number]
    about = " · ".join(fact for fact in facts if fact)
    sheets = [*_figures(report, words, notes), *_tables(report, words)]
    return workbook(sheets, words, str(report.title), [about, *notes] if about else notes)


def spreadsheet_faults(report: Report, content: bytes) -> list[str]:
    """Return what is wrong with a workbook: a missing sheet, an empty one, an error in a cell."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    words = Words(report.language)
    figures = [block.figure for block in report.blocks if isinstance(block, Figure)]
    found = [
        f"The workbook has no sheet for the figure {figure.key}."
        for number, figure in enumerate(figures, start=1)
        if _label("figure", number, words) not in book
    ]
    for sheet in book:
        cells = [cell.value for row in sheet.iter_rows(min_row=4) for cell in row if cell.value is not None]
        if not cells:
            found.append(f"The sheet {sheet.title} is empty.")
        found += [
            f"The sheet {sheet.title} holds {value!r}."
            for value in cells
            if isinstance(value, str) and (value.startswith("#") or value.strip() in ("nan", "NaN", "None"))
        ]
    if book.properties.language != report.language:
        found.append(f"The workbook says its language is {book.properties.language!r}.")
    return found


def _figures(report: Report, words: Words, notes: Sequence[str]) -> Iterator[Sheet]:
    """Yield the figures, numbered as the report numbers them."""
    figures = [block.figure for block in report.blocks if isinstance(block, Figure)]
    for number, figure in enumerate(figures, start=1):
        yield replace(figure_sheet(figure, words, notes), name=_label("figure", number, words))


def _tables(report: Report, words: Words) -> Iterator[Sheet]:
    """Yield the tables, numbered as the report numbers them."""
    tables = [block for block in report.blocks if isinstance(block, Table)]
    for number, table in enumerate(tables, start=1):
        name = _label("table", number, words)
        yield Sheet(name, str(table.caption), "", _data(table, words), _notes(table))


def _label(kind: str, number: int, words: Words) -> str:
    return str(words.text(f"page.{kind}", number=Prose((str(number),)))).rstrip(".")


def _notes(table: Table) -> tuple[str, ...]:
    note = str(table.note)
    return (note,) if note else ()


def _data(table: Table, words: Words) -> pd.DataFrame:
    """Return a table's cells: a number as it is, before rounding, and the ends of its interval beside it.

    What names the rows below it in the report stands beside each of them.
    """
    rows, groups, group = [], [], ""
    for row in table.rows:
        if row.kind == "group":
            group = str(row.cells[0])
        else:
            rows.append(row)
            groups.append(group)
    columns: dict[str, list[object]] = {}
    if any(groups):
        columns[words.raw("workbook.columns.group")] = list(groups)
    counted: Counter[str] = Counter()
    for position, column in enumerate(table.columns):
        cells = [row.cells[position] for row in rows]
        name = _named(str(column.head), counted)
        columns[name] = [_value(cell) for cell in cells]
        intervals = [_interval(cell) for cell in cells]
        if any(ends is not None for ends in intervals):
            for end, key in enumerate(("lower", "upper")):
                head = f"{name}, {words.raw(f'workbook.columns.{key}').lower()}"
                columns[head] = [None if ends is None else ends[end] for ends in intervals]
    return pd.DataFrame(columns)


def _named(head: str, counted: Counter[str]) -> str:
    """Return a column's head, told apart from another that reads the same."""
    counted[head] += 1
    return head if counted[head] == 1 else f"{head} ({counted[head]})"


def _value(cell: Prose) -> object:
    """Return a cell that is one number as that number; a share in per cent, as the head says."""
    if len(cell.parts) == 1 and isinstance(cell.parts[0], Number):
        quantity = cell.parts[0].quantity
        return quantity.value * (100.0 if quantity.unit in ("share", "share_points") else 1.0)
    return str(cell)


def _interval(cell: Prose) -> tuple[float, float] | None:
    if len(cell.parts) != 1 or not isinstance(cell.parts[0], Number):
        return None
    quantity = cell.parts[0].quantity
    scale = 100.0 if quantity.unit in ("share", "share_points") else 1.0
    found = quantity.interval
    return None if found is None else (found.lower * scale, found.upper * scale)
