"""One folder for one study of what an answer hangs on: its tables, its figures, and how it came to be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sim.experiment.curves import Curve
from sim.experiment.differences import Difference
from sim.experiment.folder import Making, replaced_folder, scenarios_told, write_csv, write_manifest
from sim.experiment.run import CODE
from sim.inference.answers import Question
from sim.inference.sensitivity import Input, Shares, Structures, Tornado
from sim.inference.turning import Turn
from sim.parameters import Resolved

KIND = "jobbtorg-sensitivity"
TORNADO = "tornado.csv"
STRUCTURES = "structures.csv"
SOBOL = "sobol.csv"
TURNS = "turns.csv"
CURVES = "curves.csv"

Row = tuple[object, ...]


@dataclass(frozen=True)
class Study:
    """What was found about one answer.

    Attributes
    ----------
    asked : Question
    base, other : str
        Names of the scenarios.
    unit : str
        The measure's.
    level : float
    runs : int
        Paired runs at each point that one thing alone is moved to.
    points : int
        Of the design in which all moves; 0 where that was not asked for.
    inputs : tuple of Input
    tornados : tuple of Tornado
    structures : tuple of Structures
    shares : tuple of Shares
        One of each for each period; no shares where `points` is 0.
    curves : tuple of Curve
    turns : tuple of Turn
    """

    asked: Question
    base: str
    other: str
    unit: str
    level: float
    runs: int
    points: int
    inputs: tuple[Input, ...]
    tornados: tuple[Tornado, ...]
    structures: tuple[Structures, ...]
    shares: tuple[Shares, ...]
    curves: tuple[Curve, ...]
    turns: tuple[Turn, ...]


@dataclass(frozen=True, kw_only=True)
class StudyRecord(Making):
    """How a study came to be; goes into the manifest.

    Attributes
    ----------
    resolved : mapping of str to Resolved
        Both scenarios' values, with the layer that set each.
    settings : tuple of str
        ``KEY=VALUE`` laid on both.
    """

    resolved: Mapping[str, Resolved]
    settings: tuple[str, ...]


def write_study(
    folder: Path, study: Study, record: StudyRecord, more: Mapping[str, str] = MappingProxyType({})
) -> Path:
    """Write one folder, whole or not at all; the tables are the same to the byte whenever they are written.

    Parameters
    ----------
    folder : Path
        New, empty, or written by this function before and untouched since; then it is replaced.
    study : Study
    record : StudyRecord
    more : mapping of str to str
        Text files beside the tables, by name.

    Raises
    ------
    ExperimentError
        If the folder holds anything that this function did not write.
    """
    with replaced_folder(folder, KIND) as new:
        for name, (columns, rows) in tables(study).items():
            write_csv(new / name, columns, rows)
        for name, content in more.items():
            (new / name).write_text(content, encoding="utf-8", newline="\n")
        write_manifest(new, KIND, _told(study, record))
    return folder


def tables(study: Study) -> dict[str, tuple[Sequence[str], list[Row]]]:
    """Columns and rows of each table, by the name of its file; no table where there is nothing to tell."""
    made: dict[str, tuple[Sequence[str], list[Row]]] = {
        TORNADO: (_TORNADO, list(_tornado_rows(study))),
        STRUCTURES: (_STRUCTURES, list(_structure_rows(study))),
        SOBOL: (_SOBOL, list(_share_rows(study))),
        TURNS: (_TURNS, list(_turn_rows(study))),
        CURVES: (_CURVES, list(_curve_rows(study))),
    }
    return {name: table for name, table in made.items() if table[1]}


_HEAD = ("base", "scenario", "measure", "unit", "period")
_TORNADO = (
    *_HEAD,
    *("input", "parameter", "kind", "grade", "low_at", "mode_at", "high_at"),
    *("central", "at_low", "at_low_lower", "at_low_upper", "at_high", "at_high_lower", "at_high_upper"),
    *("swing", "swing_lower", "swing_upper", "swing_verdict", "turns", "level", "runs"),
)
_STRUCTURES = (
    *_HEAD,
    *("alternative", "answer", "lower", "upper", "verdict", "change", "change_lower", "change_upper"),
    *("change_verdict", "turns", "level", "runs"),
)
_SOBOL = (
    *_HEAD,
    *("input", "kind", "grade", "first", "first_half_width", "total", "total_half_width", "level"),
    *("mean", "sd", "below_zero", "pairs"),
)
_TURNS = (
    *_HEAD,
    *("parameter", "verdict", "turns_at", "lower", "upper", "tried_from", "tried_to", "central"),
    *("evidence_from", "evidence_to", "within_evidence", "level", "runs"),
)
_CURVES = (*_HEAD, "parameter", "point", "at", "mean", "lower", "upper", "verdict", "level", "runs")


def _head(study: Study, period: str) -> Row:
    return (study.base, study.other, study.asked.measure, study.unit, period)


def _around(found: Difference) -> Row:
    return (found.mean, found.lower, found.upper)


def _flag(value: bool | None) -> str | None:
    return None if value is None else str(value).lower()


def _tornado_rows(study: Study) -> Iterator[Row]:
    for table in study.tornados:
        for bar in table.bars:
            dimension = bar.input.dimension
            yield (
                *_head(study, table.period),
                *(dimension.name, dimension.key, bar.input.kind, bar.input.grade),
                *(dimension.low, dimension.mode, dimension.high, table.central.mean),
                *(*_around(bar.low), *_around(bar.high), *_around(bar.swing)),
                *(bar.swing.verdict, _flag(bar.turns), bar.swing.level, bar.swing.runs),
            )


def _structure_rows(study: Study) -> Iterator[Row]:
    for table in study.structures:
        for found in table.alternatives:
            yield (
                *(*_head(study, table.period), found.name),
                *(*_around(found.answer), found.answer.verdict, *_around(found.change)),
                *(found.change.verdict, _flag(found.turns(table.central))),
                *(found.answer.level, found.answer.runs),
            )


def _share_rows(study: Study) -> Iterator[Row]:
    known = {entry.name: entry for entry in study.inputs}
    for found in study.shares:
        part = found.indices
        columns = (part.first, part.first_half, part.total, part.total_half)
        for name, *numbers in zip(part.names, *(column.tolist() for column in columns), strict=True):
            entry = known.get(name)
            yield (
                *(*_head(study, found.period), name),
                *((entry.kind, entry.grade) if entry else (None, None)),
                *(*numbers, part.level, part.mean, part.sd, found.below, part.evaluations),
            )


def _turn_rows(study: Study) -> Iterator[Row]:
    for turn in study.turns:
        yield (
            *(*_head(study, turn.period), turn.key, turn.verdict, turn.x, turn.lower, turn.upper),
            *(turn.first, turn.last, turn.central, *(turn.evidence or (None, None))),
            *(_flag(turn.within_evidence), turn.level, turn.runs),
        )


def _curve_rows(study: Study) -> Iterator[Row]:
    for curve in study.curves:
        for measured in curve.points:
            found = measured.difference
            yield (
                *(*_head(study, curve.period), curve.varied, measured.point.label, measured.point.x),
                *(*_around(found), found.verdict, found.level, found.runs),
            )


def _told(study: Study, record: StudyRecord) -> dict[str, Any]:
    return {
        **record.told(),
        "seed": study.asked.seed,
        "runs": study.runs,
        "points": study.points,
        "level": study.level,
        "measure": study.asked.measure,
        "periods": list(study.asked.periods),
        "policy_from": None if study.asked.policy_from is None else study.asked.policy_from.isoformat(),
        "settings": list(record.settings),
        "deciding_code": CODE,
        "inputs": [
            {**entry.dimension.canonical(), "kind": entry.kind, "grade": entry.grade}
            for entry in study.inputs
        ],
        "alternatives": [found.name for table in study.structures[:1] for found in table.alternatives],
        "scenarios": scenarios_told(record.resolved),
    }
