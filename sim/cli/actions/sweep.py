"""From a sweep file to its table."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sim import places
from sim.cli import tables
from sim.cli.errors import say
from sim.cli.inputs import open_library, policy_date
from sim.cli.screen import Screen
from sim.cli.storing import open_store, usable_when_interrupted
from sim.cli.writing import written
from sim.experiment.engine import Engine
from sim.experiment.folder import Making, check_replaceable
from sim.experiment.provenance import source_hash
from sim.experiment.run import cube_axes
from sim.experiment.sweep import SweepTable, check_asked, run_sweep
from sim.experiment.sweep_output import KIND, write_sweep
from sim.outcomes import Measure
from sim.parameters import InputErrors, Library, Scenario, Sweep
from sim.parameters.problems import Collector
from sim.parameters.sweeps import try_read_sweep
from sim.words import Interval, Quantity, Trace, Words

POINTS_SHOWN = 20
"""Points that a table on the screen holds at most; all are in the files."""


def sweep(
    screen: Screen,
    file: Path,
    jobs: int | None,
    engine: Engine,
    out: Path | None,
    parameters: Path | None,
    stored: bool,
) -> None:
    """Read, run, show and keep; whatever is wrong with the file is found before the first run."""
    started, source = datetime.now(UTC), source_hash()
    library = open_library(parameters)
    asked = _read(file, library)
    folder = out or places.OUTPUTS / _folder_name(asked)
    check_replaceable(folder, KIND)
    told: set[str] = set()

    def resolve(name: str, settings: tuple[str, ...]) -> Scenario:
        resolved = library.resolve(name, settings)
        for warning in resolved.warnings:
            if warning.sentence not in told:
                told.add(warning.sentence)
                screen.complain(say(screen.words, "check.warning", sentence=warning.sentence))
        return resolved.scenario

    store = open_store(screen, stored)
    policy_from = policy_date(library, (asked.baseline, asked.scenario))
    with usable_when_interrupted(screen, store), screen.progress() as progress:
        table = run_sweep(asked, resolve, jobs, engine, progress, store, policy_from)
    _show(screen, asked, table)
    making = Making(("jobbtorg", *sys.argv[1:]), source, started, datetime.now(UTC))
    with written(screen, folder):
        write_sweep(folder, asked, table, engine, making)


def _read(file: Path, library: Library) -> Sweep:
    problems = Collector()
    asked = try_read_sweep(file, library, problems)
    if asked is not None:
        problems.problems += check_asked(asked)
    if problems.errors or asked is None:
        raise InputErrors(problems.errors)
    return asked


def _folder_name(asked: Sweep) -> str:
    """The file's name, and a digest that keeps different contents apart."""
    text = json.dumps([asked.document.data, asked.example.digest], default=str)
    return f"sweep-{asked.name}-{hashlib.sha256(text.encode('utf-8')).hexdigest()[:8]}"


def _show(screen: Screen, asked: Sweep, table: SweepTable) -> None:
    """For each measure, its last period and the first centre and segment asked for."""
    words = screen.words
    measures = {measure.key: measure for measure in cube_axes(asked.example).measures}
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    for key in asked.measures:
        mine = [row for row in rows if (row["measure"], row["centre"], row["segment"]) == (
            (key, asked.centres[0], asked.segments[0])
        )]  # fmt: skip
        periods = [period for period in asked.periods if any(row["period"] == period for row in mine)]
        if not periods:
            continue
        title = say(
            words,
            "sweep.title",
            measure=tables.measure_text(words, measures[key], "name"),
            period=tables.period(words, periods[-1]),
            centre=words.name("centres", asked.centres[0]),
            segment=words.name("segments", asked.segments[0]),
        )
        lines = [row for row in mine if row["period"] == periods[-1]]
        head = [
            words.raw("cli.sweep.point"),
            *table.keys,
            words.raw("cli.sweep.value"),
            say(words, "sweep.difference", base=asked.baseline),
            words.raw("cli.sweep.verdict"),
        ]
        cells = (list(_cells(row, table, measures[key], words)) for row in lines[:POINTS_SHOWN])
        screen.table(title, head, cells)
        if len(lines) > POINTS_SHOWN:
            screen.say("sweep.more", number=words.plain(len(lines) - POINTS_SHOWN))
    level = tables.percent(words, asked.level)
    screen.say("sweep.caption", points=words.plain(table.points), runs=words.plain(asked.runs), level=level)


def _cells(row: dict[str, Any], table: SweepTable, measure: Measure, words: Words) -> Iterator[str]:
    yield words.plain(row["point"])
    for key in table.keys:
        yield row[key] if isinstance(row[key], str) else words.plain(float(f"{row[key]:.6g}"))
    trace = Trace(measure=measure.key, period=row["period"])
    level = Interval(row["lower"], row["upper"], row["level"])
    yield words.quantity(Quantity(row["mean"], measure.unit, trace, level), "bare_interval")
    change = Interval(row["difference_lower"], row["difference_upper"], row["level"])
    quantity = Quantity(row["difference"], measure.unit, trace, change)
    yield words.quantity(quantity, "bare_signed_interval")
    identical = row["difference"] == row["difference_sd"] == 0.0
    yield words.raw("cli.tables.identical") if identical else words.verdict(row["verdict"])
