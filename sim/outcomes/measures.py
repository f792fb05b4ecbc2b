"""Measures: each defined once, and evaluated for every period, centre and segment.

A measure says which tallies it is made from, never how they were counted. What it is called, and its
definition and equation in words, stand in ``sim/words/LANG/measures.yaml`` under its `words` key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from sim.outcomes.tallies import WAIT_COLUMNS, Tallies, centre_sums, total
from sim.parameters.calendar import Period, PeriodKind
from sim.population.compiled import compiled

if TYPE_CHECKING:
    import pandas as pd

ALL = "all"
"""The last centre and the last segment of a cube."""

EVERY_KIND: tuple[PeriodKind, ...] = ("month", "tertial", "year", "total")

Quantity = Literal["stock", "flow", "ratio", "people", "quantile"]
"""How months become longer periods: means, sums, ratios of sums, distinct people, or one among all waits."""


@dataclass(frozen=True)
class Measure:
    """One outcome.

    Attributes
    ----------
    key : str
    unit : str
        people, spells, days, months, cases, MSEK, kr, posts or share.
    quantity : {"stock", "flow", "ratio", "people", "quantile"}
        A stock is the mean over the period's months, each month counting as much. A flow is the sum. A
        ratio is the sum above divided by the sum below. People are distinct within the period. A quantile is
        the fewest days that a share of those counted waited at most.
    numerator, denominator : tuple of str
        Names of tallies, added up. Only a ratio has a denominator. A quantile's numerator counts those
        among whom it is taken.
    scale : float
        What the result is multiplied by.
    kinds : tuple of str
        Kinds of period for which it is defined.
    by_centre, by_segment : bool
        Whether it is defined for single centres and segments, or only for all together.
    words : str
        Key of its words; the measure's own key unless several measures share a template.
    fills : mapping of str to str
        Places in the template, to data keys: ``{"destination": "work"}``.
    share : float
        A quantile's: the share of people who waited at most so long.
    until : {"caseworker", "plan"}
        A quantile's: what they waited for.
    line : str
        Line of money that it is shown as, ``staff`` say; empty for what is no line.
    adds_to : tuple of str
        Keys of the sums of which this is one part: all measures that name a sum add up to it.
    """

    key: str
    unit: str
    quantity: Quantity
    numerator: tuple[str, ...]
    denominator: tuple[str, ...] = ()
    scale: float = 1.0
    kinds: tuple[PeriodKind, ...] = EVERY_KIND
    by_centre: bool = True
    by_segment: bool = True
    words: str = ""
    fills: Mapping[str, str] = field(default_factory=dict)
    share: float = 0.0
    until: Literal["caseworker", "plan"] = "caseworker"
    line: str = ""
    adds_to: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if bool(self.denominator) != (self.quantity == "ratio"):
            raise ValueError(f"Measure {self.key}: a ratio has a denominator, and nothing else has one.")
        if not self.words:
            object.__setattr__(self, "words", self.key)


@dataclass(frozen=True)
class Cube:
    """Every measure of one run, in every period, centre and segment.

    Attributes
    ----------
    values : float64[measures, periods, centres, segments]
        NaN where a measure is not defined; such cells have no row in tables.
    measures : tuple of Measure
    periods : tuple of Period
    centres, segments : tuple of str
        The last of each is `ALL`.
    """

    values: NDArray[np.float64]
    measures: tuple[Measure, ...]
    periods: tuple[Period, ...]
    centres: tuple[str, ...]
    segments: tuple[str, ...]

    def cell(self, measure: str, period: str = "total", centre: str = ALL, segment: str = ALL) -> float:
        """Return one value, NaN where it is not defined; an unknown key is a `KeyError`."""
        keys = (
            [m.key for m in self.measures],
            [p.key for p in self.periods],
            self.centres,
            self.segments,
        )
        index = []
        for axis, key in zip(keys, (measure, period, centre, segment), strict=True):
            if key not in axis:
                raise KeyError(f"There is no {key} here, only: {', '.join(axis)}.")
            index.append(axis.index(key))
        return float(self.values[tuple(index)])


def evaluate(tallies: Tallies, periods: Sequence[Period], measures: Sequence[Measure]) -> Cube:
    """Evaluate measures of one run.

    Parameters
    ----------
    tallies : Tallies
        Holding every tally that the measures name.
    periods : sequence of Period
        Inside the run.
    measures : sequence of Measure

    Returns
    -------
    Cube

    Raises
    ------
    KeyError
        When a measure names a tally that is not there.
    """
    sums = _sums(tallies, periods, measures)
    months = np.array([period.months for period in periods], dtype=np.float64)[:, None, None]
    values = np.empty((len(measures), len(periods), len(tallies.centres) + 1, len(tallies.needs) + 1))
    for index, measure in enumerate(measures):
        found = total(sums, measure.numerator) * measure.scale
        if measure.quantity == "stock":
            found /= months
        elif measure.quantity == "ratio":
            below = total(sums, measure.denominator)
            found /= np.where(below == 0.0, np.nan, below)
        elif measure.quantity == "quantile":
            found = wait_quantiles(tallies, periods, found, measure)
        found[[period.kind not in measure.kinds for period in periods]] = np.nan
        if not measure.by_centre:
            found[:, :-1] = np.nan
        if not measure.by_segment:
            found[:, :, :-1] = np.nan
        values[index] = found
    return Cube(values, tuple(measures), tuple(periods), (*tallies.centres, ALL), (*tallies.needs, ALL))


def wait_quantiles(
    tallies: Tallies, periods: Sequence[Period], counted: NDArray[np.float64], measure: Measure
) -> NDArray[np.float64]:
    """Return the fewest days that a share of people waited at most: float64[periods, C+1, H+1].

    Waits of zero are not in the rows of waits: whoever is counted and has no row was served at once.

    Parameters
    ----------
    tallies : Tallies
    periods : sequence of Period
    counted : float64[periods, C+1, H+1]
        Everybody among whom the quantile is taken.
    measure : Measure
    """
    month, office, needs = tallies.waits[:, :3].T.astype(np.int64)
    days = tallies.waits[:, WAIT_COLUMNS.index(measure.until)]
    shown = np.array([period.kind in measure.kinds for period in periods])
    month_of = np.arange(tallies.months)[:, None]
    inside = shown & (np.array([p.first for p in periods]) <= month_of)
    inside &= month_of <= np.array([p.last for p in periods])
    around = np.argsort(~inside, axis=1, kind="stable")[:, : inside.sum(axis=1).max()]
    around = np.where(np.take_along_axis(inside, around, axis=1), around, len(periods))
    whole = np.where(shown[:, None, None], np.rint(counted), 0.0)
    # a share of 0.9 of ten people is the ninth of them, whatever 0.9 × 10 is in binary
    rank = np.ceil(measure.share * whole - 1e-9) - whole
    quantiles: NDArray[np.float64] = _by_rank(
        np.argsort(days), month, tallies.office_centre[office], needs, days, around, rank.astype(np.int64)
    )
    quantiles[whole == 0.0] = np.nan
    return quantiles


@compiled
def _by_rank(order, month, centre, needs, days, around, rank):  # type: ignore[no-untyped-def]
    """Return in each period, centre and segment the days of the one with a rank: float64[periods, C+1, H+1].

    Parameters
    ----------
    order : int64[waits]
        The waits, shortest first.
    month, centre, needs, days
        Of each wait.
    around : int64[months, n]
        The periods that a month is in; the number of periods where there are no more.
    rank : int64[periods, C+1, H+1]
        Above the number of waits there; at 0 or less nobody waited.
    """
    periods, city, everybody = rank.shape[0], rank.shape[1] - 1, rank.shape[2] - 1
    found = np.zeros(rank.shape)
    left = rank.copy()
    for wait in range(len(days)):
        for period in around[month[wait]]:
            if period < periods:
                for c in (centre[wait], city):
                    for h in (needs[wait], everybody):
                        left[period, c, h] += 1
    for wait in order:
        for period in around[month[wait]]:
            if period < periods:
                for c in (centre[wait], city):
                    for h in (needs[wait], everybody):
                        left[period, c, h] -= 1
                        if left[period, c, h] == 0:
                            found[period, c, h] = days[wait]
    return found


def _sums(
    tallies: Tallies, periods: Sequence[Period], measures: Sequence[Measure]
) -> dict[str, NDArray[np.float64]]:
    """Return the tallies that measures name, added up by period, centre and segment: [periods, C+1, H+1]."""
    names = dict.fromkeys(name for m in measures for name in (*m.numerator, *m.denominator))
    people = [name for name in names if name in tallies.people]
    sums = {name: _with_all(_by_year(tallies, periods, tallies.people[name])) for name in people}
    amounts = {name: tallies.amounts[name] for name in names if name not in sums}
    for with_segments in (True, False):
        some = {name: amount for name, amount in amounts.items() if (amount.ndim == 3) == with_segments}
        if some:
            # one array for all, because there are many tallies and each is small
            added = _by_period(tallies, periods, np.stack(list(some.values()), axis=2))
            for index, name in enumerate(some):
                one = added[:, :, index]
                sums[name] = _with_all(one) if with_segments else _only_all(one, len(tallies.needs))
    return sums


def _by_period(
    tallies: Tallies, periods: Sequence[Period], amounts: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Add up float64[M, O+1, ...] over periods and offices: float64[periods, C+1, ...]."""
    by_period = amounts[[p.first for p in periods]]
    for index, p in enumerate(periods):
        if p.last > p.first:
            by_period[index] = amounts[p.first : p.last + 1].sum(axis=0)
    centres = centre_sums(by_period[:, :-1], tallies.office_centre, len(tallies.centres))
    return np.concatenate([centres, by_period.sum(axis=1, keepdims=True)], axis=1)


def _by_year(tallies: Tallies, periods: Sequence[Period], people: NDArray[np.int64]) -> NDArray[np.float64]:
    """Place int64[Y, C+1, H] at the periods that are years; others are not defined."""
    by_period = np.full((len(periods), *people.shape[1:]), np.nan)
    for index, period in enumerate(periods):
        if period.key in tallies.years:
            by_period[index] = people[tallies.years.index(period.key)]
    return by_period


def _with_all(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Append the sum over segments."""
    return np.concatenate([sums, sums.sum(axis=-1, keepdims=True)], axis=-1)


def _only_all(sums: NDArray[np.float64], segments: int) -> NDArray[np.float64]:
    """Put what has no segments into the last place, leaving the segments undefined."""
    undefined = np.full((*sums.shape, segments), np.nan)
    return np.concatenate([undefined, sums[..., None]], axis=-1)


def tidy(cube: Cube) -> pd.DataFrame:
    """Return the defined cells as rows: measure, unit, centre, segment, period, value."""
    import pandas as pd  # noqa: PLC0415 - who only measures need not wait for it

    measure, period, centre, segment = np.nonzero(~np.isnan(cube.values))
    return pd.DataFrame(
        {
            "measure": _taken([m.key for m in cube.measures], measure),
            "unit": _taken([m.unit for m in cube.measures], measure),
            "centre": _taken(cube.centres, centre),
            "segment": _taken(cube.segments, segment),
            "period": _taken([p.key for p in cube.periods], period),
            "value": cube.values[measure, period, centre, segment],
        }
    )


def _taken(keys: Sequence[str], index: NDArray[np.int64]) -> NDArray[np.object_]:
    return np.array(keys, dtype=object)[index]
