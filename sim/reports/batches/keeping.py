"""A report's folder: published whole, known by what it was made from, never overwritten when edited."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from sim.experiment.provenance import file_hash

RECORD = "manifest.json"
KIND = "jobbtorg-report"


@dataclass(frozen=True)
class Job:
    """One report to be made.

    Attributes
    ----------
    name : str
        Its folder's name.
    inputs : str
        Digest of everything that decides what is in it, but for the day.
    order : mapping
        What the worker is told, as JSON can hold it.
    day : str
        The day that it must bear; nothing when the day it is made will do.
    """

    name: str
    inputs: str
    order: Mapping[str, Any] = field(default_factory=dict)
    day: str = ""


class Kept(StrEnum):
    """What a report's folder holds."""

    NOTHING = "nothing"
    FRESH = "fresh"
    """What would be made now, untouched."""
    STALE = "stale"
    """A report made from something else, or not whole; nobody has touched it."""
    EDITED = "edited"
    """Files that somebody has changed or put there."""


def kept(folder: Path, job: Job) -> Kept:
    """Say what a report's folder holds."""
    if not folder.exists():
        return Kept.NOTHING
    record = _record(folder)
    if record is None:
        return Kept.EDITED if any(folder.iterdir()) else Kept.NOTHING
    written: Mapping[str, str] = record["files"]
    found = {path.relative_to(folder).as_posix(): path for path in _files(folder)}
    if any(name not in written or file_hash(path) != written[name] for name, path in found.items()):
        return Kept.EDITED
    same = record["made_from"] == job.inputs and job.day in ("", record.get("day"))
    return Kept.FRESH if same and found.keys() == written.keys() else Kept.STALE


class NotWholeError(Exception):
    """What a worker left is not the report that was asked for."""


def publish(staged: Path, folder: Path, job: Job) -> Path | None:
    """Put a finished report in its place; what somebody has edited there is moved aside.

    Parameters
    ----------
    staged : Path
        On the same disk.
    folder : Path
    job : Job

    Returns
    -------
    Path or None
        Where the edited one went.

    Raises
    ------
    NotWholeError
        If the files are not those that the report's own manifest vouches for.
    """
    if kept(staged, job) is not Kept.FRESH:
        raise NotWholeError(job.name)
    before = kept(folder, job)
    old = _free_name(folder) if before is Kept.EDITED else staged.with_name(f"{staged.name}.old")
    if folder.exists():
        os.replace(folder, old)
    os.replace(staged, folder)
    if before is Kept.EDITED:
        return old
    shutil.rmtree(old, ignore_errors=True)
    return None


def _free_name(folder: Path) -> Path:
    number = 1
    while (aside := folder.with_name(f"{folder.name}.edited-{number}")).exists():
        number += 1
    return aside


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / RECORD)


def _record(folder: Path) -> dict[str, Any] | None:
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    good = isinstance(record, dict) and record.get("kind") == KIND and isinstance(record.get("files"), dict)
    return record if good and "made_from" in record else None
