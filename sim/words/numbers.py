"""How many digits a number is given, and how a language writes it.

Two rules decide the digits: never more than three significant figures of what was estimated, and never finer
than the interval supports (one digit of its half width, two when that digit is 1 or 2). All signs are
typographic: a true minus (U+2212), an en dash between ends, no-break spaces.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.numbers import get_decimal_symbol, get_group_symbol

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
NO_BREAK = "\N{NO-BREAK SPACE}"

SIGNIFICANT = 3


def step(values: Sequence[float], half_width: float | None = None, figures: int = SIGNIFICANT) -> float:
    """Return the unit of the last digit to write: 1, 0.1, 10 and so on.

    Parameters
    ----------
    values : sequence of float
        The numbers that share the step; the largest size counts.
    half_width : float, optional
        Half the width of the interval; None or 0 when there is none.
    figures : int
        Most significant figures of the largest value.
    """
    size = max((abs(value) for value in values), default=0.0)
    finest = 10.0 ** (math.floor(math.log10(size)) - figures + 1) if size > 0 else 1.0
    if half_width is None or half_width <= 0.0:
        return finest
    power = math.floor(math.log10(half_width))
    if half_width / 10.0**power < 3.0:
        power -= 1
    return max(finest, 10.0**power)


def rounded(value: float, unit_step: float) -> Decimal:
    """Round half away from zero to a multiple of the step, a power of ten, without a negative zero."""
    exponent = round(math.log10(unit_step))
    quantum = Decimal(1).scaleb(exponent)
    result = (Decimal(repr(float(value))) / quantum).quantize(Decimal(1), rounding=ROUND_HALF_UP) * quantum
    return result if result else Decimal(0).scaleb(min(exponent, 0))


def as_it_stands(value: float) -> Decimal:
    """Return the number with the decimals it has and no more; binary dust beyond twelve digits is dropped."""
    number = Decimal(f"{value:.12g}")
    return number if number else Decimal(0)


@lru_cache(maxsize=16)
def _signs(locale: str) -> dict[int, str]:
    """Return a language's signs between thousands and before decimals, in place of Python's.

    Looked up once: `babel.numbers.format_decimal` looks up for every number, and a page of pictures that
    follows a slider holds two hundred.
    """
    return str.maketrans({",": get_group_symbol(locale), ".": get_decimal_symbol(locale)})


def written(number: Decimal, locale: str, signed: bool = False) -> str:
    """Write a number in a language: its decimal sign, its spaces between thousands, a true minus."""
    exponent = number.as_tuple().exponent
    decimals = max(0, -exponent) if isinstance(exponent, int) else 0
    text = f"{abs(number):,.{decimals}f}".translate(_signs(locale))
    if number < 0:
        return MINUS + text
    return "+" + text if signed and number > 0 else text
