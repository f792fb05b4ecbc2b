"""Faults in input files, told as sentences and gathered so that all of them are told at once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType

RULES = MappingProxyType(
    {
        # reading
        "unreadable-file": "A file can be opened and is UTF-8 text.",
        "too-large": "A file is not larger than the reader takes.",
        "bad-yaml": "A YAML file follows YAML's grammar and holds plain values.",
        "too-deep": "A YAML file is not nested deeper than the reader takes.",
        "too-many-aliases": "A YAML file repeats few values by alias.",
        "duplicate-key": "A key stands once in a mapping.",
        "wrong-shape": "A file, a passport or a setting has the shape that its place asks for.",
        "wrong-schema": "A file is written to a version of the format that this reader knows.",
        "wrong-separator": "The columns of a table are separated by commas.",
        # headers and passports
        "missing-header-field": "An overlay starts with title, author, date, baseline and schema.",
        "unknown-header-field": "An overlay has no other fields than those of the format.",
        "missing-field": "A passport, a source or a sweep has every field that it needs.",
        "unknown-field": "A passport, a source or a sweep has no other fields than those of the format.",
        "unknown-role": "A passport's role is one of the known roles.",
        "unknown-kind": "A passport's kind is one of the known kinds.",
        "unknown-grade": "A passport's grade is one of the known grades.",
        "wrong-unit": "A unit is one of the known units.",
        "missing-source": "Every passport but an assumption's names a source.",
        "unknown-source": "A source that a passport names is in the list of sources.",
        "value-or-table": "A passport has either a value or a table.",
        "bad-limits": "The lower limit of a range is not above the upper one.",
        # single values
        "unknown-key": "A key that is set has a passport.",
        "number-expected": "A number stands where a number is expected.",
        "integer-expected": "A whole number stands where one is expected.",
        "text-expected": "A word stands where a word is expected.",
        "flag-expected": "true or false stands where a flag is expected.",
        "bad-date": "A date is a day of the calendar, written YYYY-MM-DD.",
        "missing-value": "A value is not left blank where one is needed.",
        "not-finite": "A number is finite.",
        "negative-rate": "What cannot be negative is not negative.",
        "outside-allowed": "A number is inside its hard bounds.",
        "word-not-allowed": "A word is one of the allowed words.",
        # dates
        "not-dated": "Only a dated parameter is set from a date.",
        "dates-out-of-order": "Dated values stand in the order of their dates.",
        "not-first-of-month": "What changes, changes on the 1st of a month.",
        "period-end": "The period ends on the last day of a month, after its start.",
        "outside-dates": "A dated value is read only where its dates reach.",
        "policy-date": "A policy starts inside the period.",
        # tables
        "missing-table-file": "A table's file exists.",
        "missing-column": "A table has every column of its passport.",
        "unknown-column": "A table has no other columns than those of its passport.",
        "bad-row": "A row has as many cells as the header line has columns.",
        "duplicate-row": "A row's keys stand once in a table (and once a date).",
        "missing-row": "A table has a row for every combination of its keys.",
        "unknown-row": "A selector selects at least one row.",
        "unknown-centre": "A centre is one of the centres in the parameters.",
        "unknown-word": "A word is in the table of its key column; what a sweep asks for, in results.",
        "shares-not-one": "Shares sum to 1; they are never rescaled.",
        # layers
        "missing-parameter": "Every parameter that the model reads has a passport.",
        "unknown-baseline": "An overlay's baseline is a scenario that exists.",
        "baseline-cycle": "A chain of baselines ends at the base values.",
        "unknown-scenario": "A scenario that is asked for exists.",
        "bad-setting": "A setting is written KEY=VALUE, with a key or a selector that can be read.",
        # ensembles
        "ensemble-changed": "An ensemble's draws are those that its description was written for.",
        # what the model means
        "own-staff-share": "A caseworker's slots are whole half-units: the own-staff share is 0, 0.5 or 1.",
        "statutory-assessment": "Statutory assessment stays with the City and is no measure.",
        "place-share-not-procured": "Only procured measures share the procured places.",
        "combination-of-combinations": "What a measure is made of is not made of other measures.",
        "ceiling-below-referrals": "The referral ceiling lies above the referrals that the inflow implies.",
        "whole-budget-outsourced": "A share of a budget that is outsourced is below 1.",
        # warnings: kept, and marked
        "outside-evidence": "A value is inside the range that evidence covers (warning).",
        "no-effect": "A value that is set is also read (warning).",
        "unused-file": "A file in the folder of tables belongs to a passport (warning).",
    }
)
"""Every rule that input is held to, by slug; words in other languages are keyed by the slug."""

WARNINGS = frozenset({"outside-evidence", "no-effect", "unused-file"})
"""The rules that only warn."""


@dataclass(frozen=True)
class Problem:
    """One fault, or one warning, in what somebody wrote.

    Attributes
    ----------
    file : str
        The file, or ``--set`` for a setting on the command line.
    line : int or None
        Line in it, from 1; for ``--set`` the setting's number; None where there is no line to point at.
    key : str
        The parameter, field or column that it is about.
    found : str
        What stands there.
    allowed : str
        What may stand there.
    nearest : str or None
        The nearest known word, where something unknown was found and a near one exists.
    rule : str
        Slug of the rule, one of `RULES`.
    sentence : str
        The fault in one plain English sentence.
    """

    file: str
    line: int | None
    key: str
    found: str
    allowed: str
    nearest: str | None
    rule: str
    sentence: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.sentence}" if place else self.sentence


class InputErrors(Exception):
    """Everything that is wrong with the input, all at once.

    Attributes
    ----------
    problems : tuple of Problem
        In the order of file and line.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = in_order(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type["InputErrors"], tuple[tuple[Problem, ...]]]:
        # exceptions are unpickled from their message, which is not what this one is made from
        return type(self), (self.problems,)


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems by file, line and rule, each told once."""
    return tuple(
        sorted(dict.fromkeys(problems), key=lambda item: (item.file, item.line or 0, item.rule, item.key))
    )


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that looks most like `word`, or None if none is near."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return close[0] if close else None


LONGEST_QUOTE = 60


def quote(value: object) -> str:
    """A value as it is shown in a sentence: one line, shortened."""
    text = " ".join(str(value).split())
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"


def listed(words: Iterable[object]) -> str:
    """Words in a row, for a sentence."""
    return ", ".join(str(word) for word in words)


@dataclass(frozen=True)
class Place:
    """Where something was written: a file (or ``--set``) and a line in it."""

    file: str
    line: int | None = None


@dataclass
class Collector:
    """Gathers problems while reading goes on."""

    problems: list[Problem] = field(default_factory=list)

    def add(
        self,
        rule: str,
        place: Place,
        key: str,
        sentence: str,
        *,
        found: object = "",
        allowed: str = "",
        known: Iterable[str] = (),
    ) -> None:
        """Note one problem; with `known` words the nearest is looked up and named in the sentence."""
        if rule not in RULES:
            raise KeyError(rule)
        near = nearest(str(found), known)
        if near is not None:
            sentence = f"{sentence} Did you mean {near}?"
        self.problems.append(
            Problem(place.file, place.line, key, quote(found), allowed, near, rule, sentence)
        )

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that stop a load."""
        return in_order(problem for problem in self.problems if problem.rule not in WARNINGS)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The problems that don't."""
        return in_order(problem for problem in self.problems if problem.rule in WARNINGS)

    def raise_errors(self) -> None:
        """Raise all errors at once, if there are any."""
        if self.errors:
            raise InputErrors(self.errors)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.problems)
