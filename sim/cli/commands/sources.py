"""``jobbtorg sources``: every parameter with its passport."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path

from sim.cli.errors import say
from sim.cli.inputs import open_library
from sim.cli.options import Options
from sim.cli.screen import Screen
from sim.parameters import Library, Scenario, SourceRow, describe_sources
from sim.words import Words
from sim.words.numbers import DASH

COLUMNS = ("key", "title", "role", "value", "unit", "kind", "grade", "range", "source")
BASE = "base"
NOT_VALUES = frozenset({"from", "lower", "upper"})
"""Columns of a table that say when a value holds and how far it is believed, not what it is."""


def command(screen: Screen, options: Options) -> Callable[..., None]:
    """The command in the screen's language."""

    def sources(
        text: str | None = options.search,
        as_csv: bool = options.csv,
        parameters: Path | None = options.parameters,
    ) -> None:
        words = screen.words
        library = open_library(parameters)
        described = describe_sources(library, _titles(library, words))
        if as_csv:
            values = library.resolve(BASE).scenario
            lines = [line for row in described for line in _for_programs(row, values)]
            buffer = io.StringIO()
            csv.writer(buffer, lineterminator="\n").writerows([COLUMNS, *_holding(text, lines)])
            screen.line(buffer.getvalue().rstrip("\n"))
            return
        lines = _holding(text, [_for_people(row, words) for row in described])
        head = [words.raw(f"cli.sources.{column}") for column in COLUMNS]
        screen.table("", head, lines, numbers_from=len(head))
        screen.say("sources.count", count=len(lines))

    return sources


def _titles(library: Library, words: Words) -> dict[str, str]:
    """Titles of the parameters that have words; those of another city may have none."""
    keys = {key: f"parameters.{key}.title" for key in library.passports}
    return {key: words.raw(title) for key, title in keys.items() if words.has(title)}


def _holding(text: str | None, lines: list[list[str]]) -> list[list[str]]:
    return [line for line in lines if text is None or text.lower() in " ".join(line).lower()]


def _for_people(row: SourceRow, words: Words) -> list[str]:
    """Numbers as the language writes them; the rows of a table are only counted, sources only named."""
    shown = say(words, "sources.table", rows=row.rows) if row.table else "; ".join(row.value)
    if not row.table and len(row.value) == 1:
        shown = _in_language(row.value[0], words)
    covered = DASH.join("…" if end is None else words.plain(end) for end in row.range) if row.range else ""
    cited = ", ".join(dict.fromkeys(key for key, _, _ in row.sources))
    return [row.key, row.title, row.role, shown, row.unit, row.kind, row.grade, covered, cited]


def _in_language(value: str, words: Words) -> str:
    try:
        return words.plain(float(value))
    except ValueError:
        return value


def _for_programs(row: SourceRow, values: Scenario) -> Iterator[list[str]]:
    """A line for each value, those of tables too, with a point as decimal sign and ranges as ``0.1..0.2``."""
    cited = "; ".join(f"{key} ({place})" if place else key for key, _, place in row.sources)
    before, after = [row.title, row.role], [row.unit, row.kind, row.grade]
    if not row.table:
        yield [row.key, *before, "; ".join(row.value), *after, _ends(*(row.range or (None, None))), cited]
        return
    table = values.table(row.key)
    index = ("from", *table.index) if table.dated else table.index
    for cells in table.rows():
        key = f"{row.key}[{','.join(str(cells[name]) for name in index)}]"
        rest = {name: cell for name, cell in cells.items() if name not in NOT_VALUES.union(table.index)}
        value = "; ".join(str(cell) if name == "value" else f"{name}={cell}" for name, cell in rest.items())
        yield [key, *before, value, *after, _ends(cells.get("lower"), cells.get("upper")), cited]


def _ends(low: object, high: object) -> str:
    if low is None and high is None:
        return ""
    return "..".join("" if end is None else str(end) for end in (low, high))
