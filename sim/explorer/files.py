"""Settings as a scenario file that every other part of the program reads, and back."""

from __future__ import annotations

import io
import os
import tempfile
from datetime import date
from pathlib import Path

from ruamel.yaml import YAML

from sim.explorer.state import PLAN, Plan, Settings, assignments, lines, settings_of
from sim.parameters import InputErrors, Library


class NotExplorableError(ValueError):
    """A scenario sets something that the explorer has no lever for."""


def save(
    settings: Settings, path: Path, library: Library, plan: Plan, title: str, author: str, day: date
) -> Path:
    """Write the settings as a scenario file, once it has been checked.

    Parameters
    ----------
    settings : Settings
    path : Path
        The file, ending in ``.yaml``; its folder is made.
    library : Library
    plan : Plan
    title, author : str
        For the file's header.
    day : date
        For the file's header.

    Raises
    ------
    InputErrors
        If the settings are not allowed; nothing is written then.
    """
    library.resolve(PLAN, lines(settings, plan))
    header = {"title": title, "author": author, "date": day, "baseline": PLAN, "schema": 1}
    text = io.StringIO()
    YAML().dump({**header, "set": dict(assignments(settings, plan))}, text)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=path.parent) as shelter:
        new = Path(shelter) / path.name
        new.write_text(text.getvalue(), encoding="utf-8", newline="\n")
        os.replace(new, path)
    return path


def load(name: str | Path, library: Library, plan: Plan) -> Settings:
    """Return the levers of a scenario, by its name or its file.

    Raises
    ------
    InputErrors
        If the file has faults, all at once.
    NotExplorableError
        If the scenario is more than levers laid on the plan: shown, it would be another one.
    """
    scenario = library.resolve(name).scenario
    settings = settings_of(scenario, plan)
    if library.resolve(PLAN, lines(settings, plan)).scenario.digest != scenario.digest:
        raise NotExplorableError(str(name))
    return settings


def explorable(library: Library, plan: Plan) -> tuple[str, ...]:
    """Return the names of the shipped scenarios that the explorer can show."""
    found = []
    for name in library.scenario_names:
        try:
            load(name, library, plan)
        except (NotExplorableError, InputErrors):  # another city may not have what a scenario sets
            continue
        found.append(name)
    return tuple(found)
