"""Two scenarios side by side: what each sets, what each gives, and what lies between them."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

from sim.explorer.files import NotExplorableError
from sim.explorer.pages.page import Room
from sim.explorer.pages.working import Working
from sim.explorer.parts import dropdown
from sim.explorer.runs import Compared
from sim.explorer.sentence import described
from sim.explorer.state import Settings, State
from sim.explorer.twosides import two_sides
from sim.parameters import InputErrors

STEPS = (4, 24)


class Two(NamedTuple):
    """The scenarios by name and by settings."""

    names: tuple[str, str]
    first: Settings
    second: Settings


class ComparePage(Working[Two, tuple[Two, Compared]]):
    """Two choices and a table."""

    def __init__(self, room: Room) -> None:
        words = room.words
        scenarios = room.names.scenarios
        self.first = dropdown(words.raw("explorer_pages.compare.first"), scenarios)
        self.second = dropdown(words.raw("explorer_pages.compare.second"), scenarios)
        self.first.value, self.second.value = scenarios[:2]
        super().__init__(room, STEPS, (self.first, self.second))
        for choice in (self.first, self.second):
            choice.observe(lambda _: self._chosen(), names="value")

    def offer(self, scenarios: tuple[str, ...]) -> None:
        """Let further scenarios be chosen; what is chosen stays."""
        for choice in (self.first, self.second):
            chosen = choice.value
            choice.options = scenarios
            choice.value = chosen

    def _question(self, compared: Compared, state: State) -> Two:
        return self._two()

    def _two(self) -> Two:
        names = (self.first.value, self.second.value)
        return Two(names, *(self._room.load(name) for name in names))

    def _chosen(self) -> None:
        try:
            two = self._two()
        except (InputErrors, NotExplorableError) as error:
            self._room.fail(error)
            return
        self._ask(two)

    async def _compute(self, asked: Two, runs: int) -> tuple[Two, Compared]:
        if asked.first.last_year != asked.second.last_year:
            raise ValueError(self._words.raw("explorer_pages.compare.other_years"))
        return asked, await self._room.workshop.pair(asked.first, asked.second, runs)

    def _found(self, found: tuple[Two, Compared], last: bool) -> None:
        two, compared = found
        self.compared = compared
        words = self._words
        plan = self._room.workshop.plan.settings
        said = "".join(
            f"<p><b>{escape(name)}:</b> {escape(str(described(one, plan, words)))}.</p>"
            for name, one in zip(two.names, (two.first, two.second), strict=True)
        )
        preview = "" if last else words.raw("figures.stamp.preview")
        caption = f"{words.raw('explorer_pages.compare.caption')} {words.raw('explorer_pages.chance')}"
        self.picture.value = (
            f'<div class="explorer-note">{said}</div>'
            f"{two_sides(compared, words, two.names, f'{caption} {preview}'.strip())}"
        )
