"""One made-up person in two worlds: tables on the screen and a figure in a file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from sim import places
from sim.cli.errors import CommandError
from sim.cli.inputs import all_settings, open_library, resolve_all
from sim.cli.screen import Screen
from sim.cli.writing import keep_file
from sim.experiment.persons import PersonId, person_in_two_worlds
from sim.experiment.ranking import Ranking
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
    keep_file(screen, file, figure.svg)


def _file_name(base: str, other: str, run: int, who: PersonId) -> str:
    return re.sub(r"[^\w+.-]", "-", f"person-{base}_{other}-run-{run}-{who}.svg")
