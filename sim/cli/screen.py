"""What the command line writes on: results on standard output, all else on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.box import SIMPLE_HEAD
from rich.console import Console, JustifyMethod
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from sim.cli.errors import say
from sim.words import Words

PIPED_WIDTH = 160
"""Columns to use where nobody knows how wide the reader's window is."""


class Screen:
    """Standard output and standard error, in one language.

    Colours are left out where ``NO_COLOR`` is set or the reader is a file or a program; progress is shown to
    people only.

    Attributes
    ----------
    words : Words
        The language.
    asked : tuple of str
        The languages that were asked for by name, if any.
    """

    def __init__(self, words: Words, asked: tuple[str, ...] = ()) -> None:
        self.words = words
        self.asked = asked
        self._out = _console(stderr=False)
        self._err = _console(stderr=True)

    def say(self, key: str, /, **values: object) -> None:
        """Write a sentence of the command line's words to standard output."""
        self.line(say(self.words, key, **values))

    def line(self, text: str = "") -> None:
        """Write a line to standard output."""
        self._out.print(Text(text), soft_wrap=True)

    def complain(self, text: str) -> None:
        """Write a line to standard error."""
        self._err.print(Text(text), soft_wrap=True)

    def table(
        self, title: str, head: Sequence[str], rows: Iterable[Sequence[str]], numbers_from: int = 1
    ) -> None:
        """Write a table; columns from `numbers_from` on are set to the right."""
        table = Table(box=SIMPLE_HEAD, title=Text(title), title_justify="left", title_style="bold")
        for number, name in enumerate(head):
            justify: JustifyMethod = "right" if number >= numbers_from else "left"
            table.add_column(Text(name), justify=justify, overflow="fold", no_wrap=number == 0)
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        self._out.print(table)

    @contextmanager
    def bars(self) -> Iterator[Progress | None]:
        """Bars that vanish when done; None when no person is watching."""
        if not self._err.is_terminal:
            yield None
            return
        parts = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*parts, console=self._err, transient=True) as bars:
            yield bars

    @contextmanager
    def progress(self) -> Iterator[Callable[[int, int], None] | None]:
        """Something to call with runs done and runs in all; None when no person is watching."""
        with self.bars() as bars:
            if bars is None:
                yield None
                return
            task = bars.add_task(say(self.words, "progress.runs"), total=None)
            yield lambda done, total: bars.update(task, completed=done, total=total)


def use_utf8() -> None:
    """Write UTF-8 whatever the system's own encoding; no letter that can't be written ends the program."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def _console(stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = max(console.width, PIPED_WIDTH)
    return console
