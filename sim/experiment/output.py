"""One folder for one experiment: written whole or not at all, and read back bit for bit."""

from __future__ import annotations

import csv
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.experiment.differences import Cell, Difference
from sim.experiment.errors import ExperimentError
from sim.experiment.provenance import file_hash, library_versions
from sim.experiment.results import Results
from sim.experiment.run import CODE
from sim.outcomes import Measure
from sim.parameters import Resolved
from sim.parameters.calendar import Period

KIND = "jobbtorg-results"
FORMAT = 1
MANIFEST = "manifest.json"
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

# What file managers leave in any folder that somebody looks into.
_LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


@dataclass(frozen=True)
class Record:
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
    command : tuple of str
        What was typed.
    source : str
        Hash of the package's sources when the runs began.
    started, finished : datetime
        With their time zone. The only times in a folder of results: no number depends on them.
    report_from, policy_from : date, optional
        As given to `run_scenarios`.
    """

    resolved: Mapping[str, Resolved]
    settings: tuple[str, ...]
    engine: str
    level: float
    command: tuple[str, ...]
    source: str
    started: datetime
    finished: datetime
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
    with replaced_folder(folder) as new:
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
        files = {path.name: file_hash(path) for path in sorted(new.iterdir())}
        manifest = _manifest(results, record, files)
        text = json.dumps(manifest, ensure_ascii=False, indent=1, allow_nan=False)
        (new / MANIFEST).write_text(text + "\n", encoding="utf-8", newline="\n")
    return folder


def read_manifest(folder: Path, kind: str = KIND) -> dict[str, Any]:
    """The manifest of a folder of results, or of another kind of folder that this program writes.

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


def read_results(folder: Path) -> Results:
    """The results in a folder, bit for bit as they were written.

    Raises
    ------
    ExperimentError
        If the folder holds no results, or a file was changed after it was written.
    """
    manifest = read_manifest(folder)
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


@contextmanager
def replaced_folder(folder: Path, kind: str = KIND) -> Iterator[Path]:
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


def check_replaceable(folder: Path, kind: str = KIND) -> None:
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


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table: UTF-8, commas, a header line, lines that end as on every system."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _manifest(results: Results, record: Record, files: Mapping[str, str]) -> dict[str, Any]:
    return {
        "kind": KIND,
        "format": FORMAT,
        "command": list(record.command),
        "started": record.started.isoformat(timespec="seconds"),
        "finished": record.finished.isoformat(timespec="seconds"),
        "seed": results.seed,
        "runs": results.runs,
        "draws": 1,
        "engine": record.engine,
        "level": record.level,
        "settings": list(record.settings),
        "report_from": _iso(record.report_from),
        "policy_from": _iso(record.policy_from),
        "source_hash": record.source,
        "deciding_code": CODE,
        "versions": library_versions(),
        "scenario_names": list(results.names),
        "scenarios": {
            name: {
                "digest": resolved.scenario.digest,
                "marks": dict(resolved.marks),
                "warnings": [str(warning) for warning in resolved.warnings],
                "parameters": resolved.scenario.canonical(),
            }
            for name, resolved in record.resolved.items()
        },
        "axes": {
            "measure": [asdict(measure) for measure in results.measures],
            "period": [asdict(period) for period in results.periods],
            "centre": list(results.centres),
            "segment": list(results.segments),
        },
        "files": dict(files),
    }
