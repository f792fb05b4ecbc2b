"""Follow-up as the decision of 2007 asks of its system: results, cost and assistance tied together.

The central organisation was to have a reporting system that ties results, costs and social assistance
together for each target group (DET2007, "Central organisation"). Here they are the measures of the catalogue,
counted from the same run with the target groups as segments, so that each figure is defined once and all
groups add up to what every other table says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sim.economy.catalogue import catalogue
from sim.economy.costs import costs
from sim.flow.history import History
from sim.outcomes.measures import ALL, Cube, Measure, evaluate, tidy
from sim.outcomes.tallies import Tallies, merged, tally
from sim.parameters import Scenario
from sim.parameters.calendar import Period, PeriodKind, periods

if TYPE_CHECKING:
    import pandas as pd

RESULTS = (
    "stock",
    "enrolments",
    "exits",
    "self_support_share_of_exits",
    "closed_within_18_months",
    "wait_days",
    "temporary_job_starts",
)
COST = ("programme_cost", "programme_cost_per_exit")
ASSISTANCE = ("benefit_months", "benefit_cost")
INDICATORS = (*RESULTS, *COST, *ASSISTANCE)
"""Measures that follow-up looks at first; the others are there as well."""

KINDS: tuple[PeriodKind, ...] = ("tertial", "year", "total")
"""The City follows up three times a year (DET2007: first with Tertial 2 2008)."""


@dataclass(frozen=True)
class FollowUp:
    """One run by target group, centre and tertial.

    Attributes
    ----------
    cubes : mapping of str to Cube
        By needs, `ALL` among them: every measure that is defined for groups. The segments of these cubes are
        target groups; their periods tertials, years and the total.
    """

    cubes: Mapping[str, Cube]

    @property
    def groups(self) -> tuple[str, ...]:
        """Target groups; the last is `ALL`."""
        return self.cubes[ALL].segments

    def cell(
        self, measure: str, period: str = "total", centre: str = ALL, group: str = ALL, needs: str = ALL
    ) -> float:
        """Return one value, NaN where it is not defined; an unknown key is a `KeyError`."""
        return self.cubes[needs].cell(measure, period, centre, group)

    def table(self, kind: PeriodKind = "tertial", needs: str = ALL) -> pd.DataFrame:
        """Return the defined cells as rows: group, centre, the period, measure, unit, value.

        Parameters
        ----------
        kind : {"tertial", "year", "total"}
            Kind of period; also the name of its column.
        needs : str
            Only people with these needs.
        """
        cube = self.cubes[needs]
        mine = {period.key for period in cube.periods if period.kind == kind}
        rows = tidy(cube).rename(columns={"segment": "group", "period": kind})
        rows = rows[rows[kind].isin(mine)]
        return rows[["group", "centre", kind, "measure", "unit", "value"]].reset_index(drop=True)


def follow_up(scenario: Scenario, history: History) -> FollowUp:
    """Follow up one run.

    Parameters
    ----------
    scenario : Scenario
    history : History
        A run of that scenario.
    """
    tallies = by_group_and_needs(scenario, history)
    measures, told = followed_measures(tallies), followed_periods(scenario)
    width = len(history.needs)
    groups = range(len(history.groups))
    cubes = {}
    for place, needs in (*enumerate(history.needs), (None, ALL)):
        chosen = range(width) if place is None else (place,)
        segments = {history.groups[g]: [g * width + n for n in chosen] for g in groups}
        cubes[needs] = evaluate(merged(tallies, segments), told, measures)
    return FollowUp(cubes)


def followed_measures(tallies: Tallies) -> tuple[Measure, ...]:
    """Return the measures of the catalogue that tallies within the run are enough for.

    What lies beyond the horizon or is discounted belongs to a policy, not to a group's follow-up.
    """
    known = tallies.amounts.keys() | tallies.people.keys()
    return tuple(
        measure
        for measure in catalogue(tallies.destinations, tallies.measures)
        if {*measure.numerator, *measure.denominator} <= known
    )


def followed_periods(scenario: Scenario) -> tuple[Period, ...]:
    """Return the run's tertials, years and total."""
    return tuple(p for p in periods(scenario.start, scenario.months) if p.kind in KINDS)


def by_group_and_needs(scenario: Scenario, history: History) -> Tallies:
    """Count a run, with its costs, by target group and needs together: group-major segments.

    Raises
    ------
    ValueError
        When there are more such segments than a person's record can number.
    """
    people = history.people.copy()
    width = len(history.needs)
    if len(history.groups) * width > np.iinfo(people["needs"].dtype).max:
        raise ValueError(
            f"Too many groups ({len(history.groups)}) and needs ({width}) to follow up together."
        )
    people["needs"] = people["group"] * width + people["needs"]
    keys = tuple(f"{group}/{needs}" for group in history.groups for needs in history.needs)
    counted = tally(scenario, replace(history, people=people, needs=keys))
    return counted.plus(costs(scenario, history, counted))
