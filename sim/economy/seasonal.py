"""Seasonal jobs for the young: who applies, who is offered one, what it costs and takes of staff.

A flow of its own, not of aspirants: nobody in it is enrolled, waits for a caseworker or leaves to work. So it
is counted beside the centres' people and beside the City's net cost for them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.economy.costs import MONTHS_IN_YEAR
from sim.flow.policy import plan_posts
from sim.outcomes.tallies import Tallies
from sim.parameters import Scenario, month_start


def seasonal(scenario: Scenario, tallies: Tallies) -> dict[str, NDArray[np.float64]]:
    """Return the seasonal jobs of a run, float64[M, O+1] each, all on the city-wide row.

    Parameters
    ----------
    scenario : Scenario
    tallies : Tallies
        Of any run of it, for the shape.

    Returns
    -------
    dict of str to float64[M, O+1]
        ``seasonal_applicants``, ``seasonal_offers``, ``seasonal_posts`` and ``kr_seasonal``, jobs and posts
        in kr at the prices of 2008. Jobs fall in the activity's month, posts evenly on the year.
    """
    activities = scenario.keys("seasonal.activities")
    in_month = np.array(scenario.table("seasonal.activities").columns["month"])
    months = np.array([month_start(month, scenario.start).month for month in range(scenario.months)])
    falls = months[:, None] == in_month
    applicants = scenario.dated_array("seasonal.applicants", activities)
    offered = scenario.number("seasonal.offered_share") * scenario.dated_array("seasonal.places", activities)
    offers = np.minimum(applicants, offered)
    posts = applicants.sum(axis=1) / scenario.number("seasonal.applicants_per_post")
    jobs = (offers * falls) @ scenario.array("seasonal.price", activities)
    found = {
        "seasonal_applicants": (applicants * falls).sum(axis=1),
        "seasonal_offers": (offers * falls).sum(axis=1),
        "seasonal_posts": posts,
        "kr_seasonal": jobs + posts * mean_post(scenario) / MONTHS_IN_YEAR,
    }
    return {name: _city_wide(monthly, len(tallies.offices)) for name, monthly in found.items()}


def mean_post(scenario: Scenario) -> float:
    """Return what a post costs on average over the plan's centres, kr a year."""
    posts = plan_posts(scenario).sum(axis=1)
    kr = scenario.array("costs.staff_per_post", scenario.keys("organisation.centres"))
    return float(posts @ kr / posts.sum())


def _city_wide(monthly: NDArray[np.float64], offices: int) -> NDArray[np.float64]:
    """Return monthly amounts on the last row of float64[M, O+1]."""
    return np.concatenate([np.zeros((len(monthly), offices)), monthly[:, None]], axis=1)
