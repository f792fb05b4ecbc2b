"""Checking files that somebody wrote, before anything is run with them: all faults at once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from sim.parameters.cities import CITY, is_parameter_folder
from sim.parameters.ensembles import DESCRIPTION, try_read_ensemble
from sim.parameters.layering import BASE
from sim.parameters.library import (
    SCENARIOS,
    STRUCTURES,
    Library,
    base_state,
    check_state,
    try_load_library,
)
from sim.parameters.overlays import overlay_of
from sim.parameters.passports import check_citations, read_passports, read_sources
from sim.parameters.problems import Collector, Place, Problem, listed
from sim.parameters.reading import Document, read_yaml, shown
from sim.parameters.studies import FILE as STUDY
from sim.parameters.studies import study_of, try_read_study
from sim.parameters.sweeps import sweep_of, try_read_sweep
from sim.parameters.tables import read_table_file
from sim.parameters.targets import targets_of, try_read_targets
from sim.parameters.values import BadValueError
from sim.places import PARAMETERS

CITIES = "cities"
"""Folder in a folder of parameters for those that are based on it."""

YAML_ENDINGS = frozenset({".yaml", ".yml"})


def check_files(
    paths: Iterable[Path], folder: Path | None = None
) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """Check overlays, sweeps, passport files, tables, lists of sources, and whole folders of parameters.

    Parameters
    ----------
    paths : iterable of Path
        Files and folders. A file inside a folder of parameters is checked as part of that folder.
    folder : Path or None
        The parameters that a file outside any such folder is held against; by default the shipped ones.

    Returns
    -------
    errors, warnings : tuple of Problem
        Everything that was found, by file and line.
    """
    check = _Check(PARAMETERS if folder is None else folder)
    for path in paths:
        check.path(path)
    return check.problems.errors, check.problems.warnings


@dataclass
class _Check:
    """One call of `check_files`; folders are read once."""

    folder: Path
    problems: Collector = field(default_factory=Collector)
    libraries: dict[Path, tuple[Library, bool]] = field(default_factory=dict)
    done: set[Path] = field(default_factory=set)

    def path(self, path: Path) -> None:
        if path.is_dir():
            self.directory(path)
            return
        home = next((parent for parent in path.resolve().parents if is_parameter_folder(parent)), None)
        if not path.is_file():
            self.problems.add(
                "unreadable-file",
                Place(shown(path)),
                shown(path),
                "There is no such file.",
                found=path.name,
                allowed="a file that exists",
            )
        elif path.suffix.lower() == ".csv":
            self.table(path, home)
        elif path.suffix.lower() in YAML_ENDINGS:
            self.yaml(path, home)
        else:
            self.not_ours(path)

    def directory(self, path: Path) -> None:
        if is_parameter_folder(path):
            self.whole(path)
            return
        inside = sorted(child for child in path.iterdir() if child.suffix.lower() in YAML_ENDINGS)
        if not inside:
            self.not_ours(path)
        for child in inside:
            self.path(child)

    def not_ours(self, path: Path) -> None:
        self.problems.add(
            "wrong-shape",
            Place(shown(path)),
            shown(path),
            "Here are no parameters: their files end in .yaml or .csv, their folders hold passports.",
            found=path.suffix or path.name,
            allowed=".yaml, .csv, or a folder with passports",
        )

    def library(self, folder: Path) -> tuple[Library, bool]:
        """A folder's parameters, and whether they are good; what is wrong with them is noted once."""
        folder = folder.resolve()
        if folder not in self.libraries:
            problems = Collector()
            library = try_load_library(folder, problems)
            self.problems.problems += problems.problems
            self.libraries[folder] = (library, not problems.errors)
        return self.libraries[folder]

    def whole(self, folder: Path) -> None:
        """Everything in a folder of parameters."""
        folder = folder.resolve()
        if folder in self.done:
            return
        self.done.add(folder)
        library, good = self.library(folder)
        named = {passport.table for passport in library.passports.values()}
        for path in sorted((folder / "tables").glob("*.csv")):
            if good and path.name not in named:
                self.problems.add(
                    "unused-file",
                    Place(shown(path)),
                    path.name,
                    f"No passport names the table {path.name}.",
                    found=path.name,
                    allowed="a table that a passport names",
                    known=filter(None, named),
                )
        for home in (SCENARIOS, STRUCTURES):
            for path in sorted((folder / home).glob("*.yaml")):
                self.overlay(path, library, good)
        if good:
            for path in sorted((folder / "sweeps").glob("*.yaml")):
                try_read_sweep(path, library, self.problems)
            try_read_targets(sorted((folder / "targets").glob("*.yaml")), library.sources, self.problems)
            for path in sorted((folder / "ensembles").glob(f"*/{STUDY}")):
                try_read_study(path, library, self.problems)
            for path in sorted((folder / "ensembles").glob(f"*/{DESCRIPTION}")):
                try_read_ensemble(path.parent, self.problems)
        for city in sorted((folder / CITIES).glob(f"*/{CITY}")):
            self.whole(city.parent)

    def overlay(self, path: Path, library: Library, good: bool) -> None:
        """An overlay: resolved where the base values are good, else at least read."""
        if good:
            library.try_resolve(path, (), self.problems)
        elif (document := read_yaml(path, self.problems)) is not None:
            overlay_of(document, path, self.problems)

    def yaml(self, path: Path, home: Path | None) -> None:
        library, good = self.library(home or self.folder)
        if path.resolve().parent == library.folder / "passports" or path.resolve() in (
            library.folder / "sources.yaml",
            library.folder / CITY,
        ):
            # read with its folder already, since it means nothing alone
            return
        document = read_yaml(path, self.problems)
        if document is None:
            return
        if path.stem == "sources":
            read_sources(document, self.problems)
        elif isinstance(document.data, dict) and "parameters" in document.data:
            self.passports(document, library)
        elif isinstance(document.data, dict) and "over" in document.data:
            if good:
                sweep_of(document, path, library, self.problems)
        elif isinstance(document.data, dict) and "learn" in document.data:
            if good:
                study_of(document, path, library, self.problems)
        elif isinstance(document.data, dict) and "targets" in document.data:
            targets_of(document, library.sources, self.problems)
        elif path.name == DESCRIPTION:
            try_read_ensemble(path.parent, self.problems)
        else:
            self.overlay(path, library, good)

    def passports(self, document: Document, library: Library) -> None:
        """A file of passports by itself: its tables lie elsewhere, so only the passports are looked at."""
        passports = read_passports(document, self.problems)
        places = dict.fromkeys(passports, document)
        check_citations(passports, places, library.sources, self.problems)
        scalars = {key: passport for key, passport in passports.items() if passport.table is None}
        base_state(library.folder, scalars, places, self.problems)

    def table(self, path: Path, home: Path | None) -> None:
        library, good = self.library(home or self.folder)
        if path.resolve().parent == library.folder / "tables" and any(
            passport.table == path.name for passport in library.passports.values()
        ):
            return
        named = [key for key, passport in library.passports.items() if passport.table == path.name]
        if not named:
            tables = [passport.table for passport in library.passports.values() if passport.table]
            self.problems.add(
                "missing-table-file",
                Place(shown(path)),
                path.name,
                f"No passport names a table {path.name}, so nothing says what its columns are. A table of an "
                "overlay is checked with its overlay.",
                found=path.name,
                allowed=listed(tables),
                known=tables,
            )
            return
        for key in named:
            try:
                rows = read_table_file(path, library.passports[key], key, BASE, self.problems)
            except BadValueError:
                continue
            if good:
                check_state(library.base.with_table(key, rows, BASE), library.passports, {}, self.problems)
