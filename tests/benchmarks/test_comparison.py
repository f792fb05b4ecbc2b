"""The simulation beside other models: no difference beyond those that are accepted, each with its reason.

The other models are the City's own staffing rule, the closed form of a caseload's cost, and the city as
difference equations (`benchmarks/cohort.py`), which shares nothing with the flow.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from benchmarks.cohort import years
from benchmarks.comparison import BENEFIT, COST, LIMIT, REFERENCE, Point, accepted, compare
from tests.flow.limits import library


@pytest.fixture(scope="module")
def points() -> Iterator[list[Point]]:
    yield list(compare(library()))


@pytest.mark.long
def test_no_difference_is_larger_than_accepted(points: list[Point]) -> None:
    known = accepted()
    beyond = [point for point in points if abs(point.off) > known[point.key].within]
    assert not beyond


@pytest.mark.long
def test_every_accepted_difference_is_about_a_point_and_every_point_has_one(points: list[Point]) -> None:
    assert {point.key for point in points} == set(accepted())


def test_every_accepted_difference_says_why() -> None:
    for key, difference in accepted().items():
        assert 0.0 < difference.within <= 0.10, key
        assert len(difference.because.split()) >= 5, key


@pytest.mark.parametrize("caseload", [30, 40, 60, 80])
def test_the_equations_have_the_closed_form_as_their_limit(caseload: int) -> None:
    """C(k)/C(50) without queues, returns or chance, above the load where the pace rises no more.

    The equations must give it to the rounding of floats.
    """

    def cost(load: int) -> float:
        scenario = library().resolve("plan-2008", (*LIMIT, f"levers.caseload_norm={load}")).scenario
        return years(scenario)["2013"].stock * (COST / load + BENEFIT)

    theory = (caseload / REFERENCE) ** 0.15 * (COST / caseload + BENEFIT) / (COST / REFERENCE + BENEFIT)
    assert cost(caseload) / cost(REFERENCE) == pytest.approx(theory, rel=1e-6)


def test_the_equations_lose_nobody() -> None:
    scenario = library().resolve("history-2008-2018").scenario
    found = list(years(scenario).values())
    start = float(np.floor(7552 * 0.95))
    come = sum(year.enrolments + year.returns for year in found)
    left = sum(year.exits for year in found)
    # who is inside at the end is who came and did not leave; December's mean is near the end's stock
    assert start + come - left == pytest.approx(found[-1].stock, rel=0.03)
