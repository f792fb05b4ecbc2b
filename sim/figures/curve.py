"""The answer as a curve over an assumption that nobody can set: no optimum, but what would turn it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import pandas as pd

from sim.figures import style
from sim.figures.result import FigureResult, Setting
from sim.words import Name, Prose, Quantity, Trace

LOW = 2.2
"""Inches below which the axis of differences has no room but for its unit."""


@dataclass(frozen=True)
class CurvePoint:
    """One value of the assumption and the difference found there."""

    at: float
    difference: Quantity


@dataclass(frozen=True)
class CurveData:
    """The difference as a function of one assumption.

    Attributes
    ----------
    parameter : str
        Key of the assumption.
    label, axis, unit : Prose, Prose, str
        Its name in a sentence and along the axis, and the unit of `at`.
    points : tuple of CurvePoint
        In rising order of `at`.
    evidence : (float, float) or None
        The range that evidence covers, shaded.
    central : Quantity or None
        The value in use, marked; None when the values in use differ by group.
    other, base : Name
        What is compared with what.
    period : Prose
        Which period the difference is of.
    """

    parameter: str
    label: Prose
    axis: Prose
    unit: str
    points: tuple[CurvePoint, ...]
    evidence: tuple[float, float] | None
    central: Quantity | None
    other: Name
    base: Name
    period: Prose


def crossings(points: tuple[CurvePoint, ...]) -> tuple[float, ...]:
    """Return where the difference turns sign, by straight lines between the points."""
    found = []
    for left, right in pairwise(points):
        a, b = left.difference.value, right.difference.value
        if a == 0.0:
            found.append(left.at)
        elif a * b < 0.0:
            found.append(left.at + (right.at - left.at) * a / (a - b))
    if points and points[-1].difference.value == 0.0:
        found.append(points[-1].at)
    return tuple(found)


def answer_curve(data: CurveData, setting: Setting, key: str, height: float = 3.2) -> FigureResult:
    """Draw the curve with its 90 % and 50 % bands, the evidence's range, and where the answer turns.

    The height is in inches on paper.
    """
    words = setting.words
    places = [point.at for point in data.points]
    values = [point.difference.value for point in data.points]
    turns = crossings(data.points)
    with style.styled():
        figure = style.canvas(height)
        axes = figure.add_subplot()
        if data.evidence:
            axes.axvspan(*data.evidence, color=style.SHADE, linewidth=0, zorder=0)
        for attribute, strength in (("interval", 0.22), ("inner", 0.35)):
            bands = [getattr(point.difference, attribute) for point in data.points]
            if all(bands):
                lower, upper = [band.lower for band in bands], [band.upper for band in bands]
                axes.fill_between(
                    places, lower, upper, color=style.SCENARIO, alpha=strength, linewidth=0, zorder=2
                )
        axes.plot(places, values, color=style.SCENARIO, linewidth=1.6, zorder=3)
        for point in data.points:
            style.interval_mark(axes, point.at, replace(point.difference, inner=None), style.SCENARIO)
        style.zero_line(axes)
        style.grid(axes, "y")
        axes.margins(x=0.03, y=0.14)
        style.number_axis(axes, words, "x")
        style.number_axis(axes, words, "y")
        axes.set_xlabel(str(data.axis))
        unit = Name(words.unit(data.points[0].difference.unit))
        # the line under the title says the rest
        axes.set_ylabel(unit.text if height < LOW else str(words.text("figures.yearly.axis", unit=unit)))
        if data.central:
            axes.axvline(data.central.value, color=style.INK, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
            text = str(words.text("figures.curve.central", value=data.central))
            style.say(
                axes, text, (data.central.value, 0.985), (4, 0), coords=("data", "axes fraction"), va="top"
            )
        for turn in turns:
            at = Quantity(turn, data.unit, Trace(parameters=(data.parameter,)))
            axes.plot(
                [turn], [0.0], marker="|", markersize=16, markeredgewidth=2, color=style.WARNING, zorder=5
            )
            text = str(words.text("figures.curve.turns_here", value=at))
            # above zero where the curve goes down, below where it goes up: there is no curve on that side
            offset = (5, 13) if values[0] > values[-1] else (5, -13)
            style.say(axes, text, (turn, 0.0), offset, colour=style.WARNING_TEXT, ha="left", bbox=style.CLEAR)
        crowded = places[0] + 0.6 * (places[-1] - places[0])
        style.beside_zero(axes, words, left=any(turn > crowded for turn in turns))
        style.finished(figure, setting)

        title = _title(data, turns, setting)
        subtitle = words.text(
            "figures.curve.subtitle", unit=unit, period=data.period, other=data.other.first, base=data.base
        )
        first, last = data.points[0], data.points[-1]
        alternative = words.text(
            "figures.curve.alternative",
            finding=title,
            label=data.label,
            first=Quantity(first.at, data.unit, first.difference.trace, exact=True),
            low=first.difference,
            last=Quantity(last.at, data.unit, last.difference.trace, exact=True),
            high=last.difference,
        )
        return style.told(figure, key, title, subtitle, alternative, _table(data))


def _title(data: CurveData, turns: tuple[float, ...], setting: Setting) -> Prose:
    words = setting.words
    trace = Trace(parameters=(data.parameter,))
    if len(turns) == 1:
        first = data.points[0].difference.value
        which = "title_lower_above" if first > 0 else "title_higher_above"
        return words.text(
            f"figures.curve.{which}",
            label=data.label,
            turn=Quantity(turns[0], data.unit, trace),
            other=data.other,
        )
    if turns:
        return words.text("figures.curve.title_turns_often", label=data.label)
    settled = all(point.difference.settled for point in data.points)
    if not settled:
        return words.text("figures.curve.title_unknown", label=data.label)
    which = "title_higher" if data.points[0].difference.value > 0 else "title_lower"
    return words.text(f"figures.curve.{which}", label=data.label, other=data.other)


def _table(data: CurveData) -> pd.DataFrame:
    rows = []
    for point in data.points:
        wide, narrow = point.difference.interval, point.difference.inner
        rows.append(
            {
                "parameter": data.parameter,
                "at": point.at,
                "difference": point.difference.value,
                "lower": wide.lower if wide else None,
                "upper": wide.upper if wide else None,
                "inner_lower": narrow.lower if narrow else None,
                "inner_upper": narrow.upper if narrow else None,
            }
        )
    return pd.DataFrame(rows)
