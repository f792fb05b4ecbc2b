from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.parameters import (
    days_between,
    month_index,
    month_lengths,
    month_start,
    periods,
    time_to_date,
)

START = date(2008, 1, 1)
starts = st.builds(date, st.integers(1990, 2030), st.integers(1, 12), st.just(1))
months = st.integers(-200, 600)
times = st.floats(-100, 400, allow_nan=False)


def test_months_count_from_the_start():
    assert month_index(START, START) == 0
    assert month_index(date(2010, 12, 1), START) == 35
    assert month_index(date(2007, 12, 1), START) == -1
    assert month_start(35, START) == date(2010, 12, 1)


@pytest.mark.parametrize(("day", "start"), [(date(2008, 7, 2), START), (START, date(2008, 1, 31))])
def test_only_the_1st_has_an_index(day, start):
    with pytest.raises(ValueError, match="is not the 1st of a month"):
        month_index(day, start)


@given(months, starts)
def test_index_and_start_of_a_month_are_each_others_inverse(month, start):
    assert month_index(month_start(month, start), start) == month


@given(months, starts)
def test_a_day_of_a_month_is_found_from_its_time(month, start):
    first = month_start(month, start)
    length = (month_start(month + 1, start) - first).days
    for day in range(length):
        assert time_to_date(month + (day + 0.5) / length, start) == first + timedelta(days=day)


def test_february_is_counted_in_days():
    assert days_between(1.0, 2.0, START) == 29.0
    assert days_between(13.0, 14.0, START) == 28.0
    assert days_between(1.5, 2.5, START) == 14.5 + 15.5
    assert days_between(2.0, 1.0, START) == -29.0
    assert days_between(0.0, 12.0, START) == 366.0


@given(times, times, times, starts)
def test_days_add_up_and_rise(a, b, c, start):
    assert days_between(a, b, start) + days_between(b, c, start) == pytest.approx(
        days_between(a, c, start), abs=1e-6
    )
    if a < b:
        assert days_between(a, b, start) >= 0.0
        assert 28 * (b - a) - 1e-6 <= days_between(a, b, start) <= 31 * (b - a) + 1e-6


def test_days_of_arrays():
    ends = np.array([1.0, 2.0, 3.0])
    assert days_between(np.zeros(3), ends, START).tolist() == [31.0, 60.0, 91.0]
    assert days_between(np.zeros(0), np.zeros(0), START).shape == (0,)


def test_month_lengths():
    lengths = month_lengths(START, 14)
    assert lengths.dtype == np.float64
    assert lengths.tolist() == [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 28]


def test_the_periods_of_two_years():
    found = {period.key: (period.kind, period.first, period.last) for period in periods(START, 24)}
    assert len(found) == 24 + 6 + 2 + 1
    assert found["2008-01"] == ("month", 0, 0)
    assert found["2008-T1"] == ("tertial", 0, 3)
    assert found["2009-T3"] == ("tertial", 20, 23)
    assert found["2009"] == ("year", 12, 23)
    assert found["total"] == ("total", 0, 23)


def test_a_part_of_a_tertial_or_year_is_no_period():
    keys = [period.key for period in periods(date(2008, 3, 1), 13)]
    assert [key for key in keys if "T" in key] == ["2008-T2", "2008-T3"]
    assert "2008" not in keys
    assert keys[-1] == "total"


@given(starts, st.integers(1, 150))
def test_periods_lie_inside_and_are_unique(start, count):
    found = periods(start, count)
    assert len({period.key for period in found}) == len(found)
    for period in found:
        assert 0 <= period.first <= period.last < count
        if period.kind in ("tertial", "year"):
            first, after = month_start(period.first, start), month_start(period.last + 1, start)
            assert period.months == {"tertial": 4, "year": 12}[period.kind]
            assert first.month in ((1, 5, 9) if period.kind == "tertial" else (1,))
            assert after > first


def test_no_month_no_periods():
    with pytest.raises(ValueError, match="at least one month"):
        periods(START, 0)
