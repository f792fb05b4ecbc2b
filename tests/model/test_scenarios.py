"""The shipped scenarios that go beyond the plan: what they say they hold, and that each of them runs."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from sim.flow import History, simulate
from sim.outcomes import Cube
from sim.parameters import Scenario
from tests.model.city import cube, library

CENTRES = ("jarva", "vasterort", "innerstaden", "sydost", "sydvast")
RECIPIENTS = (26.9, 15.8, 11.0, 28.6, 17.6)
"""Per cent of the City's recipients aged 18–64 in 2017 (STHLM-B021)."""


@cache
def of(name: str, *settings: str) -> tuple[Scenario, History, Cube]:
    which = library().resolve(name, settings).scenario
    return which, simulate(which, 0, 2008), cube(which)


# --- from 2018 on ---------------------------------------------------------------------------------------

FIRST_TWO_YEARS = "period.end=2019-12-31"


def test_2018_is_spread_over_the_city_as_recipients_were_in_2017() -> None:
    which, _, _ = of("start-2018", FIRST_TWO_YEARS)
    people = which.array("people.target_group", CENTRES, which.keys("people.groups")).sum(axis=1)
    assert people.sum() == 5000
    # half a tenth in the source, and whole people
    np.testing.assert_allclose(100 * people / people.sum(), RECIPIENTS, rtol=0, atol=0.06)
    posts = which.dated_array("staff.posts", CENTRES, which.keys("organisation.roles"))[0].sum(axis=1)
    # a centre's six roles are written to a tenth of a post each, of 91 in all
    np.testing.assert_allclose(100 * posts / posts.sum(), RECIPIENTS, rtol=0, atol=0.05 + 6 * 0.05 / 0.91)


def test_2018_starts_with_three_in_ten_in_compound_needs_and_no_newcomers() -> None:
    which, history, found = of("start-2018", FIRST_TWO_YEARS)
    enrolled = found.cell("stock", "2018-01")
    three_standard_errors = 3.0 * np.sqrt(0.3 * 0.7 / enrolled)
    assert found.cell("stock", "2018-01", segment="compound") / enrolled == (
        pytest.approx(0.30, abs=three_standard_errors)
    )
    rows = [r for r in which.table("people.initial_needs_share").rows() if r["needs"] == "compound"]
    assert {(r["value"], r["lower"], r["upper"]) for r in rows} == {(0.30, 0.22, 0.40)}
    assert not (history.people["group"] == history.groups.index("newcomer")).any()


def test_a_post_of_2018_costs_740_000_in_its_own_prices() -> None:
    which, _, _ = of("start-2018", FIRST_TWO_YEARS)
    growth = (1.0 + which.number("costs.pay_growth")) ** 10
    rows = list(which.table("costs.staff_per_post").rows())
    for column, kr in (("value", 740_000), ("lower", 650_000), ("upper", 800_000)):
        assert {round(row[column] * growth, -1) for row in rows} == {kr}


def test_2018s_providers_are_in_courses_and_work_training_and_everything_named_then_is_used() -> None:
    """AMN2018 names where providers are found, the combination and Jobbstart."""
    which, _, found = of("start-2018", FIRST_TWO_YEARS)
    procured = which.table("measures.catalogue").by_key("procured")
    used = {key for key in procured if found.cell(f"{key}_starts") > 0}
    assert {key for key in used if procured[key]} == {"vocational_course", "procured_work_training"}
    assert used >= {"combined_support", "jobbstart", "language_support", "individual_matching"}
    assert used >= {"sheltered_job", "work_training", "temporary_job", "merit", "filur", "adult_education"}


def test_jobbstarts_share_falls_as_needs_grow() -> None:
    which, _, found = of("start-2018", FIRST_TWO_YEARS)
    per_head = [
        found.cell("jobbstart_starts", segment=needs) / found.cell("stock", segment=needs)
        for needs in which.keys("people.needs")
    ]
    assert per_head[0] > per_head[1] > per_head[2] == 0


# --- the second phase, and what is city-wide ------------------------------------------------------------


def test_the_second_phase_begins_on_1_january_2009() -> None:
    """Until then to the bit the plan; from then on people in sheltered jobs and work training."""
    end = "period.end=2009-12-31"
    _, plan, _ = of("plan-2008", end)
    _, phase, found = of("second-phase-2009", end)
    before = [stays[stays["end"] < 12.0] for stays in (plan.stays, phase.stays)]
    columns = ["person", "stage", "measure", "ended_by", "begin", "end"]
    assert before[0][columns].tobytes() == before[1][columns].tobytes()
    for key in ("sheltered_job", "work_training"):
        assert found.cell(f"{key}_starts", "2008") == 0 < found.cell(f"{key}_starts", "2009")
        assert found.cell(f"measure_cost_{key}", "2008") == 0 < found.cell(f"measure_cost_{key}", "2009")
    for key in ("seasonal_offers", "seasonal_posts", "seasonal_cost"):
        assert found.cell(key, "2008") == 0 < found.cell(key, "2009")


def test_the_citys_own_city_wide_measures_take_people_from_everywhere() -> None:
    which, history, found = of("city-wide-2008", "period.end=2008-12-31")
    for key in ("stockholm_matchning", "recruitment_programme", "sfi_course"):
        assert found.cell(f"{key}_starts") > 20
    for centre in CENTRES:
        assert found.cell("stockholm_matchning_starts", centre=centre) > 0
    at = history.stays["measure"] == history.measures.index("recruitment_programme")
    groups = set(history.people["group"][history.stays["person"][at]])
    assert groups == {which.keys("people.groups").index("newcomer")}


def test_half_of_the_budget_is_half_of_all_that_the_centres_cost() -> None:
    _, _, found = of("outsourcing-50-budget", "period.end=2008-12-31")
    # places are whole: half a place of 41,650 kr is less than a ten-thousandth of either half
    assert found.cell("outsourced_budget_share") == pytest.approx(0.5, abs=1e-4)


@pytest.mark.long
def test_the_rents_of_offices_that_open_later_are_part_of_what_a_share_of_the_budget_means() -> None:
    basis = ("levers.outsourcing_basis=budget", "levers.outsourcing_share=0.3")
    _, _, found = of("youth-2015", "period.end=2016-12-31", *basis)
    for year in ("2014", "2016"):  # before and after
        assert found.cell("outsourced_budget_share", year) == pytest.approx(0.3, abs=2e-4)


# --- the young of 2015 ----------------------------------------------------------------------------------


@pytest.mark.long
def test_two_youth_offices_open_in_september_2015_and_a_new_group_comes_from_january() -> None:
    which, history, found = of("youth-2015", "period.end=2016-12-31")
    opened = [history.offices.index(office) for office in ("unga_sydost", "unga_sydvast")]
    there = history.people[np.isin(history.people["office"], opened)]
    assert there["referred"].min() >= 92.0  # September 2015
    assert {history.age_bands[age] for age in set(there["age"])} == {"16-24", "25-29"}
    group = which.keys("people.groups").index("youth_without_assistance")
    young = history.people[history.people["group"] == group]
    assert young["referred"].min() >= 84.0
    assert (~young["no_show"]).sum() == pytest.approx(600, abs=4 * np.sqrt(600))
    assert found.cell("merit_starts", "2014") == 0 < found.cell("merit_starts", "2015")
    # a leader, a coach and a matcher more at both centres, and their offices' rents, from September
    assert found.cell("posts", "2014") == 140
    assert found.cell("posts", "2015") == pytest.approx(140 + 6 * 4 / 12)
    assert found.cell("posts", "2016") == pytest.approx(146)
    rents = found.cell("premises_cost", "2016") - found.cell("premises_cost", "2014")
    assert rents * 1e6 == pytest.approx(300 * (1650 + 987))
    # what an office that opens would take from those who stay, the manager moves to where the cases are
    assert found.cell("wait_days", "2016") < 2 * found.cell("wait_days", "2014")
