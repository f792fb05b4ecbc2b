"""One person in two worlds: the most affected, both histories on one time line."""

from __future__ import annotations

import asyncio
from html import escape
from typing import NamedTuple

import ipywidgets as widgets

from sim.experiment.errors import ExperimentError
from sim.experiment.persons import TwoWorlds, person_in_two_worlds
from sim.experiment.ranking import RANKINGS, Ranking
from sim.explorer.pages.page import Room
from sim.explorer.pages.working import Working
from sim.explorer.parts import dropdown, table
from sim.explorer.runs import Compared
from sim.explorer.state import Settings, State, base_of, changes
from sim.explorer.view import figure_html
from sim.figures.person import PersonData, person_timeline, stays_table, sums_table
from sim.figures.result import Setting
from sim.words import Name

RUNS = 20
"""Runs in which somebody can be looked for."""


class Wanted(NamedTuple):
    """Whom to look for: under what settings, in which run, most affected in what."""

    settings: Settings
    run: int
    by: Ranking


class PersonPage(Working[Wanted, TwoWorlds | None]):
    """A time line, and what the person met and cost as tables.

    Attributes
    ----------
    by, run : widget
        Most affected in what, and in which run.
    worlds : TwoWorlds or None
        What is shown; None when nobody's history differs.
    """

    def __init__(self, room: Room) -> None:
        words = room.words
        names = [(words.raw(f"explorer_pages.person.by_{by}"), by) for by in RANKINGS]
        self.by = dropdown(words.raw("explorer_pages.person.by"), names)
        self.run = widgets.BoundedIntText(
            1, min=1, max=RUNS, description=words.raw("explorer_pages.person.run")
        )
        self.run.add_class("explorer-number")
        super().__init__(room, (1,), (self.by, self.run))
        self.worlds: TwoWorlds | None = None
        self._settings: Settings | None = None
        for control in (self.by, self.run):
            control.observe(lambda _: self._asked_anew(), names="value")

    def _question(self, compared: Compared, state: State) -> Wanted:
        self._settings = compared.settings
        return Wanted(compared.settings, int(self.run.value) - 1, self.by.value)

    def _asked_anew(self) -> None:
        if self._settings is not None:
            self._ask(Wanted(self._settings, int(self.run.value) - 1, self.by.value))

    async def _compute(self, asked: Wanted, runs: int) -> TwoWorlds | None:
        workshop = self._room.workshop
        plan = workshop.plan.settings
        if not changes(asked.settings, plan):
            return None
        sides = [workshop.resolve(one).scenario for one in (base_of(asked.settings, plan), asked.settings)]

        def follow() -> TwoWorlds:
            return person_in_two_worlds(sides[0], sides[1], asked.run, workshop.seed, by=asked.by)

        try:
            return await asyncio.get_running_loop().run_in_executor(None, follow)
        except ExperimentError:
            return None  # nobody's history differs

    def _found(self, found: TwoWorlds | None, last: bool) -> None:
        words, self.worlds = self._words, found
        if found is None:
            self._say("explorer_pages.person.nobody")
            return
        data = PersonData(
            found, Name(words.raw("explorer.waits.base")), Name(words.raw("explorer.waits.other"))
        )
        self.figure = person_timeline(data, Setting(words))
        tables = "".join(
            table(heads, rows, text=(0, 1, 2, 6) if number == 0 else (0,))
            for number, (heads, rows) in enumerate((stays_table(data, words), sums_table(data, words)))
        )
        note = escape(words.raw("explorer_pages.person.note"))
        self.picture.value = f'{figure_html(self.figure)}<p class="explorer-note">{note}</p>{tables}'
