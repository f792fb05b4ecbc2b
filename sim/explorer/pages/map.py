"""The map of caseload × outsourcing share, with today's point and limits that can be moved."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import ipywidgets as widgets
import numpy as np

from sim.experiment.results import ALL, TOTAL
from sim.explorer.answer import HEADLINE, Reader
from sim.explorer.grid import Grid, norm_quantities, share_quantities
from sim.explorer.pages.page import Room
from sim.explorer.pages.working import Working
from sim.explorer.runs import BASE, OTHER, Compared
from sim.explorer.state import Plan, Settings, State, base_of
from sim.explorer.view import figure_html
from sim.figures.map import MapCell, MapData, caseload_map
from sim.figures.result import FigureResult, Setting
from sim.words import Prose, Quantity, Trace, Words, exact

STEPS = (2, 6)
"""Paired runs at each crossing."""

BUDGET, WAIT = 105.0, 30.0
"""Limits at first: per cent of what the centres cost in the base, and days."""


class MapPage(Working[Settings, tuple[tuple[Compared, ...], ...]]):
    """The map, and two number boxes for its limits."""

    def __init__(self, room: Room) -> None:
        words = room.words
        self._grid = Grid()
        self.budget = widgets.BoundedFloatText(
            BUDGET, min=50.0, max=300.0, step=1.0, description=words.raw("explorer_pages.map.budget")
        )
        self.wait = widgets.BoundedFloatText(
            WAIT, min=0.0, max=1000.0, step=1.0, description=words.raw("explorer_pages.map.wait")
        )
        super().__init__(room, STEPS, (self.budget, self.wait))
        self._cells: tuple[tuple[Compared, ...], ...] = ()
        self._last = False
        for limit in (self.budget, self.wait):
            limit.add_class("explorer-number")
            limit.observe(lambda _: self._draw(), names="value")

    def _question(self, compared: Compared, state: State) -> Settings:
        return base_of(compared.settings, self._room.workshop.plan.settings)

    async def _compute(self, asked: Settings, runs: int) -> tuple[tuple[Compared, ...], ...]:
        workshop = self._room.workshop
        rows = []
        for settings in self._grid.cells(asked, workshop.plan):
            rows.append(await asyncio.gather(*(workshop.compare(one, runs) for one in settings)))
        return tuple(tuple(row) for row in rows)

    def _found(self, found: tuple[tuple[Compared, ...], ...], last: bool) -> None:
        self._cells, self._last = found, last
        self._draw()

    def _draw(self) -> None:
        if not self._cells:
            return
        self.figure = drawn_map(
            self._cells, self._grid, self._room.workshop.plan, self._words,
            float(self.budget.value) / 100.0, float(self.wait.value), preview=not self._last,
        )  # fmt: skip
        self.picture.value = figure_html(self.figure)


def drawn_map(
    cells: Sequence[Sequence[Compared]],
    grid: Grid,
    plan: Plan,
    words: Words,
    budget: float,
    wait: float,
    preview: bool = False,
) -> FigureResult:
    """Return the map of comparisons at [share][norm].

    Parameters
    ----------
    cells : sequence of sequence of Compared
    grid : Grid
    plan : Plan
    words : Words
    budget : float
        What the centres may cost, times what they cost in the base.
    wait : float
        Days that the longest of the centres' mean waits may be.
    preview : bool
    """
    first = Reader(cells[0][0])
    base_cost = first.level(BASE, "programme_cost")
    assert base_cost is not None
    years = [period.key for period in cells[0][0].results.periods if period.kind == "year"]
    data = MapData(
        norms=tuple(words.quantity(norm, "bare") for norm in norm_quantities(grid.norms)),
        shares=tuple(
            words.raw("map.plan_places") if share is None else words.quantity(share)
            for share in share_quantities(grid.shares)
        ),
        cells=tuple(tuple(_cell(one) for one in row) for row in cells),
        today=(grid.shares.index(None), grid.norms.index(plan.settings.norm)),
        budget=Quantity(base_cost.value * budget, "MSEK", base_cost.trace),
        wait=exact(wait, "days", Trace(manifest="limit")),
        period=Prose((f"{years[0]}–{years[-1]}",)),
    )
    return caseload_map(data, Setting(words, preview=preview))


def _cell(compared: Compared) -> MapCell:
    reader = Reader(compared)
    difference = reader.difference(HEADLINE, TOTAL, ALL, ALL)
    programme = reader.level(OTHER, "programme_cost")
    assert difference is not None and programme is not None
    centres = [centre for centre in compared.results.centres if centre != ALL]
    waits = np.array([compared.results.cell(OTHER, "wait_days", TOTAL, centre) for centre in centres])
    if np.isnan(waits).all():
        return MapCell(difference, programme, None)
    longest = float(np.nanmax(np.nanmean(waits, axis=1)))
    return MapCell(difference, programme, Quantity(longest, "days", Trace("wait_days", OTHER)))
