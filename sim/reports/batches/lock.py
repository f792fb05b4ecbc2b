"""One batch at a time in a folder, also after one was killed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

LOCK = ".batch.lock"
_SAME_START = 1.0  # seconds; a process's start is told with that precision on some systems


class BusyError(Exception):
    """Another batch is at work in the folder.

    Parameters
    ----------
    folder : Path
    process : int
        The other one's process id.
    """

    def __init__(self, folder: Path, process: int) -> None:
        self.folder, self.process = folder, process
        super().__init__(f"process {process} is at work in {folder}")


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold a folder for this process; a lock whose process is no more is taken over.

    Raises
    ------
    BusyError
        If a living process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = folder / LOCK
    _take(lock)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def _take(lock: Path) -> None:
    """Link a finished file into place: whoever comes second sees it whole."""
    mine = lock.with_name(f"{LOCK}.{os.getpid()}")
    started = psutil.Process().create_time()
    mine.write_text(json.dumps({"process": os.getpid(), "started": started}), encoding="utf-8")
    try:
        while not _linked(mine, lock):
            holder = _holder(lock)
            if holder is not None:
                raise BusyError(lock.parent, holder)
            # renamed first: of several that find the lock dead, one alone takes it away
            grave = lock.with_name(f"{LOCK}.dead.{os.getpid()}")
            with suppress(FileNotFoundError):
                os.rename(lock, grave)
                grave.unlink()
    finally:
        mine.unlink(missing_ok=True)


def _linked(mine: Path, lock: Path) -> bool:
    try:
        os.link(mine, lock)
    except FileExistsError:
        return False
    return True


def _holder(lock: Path) -> int | None:
    """The living process that holds a lock; None when it is dead, or its id is now another process's."""
    try:
        held = json.loads(lock.read_text(encoding="utf-8"))
        process, started = int(held["process"]), float(held["started"])
        living = psutil.Process(process)
        same = abs(living.create_time() - started) < _SAME_START
        return process if same and living.status() != psutil.STATUS_ZOMBIE else None
    except (OSError, ValueError, KeyError, TypeError, psutil.Error):
        return None
