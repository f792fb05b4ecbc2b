"""Layers: base values, then overlays one on another, then single settings.

Every value remembers which layer set it, and where in a file it stands.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sim.parameters.passports import Passport
from sim.parameters.problems import Collector, Place, listed, quote
from sim.parameters.reading import Document, parse_yaml
from sim.parameters.scenario import Cell, Scalar
from sim.parameters.tables import Row, domain, read_inline_rows, read_table_file, unknown_word
from sim.parameters.values import BadValueError, Spec, check_value

BASE = "base"
SETTING = "--set"
WILDCARD = "*"


@dataclass(frozen=True)
class Step:
    """One value of a scalar, from its date on (None: always), and who set it where."""

    since: date | None
    value: Scalar
    layer: str
    place: Place


@dataclass(frozen=True)
class State:
    """All values under some layers.

    Attributes
    ----------
    scalars, tables : mapping
        Steps and rows by key.
    touched : mapping of str to str
        By key, the topmost layer that set anything of it.
    layers : tuple of str
        The layers laid, from the bottom up, without the base.
    faulty : frozenset of str
        Keys whose values could not all be read; further checks pass over them.
    """

    scalars: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)
    tables: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    touched: Mapping[str, str] = field(default_factory=dict)
    layers: tuple[str, ...] = ()
    faulty: frozenset[str] = frozenset()

    def with_scalar(self, key: str, steps: tuple[Step, ...], layer: str) -> "State":
        """The state with one scalar set."""
        return replace(self, scalars={**self.scalars, key: steps}, touched={**self.touched, key: layer})

    def with_table(self, key: str, rows: tuple[Row, ...], layer: str) -> "State":
        """The state with one table set."""
        return replace(self, tables={**self.tables, key: rows}, touched={**self.touched, key: layer})

    def with_fault(self, key: str) -> "State":
        """The state with a key that further checks pass over."""
        return replace(self, faulty=self.faulty | {key})

    def level(self, layer: str) -> int:
        """How high a layer lies: 0 for the base."""
        return len(self.layers) - self.layers[::-1].index(layer) if layer in self.layers else 0

    def steps(self, key: str) -> tuple[Step, ...]:
        """Steps of a scalar, by date; none if it isn't there or is faulty."""
        return () if key in self.faulty else self.scalars.get(key, ())

    def rows(self, key: str) -> tuple[Row, ...]:
        """Rows of a table; none if it isn't there or is faulty."""
        return () if key in self.faulty else self.tables.get(key, ())


@dataclass(frozen=True)
class Layer:
    """What one overlay, or one setting, sets.

    Attributes
    ----------
    name : str
        What marks call it.
    document : Document
        Where its ``set:`` mapping stands.
    changes : mapping
        Key or selector to what is set.
    path : tuple
        Path of that mapping in the document.
    folder : Path
        What file names in it are relative to.
    starts : date or None
        The date from which it holds.
    """

    name: str
    document: Document
    changes: Mapping[str, Any]
    path: tuple[object, ...]
    folder: Path
    starts: date | None = None


def read_steps(
    raw: object,
    passport: Passport,
    key: str,
    document: Document,
    path: tuple[object, ...],
    layer: str,
    problems: Collector,
) -> tuple[Step, ...]:
    """A scalar's value, or its values by date.

    Raises
    ------
    BadValueError
        After noting what is wrong.
    """
    spec = Spec.of_scalar(passport)
    place = document.place(*path)
    if not (passport.dated and isinstance(raw, dict)):
        value = check_value(raw, spec, place, key, problems)
        assert value is not None
        return (Step(None, value, layer, place),)
    steps: list[Step] = []
    good = bool(raw)
    if not raw:
        check_value(None, spec, place, key, problems)
    for since, item in raw.items():
        place = document.place(*path, since)
        try:
            day = check_value(since, Spec("date"), place, key, problems)
            assert isinstance(day, date)
            on_the_first(day, place, key, problems)
            if steps and steps[-1].since is not None and day <= steps[-1].since:
                problems.add(
                    "dates-out-of-order",
                    place,
                    key,
                    f"{key}: {day} stands after {steps[-1].since}; dates must rise.",
                    found=day,
                    allowed=f"after {steps[-1].since}",
                )
                raise BadValueError
            value = check_value(item, spec, place, key, problems)
            assert value is not None
            steps.append(Step(day, value, layer, place))
        except BadValueError:
            good = False
    if not good:
        raise BadValueError
    return tuple(steps)


def on_the_first(day: date, place: Place, key: str, problems: Collector) -> None:
    """Everything changes on the 1st of a month.

    Raises
    ------
    BadValueError
        After noting that the date is another.
    """
    if day.day != 1:
        problems.add(
            "not-first-of-month",
            place,
            key,
            f"{key}: {day} is not the 1st of a month; changes fall on the 1st.",
            found=day,
            allowed="the 1st of a month",
        )
        raise BadValueError


# --- laying one layer on a state ---------------------------------------------------------------------------

_SELECTOR = re.compile(r"\s*([^\[\]\s=]+)\s*(?:\[([^\[\]]*)\]\s*)?")


def lay(state: State, layer: Layer, passports: Mapping[str, Passport], problems: Collector) -> State:
    """The state with a layer laid on it.

    Whole tables go first, whatever order they are written in: a cell may then be set for a key that the same
    layer adds.  Faults are noted and passed over.
    """
    state = replace(state, layers=(*state.layers, layer.name))
    parsed = []
    for written in layer.changes:
        place = layer.document.place(*layer.path, written)
        match = _SELECTOR.fullmatch(str(written))
        if match is None:
            problems.add(
                "bad-setting",
                place,
                str(written),
                f"{quote(written)} can't be read as a key, or as a table's key with keys in brackets.",
                found=written,
                allowed="key, or key[a,b]",
            )
            continue
        parsed.append((written, match[1], match[2], place))
    for written, key, words, place in sorted(parsed, key=lambda item: item[2] is not None):
        passport = passports.get(key)
        if passport is None:
            problems.add(
                "unknown-key",
                place,
                key,
                f"There is no parameter {quote(key)}.",
                found=key,
                allowed="a parameter's key",
                known=passports,
            )
            continue
        raw = layer.changes[written]
        change = _Change(key, passport, layer, raw, (*layer.path, written), place, problems)
        try:
            if layer.starts is not None and not (
                passport.dated_table or (passport.dated and not passport.table)
            ):
                problems.add(
                    "not-dated",
                    place,
                    key,
                    f"{key} is not dated, so it can't be set from {layer.starts}. "
                    "Set it in an overlay without from.",
                    found=f"from {layer.starts}",
                    allowed="a dated parameter",
                )
                raise BadValueError
            if words is not None:
                state = change.cells(state, words, passports)
            elif passport.table is not None:
                state = change.table(state)
            else:
                state = change.scalar(state)
        except BadValueError:
            state = state.with_fault(key)
    return state


@dataclass(frozen=True)
class _Change:
    """One entry of a layer."""

    key: str
    passport: Passport
    layer: Layer
    raw: Any
    path: tuple[object, ...]
    place: Place
    problems: Collector

    def refuse(
        self, rule: str, sentence: str, found: object, allowed: str, known: Iterable[str] = ()
    ) -> None:
        self.problems.add(rule, self.place, self.key, sentence, found=found, allowed=allowed, known=known)
        raise BadValueError

    def scalar(self, state: State) -> State:
        starts = self.layer.starts
        steps = read_steps(
            self.raw, self.passport, self.key, self.layer.document, self.path, self.layer.name, self.problems
        )
        if starts is not None:
            early = next((step for step in steps if step.since is not None and step.since < starts), None)
            if early is not None:
                self.before_start(early.since, early.place)
            first = steps[0].since or starts
            steps = tuple(replace(step, since=step.since or starts) for step in steps)
            below = state.scalars.get(self.key, ())
            steps = (*(step for step in below if step.since is None or step.since < first), *steps)
        return state.with_scalar(self.key, steps, self.layer.name)

    def before_start(self, day: date | None, place: Place) -> None:
        self.problems.add(
            "dates-out-of-order",
            place,
            self.key,
            f"{self.key}: {day} stands before {self.layer.starts}, from which the overlay holds.",
            found=day,
            allowed=f"{self.layer.starts} or later",
        )
        raise BadValueError

    # --- whole tables

    def table(self, state: State) -> State:
        raw, below = self.raw, state.tables.get(self.key, ())
        adds = isinstance(raw, dict) and set(raw) == {"add"}
        rows = self.written_rows(raw["add"] if adds else raw, (*self.path, "add") if adds else self.path)
        rows = _with_evidence(rows, below, self.passport)
        starts = self.layer.starts
        if starts is not None:
            early = next((row for row in rows if _since(row) < starts), None)
            if early is not None:
                self.before_start(_since(early), early.place)
        if adds:
            if self.passport.dated_table:
                for since in sorted({_since(row) for row in rows}):
                    below = _cut(below, since)
            index = ("from", *self.passport.index_columns)
            new = {tuple(row.cells.get(name) for name in index) for row in rows}
            kept = [row for row in below if tuple(row.cells.get(name) for name in index) not in new]
            rows = (*kept, *rows)
        elif starts is not None:
            rows = (*(row for row in below if _since(row) < starts), *rows)
        return state.with_table(self.key, rows, self.layer.name)

    def written_rows(self, raw: object, path: tuple[object, ...]) -> tuple[Row, ...]:
        """Rows from a file or from a list in the overlay."""
        layer = self.layer
        if isinstance(raw, dict) and set(raw) == {"file"} and isinstance(raw["file"], str):
            return read_table_file(
                layer.folder / raw["file"],
                self.passport,
                self.key,
                layer.name,
                self.problems,
                starts=layer.starts,
                named=layer.document.place(*path),
            )
        if isinstance(raw, list) and raw:
            return read_inline_rows(
                raw, self.passport, self.key, layer.document, path, layer.name, self.problems, layer.starts
            )
        self.refuse(
            "wrong-shape",
            f"{self.key} is a table: set single rows as {self.key}[{','.join(self.passport.index_columns)}], "
            "or the whole table by a list of rows, or {file: NAME.csv}; {add: …} keeps the other rows.",
            raw if not isinstance(raw, dict | list) else "something else",
            "rows, {file: NAME.csv}, or {add: …}",
        )
        raise AssertionError("unreachable")

    # --- single cells

    def cells(self, state: State, words: str, passports: Mapping[str, Passport]) -> State:
        passport, starts = self.passport, self.layer.starts
        index = passport.index_columns
        if "value" not in passport.columns:
            self.refuse(
                "bad-setting",
                f"{self.key} has no values to be set row by row"
                + ("; set the whole table." if passport.table else "; it is a single value."),
                self.path[-1],
                self.key,
            )
        wanted = [word.strip() for word in words.split(",")]
        if len(wanted) != len(index):
            self.refuse(
                "bad-setting",
                f"A row of {self.key} is selected by {listed(index)}; the brackets hold {len(wanted)} keys.",
                self.path[-1],
                f"{self.key}[{','.join(index)}]",
            )
        for name, word in zip(index, wanted, strict=True):
            self.known_word(state, passports, name, word)
        label = f"{self.key}[{','.join(wanted)}]"
        value = check_value(
            self.raw, Spec.of_column(passport.columns["value"]), self.place, label, self.problems
        )
        rows = state.tables.get(self.key, ())
        if starts is not None:
            rows = _cut(rows, starts)
        changed = tuple(
            replace(row, cells={**row.cells, "value": value}, layer=self.layer.name, place=self.place)
            if _matches(row, index, wanted) and (starts is None or _since(row) >= starts)
            else row
            for row in rows
        )
        if all(old is new for old, new in zip(rows, changed, strict=True)):
            changed = (*rows, *self.new_rows(rows, dict(zip(index, wanted, strict=True)), value))
        return state.with_table(self.key, changed, self.layer.name)

    def known_word(self, state: State, passports: Mapping[str, Passport], name: str, word: str) -> None:
        column = self.passport.columns[name]
        if word == WILDCARD:
            return
        known = domain(column, state.tables, passports)
        if known is None:
            known = tuple(dict.fromkeys(str(row.cells[name]) for row in state.tables.get(self.key, ())))
        if word not in known:
            unknown_word(word, known, column, self.place, f"{self.key}, {name}", self.problems)
            raise BadValueError

    def new_rows(self, rows: tuple[Row, ...], wanted: Mapping[str, str], value: Cell) -> tuple[Row, ...]:
        """Rows for a selector that no row matches: where missing means a number, it says what the row is."""
        if self.passport.missing == "error" or WILDCARD in wanted.values():
            self.refuse(
                "unknown-row",
                f"No row of {self.key} is selected by {listed(wanted.values())}.",
                listed(wanted.values()),
                "keys of a row that exists",
            )
        blank: dict[str, Cell] = dict.fromkeys(self.passport.columns)
        row = Row({**blank, **wanted, "value": value}, self.layer.name, self.place)
        if not self.passport.dated_table:
            return (row,)
        starts = self.layer.starts
        dates = sorted({_since(other) for other in rows if starts is None or _since(other) >= starts})
        if starts is not None and starts not in dates:
            dates.insert(0, starts)
        return tuple(replace(row, cells={**row.cells, "from": since}) for since in dates)


def _since(row: Row) -> date:
    since = row.cells["from"]
    assert isinstance(since, date)
    return since


def _matches(row: Row, index: tuple[str, ...], wanted: list[str]) -> bool:
    return all(
        word == WILDCARD or str(row.cells[name]) == word for name, word in zip(index, wanted, strict=True)
    )


def _cut(rows: tuple[Row, ...], since: date) -> tuple[Row, ...]:
    """The rows with a set of their own from `since`: a copy of the set that holds there."""
    dates = {_since(row) for row in rows}
    before = [day for day in dates if day < since]
    if since in dates or not before:
        return rows
    latest = max(before)
    copies = tuple(replace(row, cells={**row.cells, "from": since}) for row in rows if _since(row) == latest)
    return (*rows, *copies)


def _with_evidence(rows: tuple[Row, ...], below: tuple[Row, ...], passport: Passport) -> tuple[Row, ...]:
    """Rows of an overlay, with the range of evidence of the layer below where they give none."""
    if "lower" not in passport.columns or "upper" not in passport.columns:
        return rows
    index = passport.index_columns
    known = {tuple(row.cells[name] for name in index): row for row in below}
    found = []
    for row in rows:
        same = known.get(tuple(row.cells[name] for name in index))
        if same is not None and row.cells["lower"] is None and row.cells["upper"] is None:
            row = replace(  # noqa: PLW2901
                row, cells={**row.cells, "lower": same.cells["lower"], "upper": same.cells["upper"]}
            )
        found.append(row)
    return tuple(found)


# --- settings ----------------------------------------------------------------------------------------------


def setting_layer(setting: str, number: int, problems: Collector) -> Layer | None:
    """One ``KEY=VALUE`` of the command line as a layer, or None with a problem noted.

    The value is read as in a file: a number, a word, a flag, a date, or ``{date: value, …}``.
    """
    place = Place(SETTING, number)
    key, equals, text = setting.partition("=")
    if not equals or _SELECTOR.fullmatch(key) is None:
        problems.add(
            "bad-setting",
            place,
            key.strip() or setting,
            f"{quote(setting)} is not a setting; write KEY=VALUE or KEY[a,b]=VALUE.",
            found=setting,
            allowed="KEY=VALUE",
        )
        return None
    unread = Collector()
    document = parse_yaml(text.strip(), SETTING, unread)
    if document is None or unread.problems:
        problems.add(
            "bad-setting",
            place,
            key.strip(),
            f"The value in {quote(setting)} can't be read: it is not valid YAML.",
            found=text,
            allowed="a number, a word, a flag, a date, or {date: value}",
        )
        return None
    data = {key.strip(): document.data}
    # a setting has no lines: its number is told instead
    return Layer(SETTING, Document(SETTING, data, MappingProxyType({(): number})), data, (), Path.cwd())
