"""Archived results made anew, and whether they are the same."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import typer

from sim.cli import tables
from sim.cli.errors import FAILED, CommandError, say
from sim.cli.inputs import open_library
from sim.cli.screen import Screen
from sim.experiment.folder import MANIFEST
from sim.experiment.reproduce import Departure, Reproduction, reproduce
from sim.experiment.results import Results
from sim.parameters.archive import thaw
from sim.words import Words

RESULTS = "results"
"""Where a report keeps the results that it was written from."""


def reproduce_from(screen: Screen, source: Path, jobs: int | None, parameters: Path | None) -> None:
    """Run what a manifest tells of, compare, and end with 1 when any figure departs."""
    folders = result_folders(source)
    scenario_of = partial(thaw, open_library(parameters))
    same = True
    for folder in folders:
        with screen.progress() as progress:
            found = reproduce(folder, scenario_of, jobs, progress)
        screen.line(f"{folder}:")
        for sentence in _sentences(found, screen.words):
            screen.line(f"  {sentence}")
        same = same and found.same
    if not same:
        raise typer.Exit(FAILED)


def result_folders(source: Path) -> list[Path]:
    """The folders of results that a path means: itself, its manifest's, or those that a report keeps.

    Raises
    ------
    CommandError
        If there is no such file or folder.
    """
    if not source.exists():
        raise CommandError("no-such-file", found=source)
    folder = source if source.is_dir() else source.parent
    kept = sorted(path.parent for path in (folder / RESULTS).glob(f"**/{MANIFEST}"))
    return kept or [folder]


def _sentences(found: Reproduction, words: Words) -> Iterator[str]:
    """What came of it, one sentence after the other."""
    counts = {"cells": words.plain(found.cells), "differing": words.plain(found.differing)}
    if found.same:
        yield say(words, "reproduce.same", cells=counts["cells"])
    elif found.largest is not None:
        yield say(words, "reproduce.differs", **counts)
        yield _largest(found.largest, found.results, words)
    if found.left_out:
        yield say(words, "reproduce.left_out", measures=", ".join(found.left_out))
    later = dict.fromkeys(key for item in found.archived for key in item.later)
    gone = dict.fromkeys(key for item in found.archived for key in item.gone)
    if later:
        yield say(words, "reproduce.later", keys=", ".join(later))
    if gone:
        yield say(words, "reproduce.gone", keys=", ".join(gone))
    yield say(words, f"reproduce.{'same_code' if found.same_code else 'other_code'}")
    for name, then, now in found.versions:
        yield say(words, "reproduce.version", library=name, then=then or "-", now=now or "-")


def _largest(departure: Departure, results: Results, words: Words) -> str:
    """Where the figures depart most, and how."""
    measure = next(item for item in results.measures if item.key == departure.measure)
    return say(
        words,
        "reproduce.largest",
        measure=tables.measure_text(words, measure, "name"),
        scenario=departure.scenario,
        run=departure.run,
        period=tables.period(words, departure.period),
        centre=departure.centre,
        segment=departure.segment,
        before=_number(departure.before, words),
        now=_number(departure.now, words),
    )


def _number(value: float, words: Words) -> str:
    """A number as the archive holds it: all its digits, since the last may be what differs."""
    return words.raw("cli.reproduce.undefined") if math.isnan(value) else words.plain(value)
