"""One made-up person in two worlds: tables on the screen and a figure in a file."""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

import typer

from sim import places
from sim.cli.errors import PARTLY, CommandError, say
from sim.cli.inputs import all_settings, open_library, resolve_all
from sim.cli.screen import Screen
from sim.experiment.persons import PersonId, Ranking, person_in_two_worlds
from sim.figures import PersonData, Setting, person_timeline
from sim.figures.person import stays_table, sums_table, who
from sim.words import Name


@dataclass(frozen=True)
class Asked:
    """What was asked for; see the help of ``jobbtorg person``."""

    base: str
    other: str
    settings: tuple[str, ...]
    end: str | None
    run: int
    seed: int
    id: str | None
    by: Ranking
    figure: Path | None
    parameters: Path | None


def person(screen: Screen, asked: Asked) -> None:
    """Find the person, show both histories and draw them."""
    words = screen.words
    if asked.base == asked.other:
        raise CommandError("same-scenarios", name=asked.base)
    chosen = None if asked.id is None else PersonId.read(asked.id)
    library = open_library(asked.parameters)
    found = resolve_all(library, (asked.base, asked.other), all_settings(asked.settings, asked.end))
    base, other = (resolved.scenario for resolved in found.values())
    worlds = person_in_two_worlds(base, other, asked.run, asked.seed, chosen, asked.by)
    names = (Name(words.name("scenarios", scenario.name, scenario.name)) for scenario in (base, other))
    data = PersonData(worlds, *names)
    title = words.text(
        "person.table.title",
        id=Name(str(worlds.person.id)),
        run=Name(words.plain(asked.run)),
        who=who(worlds.person, words),
    )
    figure = person_timeline(data, Setting(words))
    screen.line(figure.title)
    screen.table(str(title), *stays_table(data, words), numbers_from=5)
    screen.table("", *sums_table(data, words))
    screen.line(words.raw("person.table.caption"))
    file = asked.figure or places.OUTPUTS / _file_name(base.name, other.name, asked.run, worlds.person.id)
    try:
        _write(file, figure.svg)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        screen.complain(say(words, "errors.write-failed", folder=file, reason=reason))
        raise typer.Exit(PARTLY) from None
    screen.say("wrote", folder=file)


def _file_name(base: str, other: str, run: int, who: PersonId) -> str:
    return re.sub(r"[^\w+.-]", "-", f"person-{base}_{other}-run-{run}-{who}.svg")


def _write(file: Path, text: str) -> None:
    """Write a file whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=file.parent, ignore_cleanup_errors=True) as shelter:
        new = Path(shelter) / file.name
        new.write_text(text, encoding="utf-8", newline="\n")
        os.replace(new, file)
