"""Ensembles on disk: a folder with the draws, what they were made from, and how they fit.

- ``draws.csv``: one row a draw, one column a dimension;
- ``fit.csv``: what each draw's own run gave for each target;
- ``ensemble.yaml``: the dimensions, the command, the seed, and the digests that say what it was made from;
- ``forecast.csv``, ``forecast.yaml``: where each draw's own run goes on to, and what that is bound to.

An ensemble is data: it is read without the study that made it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ruamel.yaml import YAML

from sim.parameters.problems import Collector
from sim.parameters.reading import Document, read_text, read_yaml, shown
from sim.parameters.uncertain import Dimension, Ensemble

KIND = "jobbtorg-ensemble"
DESCRIPTION = "ensemble.yaml"
DRAWS = "draws.csv"
FIT = "fit.csv"
FORECAST = "forecast.csv"
RECORD = "forecast.yaml"
DRAW, RUN = "draw", "run"


@dataclass(frozen=True)
class Kept:
    """An ensemble, and how it came to be.

    Attributes
    ----------
    ensemble : Ensemble
    facts : mapping of str to object
        Title, command, seed, digests, versions: what ``ensemble.yaml`` says beside the dimensions.
    runs : int64[draw]
        The run in which each draw was held against the targets.
    targets : tuple of str
        Keys of the targets.
    fit : float64[draw, target]
        What that run gave.
    """

    ensemble: Ensemble
    facts: Mapping[str, Any]
    runs: NDArray[np.int64]
    targets: tuple[str, ...] = ()
    fit: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 0)))


def ensemble_names(folder: Path) -> tuple[str, ...]:
    """Names of the ensembles in a folder of parameters."""
    return tuple(sorted(path.parent.name for path in (folder / "ensembles").glob(f"*/{DESCRIPTION}")))


def find_ensemble(name: str, folder: Path) -> Path | None:
    """An ensemble's folder by its name in the parameters, or by a path to it or to its description."""
    for path in (folder / "ensembles" / name, Path(name)):
        home = path.parent if path.is_file() else path
        if (home / DESCRIPTION).is_file():
            return home
    return None


def read_ensemble(folder: Path) -> Kept:
    """An ensemble from its folder.

    Raises
    ------
    InputErrors
        If a file can't be read, or the draws are not those that the description names.
    """
    problems = Collector()
    kept = try_read_ensemble(folder, problems)
    problems.raise_errors()
    assert kept is not None
    return kept


def try_read_ensemble(folder: Path, problems: Collector) -> Kept | None:
    """As `read_ensemble`, but with problems noted instead of raised."""
    document = read_yaml(folder / DESCRIPTION, problems)
    draws = read_text(folder / DRAWS, problems)
    fit = read_text(folder / FIT, problems) if (folder / FIT).is_file() else None
    if document is None or draws is None:
        return None
    try:
        kept = _kept(folder.name, document, draws, fit)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        sentence = f"The ensemble in {shown(folder)} can't be read: {type(error).__name__}, {error}."
        problems.add(
            "wrong-shape",
            document.place(),
            DESCRIPTION,
            sentence,
            found=str(error),
            allowed="as it was made",
        )
        return None
    if kept.ensemble.digest != kept.facts.get("digest"):
        sentence = (
            f"{shown(folder / DRAWS)} is not what {DESCRIPTION} describes: one of them was changed after "
            "the ensemble was made. Make it anew."
        )
        problems.add(
            "ensemble-changed",
            document.place("digest"),
            DRAWS,
            sentence,
            found=kept.ensemble.digest,
            allowed=str(kept.facts.get("digest")),
        )
    return kept


def _kept(name: str, document: Document, draws: str, fit: str | None) -> Kept:
    data = dict(document.data)
    if data.get("kind") != KIND:
        raise ValueError(f"kind is not {KIND}")
    dimensions = tuple(_dimension(item) for item in data.pop("dimensions"))
    rows = list(csv.DictReader(io.StringIO(draws)))
    values = np.array([[float(row[dimension.name]) for dimension in dimensions] for row in rows])
    runs = np.array([int(row[RUN]) for row in rows], dtype=np.int64)
    ensemble = Ensemble(name, dimensions, values)
    if fit is None:
        return Kept(ensemble, data, runs)
    reader = csv.DictReader(io.StringIO(fit))
    fitted = list(reader)
    keys = tuple(key for key in reader.fieldnames or () if key not in (DRAW, RUN))
    return Kept(ensemble, data, runs, keys, np.array([[float(row[key]) for key in keys] for row in fitted]))


def _dimension(item: Mapping[str, Any]) -> Dimension:
    given = dict(item)
    for name in ("rows", "rest"):
        given[name] = tuple(tuple(row) for row in given.get(name, ()))
    for name in ("since", "until"):
        given[name] = _day(given.get(name))
    for name in ("low", "mode", "high"):
        given[name] = float(given[name])
    return Dimension(**given)


def _day(value: object) -> date | None:
    if value is None or isinstance(value, date):
        return value
    return date.fromisoformat(str(value))


def ensemble_texts(kept: Kept) -> dict[str, str]:
    """The texts of an ensemble's files, by name; the caller writes them whole or not at all."""
    ensemble = kept.ensemble
    numbers = range(len(ensemble))
    draws = _csv(
        (DRAW, RUN, *ensemble.names),
        [(n, int(kept.runs[n]), *(repr(float(v)) for v in ensemble.values[n])) for n in numbers],
    )
    fit = _csv(
        (DRAW, RUN, *kept.targets),
        [(n, int(kept.runs[n]), *(repr(float(v)) for v in kept.fit[n])) for n in numbers],
    )
    return {DRAWS: draws, FIT: fit, DESCRIPTION: describe(kept)}


def read_numbers(path: Path) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """A table of numbers: its columns, and float64[row, column].

    Raises
    ------
    InputErrors
        If it can't be read.
    """
    problems = Collector()
    text = read_text(path, problems)
    problems.raise_errors()
    assert text is not None
    columns, *rows = csv.reader(io.StringIO(text))
    return tuple(columns), np.array([[float(cell) for cell in row] for row in rows])


def numbers_text(columns: Sequence[str], values: NDArray[np.float64]) -> str:
    """A table of numbers as text that gives back every bit."""
    return _csv(columns, [[repr(float(cell)) for cell in row] for row in values])


def read_record(path: Path) -> Mapping[str, Any]:
    """What a description beside an ensemble says, as plain data.

    Raises
    ------
    InputErrors
        If it can't be read.
    """
    problems = Collector()
    document = read_yaml(path, problems)
    problems.raise_errors()
    assert document is not None
    return dict(document.data)


def describe(kept: Kept) -> str:
    """The text of ``ensemble.yaml``."""
    data: dict[str, Any] = {
        "kind": KIND,
        **{key: value for key, value in kept.facts.items() if key != "kind"},
        "digest": kept.ensemble.digest,
        "dimensions": [_written(dimension) for dimension in kept.ensemble.dimensions],
    }
    return yaml_text(data)


def yaml_text(data: Mapping[str, Any]) -> str:
    """Plain data as YAML, keys in their order."""
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.width = 100
    stream = io.StringIO()
    yaml.dump(dict(data), stream)
    return stream.getvalue()


def _written(dimension: Dimension) -> dict[str, Any]:
    """A dimension's fields, those left out that say nothing."""
    given: dict[str, Any] = {item.name: getattr(dimension, item.name) for item in fields(dimension)}
    given["rows"] = [list(row) for row in dimension.rows]
    given["rest"] = [list(row) for row in dimension.rest]
    return {key: value for key, value in given.items() if value not in (None, [], ())}


def _csv(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return stream.getvalue()
