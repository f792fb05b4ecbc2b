"""A file of reports: everything is checked, then they are made some at a time."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import typer
from rich.progress import TaskID

from sim import places
from sim.cli.errors import FAILED, PARTLY, CommandError, say
from sim.cli.inputs import open_library
from sim.cli.screen import Screen
from sim.cli.storing import store_folder
from sim.parameters import Library
from sim.reports.batch_file import Batch, read_batch
from sim.reports.batches import BusyError, Job, Outcome, State, only_one, run_jobs
from sim.reports.batches.running import Progress
from sim.reports.batches.worker import order_of
from sim.reports.committee import made_from

COLUMNS = ("report", "state", "seconds", "where")
GOOD_STATES = (State.MADE, State.FRESH)

ROOM_EACH = 100_000_000
"""Bytes that a report may take while it is made; it leaves a tenth of that."""

MEBI = 1_000_000


def batch(
    screen: Screen,
    file: Path,
    out: Path | None,
    at_a_time: int | None,
    minutes: float,
    parameters: Path | None,
    store: bool,
) -> None:
    """Check everything, make what is missing or stale, and sum up."""
    library = open_library(parameters)
    described = read_batch(file, library)
    folder = (places.OUTPUTS / "batches" / described.name if out is None else out).resolve()
    _check_room(folder, len(described.reports))
    jobs = _jobs(described, library, parameters, store_folder() if store else None, screen.words.language)
    together = at_a_time or max(1, min(len(jobs), (os.cpu_count() or 2) // 2))
    try:
        with only_one(folder), _progress(screen, jobs) as (progress, ended):
            outcomes = run_jobs(jobs, folder, together, minutes * 60.0, progress, ended)
    except BusyError as error:
        raise CommandError("batch-busy", FAILED, folder=error.folder, process=error.process) from None
    except KeyboardInterrupt:
        screen.complain(say(screen.words, "errors.interrupted-report", folder=folder))
        raise typer.Exit(PARTLY) from None
    _sum_up(screen, outcomes)


def _jobs(
    described: Batch, library: Library, parameters: Path | None, store: Path | None, language: str
) -> list[Job]:
    today = date.today()
    return [
        Job(
            spec.name,
            made_from(spec, library),
            order_of(spec, today, parameters, store, language),
            spec.day.isoformat() if spec.day else "",
        )
        for spec in described.reports
    ]


def _check_room(folder: Path, reports: int) -> None:
    """Refuse to start where the disk has no room for what is made at the same time and for what stays."""
    there = next(place for place in (folder, *folder.parents) if place.exists())
    free, needed = shutil.disk_usage(there).free, ROOM_EACH * (1 + reports // 10)
    if free < needed:
        raise CommandError(
            "no-room", FAILED, folder=folder, free=round(free / MEBI), needed=round(needed / MEBI)
        )


@contextmanager
def _progress(
    screen: Screen, jobs: Sequence[Job]
) -> Iterator[tuple[Progress | None, Callable[[Outcome], None]]]:
    """A bar for the batch and one for each report under way; a line as each ends where nobody watches."""
    with screen.bars() as bars:
        if bars is None:
            yield None, lambda outcome: screen.complain(_line(outcome, screen))
            return
        whole = bars.add_task(say(screen.words, "progress.reports"), total=len(jobs))
        own: dict[str, TaskID] = {}

        def progress(name: str, done: int, total: int) -> None:
            if name not in own:
                own[name] = bars.add_task(name)
            bars.update(own[name], completed=done, total=total)

        def ended(outcome: Outcome) -> None:
            if outcome.name in own:
                bars.remove_task(own.pop(outcome.name))
            bars.advance(whole)
            bars.console.print(_line(outcome, screen))

        yield progress, ended


def _line(outcome: Outcome, screen: Screen) -> str:
    return f"{outcome.name}: {_state(outcome, screen)}"


def _state(outcome: Outcome, screen: Screen) -> str:
    """How it went, and why if it failed."""
    state = screen.words.raw(f"cli.batch.{outcome.state.replace('-', '_')}")
    return f"{state}: {outcome.reason}" if outcome.reason else state


def _sum_up(screen: Screen, outcomes: Sequence[Outcome]) -> None:
    words = screen.words
    rows = [
        [
            outcome.name,
            _state(outcome, screen),
            "" if outcome.state is State.FRESH else words.plain(round(outcome.seconds)),
            str(outcome.folder),
        ]
        for outcome in outcomes
    ]
    screen.table("", [words.raw(f"cli.batch.{key}") for key in COLUMNS], rows, numbers_from=2)
    for outcome in outcomes:
        if outcome.aside is not None:
            screen.say("batch.aside", report=outcome.name, folder=outcome.aside)
    good = [outcome for outcome in outcomes if outcome.state in GOOD_STATES]
    screen.say("batch.sum", good=words.plain(len(good)), all=words.plain(len(outcomes)))
    if len(good) < len(outcomes):
        raise typer.Exit(PARTLY if good else FAILED)
