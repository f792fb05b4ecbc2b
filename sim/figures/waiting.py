"""Waiting by centre, baseline beside scenario, each with its interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.figures import style
from sim.figures.result import FigureResult, Setting
from sim.words import Name, Prose, Quantity
from sim.words.numbers import step

SIGNS = (style.mark_key(style.BASELINE, "s"), style.mark_key(style.SCENARIO, "o"))


@dataclass(frozen=True)
class WaitingData:
    """Mean waits in days by centre, in the centres' own order, and their paired differences.

    Attributes
    ----------
    centres : tuple of str
        Keys; `labels` are their names, in the same order.
    base, other, differences : tuple of Quantity
        One a centre.
    """

    centres: tuple[str, ...]
    labels: tuple[str, ...]
    base: tuple[Quantity, ...]
    other: tuple[Quantity, ...]
    differences: tuple[Quantity, ...]
    base_name: Name
    other_name: Name
    period: Prose


def waiting_by_centre(data: WaitingData, setting: Setting, key: str = "waiting") -> FigureResult:
    """Draw one row a centre: grey square for the baseline, blue circle for the scenario."""
    words = setting.words
    rows = np.arange(len(data.centres), dtype=float)
    finest = step([quantity.value for quantity in data.base + data.other])
    with style.styled():
        figure = style.canvas(0.95 + 0.42 * len(data.centres))
        axes = figure.add_subplot()
        for row, base, other in zip(rows, data.base, data.other, strict=True):
            style.interval_mark(axes, row - 0.14, base, style.BASELINE, along="x", shape="s", hollow=False)
            style.interval_mark(axes, row + 0.14, other, style.SCENARIO, along="x", hollow=False)
            for offset, quantity, colour in ((-0.14, base, style.QUIET), (0.14, other, style.SCENARIO)):
                end = quantity.interval.upper if quantity.interval else quantity.value
                text = words.quantity(quantity, "bare_interval", finest=finest)
                style.say(axes, text, (end, row + offset), (8, 0), colour=colour)
        axes.set_yticks(rows, list(data.labels))
        axes.tick_params(axis="y", length=0, labelsize=style.TEXT, labelcolor=style.INK)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        ends = [
            quantity.interval.upper if quantity.interval else quantity.value
            for quantity in data.base + data.other
        ]
        axes.set_xlim(0, max(*ends, 1.0) * 1.3)
        style.grid(axes, "x")
        style.number_axis(axes, words, "x")
        axes.set_xlabel(words.raw("figures.waiting.axis"))
        style.legend(figure, SIGNS, [data.base_name.first.text, data.other_name.first.text])
        style.finished(figure, setting)

        title = _title(data, setting)
        subtitle = words.text(
            "figures.waiting.subtitle", period=data.period, other=data.other_name.first, base=data.base_name
        )
        items = [
            words.text("figures.waiting.item", centre=Name(label), base=base, other=other)
            for label, base, other in zip(data.labels, data.base, data.other, strict=True)
        ]
        alternative = words.text("figures.waiting.alternative", finding=title, centres=words.join(items))
        return style.told(figure, key, title, subtitle, alternative, _table(data))


def _title(data: WaitingData, setting: Setting) -> Prose:
    words = setting.words
    settled = [
        (label, difference)
        for label, difference in zip(data.labels, data.differences, strict=True)
        if difference.settled
    ]
    if not settled:
        return words.text("figures.waiting.title_none")
    label, difference = max(settled, key=lambda pair: abs(pair[1].value))
    which = "title_longer" if difference.value > 0 else "title_shorter"
    return words.text(f"figures.waiting.{which}", centre=Name(label), difference=difference)


def _table(data: WaitingData) -> pd.DataFrame:
    rows = []
    for centre, *quantities in zip(data.centres, data.base, data.other, data.differences, strict=True):
        for kind, quantity in zip(("base", "other", "difference"), quantities, strict=True):
            interval = quantity.interval
            rows.append(
                {
                    "centre": centre,
                    "kind": kind,
                    "days": quantity.value,
                    "lower": interval.lower if interval else None,
                    "upper": interval.upper if interval else None,
                }
            )
    return pd.DataFrame(rows)
