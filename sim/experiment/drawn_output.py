"""One folder for one experiment over an ensemble: written whole or not at all."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sim.experiment.draws import DrawnResults, world
from sim.experiment.folder import replaced_folder, scenarios_told, write_csv, write_manifest
from sim.experiment.output import SUMMARY, SUMMARY_COLUMNS, Record, axes_told
from sim.experiment.variance import Parts, paired_parts, variance_parts

KIND = "jobbtorg-draws"
WORLDS = "worlds.parquet"
SPREAD = "spread.csv"
DIFFERENCES = "differences.csv"

SPREAD_COLUMNS = (
    *("scenario", "measure", "unit", "centre", "segment", "period", "mean", "error"),
    *("sd_chance", "sd_parameters", "sd_total", "world_lower", "world_upper", "level", "draws", "runs"),
)
"""Chance has no cell where each draw has a single run: the parts can't be told apart then."""

DIFFERENCE_COLUMNS = (
    *(
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
    ),
    *("error", "sd_chance", "sd_parameters", "world_lower", "world_upper", "draws", "runs", "verdict"),
)


def write_drawn(folder: Path, results: DrawnResults, record: Record) -> Path:
    """Write one folder of results over an ensemble.

    Parameters
    ----------
    folder : Path
        New, empty, or written by this function before and untouched since; then it is replaced.
    results : DrawnResults
        Differences are taken from the first scenario.
    record : Record

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
        _write_worlds(new / WORLDS, results)
        rows = list(_cells(results, record.level))
        write_csv(new / SUMMARY, SUMMARY_COLUMNS, (_summary(cell, parts) for cell, parts in rows))
        write_csv(new / SPREAD, SPREAD_COLUMNS, (_spread(cell, parts) for cell, parts in rows))
        if len(results.names) > 1:
            write_csv(new / DIFFERENCES, DIFFERENCE_COLUMNS, _differences(results, record.level))
        told = {
            **record.told(),
            "seed": results.seed,
            "runs": results.runs,
            "draws": results.draws,
            "ensemble": {"name": results.ensemble.name, "digest": results.ensemble.digest},
            "engine": record.engine,
            "level": record.level,
            "settings": list(record.settings),
            "scenario_names": list(results.names),
            "scenarios": scenarios_told(record.resolved),
            "draws_laid": results.ensemble.canonical(),
            "axes": axes_told(results),
        }
        write_manifest(new, KIND, told)
    return folder


_Cell = tuple[str, str, str, str, str, str]


def _cells(results: DrawnResults, level: float) -> Iterator[tuple[_Cell, Parts]]:
    for s, name in enumerate(results.names):
        for cell, where in _places(results):
            m, p, c, g = where
            parts = variance_parts(results.values[s, :, :, m, p, c, g], level)
            if parts is not None:
                yield (name, *cell), parts


def _places(
    results: DrawnResults,
) -> Iterator[tuple[tuple[str, str, str, str, str], tuple[int, int, int, int]]]:
    for m, measure in enumerate(results.measures):
        for p, period in enumerate(results.periods):
            for c, centre in enumerate(results.centres):
                for g, segment in enumerate(results.segments):
                    yield (measure.key, measure.unit, centre, segment, period.key), (m, p, c, g)


def _summary(cell: _Cell, parts: Parts) -> Sequence[object]:
    return (*cell, parts.mean, parts.lower, parts.upper, parts.level, parts.runs, parts.draws)


def _spread(cell: _Cell, parts: Parts) -> Sequence[object]:
    return (
        *(*cell, parts.mean, parts.error, _sd(parts.chance), _sd(parts.parameters), _sd(parts.total)),
        *(parts.world_lower, parts.world_upper, parts.level, parts.draws, parts.runs),
    )


def _differences(results: DrawnResults, level: float) -> Iterator[Sequence[object]]:
    base, *others = results.names
    for s, other in enumerate(others, start=1):
        for cell, where in _places(results):
            m, p, c, g = where
            before, after = (results.values[place, :, :, m, p, c, g] for place in (0, s))
            parts = paired_parts(before, after, level)
            if parts is None:
                continue
            yield (
                *(base, other, *cell, parts.mean, parts.lower, parts.upper, level, parts.error),
                *(_sd(parts.chance), _sd(parts.parameters), parts.world_lower, parts.world_upper),
                *(parts.draws, parts.runs, parts.verdict),
            )


def _sd(variance: float) -> object:
    return "" if math.isnan(variance) else math.sqrt(variance)


def _write_worlds(path: Path, results: DrawnResults) -> None:
    """Every defined cell of every world for the whole city, draw by draw."""
    word = pa.dictionary(pa.int32(), pa.string())
    schema = pa.schema(
        [
            *((name, word) for name in ("scenario", "measure", "period")),
            *((name, pa.int32()) for name in ("draw", "run")),
            ("value", pa.float64()),
        ]
    )
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for s, name in enumerate(results.names):
            for draw in range(results.draws):
                columns: dict[str, list[object]] = {key: [] for key in schema.names}
                for run in range(results.runs):
                    for m, measure in enumerate(results.measures):
                        for p, period in enumerate(results.periods):
                            value = float(results.values[s, draw, run, m, p, -1, -1])
                            if not math.isnan(value):
                                number = world(draw, run, results.runs)
                                row = (name, measure.key, period.key, draw, number, value)
                                for key, cell in zip(schema.names, row, strict=True):
                                    columns[key].append(cell)
                writer.write_table(pa.table(columns, schema=schema))
