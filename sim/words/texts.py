"""Texts with places for quantities, loaded from ``sim/words/LANGUAGE/*.yaml``.

A key is the file's name and the path in it, with dots between: ``answer: {lead: …}`` in ``report.yaml`` is
``report.answer.lead``. A template holds words and places, as ``{difference:size_interval}``. Each language is
one folder; a test holds all folders to the same keys and the same places.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any

from babel.dates import format_date
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from sim.words import numbers
from sim.words.quantities import Interval, Name, Quantity

FOLDER = Path(__file__).parent

LABEL = "label"
"""The unit of a number that only names something, a seed say: written without spaces, to be copied."""
FORMS = frozenset({"bare", "interval", "range", "signed", "size", "exact"})
"""Parts of a place's form, joined by ``_``: see `Words.quantity`."""

SCALE = {"share": 100.0, "share_points": 100.0}
"""Units that are kept as parts of one and written as parts of a hundred."""


class MissingWords(LookupError):
    """A text, a name or a unit that the language's files do not have; the message names key and language."""


@dataclass(frozen=True)
class Number:
    """A written quantity inside a prose."""

    text: str
    quantity: Quantity


class Link(str):
    """Text that leads to another place of the same page; plain text where nothing can be led to.

    Parameters
    ----------
    text, anchor : str
    """

    anchor: str

    def __new__(cls, text: str, anchor: str) -> Link:
        """Make a text that knows its place."""
        made = super().__new__(cls, text)
        made.anchor = anchor
        return made


@dataclass(frozen=True)
class Prose:
    """A finished text: words and written quantities in turn. ``str()`` gives the plain text."""

    parts: tuple[str | Number, ...] = ()

    def __str__(self) -> str:
        return "".join(part.text if isinstance(part, Number) else part for part in self.parts)

    def __add__(self, other: Prose) -> Prose:
        return Prose(self.parts + other.parts)

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """The quantities in the text, in order."""
        return tuple(part.quantity for part in self.parts if isinstance(part, Number))

    def capitalised(self) -> Prose:
        """Return the text with a capital first, for the start of a sentence or a line."""
        first, *rest = self.parts or ("",)
        return Prose((first[:1].upper() + first[1:], *rest)) if isinstance(first, str) else self

    @staticmethod
    def joined(parts: Iterable[Prose], between: str = " ") -> Prose:
        """Put texts after one another."""
        pieces: list[str | Number] = []
        for position, part in enumerate(parts):
            if position:
                pieces.append(between)
            pieces.extend(part.parts)
        return Prose(tuple(pieces))


def languages(folder: Path = FOLDER) -> tuple[str, ...]:
    """Return the languages that have a folder of words."""
    return tuple(sorted(path.parent.name for path in folder.glob("*/language.yaml")))


class Words:
    """One language's words, numbers and dates.

    Parameters
    ----------
    language : str
        Name of a folder under `folder`: ``sv``, ``en``.
    folder : Path
        Where the languages' folders are.

    Raises
    ------
    MissingWords
        When there is no such language.
    """

    def __init__(self, language: str, folder: Path = FOLDER) -> None:
        if language not in languages(folder):
            raise MissingWords(
                f"There are no words in the language '{language}'; there are: {', '.join(languages(folder))}."
            )
        self.language = language
        self._folder = folder / language
        self.locale = self.raw("language.locale")

    # --- texts

    def raw(self, key: str) -> str:
        """Return a template as it stands.

        Raises
        ------
        MissingWords
            When the language has no such key.
        """
        try:
            return self._file(key)[key]
        except KeyError:
            raise MissingWords(f"The words in '{self.language}' lack the key '{key}'.") from None

    def has(self, key: str) -> bool:
        """Tell whether the language has a text under the key."""
        return key in self._file(key)

    def _file(self, key: str) -> Mapping[str, str]:
        """Return the texts of the file that a key names; each is read once, when first asked for."""
        return _load(self._folder / f"{key.partition('.')[0]}.yaml")

    def text(self, key: str, **values: Quantity | Prose | Name | date) -> Prose:
        """Return the text of a key with its places filled.

        Parameters
        ----------
        key : str
            Which template.
        **values
            One for each place, by name: a `Quantity` (written in the place's form), a `Prose`, a `Name` or
            a date.

        Raises
        ------
        MissingWords
            When the language has no such key.
        TypeError
            When a value is anything else: a float or a string with a typed number has no source.
        ValueError
            When places and values do not match.
        """
        template = self.raw(key)
        parts: list[str | Number] = []
        used = set()
        for literal, place, form, _ in Formatter().parse(template):
            if literal:
                parts.append(literal)
            if place is None:
                continue
            if place not in values:
                raise ValueError(
                    f"The text '{key}' in '{self.language}' has a place '{place}' that nothing fills."
                )
            used.add(place)
            parts.extend(self._filled(key, place, values[place], form or ""))
        unused = set(values) - used
        if unused:
            raise ValueError(
                f"The text '{key}' in '{self.language}' has no place for: {', '.join(sorted(unused))}."
            )
        return Prose(tuple(parts))

    def _filled(self, key: str, place: str, value: object, form: str) -> tuple[str | Number, ...]:
        if isinstance(value, Quantity):
            return (Number(self.quantity(value, form), value),)
        if isinstance(value, Prose):
            return value.parts
        if isinstance(value, Name):
            return (value.text,)
        if isinstance(value, date):
            return (self.date(value),)
        raise TypeError(
            f"The place '{place}' of the text '{key}' takes a Quantity, a Prose, a Name or a date, so that "
            f"every number has a source; found {type(value).__name__}."
        )

    def join(self, items: Sequence[Prose | str]) -> Prose:
        """Join items to a list in a sentence: A, B and C."""
        proses = [item if isinstance(item, Prose) else Prose((item,)) for item in items]
        if len(proses) < 2:
            return proses[0] if proses else Prose()
        last = Prose((f" {self.raw('language.and')} ",))
        return Prose.joined(proses[:-1], ", ") + last + proses[-1]

    # --- words with a fixed place

    def name(self, kind: str, key: str, default: str | None = None) -> str:
        """Return what people call a key: a role, a centre, a destination.

        What is added as data only has no word yet: then `default` (a name that the data holds), or the key
        with spaces for its hyphens and underscores.
        """
        place = f"names.{kind}.{key}"
        found = self.raw(place) if self.has(place) else ""
        return found or default or re.sub(r"[-_]", " ", key).capitalize()

    def measure(self, template: str, field: str, fills: Mapping[str, str], inside: bool = False) -> Prose:
        """Return a measure's name, unit, definition or equation.

        Parameters
        ----------
        template : str
            The words that it shares with others of its kind.
        field : str
        fills : mapping of str to str
            Places in them to keys: ``{"destination": "work"}``.
        inside : bool
            Whether what fills them stands inside a sentence.
        """
        key = f"measures.{template}.{field}"
        names = {place: self.name(f"{place}s", of) for place, of in fills.items()}
        asked = self.raw(key)
        return self.text(
            key,
            **{
                place: Name(name.lower() if inside else name)
                for place, name in names.items()
                if f"{{{place}" in asked
            },
        )

    def verdict(self, verdict: str) -> str:
        """Return the fixed words of a verdict: ``lower``, ``higher`` or ``cannot_tell``."""
        return self.raw(f"verdicts.{verdict}")

    def unit(self, unit: str) -> str:
        """Return a unit as it stands in a table's header or along an axis."""
        return self.raw(f"units.{unit}.head")

    def period(self, key: str, start: date | None = None, end: date | None = None) -> Prose:
        """Return a period's name: a year, a four-month period, a month; for ``total`` from start to end.

        Years alone name a whole only of whole years.
        """
        if key == "total":
            if start is None or end is None:
                return self.text("language.period.total")
            if (start.month, end.month) != (1, 12):
                first, last = (self.period(f"{day:%Y-%m}") for day in (start, end))
                return first if str(first) == str(last) else Prose((f"{first}{numbers.DASH}{last}",))
            if start.year == end.year:
                return Prose((str(start.year),))
            return Prose((f"{start.year}{numbers.DASH}{end.year}",))
        if match := re.fullmatch(r"(\d{4})-T(\d)", key):
            return self.text("language.period.tertial", number=Name(match[2]), year=Name(match[1]))
        if match := re.fullmatch(r"(\d{4})-(\d{2})", key):
            return Prose((str(format_date(date(int(match[1]), int(match[2]), 1), "LLLL y", self.locale)),))
        return Prose((key,))

    # --- numbers and dates

    def quantity(
        self, quantity: Quantity, form: str = "", unit_step: float | None = None, finest: float = 0.0
    ) -> str:
        """Write a quantity.

        Parameters
        ----------
        quantity : Quantity
            What to write.
        form : str
            Parts joined by ``_``: ``interval`` adds "(8–17)" when there is one; ``range`` writes only the
            interval; ``bare`` leaves the unit out; ``signed`` writes a plus; ``size`` leaves the sign out
            (for "12 lower"). Empty: the value with its unit.
        unit_step : float, optional
            Unit of the last digit in the unit as written (per cent for a share), for columns whose cells
            share their decimals; else what the quantity itself supports.
        finest : float
            Never finer than this, when the quantity decides; so that a small number beside large ones is not
            written with more decimals than they are.
        """
        parts = set(form.split("_")) if form else set()
        if parts - FORMS:
            raise ValueError(f"No such form of a number: {form!r}.")
        if quantity.unit == LABEL:
            return f"{quantity.value:.0f}"
        scale = SCALE.get(quantity.unit, 1.0)
        value, interval = quantity.value * scale, quantity.interval
        ends = (interval.lower * scale, interval.upper * scale) if interval and interval.width else None
        if "size" in parts and value < 0:
            value, ends = -value, (-ends[1], -ends[0]) if ends else None
        unit_step = max(self.step(quantity), finest) if unit_step is None else unit_step

        def write(number: float) -> str:
            decimal = numbers.rounded(number, unit_step) if unit_step else numbers.as_it_stands(number)
            return numbers.written(decimal, self.locale, "signed" in parts)

        between = self._between(ends, write) if ends else ""
        shown = between if ends and "range" in parts else write(value)
        if "bare" not in parts:
            shown = self._with_unit(shown, quantity.unit)
        if ends and "interval" in parts:
            shown += f" ({between})"
        return shown.replace(" (", f"{numbers.NO_BREAK}(")

    def step(self, *quantities: Quantity) -> float:
        """Return the step that the quantities, as written, can share; 0 when all are exact."""
        estimated = [quantity for quantity in quantities if not quantity.exact]
        if not estimated:
            return 0.0
        steps = []
        for quantity in estimated:
            scale = SCALE.get(quantity.unit, 1.0)
            half = quantity.interval.width / 2 * scale if quantity.interval else None
            ends = _ends(quantity.interval, scale)
            steps.append(numbers.step([quantity.value * scale, *ends], half))
        return max(steps)

    def _between(self, ends: tuple[float, float], write: Any) -> str:
        lower, upper = write(ends[0]), write(ends[1])
        if any(end.startswith((numbers.MINUS, "+")) for end in (lower, upper)):
            return f"{lower}{numbers.NO_BREAK}{self.raw('language.to')}{numbers.NO_BREAK}{upper}"
        return f"{lower}{numbers.DASH}{upper}"

    def _with_unit(self, number: str, unit: str) -> str:
        form = "one" if number.lstrip("+" + numbers.MINUS) == "1" else "other"
        word = self.raw(f"units.{unit}.{form}")
        if not word:
            return number
        tight = unit == "share" and self.raw("language.percent_space") == "no"
        return f"{number}{'' if tight else numbers.NO_BREAK}{word}"

    def axis(self, value: float, unit_step: float) -> str:
        """Write a number at an axis, where the ticks decide the digits."""
        return numbers.written(numbers.rounded(value, unit_step), self.locale)

    def plain(self, value: float) -> str:
        """Write a number as it stands, for keys and settings in tables and data."""
        return numbers.written(numbers.as_it_stands(value), self.locale)

    def date(self, day: date) -> str:
        """Write a date in full: 13 mars 2018, 13 March 2018."""
        return str(format_date(day, "d MMMM y", self.locale)).replace(" ", numbers.NO_BREAK)


def _ends(interval: Interval | None, scale: float) -> tuple[float, ...]:
    return (interval.lower * scale, interval.upper * scale) if interval else ()


@lru_cache(maxsize=64)
def _load(path: Path) -> Mapping[str, str]:
    if not path.is_file():
        return {}
    try:
        content = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except YAMLError as error:
        raise ValueError(f"The words in {path} cannot be read: {error}") from error
    texts: dict[str, str] = {}
    _flatten(path.stem, content or {}, texts, path)
    return texts


def _flatten(key: str, content: Any, texts: dict[str, str], path: Path) -> None:
    if isinstance(content, Mapping):
        for name, inner in content.items():
            _flatten(f"{key}.{name}", inner, texts, path)
        return
    if not isinstance(content, str):
        raise ValueError(f"The words in {path}: '{key}' is not a text; put it between quotation marks.")
    texts[key] = content.strip()
