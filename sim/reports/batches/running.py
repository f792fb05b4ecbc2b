"""Reports made in processes of their own, some at a time: bounded in time, told apart when they fail."""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import IO

import psutil

from sim.reports.batches.keeping import Job, Kept, NotWholeError, kept, publish

MAKING, FAILED = ".making", "failed"
ORDER, LOG, REPORT = "order.json", "log.txt", "report"
LOOK_SECONDS = 0.1
GRACE_SECONDS = 3.0
LAST_WORDS = 400
"""Characters of a sentence that says why a report failed."""


class State(StrEnum):
    """How it went with a report."""

    MADE = "made"
    FRESH = "fresh"
    FAILED = "failed"
    TOO_SLOW = "too-slow"
    NOT_WHOLE = "not-whole"
    """It said that it was done, and its files are not those that its manifest vouches for."""


@dataclass(frozen=True)
class Outcome:
    """How it went with one report.

    Attributes
    ----------
    name : str
    state : State
    reason : str
        Why it failed; nothing else.
    folder : Path
        The report, or what is left of one that failed.
    seconds : float
    aside : Path or None
        Where a report went that somebody had edited.
    """

    name: str
    state: State
    reason: str = ""
    folder: Path = Path()
    seconds: float = 0.0
    aside: Path | None = None


Progress = Callable[[str, int, int], None]
"""A report's name, runs done, runs in all."""

Command = Callable[[Path], Sequence[str]]
"""From the file that holds a worker's order to what is started."""


@dataclass
class _Work:
    """A worker under way."""

    job: Job
    home: Path
    process: subprocess.Popen[str]
    began: float
    listener: threading.Thread | None = None
    told: list[str] = field(default_factory=list)


def worker_command(order: Path) -> Sequence[str]:
    """What makes one report from its order."""
    return (sys.executable, "-m", "sim.reports.batches.worker", str(order))


def run_jobs(
    jobs: Sequence[Job],
    folder: Path,
    at_a_time: int,
    seconds: float,
    progress: Progress | None = None,
    ended: Callable[[Outcome], None] | None = None,
    command: Command = worker_command,
) -> tuple[Outcome, ...]:
    """Make the reports that are missing or stale.

    The caller holds the folder (`only_one`). A report is put in its place when all of it is there; of one
    that fails, what there is (its notebook, what it said) is kept in ``failed/NAME``. On Ctrl-C workers are
    stopped, what is half made is removed, and what was finished stays.

    Parameters
    ----------
    jobs : sequence of Job
        With different names.
    folder : Path
        Where each report gets its own folder.
    at_a_time : int
    seconds : float
        What one report may take.
    progress : callable, optional
        Called in this thread.
    ended : callable, optional
        Called in this thread with each outcome as it is known.
    command : callable, optional
        What is started for an order; it writes the report into the folder that the order names.

    Returns
    -------
    tuple of Outcome
        In the order of the jobs.
    """
    outcomes: dict[str, Outcome] = {}
    _sweep(folder)
    waiting = deque(jobs)
    under_way: list[_Work] = []
    heard: queue.SimpleQueue[tuple[str, int, int]] = queue.SimpleQueue()

    def end(outcome: Outcome) -> None:
        outcomes[outcome.name] = outcome
        if ended is not None:
            ended(outcome)

    def tell() -> None:
        for name, done, total in _heard(heard):
            if progress is not None:
                progress(name, done, total)

    try:
        while waiting or under_way:
            while waiting and len(under_way) < at_a_time:
                job = waiting.popleft()
                if kept(folder / job.name, job) is Kept.FRESH:
                    end(Outcome(job.name, State.FRESH, folder=folder / job.name))
                    continue
                try:
                    under_way.append(_begin(job, folder, command, heard))
                except OSError as error:
                    end(Outcome(job.name, State.FAILED, _reason(error), folder))
            for work in list(under_way):
                late = time.monotonic() - work.began > seconds
                if late:
                    _stop(work.process)
                if work.process.poll() is not None:
                    under_way.remove(work)
                    _hear_out(work)
                    tell()
                    end(_end(work, folder, late))
            tell()
            if under_way:
                time.sleep(LOOK_SECONDS)
    finally:
        for work in under_way:
            _stop(work.process)
            _hear_out(work)
        _sweep(folder)
    return tuple(outcomes[job.name] for job in jobs)


def _begin(job: Job, folder: Path, command: Command, heard: queue.SimpleQueue[tuple[str, int, int]]) -> _Work:
    """Start a worker; what it says comes through its standard output, one JSON value a line."""
    home = folder / MAKING / f"{job.name}.{os.getpid()}"
    (home / REPORT).mkdir(parents=True)
    order = home / ORDER
    order.write_text(json.dumps({**job.order, "out": str(home / REPORT)}), encoding="utf-8")
    with (home / LOG).open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            list(command(order)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            encoding="utf-8",
            errors="replace",
            env={**os.environ, "PYTHONUTF8": "1"},
            # Ctrl-C in a terminal reaches every process of its group; the batch alone says who stops when
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
    work = _Work(job, home, process, time.monotonic())
    assert process.stdout is not None
    work.listener = threading.Thread(target=_listen, args=(process.stdout, work, heard), daemon=True)
    work.listener.start()
    return work


def _listen(stream: IO[str], work: _Work, heard: queue.SimpleQueue[tuple[str, int, int]]) -> None:
    """Pass on what a worker says: ``[done, total]``, or why it failed."""
    with stream:
        for line in stream:
            with suppress(ValueError, TypeError, KeyError):
                said = json.loads(line)
                if isinstance(said, dict):
                    work.told.append(str(said["failed"]))
                else:
                    done, total = said
                    heard.put((work.job.name, int(done), int(total)))


def _hear_out(work: _Work) -> None:
    """Wait for the last of what a worker said; something that it started may hold the line open."""
    if work.listener is not None:
        work.listener.join(GRACE_SECONDS)


def _heard(heard: queue.SimpleQueue[tuple[str, int, int]]) -> Iterator[tuple[str, int, int]]:
    while True:
        try:
            yield heard.get_nowait()
        except queue.Empty:
            return


def _end(work: _Work, folder: Path, late: bool) -> Outcome:
    """Publish what a worker made, or keep what is left of it."""
    name, took = work.job.name, time.monotonic() - work.began
    if work.process.returncode == 0 and not late:
        try:
            aside = publish(work.home / REPORT, folder / name, work.job)
        except NotWholeError:
            return Outcome(name, State.NOT_WHOLE, "", _keep_rest(work, folder), took)
        except OSError as error:
            return Outcome(name, State.FAILED, _reason(error), _keep_rest(work, folder), took)
        shutil.rmtree(work.home, ignore_errors=True)
        shutil.rmtree(folder / FAILED / name, ignore_errors=True)
        with suppress(OSError):
            (folder / FAILED).rmdir()  # the last of them
        return Outcome(name, State.MADE, "", folder / name, took, aside)
    state = State.TOO_SLOW if late else State.FAILED
    return Outcome(name, state, "" if late else _why(work), _keep_rest(work, folder), took)


def _keep_rest(work: _Work, folder: Path) -> Path:
    """Move what a failed report left (its notebook, its log) where it can be read; an older rest goes."""
    rest = folder / FAILED / work.job.name
    rest.parent.mkdir(exist_ok=True)
    shutil.rmtree(rest, ignore_errors=True)
    with suppress(OSError):
        os.replace(work.home, rest)
    return rest


def _why(work: _Work) -> str:
    """Say why a worker failed: what it told, the last line of its log, or the signal that ended it."""
    if work.told:
        return work.told[-1][:LAST_WORDS]
    code = work.process.returncode
    lines = (work.home / LOG).read_text(encoding="utf-8", errors="replace").split("\n")
    said = [line.strip() for line in lines if line.strip()]
    if code is not None and code < 0:
        return f"signal {-code}"
    return said[-1][:LAST_WORDS] if said else f"exit status {code}"


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__


def _stop(process: subprocess.Popen[str]) -> None:
    """End a worker and everything that it started."""
    try:
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    except psutil.Error:
        family = []
    for member in family:
        with suppress(psutil.Error):
            member.terminate()
    _, stubborn = psutil.wait_procs(family, timeout=GRACE_SECONDS)
    for member in stubborn:
        with suppress(psutil.Error):
            member.kill()
    process.wait()


def _sweep(folder: Path) -> None:
    """Remove what killed batches left half made."""
    shutil.rmtree(folder / MAKING, ignore_errors=True)
