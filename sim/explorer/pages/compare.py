"""Two scenarios side by side: what each sets, what each gives, and what lies between them."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

from sim.experiment.results import ALL, TOTAL
from sim.explorer.answer import Reader
from sim.explorer.files import NotExplorableError
from sim.explorer.pages.page import Room
from sim.explorer.pages.working import Working
from sim.explorer.parts import dropdown, table
from sim.explorer.runs import BASE, OTHER, Compared
from sim.explorer.sentence import described
from sim.explorer.state import Settings, State
from sim.parameters import InputErrors
from sim.words import Quantity

STEPS = (4, 24)

MEASURES = (
    "present_value",
    "net_cost",
    "benefit_cost",
    "staff_cost",
    "procured_cost",
    "posts",
    "caseload",
    "stock",
    "wait_days",
    "outsourced_people_share",
    "outsourced_budget_share",
)
"""What is told of both; the spread of waits between centres stands at the end."""


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
        self.first.value, self.second.value = scenarios[-2:]
        super().__init__(room, STEPS, (self.first, self.second))
        for choice in (self.first, self.second):
            choice.observe(lambda _: self._chosen(), names="value")

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
        heads = [words.raw("explorer_pages.compare.measure"), *two.names]
        heads += [words.raw(f"explorer_pages.compare.{name}") for name in ("difference", "verdict")]
        rows = [row for row in (self._row(compared, measure) for measure in MEASURES) if row]
        rows += self._spread(compared)
        preview = "" if last else words.raw("figures.stamp.preview")
        caption = words.raw("explorer_pages.compare.caption")
        self.picture.value = (
            f'<div class="explorer-note">{said}</div>'
            f"{table(heads, rows, f'{caption} {preview}'.strip(), text=(0, 4))}"
        )

    def _row(self, compared: Compared, measure: str) -> list[str]:
        reader = Reader(compared)
        sides = [reader.level(side, measure) for side in (BASE, OTHER)]
        change = reader.difference(measure, TOTAL, ALL, ALL)
        name = self._words.raw(f"measures.{measure}.name")
        return self._written(name, sides, change)

    def _spread(self, compared: Compared) -> list[list[str]]:
        centres = [centre for centre in compared.results.centres if centre != ALL]
        spread = Reader(compared).spread("wait_days", centres)
        if spread is None:
            return []
        name = self._words.raw("explorer_pages.compare.spread")
        return [self._written(name, [spread.base, spread.other], spread.difference)]

    def _written(self, name: str, sides: list[Quantity | None], change: Quantity | None) -> list[str]:
        words = self._words
        if sides[0] is None or sides[1] is None or change is None:
            return []
        same = change.interval is not None and change.interval.width == 0.0 and change.value == 0.0
        if same:
            verdict = words.raw("explorer_pages.compare.same")
        elif not change.settled:
            verdict = words.verdict("cannot_tell")
        else:
            verdict = words.verdict("higher" if change.value > 0 else "lower")
        unit = words.unit(change.unit)
        return [
            name if unit.lower() in name.lower() else f"{name}, {unit}",
            *(words.quantity(side, "bare") for side in sides if side is not None),
            words.quantity(change, "bare_signed_interval"),
            verdict,
        ]
