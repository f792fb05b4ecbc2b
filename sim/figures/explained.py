"""What explains a change: what each part did, alone, after all others, and in the mean of all orders."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import pandas as pd

from sim.figures import style
from sim.figures.result import FigureResult, Setting
from sim.words import Interval, Name, Prose, Quantity, Trace

WAYS = {"alone": ("^", -0.24), "shapley": ("o", 0.0), "last": ("v", 0.24)}
"""Mark of each way to count a part, and where it stands in the part's row."""

LABEL_WIDTH = 26


def what_explains(
    rows: Sequence[Mapping[str, str]], outcome: str, setting: Setting, key: str = "explained"
) -> FigureResult:
    """Draw one outcome's parts, the one that did most first.

    Parameters
    ----------
    rows : sequence of mapping
        As `jobbtorg calibrate` writes them.
    outcome : str
        Key of a target about people or a share.
    setting : Setting
    """
    words = setting.words
    own = [row for row in rows if row["outcome"] == outcome]
    unit = "share_points" if "share" in outcome else "people"
    by_part: dict[str, dict[str, Quantity]] = {}
    for row in own:
        by_part.setdefault(row["part"], {})[row["way"]] = _quantity(row, unit)
    order = sorted(by_part, key=lambda part: -abs(by_part[part]["shapley"].value))
    scale = 100.0 if unit == "share_points" else 1.0
    with style.styled():
        figure = style.canvas(0.9 + 0.62 * len(order))
        axes = figure.add_subplot()
        style.zero_line(axes, "x")
        for place, part in enumerate(order):
            for way, (shape, offset) in WAYS.items():
                colour = style.SCENARIO if way == "shapley" else style.BASELINE
                drawn = _scaled(by_part[part][way], scale)
                style.interval_mark(axes, place + offset, drawn, colour, along="x", shape=shape)
        axes.set_yticks(
            range(len(order)), [textwrap.fill(words.raw(f"inference.parts.{p}"), LABEL_WIDTH) for p in order]
        )
        axes.set_ylim(len(order) - 0.5, -0.5)
        style.grid(axes, "x")
        style.number_axis(axes, words, "x")
        axes.set_xlabel(words.unit(unit))
        signs = [
            style.mark_key(style.SCENARIO if way == "shapley" else style.BASELINE, WAYS[way][0])
            for way in WAYS
        ]
        style.legend(figure, signs, [words.raw(f"inference.explained.{way}") for way in WAYS])
        style.finished(figure, setting)
        what = Name(words.raw(f"inference.targets.{outcome}"))
        title = _finding(by_part, order, what, setting)
        items = [
            words.text("inference.explained.item", part=_part(part, setting), change=by_part[part]["shapley"])
            for part in order
        ]
        alternative = words.text("inference.explained.alternative", finding=title, items=words.join(items))
        subtitle = words.text("inference.explained.subtitle", what=what)
        return style.told(figure, key, title, subtitle, alternative, pd.DataFrame(own))


def _finding(
    by_part: Mapping[str, Mapping[str, Quantity]], order: Sequence[str], what: Name, setting: Setting
) -> Prose:
    first = by_part[order[0]]["shapley"]
    known = "surely" if first.settled else "open"
    return setting.words.text(
        f"inference.explained.finding_{known}", part=_part(order[0], setting), change=first, what=what
    )


def _part(part: str, setting: Setting) -> Name:
    return style.inside(setting.words.raw(f"inference.parts.{part}"))


def _quantity(row: Mapping[str, str], unit: str) -> Quantity:
    mean, lower, upper, level = (float(row[key]) for key in ("mean", "lower", "upper", "level"))
    trace = Trace(measure="self_support_share_year" if unit == "share_points" else "aspirants_year")
    return Quantity(mean, unit, trace, Interval(lower, upper, level))


def _scaled(quantity: Quantity, scale: float) -> Quantity:
    assert quantity.interval is not None
    wide = quantity.interval
    return Quantity(
        scale * quantity.value,
        quantity.unit,
        quantity.trace,
        Interval(scale * wide.lower, scale * wide.upper, wide.level),
    )
