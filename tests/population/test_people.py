"""Who the people are: the papers' counts, and the same person in every scenario."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.population import draw_population
from tests.flow.limits import scenario, within_standard_errors


def identities(people: NDArray[np.void]) -> set[tuple[int, int]]:
    """Who somebody is: stream and ordinal."""
    return set(zip(people["stream"].tolist(), people["ordinal"].tolist(), strict=True))


def test_the_stock_is_the_target_group_by_centre_and_group() -> None:
    """DET2007's table of target groups, every cell, when everybody is enrolled at the start."""
    which = scenario("people.initial_enrolled_share=1")
    drawn = draw_population(which, 0, 1)
    stock = drawn.people[drawn.people["initial"]]
    centres, groups = which.keys("organisation.centres"), which.keys("people.groups")
    target = which.array("people.target_group", centres, groups)
    counts = np.bincount(stock["stream"], minlength=len(drawn.streams))[: target.size]
    assert (counts.reshape(target.shape) == target).all()
    assert len(stock) == target.sum() == 7552


def test_a_larger_enrolled_share_only_adds_people() -> None:
    few = draw_population(scenario("people.initial_enrolled_share=0.4"), 3, 1).people
    many = draw_population(scenario("people.initial_enrolled_share=0.9"), 3, 1).people
    assert identities(few[few["initial"]]) < identities(many[many["initial"]])


@pytest.mark.parametrize(
    "setting",
    [
        "people.inflow_per_year=8000",
        "people.no_show=0.22",
        "world.mandate=observed",
        "exits.hazard[near]=0.3",
    ],
)
def test_a_person_is_the_same_in_every_scenario_and_draw(setting: str) -> None:
    """Whoever is in both worlds has the same attributes in both: nobody is renumbered."""
    one = draw_population(scenario(), 4, 9).people
    other = draw_population(scenario(setting), 4, 9).people
    shared = identities(one) & identities(other)
    assert len(shared) > 0.6 * min(len(one), len(other))

    def of_shared(people: NDArray[np.void]) -> NDArray[np.void]:
        keep = np.array(
            [who in shared for who in zip(people["stream"].tolist(), people["ordinal"].tolist(), strict=True)]
        )
        return people[keep]

    one, other = of_shared(one), of_shared(other)
    for field in ("office", "group", "age", "needs", "elapsed", "referred"):
        assert (one[field] == other[field]).all()


def test_runs_and_seeds_differ() -> None:
    first, second = (draw_population(scenario(), run, 1).people for run in (0, 1))
    third = draw_population(scenario(), 0, 2).people
    assert len(identities(first)) == len(first)
    assert not np.array_equal(first["referred"][-100:], second["referred"][-100:])
    assert not np.array_equal(first["referred"][-100:], third["referred"][-100:])


def test_jarvas_young_go_to_rinkeby() -> None:
    """DET2007, "Jobbtorg Järva": Rinkeby for those of 16–24, Kista and Lunda for those of 25 or more."""
    which = scenario()
    people = draw_population(which, 0, 1).people
    offices, ages = which.keys("organisation.offices"), which.keys("people.age_bands")
    young = people["age"] == ages.index("16-24")
    assert (people["office"][young] == offices.index("rinkeby")).any()
    for office in ("kista", "lunda"):
        assert not (people["office"][young] == offices.index(office)).any()
    assert not (people["office"][~young] == offices.index("rinkeby")).any()


def test_needs_of_the_stock_and_of_the_inflow_have_their_own_mixes() -> None:
    which = scenario()
    groups, needs = which.keys("people.groups"), which.keys("people.needs")
    stock_mix = which.array("people.initial_needs_share", groups, needs)[0]
    inflow_mix = which.dated_array("people.inflow_needs_share", groups, needs)[0, 0]
    drawn = [draw_population(which, run, 1).people for run in range(30)]
    for index in range(len(needs)):
        stock = [float((p["needs"][p["initial"]] == index).mean()) for p in drawn]
        inflow = [float((p["needs"][~p["initial"]] == index).mean()) for p in drawn]
        assert within_standard_errors(stock, float(stock_mix[index]))
        assert within_standard_errors(inflow, float(inflow_mix[index]))


def test_a_ceiling_that_is_too_low_is_told_not_exceeded() -> None:
    which = scenario()
    low = {**which.values, "people.referral_ceiling_per_year": 100.0}
    with pytest.raises(ValueError, match="raise the ceiling"):
        draw_population(type(which)(which.name, which.start, which.months, low), 0, 1)
