"""A frozen forecast year by year, beside what was observed: people in the year, and their share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sim.figures import style
from sim.figures.result import FigureResult, Setting
from sim.inference.forecast import LEVELS, Forecast, Score
from sim.parameters.targets import Target
from sim.words import Interval, Name, Prose, Quantity, Trace

MARKS = {"calibrate": ("s", style.BASELINE), "hold-out": ("D", style.WARNING), "bound": ("^", style.QUIET)}
"""Mark and colour of what was observed, by what it was used for."""


@dataclass(frozen=True)
class Observed:
    """One figure that was observed: when, what, and for what it was used.

    Attributes
    ----------
    year : int
    low, high : Quantity
        The same where one value was observed.
    role : str
    inside : bool
        Whether the forecast's widest interval holds it.
    """

    year: int
    low: Quantity
    high: Quantity
    role: str
    inside: bool


@dataclass(frozen=True)
class Panel:
    """One quantity over the years.

    Attributes
    ----------
    key : str
        Under ``inference.figure``.
    years : tuple of int
    predicted : tuple of Quantity
        One a year; its interval the wide band (95 %), its inner one the narrow (50 %).
    observed : tuple of Observed
    """

    key: str
    years: tuple[int, ...]
    predicted: tuple[Quantity, ...]
    observed: tuple[Observed, ...]


@dataclass(frozen=True)
class ValidationData:
    """What the figure is made from.

    Attributes
    ----------
    panels : tuple of Panel
    frozen_after : int
        The last year that was used to calibrate.
    """

    panels: tuple[Panel, ...]
    frozen_after: int


def forecast_beside_observed(data: ValidationData, setting: Setting, key: str = "validation") -> FigureResult:
    """Draw one panel a quantity: bands for what the draws say, marks for what was observed."""
    words = setting.words
    with style.styled():
        figure = style.canvas(5.4)
        every = figure.subplots(len(data.panels), 1, sharex=True, squeeze=False)[:, 0]
        for axes, panel in zip(every, data.panels, strict=True):
            _panel(axes, panel, data.frozen_after, setting)
        every[-1].set_xticks(list(data.panels[0].years), [str(year) for year in data.panels[0].years])
        roles = [role for role in MARKS if any(o.role == role for p in data.panels for o in p.observed)]
        signs = [style.bar_key(style.SCENARIO), *(style.mark_key(MARKS[r][1], MARKS[r][0]) for r in roles)]
        labels = [
            words.raw("inference.figure.bands"),
            *(words.raw(f"inference.figure.role.{role}") for role in roles),
        ]
        style.legend(figure, signs, labels, columns=2)
        style.finished(figure, setting)
        title, alternative = _finding(data, setting), _alternative(data, setting)
        return style.told(
            figure, key, title, words.text("inference.figure.subtitle"), alternative, _table(data)
        )


def _panel(axes: Axes, panel: Panel, frozen_after: int, setting: Setting) -> None:
    words = setting.words
    scale = 100.0 if panel.predicted[0].unit == "share" else 1.0
    years = np.array(panel.years)
    for name, shade in (("interval", 0.22), ("inner", 0.40)):
        spans = [getattr(quantity, name) for quantity in panel.predicted]
        lower, upper = ([scale * getattr(span, end) for span in spans] for end in ("lower", "upper"))
        axes.fill_between(years, lower, upper, color=style.SCENARIO, alpha=shade, linewidth=0)
    middle = [scale * quantity.value for quantity in panel.predicted]
    axes.plot(years, middle, color=style.SCENARIO, linewidth=1.6)
    for observed in panel.observed:
        shape, colour = MARKS[observed.role]
        low, high = scale * observed.low.value, scale * observed.high.value
        axes.plot([observed.year] * 2, [low, high], color=colour, linewidth=3.0, zorder=4)
        axes.plot(
            [observed.year],
            [(low + high) / 2.0],
            marker=shape,
            markersize=8,
            color=colour,
            markeredgecolor=style.INK,
            markeredgewidth=0.8,
            zorder=5,
        )
    axes.axvline(frozen_after + 0.5, color=style.QUIET, linewidth=0.9, linestyle=(0, (4, 3)))
    style.say(
        axes,
        words.raw("inference.figure.frozen"),
        (frozen_after + 0.5, 1.0),
        (4, -7),
        colour=style.QUIET,
        coords=("data", "axes fraction"),
        ha="left",
        bbox=style.CLEAR,
    )
    tops = [span.upper for quantity in panel.predicted if (span := quantity.interval) is not None]
    axes.set_ylim(0.0, 1.2 * scale * max(*tops, *(observed.high.value for observed in panel.observed)))
    style.grid(axes, "y")
    style.number_axis(axes, words, "y", ticks=5)
    axes.set_ylabel(words.raw(f"inference.figure.axis.{panel.key}"))
    axes.set_xlim(years[0] - 0.4, years[-1] + 0.4)


def _held_out(data: ValidationData) -> list[tuple[Panel, Observed]]:
    return [(panel, o) for panel in data.panels for o in panel.observed if o.role == "hold-out"]


def _finding(data: ValidationData, setting: Setting) -> Prose:
    words, held = setting.words, _held_out(data)
    missed = [_named(panel, observed, setting) for panel, observed in held if not observed.inside]
    if not missed:
        return words.text("inference.figure.all_inside")
    return words.text("inference.figure.some_missed", which=words.join(missed))


def _named(panel: Panel, observed: Observed, setting: Setting) -> Prose:
    return setting.words.text(f"inference.figure.one.{panel.key}", year=Name(str(observed.year)))


def _alternative(data: ValidationData, setting: Setting) -> Prose:
    words = setting.words
    items = []
    for panel, observed in _held_out(data):
        predicted = panel.predicted[panel.years.index(observed.year)]
        which = "inside" if observed.inside else "outside"
        items.append(
            words.text(
                f"inference.figure.item.{which}",
                what=_named(panel, observed, setting),
                predicted=predicted,
                observed=_seen(observed, setting),
            )
        )
    return words.text(
        "inference.figure.alternative", finding=_finding(data, setting), items=words.join(items)
    )


def _seen(observed: Observed, setting: Setting) -> Quantity | Name:
    """What was observed: one value, or from one to another."""
    low, high = observed.low, observed.high
    if low.value == high.value:
        return low
    words = setting.words
    return Name(f"{words.quantity(low, 'bare')}–{words.quantity(high, '')}")


def _table(data: ValidationData) -> pd.DataFrame:
    rows: list[dict[str, object]] = []
    for panel in data.panels:
        seen: Sequence[Observed] = panel.observed
        for year, predicted in zip(panel.years, panel.predicted, strict=True):
            wide, narrow = predicted.interval, predicted.inner
            found = [o for o in seen if o.year == year]
            rows.append(
                {
                    "quantity": panel.key,
                    "year": year,
                    "median": predicted.value,
                    "lower_95": wide.lower if wide else None,
                    "upper_95": wide.upper if wide else None,
                    "lower_50": narrow.lower if narrow else None,
                    "upper_50": narrow.upper if narrow else None,
                    "observed_low": found[0].low.value if found else None,
                    "observed_high": found[0].high.value if found else None,
                    "role": found[0].role if found else None,
                }
            )
    return pd.DataFrame(rows)


PANELS = {"people": ("aspirants_year", "people"), "share": ("self_support_share_year", "share")}
"""The figure's panels: measure and unit of each."""


def figure_data(scores: Sequence[Score], found: Forecast) -> ValidationData:
    """A forecast and its scores as the figure takes them."""
    panels = tuple(_panel_of(key, *PANELS[key], scores, found) for key in PANELS)
    fitted = [int(s.target.last[:4]) for s in scores if s.target.role == "calibrate"]
    return ValidationData(panels, max(fitted))


def _panel_of(key: str, measure: str, unit: str, scores: Sequence[Score], found: Forecast) -> Panel:
    years = [int(name.partition(":")[2]) for name in found.columns if name.startswith(f"{measure}:")]
    predicted = []
    for year in years:
        values = found.column(f"{measure}:{year}")
        low, q1, middle, q3, high = (float(q) for q in np.quantile(values, (0.025, 0.25, 0.5, 0.75, 0.975)))
        trace = Trace(measure=measure, period=str(year))
        predicted.append(Quantity(middle, unit, trace, Interval(low, high, 0.95), Interval(q1, q3, 0.5)))
    observed = [
        Observed(int(when), *_ends(s.target, unit), s.target.role, s.holds[LEVELS[-1]])
        for s in scores
        if (when := _year_of(s.target, measure))
    ]
    return Panel(key, tuple(years), tuple(predicted), tuple(observed))


def _ends(target: Target, unit: str) -> tuple[Quantity, Quantity]:
    """The ends of what was observed."""
    trace = Trace(measure=target.terms[0].measures[0])
    return Quantity(target.low, unit, trace, exact=True), Quantity(target.high, unit, trace, exact=True)


def _year_of(target: Target, measure: str) -> str | None:
    """The year of a target that is about one measure in one year, and that has two ends."""
    term = target.terms[0]
    alone = len(target.terms) == 1 and term.measures == (measure,) and target.high < float("inf")
    return term.period if alone and term.period is not None and term.period.isdigit() else None
