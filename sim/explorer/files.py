"""Settings as a scenario file that every other part of the program reads, and back."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

from ruamel.yaml import YAML

from sim.explorer.state import PLAN, Settings, assignments, lines, settings_of
from sim.parameters import Library


class NotExplorableError(ValueError):
    """A scenario sets something that the explorer has no lever for."""


def save(settings: Settings, path: Path, library: Library, title: str, author: str, day: date) -> Path:
    """Write the settings as a scenario file, once it has been checked.

    Parameters
    ----------
    settings : Settings
    path : Path
        The file, ending in ``.yaml``; its folder is made.
    library : Library
    title, author : str
        For the file's header.
    day : date
        For the file's header.

    Raises
    ------
    InputErrors
        If the settings are not allowed; nothing is written then.
    """
    plan = library.resolve(PLAN).scenario
    library.resolve(PLAN, lines(settings, plan))
    header = {"title": title, "author": author, "date": day, "baseline": PLAN, "schema": 1}
    text = io.StringIO()
    yaml = YAML()
    yaml.dump({**header, "set": dict(assignments(settings, plan))}, text)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.getvalue(), encoding="utf-8", newline="\n")
    return path


def load(name: str | Path, library: Library) -> Settings:
    """Return the levers of a scenario, by its name or its file.

    Raises
    ------
    InputErrors
        If the file has faults, all at once.
    NotExplorableError
        If the scenario is more than levers laid on the plan: shown, it would be another one.
    """
    scenario = library.resolve(name).scenario
    settings = settings_of(scenario)
    plan = library.resolve(PLAN).scenario
    if library.resolve(PLAN, lines(settings, plan)).scenario.digest != scenario.digest:
        raise NotExplorableError(str(name))
    return settings


def explorable(library: Library) -> tuple[str, ...]:
    """Return the names of the shipped scenarios that the explorer can show."""
    found = []
    for name in library.scenario_names:
        try:
            load(name, library)
        except NotExplorableError:
            continue
        found.append(name)
    return tuple(found)
