"""One value against its passport: the right type, finite, inside its hard bounds."""

from dataclasses import dataclass
from datetime import date
from math import isfinite

from sim.parameters.passports import Allowed, Column, Passport, Unit
from sim.parameters.problems import Collector, Place, listed, quote
from sim.parameters.scenario import Cell

NEVER_NEGATIVE: frozenset[str | None] = frozenset(
    {
        "people",
        "people per year",
        "people per month",
        "cases",
        "cases per caseworker",
        "posts",
        "places",
        "share",
        "weight",
        "per month",
        "per year",
        "months",
        "days",
        "years",
        "count",
    }
)
"""Units of quantities that cannot be negative, whatever bounds a passport gives."""


@dataclass(frozen=True)
class Spec:
    """What one value must be."""

    type: str
    unit: Unit | None = None
    allowed: Allowed | None = None
    blank: bool = False

    @classmethod
    def of_scalar(cls, passport: Passport) -> "Spec":
        """What a scalar parameter's value must be."""
        return cls(passport.value_type, passport.unit, passport.allowed)

    @classmethod
    def of_column(cls, column: Column) -> "Spec":
        """What a cell of a column must be."""
        return cls(column.type, column.unit, column.allowed, column.blank)


_EXPECTED = {
    "number": ("number-expected", "a number"),
    "integer": ("integer-expected", "a whole number"),
    "flag": ("flag-expected", "true or false"),
    "text": ("text-expected", "a word"),
    "key": ("text-expected", "a key"),
    "date": ("bad-date", "a date of the calendar, written YYYY-MM-DD"),
}


class BadValueError(Exception):
    """The value can't be used; the problem is already noted."""


def check_value(value: object, spec: Spec, place: Place, key: str, problems: Collector) -> Cell:
    """The value as the model holds it: numbers as float, whole numbers as int.

    Raises
    ------
    BadValueError
        After noting what is wrong.
    """
    if value is None or value == "":
        if spec.blank:
            return None
        problems.add(
            "missing-value",
            place,
            key,
            f"{key} is left blank; {_EXPECTED[spec.type][1]} is expected.",
            found="nothing",
            allowed=_EXPECTED[spec.type][1],
        )
        raise BadValueError
    match spec.type:
        case "number":
            return _number(value, spec, place, key, problems)
        case "integer":
            number = _number(value, spec, place, key, problems)
            if number != int(number):
                _unexpected(value, spec, place, key, problems)
            return int(number)
        case "flag":
            if isinstance(value, bool):
                return value
            if value in (0, 1):
                return bool(value)
        case "date":
            if isinstance(value, date):
                return _inside(value, spec, place, key, problems)
        case "key":
            if isinstance(value, str | int) and not isinstance(value, bool):
                return _word(str(value), spec, place, key, problems)
        case "text":
            if not isinstance(value, dict | list):
                return _word(str(value), spec, place, key, problems)
    _unexpected(value, spec, place, key, problems)
    raise AssertionError("unreachable")


def _unexpected(value: object, spec: Spec, place: Place, key: str, problems: Collector) -> None:
    rule, expected = _EXPECTED[spec.type]
    hint = ""
    if isinstance(value, str) and value.replace(",", "", 1).replace(" ", "").lstrip("+-").isdigit():
        hint = " Write numbers with a decimal point and without spaces."
    problems.add(
        rule,
        place,
        key,
        f"{key} must be {expected}, but here stands {quote(_shown(value))}.{hint}",
        found=_shown(value),
        allowed=expected,
    )
    raise BadValueError


def _shown(value: object) -> object:
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list) else value


def _number(value: object, spec: Spec, place: Place, key: str, problems: Collector) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        _unexpected(value, spec, place, key, problems)
        raise AssertionError("unreachable")
    number = float(value)
    if not isfinite(number):
        problems.add(
            "not-finite",
            place,
            key,
            f"{key} must be a finite number, but here stands {value}.",
            found=value,
            allowed="a finite number",
        )
        raise BadValueError
    low = spec.allowed[0] if spec.allowed else None
    if number < 0 and (spec.unit in NEVER_NEGATIVE or (isinstance(low, int | float) and low >= 0)):
        problems.add(
            "negative-rate",
            place,
            key,
            f"{key} can't be negative, but here stands {value}.",
            found=value,
            allowed=_limits(spec.allowed) or "0 or more",
        )
        raise BadValueError
    _inside(number, spec, place, key, problems)
    return number


def _inside(value: float | date, spec: Spec, place: Place, key: str, problems: Collector) -> float | date:
    if spec.allowed and not allows(spec.allowed, value):
        problems.add(
            "outside-allowed",
            place,
            key,
            f"{key} is {value}, but allowed is {_limits(spec.allowed)}.",
            found=value,
            allowed=_limits(spec.allowed),
        )
        raise BadValueError
    return value


def _word(value: str, spec: Spec, place: Place, key: str, problems: Collector) -> str:
    words = [str(word) for word in spec.allowed or ()]
    if words and value not in words:
        problems.add(
            "word-not-allowed",
            place,
            key,
            f"{key} is {quote(value)}, but allowed is one of {listed(words)}.",
            found=value,
            allowed=listed(words),
            known=words,
        )
        raise BadValueError
    return value


def allows(allowed: Allowed, value: float | date) -> bool:
    """Whether a number (or date) is inside bounds, or is one of a list of more than two."""
    if len(allowed) != 2:
        return value in allowed
    return inside((allowed[0], allowed[1]), value)


def inside(limits: tuple[object, object], value: float | date) -> bool:
    """Whether a number (or date) is not below the first limit and not above the second; None is open."""
    low, high = limits
    return (low is None or value >= low) and (high is None or value <= high)  # type: ignore[operator]


def _limits(allowed: Allowed | None) -> str:
    if allowed is None:
        return ""
    if len(allowed) != 2:
        return f"one of {listed(allowed)}"
    low, high = allowed
    if low is None:
        return f"at most {high}"
    return f"at least {low}" if high is None else f"{low} to {high}"
