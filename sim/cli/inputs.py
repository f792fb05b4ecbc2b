"""From what was typed to scenarios."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sim.cli.errors import CommandError
from sim.experiment.errors import ExperimentError
from sim.parameters import InputErrors, Library, Problem, Resolved, load_library
from sim.parameters.overlays import STACK

END = "period.end"
FILE_ENDINGS = (".yaml", ".yml")


def open_library(folder: Path | None) -> Library:
    """The parameters in a folder, by default the shipped ones."""
    if folder is not None and not folder.is_dir():
        raise CommandError("no-such-file", found=folder)
    return load_library(folder)


def as_date(option: str, text: str | None) -> date | None:
    """A date as it is typed: YYYY-MM-DD."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError("bad-date", option=option, found=text) from None


def as_first_of_month(text: str | None) -> date | None:
    """The date from which tables report."""
    day = as_date("--start", text)
    if day is not None and day.day != 1:
        raise CommandError("not-first", found=text)
    return day


def all_settings(settings: Sequence[str], end: str | None) -> tuple[str, ...]:
    """The settings, with ``--end`` as one of them."""
    last = as_date("--end", end)
    if last is None:
        return tuple(settings)
    if any(setting.partition("=")[0].strip() == END for setting in settings):
        raise CommandError("end-twice")
    return (*settings, f"{END}={last.isoformat()}")


def resolve_all(library: Library, names: Sequence[str], settings: Sequence[str]) -> dict[str, Resolved]:
    """Every scenario with the settings laid on, by the name that tables give it, in order.

    Raises
    ------
    InputErrors
        With everything that is wrong with any of them, each fault once.
    """
    resolved: dict[str, Resolved] = {}
    problems: list[Problem] = []
    for name in names:
        try:
            found = library.resolve(name, settings=settings)
        except InputErrors as errors:
            problems += errors.problems
            continue
        if found.scenario.name in resolved:
            raise ExperimentError("same-name-twice", name=found.scenario.name)
        resolved[found.scenario.name] = found
    if problems:
        raise InputErrors(problems)
    return resolved


def policy_date(library: Library, names: Sequence[str]) -> date | None:
    """The first date on which one of the scenarios' overlays begins; None when they hold from the start."""
    parts = [
        part.strip()
        for name in names
        for part in ([name] if name.endswith(FILE_ENDINGS) else name.split(STACK))
        if part.strip() in (*library.scenario_names, *library.structure_names) or part.endswith(FILE_ENDINGS)
    ]
    return min((day for part in parts if (day := library.overlay(part).starts)), default=None)
