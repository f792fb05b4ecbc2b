"""What a report is made of: five kinds of block, in order. Writers make pages of them.

All text is `Prose`, so every number that a report shows still knows its source when it is written. No block
knows how it looks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sim.figures import FigureResult
from sim.words import Prose, Quantity

NOTHING = Prose()


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is the report's title. The anchor is unique in the report."""

    text: Prose
    level: int
    anchor: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph. An ``answer`` stands out, ``small`` is for what few will read.

    An ``opinion`` was written by hand: its numbers are its author's.
    """

    text: Prose
    kind: Literal["body", "answer", "small", "opinion"] = "body"


@dataclass(frozen=True)
class Column:
    """A table's column: its head, unit included, and whether it holds numbers."""

    head: Prose
    numeric: bool = True


@dataclass(frozen=True)
class Row:
    """A table's row; the first cell is its head. Anchors are for links.

    A ``total`` has a rule above; a ``group`` names the rows that follow, and its other cells are empty.
    """

    cells: tuple[Prose, ...]
    kind: Literal["body", "total", "group"] = "body"
    anchor: str = ""


@dataclass(frozen=True)
class Table:
    """A table with its caption, and a note below it."""

    caption: Prose
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: Prose = NOTHING

    def __post_init__(self) -> None:
        if not self.rows:
            raise ValueError(f"The table '{self.caption}' has no rows.")
        for row in self.rows:
            if len(row.cells) != len(self.columns):
                raise ValueError(f"A row of the table '{self.caption}' has too few or too many cells.")


@dataclass(frozen=True)
class Figure:
    """A figure; its title, subtitle and alternative text come with it."""

    figure: FigureResult


@dataclass(frozen=True)
class Note:
    """A remark set apart: a caution, or what must be known to read on."""

    text: Prose
    kind: Literal["note", "warning"] = "note"


Block = Heading | Paragraph | Table | Figure | Note


@dataclass(frozen=True)
class Report:
    """A whole report in one language.

    Attributes
    ----------
    title, subtitle : Prose
        On the front page.
    language : str
    day : date or None
        The date it bears.
    case_number : str
        The case it belongs to; may be empty.
    front : tuple of Block
        What stands on page one.
    body : tuple of Block
    foot : Prose
        One line about how it was made.
    """

    title: Prose
    subtitle: Prose
    language: str
    day: date | None
    case_number: str
    front: tuple[Block, ...]
    body: tuple[Block, ...]
    foot: Prose

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Every block, in order."""
        return self.front + self.body


def proses(block: Block) -> Iterator[Prose]:
    """Yield the texts of a block."""
    match block:
        case Heading(text=text) | Paragraph(text=text) | Note(text=text):
            yield text
        case Table():
            yield block.caption
            yield from (column.head for column in block.columns)
            yield from (cell for row in block.rows for cell in row.cells)
            yield block.note
        case Figure():
            return


def quantities(blocks: tuple[Block, ...]) -> Iterator[Quantity]:
    """Yield every quantity that the texts of some blocks write."""
    for block in blocks:
        for prose in proses(block):
            yield from prose.quantities
