"""What each lever does alone, and what they do only together, as bars that add up to the answer."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from sim.experiment.waterfall import Waterfall, lever_waterfall, run_levers
from sim.explorer.answer import HEADLINE
from sim.explorer.pages.page import Room
from sim.explorer.pages.working import Working
from sim.explorer.runs import BASE, OTHER, Compared
from sim.explorer.state import Settings, State, base_of, changes
from sim.explorer.view import figure_html
from sim.figures.result import Setting
from sim.figures.waterfall import waterfall, waterfall_data
from sim.words import Name, Prose

STEPS = (4, 24)
"""Paired runs behind each bar."""


class SplitPage(Working[Settings, Waterfall | None]):
    """A waterfall of levers.

    Attributes
    ----------
    waterfall : Waterfall or None
        What is shown; None when nothing is changed.
    """

    def __init__(self, room: Room) -> None:
        super().__init__(room, STEPS)
        self.waterfall: Waterfall | None = None

    def _question(self, compared: Compared, state: State) -> Settings:
        return compared.settings

    async def _compute(self, asked: Settings, runs: int) -> Waterfall | None:
        workshop = self._room.workshop
        plan = workshop.plan.settings
        if not changes(asked, plan):
            return None
        base, other = (
            replace(workshop.resolve(settings).scenario, name=name)
            for name, settings in ((BASE, base_of(asked, plan)), (OTHER, asked))
        )

        def run() -> Waterfall:
            results, steps = run_levers(
                base,
                other,
                workshop.library.group,
                runs,
                workshop.seed,
                jobs=1,
                policy_from=asked.starts,
                store=workshop.store,
            )
            return lever_waterfall(results, BASE, OTHER, steps, HEADLINE)

        return await asyncio.get_running_loop().run_in_executor(None, run)

    def _found(self, found: Waterfall | None, last: bool) -> None:
        words, self.waterfall = self._words, found
        if found is None:
            self._say("explorer_pages.split.nothing")
            return
        scenario = self._room.workshop.plan.scenario
        assert self._asked is not None
        data = waterfall_data(
            found,
            words,
            Name(words.raw(f"measures.{HEADLINE}.name")),
            Name(words.raw("explorer.waits.base")),
            Name(words.raw("explorer.waits.other")).first,
            Prose((f"{scenario.start.year}–{self._asked.last_year}",)),
        )
        self.figure = waterfall(data, Setting(words, preview=not last))
        note = f"{words.raw('explorer_pages.split.note')} {words.raw('explorer_pages.chance')}"
        self.picture.value = f'{figure_html(self.figure)}<p class="explorer-note">{note}</p>'
