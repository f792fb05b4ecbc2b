"""One folder for one experiment: written whole or not at all, and read back bit for bit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.experiment.differences import Cell, Difference
from sim.experiment.draws import DrawnResults
from sim.experiment.errors import ExperimentError
from sim.experiment.folder import (
    Making,
    read_manifest,
    replaced_folder,
    scenarios_told,
    write_csv,
    write_manifest,
)
from sim.experiment.provenance import file_hash
from sim.experiment.results import Results
from sim.experiment.run import CODE
from sim.outcomes import Measure
from sim.parameters import Resolved
from sim.parameters.calendar import Period

KIND = "jobbtorg-results"
RUNS = "runs.parquet"
SUMMARY = "summary.csv"
DIFFERENCES = "differences.csv"
MEASURES = "measures.csv"

SUMMARY_COLUMNS = (
    "scenario",
    "measure",
    "unit",
    "centre",
    "segment",
    "period",
    "mean",
    "lower",
    "upper",
    "level",
    "runs",
    "draws",
)

_AXES = ("measure", "period", "centre", "segment")


@dataclass(frozen=True, kw_only=True)
class Record(Making):
    """How results came to be; goes into the manifest.

    Attributes
    ----------
    resolved : mapping of str to Resolved
        Each scenario's values, with the layer that set each; in the order of the results.
    settings : tuple of str
        ``KEY=VALUE`` laid on all of them.
    engine : str
    level : float
        Coverage of the intervals in the tables.
    report_from, policy_from : date, optional
        As given to `run_scenarios`.
    """

    resolved: Mapping[str, Resolved]
    settings: tuple[str, ...]
    engine: str
    level: float
    report_from: date | None = None
    policy_from: date | None = None


def write_results(
    folder: Path,
    results: Results,
    record: Record,
    differences: Iterable[tuple[Cell, Difference]] | None = None,
    definitions: Sequence[Mapping[str, str]] = (),
    more: Mapping[str, str] = MappingProxyType({}),
) -> Path:
    """Write one folder of results, whole or not at all.

    Parameters
    ----------
    folder : Path
        New, empty, or written by this function before and untouched since; then it is replaced.
    results : Results
    record : Record
    differences : iterable of (Cell, Difference), optional
        For ``differences.csv``.
    definitions : sequence of mapping
        Columns to text, a row for each measure, for ``measures.csv``; key, unit and quantity by default.
    more : mapping of str to str
        Text files beside them, by name: tables and drawings made from these results.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    ExperimentError
        If the folder holds anything that this function did not write.
    """
    with replaced_folder(folder, KIND) as new:
        _write_runs(new / RUNS, results)
        write_csv(new / SUMMARY, SUMMARY_COLUMNS, _summary_rows(results, record.level))
        described = definitions or [
            {"measure": m.key, "unit": m.unit, "quantity": m.quantity} for m in results.measures
        ]
        write_csv(new / MEASURES, tuple(described[0]), (tuple(row.values()) for row in described))
        if differences is not None:
            units = {m.key: m.unit for m in results.measures}
            write_csv(new / DIFFERENCES, _DIFFERENCE_COLUMNS, _difference_rows(differences, units))
        for name, content in more.items():
            (new / name).write_text(content, encoding="utf-8", newline="\n")
        write_manifest(new, KIND, _told(results, record))
    return folder


def read_results(folder: Path) -> Results:
    """The results in a folder, bit for bit as they were written.

    Raises
    ------
    ExperimentError
        If the folder holds no results, or a file was changed after it was written.
    """
    manifest = read_manifest(folder, KIND)
    for name, written in manifest["files"].items():
        path = folder / name
        if not path.is_file() or file_hash(path) != written:
            raise ExperimentError("results-changed", folder=folder, file=name)
    axes = manifest["axes"]
    shape_of = {"scenario": manifest["scenario_names"], "run": list(range(manifest["runs"]))}
    measures = tuple(_measure(stored) for stored in axes["measure"])
    periods = tuple(Period(**period) for period in axes["period"])
    keys: dict[str, list[Any]] = shape_of | {
        "measure": [measure.key for measure in measures],
        "period": [period.key for period in periods],
        "centre": axes["centre"],
        "segment": axes["segment"],
    }
    values = np.full(tuple(len(axis) for axis in keys.values()), np.nan)
    with pq.ParquetFile(folder / RUNS) as file:
        for group in range(file.num_row_groups):
            table = file.read_row_group(group)
            place = tuple(_codes(table.column(axis), known) for axis, known in keys.items())
            values[place] = table.column("value").to_numpy()
    return Results(
        names=tuple(manifest["scenario_names"]),
        values=values,
        measures=measures,
        periods=periods,
        centres=tuple(axes["centre"]),
        segments=tuple(axes["segment"]),
        seed=manifest["seed"],
    )


def _write_runs(path: Path, results: Results) -> None:
    """One row for each defined cell of each run; a row group for each run, so that memory stays small."""
    axes = (results.measure_keys, results.period_keys, results.centres, results.segments)
    word = pa.dictionary(pa.int32(), pa.string())
    schema = pa.schema(
        [("scenario", word), ("run", pa.int32()), *((axis, word) for axis in _AXES), ("value", pa.float64())]
    )
    dictionaries = [pa.array(keys, pa.string()) for keys in axes]
    names = pa.array(results.names, pa.string())
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for scenario in range(len(results.names)):
            for run in range(results.runs):
                cube = results.values[scenario, run]
                where = np.nonzero(~np.isnan(cube))
                count = len(where[0])
                columns = [
                    pa.DictionaryArray.from_arrays(np.full(count, scenario, np.int32), names),
                    pa.array(np.full(count, run, np.int32)),
                    *(
                        pa.DictionaryArray.from_arrays(codes.astype(np.int32), words)
                        for codes, words in zip(where, dictionaries, strict=True)
                    ),
                    pa.array(cube[where]),
                ]
                writer.write_table(pa.Table.from_arrays(columns, schema=schema))


def _measure(stored: Mapping[str, Any]) -> Measure:
    """A measure as it was before JSON made lists of its tuples."""
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()
    }
    return Measure(**fields)


def _codes(column: pa.ChunkedArray, known: Sequence[Any]) -> np.ndarray:
    """Positions of a column's keys along an axis."""
    array = column.combine_chunks()
    if not isinstance(array, pa.DictionaryArray):
        return np.asarray(array.to_numpy(), dtype=np.int64)  # runs are their own positions
    position = {key: number for number, key in enumerate(known)}
    translate = np.array([position.get(key, -1) for key in array.dictionary.to_pylist()], dtype=np.int64)
    return np.asarray(translate[array.indices.to_numpy()], dtype=np.int64)


def _summary_rows(results: Results, level: float) -> Iterator[tuple[object, ...]]:
    summary = results.summary(level)
    for where in np.argwhere(~np.isnan(summary.mean)):
        s, m, p, c, g = (int(position) for position in where)
        cell = (s, m, p, c, g)
        measure = results.measures[m]
        yield (
            results.names[s],
            measure.key,
            measure.unit,
            results.centres[c],
            results.segments[g],
            results.periods[p].key,
            float(summary.mean[cell]),
            float(summary.lower[cell]),
            float(summary.upper[cell]),
            level,
            int(summary.runs[cell]),
            1,
        )


_DIFFERENCE_COLUMNS = (
    "base",
    "scenario",
    "measure",
    "unit",
    "centre",
    "segment",
    "period",
    "mean",
    "lower",
    "upper",
    "level",
    "runs",
    "sd",
    "sd_apart",
    "verdict",
    "more_runs",
    "beyond_maximum",
)


def _difference_rows(
    differences: Iterable[tuple[Cell, Difference]], units: Mapping[str, str]
) -> Iterator[tuple[object, ...]]:
    for cell, found in differences:
        yield (
            cell.base,
            cell.other,
            cell.measure,
            units[cell.measure],
            cell.centre,
            cell.segment,
            cell.period,
            found.mean,
            found.lower,
            found.upper,
            found.level,
            found.runs,
            found.sd,
            found.sd_apart,
            found.verdict,
            found.more_runs,
            str(found.beyond_maximum).lower(),
        )


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _told(results: Results, record: Record) -> dict[str, Any]:
    return {
        **record.told(),
        "seed": results.seed,
        "runs": results.runs,
        "draws": 1,
        "engine": record.engine,
        "level": record.level,
        "settings": list(record.settings),
        "report_from": _iso(record.report_from),
        "policy_from": _iso(record.policy_from),
        "deciding_code": CODE,
        "scenario_names": list(results.names),
        "scenarios": scenarios_told(record.resolved),
        "axes": axes_told(results),
    }


def axes_told(results: Results | DrawnResults) -> dict[str, Any]:
    """Return what results are of, as a manifest has it."""
    return {
        "measure": [asdict(measure) for measure in results.measures],
        "period": [asdict(period) for period in results.periods],
        "centre": list(results.centres),
        "segment": list(results.segments),
    }
