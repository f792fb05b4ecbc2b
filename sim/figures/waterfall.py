"""A difference as bars that add up to it: by line of cost, or lever by lever."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sim.experiment.differences import Difference
from sim.experiment.waterfall import INTERACTION, LINES, Bar, Waterfall
from sim.figures import style
from sim.figures.result import FigureResult, Setting
from sim.words import Interval, Name, Prose, Quantity, Trace, Words

INNER = 0.50
DUST = 1e-9
"""Relative: runs that differ by less differ by the order in which the same amounts were added."""

COLOURS = style.LINES | {"measure": style.PROCURED}
"""Colour of a bar by its line; a lever's is the scenario's, and what is neither is grey."""


@dataclass(frozen=True)
class WaterfallBar:
    """One part: its key, what people call it, its line of cost (empty for a lever), and how much it moves."""

    key: str
    label: str
    line: str
    difference: Quantity


@dataclass(frozen=True)
class WaterfallData:
    """The parts that move, in order, and the whole; `by_line` tells lines of cost from levers."""

    bars: tuple[WaterfallBar, ...]
    whole: Quantity
    by_line: bool
    measure: Name
    base: Name
    other: Name
    period: Prose


def waterfall_data(
    waterfall: Waterfall, words: Words, measure: Name, base: Name, other: Name, period: Prose
) -> WaterfallData:
    """Return what is drawn of a waterfall: parts in which no run differs are left out.

    Parameters
    ----------
    waterfall : Waterfall
    words : Words
    measure, base, other : Name
        What people call the measure and the two scenarios.
    period : Prose
    """
    bars = tuple(
        WaterfallBar(
            bar.key,
            bar_label(bar, words),
            bar.line,
            _quantity(waterfall, bar.measure, bar.scenario, bar.difference),
        )
        for bar in waterfall.moving
    )
    whole = _quantity(waterfall, waterfall.measure, waterfall.other, waterfall.whole)
    return WaterfallData(bars, whole, waterfall.kind == LINES, measure, base, other, period)


def bar_label(bar: Bar, words: Words) -> str:
    """Return what people call a part."""
    if bar.key == INTERACTION:
        return words.raw("waterfall.interaction")
    kind = {"": "parameter_groups", "measure": "measures"}.get(bar.line, "lines")
    return words.name(kind, bar.key)


def waterfall(data: WaterfallData, setting: Setting, key: str = "waterfall") -> FigureResult:
    """Draw one bar a part, each from where the one above ends, and the whole from zero.

    A bar is hollow where its own interval crosses zero; the interval stands at the bar's end.
    """
    words, bars = setting.words, data.bars
    starts = np.concatenate([[0.0], np.cumsum([bar.difference.value for bar in bars])])
    labels = [*(bar.label for bar in bars), words.raw("waterfall.whole")]
    unit_step = words.step(data.whole)
    with style.styled():
        figure = style.canvas(0.9 + 0.36 * len(labels))
        axes = figure.add_subplot()
        style.zero_line(axes, "x")
        for row, bar in enumerate(bars):
            colour = COLOURS.get(bar.line, style.OTHER) if data.by_line else _lever_colour(bar.key)
            _bar(axes, row, float(starts[row]), bar.difference, colour)
            end = float(starts[row + 1])
            axes.plot([end, end], [row + 0.3, row + 0.7], color=style.QUIET, linewidth=0.8)
        _bar(axes, len(bars), 0.0, data.whole, style.BASELINE)
        if bars:
            axes.axhline(len(bars) - 0.5, color=style.RULE, linewidth=0.8)
        reach = _reach(starts, (*(bar.difference for bar in bars), data.whole))
        for row, quantity in enumerate((*(bar.difference for bar in bars), data.whole)):
            text = words.quantity(quantity, "bare_signed_interval", unit_step=unit_step)
            weight = "bold" if row == len(bars) else "normal"
            style.say(axes, text, (reach[row], row), (7, 0), fontweight=weight, bbox=style.CLEAR)
        _frame(axes, labels, reach, words)
        unit = Name(words.unit(data.whole.unit))
        axes.set_xlabel(str(words.text("waterfall.axis", base=data.base, unit=unit)))
        style.finished(figure, setting)

        title = _line_title(data, words) if data.by_line else _lever_title(data, words)
        subtitle = words.text(
            f"waterfall.subtitle_{'lines' if data.by_line else 'levers'}",
            measure=data.measure,
            unit=unit,
            period=data.period,
            other=data.other,
            base=data.base,
        )
        items = [
            words.text(
                f"waterfall.{'item' if bar.difference.settled else 'item_open'}",
                name=Name(bar.label),
                difference=bar.difference,
            )
            for bar in bars
        ]
        alternative = words.text(
            "waterfall.alternative", finding=title, unit=unit, bars=words.join(items), whole=data.whole
        )
        return style.told(figure, key, title, subtitle, alternative, _table(data, starts))


def _quantity(waterfall: Waterfall, measure: str, scenario: str, found: Difference) -> Quantity:
    trace = Trace(measure, scenario, waterfall.base, waterfall.period, waterfall.centre)
    if found.sd <= DUST * abs(found.mean):
        same = (found.mean, found.mean)
        return Quantity(
            found.mean, waterfall.unit, trace, Interval(*same, found.level), Interval(*same, INNER)
        )
    wide, inner = Interval(found.lower, found.upper, found.level), Interval(*found.interval(INNER), INNER)
    return Quantity(found.mean, waterfall.unit, trace, wide, inner)


def _lever_colour(key: str) -> str:
    return style.OTHER if key == INTERACTION else style.SCENARIO


def _bar(axes: Axes, row: int, start: float, quantity: Quantity, colour: str) -> None:
    """Draw one bar with its own interval at its end; hollow where zero lies inside."""
    open_ = quantity.interval is not None and quantity.interval.crosses_zero
    axes.barh(
        row,
        quantity.value,
        0.6,
        left=start,
        color=style.PAPER if open_ else colour,
        edgecolor=colour if open_ and colour not in style.PALE else style.INK,
        linewidth=1.4 if open_ else 0.8,
        zorder=2,
    )
    for interval, weight in ((quantity.interval, 1.2), (quantity.inner, 3.2)):
        if interval is not None and interval.width:
            ends = [start + interval.lower, start + interval.upper]
            axes.plot(ends, [row, row], color=style.INK, linewidth=weight, solid_capstyle="butt", zorder=3)


def _reach(starts: np.ndarray, quantities: Sequence[Quantity]) -> list[float]:
    """Return how far to the right each row's bar and interval go."""
    found = []
    for row, quantity in enumerate(quantities):
        start = 0.0 if row == len(quantities) - 1 else float(starts[row])
        upper = quantity.interval.upper if quantity.interval else quantity.value
        found.append(start + max(0.0, quantity.value, upper))
    return found


def _frame(axes: Axes, labels: Sequence[str], reach: Sequence[float], words: Words) -> None:
    """Set rows, room for the numbers at the bars' ends, and the axis below."""
    axes.set_yticks(range(len(labels)), list(labels))
    axes.tick_params(axis="y", length=0, labelsize=style.TEXT, labelcolor=style.INK)
    axes.get_yticklabels()[-1].set_fontweight("bold")
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.spines["left"].set_visible(False)
    low, high = axes.get_xlim()
    wide = max(high, *reach) - low
    axes.set_xlim(low - 0.02 * wide, max(reach) + 0.46 * wide)
    style.grid(axes, "x")
    style.number_axis(axes, words, "x", ticks=6)


def _line_title(data: WaterfallData, words: Words) -> Prose:
    settled = [bar for bar in data.bars if bar.difference.settled]
    up = max(settled, key=lambda bar: bar.difference.value, default=None)
    down = min(settled, key=lambda bar: bar.difference.value, default=None)
    values: dict[str, Name | Quantity] = {}
    if up is not None and up.difference.value > 0:
        values |= {"up": Name(up.label), "more": up.difference}
    if down is not None and down.difference.value < 0:
        name = style.inside(down.label) if values else Name(down.label)
        values |= {"down": name, "less": down.difference}
    which = {4: "title_both", 2: "title_up" if "up" in values else "title_down", 0: "title_none"}[len(values)]
    return words.text(f"figures.costs.{which}", **values)


def _lever_title(data: WaterfallData, words: Words) -> Prose:
    settled = [bar for bar in data.bars if bar.difference.settled]
    if not settled:
        return words.text(f"waterfall.lever_title_{'none' if data.bars else 'nothing'}")
    most = max(settled, key=lambda bar: abs(bar.difference.value))
    return words.text("waterfall.lever_title", lever=style.inside(most.label), difference=most.difference)


def _table(data: WaterfallData, starts: np.ndarray) -> pd.DataFrame:
    rows = []
    whole = WaterfallBar("whole", "", "", data.whole)
    for bar, start in zip((*data.bars, whole), (*starts[:-1], 0.0), strict=True):
        wide, narrow = bar.difference.interval, bar.difference.inner
        rows.append(
            {
                "bar": bar.key,
                "start": float(start),
                "difference": bar.difference.value,
                "lower": wide.lower if wide else None,
                "upper": wide.upper if wide else None,
                "inner_lower": narrow.lower if narrow else None,
                "inner_upper": narrow.upper if narrow else None,
            }
        )
    return pd.DataFrame(rows)
