"""A folder that a command writes: whole or not at all, with a manifest that says what it holds.

The manifest lists every file with its hash, so that a folder is only replaced when nobody has touched it.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sim.experiment.errors import ExperimentError
from sim.experiment.provenance import file_hash, library_versions
from sim.parameters import Resolved

FORMAT = 1
MANIFEST = "manifest.json"

# What file managers leave in any folder that somebody looks into.
_LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


@dataclass(frozen=True)
class Making:
    """How a folder came to be; goes into its manifest.

    Attributes
    ----------
    command : tuple of str
        What was typed.
    source : str
        Hash of the package's sources when the work began.
    started, finished : datetime
        With their time zone. The only times in a folder: no number depends on them.
    """

    command: tuple[str, ...]
    source: str
    started: datetime
    finished: datetime

    def told(self) -> dict[str, Any]:
        """Return it as the manifest has it."""
        return {
            "command": list(self.command),
            "started": self.started.isoformat(timespec="seconds"),
            "finished": self.finished.isoformat(timespec="seconds"),
            "source_hash": self.source,
        }


def scenarios_told(resolved: Mapping[str, Resolved]) -> dict[str, Any]:
    """Return each scenario's values, and where it departs from evidence, as a manifest has them."""
    return {
        name: {
            "digest": found.scenario.digest,
            "marks": dict(found.marks),
            "warnings": [str(warning) for warning in found.warnings],
            "parameters": found.scenario.canonical(),
        }
        for name, found in resolved.items()
    }


def write_manifest(folder: Path, kind: str, told: Mapping[str, Any] = MappingProxyType({})) -> None:
    """Write last what a new folder is, how it came to be and which files it holds."""
    manifest = {
        "kind": kind,
        "format": FORMAT,
        **told,
        "versions": library_versions(),
        "files": {path.name: file_hash(path) for path in sorted(folder.iterdir())},
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1, allow_nan=False, default=_day)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8", newline="\n")


def _day(value: object) -> str:
    """Return a day as a manifest has it; of what else JSON lacks, nothing belongs in one."""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"A manifest cannot hold a {type(value).__name__}.")


def read_manifest(folder: Path, kind: str) -> dict[str, Any]:
    """The manifest of a folder of a kind that this program writes.

    Raises
    ------
    ExperimentError
        If there is none that this version can read.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError):
        raise ExperimentError("not-results", folder=folder, file=MANIFEST) from None
    if not isinstance(manifest, dict) or manifest.get("kind") != kind:
        raise ExperimentError("not-results", folder=folder, file=MANIFEST)
    if manifest.get("format") != FORMAT:
        raise ExperimentError("results-newer", folder=folder, found=manifest.get("format"), allowed=FORMAT)
    return manifest


@contextmanager
def replaced_folder(folder: Path, kind: str) -> Iterator[Path]:
    """A new folder to write into, which takes the given name when the block ends well, else vanishes.

    Raises
    ------
    ExperimentError
        If there is something of that name that this program did not write, or of another kind.
    """
    check_replaceable(folder, kind)
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Beside the target, so that renaming never crosses a disk.
    shelter = Path(tempfile.mkdtemp(prefix=".jobbtorg-", dir=folder.parent))
    try:
        new, old = shelter / "new", shelter / "old"
        new.mkdir()
        yield new
        check_replaceable(folder, kind)
        if folder.exists():
            os.replace(folder, old)
        try:
            os.replace(new, folder)
        except OSError:
            if old.exists():
                os.replace(old, folder)
            raise
    finally:
        shutil.rmtree(shelter, ignore_errors=True)


def check_replaceable(folder: Path, kind: str) -> None:
    """Refuse a folder that holds anything that this program did not write, or is of another kind."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise ExperimentError("not-a-folder", folder=folder)
    names = {path.name for path in folder.iterdir()} - _LITTER
    if not names:
        return
    try:
        written = read_manifest(folder, kind)["files"]
    except ExperimentError:
        written = {}
    foreign = sorted(
        name
        for name in names - ({MANIFEST} if written else set())
        if name not in written or file_hash(folder / name) != written[name]
    )
    if foreign:
        raise ExperimentError("folder-not-ours", folder=folder, found=", ".join(foreign[:3]))


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table: UTF-8, commas, a header line, lines that end as on every system."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
