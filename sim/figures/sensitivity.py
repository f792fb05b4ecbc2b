"""What an answer hangs on: a tornado of inputs moved one at a time, and shares of the spread."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes

from sim.experiment.differences import Difference
from sim.figures import style
from sim.figures.result import FigureResult, Setting
from sim.inference.sensitivity import CHANCE, REST, STRUCTURE, Bar, Input, Shares, Tornado
from sim.words import Interval, Name, Prose, Quantity, Trace, Words

SHOWN = 10
"""Inputs in a figure; the others are in the table."""

INNER = 0.50
LABEL_WIDTH = 44
NAMED_ROWS = 3
"""Rows of a table that a label names, where there are two more."""

LOW, HIGH = style.NEEDS[0], style.SCENARIO
ROW_NAMES = ("segments", "destinations", "groups", "measures", "agencies", "centres", "roles")
"""Kinds of names in which the key of a table's row may have words."""

PROPER = frozenset({"centres", "measures"})
"""Kinds of names that may be proper names, which keep their capitals inside a label."""


@dataclass(frozen=True)
class Labels:
    """What people call each input of a study, made so that no two are alike.

    Attributes
    ----------
    words : Words
    inputs : tuple of Input
        All inputs of the study: a parameter with several of them is told by the rows in which they differ.
    """

    words: Words
    inputs: tuple[Input, ...]

    def label(self, name: str) -> str:
        """The label of an input, by its name."""
        if name in (REST, STRUCTURE, CHANCE):
            return self.words.raw(f"sensitivity.{name}")
        mine = next(entry.dimension for entry in self.inputs if entry.name == name)
        kin = [entry.dimension for entry in self.inputs if entry.dimension.key == mine.key]
        key = f"parameters.{mine.key}.title"
        title = self.words.raw(key) if self.words.has(key) else mine.key
        if len(kin) == 1:
            return title
        if not mine.rows:
            return f"{title}: {self.words.date(mine.since)}" if mine.since else title
        columns = [
            tuple(dict.fromkeys(row[column] for row in mine.rows)) for column in range(len(mine.rows[0]))
        ]
        others = [
            {frozenset(row[column] for row in dimension.rows) for dimension in kin}
            for column in range(len(columns))
        ]
        parts = [
            self._rows(keys) for keys, all_keys in zip(columns, others, strict=True) if len(all_keys) > 1
        ]
        return f"{title}: {'; '.join(parts)}"

    def evidence(self, name: str) -> str:
        """What an input rests on; nothing for what is no parameter."""
        entry = next((entry for entry in self.inputs if entry.name == name), None)
        if entry is None:
            return ""
        kind = self.words.raw(f"report.assumptions.kinds.{entry.kind}")
        grade = self.words.raw(f"report.assumptions.grades.{entry.grade}")
        return str(self.words.text("sensitivity.evidence_words", kind=Name(kind), grade=Name(grade)))

    def _rows(self, keys: Sequence[str]) -> str:
        """The first few rows by name, and how many more there are."""
        if len(keys) <= NAMED_ROWS + 1:
            return ", ".join(self._row(key) for key in keys)
        first = ", ".join(self._row(key) for key in keys[:NAMED_ROWS])
        more = Name(self.words.plain(len(keys) - NAMED_ROWS))
        return str(self.words.text("sensitivity.and_more", rows=Name(first), more=more))

    def _row(self, key: str) -> str:
        for kind in ROW_NAMES:
            if self.words.has(f"names.{kind}.{key}"):
                name = self.words.raw(f"names.{kind}.{key}")
                return name if kind in PROPER else name[:1].lower() + name[1:]
        return key


@dataclass(frozen=True)
class TornadoBar:
    """One input: name, label and evidence, the answers at its ends, and whether these surely differ."""

    name: str
    label: str
    evidence: str
    low: Quantity
    high: Quantity
    settled: bool
    turns: bool


@dataclass(frozen=True)
class TornadoData:
    """The inputs that move the answer most, the widest first, and the answer with all as assumed."""

    bars: tuple[TornadoBar, ...]
    central: Quantity
    measure: Name
    base: Name
    other: Name
    period: Prose


@dataclass(frozen=True)
class SharesData:
    """Each input's share of the spread, alone and with all it acts with, the largest first.

    `names` are the inputs' keys; `labels` what people call them.
    """

    names: tuple[str, ...]
    labels: tuple[str, ...]
    first: tuple[Quantity, ...]
    total: tuple[Quantity, ...]
    measure: Name
    base: Name
    other: Name
    period: Prose


def wrapped(label: str) -> str:
    """A label in lines short enough to stand beside what it names."""
    return textwrap.fill(label, LABEL_WIDTH)


def tornado_data(
    found: Tornado, labels: Labels, unit: str, measure: Name, base: Name, other: Name, period: Prose
) -> TornadoData:
    """Return what is drawn of a tornado; inputs that change nothing are left out."""

    def quantity(difference: Difference, parameters: tuple[str, ...] = ()) -> Quantity:
        trace = Trace(found.measure, other.text, base.text, found.period, parameters=parameters)
        wide = Interval(difference.lower, difference.upper, difference.level)
        return Quantity(difference.mean, unit, trace, wide, Interval(*difference.interval(INNER), INNER))

    def bar_of(bar: Bar) -> TornadoBar:
        key = (bar.input.dimension.key,)
        name = bar.input.name
        return TornadoBar(
            *(name, labels.label(name), labels.evidence(name)),
            *(quantity(bar.low, key), quantity(bar.high, key)),
            settled=bar.swing.verdict != "cannot_tell",
            turns=bar.turns,
        )

    bars = tuple(bar_of(bar) for bar in found.moving[:SHOWN])
    return TornadoData(bars, quantity(found.central), measure, base, other, period)


def shares_data(
    found: Shares, labels: Labels, measure: Name, base: Name, other: Name, period: Prose
) -> SharesData:
    """Return what is drawn of the shares."""
    part = found.indices
    keys = {entry.name: entry.dimension.key for entry in labels.inputs}

    def quantity(name: str, value: float, half: float) -> Quantity:
        about = (keys[name],) if name in keys else ()
        trace = Trace(found.measure, other.text, base.text, found.period, parameters=about)
        return Quantity(value, "share", trace, Interval(value - half, value + half, part.level))

    order = sorted(range(len(part.names)), key=lambda place: (-part.total[place], place))
    columns = ((part.first, part.first_half), (part.total, part.total_half))
    first, total = (
        tuple(quantity(part.names[p], float(values[p]), float(halves[p])) for p in order)
        for values, halves in columns
    )
    names = tuple(part.names[place] for place in order)
    return SharesData(
        names, tuple(labels.label(name) for name in names), first, total, measure, base, other, period
    )


def tornado(data: TornadoData, setting: Setting, key: str = "tornado") -> FigureResult:
    """Draw the answer at both ends of each input's range, from the answer with all as assumed.

    The lowest value stands in the upper half of a row and the highest in the lower half, so that neither
    hides the other where both move the answer the same way.
    """
    words, bars = setting.words, data.bars
    unit = Name(words.unit(data.central.unit))
    with style.styled():
        labels = [wrapped(bar.label) for bar in bars]
        figure = style.canvas(1.4 + _height(labels))
        axes = figure.add_subplot()
        style.zero_line(axes, "x")
        for row, bar in enumerate(bars):
            for offset, end, colour in ((-0.19, bar.low, LOW), (0.19, bar.high, HIGH)):
                _half_bar(axes, row + offset, data.central.value, end, colour, bar.settled)
        _frame(axes, labels, words)
        axes.axvline(data.central.value, color=style.INK, linewidth=0.8, linestyle=(0, (4, 3)), zorder=4)
        text = str(words.text("sensitivity.tornado.central", value=data.central))
        style.say(
            axes, text, (data.central.value, 1.0), (0, 4), coords=("data", "axes fraction"),
            ha="center", va="bottom",
        )  # fmt: skip
        for row, bar in enumerate(bars):
            evidence = bar.evidence.replace(", ", ",\n", 1)
            style.say(
                axes, evidence, (1.0, row), (4, 0), coords=("axes fraction", "data"), colour=style.QUIET
            )
        axes.set_xlabel(str(words.text("sensitivity.tornado.axis", base=data.base, unit=unit)))
        signs = [style.bar_key(LOW), style.bar_key(HIGH)]
        style.legend(figure, signs, [words.raw(f"sensitivity.tornado.{end}") for end in ("low", "high")])
        style.finished(figure, setting)

        finding = _tornado_finding(data, words)
        subtitle = words.text(
            "sensitivity.tornado.subtitle",
            measure=data.measure,
            unit=unit,
            period=data.period,
            other=data.other,
            base=data.base,
        )
        items = [
            words.text(
                "sensitivity.tornado.item",
                input=Name(bar.label),
                evidence=Name(bar.evidence),
                low=bar.low,
                high=bar.high,
            )
            for bar in bars
        ]
        alternative = (
            words.text(
                "sensitivity.tornado.alternative",
                finding=finding,
                central=data.central,
                unit=unit,
                items=words.join(items),
            )
            if items
            else words.text("sensitivity.tornado.alternative_none", finding=finding, central=data.central)
        )
        rows = [
            {
                "input": bar.name,
                "low": bar.low.value,
                "high": bar.high.value,
                "settled": bar.settled,
                "turns": bar.turns,
            }
            for bar in bars
        ]
        return style.told(figure, key, finding, subtitle, alternative, pd.DataFrame(rows))


def sobol(data: SharesData, setting: Setting, key: str = "sobol") -> FigureResult:
    """Draw each input's two shares with their intervals."""
    words = setting.words
    with style.styled():
        labels = [wrapped(label) for label in data.labels]
        figure = style.canvas(1.2 + _height(labels))
        axes = figure.add_subplot()
        style.zero_line(axes, "x")
        kinds = ((data.first, -0.17, style.SCENARIO, "o"), (data.total, 0.17, style.BASELINE, "s"))
        for quantities, offset, colour, shape in kinds:
            for row, quantity in enumerate(quantities):
                shown = _percent(quantity)
                style.interval_mark(axes, row + offset, shown, colour, along="x", shape=shape)
        _frame(axes, labels, words)
        axes.set_xlabel(words.raw("sensitivity.sobol.axis"))
        signs = [style.mark_key(colour, shape) for _, _, colour, shape in kinds]
        style.legend(
            figure, signs, [words.raw(f"sensitivity.sobol.{kind}") for kind in ("alone", "together")]
        )
        style.finished(figure, setting)

        finding = _shares_finding(data, words)
        subtitle = words.text(
            "sensitivity.sobol.subtitle",
            measure=_inside(data.measure.text),
            period=data.period,
            other=data.other,
            base=data.base,
        )
        items = [
            words.text("sensitivity.sobol.item", input=Name(label), first=first, total=total)
            for label, first, total in zip(data.labels, data.first, data.total, strict=True)
        ]
        which = "alternative" if items else "alternative_none"
        values: dict[str, Prose] = {"items": words.join(items)} if items else {}
        alternative = words.text(f"sensitivity.sobol.{which}", finding=finding, **values)
        rows = [
            {
                "input": name,
                "first": first.value,
                "first_lower": first.interval.lower if first.interval else None,
                "first_upper": first.interval.upper if first.interval else None,
                "total": total.value,
                "total_lower": total.interval.lower if total.interval else None,
                "total_upper": total.interval.upper if total.interval else None,
            }
            for name, first, total in zip(data.names, data.first, data.total, strict=True)
        ]
        return style.told(figure, key, finding, subtitle, alternative, pd.DataFrame(rows))


def _half_bar(axes: Axes, place: float, start: float, end: Quantity, colour: str, settled: bool) -> None:
    """Draw one end's bar from the central answer, with its interval; hollow where the ends may agree."""
    axes.barh(
        place,
        end.value - start,
        0.36,
        left=start,
        color=colour if settled else style.PAPER,
        edgecolor=style.edge(colour),
        linewidth=0.8,
        zorder=2,
    )
    if end.interval is not None and end.interval.width:
        ends = [end.interval.lower, end.interval.upper]
        axes.plot(ends, [place, place], color=style.INK, linewidth=1.0, solid_capstyle="butt", zorder=3)


def _frame(axes: Axes, labels: Sequence[str], words: Words) -> None:
    """Set a row for each input, the first at the top."""
    axes.set_yticks(range(len(labels)), list(labels))
    axes.tick_params(axis="y", length=0, labelsize=style.SMALL, labelcolor=style.INK)
    axes.set_ylim(max(len(labels), 1) - 0.5, -0.5)
    axes.spines["left"].set_visible(False)
    axes.margins(x=0.06)
    style.grid(axes, "x")
    style.number_axis(axes, words, "x", ticks=5)


def _height(labels: Sequence[str]) -> float:
    """Inches that rows of equal height need for the labels beside them."""
    lines = max((1 + label.count("\n") for label in labels), default=1)
    return max(0.34, 0.14 * lines + 0.06) * max(len(labels), 2)


def _percent(quantity: Quantity) -> Quantity:
    """A share as the number that an axis in per cent shows."""
    interval = quantity.interval
    assert interval is not None
    scaled = Interval(100.0 * interval.lower, 100.0 * interval.upper, interval.level)
    return Quantity(100.0 * quantity.value, "percent", quantity.trace, scaled)


def _tornado_finding(data: TornadoData, words: Words) -> Prose:
    settled = [bar for bar in data.bars if bar.settled]
    if not settled:
        return words.text("sensitivity.tornado.finding_none")
    turning = [bar for bar in settled if bar.turns]
    ends = [end for bar in data.bars for end in (bar.low, bar.high)]
    if turning:
        which = "turns"
    elif all(end.settled for end in ends):
        which = "moves"
    else:
        which = "open"
    bar = (turning or settled)[0]
    return words.text(
        f"sensitivity.tornado.finding_{which}", input=Name(bar.label), low=bar.low, high=bar.high
    )


def _shares_finding(data: SharesData, words: Words) -> Prose:
    if all(total.value == 0.0 for total in data.total):
        return words.text("sensitivity.sobol.finding_none")
    chance = data.first[data.names.index(CHANCE)]
    ends = [total.interval for total in data.total if total.interval]
    if len(ends) > 1 and ends[0].lower <= max(end.upper for end in ends[1:]):
        return words.text("sensitivity.sobol.finding_open", chance=chance)
    if data.names[0] == CHANCE:
        return words.text("sensitivity.sobol.finding_chance", first=chance)
    return words.text(
        "sensitivity.sobol.finding", input=Name(data.labels[0]), first=data.first[0], chance=chance
    )


def _inside(label: str) -> Name:
    """Return a label as it stands inside a sentence."""
    return Name(label[:1].lower() + label[1:])
