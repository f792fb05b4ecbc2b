"""One folder for one sweep: its table as CSV and Parquet, and how it came to be."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sim.experiment.folder import Making, replaced_folder, write_csv, write_manifest
from sim.experiment.sweep import SweepTable
from sim.parameters import Sweep

KIND = "jobbtorg-sweep"
CSV = "sweep.csv"
PARQUET = "sweep.parquet"


def write_sweep(folder: Path, sweep: Sweep, table: SweepTable, engine: str, making: Making) -> Path:
    """Write one folder, whole or not at all; the tables are the same to the byte whenever they are written.

    Raises
    ------
    ExperimentError
        If the folder holds anything that this function did not write.
    """
    with replaced_folder(folder, KIND) as new:
        write_csv(new / CSV, table.columns, table.rows)
        pq.write_table(arrow_table(table), new / PARQUET, compression="zstd")
        told = {
            **making.told(),
            "engine": engine,
            "file": sweep.document.file,
            "sweep": sweep.document.data,
            "points": table.points,
        }
        write_manifest(new, KIND, told)
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
