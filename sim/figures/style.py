"""The one place that decides how figures look: colours and their meanings, type, sizes, axes, stamps.

Colours are Okabe and Ito's, safe for colour-blind readers. Fills too pale for a contrast of 3 : 1 on white
carry a dark outline; text uses `INK` or `QUIET`, both above 4.5 : 1. Text becomes outlines (``svg.fonttype:
path``) in DejaVu Sans, which comes with matplotlib: the drawing needs no font where it is read.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.figures.result import FigureResult, Setting
from sim.words import Name, Prose, Quantity, Words
from sim.words.numbers import step

ASSISTANCE = "#0072B2"
STAFF = "#E69F00"
PROCURED = "#009E73"
OTHER = "#999999"
WARNING = "#D55E00"
SCENARIO = "#0072B2"
BASELINE = "#777777"
BASELINE_FILL = "#DDDDDD"
INK = "#1A1A1A"
QUIET = "#555555"
RULE = "#BBBBBB"
SHADE = "#F1F1EC"
PAPER = "#FFFFFF"
WARNING_TEXT = "#A34700"
"""The warning colour, dark enough for text."""

LINES = {
    "benefit": ASSISTANCE,
    "staff": STAFF,
    "procured": PROCURED,
    "premises": OTHER,
    "other": OTHER,
    "own_measures": PROCURED,
}
"""Colour of a cost line; a line that data adds is grey."""

NEEDS = ("#C6DBEF", "#6BAED6", "#08519C")
"""Near, middle, compound: one hue from light to dark."""

PALE = frozenset({STAFF, OTHER, *NEEDS[:2]})
"""Fills that need a dark outline."""

STAGES = {
    "waiting": (WARNING, "////"),
    "assessment": (STAFF, "...."),
    "approval": (STAFF, "\\\\\\\\"),
    "coaching": (STAFF, ""),
    "handover": (PROCURED, "////"),
    "measure": (PROCURED, ""),
    "outside": (PAPER, ""),
}
"""Fill and pattern of a stage in a history; colours as for what it takes: staff, a place, neither."""

WIDTH = 6.7
"""Inches: the text's width on A4, so that sizes in points are sizes on paper."""

TEXT, SMALL = 9.0, 8.0
"""Sizes of type in points; nothing is smaller than `SMALL`."""

CLEAR = {"boxstyle": "round,pad=0.2", "facecolor": PAPER, "edgecolor": "none", "alpha": 0.85}
"""Box that keeps a label readable on a band."""

RC: Any = {
    "font.family": "DejaVu Sans",
    "font.size": TEXT,
    "axes.labelsize": TEXT,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "axes.edgecolor": QUIET,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "hatch.linewidth": 0.6,
    "figure.facecolor": PAPER,
    "svg.fonttype": "path",
    "svg.hashsalt": "jobbtorg",
    "axes.unicode_minus": True,
}


@contextmanager
def styled() -> Iterator[None]:
    """Draw inside this, so that the style holds and nothing else is changed."""
    with matplotlib.rc_context(RC):
        yield


def canvas(height: float, width: float = WIDTH) -> Figure:
    """Return an empty figure, in inches; no window system is touched."""
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasSVG(figure)
    return figure


def edge(colour: str) -> str:
    """Return the outline that a fill needs to be seen."""
    return INK if colour in PALE else colour


def number_axis(axes: Axes, words: Words, which: str, ticks: int = 6) -> None:
    """Let the language write the numbers along an axis."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(MaxNLocator(nbins=ticks, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(_writer(axis, words)))


def _writer(axis: Any, words: Words) -> Callable[[float, int], str]:
    def write(value: float, _: int) -> str:
        places = axis.get_majorticklocs()
        apart = abs(places[1] - places[0]) if len(places) > 1 else abs(value) or 1.0
        # a tick distance of 2.5 needs one digit more than its own power of ten
        finest = step([apart], figures=1)
        return words.axis(
            value, finest if abs(apart / finest - round(apart / finest)) < 1e-6 else finest / 10
        )

    return write


def zero_line(axes: Axes, which: str = "y") -> None:
    """Draw the line of no difference, visibly."""
    draw = axes.axhline if which == "y" else axes.axvline
    draw(0.0, color=INK, linewidth=1.0, zorder=1.5)


def say(
    axes: Axes,
    text: str,
    at: tuple[float, float],
    offset: tuple[float, float] = (0, 0),
    *,
    colour: str = INK,
    coords: tuple[str, str] = ("data", "data"),
    **more: Any,
) -> None:
    """Write a label in small type, some points away from a place."""
    axes.annotate(
        text,
        at,
        xycoords=coords,
        xytext=offset,
        textcoords="offset points",
        fontsize=SMALL,
        color=colour,
        annotation_clip=False,
        **{"va": "center", **more},
    )


def bar_key(colour: str, pattern: str = "") -> Artist:
    """Return the legend's sign of a bar."""
    return Rectangle((0, 0), 1, 1, facecolor=colour, hatch=pattern, edgecolor=INK, linewidth=0.7)


def mark_key(colour: str, shape: str) -> Artist:
    """Return the legend's sign of a mark with its interval."""
    return Line2D([], [], marker=shape, color=colour, markersize=7, linewidth=1.3)


def legend(figure: Figure, signs: Sequence[Artist], labels: Sequence[str], columns: int = 4) -> None:
    """Name what is shown, above the axes, where direct labels would stand on one another."""
    figure.legend(
        list(signs),
        list(labels),
        loc="outside upper left",
        ncols=min(len(labels), columns),
        frameon=False,
        fontsize=SMALL,
    )


def inside(label: str) -> Name:
    """Return a label as it stands inside a sentence; a name within it keeps its capital."""
    return Name(label[:1].lower() + label[1:])


def beside_zero(axes: Axes, words: Words, left: bool = False) -> None:
    """Say at an edge which side of zero costs more."""
    low, high = axes.get_ylim()
    for sign, name in ((1, "dearer"), (-1, "cheaper")):
        if (high if sign > 0 else -low) <= 0.08 * (high - low):
            continue
        say(
            axes,
            words.raw(f"figures.{name}"),
            (0.0 if left else 1.0, 0.0),
            (3 if left else -3, sign * 5),
            colour=QUIET,
            coords=("axes fraction", "data"),
            ha="left" if left else "right",
            va="bottom" if sign > 0 else "top",
            fontstyle="italic",
        )


def grid(axes: Axes, which: str) -> None:
    """Draw thin lines behind the data, across one axis."""
    axes.grid(axis=which, color=RULE, linewidth=0.4)  # type: ignore[arg-type]


def interval_mark(
    axes: Axes,
    at: float,
    quantity: Quantity,
    colour: str,
    *,
    along: str = "y",
    shape: str = "o",
    hollow: bool | None = None,
) -> None:
    """Draw an estimate: thin bar 90 %, thick bar 50 %; a mark that is hollow when zero lies inside."""
    for interval, weight in ((quantity.interval, 1.3), (quantity.inner, 4.0)):
        if interval is None:
            continue
        ends, places = [interval.lower, interval.upper], [at, at]
        xy = (places, ends) if along == "y" else (ends, places)
        axes.plot(*xy, color=colour, linewidth=weight, solid_capstyle="butt", zorder=3)
    wide, value = quantity.interval, quantity.value
    empty = hollow if hollow is not None else wide is not None and wide.crosses_zero
    xy_mark = ([at], [value]) if along == "y" else ([value], [at])
    axes.plot(
        *xy_mark,
        marker=shape,
        markersize=7,
        markerfacecolor=PAPER if empty else colour,
        markeredgecolor=edge(colour) if colour in PALE else colour,
        markeredgewidth=1.4,
        linestyle="none",
        zorder=4,
    )


def finished(figure: Figure, setting: Setting) -> None:
    """Add what must be said of the whole figure: the stamp, the hatching of a preview."""
    if setting.preview:
        for axes in figure.axes:
            hatched = Rectangle((0, 0), 1, 1, fill=False, hatch="//", edgecolor=RULE, linewidth=0, zorder=0.5)
            hatched.set_transform(axes.transAxes)
            axes.add_patch(hatched)
    notes = [
        setting.words.raw(f"figures.stamp.{name}")
        for name, holds in (("outside", setting.outside), ("preview", setting.preview))
        if holds
    ]
    if notes:
        strip = (0.16 + 0.19 * len(notes)) / figure.get_figheight()
        figure.get_layout_engine().set(rect=(0.0, 0.0, 1.0, 1.0 - strip))  # type: ignore[union-attr, call-arg]
        figure.text(
            0.985,
            1.0 - 0.1 * strip,
            "\n".join(notes),
            ha="right",
            va="top",
            rotation=-4,
            fontsize=TEXT,
            fontweight="bold",
            color=WARNING_TEXT,
            bbox={"boxstyle": "round,pad=0.4", "facecolor": PAPER, "edgecolor": WARNING, "linewidth": 1.6},
            zorder=10,
        )


def told(
    figure: Figure, key: str, title: Prose, subtitle: Prose, alternative: Prose, data: pd.DataFrame
) -> FigureResult:
    """Return a drawing with what is said of it; to be called while the style holds."""
    title_text, below, instead = (str(text.capitalised()) for text in (title, subtitle, alternative))
    return FigureResult(key, drawing(figure, key, instead), title_text, below, instead, data)


def drawing(figure: Figure, key: str, alternative_text: str) -> str:
    """Return the figure as SVG that can stand inside a page.

    Ids get the key in front (two figures in one page share none), dates and editors' notes are left out, and
    the drawing names itself for those who hear it.
    """
    stream = io.StringIO()
    figure.savefig(
        stream, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
    )
    svg = stream.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{key}-\1"', svg)
    svg = re.sub(r'(xlink:href|href)="#([^"]+)"', rf'\1="#{key}-\2"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{key}-\1)", svg)
    label = alternative_text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return svg.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1).strip()
