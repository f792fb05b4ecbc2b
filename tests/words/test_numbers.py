"""How many digits a number gets, and how each language writes it."""

from __future__ import annotations

from datetime import date

import pytest

from sim.words import Interval, Quantity, Trace, Words, exact
from sim.words.numbers import rounded, step, written

TRACE = Trace(measure="net_cost")


@pytest.fixture(scope="module")
def sv() -> Words:
    return Words("sv")


@pytest.fixture(scope="module")
def en() -> Words:
    return Words("en")


def money(value: float, lower: float | None = None, upper: float | None = None) -> Quantity:
    interval = None if lower is None or upper is None else Interval(lower, upper)
    return Quantity(value, "MSEK", TRACE, interval)


@pytest.mark.parametrize(
    ("values", "half", "expected"),
    [
        ([12.34], None, 0.1),
        ([1234.5], None, 10.0),
        ([0.0123], None, 0.0001),
        ([12.34], 4.5, 1.0),  # one digit of the half width ...
        ([12.34], 2.1, 0.1),  # ... two when it starts with 1 or 2
        ([12.34], 0.01, 0.1),  # but never more than three figures
        ([112.0], 45.0, 10.0),
        ([0.0], None, 1.0),
    ],
)
def test_the_last_digit_is_what_the_interval_supports(values, half, expected):
    assert step(values, half) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (2.5, 1.0, "3"),
        (-2.5, 1.0, "−3"),
        (-0.04, 0.1, "0,0"),
        (1234.56, 0.1, "1\xa0234,6"),
        (149.9, 10.0, "150"),
    ],
)
def test_rounding_is_away_from_zero_and_zero_has_no_sign(value, unit, expected):
    assert written(rounded(value, unit), "sv_SE") == expected


@pytest.mark.parametrize(
    ("form", "swedish", "english"),
    [
        ("", "−1\xa0234\xa0mnkr", "−1,234\xa0MSEK"),
        ("bare", "−1\xa0234", "−1,234"),
        ("size", "1\xa0234\xa0mnkr", "1,234\xa0MSEK"),
        ("signed", "−1\xa0234\xa0mnkr", "−1,234\xa0MSEK"),
    ],
)
def test_an_exact_number_is_written_as_it_stands(sv, en, form, swedish, english):
    quantity = exact(-1234.0, "MSEK", TRACE)
    assert sv.quantity(quantity, form) == swedish
    assert en.quantity(quantity, form) == english


@pytest.mark.parametrize(
    ("quantity", "form", "expected"),
    [
        (money(12.3, 7.7, 16.9), "interval", "12\xa0mnkr\xa0(8–17)"),
        (money(12.3, 7.7, 16.9), "range", "8–17\xa0mnkr"),
        (money(-12.3, -16.9, -7.7), "size_interval", "12\xa0mnkr\xa0(8–17)"),
        (money(-12.3, -16.9, -7.7), "interval", "−12\xa0mnkr\xa0(−17\xa0till\xa0−8)"),
        (money(1.0, -4.0, 6.0), "signed_bare_interval", "+1\xa0(−4\xa0till\xa0+6)"),
        (money(0.0, 0.0, 0.0), "interval", "0\xa0mnkr"),
        (money(5.0), "interval", "5,00\xa0mnkr"),
    ],
)
def test_intervals(sv, quantity, form, expected):
    assert sv.quantity(quantity, form) == expected


def test_shares_are_per_cent_as_each_language_writes_it(sv, en):
    share = Quantity(0.1234, "share", TRACE, Interval(0.08, 0.17))
    assert sv.quantity(share, "interval") == "12\xa0%\xa0(8–17)"
    assert en.quantity(share, "interval") == "12%\xa0(8–17)"
    assert sv.quantity(exact(0.415, "share", TRACE)) == "41,5\xa0%"


def test_one_is_singular(sv, en):
    assert sv.quantity(exact(1, "days", TRACE)) == "1\xa0dag"
    assert sv.quantity(exact(-1, "days", TRACE)) == "−1\xa0dag"
    assert sv.quantity(exact(2, "days", TRACE)) == "2\xa0dagar"
    assert en.quantity(Quantity(1.0, "days", TRACE)) == "1.00\xa0days"


def test_a_column_can_share_its_step_or_hold_a_finest(sv):
    small = money(0.0061, 0.0, 0.0184)
    assert sv.quantity(small, "bare_interval", 0.1) == "0,0\xa0(0,0–0,0)"
    assert sv.quantity(small, "bare", finest=1.0) == "0"
    assert sv.step(money(12.0, 8.0, 16.0), money(0.5)) == 1.0


def test_an_unknown_form_is_refused(sv):
    with pytest.raises(ValueError, match="fancy"):
        sv.quantity(money(1.0), "fancy")


def test_dates_and_periods(sv, en):
    assert sv.date(date(2018, 3, 13)) == "13\xa0mars\xa02018"
    assert en.date(date(2018, 3, 13)) == "13\xa0March\xa02018"
    assert str(sv.period("2008")) == "2008"
    assert str(sv.period("2008-T1")) == "tertial 1 2008"
    assert str(en.period("2008-11")) == "November 2008"
    assert str(sv.period("total", date(2008, 1, 1), date(2010, 12, 31))) == "2008–2010"
    assert str(sv.period("total", date(2008, 1, 1), date(2008, 12, 31))) == "2008"
    assert str(sv.period("total")) == "hela perioden"


def test_a_number_that_names_something_is_written_to_be_copied(sv):
    """A seed has no spaces between its thousands."""
    assert sv.quantity(exact(2008.0, "label", TRACE)) == "2008"
    assert sv.quantity(exact(2008.0, "number", TRACE)) != "2008"
