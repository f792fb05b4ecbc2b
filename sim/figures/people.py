"""The flow of people through the centres: widths to scale, one direction, the unfinished in sight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from sim.figures import style
from sim.figures.result import FigureResult, Setting
from sim.words import Name, Prose, Quantity, Trace

TOLERANCE = 1e-6
"""How far people in and people out may differ, as a share of all."""

THICKNESS = 0.022
GAP = 0.055
"""Width of a node and least room between two, as shares of the drawing."""


@dataclass(frozen=True)
class FlowEnd:
    """One way out: the destination's key, what people call it, how many went there."""

    key: str
    label: str
    count: Quantity


@dataclass(frozen=True)
class FlowData:
    """Who came in and where they went, in one period and scenario. All counts are of enrolments (spells).

    Attributes
    ----------
    at_start, referred, no_shows, returns : Quantity
        Enrolled when the period began; referred during it; of those, never came; came back after leaving.
    ends : tuple of FlowEnd
        Exits by destination, in the data's order.
    inside : Quantity
        Still enrolled when the period ended.
    scenario, period : Name, Prose
        For the line under the title.
    """

    at_start: Quantity
    referred: Quantity
    no_shows: Quantity
    returns: Quantity
    ends: tuple[FlowEnd, ...]
    inside: Quantity
    scenario: Name
    period: Prose


@dataclass(frozen=True)
class _Node:
    label: str
    count: Quantity
    colour: str
    bottom: float
    height: float

    @property
    def middle(self) -> float:
        return self.bottom + self.height / 2


def flow_of_people(data: FlowData, setting: Setting) -> FigureResult:
    """Draw the flow.

    Raises
    ------
    ValueError
        When people are not conserved: in and out differ.
    """
    words = setting.words
    come = data.referred.value - data.no_shows.value
    through = come + data.at_start.value + data.returns.value
    out = sum(end.count.value for end in data.ends) + data.inside.value
    if abs(through - out) > TOLERANCE * max(through, 1.0):
        raise ValueError(
            f"People are not conserved: {through:g} came in and {out:g} left or are still inside."
        )

    with style.styled():
        figure = style.canvas(3.9)
        axes = figure.add_subplot()
        axes.set_axis_off()
        axes.set_xlim(-0.38, 1.42)
        axes.set_ylim(-0.06, 1.08)
        scale = (1.0 - GAP * (len(data.ends) + 1)) / (through + data.no_shows.value)

        left = _column(
            (
                (words.raw("figures.flow.referred"), data.referred, style.OTHER),
                (words.raw("figures.flow.at_start"), data.at_start, style.OTHER),
                (words.raw("figures.flow.returns"), data.returns, style.OTHER),
            ),
            scale,
        )
        no_show_height = data.no_shows.value * scale
        middle_bottom = (1.0 - no_show_height - through * scale) / 2
        no_show = _Node(
            words.raw("figures.flow.no_shows"),
            data.no_shows,
            style.WARNING,
            1 - no_show_height,
            no_show_height,
        )
        right = _column(
            (
                *((end.label, end.count, style.SCENARIO) for end in data.ends),
                (words.raw("figures.flow.inside"), data.inside, style.PAPER),
            ),
            scale,
            top=1.0 - no_show_height,
        )

        _bars(axes, 0.0, left)
        _bars(axes, 0.44, (no_show,))
        _bars(axes, 0.5, (_Node("", data.at_start, style.INK, middle_bottom, through * scale),))
        _bars(axes, 1.0, right)

        referred, start, returns = left
        _band(
            axes,
            0.0,
            referred.bottom + referred.height,
            0.44,
            no_show.bottom + no_show.height,
            no_show_height,
            style.WARNING,
        )
        level = middle_bottom + through * scale
        for node, height in ((referred, come * scale), (start, start.height), (returns, returns.height)):
            top = node.bottom + height
            _band(axes, 0.0, top, 0.5, level, height, style.OTHER)
            level -= height
        level = middle_bottom + through * scale
        for node in right:
            _band(axes, 0.5, level, 1.0, node.bottom + node.height, node.height, node.colour)
            level -= node.height

        for node in left:
            _label(axes, words.quantity(node.count, "bare"), node, -0.015, "right")
        for node in right:
            _label(axes, words.quantity(node.count, "bare"), node, 1.0 + THICKNESS + 0.015, "left")
        _label(axes, words.quantity(no_show.count, "bare"), no_show, 0.44 + THICKNESS + 0.015, "left")
        total = Quantity(
            through, data.referred.unit, Trace(measure="enrolments", scenario=data.referred.trace.scenario)
        )
        axes.text(
            0.5 + THICKNESS / 2,
            middle_bottom - 0.02,
            f"{words.raw('figures.flow.through')}\n{words.quantity(total, 'bare')}",
            ha="center",
            va="top",
            fontsize=style.SMALL,
        )
        style.finished(figure, setting)

        largest = max(data.ends, key=lambda end: end.count.value)
        share = Quantity(largest.count.value / through, "share", largest.count.trace)
        title = words.text(
            "figures.flow.title",
            through=total,
            destination=Name(largest.label.lower()),
            share=share,
            inside=data.inside,
        )
        subtitle = words.text("figures.flow.subtitle", period=data.period, scenario=data.scenario.first)
        alternative = words.text(
            "figures.flow.alternative",
            referred=data.referred,
            no_shows=data.no_shows,
            at_start=data.at_start,
            returns=data.returns,
            ends=words.join(
                [words.text("figures.item", name=Name(end.label), value=end.count) for end in data.ends]
            ),
            inside=data.inside,
        )
        return style.told(figure, "flow", title, subtitle, alternative, _table(data))


def _column(
    entries: Sequence[tuple[str, Quantity, str]], scale: float, top: float = 1.0
) -> tuple[_Node, ...]:
    """Place nodes under one another from the top, with room between that the labels need."""
    heights = [count.value * scale for _, count, _ in entries]
    room = (top - sum(heights)) / max(len(entries) - 1, 1)
    nodes, level = [], top
    for (label, count, colour), height in zip(entries, heights, strict=True):
        nodes.append(_Node(label, count, colour, level - height, height))
        level -= height + min(room, 2 * GAP)
    return tuple(nodes)


def _bars(axes: Axes, x: float, nodes: Sequence[_Node]) -> None:
    for node in nodes:
        hatched = node.colour == style.PAPER
        axes.add_patch(
            Rectangle(
                (x, node.bottom),
                THICKNESS,
                node.height,
                facecolor=node.colour,
                edgecolor=style.INK,
                linewidth=0.6,
                hatch="////" if hatched else None,
                zorder=3,
            )
        )


def _band(axes: Axes, x0: float, top0: float, x1: float, top1: float, height: float, colour: str) -> None:
    x0 += THICKNESS
    bend = (x0 + x1) / 2
    points = [
        (x0, top0), (bend, top0), (bend, top1), (x1, top1),
        (x1, top1 - height), (bend, top1 - height), (bend, top0 - height), (x0, top0 - height), (x0, top0),
    ]  # fmt: skip
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    unfinished = colour == style.PAPER
    axes.add_patch(
        PathPatch(
            Path(points, codes),
            facecolor=style.PAPER if unfinished else colour,
            edgecolor=style.QUIET if unfinished else "none",
            linewidth=0.5 if unfinished else 0.0,
            hatch="////" if unfinished else None,
            alpha=0.35 if not unfinished else 0.6,
            zorder=2,
        )
    )


def _label(axes: Axes, number: str, node: _Node, x: float, align: str) -> None:
    axes.text(
        x,
        node.middle,
        f"{node.label}\n{number}",
        ha=align,
        va="center",
        fontsize=style.SMALL,
        linespacing=1.15,
    )


def _table(data: FlowData) -> pd.DataFrame:
    rows = [
        ("in", "referred", data.referred.value),
        ("out", "no_shows", data.no_shows.value),
        ("in", "at_start", data.at_start.value),
        ("in", "returns", data.returns.value),
        *(("out", end.key, end.count.value) for end in data.ends),
        ("out", "inside", data.inside.value),
    ]
    return pd.DataFrame(rows, columns=["direction", "key", "count"])
