"""Text, YAML and CSV from disk, with the line of everything, and a sentence instead of a traceback.

YAML is built from ruamel.yaml's events, not from its objects: so every value keeps its line, a key that
stands twice is seen, nothing but plain values is ever made, and a file that is nested without end or blown up
by aliases is refused while it is read.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from sim.parameters.problems import Collector, Place, Problem, quote

LARGEST_FILE = 2_000_000
DEEPEST_NESTING = 12
MOST_ALIASES = 10

Path_ = tuple[object, ...]

_NULL = re.compile(r"~|null|Null|NULL|")
_FLAG = re.compile(r"true|True|TRUE|false|False|FALSE")
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.?(inf|Inf|INF|infinity|Infinity)|\.?(nan|NaN|NAN)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def plain_value(text: str) -> object:
    """Value of an unquoted word: None, flag, integer, float, date, or the text itself.

    YAML 1.2's rules (``no`` and ``on`` are words), and dates beside.  A text that looks like a date but is no
    day of the calendar stays text: whoever expects a date says what is wrong with it.
    """
    if _NULL.fullmatch(text):
        return None
    if _FLAG.fullmatch(text):
        return text.lower() == "true"
    if _INTEGER.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text):
        return float(text)
    if _NOT_FINITE.fullmatch(text):
        return float(text.replace(".", ""))
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    return text


def shown(path: Path) -> str:
    """A path as people are shown it: relative where it lies below the working folder, with slashes."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()


@dataclass(frozen=True)
class Document:
    """What a YAML file holds, as plain values, and the line of each.

    Attributes
    ----------
    file : str
        The file as it is shown.
    data : object
        Nested dict, list and single values; keys are text, or dates where a key is written as a date.
    lines : mapping
        Line (from 1) by path of keys and list positions.
    """

    file: str
    data: Any
    lines: Mapping[Path_, int] = field(default_factory=dict)

    def place(self, *path: object) -> Place:
        """Where a value stands; for a path that does not exist, where its nearest parent stands."""
        for length in range(len(path), -1, -1):
            line = self.lines.get(path[:length])
            if line is not None:
                return Place(self.file, line)
        return Place(self.file, 1)


def read_text(path: Path, problems: Collector) -> str | None:
    """A text file's content, or None with a problem noted."""
    file = shown(path)
    place = Place(file)
    try:
        with path.open("rb") as stream:
            raw = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        problems.add(
            "unreadable-file",
            place,
            file,
            f"The file can't be read: {reason}.",
            found=reason,
            allowed="a readable file",
        )
        return None
    if len(raw) > LARGEST_FILE:
        problems.add(
            "too-large",
            place,
            file,
            f"The file is larger than {LARGEST_FILE // 1_000_000} MB, which no parameter file needs to be.",
            found=f"more than {LARGEST_FILE} bytes",
            allowed=f"at most {LARGEST_FILE} bytes",
        )
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        problems.add(
            "unreadable-file",
            Place(file, line),
            file,
            "The file is not UTF-8 text; save it as UTF-8.",
            found="other bytes",
            allowed="UTF-8 text",
        )
        return None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        problems.add(
            "unreadable-file",
            Place(file, line),
            file,
            "The file holds a zero byte: it is not a text file.",
            found="a zero byte",
            allowed="UTF-8 text",
        )
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n")


# --- YAML --------------------------------------------------------------------------------------------------


class _RefusedError(Exception):
    """The rest of the file isn't worth reading; the problem is already noted."""


_UNSET = object()


@dataclass
class _Open:
    """A mapping or list whose end has not been read yet."""

    value: dict[object, object] | list[object]
    path: Path_
    anchor: str | None
    key: object = _UNSET
    refused: bool = False


class _Builder:
    """Plain values from a stream of events; an explicit stack, so depth costs no recursion."""

    def __init__(self, file: str, problems: Collector) -> None:
        self.file = file
        self.problems = problems
        self.root: object = None
        self.documents = 0
        self.lines: dict[Path_, int] = {}
        self.stack: list[_Open] = []
        self.anchors: dict[str, object] = {}
        self.aliases = 0

    def refuse(self, rule: str, line: int, sentence: str, found: object, allowed: str) -> None:
        self.problems.add(rule, Place(self.file, line), self.file, sentence, found=found, allowed=allowed)
        raise _RefusedError

    def take(self, event: Any) -> None:
        line = event.start_mark.line + 1
        match event:
            case DocumentStartEvent():
                self.documents += 1
                if self.documents > 1:
                    self.refuse(
                        "bad-yaml",
                        line,
                        "The file holds a second YAML document; only one is read.",
                        "---",
                        "one document",
                    )
            case MappingStartEvent():
                self.open({}, event, line)
            case SequenceStartEvent():
                self.open([], event, line)
            case MappingEndEvent() | SequenceEndEvent():
                done = self.stack.pop()
                if done.anchor:
                    self.anchors[done.anchor] = done.value
            case ScalarEvent():
                self.scalar(event, line)
            case AliasEvent():
                self.alias(event, line)
            case DocumentEndEvent() | _:
                pass

    def open(self, value: dict[object, object] | list[object], event: Any, line: int) -> None:
        self.no_tag(event, line)
        if len(self.stack) >= DEEPEST_NESTING:
            self.refuse(
                "too-deep",
                line,
                f"The file is nested deeper than {DEEPEST_NESTING} levels.",
                f"level {len(self.stack) + 1}",
                f"at most {DEEPEST_NESTING} levels",
            )
        path = self.put(value, line)
        self.stack.append(_Open(value, path, event.anchor))

    def scalar(self, event: Any, line: int) -> None:
        self.no_tag(event, line)
        value = plain_value(event.value) if event.style is None else event.value
        if event.anchor:
            self.anchors[event.anchor] = value
        top = self.stack[-1] if self.stack else None
        if top is not None and isinstance(top.value, dict) and top.key is _UNSET:
            # a key is text whatever it looks like (16, no, true), but for a date
            self.key(top, value if isinstance(value, date) else event.value, line)
        else:
            self.put(value, line)

    def key(self, top: _Open, key: object, line: int) -> None:
        assert isinstance(top.value, dict)
        if key in top.value:
            first = self.lines[(*top.path, key)]
            self.problems.add(
                "duplicate-key",
                Place(self.file, line),
                str(key),
                f"{quote(key)} stands twice in the same mapping, first on line {first}.",
                found=key,
                allowed="each key once",
            )
            top.refused = True
        else:
            self.lines[(*top.path, key)] = line
        top.key = key

    def alias(self, event: Any, line: int) -> None:
        self.aliases += 1
        if self.aliases > MOST_ALIASES:
            self.refuse(
                "too-many-aliases",
                line,
                f"The file repeats values by alias more than {MOST_ALIASES} times.",
                f"alias number {self.aliases}",
                f"at most {MOST_ALIASES} aliases",
            )
        if event.anchor not in self.anchors:
            self.refuse(
                "bad-yaml",
                line,
                f"The alias *{quote(event.anchor)} names nothing that stands before it.",
                f"*{event.anchor}",
                "an anchor that stands before",
            )
        value = self.anchors[event.anchor]
        top = self.stack[-1]
        if isinstance(top.value, dict) and top.key is _UNSET:
            if isinstance(value, dict | list):
                self.not_a_key(line)
            self.key(top, value if isinstance(value, date) else str(value), line)
        else:
            self.put(value, line)

    def put(self, value: object, line: int) -> Path_:
        """Place a value in the innermost open mapping or list; returns its path."""
        if not self.stack:
            self.root = value
            self.lines[()] = line
            return ()
        top = self.stack[-1]
        if isinstance(top.value, list):
            path = (*top.path, len(top.value))
            self.lines[path] = line
            top.value.append(value)
            return path
        if top.key is _UNSET:
            self.not_a_key(line)
        path = (*top.path, top.key)
        if top.refused:
            # the second value of a key: read on for further faults, but keep the first
            path = (*top.path, top.key, "second")
            top.refused = False
        else:
            top.value[top.key] = value
        top.key = _UNSET
        return path

    def not_a_key(self, line: int) -> None:
        self.refuse(
            "bad-yaml",
            line,
            "A key must be a single word; here a whole mapping or list stands as a key.",
            "a mapping or list",
            "a word",
        )

    def no_tag(self, event: Any, line: int) -> None:
        if event.tag is not None and event.tag != "!":
            self.refuse(
                "bad-yaml",
                line,
                f"The tag {quote(event.tag)} asks for another type; only plain values are read.",
                event.tag,
                "plain values",
            )


def parse_yaml(text: str, file: str, problems: Collector) -> Document | None:
    """A YAML text as a `Document`, or None with problems noted.

    A key that stands twice is noted, and the rest is read on with the first value. A text that was read
    before gives the same document again: nobody changes what a document holds.
    """
    document, noted = _parsed(text, file)
    problems.problems.extend(noted)
    return document


# A city's files are read again and again while a program lives, and parsing is four fifths of a load.
@lru_cache(maxsize=128)
def _parsed(text: str, file: str) -> tuple[Document | None, tuple[Problem, ...]]:
    problems = Collector()
    document = _parse(text, file, problems)
    return document, tuple(problems)


def _parse(text: str, file: str, problems: Collector) -> Document | None:
    builder = _Builder(file, problems)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except _RefusedError:
        return None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if mark and error.context_mark and mark.line >= len(text.splitlines()):
            # something that never ends is noticed at the file's end; people look for where it begins
            mark = error.context_mark
        line = mark.line + 1 if mark else None
        reason = quote(error.problem or error.context or "it can't be read")
        _bad_yaml(file, line, reason, problems)
        return None
    except (
        Exception
    ) as error:  # whatever a parser stumbles over in a file that isn't YAML, people get a sentence
        _bad_yaml(file, None, quote(error), problems)
        return None
    return Document(file, builder.root, builder.lines)


def _bad_yaml(file: str, line: int | None, reason: str, problems: Collector) -> None:
    problems.add(
        "bad-yaml",
        Place(file, line),
        file,
        f"The file is not valid YAML: {reason}.",
        found=reason,
        allowed="valid YAML",
    )


def read_yaml(path: Path, problems: Collector) -> Document | None:
    """A YAML file as a `Document`, or None with problems noted."""
    text = read_text(path, problems)
    return None if text is None else parse_yaml(text, shown(path), problems)


# --- CSV ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CsvTable:
    """A table as text: its header line and its rows, each with the line that it starts on."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read_csv(path: Path, problems: Collector) -> CsvTable | None:
    """A tidy CSV file (UTF-8, commas, header line), or None with problems noted."""
    text = read_text(path, problems)
    if text is None:
        return None
    file = shown(path)
    before = len(problems.problems)
    lines = _numbered(text, file, problems)
    header = next(lines, None)
    if header is None:
        if len(problems.problems) == before:
            problems.add(
                "missing-column",
                Place(file, 1),
                file,
                "The table is empty: it has no header line.",
                found="an empty file",
                allowed="a header line",
            )
        return None
    columns = tuple(cell.strip() for cell in header[1])
    if len(columns) == 1 and (";" in columns[0] or "\t" in columns[0]):
        problems.add(
            "wrong-separator",
            Place(file, header[0]),
            file,
            "The columns are separated by something else than commas; save the table with commas.",
            found=columns[0],
            allowed="commas",
        )
        return None
    rows = []
    for line, cells in lines:
        if len(cells) != len(columns):
            problems.add(
                "bad-row",
                Place(file, line),
                file,
                f"The row has {len(cells)} cells, but the header line has {len(columns)} columns.",
                found=f"{len(cells)} cells",
                allowed=f"{len(columns)} cells",
            )
            continue
        rows.append((line, tuple(cell.strip() for cell in cells)))
    if len(problems.problems) != before:
        return None
    return CsvTable(file, columns, tuple(rows))


def _numbered(text: str, file: str, problems: Collector) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line that they start on; blank lines are skipped."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        problems.add(
            "bad-row",
            Place(file, line),
            file,
            f"The row can't be read as CSV: {quote(error)}.",
            found=str(error),
            allowed="comma-separated cells",
        )
