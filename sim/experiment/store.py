"""Runs that were made before: kept by what they were made from, so that nothing is computed twice.

A *key* is a hash of all that decides a run but its number: the scenario's values, the seed, the draw, the
dates of the tables, and the code with its libraries. Each key has one folder, and in it

- ``what.json``: what the key stands for; only people read it,
- ``run-00007.parquet``: every measure of one run; in its footer the key, the run and a hash of the values.

There is no index and no lock. A file gets its name only when it is whole (it is written in a folder of its
own beside, and renamed), so any number of processes may read and write at once, and one that is killed leaves
nothing that could be taken for a result. Nothing is flushed to the disk by force: a file that a power cut
mangled does not match its hash, and what does not match is passed over, said so, and made anew.

One file for each run, and not for a block of runs, because then 100 runs begin with the 20 there are,
whatever blocks those came in, and a kill loses at most the runs under way. Measured on two shared cores with
runs of the whole City: three years (48 measures) take 2-4 ms and 0.2 MB to write and 1-2 ms to read, against
150-290 ms to compute; eleven years 11-17 ms and 0.7 MB, against about 1 s. For 64 runs of 4 scenarios that is
1.0 % more processor time (40.1 s against 39.7 s) and 52 MB; the second time they take 1-4 s instead of 50 s.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sim.experiment.errors import ExperimentError
from sim.experiment.provenance import library_versions

KIND = "jobbtorg-runs"
FORMAT = 1
WHAT = "what.json"

SECONDS_A_DAY = 86_400.0
LEFT_BEHIND_AFTER = 3_600.0
"""Seconds after which an unfinished file can belong to no process that still writes it."""

_KEY = re.compile(r"[0-9a-f]{32}")
_RUN = re.compile(r"run-([0-9]{5,})\.parquet")
_UNFINISHED = ".new-"
_FOOTER = b"jobbtorg"

Notice = Callable[[ExperimentError], None]


@dataclass(frozen=True)
class Origin:
    """All that decides a run but its number.

    Attributes
    ----------
    digest : str
        Of the scenario's values.
    seed : int
    report_from, policy_from : str
        Dates as YYYY-MM-DD.
    code : str
        Hash of what computes; see `sim.experiment.provenance.deciding_code`.
    draw : int
        Set of the uncertain parameters; 0 for the scenario as it stands.
    table : str
        What is kept of the run: its measures, or something else that is counted in it.
    """

    digest: str
    seed: int
    report_from: str
    policy_from: str
    code: str
    draw: int = 0
    table: str = "measures"

    @cached_property
    def key(self) -> str:
        """32 hexadecimal digits."""
        text = json.dumps({"kind": KIND, "format": FORMAT, **asdict(self)}, sort_keys=True)
        return hashlib.sha256(text.encode("ascii")).hexdigest()[:32]


@dataclass(frozen=True)
class Kept:
    """The runs that one key holds.

    Attributes
    ----------
    key : str
    what : mapping
        What the key stands for, as ``what.json`` has it; empty where that can't be read.
    runs : tuple of int
        Numbers of the runs, in order.
    size : int
        Bytes.
    used : float
        When it was last written or read, in seconds since 1970.
    """

    key: str
    what: Mapping[str, Any]
    runs: tuple[int, ...]
    size: int
    used: float


def _warn(error: ExperimentError) -> None:
    warnings.warn(str(error), stacklevel=2)


class Store:
    """A folder of runs. It is made when the first run is written.

    Parameters
    ----------
    folder : Path
    notice : callable, optional
        Called with an `ExperimentError` when a stored run is passed over, and the first time that one can't
        be written; neither stops the work. Warns by default.

    Attributes
    ----------
    folder : Path
    read_runs, written_runs : int
        How many runs this object has handed out and taken in.
    """

    def __init__(self, folder: Path, notice: Notice = _warn) -> None:
        self.folder = folder
        self.read_runs = 0
        self.written_runs = 0
        self._notice = notice
        self._met: set[str] = set()
        self._writes = True

    def read(self, origin: Origin, run: int, shape: Sequence[int]) -> NDArray[np.float64] | None:
        """One run's values, bit for bit as they were written, or None.

        Parameters
        ----------
        origin : Origin
        run : int
        shape : sequence of int
            Of the values; a file of another shape is passed over.
        """
        path = self._path(origin.key, run)
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError:
            self._notice(ExperimentError("store-run-broken", file=path))
            return None
        values = _values(raw, origin.key, run)
        if values is None or values.size != int(np.prod(shape)):
            self._notice(ExperimentError("store-run-broken", file=path))
            return None
        if origin.key not in self._met:
            self._met.add(origin.key)
            _touch(path.with_name(WHAT))
        self.read_runs += 1
        return values.reshape(tuple(shape))

    def write(self, origin: Origin, run: int, values: NDArray[np.float64], about: Mapping[str, Any]) -> None:
        """Keep one run.

        What hinders it is told once; the store then takes in nothing more.

        Parameters
        ----------
        origin : Origin
        run : int
        values : float64[...]
        about : mapping
            For people, into ``what.json``: the scenario's name, the axes.
        """
        if not self._writes:
            return
        path = self._path(origin.key, run)
        try:
            if not path.with_name(WHAT).is_file():
                self._place(path.with_name(WHAT), _described(origin, about))
            self._place(path, _parquet(values, origin.key, run))
        except OSError as error:
            self._writes = False
            reason = error.strerror or type(error).__name__
            self._notice(ExperimentError("store-not-written", folder=self.folder, reason=reason))
        else:
            self.written_runs += 1

    def kept(self) -> Iterator[Kept]:
        """What the store holds, key by key."""
        for folder in self._folders():
            paths = [path for path in folder.iterdir() if _RUN.fullmatch(path.name)]
            runs = sorted(_number(path) for path in paths)
            stats = [path.stat() for path in (*paths, folder / WHAT) if path.is_file()]
            yield Kept(
                key=folder.name,
                what=_what(folder / WHAT),
                runs=tuple(runs),
                size=sum(stat.st_size for stat in stats),
                used=max((stat.st_mtime for stat in stats), default=0.0),
            )

    def find(self, beginning: str) -> Kept:
        """The runs of the only key that begins so.

        Raises
        ------
        ExperimentError
            If there is none, or more than one.
        """
        found = [kept for kept in self.kept() if kept.key.startswith(beginning)]
        if not found:
            raise ExperimentError("store-no-such-key", found=beginning)
        if len(found) > 1:
            raise ExperimentError("store-several-keys", found=beginning, number=len(found))
        return found[0]

    def broken(self, key: str) -> tuple[Path, ...]:
        """The files of one key that would be passed over."""
        folder = self.folder / key
        paths = sorted(path for path in folder.iterdir() if _RUN.fullmatch(path.name))
        return tuple(path for path in paths if _values(path.read_bytes(), key, _number(path)) is None)

    def prune(self, unused: Callable[[Kept], bool]) -> tuple[int, int]:
        """Remove the runs of every key that `unused` names, and what killed processes left behind.

        Another process may read and write meanwhile; at worst it computes a run anew.

        Parameters
        ----------
        unused : callable
            From what a key holds to whether it can go.

        Returns
        -------
        tuple of int
            Runs removed, and bytes.
        """
        runs = size = 0
        for kept in self.kept():
            folder = self.folder / kept.key
            if unused(kept):
                runs, size = runs + len(kept.runs), size + kept.size
                for name in (*(_name(run) for run in kept.runs), WHAT):
                    (folder / name).unlink(missing_ok=True)
            for path in folder.glob(f"{_UNFINISHED}*"):
                if time.time() - path.stat().st_mtime > LEFT_BEHIND_AFTER:
                    shutil.rmtree(path, ignore_errors=True)
            _remove_if_empty(folder)
        if self.folder.is_dir():
            _remove_if_empty(self.folder)
        return runs, size

    def _folders(self) -> list[Path]:
        if not self.folder.is_dir():
            return []
        return sorted(path for path in self.folder.iterdir() if _KEY.fullmatch(path.name) and path.is_dir())

    def _path(self, key: str, run: int) -> Path:
        return self.folder / key / _name(run)

    def _place(self, path: Path, content: bytes) -> None:
        """Write a file whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            prefix=_UNFINISHED, dir=path.parent, ignore_cleanup_errors=True
        ) as shelter:
            new = Path(shelter) / path.name
            new.write_bytes(content)
            try:
                os.replace(new, path)
            except PermissionError:
                # On Windows nobody can replace a file that another process is reading. It reads the same
                # values: a key decides them.
                if not path.is_file():
                    raise


def older_than(days: float, now: float) -> Callable[[Kept], bool]:
    """For `Store.prune`: what nobody has written or read for some days."""
    return lambda kept: now - kept.used > days * SECONDS_A_DAY


def made_by_other_code(code: str) -> Callable[[Kept], bool]:
    """For `Store.prune`: what the code as it stands can't use, and what says nothing of itself."""
    return lambda kept: kept.what.get("code") != code


def _name(run: int) -> str:
    return f"run-{run:05d}.parquet"


def _number(path: Path) -> int:
    match = _RUN.fullmatch(path.name)
    assert match is not None
    return int(match[1])


def _parquet(values: NDArray[np.float64], key: str, run: int) -> bytes:
    flat = np.ascontiguousarray(values, dtype=np.float64).ravel()
    footer = {"kind": KIND, "format": FORMAT, "key": key, "run": run, "sha256": _hash(flat)}
    schema = pa.schema(
        [pa.field("value", pa.float64(), nullable=False)],
        metadata={_FOOTER: json.dumps(footer).encode("ascii")},
    )
    sink = pa.BufferOutputStream()
    # No dictionary and no statistics: hardly a value comes twice, and both cost more than they save here.
    pq.write_table(
        pa.table([pa.array(flat)], schema=schema),
        sink,
        compression="zstd",
        use_dictionary=False,
        write_statistics=False,
    )
    return bytes(sink.getvalue())


def _values(raw: bytes, key: str, run: int) -> NDArray[np.float64] | None:
    """The values in a file of the store; None unless it is exactly what was written under that name."""
    try:
        table = pq.read_table(pa.BufferReader(raw), use_threads=False)
        footer = json.loads(table.schema.metadata[_FOOTER])
        values = np.asarray(table.column("value").to_numpy(), dtype=np.float64)
    except (pa.ArrowException, OSError, MemoryError, ValueError, KeyError, TypeError, AttributeError):
        return None
    expected = {"kind": KIND, "format": FORMAT, "key": key, "run": run, "sha256": _hash(values)}
    return values if footer == expected else None


def _hash(values: NDArray[np.float64]) -> str:
    return hashlib.sha256(values.tobytes()).hexdigest()


def _described(origin: Origin, about: Mapping[str, Any]) -> bytes:
    what = {"kind": KIND, "format": FORMAT, **about, **asdict(origin), "versions": library_versions()}
    return (json.dumps(what, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _what(path: Path) -> Mapping[str, Any]:
    try:
        what = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return what if isinstance(what, dict) and what.get("kind") == KIND else {}


def _touch(path: Path) -> None:
    """Note that a key was used; a store that can only be read can't tell."""
    with suppress(OSError):
        os.utime(path)


def _remove_if_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()
