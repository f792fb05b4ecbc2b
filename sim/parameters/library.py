"""A folder of parameters: passports, base values, sources and scenarios, and what a scenario resolves to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

from pydantic import ValidationError

from sim.parameters.layering import BASE, Layer, State, lay, read_steps, setting_layer
from sim.parameters.meaning import END, START, check_meaning, months_of
from sim.parameters.passports import (
    Header,
    Passport,
    Source,
    check_citations,
    check_schema,
    read_passports,
    read_sources,
    tell,
)
from sim.parameters.problems import Collector, Place, Problem, listed, quote
from sim.parameters.reading import Document, read_yaml, shown
from sim.parameters.scenario import Cell, Scenario, Steps, Table, Value
from sim.parameters.tables import Row, check_tables, domain, read_table_file, row_index
from sim.parameters.values import BadValueError
from sim.places import PARAMETERS

STACK = "+"


@dataclass(frozen=True)
class Overlay:
    """A scenario file: its header, and what it sets.

    Attributes
    ----------
    name : str
        The file's name without its ending.
    title, author, date, baseline : str, str, date, str
        Its header; an empty baseline means the base values.
    starts : date or None
        The date from which it holds.
    layer : Layer
        What it sets.
    """

    name: str
    title: str
    author: str
    date: date
    baseline: str
    starts: "date | None"
    layer: Layer

    @property
    def place(self) -> Place:
        """Where its header's ``from`` stands."""
        return self.layer.document.place("from")


@dataclass(frozen=True)
class Resolved:
    """A scenario and where its values come from.

    Attributes
    ----------
    scenario : Scenario
        The frozen values.
    marks : mapping of str to str
        By key, the topmost layer that set it: ``base``, an overlay's name, or ``--set``. Where the rows of a table
        or the steps of a dated value were set by several layers, also by ``key[a,b]`` (in a dated table
        ``key[DATE,a,b]``) and ``key[DATE]``.
    warnings : tuple of Problem
        Values outside the range that evidence covers, and values without effect; all are kept.
    """

    scenario: Scenario
    marks: Mapping[str, str]
    warnings: tuple[Problem, ...]

    @property
    def outside_evidence(self) -> tuple[str, ...]:
        """Keys of the values outside the range that evidence covers."""
        return tuple(item.key for item in self.warnings if item.rule == "outside-evidence")


@dataclass(frozen=True)
class Library:
    """What one folder of parameters holds.

    Attributes
    ----------
    folder : Path
        The folder.
    passports, sources : mapping
        By key, in the order of the files.
    scenario_names : tuple of str
        The scenarios in the folder, by name.
    base : State
        The base values.
    """

    folder: Path
    passports: Mapping[str, Passport]
    sources: Mapping[str, Source]
    scenario_names: tuple[str, ...]
    base: State

    def overlay(self, name: str | Path) -> Overlay:
        """A scenario file by name, or by its path; raises `InputErrors`."""
        problems = Collector()
        overlay = self._overlay(name, None, problems)
        problems.raise_errors()
        assert overlay is not None
        return overlay

    def resolve(self, name: str | Path, settings: Iterable[str] = ()) -> Resolved:
        """A scenario with all layers laid.

        Parameters
        ----------
        name : str or Path
            A scenario's name, the path of an overlay file (ending in .yaml), or several of either joined by ``+``,
            each laid on those before it. ``base`` means the base values.
        settings : iterable of str
            ``KEY=VALUE``, laid on top in their order.

        Raises
        ------
        InputErrors
            With everything that is wrong, all at once.
        """
        problems = Collector()
        resolved = self.try_resolve(name, settings, problems)
        problems.raise_errors()
        assert resolved is not None
        return resolved

    def try_resolve(
        self, name: str | Path, settings: Iterable[str], problems: Collector
    ) -> Resolved | None:
        """As `resolve`, but with problems noted instead of raised."""
        state = self.base
        starts: dict[str, tuple[date, Place]] = {}
        before = len(problems.errors)
        for overlay in self._chain(name, problems):
            state = lay(state, overlay.layer, self.passports, problems)
            if overlay.starts is not None:
                starts[overlay.name] = (overlay.starts, overlay.place)
        for number, setting in enumerate(settings, start=1):
            layer = setting_layer(setting, number, problems)
            if layer is not None:
                state = lay(state, layer, self.passports, problems)
        period = check_state(state, self.passports, starts, problems)
        if period is None or len(problems.errors) > before:
            return None
        start, end = period
        scenario = Scenario(_title(name), start, months_of(start, end), frozen_values(state, self.passports))
        return Resolved(scenario, MappingProxyType(_marks(state, self.passports)), problems.warnings)

    def _chain(self, name: str | Path, problems: Collector) -> list[Overlay]:
        """Overlays from the bottom up."""
        first, *stacked = _parts(name)
        chain: list[Overlay] = []
        asked: str | Path = first
        below: Overlay | None = None
        while asked != BASE and asked != "":
            overlay = self._overlay(asked, below, problems)
            if overlay is None:
                break
            # the same file may be met by name and by path
            if any(overlay.layer.document.file == other.layer.document.file for other in chain):
                assert below is not None
                problems.add(
                    "baseline-cycle", below.layer.document.place("baseline"), "baseline",
                    f"The baselines of {below.name} come round to {overlay.name} again.",
                    found=overlay.name, allowed="a chain that ends at the base values",
                )  # fmt: skip
                break
            chain.insert(0, overlay)
            asked, below = overlay.baseline, overlay
        for part in stacked:
            overlay = self._overlay(part, None, problems)
            if overlay is not None:
                chain.append(overlay)
        return chain

    def _overlay(self, name: str | Path, below: Overlay | None, problems: Collector) -> Overlay | None:
        """A scenario file; `below` is the overlay whose baseline it is, if it is one."""
        if is_file_name(name):
            return read_overlay(Path(name), problems)
        if name in self.scenario_names:
            return read_overlay(self.folder / "scenarios" / f"{name}.yaml", problems)
        known = (*self.scenario_names, BASE)
        if below is None:
            problems.add(
                "unknown-scenario", Place(""), str(name), f"There is no scenario {quote(name)}.",
                found=name, allowed=listed(known), known=known,
            )  # fmt: skip
        else:
            problems.add(
                "unknown-baseline", below.layer.document.place("baseline"), "baseline",
                f"There is no scenario {quote(name)} to be the baseline of {below.name}.",
                found=name, allowed=f'{listed(self.scenario_names)}, or "" for the base values', known=known,
            )  # fmt: skip
        return None


def is_file_name(name: str | Path) -> bool:
    """Whether a scenario is asked for by its file."""
    return isinstance(name, Path) or name.endswith((".yaml", ".yml"))


def _parts(name: str | Path) -> list[str | Path]:
    if isinstance(name, Path) or Path(name).is_file():
        return [Path(name)]
    return [part.strip() for part in name.split(STACK)]


def _title(name: str | Path) -> str:
    return STACK.join(Path(part).stem if is_file_name(part) else str(part) for part in _parts(name))


# --- reading -----------------------------------------------------------------------------------------------


def read_overlay(path: Path, problems: Collector) -> Overlay | None:
    """An overlay from its file, or None with problems noted."""
    document = read_yaml(path, problems)
    return None if document is None else overlay_of(document, path, problems)


def overlay_of(document: Document, path: Path, problems: Collector) -> Overlay | None:
    """An overlay from a file that is read, or None with problems noted."""
    if not isinstance(document.data, dict):
        problems.add(
            "wrong-shape", document.place(), shown(path),
            "An overlay is a mapping: title, author, date, baseline, schema, set.",
            found="something else", allowed="a mapping",
        )  # fmt: skip
        return None
    try:
        header = Header.model_validate(document.data)
    except ValidationError as error:
        tell(error, Header, document, (), document.file, problems)
        return None
    if header.starts is not None and header.starts.day != 1:
        problems.add(
            "not-first-of-month", document.place("from"), "from",
            f"from: {header.starts} is not the 1st of a month; changes fall on the 1st.",
            found=header.starts, allowed="the 1st of a month",
        )  # fmt: skip
        return None
    changes = document.data.get("set") or {}
    layer = Layer(path.stem, document, changes, ("set",), path.parent, header.starts)
    return Overlay(path.stem, header.title, header.author, header.date, header.baseline, header.starts, layer)


def load_library(folder: Path | None = None) -> Library:
    """The parameters in a folder, by default those that are shipped.

    Raises
    ------
    InputErrors
        With everything that is wrong with passports, base values and sources, all at once.  Scenario files are
        read when they are resolved; `check_files` reads all.
    """
    problems = Collector()
    library = try_load_library(PARAMETERS if folder is None else folder, problems)
    problems.raise_errors()
    return library


def try_load_library(folder: Path, problems: Collector) -> Library:
    """As `load_library`, but with problems noted instead of raised."""
    sources_file = read_yaml(folder / "sources.yaml", problems)
    sources = read_sources(sources_file, problems) if sources_file is not None else {}
    passports: dict[str, Passport] = {}
    places: dict[str, Document] = {}
    for path in sorted((folder / "passports").glob("*.yaml")):
        document = read_yaml(path, problems)
        if document is None:
            continue
        for key, passport in read_passports(document, problems).items():
            if key in passports:
                problems.add(
                    "duplicate-key", document.place("parameters", key), key,
                    f"{key} has a passport already, in {places[key].file}.", found=key, allowed="one passport a key",
                )  # fmt: skip
                continue
            passports[key], places[key] = passport, document
    if sources_file is not None:
        check_citations(passports, places, sources, problems)
    whole = not problems.errors
    state = base_state(folder, passports, places, problems)
    if whole:
        # with a passport or two missing, the rest would only be told of what it lacks
        _check_domains(passports, places, problems)
        _check_period_is_there(folder, passports, problems)
        check_state(state, passports, {}, problems)
    names = tuple(sorted(path.stem for path in (folder / "scenarios").glob("*.yaml")))
    return Library(folder, MappingProxyType(passports), MappingProxyType(sources), names, state)


def base_state(
    folder: Path, passports: Mapping[str, Passport], places: Mapping[str, Document], problems: Collector
) -> State:
    """The base values of all passports."""
    state = State()
    for key, passport in passports.items():
        document = places[key]
        try:
            if passport.table is None:
                path = ("parameters", key, "value")
                steps = read_steps(passport.value, passport, key, document, path, BASE, problems)
                state = state.with_scalar(key, steps, BASE)
            else:
                rows = read_table_file(folder / "tables" / passport.table, passport, key, BASE, problems)
                state = state.with_table(key, rows, BASE)
        except BadValueError:
            state = state.with_fault(key)
    return state


def _check_domains(
    passports: Mapping[str, Passport], places: Mapping[str, Document], problems: Collector
) -> None:
    tables = [key for key, passport in passports.items() if passport.table]
    for key, passport in passports.items():
        for name, column in passport.columns.items():
            if column.of is not None and column.of not in tables:
                place = places[key].place("parameters", key, "columns", name, "of")
                problems.add(
                    "unknown-key", place, key, f"{key}, {name}: there is no table {quote(column.of)}.",
                    found=column.of, allowed="a table's key", known=tables,
                )  # fmt: skip


def _check_period_is_there(folder: Path, passports: Mapping[str, Passport], problems: Collector) -> None:
    for key in (START, END):
        if key not in passports:
            problems.add(
                "missing-parameter", Place(shown(folder)), key, f"There is no passport for {key}, which every run needs.",
                found="nothing", allowed=key,
            )  # fmt: skip


# --- checking and freezing ---------------------------------------------------------------------------------


def check_state(
    state: State, passports: Mapping[str, Passport], starts: Mapping[str, tuple[date, Place]], problems: Collector
) -> tuple[date, date] | None:
    """Everything that must hold between values; returns the period if it is good."""
    faulty = check_tables(state.tables, state.faulty, passports, problems)
    return check_meaning(replace(state, faulty=faulty), passports, starts, problems)


def frozen_values(state: State, passports: Mapping[str, Passport]) -> dict[str, Value]:
    """All values as a `Scenario` holds them."""
    values: dict[str, Value] = {}
    for key, steps in state.scalars.items():
        passport = passports[key]
        if passport.dated:
            values[key] = Steps(
                tuple(step.since for step in steps), tuple(step.value for step in steps), passport.outside == "hold"
            )
        else:
            values[key] = steps[-1].value
    for key, rows in state.tables.items():
        passport = passports[key]
        ordered = _in_order(rows, passport, state.tables, passports)
        values[key] = Table(
            {name: tuple(row.cells[name] for row in ordered) for name in passport.columns},
            passport.index_columns,
            passport.dated_table,
            passport.missing == "zero",
            passport.outside == "hold",
        )
    return values


def _in_order(
    rows: tuple[Row, ...], passport: Passport, tables: Mapping[str, tuple[Row, ...]],
    passports: Mapping[str, Passport],
) -> list[Row]:  # fmt: skip
    """Rows by date, then by the order of the keys that their columns point to; else as they are written."""
    if "order" in passport.columns:
        return sorted(rows, key=lambda row: float(str(row.cells["order"])))
    ranks: list[tuple[str, Mapping[Cell, int]]] = []
    for name in passport.index_columns:
        known = domain(passport.columns[name], tables, passports)
        if known is None:
            known = tuple(dict.fromkeys(row.cells[name] for row in rows))  # type: ignore[arg-type]
        ranks.append((name, {word: rank for rank, word in enumerate(known)}))

    def place(row: Row) -> tuple[str, tuple[int, ...]]:
        since = str(row.cells["from"]) if passport.dated_table else ""
        return since, tuple(rank[row.cells[name]] for name, rank in ranks)

    return sorted(rows, key=place)


def _marks(state: State, passports: Mapping[str, Passport]) -> dict[str, str]:
    """The layer of every key, and of each part of it where its parts are of several layers."""
    marks = dict(state.touched)
    for key, steps in state.scalars.items():
        if len({step.layer for step in steps}) > 1:
            marks |= {f"{key}[{step.since or ''}]": step.layer for step in steps}
    for key, rows in state.tables.items():
        if len({row.layer for row in rows}) > 1:
            index = row_index(passports[key])
            marks |= {f"{key}[{','.join(str(row.cells[name]) for name in index)}]": row.layer for row in rows}
    return marks

