"""The difference in net cost, year by year, with 50 % and 90 % intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from sim.figures import style
from sim.figures.result import FigureResult, Setting
from sim.words import Name, Prose, Quantity


@dataclass(frozen=True)
class YearlyData:
    """Paired differences by year, and over all years together.

    `series` holds one comparison each: its key, its name, one quantity a year, and the total.
    """

    years: tuple[str, ...]
    series: tuple[tuple[str, Name, tuple[Quantity, ...], Quantity], ...]
    period: Prose
    each: Literal["year", "tertial"] = "year"


SHAPES = ("o", "D", "s", "^")
NOTHING = 1e-9
"""A difference smaller than this is none: no axis is drawn for it."""

COLOURS = (style.SCENARIO, style.PROCURED, style.WARNING, style.INK)


def difference_by_year(data: YearlyData, setting: Setting, key: str = "yearly") -> FigureResult:
    """Draw one mark a year and comparison around the line of no difference; hollow when zero lies inside."""
    words = setting.words
    count = len(data.series)
    with style.styled():
        figure = style.canvas(3.3)
        axes = figure.add_subplot()
        for number, (_, name, values, _) in enumerate(data.series):
            shift = (number - (count - 1) / 2) * min(0.3, 0.6 / count)
            colour, shape = COLOURS[number % len(COLOURS)], SHAPES[number % len(SHAPES)]
            for year, quantity in enumerate(values):
                style.interval_mark(axes, year + shift, quantity, colour, shape=shape)
                beside = (
                    (9, 7) if abs(quantity.value) < NOTHING else (9, 0)
                )  # not on the line of no difference
                style.say(
                    axes, words.quantity(quantity, "bare_signed"), (year + shift, quantity.value), beside
                )
            end = (shift + len(data.years) - 1, values[-1].value)
            style.say(axes, name.first.text, end, (46, 0), colour=colour, fontweight="bold")
        style.zero_line(axes)
        style.grid(axes, "y")
        axes.set_xticks(np.arange(len(data.years)), list(data.years))
        # room at the left for the words beside zero, at the right for names
        axes.set_xlim(-0.35 - 0.08 * len(data.years), len(data.years) - 0.05)
        axes.margins(y=0.15)
        if all(abs(value.value) < NOTHING for _, _, values, _ in data.series for value in values):
            axes.set_ylim(-1.0, 1.0)
        style.number_axis(axes, words, "y")
        unit = Name(words.unit(data.series[0][3].unit))
        axes.set_ylabel(str(words.text("figures.yearly.axis", unit=unit)))
        style.beside_zero(axes, words, left=True)
        style.finished(figure, setting)

        title = words.join([_finding(name, total, setting) for _, name, _, total in data.series])
        subtitle = words.text(f"figures.yearly.{data.each}_subtitle", unit=unit, period=data.period)
        items = [
            words.text("figures.yearly.item", name=name, year=Name(year), difference=quantity)
            for _, name, values, _ in data.series
            for year, quantity in zip(data.years, values, strict=True)
        ]
        alternative = words.text("figures.yearly.alternative", finding=title, years=words.join(items))
        return style.told(figure, key, title, subtitle, alternative, _table(data))


def _finding(name: Name, total: Quantity, setting: Setting) -> Prose:
    which = "title_unknown" if not total.settled else "title_higher" if total.value > 0 else "title_lower"
    if which == "title_unknown":
        return setting.words.text(f"figures.yearly.{which}", name=name)
    return setting.words.text(f"figures.yearly.{which}", name=name, total=total)


def _table(data: YearlyData) -> pd.DataFrame:
    rows = []
    for _, name, values, _ in data.series:
        for year, quantity in zip(data.years, values, strict=True):
            wide, narrow = quantity.interval, quantity.inner
            rows.append(
                {
                    "comparison": name.first.text,
                    "year": year,
                    "difference": quantity.value,
                    "lower": wide.lower if wide else None,
                    "upper": wide.upper if wide else None,
                    "inner_lower": narrow.lower if narrow else None,
                    "inner_upper": narrow.upper if narrow else None,
                }
            )
    return pd.DataFrame(rows)
