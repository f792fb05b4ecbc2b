"""One made-up person in two worlds: both histories on one time line, and the same as tables."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes

from sim.experiment.persons import Life, Person, Stay, TwoWorlds
from sim.figures import style
from sim.figures.result import FigureResult, Setting
from sim.flow.stages import Stage
from sim.parameters import days_between, month_start
from sim.words import Name, Prose, Quantity, Trace, Words, exact
from sim.words.numbers import DASH

BAR, LEFT = 0.42, 0.16
"""Heights of a stage's bar and of the bar of time after an exit; two worlds are 1 apart."""

AXIS_INCHES = 6.3
"""About how wide the time line is drawn."""

LETTER_INCHES = 0.062
"""About how wide a letter of the smallest type is drawn."""

MOST_TICKS = 6
TICK_STEPS = (1, 2, 3, 4, 6, 12, 24, 48)
"""Months between ticks."""

AROUND = 0.04
"""Room on either side of the histories, as a share of their length."""

THOUSAND = 1e3
TRACE = Trace(manifest="person")


@dataclass(frozen=True)
class PersonData:
    """Two histories of one person, and what the worlds are called."""

    worlds: TwoWorlds
    base: Name
    other: Name

    @property
    def lives(self) -> tuple[tuple[Life, Name], tuple[Life, Name]]:
        """Each life with its world's name, the base first."""
        return (self.worlds.base, self.base), (self.worlds.other, self.other)


def person_timeline(data: PersonData, setting: Setting, key: str = "person") -> FigureResult:
    """Draw the base above and the other world below, on the calendar; a line where they part."""
    words, worlds = setting.words, data.worlds
    first, last = _span(worlds)
    with style.styled():
        figure = style.canvas(2.75)
        axes = figure.add_subplot()
        axes.set_xlim(first, last)
        axes.set_ylim(-0.55, 1.85)
        for level, (life, name) in zip((1.0, 0.0), data.lives, strict=True):
            colour = style.QUIET if level else style.SCENARIO
            text = str(_lane(life, name, words))
            place = (first, level + BAR / 2)
            style.say(axes, text, place, (0, 9), colour=colour, fontweight="bold", bbox=style.CLEAR, zorder=5)
            _lane_of(axes, life, level, (first, last), words)
        part = worlds.part_at
        if part is not None and part > 0.0:
            axes.axvline(part, color=style.INK, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
            near_end = part > first + 0.7 * (last - first)
            label = words.raw("person.figure.part")
            place, offset = (part, 1.76), (-4 if near_end else 4, 0)
            style.say(axes, label, place, offset, colour=style.QUIET, ha="right" if near_end else "left")
        _calendar(axes, worlds, words)
        shown = [stage for stage in style.STAGES if stage in _shown(worlds)]
        signs = [style.bar_key(*style.STAGES[stage]) for stage in shown]
        style.legend(figure, signs, [words.raw(f"person.stages.{stage}") for stage in shown], columns=3)
        style.finished(figure, setting)

        title = _title(data, words)
        subtitle = words.text("person.figure.subtitle", who=who(worlds.person, words))
        alternative = words.text(
            "person.figure.alternative",
            finding=title,
            until=_until(worlds, words),
            base=data.base,
            ours=_told(worlds.base, words),
            other=data.other,
            theirs=_told(worlds.other, words),
        )
        return style.told(figure, key, title, subtitle, alternative, pd.DataFrame(list(_data(worlds))))


def who(person: Person, words: Words) -> Prose:
    """Say who a person is: group, age, needs, centre."""
    return words.text(
        "person.figure.who",
        group=Name(words.name("groups", person.group)),
        age=Name(words.name("age_bands", person.age_band, _dashed(person.age_band))),
        needs=Name(words.name("segments", person.needs).lower()),
        centre=Name(words.name("centres", person.centre, person.centre_name)),
    )


def _dashed(key: str) -> str:
    """Write a key that spans numbers with the dash that stands between them: 16–24."""
    return re.sub(r"(?<=\d)-(?=\d)", DASH, key)


def stays_table(data: PersonData, words: Words) -> tuple[list[str], list[list[str]]]:
    """Return both histories as a table: heads, and a row for each stay."""
    heads = ("world", "stage", "what", "first", "last", "days", "ended")
    rows = [
        [
            name.text,
            words.raw(f"person.stages.{stay.stage.name.lower()}"),
            _named(stay, words),
            words.date(stay.first),
            words.date(stay.last),
            words.quantity(_days(stay, data.worlds), "bare"),
            words.raw(f"person.ended_by.{stay.ended_by.name.lower()}"),
        ]
        for life, name in data.lives
        for stay in life.stays
        if stay.stage != Stage.REFERRED
    ]
    return [words.raw(f"person.table.{head}") for head in heads], rows


def sums_table(data: PersonData, words: Words) -> tuple[list[str], list[list[str]]]:
    """Return what the run came to in each world, and the difference: heads, and a row for each sum."""
    base, other = data.worlds.base, data.worlds.other
    sums = {
        "months_enrolled": (base.months_enrolled, other.months_enrolled, "months"),
        "months_waiting": (base.months(Stage.WAITING), other.months(Stage.WAITING), "months"),
        "months_measure": (base.months(Stage.MEASURE), other.months(Stage.MEASURE), "months"),
        "spells": (base.spells, other.spells, "spells"),
        "benefit_months": (base.benefit_months, other.benefit_months, "months"),
        "cost": (base.cost / THOUSAND, other.cost / THOUSAND, "kr"),
    }
    rows = []
    for key, (ours, theirs, unit) in sums.items():
        whole = key == "spells"
        both = [Quantity(value, unit, TRACE, exact=whole) for value in (ours, theirs)]
        step = words.step(*both)
        difference = words.quantity(
            Quantity(theirs - ours, unit, TRACE, exact=whole), "bare_signed", unit_step=step
        )
        shown = [words.quantity(quantity, "bare", unit_step=step) for quantity in both]
        rows.append([words.raw(f"person.table.{key}"), *shown, difference])
    drawn = [life.person.thresholds if life.person else {} for life, _ in data.lives]
    for destination in data.worlds.person.thresholds:
        name = words.text(
            "person.table.threshold", destination=Name(words.name("destinations", destination).lower())
        )
        shown = [
            words.quantity(Quantity(found[destination], "number", TRACE), "bare")
            if destination in found
            else ""
            for found in drawn
        ]
        rows.append([str(name), *shown, ""])
    heads = [
        words.raw("person.table.sum"),
        data.base.text,
        data.other.text,
        words.raw("person.table.difference"),
    ]
    return heads, rows


def _span(worlds: TwoWorlds) -> tuple[float, float]:
    """Return where the time line begins and ends: around what happens, inside the run."""
    lived = [stay for life in (worlds.base, worlds.other) for stay in life.stays]
    begin = min(stay.begin for stay in lived)
    # of the time after the last exit only the beginning is of interest
    end = max(stay.begin if stay.stage == Stage.OUTSIDE else stay.end for stay in lived)
    end = min(end + max(0.25 * (end - begin), 1.0), float(worlds.months))
    room = AROUND * (end - begin)
    return max(begin - room, 0.0), end


def _shown(worlds: TwoWorlds) -> set[str]:
    """Return the stages that have a bar and no label of their own."""
    lived = (*worlds.base.stays, *worlds.other.stays)
    return {stay.stage.name.lower() for stay in lived if stay.months > 0.0} - {"outside"}


def _lane_of(axes: Axes, life: Life, level: float, span: tuple[float, float], words: Words) -> None:
    """Draw one history; measures are named where there is room, and ways out unless they would crowd."""
    inches = AXIS_INCHES / (span[1] - span[0])
    free_from = span[0]
    for stay in life.stays:
        stage, end = stay.stage.name.lower(), min(stay.end, span[1])
        if stage not in style.STAGES or end <= stay.begin:
            continue
        colour, pattern = style.STAGES[stage]
        axes.barh(
            level,
            end - stay.begin,
            LEFT if stay.stage == Stage.OUTSIDE else BAR,
            left=stay.begin,
            color=colour,
            hatch=pattern,
            edgecolor=style.INK,
            linewidth=0.7,
            zorder=3,
        )
        name = _named(stay, words)
        width = len(name) * LETTER_INCHES / inches
        if stay.stage == Stage.OUTSIDE and stay.begin >= free_from:
            at_the_end = stay.begin + width > span[1]
            place, side = (span[1], "right") if at_the_end else (stay.begin, "left")
            style.say(axes, name, (place, level - BAR / 2), (0, -7), ha=side, zorder=5)
            free_from = stay.begin + width
        elif stay.stage != Stage.OUTSIDE and name and width < end - stay.begin:
            middle = (stay.begin + end) / 2
            style.say(axes, name, (middle, level), ha="center", zorder=5, bbox=style.CLEAR)


def _calendar(axes: Axes, worlds: TwoWorlds, words: Words) -> None:
    """Write years, or months where the histories are short, along the axis."""
    first, last = axes.get_xlim()
    step = next((s for s in TICK_STEPS if (last - first) / s <= MOST_TICKS), TICK_STEPS[-1])
    aligned = -(worlds.start.month - 1) % min(step, 12)
    ticks = [t for t in range(aligned, worlds.months + 1, step) if first <= t <= last]
    days = [month_start(tick, worlds.start) for tick in ticks]
    period = "{0:%Y}" if step >= 12 and aligned == -(worlds.start.month - 1) % 12 else "{0:%Y-%m}"
    axes.set_xticks(ticks, [str(words.period(period.format(day))) for day in days])
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    style.grid(axes, "x")


def _lane(life: Life, name: Name, words: Words) -> Prose:
    if life.person is None:
        return words.text("person.figure.lane_absent", scenario=name.first)
    return words.text(
        "person.figure.lane",
        scenario=name.first,
        months=Quantity(life.months_enrolled, "months", TRACE),
        spells=exact(life.spells, "spells", TRACE),
        cost=Quantity(life.cost, "kr", TRACE),
    )


def _title(data: PersonData, words: Words) -> Prose:
    worlds = data.worlds
    for (life, _), (_, there) in (data.lives, data.lives[::-1]):
        if life.person is None:
            return words.text("person.figure.absent", there=there)
    longer = worlds.other.months_enrolled - worlds.base.months_enrolled
    if worlds.part_at is None:
        return words.text("person.figure.identical")
    if math.isclose(longer, 0.0, abs_tol=1e-9):
        return words.text("person.figure.same_length")
    which = "longer" if longer > 0.0 else "shorter"
    months = Quantity(longer, "months", TRACE)
    return words.text(f"person.figure.{which}", months=months, other=data.other)


def _until(worlds: TwoWorlds, words: Words) -> Prose:
    part = worlds.part_at
    if part is None:
        return words.text("person.figure.same")
    day = next(
        stay.last if stay.end == part else stay.first
        for life in (worlds.base, worlds.other)
        for stay in life.stays
        if part in (stay.begin, stay.end)
    )
    return words.text("person.figure.until", day=day)


def _told(life: Life, words: Words) -> Prose:
    """Tell a history in a sentence."""
    items = [_told_of(stay, words) for stay in life.stays if stay.stage != Stage.REFERRED]
    return Prose.joined(items, "; ") if items else words.text("person.figure.none")


def _told_of(stay: Stay, words: Words) -> Prose:
    name = _named(stay, words)
    stage = Name(words.raw(f"person.stages.{stay.stage.name.lower()}").lower())
    if not name:
        return words.text("person.figure.stay", stage=stage, first=stay.first, last=stay.last)
    return words.text(
        "person.figure.stay_named", stage=stage, name=Name(name.lower()), first=stay.first, last=stay.last
    )


def _named(stay: Stay, words: Words) -> str:
    """Return the measure of a stay, or where the person went."""
    if stay.measure:
        return words.name("measures", stay.measure)
    return words.name("destinations", stay.destination) if stay.stage == Stage.OUTSIDE else ""


def _days(stay: Stay, worlds: TwoWorlds) -> Quantity:
    return Quantity(days_between(stay.begin, stay.end, worlds.start), "days", TRACE)


def _data(worlds: TwoWorlds) -> Iterator[dict[str, object]]:
    for world, life in (("base", worlds.base), ("other", worlds.other)):
        for stay in life.stays:
            yield {
                "world": world,
                "scenario": life.scenario,
                "spell": stay.spell,
                "stage": stay.stage.name.lower(),
                "measure": stay.measure,
                "destination": stay.destination,
                "ended_by": stay.ended_by.name.lower(),
                "begin": stay.begin,
                "end": stay.end,
                "first": stay.first.isoformat(),
                "last": stay.last.isoformat(),
            }
