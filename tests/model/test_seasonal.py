"""Seasonal jobs for the young: the figures of 2015, and that they touch no aspirant."""

from __future__ import annotations

import numpy as np
import pytest

from tests.model.city import cube, scenario

SUMMER = ("seasonal.applicants[summer_job]=15900", "seasonal.places[summer_job]=6900")
YEAR = "2008-12-31"


def test_the_figures_of_2015() -> None:
    """15,900 applied, 6,900 places were reported, at least 6,700 were to be offered (AMN2015)."""
    which = scenario(base="history-2008-2018", end="2016-12-31")
    months = {2014: 83, 2015: 84}
    for key, figures in (("applicants", {2014: 0, 2015: 15900}), ("places", {2014: 0, 2015: 6900})):
        found = which.dated_array(f"seasonal.{key}", ("summer_job",))[:, 0]
        assert {year: found[month] for year, month in months.items()} == figures
    found = cube(scenario(*SUMMER, end=YEAR))
    assert found.cell("seasonal_applicants") == 15900
    assert found.cell("seasonal_offers") == pytest.approx(6700, abs=1)
    assert found.cell("seasonal_posts") == pytest.approx(15900 / 1500)
    assert found.cell("seasonal_offers", "2008-07") == found.cell("seasonal_offers")


def test_no_more_are_offered_a_job_than_apply() -> None:
    few = cube(scenario("seasonal.applicants[summer_job]=1000", SUMMER[1], end=YEAR))
    assert few.cell("seasonal_offers") == 1000


def test_jobs_and_posts_cost_what_they_say() -> None:
    found = cube(scenario(*SUMMER, end=YEAR))
    posts = 15900 / 1500 * 71.0e6 / 140
    assert found.cell("seasonal_cost") * 1e6 == pytest.approx(6900 * 0.971 * 10_000 + posts)


def test_they_touch_no_aspirant_and_no_net_cost() -> None:
    before, after = cube(scenario(end=YEAR)), cube(scenario(*SUMMER, end=YEAR))
    same = [k for k, m in enumerate(before.measures) if not m.key.startswith("seasonal")]
    assert np.array_equal(before.values[same], after.values[same], equal_nan=True)
    assert before.cell("seasonal_cost") == 0.0
