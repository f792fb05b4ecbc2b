"""What inference found, as the texts of files and back; the caller writes them whole or not at all."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sim.experiment.provenance import library_versions
from sim.inference.calibration import Calibration
from sim.inference.explain import Explained, Placebo
from sim.inference.forecast import Forecast, Record
from sim.inference.synthetic import LEVELS, Coverage
from sim.parameters.ensembles import FORECAST, RECORD, Kept, numbers_text, yaml_text
from sim.parameters.studies import Study
from sim.parameters.targets import Target

SYNTHETIC = "synthetic.csv"
EXPLAINED = "explained.csv"
PLACEBO = "placebo.csv"

LEVEL = 0.90
TAILS = (0.05, 0.95)


def kept_of(study: Study, found: Calibration, command: Sequence[str]) -> Kept:
    """An ensemble with what it was made from."""
    facts = {
        "title": study.title,
        "author": study.author,
        "date": study.date.isoformat(),
        "command": " ".join(command),
        "seed": study.seed,
        "targets": study.targets.name,
        "targets_digest": study.targets.digest,
        "prior_digest": study.prior_digest,
        "learned": list(study.learn),
        "simulated": found.simulated,
        "dropped": found.dropped,
        "versions": library_versions(),
    }
    return Kept(found.ensemble, facts, found.runs, tuple(t.key for t in study.calibrate), found.fit)


def forecast_texts(found: Forecast, record: Record) -> dict[str, str]:
    """The texts of a frozen forecast, by file name."""
    data = {
        "kind": "jobbtorg-forecast",
        "ensemble": record.ensemble,
        "forecast": record.forecast,
        "roles": dict(record.roles),
        "targets": dict(record.targets),
    }
    return {FORECAST: numbers_text(found.columns, found.found), RECORD: yaml_text(data)}


def record_of(data: Mapping[str, Any]) -> Record:
    """What a forecast is bound to, from its file."""
    return Record(
        targets={str(key): str(value) for key, value in data["targets"].items()},
        roles={str(key): str(value) for key, value in data["roles"].items()},
        ensemble=str(data["ensemble"]),
        forecast=str(data["forecast"]),
    )


SYNTHETIC_COLUMNS = ("name", "level", "cities", "chains", "held", "expected_low", "expected_high")


def coverage_rows(found: Coverage) -> Iterator[tuple[object, ...]]:
    """One row for each quantity and level."""
    for level in LEVELS:
        low, high = found.expected(level)
        for name, held in zip(found.names, found.held(level).tolist(), strict=True):
            yield name, level, found.cities, found.chains, held, low, high


EXPLAINED_COLUMNS = (
    *("outcome", "part", "way", "mean", "lower", "upper", "level", "draws"),
    *("before", "after"),
)


def explained_rows(found: Explained) -> Iterator[tuple[object, ...]]:
    """One row for each outcome, part and way of adding it."""
    for share in found.shares:
        place = found.outcomes.index(share.outcome)
        ends = (float(found.before[:, place].mean()), float(found.after[:, place].mean()))
        for way in ("alone", "last", "shapley"):
            values = getattr(share, way)
            lower, upper = (float(end) for end in np.quantile(values, TAILS))
            yield (
                share.outcome,
                share.part,
                way,
                float(values.mean()),
                lower,
                upper,
                LEVEL,
                found.draws,
                *ends,
            )


PLACEBO_COLUMNS = (
    *("group", "event", "true", "moved", "quantity", "mean", "lower", "upper", "level", "draws"),
    *("agreeing", "agreeing_truly"),
)


def placebo_rows(found: Sequence[Placebo], quantities: Sequence[Target]) -> Iterator[tuple[object, ...]]:
    """One row for each event, date tried and quantity."""
    for placebo in found:
        for column, quantity in enumerate(quantities):
            values = placebo.change[:, column]
            lower, upper = (float(end) for end in np.quantile(values, TAILS))
            yield (
                *(placebo.group, placebo.event, placebo.true.isoformat(), placebo.moved.isoformat()),
                *(quantity.key, float(values.mean()), lower, upper, LEVEL, len(values)),
                *(placebo.agreeing, placebo.agreeing_truly),
            )


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a table that was written beside an ensemble."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
