"""One folder for one sweep: its table as CSV and Parquet, and how it came to be."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sim.experiment.output import MANIFEST, replaced_folder, write_csv
from sim.experiment.provenance import file_hash, library_versions
from sim.experiment.sweep import SweepTable
from sim.parameters import Sweep

KIND = "jobbtorg-sweep"
FORMAT = 1
CSV = "sweep.csv"
PARQUET = "sweep.parquet"


@dataclass(frozen=True)
class SweepRecord:
    """How a sweep came to be; goes into the manifest.

    Attributes
    ----------
    engine : str
    command : tuple of str
        What was typed.
    source : str
        Hash of the package's sources when the runs began.
    started, finished : datetime
        With their time zone; nothing in the tables depends on them.
    """

    engine: str
    command: tuple[str, ...]
    source: str
    started: datetime
    finished: datetime


def write_sweep(folder: Path, sweep: Sweep, table: SweepTable, record: SweepRecord) -> Path:
    """Write one folder, whole or not at all; the tables are the same to the byte whenever they are written.

    Raises
    ------
    ExperimentError
        If the folder holds anything that this function did not write.
    """
    with replaced_folder(folder, KIND) as new:
        write_csv(new / CSV, table.columns, table.rows)
        pq.write_table(arrow_table(table), new / PARQUET, compression="zstd")
        files = {path.name: file_hash(path) for path in sorted(new.iterdir())}
        text = json.dumps(_manifest(sweep, table, record, files), ensure_ascii=False, indent=1, default=str)
        (new / MANIFEST).write_text(text + "\n", encoding="utf-8", newline="\n")
    return folder


def arrow_table(table: SweepTable) -> pa.Table:
    """The table with a type for each column: whole numbers, numbers, or text."""
    columns = list(zip(*table.rows, strict=True)) if table.rows else [()] * len(table.columns)
    return pa.table({name: _column(values) for name, values in zip(table.columns, columns, strict=True)})


def _column(values: Sequence[object]) -> pa.Array:
    """Words where not all are numbers: a lever may be a number in one point and a word in another."""
    if all(isinstance(value, int) for value in values):
        return pa.array(values, pa.int64())
    if all(isinstance(value, float) for value in values):
        return pa.array(values, pa.float64())
    return pa.array([str(value) for value in values], pa.string())


def _manifest(sweep: Sweep, table: SweepTable, record: SweepRecord, files: dict[str, str]) -> dict[str, Any]:
    return {
        "kind": KIND,
        "format": FORMAT,
        "command": list(record.command),
        "started": record.started.isoformat(timespec="seconds"),
        "finished": record.finished.isoformat(timespec="seconds"),
        "engine": record.engine,
        "source_hash": record.source,
        "versions": library_versions(),
        "file": sweep.document.file,
        "sweep": sweep.document.data,
        "points": table.points,
        "files": files,
    }
