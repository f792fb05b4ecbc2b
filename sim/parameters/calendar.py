"""The calendar behind model time.

Model time is a float: months since the scenario's first day.  Every calendar month has length exactly 1, so
the 1st of each month is a whole number and a rate per month is constant in it.  Real month lengths come back
only where something is told in days.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from math import floor
from typing import Literal, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

PeriodKind = Literal["month", "tertial", "year", "total"]

MONTHS_IN_YEAR = 12
MONTHS_IN_TERTIAL = 4
SECONDS_IN_DAY = 86_400.0


@dataclass(frozen=True)
class Period:
    """A stretch of whole months that results are told for.

    Attributes
    ----------
    key : str
        ``2008-01``, ``2008-T1``, ``2008`` or ``total``.
    kind : {"month", "tertial", "year", "total"}
        What sort of stretch it is.
    first, last : int
        Index of its first and of its last month, both inside it.
    """

    key: str
    kind: PeriodKind
    first: int
    last: int

    @property
    def months(self) -> int:
        """Number of months in the period."""
        return self.last - self.first + 1


def _require_first(day: date, what: str) -> None:
    if day.day != 1:
        raise ValueError(
            f"{what} {day.isoformat()} is not the 1st of a month; the calendar turns on the 1st."
        )


def month_index(day: date, start: date) -> int:
    """Model time of a date that is the 1st of a month.

    Parameters
    ----------
    day : date
        The 1st of any month; before `start` the index is negative.
    start : date
        The scenario's first day, itself the 1st of a month.

    Raises
    ------
    ValueError
        With a sentence, if either is not the 1st of a month.
    """
    _require_first(start, "The start")
    _require_first(day, "The date")
    return (day.year - start.year) * MONTHS_IN_YEAR + day.month - start.month


def month_start(index: int, start: date) -> date:
    """First day of month number `index`, counted from `start` (month 0)."""
    _require_first(start, "The start")
    year, month = divmod(start.year * MONTHS_IN_YEAR + start.month - 1 + int(index), MONTHS_IN_YEAR)
    return date(year, month + 1, 1)


def time_to_date(time: float, start: date) -> date:
    """The day in which a model time falls."""
    month = floor(time)
    first = month_start(month, start)
    length = (month_start(month + 1, start) - first).days
    return first + timedelta(days=floor((time - month) * length))


def _days_since_epoch(times: ArrayLike, start: date) -> NDArray[np.float64]:
    """Days (with fractions) from 1970-01-01 to each model time, through real month lengths."""
    _require_first(start, "The start")
    values = np.asarray(times, dtype=np.float64)
    whole = np.floor(values)
    months = np.datetime64(start, "M") + whole.astype(np.int64)
    first = months.astype("datetime64[D]").astype(np.int64)
    following = (months + 1).astype("datetime64[D]").astype(np.int64)
    length = (following - first).astype(np.float64)
    return first.astype(np.float64) + (values - whole) * length


def timestamps(times: ArrayLike, start: date) -> NDArray[np.datetime64]:
    """The moments of the calendar at which model times fall, datetime64[s], rounded down.

    Parameters
    ----------
    times : float64[n]
        Months since `start`; finite.
    start : date
        The scenario's first day.
    """
    seconds = np.floor(_days_since_epoch(times, start) * SECONDS_IN_DAY)
    return seconds.astype(np.int64).astype("datetime64[s]")


@overload
def days_between(time_a: float, time_b: float, start: date) -> float: ...


@overload
def days_between(
    time_a: NDArray[np.float64], time_b: float | NDArray[np.float64], start: date
) -> NDArray[np.float64]: ...


def days_between(
    time_a: float | NDArray[np.float64], time_b: float | NDArray[np.float64], start: date
) -> float | NDArray[np.float64]:
    """Days from one model time to another, through real month lengths.

    Parameters
    ----------
    time_a, time_b : float or float64[n]
        Model times, in months since `start`; finite.
    start : date
        The scenario's first day.

    Returns
    -------
    float or float64[n]
        Days, negative where `time_b` comes first; an array if either time is one.
    """
    days = _days_since_epoch(time_b, start) - _days_since_epoch(time_a, start)
    return float(days) if days.ndim == 0 else days


def month_lengths(start: date, months: int) -> NDArray[np.float64]:
    """Days in each of the first `months` months, float64[months]."""
    return np.diff(_days_since_epoch(np.arange(months + 1), start))


def periods(start: date, months: int) -> tuple[Period, ...]:
    """Every period that lies wholly inside the scenario: months, tertials, years, then the total.

    Parameters
    ----------
    start : date
        The scenario's first day.
    months : int
        Its number of months, at least 1.

    Raises
    ------
    ValueError
        With a sentence, if there is no month or the start is not the 1st of one.
    """
    if months < 1:
        raise ValueError(f"A scenario needs at least one month; {months} were asked for.")
    found = [
        Period(f"{day.year:04d}-{day.month:02d}", "month", index, index)
        for index, day in enumerate(month_start(index, start) for index in range(months))
    ]
    # the tertials turn in January, May and September whatever month the scenario starts in
    for length, kind in ((MONTHS_IN_TERTIAL, "tertial"), (MONTHS_IN_YEAR, "year")):
        first = -(start.month - 1) % length
        for index in range(first, months - length + 1, length):
            day = month_start(index, start)
            if kind == "tertial":
                key = f"{day.year:04d}-T{(day.month - 1) // length + 1}"
                found.append(Period(key, "tertial", index, index + length - 1))
            else:
                found.append(Period(f"{day.year:04d}", "year", index, index + length - 1))
    found.append(Period("total", "total", 0, months - 1))
    return tuple(found)
