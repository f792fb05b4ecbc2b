"""One folder for one follow-up: its table as CSV and Parquet, and how it came to be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.experiment.folder import replaced_folder, write_csv, write_manifest
from sim.experiment.results import Results

KIND = "jobbtorg-follow-up"
NAME = "follow-up"
COLUMNS = (
    *("scenario", "needs", "group", "centre", "period", "measure", "unit"),
    *("mean", "lower", "upper", "level", "runs"),
)


def write_follow_up(
    folder: Path, found: Mapping[str, Results], level: float, about: Mapping[str, Any]
) -> Path:
    """Write one folder, whole or not at all; the tables are the same to the byte whenever they are written.

    Parameters
    ----------
    folder : Path
        New, empty, or written by this function before and untouched since; then it is replaced.
    found : mapping of str to Results
        By needs; see `sim.experiment.followup.follow_up_runs`.
    level : float
        Coverage of the intervals.
    about : mapping
        For the manifest: how the runs came to be.

    Raises
    ------
    ExperimentError
        If the folder holds anything that this function did not write.
    """
    with replaced_folder(folder, KIND) as new:
        rows = [row for needs, results in found.items() for row in _rows(needs, results, level)]
        write_csv(new / f"{NAME}.csv", COLUMNS, rows)
        columns = zip(*rows, strict=True) if rows else [()] * len(COLUMNS)
        table = pa.table({name: pa.array(values) for name, values in zip(COLUMNS, columns, strict=True)})
        pq.write_table(table, new / f"{NAME}.parquet", compression="zstd")
        write_manifest(new, KIND, about)
    return folder


def _rows(needs: str, results: Results, level: float) -> Iterator[tuple[object, ...]]:
    summary = results.summary(level)
    for where in np.argwhere(~np.isnan(summary.mean)):
        cell = tuple(int(position) for position in where)
        scenario, measure, period, centre, group = cell
        yield (
            results.names[scenario],
            needs,
            results.segments[group],
            results.centres[centre],
            results.periods[period].key,
            results.measures[measure].key,
            results.measures[measure].unit,
            *(float(values[cell]) for values in (summary.mean, summary.lower, summary.upper)),
            level,
            int(summary.runs[cell]),
        )
