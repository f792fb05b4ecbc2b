"""What validation found, as tables in the reader's language: scores, lessons, coverage, what explains.

The command and the notebook show the same tables; each has a line under it that says what to read from it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sim.figures.sensitivity import Labels
from sim.inference.forecast import LEVELS, NAIVE, Score
from sim.inference.identify import contraction, trade_offs
from sim.parameters.uncertain import Ensemble
from sim.words import Interval, Name, Quantity, Trace, Words

SHOWN = 12
"""Rows of what was learned, and of trade-offs, that are shown; the files have all."""

TAUGHT = 0.80
"""What is left of a prior's spread below which the targets count as having taught something."""

AT_EDGE = 2.0
"""Times as many draws at an end of the range as nothing learned would give, from which that is said."""

Rows = Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Told:
    """A table in words.

    Attributes
    ----------
    title : str
    columns : tuple of str
    rows : tuple of tuple of str
    note : str
        What to read from it.
    texts : int
        Columns from the left that hold text; the others are numbers.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str
    texts: int = 1


def target_name(words: Words, key: str) -> str:
    """What people call a target; its key where it is one of a reader's own."""
    place = f"inference.targets.{key}"
    return words.raw(place) if words.has(place) else key


def scores_told(words: Words, scores: Sequence[Score], draws: int, name: str) -> Told:
    """Every target beside what was forecast."""
    head = ("target", "role", "observed", "predicted", "inside", "naive")
    held = [item for item in scores if item.target.role == "hold-out" and not item.later]
    misses = [item for item in held if not item.holds[LEVELS[-1]]]
    bounds = [item for item in scores if item.target.role == "bound" and not item.later]
    beyond = [item for item in bounds if not item.holds[LEVELS[-1]]]
    nearer = [item for item in held if any(abs(m) < abs(item.miss) for m in item.naive_misses.values())]
    notes = (
        words.text("inference.scores.caption", draws=Name(words.plain(draws))),
        words.text(
            "inference.scores.misses",
            missed=Name(words.plain(len(misses))),
            number=Name(words.plain(len(held))),
            which=Name(_listed(words, misses)),
        ),
        words.text(
            "inference.scores.naive_nearer",
            nearer=Name(words.plain(len(nearer))),
            number=Name(words.plain(len(held))),
            which=Name(_listed(words, nearer)),
        ),
        words.text(
            "inference.scores.bounds",
            missed=Name(words.plain(len(beyond))),
            number=Name(words.plain(len(bounds))),
            which=Name(_listed(words, beyond)),
        ),
    )
    return Told(
        str(words.text("inference.scores.title", ensemble=Name(name))),
        tuple(words.raw(f"inference.scores.{key}") for key in head),
        tuple(_score(words, scored) for scored in scores),
        " ".join(str(note) for note in notes),
        texts=2,
    )


def _listed(words: Words, scores: Sequence[Score]) -> str:
    return ", ".join(target_name(words, item.target.key) for item in scores) or "–"


def _score(words: Words, scored: Score) -> tuple[str, ...]:
    target = scored.target
    unit = "share" if target.sort == "share" else target.counts
    trace = Trace(measure=target.terms[0].measures[0], period=target.terms[0].periods[0])

    def number(value: float, form: str = "") -> str:
        return words.quantity(Quantity(value, unit, trace, exact=True), form)

    low, high = target.low, target.high
    if low == high:
        observed = number(low)
    elif math.isinf(high):
        observed = str(words.text("inference.scores.at_least", value=Name(number(low))))
    else:
        observed = f"{number(low, 'bare')}–{number(high)}"
    wide = Interval(*scored.intervals[LEVELS[-1]], LEVELS[-1])
    predicted = words.quantity(Quantity(scored.median, unit, trace, wide), "interval")
    inside = next((_percent(words, level) for level in LEVELS if scored.holds[level]), "")
    role = words.raw(f"inference.roles.{target.role}")
    if scored.later:
        role = str(words.text("inference.scores.later", role=Name(role)))
    naive = [_signed(words, scored.naive_misses[name], unit) for name in NAIVE if name in scored.naive_misses]
    return (
        *(target_name(words, target.key), role, observed, predicted),
        inside or words.raw("inference.scores.outside"),
        " / ".join([_signed(words, scored.miss, unit), *naive]),
    )


def learned_told(words: Words, ensemble: Ensemble, learn: Sequence[str], labels: Labels) -> Told:
    """How far the targets narrowed each number that they may teach, the most first."""
    found = contraction(ensemble, learn)
    rows = tuple(
        (
            labels.label(row.name),
            f"{_few(words, row.low)}–{_few(words, row.high)}",
            f"{_few(words, row.median)} ({_few(words, row.lower)}–{_few(words, row.upper)})",
            words.plain(round(100.0 * row.spread_left)),
            words.plain(round(row.at_edge, 1)),
        )
        for row in found[:SHOWN]
    )
    taught = [row for row in found if row.spread_left < TAUGHT]
    edges = [labels.label(row.name) for row in found if row.at_edge >= AT_EDGE]
    notes = [
        words.text(
            "inference.learned.note",
            taught=Name(words.plain(len(taught))),
            number=Name(words.plain(len(found))),
            left=Name(_percent(words, TAUGHT)),
        )
    ]
    if edges:
        notes.append(words.text("inference.learned.edges", which=Name("; ".join(edges))))
    head = ("number", "prior", "posterior", "left", "edge")
    return Told(
        words.raw("inference.learned.title"),
        tuple(words.raw(f"inference.learned.{key}") for key in head),
        rows,
        " ".join(str(note) for note in notes),
    )


def trade_offs_told(words: Words, ensemble: Ensemble, learn: Sequence[str], labels: Labels) -> Told:
    """Pairs of numbers that the targets know together but not apart."""
    found = trade_offs(ensemble, learn)
    rows = tuple(
        (
            labels.label(pair.first),
            labels.label(pair.second),
            words.raw(f"inference.trade_offs.{'together' if pair.correlation > 0 else 'against'}"),
            words.quantity(_bare(pair.correlation, 2), "bare_signed"),
        )
        for pair in found[:SHOWN]
    )
    note = words.text("inference.trade_offs.note", pairs=Name(words.plain(len(found))))
    head = ("first", "second", "how", "correlation")
    columns = tuple(words.raw(f"inference.trade_offs.{key}") for key in head)
    return Told(words.raw("inference.trade_offs.title"), columns, rows, str(note), texts=3)


def coverage_told(words: Words, rows: Rows, labels: Labels) -> Told:
    """How often intervals held the truth of cities whose truth is known."""
    levels = sorted({float(row["level"]) for row in rows})
    by_name: dict[str, dict[float, Mapping[str, str]]] = {}
    for row in rows:
        by_name.setdefault(row["name"], {})[float(row["level"])] = row

    def off(row: Mapping[str, str]) -> bool:
        return not float(row["expected_low"]) <= float(row["held"]) <= float(row["expected_high"])

    worst = sorted(by_name, key=lambda name: min(float(by_name[name][lv]["held"]) / lv for lv in levels))
    told = []
    targets = [name for name in by_name if words.has(f"inference.targets.{name}")]
    means = [sum(float(by_name[name][level]["held"]) for name in by_name) / len(by_name) for level in levels]
    told.append((words.raw("inference.coverage.mean"), *(words.plain(round(100.0 * mean)) for mean in means)))
    for name in dict.fromkeys([*targets, *worst]):
        label = target_name(words, name) if name in targets else labels.label(name)
        told.append((label, *(words.plain(round(100.0 * float(by_name[name][lv]["held"]))) for lv in levels)))
    few = [row for row in rows if off(row) and float(row["held"]) < float(row["expected_low"])]
    many = [row for row in rows if off(row) and float(row["held"]) > float(row["expected_high"])]
    note = words.text(
        "inference.coverage.note",
        cities=Name(rows[0]["cities"]),
        cells=Name(words.plain(len(rows))),
        few=Name(words.plain(len(few))),
        many=Name(words.plain(len(many))),
    )
    columns = (words.raw("inference.coverage.quantity"), *(_percent(words, level) for level in levels))
    return Told(words.raw("inference.coverage.title"), columns, tuple(told[:SHOWN]), str(note))


def explained_told(words: Words, rows: Rows) -> Told:
    """What each part did to each outcome: alone, last, and in the mean of all orders."""
    by_part: dict[tuple[str, str], dict[str, Mapping[str, str]]] = {}
    for row in rows:
        by_part.setdefault((row["outcome"], row["part"]), {})[row["way"]] = row
    told: list[tuple[str, ...]] = []
    for outcome in dict.fromkeys(row["outcome"] for row in rows):
        unit = _unit(outcome)
        whole = next(row for row in rows if row["outcome"] == outcome)
        change = float(whole["after"]) - float(whole["before"])
        told.append(
            (
                target_name(words, outcome),
                words.raw("inference.explained.all"),
                *("", "", _signed(words, change, unit)),
            )
        )
        for (where, part), ways in by_part.items():
            if where == outcome:
                told.append(
                    (
                        "",
                        words.raw(f"inference.parts.{part}")
                        if words.has(f"inference.parts.{part}")
                        else part,
                        *(_around(words, ways[way], unit) for way in ("alone", "last", "shapley")),
                    )
                )
    level = _percent(words, float(rows[0]["level"]))
    note = words.text("inference.explained.note", draws=Name(rows[0]["draws"]), level=Name(level))
    head = ("outcome", "part", "alone", "last", "shapley")
    columns = tuple(words.raw(f"inference.explained.{key}") for key in head)
    return Told(words.raw("inference.explained.title"), columns, tuple(told), str(note), texts=2)


def placebo_told(words: Words, rows: Rows) -> Told:
    """What the mandate's events would have done at other dates, to the last two years that were run."""
    told = []
    years = sorted({row["quantity"].partition(":")[2] for row in rows})[-2:]
    for row in rows:
        if row["quantity"].partition(":")[2] not in years:
            continue
        told.append(
            (
                words.raw(f"inference.events.{row['event']}"),
                words.date(date.fromisoformat(row["true"])),
                words.date(date.fromisoformat(row["moved"])),
                _quantity_name(words, row["quantity"]),
                _around(words, row, _unit(row["quantity"])),
                words.plain(round(100.0 * float(row["agreeing"]))),
            )
        )
    truly = _percent(words, float(rows[0]["agreeing_truly"]))
    note = words.text("inference.placebo.note", draws=Name(rows[0]["draws"]), truly=Name(truly))
    head = ("event", "true", "moved", "quantity", "change", "agreeing")
    columns = tuple(words.raw(f"inference.placebo.{key}") for key in head)
    return Told(words.raw("inference.placebo.title"), columns, tuple(told), str(note), texts=4)


def _quantity_name(words: Words, key: str) -> str:
    """``MEASURE:YEAR`` or a target's key."""
    year = key.partition(":")[2]
    if not year:
        return target_name(words, key)
    kind = "share" if _unit(key) == "share" else "people"
    return str(words.text(f"inference.figure.one.{kind}", year=Name(year)).capitalised())


def _unit(key: str) -> str:
    return "share" if "share" in key else "people"


def _around(words: Words, row: Mapping[str, str], unit: str) -> str:
    mean, lower, upper = (float(row[key]) for key in ("mean", "lower", "upper"))
    ends = tuple(_signed(words, end, unit) for end in (lower, upper))
    return f"{_signed(words, mean, unit)} ({ends[0]} {words.raw('language.to')} {ends[1]})"


def _signed(words: Words, value: float, unit: str) -> str:
    """A change or a miss, in people or in percentage points."""
    rounded = round(value, 3) if unit == "share" else float(round(value))
    shown = "share_points" if unit == "share" else unit
    return words.quantity(Quantity(rounded, shown, Trace(manifest="runs"), exact=True), "bare_signed")


def _bare(value: float, digits: int) -> Quantity:
    return Quantity(round(value, digits), "number", Trace(manifest="runs"), exact=True)


def _few(words: Words, value: float) -> str:
    """Three significant figures."""
    return words.plain(float(f"{value:.3g}"))


def _percent(words: Words, share: float) -> str:
    return words.quantity(Quantity(round(share, 2), "share", Trace(manifest="level"), exact=True), "")
