"""An answer over all draws beside the answer as assumed, and what one world's variance is made of."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes

from sim.figures import style
from sim.figures.result import FigureResult, Setting
from sim.words import Name, Prose, Quantity, Words
from sim.words.numbers import step

PARTS = {
    "chance": (style.BASELINE_FILL, ""),
    "parameters": (style.SCENARIO, ""),
    "structure": (style.PAPER, "////"),
}
"""Fill and pattern of a part of the variance."""

LABEL_WIDTH = 24
NARROWEST = 0.13
"""A part smaller than this has no room for its number."""

SIGNS = (style.mark_key(style.BASELINE, "s"), style.mark_key(style.SCENARIO, "o"))


@dataclass(frozen=True)
class DrawnRow:
    """One comparison.

    Attributes
    ----------
    key, name : str, Prose
    assumed : Quantity
        The difference with every value as assumed; its intervals hold chance alone.
    difference : Quantity
        The difference over all draws; its intervals hold what so many of them expect.
    worlds : Quantity
        The same with an interval that holds so many of the worlds, chance included.
    parts : tuple of (str, Quantity)
        Shares of one world's variance, in the order of `PARTS`.
    """

    key: str
    name: Prose
    assumed: Quantity
    difference: Quantity
    worlds: Quantity
    parts: tuple[tuple[str, Quantity], ...]


@dataclass(frozen=True)
class DrawnData:
    """Comparisons under an ensemble, the one that the finding is about first."""

    rows: tuple[DrawnRow, ...]
    period: Prose


def answer_over_draws(data: DrawnData, setting: Setting, key: str = "drawn") -> FigureResult:
    """Draw a row for each comparison: the answers with their intervals, and its variance in parts."""
    words = setting.words
    unit = Name(words.unit(data.rows[0].difference.unit))
    with style.styled():
        figure = style.canvas(1.15 + 0.62 * len(data.rows))
        left, right = figure.subplots(1, 2, sharey=True, width_ratios=(1.5, 1.0))
        values = [quantity.value for entry in data.rows for quantity in (entry.assumed, entry.difference)]
        middle, finest = (min(*values, 0.0) + max(*values, 0.0)) / 2.0, step(values)
        for row, entry in enumerate(data.rows):
            for offset, quantity, colour, shape in (
                (-0.17, entry.assumed, style.BASELINE, "s"),
                (0.17, entry.difference, style.SCENARIO, "o"),
            ):
                style.interval_mark(left, row + offset, quantity, colour, along="x", shape=shape)
                text = words.quantity(quantity, "bare_signed", finest)
                _label(left, row + offset, quantity, text, quantity.value > middle)
            _stack(right, row, entry, words)
        style.zero_line(left, "x")
        style.grid(left, "x")
        left.margins(x=0.12)
        left.set_yticks(
            range(len(data.rows)),
            [textwrap.fill(str(entry.name.capitalised()), LABEL_WIDTH) for entry in data.rows],
        )
        left.set_ylim(len(data.rows) - 0.5, -0.5)
        left.tick_params(axis="y", length=0, labelcolor=style.INK)
        style.number_axis(left, words, "x", ticks=4)
        left.set_xlabel(str(words.text("figures.yearly.axis", unit=unit)))
        right.set_xlim(0.0, 100.0)
        right.tick_params(axis="y", length=0)
        right.spines["left"].set_visible(False)
        style.number_axis(right, words, "x", ticks=4)
        figure.get_layout_engine().set(wspace=0.09)  # type: ignore[union-attr, call-arg]
        right.set_xlabel(words.raw("figures.drawn.share_axis"))
        kinds = dict.fromkeys(part for entry in data.rows for part, _ in entry.parts)
        style.legend(
            figure,
            [*SIGNS, *(style.bar_key(*PARTS[part]) for part in kinds)],
            [
                *(words.raw(f"figures.drawn.{mark}") for mark in ("assumed", "draws")),
                *(Name(words.raw(f"figures.drawn.parts.{part}")).first.text for part in kinds),
            ],
        )
        style.finished(figure, setting)

        title = _finding(data.rows[0], words)
        subtitle = words.text("figures.drawn.subtitle", unit=unit, period=data.period)
        items = [_item(entry, words) for entry in data.rows]
        alternative = words.text("figures.drawn.alternative", finding=title, items=words.join(items))
        return style.told(figure, key, title, subtitle, alternative, _table(data))


def _label(axes: Axes, place: float, quantity: Quantity, text: str, before: bool) -> None:
    """Write a difference beside its interval, on the side that has room."""
    interval = quantity.interval
    ends = (interval.lower, interval.upper) if interval else (quantity.value, quantity.value)
    at, offset, side = (ends[0], -7, "right") if before else (ends[1], 7, "left")
    style.say(axes, text, (at, place), (offset, 0), ha=side, bbox=style.CLEAR, zorder=2.5)


def _stack(axes: Axes, row: int, entry: DrawnRow, words: Words) -> None:
    """Draw the parts of one comparison's variance side by side, with their numbers where there is room."""
    start = 0.0
    for part, share in entry.parts:
        colour, pattern = PARTS[part]
        width = 100.0 * share.value
        axes.barh(
            row, width, 0.5, left=start, color=colour, hatch=pattern, edgecolor=style.INK, linewidth=0.7
        )
        if share.value >= NARROWEST:
            ink = style.PAPER if colour == style.SCENARIO else style.INK
            box = style.CLEAR if pattern else None
            middle = (start + width / 2.0, row)
            style.say(axes, words.quantity(share), middle, colour=ink, ha="center", bbox=box)
        start += width


def _finding(entry: DrawnRow, words: Words) -> Prose:
    if not entry.parts:
        return words.text("figures.drawn.title_none", name=entry.name)
    part, share = max(entry.parts, key=lambda named: named[1].value)
    return words.text(f"figures.drawn.title_{part}", share=share, name=entry.name)


def _item(entry: DrawnRow, words: Words) -> Prose:
    parts = [
        words.text("figures.drawn.part", part=Name(words.raw(f"figures.drawn.parts.{part}")), share=share)
        for part, share in entry.parts
    ]
    which = "item" if parts else "item_alike"
    told = {"parts": words.join(parts)} if parts else {}
    return words.text(
        f"figures.drawn.{which}",
        name=entry.name,
        difference=entry.difference,
        assumed=entry.assumed,
        **told,
    )


def _table(data: DrawnData) -> pd.DataFrame:
    rows = []
    for entry in data.rows:
        row: dict[str, object] = {"comparison": entry.key}
        for prefix, quantity in (("assumed", entry.assumed), ("", entry.difference), ("world", entry.worlds)):
            if prefix != "world":
                row[prefix or "difference"] = quantity.value
            wide = quantity.interval
            row[f"{prefix}_lower".lstrip("_")] = wide.lower if wide else None
            row[f"{prefix}_upper".lstrip("_")] = wide.upper if wide else None
        shares = dict(entry.parts)
        row |= {part: shares[part].value if part in shares else None for part in PARTS}
        rows.append(row)
    frame = pd.DataFrame(rows)
    return frame.drop(columns=[part for part in PARTS if frame[part].isna().all()])
