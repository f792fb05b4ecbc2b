"""Groups over time: who comes beside the target group, who stops coming, and offices that open."""

from __future__ import annotations

import numpy as np
import pytest

from sim.flow import EndedBy, History, Stage, simulate
from tests.model.city import cube, scenario, written

BESIDE = ("early_leaver", "youth_without_assistance", "family_newcomer")
LEAVERS = "people.added_inflow_per_year[jarva,early_leaver]=200"


def of_group(history: History, group: str) -> np.ndarray:
    """Return which people are of a group."""
    return history.people["group"] == history.groups.index(group)


@pytest.mark.parametrize("group", BESIDE)
def test_nobody_is_counted_beside_the_target_group_unless_a_scenario_says_so(group: str) -> None:
    """The papers name these groups without a number: the base has none of them."""
    assert not of_group(simulate(scenario(end="2008-12-31"), 0, 1), group).any()


def test_those_who_come_beside_the_target_group_are_as_many_as_said_and_where() -> None:
    """200 a year who enrol: in two years 400, within four standard errors of a Poisson number."""
    which = scenario(LEAVERS, end="2009-12-31")
    history = simulate(which, 0, 1)
    leavers = history.people[of_group(history, "early_leaver")]
    came = int((~leavers["no_show"]).sum())
    assert abs(came - 400) < 4 * np.sqrt(400)
    # Järva's young go to Rinkeby, whatever their group
    assert set(leavers["office"]) == {history.offices.index("rinkeby")}
    assert set(leavers["age"]) == {history.age_bands.index("16-24")}


def test_they_renumber_nobody_else() -> None:
    with_leavers, without = (
        simulate(scenario(*settings, end="2008-12-31"), 0, 1) for settings in ((LEAVERS,), ())
    )
    others = with_leavers.people[~of_group(with_leavers, "early_leaver")]
    assert others.tobytes() == without.people.tobytes()


def test_they_come_from_their_date() -> None:
    rows = [
        {"from": f"{year}-01-01", "centre": "sydost", "group": "youth_without_assistance", "value": value}
        for year, value in ((2008, 0), (2010, 300))
    ]
    table = written(rows).replace('"2008-01-01"', "2008-01-01").replace('"2010-01-01"', "2010-01-01")
    history = simulate(scenario(f"people.added_inflow_per_year={table}"), 0, 1)
    young = history.people[of_group(history, "youth_without_assistance")]
    assert len(young) > 100
    assert young["referred"].min() >= 24.0
    assert {history.age_bands[age] for age in set(young["age"])} == {"16-24", "25-29"}


def test_the_young_without_assistance_have_none_and_take_caseworkers_time() -> None:
    many = "people.added_inflow_per_year[sydost,youth_without_assistance]=600"
    before, after = (cube(scenario(*settings, end="2008-06-30")) for settings in ((), (many,)))
    assert after.cell("stock") > before.cell("stock") + 50
    assert after.cell("caseload", centre="sydost") > before.cell("caseload", centre="sydost")
    # some others leave later for the longer queue and the higher load, so a little more benefit is paid
    per_head = before.cell("benefit_cost") / before.cell("stock")
    extra = after.cell("stock") - before.cell("stock")
    assert after.cell("benefit_cost") - before.cell("benefit_cost") < 0.2 * extra * per_head


def test_newcomers_come_until_december_2010_and_leave_in_july_2012() -> None:
    which = scenario("world.mandate=observed", end="2012-12-31")
    history = simulate(which, 0, 1)
    newcomer = of_group(history, "newcomer")
    referred = history.people["referred"][newcomer & ~history.people["initial"]]
    assert 33.0 < referred.max() < 35.0
    stays = history.stays[newcomer[history.stays["person"]]]
    left = stays[stays["ended_by"] == EndedBy.MANDATE]
    assert len(left) > 50
    assert set(left["end"]) == {54.0}
    enrolled = np.isin(stays["stage"], (Stage.WAITING, Stage.ASSESSMENT, Stage.COACHING, Stage.MEASURE))
    assert stays["end"][enrolled].max() == 54.0


# --- offices that open ----------------------------------------------------------------------------------

YOUTH_OFFICE = (
    "organisation.offices={add: [{office: unga, order: 8, centre: sydost, name: Unga, area_m2: 300, "
    "price_per_m2: 1650, rent_per_year: 495000}]}",
    "organisation.office_share={add: ["
    "{from: 2009-01-01, centre: sydost, age_band: 16-24, office: unga, value: 1}, "
    "{from: 2009-01-01, centre: sydost, age_band: 16-24, office: sydost, value: 0}]}",
)
"""The young of Sydost get an office of their own in 2009."""


def test_an_office_opens_on_its_date_with_people_posts_and_places_of_its_own() -> None:
    which = scenario(*YOUTH_OFFICE, end="2009-12-31")
    history = simulate(which, 0, 1)
    office, old = history.offices.index("unga"), history.offices.index("sydost")
    there = history.people[history.people["office"] == office]
    assert len(there) > 100
    assert there["referred"].min() >= 12.0
    assert set(there["age"]) == {history.age_bands.index("16-24")}
    young = history.people[history.people["office"] == old]
    young = young[young["age"] == history.age_bands.index("16-24")]
    assert young["referred"].max() < 12.0
    for table in (history.posts.sum(axis=2), history.places.sum(axis=2)):
        assert (table[:12, office] == 0).all()
        assert (table[12:, office] > 0).all()
    # the centre's posts and the City's places are the same, only split anew
    posts = history.posts.sum(axis=2)
    assert posts[:, [office, old]].sum(axis=1) == pytest.approx(39.0)
    assert set(history.places.sum(axis=(1, 2))) <= {2000.0, 2100.0}


def test_before_an_office_opens_nothing_is_different() -> None:
    """To the bit for people, and to rounding in what the year costs at each centre."""
    with_office, without = (
        simulate(scenario(*settings, end="2008-12-31"), 0, 1) for settings in (YOUTH_OFFICE, ())
    )
    assert with_office.people.tobytes() == without.people.tobytes()
    assert with_office.stays.tobytes() == without.stays.tobytes()
