"""Costs by line, baseline beside scenario; beside them the differences, where the money moves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sim.figures import style
from sim.figures.result import FigureResult, Setting
from sim.words import Name, Prose, Quantity, Words

SIGNS = (style.bar_key(style.BASELINE_FILL), style.bar_key(style.QUIET))


@dataclass(frozen=True)
class CostLine:
    """One line: its key, what people call it, both levels and their paired difference."""

    key: str
    label: str
    base: Quantity
    other: Quantity
    difference: Quantity


@dataclass(frozen=True)
class CostsData:
    """The lines, in the order of the budget, and the names of what is compared."""

    lines: tuple[CostLine, ...]
    base: Name
    other: Name
    period: Prose


def costs_by_line(data: CostsData, setting: Setting, key: str = "costs") -> FigureResult:
    """Draw levels on the left (from zero) and differences on the right (around zero), one row a line."""
    words = setting.words
    lines = data.lines
    rows = np.arange(len(lines), dtype=float)
    with style.styled():
        figure = style.canvas(0.75 + 0.52 * len(lines))
        left, right = figure.subplots(1, 2, sharey=True, width_ratios=[1.25, 1.0])
        for row, line in zip(rows, lines, strict=True):
            colour = style.LINES.get(line.key, style.OTHER)
            left.barh(
                row - 0.19,
                line.base.value,
                0.34,
                color=style.BASELINE_FILL,
                edgecolor=style.INK,
                linewidth=0.8,
            )
            left.barh(
                row + 0.19, line.other.value, 0.34, color=colour, edgecolor=style.edge(colour), linewidth=0.8
            )
            for offset, quantity in ((-0.19, line.base), (0.19, line.other)):
                style.say(
                    left, words.quantity(quantity, "bare"), (max(quantity.value, 0.0), row + offset), (4, 0)
                )
            _difference(right, row, line.difference, words)
        left.set_yticks(rows, [line.label for line in lines])
        left.tick_params(axis="y", length=0, labelsize=style.TEXT, labelcolor=style.INK)
        left.invert_yaxis()
        left.set_xlim(0, max(max(line.base.value, line.other.value) for line in lines) * 1.2)
        style.number_axis(left, words, "x", ticks=5)
        left.set_xlabel(
            str(words.text("figures.costs.level_axis", unit=Name(words.unit(lines[0].base.unit))))
        )
        style.zero_line(right, "x")
        right.margins(x=0.28)
        style.grid(right, "x")
        right.tick_params(axis="y", length=0)
        right.spines["left"].set_visible(False)
        style.number_axis(right, words, "x", ticks=5)
        right.set_xlabel(
            str(words.text("figures.costs.difference_axis", unit=Name(words.unit(lines[0].base.unit))))
        )
        style.legend(figure, SIGNS, [data.base.first.text, data.other.first.text])
        style.finished(figure, setting)

        unit = Name(words.unit(lines[0].base.unit))
        title = _title(data, setting)
        subtitle = words.text(
            "figures.costs.subtitle", unit=unit, period=data.period, other=data.other.first, base=data.base
        )
        items = [
            words.text(
                "figures.costs.item",
                name=Name(line.label),
                base=line.base,
                other=line.other,
                difference=line.difference,
            )
            for line in lines
        ]
        alternative = words.text("figures.costs.alternative", finding=title, lines=words.join(items))
        return style.told(figure, key, title, subtitle, alternative, _table(data))


def _difference(axes: Axes, row: float, difference: Quantity, words: Words) -> None:
    """Draw one difference with its number; where no run differed, the number alone."""
    if difference.value or (difference.interval and difference.interval.width):
        style.interval_mark(axes, row, difference, style.INK, along="x")
    end = difference.interval.upper if difference.interval else difference.value
    style.say(axes, words.quantity(difference, "bare_signed"), (max(end, 0.0), row), (8, 0))


def _title(data: CostsData, setting: Setting) -> Prose:
    words = setting.words
    settled = [line for line in data.lines if line.difference.settled]
    if not settled:
        return words.text("figures.costs.title_none")
    up = max(settled, key=lambda line: line.difference.value)
    down = min(settled, key=lambda line: line.difference.value)
    values: dict[str, Name | Quantity] = {}
    if up.difference.value > 0:
        values |= {"up": style.inside(up.label), "more": up.difference}
    if down.difference.value < 0:
        values |= {"down": style.inside(down.label), "less": down.difference}
    which = {4: "title_both", 2: "title_up" if "up" in values else "title_down"}[len(values)]
    return words.text(f"figures.costs.{which}", **values)


def _table(data: CostsData) -> pd.DataFrame:
    rows = []
    for line in data.lines:
        wide, narrow = line.difference.interval, line.difference.inner
        rows.append(
            {
                "line": line.key,
                "base": line.base.value,
                "other": line.other.value,
                "difference": line.difference.value,
                "lower": wide.lower if wide else None,
                "upper": wide.upper if wide else None,
                "inner_lower": narrow.lower if narrow else None,
                "inner_upper": narrow.upper if narrow else None,
            }
        )
    return pd.DataFrame(rows)
