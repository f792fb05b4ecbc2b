"""What two worlds say, as quantities: the answer, years, lines of cost, posts, waits. No words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.experiment.curves import ANCHOR, ELASTICITY
from sim.experiment.differences import Difference, Verdict, paired_difference
from sim.experiment.draws import DrawnResults
from sim.experiment.results import ALL, TOTAL
from sim.experiment.statistics import mean_interval
from sim.explorer.runs import BASE, OTHER, Compared
from sim.explorer.state import Settings
from sim.explorer.unknown import Unknown, unknown
from sim.flow.policy import plan_posts
from sim.parameters import Resolved
from sim.words import Interval, Quantity, Trace, exact

LEVEL, INNER = 0.90, 0.50
HEADLINE = "present_value"
"""With what remains to be paid for those still inside, so that the horizon does not decide."""

LINES = {
    "benefit_cost": "benefit",
    "staff_cost": "staff",
    "procured_cost": "procured",
    "premises_cost": "premises",
    "other_cost": "other",
    "own_measures_cost": "own_measures",
}
"""Lines of net cost that a centre has; what is city-wide is the same in both worlds."""

SHARES = ("outsourced_people_share", "outsourced_budget_share", "outsourced_staff_purchases_share")

DUST = 1e-9
"""Smaller differences are sums of the same numbers in another order."""


@dataclass(frozen=True)
class Place:
    """One centre: mean wait in days and cases a caseworker, in both worlds; None where not defined."""

    key: str
    name: str
    wait: tuple[Quantity | None, Quantity | None]
    load: tuple[Quantity | None, Quantity | None]


@dataclass(frozen=True)
class Spread:
    """How far the centres lie apart, the highest less the lowest, run by run; equal treatment is none."""

    base: Quantity
    other: Quantity
    difference: Quantity | None


@dataclass(frozen=True)
class Answer:
    """All that the explorer shows of one comparison.

    Attributes
    ----------
    settings : Settings
    headline, net : Quantity or None
        Differences in present value and in net cost over the period; None where not defined.
    verdict : str
        Of the headline.
    more_runs : Quantity or None
        Runs to add that would settle an open answer.
    years : tuple of (str, Quantity)
        Difference in net cost.
    lines : tuple of (str, Quantity)
        Differences by line of cost.
    places : tuple of Place
    wait_spread, load_spread : Spread or None
        Between centres; None where not defined.
    roles : tuple of str
    plan_posts, posts : tuple of tuple of Quantity
        [centre][role].
    posts_totals : (Quantity, Quantity)
        The plan's and the scenario's.
    ends : tuple of (Quantity, Quantity)
        The elasticity at either end of its evidence, and the headline there; empty until it has been tried.
    shares : tuple of (str, Quantity)
        The three readings of the procured share.
    outside : tuple of str
        Parameters outside what evidence covers.
    first_year, last_year : str
    runs, seed : Quantity
    unknown : Unknown or None
        The same over draws of an ensemble, where they have been made.
    """

    settings: Settings
    headline: Quantity | None
    net: Quantity | None
    verdict: Verdict
    more_runs: Quantity | None
    years: tuple[tuple[str, Quantity], ...]
    lines: tuple[tuple[str, Quantity], ...]
    places: tuple[Place, ...]
    wait_spread: Spread | None
    load_spread: Spread | None
    roles: tuple[str, ...]
    plan_posts: tuple[tuple[Quantity, ...], ...]
    posts: tuple[tuple[Quantity, ...], ...]
    posts_totals: tuple[Quantity, Quantity]
    ends: tuple[tuple[Quantity, Quantity], ...]
    shares: tuple[tuple[str, Quantity], ...]
    outside: tuple[str, ...]
    first_year: str
    last_year: str
    runs: Quantity
    seed: Quantity
    unknown: Unknown | None = None


def answer(
    compared: Compared, centre: str = ALL, segment: str = ALL, drawn: Sequence[DrawnResults] = ()
) -> Answer:
    """Return what two worlds say.

    Parameters
    ----------
    compared : Compared
    centre, segment : str
        Of which costs are told; posts and waits are always told for every centre.
    drawn : sequence of DrawnResults
        The same two worlds under draws of an ensemble, in each way of building the model; empty until there
        are any.
    """
    reader = Reader(compared)
    at = (centre, segment)
    headline = reader.found(HEADLINE, TOTAL, *at)
    years = [period.key for period in compared.results.periods if period.kind == "year"]
    scenario = compared.other.scenario
    names = {str(row["centre"]): str(row["name"]) for row in scenario.table("organisation.centres").rows()}
    centres, roles = scenario.keys("organisation.centres"), scenario.keys("organisation.roles")
    planned = plan_posts(scenario)
    from_plan, from_runs = Trace(parameters=("plan.posts",)), Trace("posts", OTHER, "", TOTAL)
    posts = compared.posts[1]
    more = headline.more_runs if headline is not None and not headline.beyond_maximum else 0
    return Answer(
        settings=compared.settings,
        headline=reader.difference(HEADLINE, TOTAL, *at),
        net=reader.difference("net_cost", TOTAL, *at),
        verdict="cannot_tell" if headline is None else headline.verdict,
        more_runs=exact(float(more), "runs", Trace(manifest="runs_needed")) if more else None,
        years=_defined((year, reader.difference("net_cost", year, *at)) for year in years),
        lines=_defined((key, reader.difference(measure, TOTAL, *at)) for measure, key in LINES.items()),
        places=tuple(
            Place(key, names[key], reader.both("wait_days", key, segment), reader.both("caseload", key))
            for key in centres
        ),
        wait_spread=reader.spread("wait_days", centres, segment),
        load_spread=reader.spread("caseload", centres),
        roles=roles,
        plan_posts=tuple(tuple(exact(float(value), "posts", from_plan) for value in row) for row in planned),
        posts=tuple(tuple(Quantity(float(value), "posts", from_runs) for value in row) for row in posts),
        posts_totals=(
            exact(float(planned.sum()), "posts", from_plan),
            Quantity(float(posts.sum()), "posts", from_runs),
        ),
        ends=_ends(compared, *at),
        shares=_defined((measure, reader.level(OTHER, measure)) for measure in SHARES),
        outside=_outside(compared.other),
        first_year=years[0],
        last_year=years[-1],
        runs=exact(float(compared.runs), "runs", Trace(manifest="runs")),
        seed=exact(float(compared.results.seed), "number", Trace(manifest="seed")),
        unknown=unknown(drawn, HEADLINE, LINES, (LEVEL, INNER), *at) if drawn else None,
    )


def _ends(compared: Compared, centre: str, segment: str) -> tuple[tuple[Quantity, Quantity], ...]:
    found = []
    for tried in compared.ends:
        difference = Reader(tried).difference(HEADLINE, TOTAL, centre, segment)
        if difference is not None:
            trace = Trace(parameters=("exits.elasticity",))
            found.append((exact(tried.settings.elasticity, "elasticity", trace), difference))
    return tuple(found)


def _outside(scenario: Resolved) -> tuple[str, ...]:
    """Return the keys outside the evidence; the elasticities are judged by the one that names them.

    The rows of that table move in proportion, so where the lever stands at the end of its own range, rows
    with a narrower range lie beyond theirs.
    """
    found = scenario.outside_evidence
    anchor = f"{ELASTICITY}[{','.join(ANCHOR)}]"
    return tuple(key for key in found if anchor in found or not key.startswith(f"{ELASTICITY}["))


def _defined(pairs: Iterable[tuple[str, Quantity | None]]) -> tuple[tuple[str, Quantity], ...]:
    return tuple((key, value) for key, value in pairs if value is not None)


class Reader:
    """Reads results cell by cell as quantities that know where they come from."""

    def __init__(self, compared: Compared) -> None:
        self._results, self._control = compared.results, compared.control
        self._units = {measure.key: measure.unit for measure in compared.results.measures}

    def found(self, measure: str, period: str, centre: str, segment: str) -> Difference | None:
        """Return the paired difference in a cell; None where it is not defined."""
        at = (measure, period, centre, segment)
        base, other = (self._results.cell(side, *at) for side in (BASE, OTHER))
        control = None
        if self._control is not None:
            control = self._control.cell(OTHER, *at) - self._control.cell(BASE, *at)
        return paired_difference(base, other, LEVEL, control=control)

    def difference(self, measure: str, period: str, centre: str, segment: str) -> Quantity | None:
        """Return the paired difference in a cell with both its intervals."""
        found = self.found(measure, period, centre, segment)
        trace = Trace(measure, OTHER, BASE, period, centre, segment)
        return None if found is None else told(found, self._units[measure], trace)

    def spread(self, measure: str, centres: Sequence[str], segment: str = ALL) -> Spread | None:
        """Return how far the centres lie apart in both worlds; None where some centre has no value."""
        values = np.array(
            [
                [self._results.cell(side, measure, TOTAL, centre, segment) for centre in centres]
                for side in (BASE, OTHER)
            ]
        )
        if np.isnan(values).any():
            return None
        apart = values.max(axis=1) - values.min(axis=1)
        unit = self._units[measure]
        base, other = (
            _estimate(one, unit, Trace(measure, side)) for one, side in zip(apart, (BASE, OTHER), strict=True)
        )
        found = paired_difference(apart[0], apart[1], LEVEL)
        if base is None or other is None:
            return None
        trace = Trace(measure, OTHER, BASE)
        return Spread(base, other, None if found is None else told(found, unit, trace))

    def level(self, side: str, measure: str, centre: str = ALL, segment: str = ALL) -> Quantity | None:
        """Return one world's mean in a cell over the whole period."""
        values = self._results.cell(side, measure, TOTAL, centre, segment)
        return _estimate(values, self._units[measure], Trace(measure, side, "", TOTAL, centre, segment))

    def both(self, measure: str, *at: str) -> tuple[Quantity | None, Quantity | None]:
        """Return both worlds' means in a cell."""
        return self.level(BASE, measure, *at), self.level(OTHER, measure, *at)


def told(found: Difference, unit: str, trace: Trace) -> Quantity:
    """Return a difference as a quantity with both its intervals."""
    if max(abs(found.lower), abs(found.upper)) < DUST:
        return Quantity(0.0, unit, trace, Interval(0.0, 0.0, LEVEL), Interval(0.0, 0.0, INNER))
    wide, narrow = Interval(found.lower, found.upper, LEVEL), Interval(*found.interval(INNER), INNER)
    return Quantity(found.mean, unit, trace, wide, narrow)


def _estimate(values: NDArray[np.float64], unit: str, trace: Trace) -> Quantity | None:
    """Return a mean over runs with both its intervals; None where too few runs define it."""
    ends: dict[float, Interval] = {}
    mean = np.nan
    for level in (LEVEL, INNER):
        mean, lower, upper, _ = (float(part) for part in mean_interval(values, level))
        if np.isnan(mean):
            return None
        # what can't be negative has no interval below zero, however few the runs
        floor = 0.0 if np.nanmin(values) >= 0.0 else -np.inf
        ends[level] = Interval(max(lower, floor), upper, level)
    return Quantity(mean, unit, trace, ends[LEVEL], ends[INNER])
