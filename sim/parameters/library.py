"""A folder of parameters: passports, base values, sources and scenarios, and what a scenario resolves to."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sim.parameters.cities import (
    CITY,
    SHIPPED,
    City,
    check_city_citations,
    city_layer,
    is_parameter_folder,
    read_city,
    with_stated,
)
from sim.parameters.freezing import frozen_values, marks_of
from sim.parameters.layering import BASE, State, lay, read_steps, setting_layer
from sim.parameters.meaning import END, START, check_meaning, months_of
from sim.parameters.overlays import STACK, Overlay, read_overlay
from sim.parameters.passports import (
    Passport,
    Source,
    check_citations,
    keys_written,
    read_passports,
    read_sources,
)
from sim.parameters.problems import Collector, Place, Problem, listed, quote
from sim.parameters.reading import Document, read_yaml, shown
from sim.parameters.scenario import Scenario
from sim.parameters.tables import check_tables, read_table_file
from sim.parameters.values import BadValueError
from sim.places import PARAMETERS

SCENARIOS, STRUCTURES = "scenarios", "structures"


@dataclass(frozen=True)
class Resolved:
    """A scenario and where its values come from.

    Attributes
    ----------
    scenario : Scenario
        The frozen values.
    marks : mapping of str to str
        By key, the topmost layer that set it: ``base``, an overlay's name, or ``--set``. Where the rows of a
        table or the steps of a dated value were set by several layers, also by ``key[a,b]`` (in a dated
        table ``key[DATE,a,b]``) and ``key[DATE]``.
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
    structure_names : tuple of str
        The structural alternatives in the folder, by name: overlays to be laid on any scenario.
    base : State
        The base values.
    based_on : Library or None
        The folder that this one states its differences from; its scenarios are here as well.
    title : str
        What such a folder calls itself: the city's name; empty for the others.
    """

    folder: Path
    passports: Mapping[str, Passport]
    sources: Mapping[str, Source]
    scenario_names: tuple[str, ...]
    structure_names: tuple[str, ...]
    base: State
    based_on: "Library | None" = None
    title: str = ""

    def group(self, key: str) -> str:
        """What a parameter is moved together with: its passport's group, else the first part of its key."""
        return self.passports[key].group or key.partition(".")[0]

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
            A scenario's name, the path of an overlay file (ending in .yaml), or several of either joined by
            ``+``, each laid on those before it. ``base`` means the base values.
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

    def try_resolve(self, name: str | Path, settings: Iterable[str], problems: Collector) -> Resolved | None:
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
        return Resolved(scenario, MappingProxyType(marks_of(state, self.passports)), problems.warnings)

    def _chain(self, name: str | Path, problems: Collector) -> list[Overlay]:
        """Overlays from the bottom up."""
        first, *stacked = _parts(name)
        chain: list[Overlay] = []
        asked: str | Path = first
        below: Overlay | None = None
        while asked not in (BASE, ""):
            overlay = self._overlay(asked, below, problems)
            if overlay is None:
                break
            # the same file may be met by name and by path
            if any(overlay.layer.document.file == other.layer.document.file for other in chain):
                assert below is not None
                problems.add(
                    "baseline-cycle",
                    below.layer.document.place("baseline"),
                    "baseline",
                    f"The baselines of {below.name} come round to {overlay.name} again.",
                    found=overlay.name,
                    allowed="a chain that ends at the base values",
                )
                break
            chain.insert(0, overlay)
            asked, below = overlay.baseline, overlay
        for part in stacked:
            overlay = self._overlay(part, None, problems)
            if overlay is not None:
                chain.append(overlay)
        return chain

    def _file(self, home: str, name: str) -> Path:
        """Where a scenario's file is: in this folder, else in the one that it is based on."""
        own = self.folder / home / name
        return own if self.based_on is None or own.is_file() else self.based_on._file(home, name)

    def _overlay(self, name: str | Path, below: Overlay | None, problems: Collector) -> Overlay | None:
        """A scenario file; `below` is the overlay whose baseline it is, if it is one."""
        if is_file_name(name):
            return read_overlay(Path(name), problems)
        for names, home in ((self.scenario_names, SCENARIOS), (self.structure_names, STRUCTURES)):
            if name in names:
                return read_overlay(self._file(home, f"{name}.yaml"), problems)
        known = (*self.scenario_names, BASE, *self.structure_names)
        if below is None:
            problems.add(
                "unknown-scenario",
                Place(""),
                str(name),
                f"There is no scenario {quote(name)}.",
                found=name,
                allowed=listed(known),
                known=known,
            )
        else:
            problems.add(
                "unknown-baseline",
                below.layer.document.place("baseline"),
                "baseline",
                f"There is no scenario {quote(name)} to be the baseline of {below.name}.",
                found=name,
                allowed=f'{listed(self.scenario_names)}, or "" for the base values',
                known=known,
            )
        return None


def _based_on(
    folder: Path, document: Document, city: City, problems: Collector, above: tuple[Path, ...]
) -> Library | None:
    """The library of the folder that a city is based on, or None with a problem noted."""
    below = city.folder(folder)
    chain = (*above, folder.resolve())
    if below in chain:
        rule, sentence = "baseline-cycle", f"{folder.name} is based on itself, by way of {quote(below.name)}."
    elif not is_parameter_folder(below):
        rule, sentence = "unknown-baseline", f"{quote(city.based_on)} is no folder of parameters."
    else:
        return try_load_library(below, problems, chain)
    allowed = f"{SHIPPED}, or another folder of parameters"
    place = document.place("based_on")
    problems.add(rule, place, "based_on", sentence, found=city.based_on, allowed=allowed)
    return None


def _try_load_city(folder: Path, problems: Collector, above: tuple[Path, ...]) -> Library:
    """The parameters of a folder that states its differences from another."""
    document = read_yaml(folder / CITY, problems)
    city = read_city(document, problems) if document is not None else None
    below = None
    if document is not None and city is not None:
        below = _based_on(folder, document, city, problems, above)
    names, structures = _overlay_names(folder, problems)
    if document is None or city is None or below is None:
        empty: Mapping[str, Any] = MappingProxyType({})
        return Library(folder, empty, empty, names, structures, State())
    sources = dict(below.sources)
    if (folder / "sources.yaml").is_file():
        own = read_yaml(folder / "sources.yaml", problems)
        sources |= read_sources(own, problems) if own is not None else {}
    check_city_citations(city, document, sources, problems)
    layer = city_layer(city, folder, document, below.passports)
    state = lay(below.base, layer, below.passports, problems)
    stated = {key for key, name in state.touched.items() if name == layer.name}
    passports = with_stated(below.passports, stated, city)
    # what the city states is its base, not a layer that must have an effect
    state = replace(state, layers=(), touched=dict.fromkeys(state.touched, BASE))
    check_state(state, passports, {}, problems)
    return Library(
        folder,
        MappingProxyType(passports),
        MappingProxyType(sources),
        tuple(sorted({*names, *below.scenario_names})),
        tuple(sorted({*structures, *below.structure_names})),
        state,
        below,
        city.title,
    )


def is_file_name(name: str | Path) -> bool:
    """Whether a scenario is asked for by its file."""
    return isinstance(name, Path) or name.endswith((".yaml", ".yml"))


def _parts(name: str | Path) -> list[str | Path]:
    if isinstance(name, Path) or Path(name).is_file():
        return [Path(name)]
    return [part.strip() for part in name.split(STACK)]


def _title(name: str | Path) -> str:
    return STACK.join(Path(part).stem if is_file_name(part) else str(part) for part in _parts(name))


def load_library(folder: Path | None = None) -> Library:
    """The parameters in a folder, by default those that are shipped.

    Raises
    ------
    InputErrors
        With everything that is wrong with passports, base values and sources, all at once.  Scenario files
        are read when they are resolved; `check_files` reads all.
    """
    problems = Collector()
    library = try_load_library(PARAMETERS if folder is None else folder, problems)
    problems.raise_errors()
    return library


def try_load_library(folder: Path, problems: Collector, above: tuple[Path, ...] = ()) -> Library:
    """As `load_library`, but with problems noted instead of raised.

    `above` are the folders that state their differences from this one.
    """
    if (folder / CITY).is_file():
        return _try_load_city(folder, problems, above)
    sources_file = read_yaml(folder / "sources.yaml", problems)
    sources = read_sources(sources_file, problems) if sources_file is not None else {}
    passports: dict[str, Passport] = {}
    places: dict[str, Document] = {}
    written: set[str] = set()
    for path in sorted((folder / "passports").glob("*.yaml")):
        document = read_yaml(path, problems)
        if document is None:
            continue
        written |= keys_written(document)
        for key, passport in read_passports(document, problems).items():
            if key in passports:
                problems.add(
                    "duplicate-key",
                    document.place("parameters", key),
                    key,
                    f"{key} has a passport already, in {places[key].file}.",
                    found=key,
                    allowed="one passport a key",
                )
                continue
            passports[key], places[key] = passport, document
    if sources_file is not None:
        check_citations(passports, places, sources, problems)
    _check_domains(passports, places, written, problems)
    _check_period_is_there(folder, written, problems)
    state = base_state(folder, passports, places, problems)
    check_state(state, passports, {}, problems)
    names, structures = _overlay_names(folder, problems)
    return Library(folder, MappingProxyType(passports), MappingProxyType(sources), names, structures, state)


def _overlay_names(folder: Path, problems: Collector) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of scenarios and of structural alternatives; they are asked for alike, so none is both."""
    scenarios, structures = (
        tuple(sorted(path.stem for path in (folder / home).glob("*.yaml")))
        for home in (SCENARIOS, STRUCTURES)
    )
    for name in structures:
        if name in scenarios:
            problems.add(
                "duplicate-key",
                Place(shown(folder / STRUCTURES / f"{name}.yaml"), 1),
                name,
                f"There is a scenario {quote(name)} already.",
                found=name,
                allowed="a name that no scenario has",
            )
    return scenarios, structures


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
    passports: Mapping[str, Passport],
    places: Mapping[str, Document],
    written: Collection[str],
    problems: Collector,
) -> None:
    """A column's keys come from a table; one whose own passport could not be read is told of there."""
    tables = [key for key, passport in passports.items() if passport.table]
    unread = set(written) - set(passports)
    for key, passport in passports.items():
        for name, column in passport.columns.items():
            if column.of is not None and column.of not in tables and column.of not in unread:
                place = places[key].place("parameters", key, "columns", name, "of")
                problems.add(
                    "unknown-key",
                    place,
                    key,
                    f"{key}, {name}: there is no table {quote(column.of)}.",
                    found=column.of,
                    allowed="a table's key",
                    known=tables,
                )


def _check_period_is_there(folder: Path, written: Collection[str], problems: Collector) -> None:
    for key in (START, END):
        if key not in written:
            problems.add(
                "missing-parameter",
                Place(shown(folder)),
                key,
                f"There is no passport for {key}, which every run needs.",
                found="nothing",
                allowed=key,
            )


def check_state(
    state: State,
    passports: Mapping[str, Passport],
    starts: Mapping[str, tuple[date, Place]],
    problems: Collector,
) -> tuple[date, date] | None:
    """Everything that must hold between values; returns the period if it is good."""
    faulty = check_tables(state.tables, state.faulty, passports, problems)
    return check_meaning(replace(state, faulty=faulty), passports, starts, problems)
