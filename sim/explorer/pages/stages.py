"""People by stage over time: one small picture for each stage, both worlds in it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.experiment.differences import paired_difference
from sim.experiment.statistics import mean_interval
from sim.explorer.answer import LEVEL, told
from sim.explorer.drawing import WIDTH, Drawing, scale
from sim.explorer.pages.page import Room, Still
from sim.explorer.panels import Panel
from sim.explorer.parts import html, put
from sim.explorer.runs import BASE, OTHER, STAGES, Compared
from sim.explorer.sentence import view_of
from sim.explorer.state import State
from sim.explorer.view import panel_html
from sim.figures import style
from sim.words import Name, Prose, Quantity, Trace, Words

HEIGHT = 128.0


class StagesPage(Still):
    """One picture a stage."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self.root = html("", "explorer-panels", "explorer-stages")

    def show(self, compared: Compared, state: State, preview: bool, last: bool) -> None:
        """Draw all stages."""
        words, names = self._room.words, self._room.names
        view = view_of(state.centre, state.segment, names.centres, words)
        drawn = stage_panels(compared, state.centre, state.segment, words, view, preview)
        key = "".join(
            f'<li><i style="border-top-color:{colour};border-top-style:{line}"></i>'
            f"{words.raw(f'explorer.waits.{name}')}</li>"
            for name, colour, line in (
                ("base", style.BASELINE, "dashed"),
                ("other", style.SCENARIO, "solid"),
            )
        )
        note = f"{words.raw('explorer_pages.stages.note')} {words.raw('explorer_pages.chance')}"
        legend = f'<div class="explorer-legend"><p>{note}</p><ul>{key}</ul></div>'
        put(self.root, "".join(panel_html(panel) for panel in drawn) + legend)


def stage_panels(
    compared: Compared, centre: str, segment: str, words: Words, view: Prose, preview: bool
) -> tuple[Panel, ...]:
    """Return one panel for each stage, both worlds month by month with 90 % bands."""
    row, column = compared.results.centres.index(centre), compared.results.segments.index(segment)
    return tuple(
        _panel(compared, key, compared.stages[:, :, number, :, row, column], words, view, preview)
        for number, key in enumerate(STAGES)
    )


def _panel(
    compared: Compared, key: str, people: NDArray[np.float64], words: Words, view: Prose, preview: bool
) -> Panel:
    """Draw float64[scenario, run, month]."""
    drawing = Drawing(words, height=HEIGHT)
    left, right, top, bottom = 50.0, WIDTH - 10, 8.0, HEIGHT - 20
    bands = [mean_interval(side.T, LEVEL)[:3] for side in people]
    highest = max(float(np.nanmax(upper)) for _, _, upper in bands)
    along = scale([max(highest, 1.0)], bottom, top, 4)
    drawing.ticks_left(along, left, right)
    count = people.shape[2]
    x = left + (right - left) * (np.arange(count) + 0.5) / count
    for number, month in enumerate(compared.months):
        if month.key.endswith("-01"):
            drawing.line(x[number], bottom, x[number], bottom + 4, style.QUIET)
            drawing.text(x[number], bottom + 12, month.key[:4], colour=style.QUIET)
    for (mean, lower, upper), colour in zip(bands, (style.BASELINE, style.SCENARIO), strict=True):
        drawing.band(x, [along(v) for v in np.maximum(lower, 0.0)], [along(v) for v in upper], colour)
        drawing.path(x, [along(v) for v in mean], colour, dashed=colour == style.BASELINE)
    title = _finding(compared, key, people[:, :, -1], words)
    ends = words.period(compared.months[-1].key)
    subtitle = words.text("explorer_pages.stages.subtitle", view=view, month=ends).capitalised()
    alternative = words.text(
        "explorer_pages.stages.alternative",
        finding=title,
        base=_level(bands[0], key, BASE),
        other=_level(bands[1], key, OTHER),
    )
    stamps = (words.raw("explorer.stamp.preview"),) if preview else ()
    svg = drawing.finished(f"explorer-{key}", str(alternative.capitalised()), preview)
    return Panel(key.replace("_", "-"), str(title.capitalised()), str(subtitle), svg, stamps)


def _finding(compared: Compared, key: str, people: NDArray[np.float64], words: Words) -> Prose:
    """Say what the last month's number of people is, beside the other world's."""
    period = compared.months[-1].key
    stage = Name(words.raw(f"explorer_pages.stages.stage.{key}"))
    found = paired_difference(people[0], people[1], LEVEL)
    if found is None:
        return words.text("explorer_pages.stages.title.undefined", stage=stage)
    change = told(found, "people", Trace(key, OTHER, BASE, period))
    if change.interval is not None and change.interval.width == 0.0 and change.value == 0.0:
        return words.text("explorer_pages.stages.title.same", stage=stage)
    which = "cannot_tell" if not change.settled else "more" if change.value > 0 else "fewer"
    return words.text(f"explorer_pages.stages.title.{which}", change=change, stage=stage)


def _level(band: tuple[NDArray[np.float64], ...], key: str, side: str) -> Quantity:
    return Quantity(float(np.mean(band[0])), "people", Trace(key, side))
