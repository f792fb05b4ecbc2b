"""The catalogue of measures: each has its dates, its places, its price and its effect, by data alone.

Every test runs over the shipped catalogue, so a measure added there is held to the same.
"""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.flow import EndedBy, History, Stage, simulate
from sim.outcomes import Cube
from sim.parameters import Scenario
from tests.model.city import JOBS_FROM_THE_START, cube, scenario, setting

CATALOGUE = scenario().table("measures.catalogue").by_key("procured")
MEASURES = tuple(CATALOGUE)
PROCURED = tuple(key for key in MEASURES if CATALOGUE[key])
YEAR = "2008-12-31"
PAIRED_RUNS = 5
LINES = (
    "benefit_cost",
    "staff_cost",
    "premises_cost",
    "procured_cost",
    "other_cost",
    "city_wide_cost",
    "temporary_job_cost",
    "state_refund",
)
"""Every line of money that is not made up of others."""

HANDOVER = "measures.handover_months[*]"
SHARE_BASES = ("people", "budget", "staff_and_purchases")


def only(measure: str) -> tuple[str, ...]:
    """Return settings under which one measure has all the places there are of its kind."""
    if not CATALOGUE[measure]:
        return (JOBS_FROM_THE_START, "levers.outsourcing_places=0")
    return tuple(f"measures.place_share[{key}]={int(key == measure)}" for key in PROCURED)


@cache
def history_of(*settings: str, end: str = YEAR, run: int = 0) -> History:
    return simulate(scenario(*settings, end=end), run, 2008)


@cache
def cube_of(*settings: str, end: str = YEAR) -> Cube:
    return cube(scenario(*settings, end=end))


def taken(history: History, measure: str) -> NDArray[np.void]:
    """Return stays in which a place at the measure is taken: at the measure, or being handed over to it."""
    of_measure = history.stays["measure"] == history.measures.index(measure)
    taken_up = np.isin(history.stays["stage"], (Stage.HANDOVER, Stage.MEASURE))
    found: NDArray[np.void] = history.stays[of_measure & taken_up]
    return found


# --- dates and places ---------------------------------------------------------------------------------


@pytest.mark.parametrize("measure", MEASURES)
def test_places_are_given_within_the_measures_dates_only(measure: str) -> None:
    """From April to September: nobody before; nobody is given a place after, and those there finish."""
    dates = {"from": date(2008, 4, 1), "until": date(2008, 10, 1)}
    history = history_of(
        JOBS_FROM_THE_START, setting("measures.catalogue", **{measure: dates}), end="2009-12-31"
    )
    code = history.measures.index(measure)
    assert (history.places[3:9, :, code].sum(axis=1) > 0).all()
    assert history.places[:3, :, code].sum() == history.places[9:, :, code].sum() == 0
    stays = taken(history, measure)
    given = history.stays[history.stays["ended_by"] == EndedBy.PLACED]
    begins = stays["begin"][np.isin(stays["begin"], given["end"])]
    assert len(begins) > 10
    assert begins.min() >= 3.0
    assert begins.max() < 9.0
    longest = scenario().array("measures.duration_months", (measure,))[0]
    longest += scenario().array("measures.handover_months", history.needs).max()
    assert 9.0 < stays["end"].max() <= 9.0 + longest


@pytest.mark.parametrize("measure", MEASURES)
def test_outside_its_dates_nobody_is_there(measure: str) -> None:
    dates = {"from": date(2010, 1, 1)}
    history = history_of(JOBS_FROM_THE_START, setting("measures.catalogue", **{measure: dates}))
    assert len(taken(history, measure)) == 0
    others = [other for other in MEASURES if other != measure]
    assert all(len(taken(history, other)) > 0 for other in others)


@pytest.mark.parametrize("measure", MEASURES)
def test_places_are_never_exceeded(measure: str) -> None:
    """Counted at every moment at which somebody comes or goes, in every office; and they are used."""
    history = history_of(JOBS_FROM_THE_START)
    stays = taken(history, measure)
    code = history.measures.index(measure)
    for office in range(len(history.offices)):
        here = stays[stays["office"] == office]
        times = np.concatenate([here["end"], here["begin"]])
        change = np.repeat([-1, 1], len(here))
        # at the same moment those who leave go first
        used = np.cumsum(change[np.lexsort((change, times))])
        places = history.places[:, office, code]
        assert (places == places[0]).all()
        assert used.max() <= places[0]
        assert used.max() > 0.9 * places[0]


# --- money --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("measure", MEASURES)
def test_its_price_is_on_its_line_and_on_no_other(measure: str) -> None:
    """The price doubled doubles the line to the bit, in every period, centre and segment."""
    settings = only(measure)
    price = 2.0 * scenario().array("measures.price_per_year", (measure,))[0]
    before, after = cube_of(*settings), cube_of(*settings, f"measures.price_per_year[{measure}]={price}")
    own = "procured_cost" if CATALOGUE[measure] else "temporary_job_cost"
    keys = [m.key for m in before.measures]
    assert before.cell(own) > 0
    for line in LINES:
        was, now = (found.values[keys.index(line)] for found in (before, after))
        assert np.array_equal(now, 2.0 * was if line == own else was, equal_nan=True), line
    # and nothing but money knows the price
    people = [k for k, m in enumerate(before.measures) if m.unit not in ("MSEK", "kr", "share")]
    assert np.array_equal(before.values[people], after.values[people], equal_nan=True)


@pytest.mark.parametrize("basis", SHARE_BASES)
def test_share_zero_costs_exactly_nothing_and_nobody_goes(basis: str) -> None:
    settings = (f"levers.outsourcing_basis={basis}", "levers.outsourcing_share=0")
    found, history = cube_of(*settings), history_of(*settings)
    for measure in ("procured_cost", "outsourced_people_share", "outsourced_budget_share"):
        assert found.cell(measure) == 0.0
    assert all(len(taken(history, key)) == 0 for key in PROCURED)


@pytest.mark.parametrize("basis", SHARE_BASES)
def test_a_larger_share_buys_more(basis: str) -> None:
    """And each basis is a share of what it says, but for whole places and people who move within a month."""
    measured = {"people": "people", "budget": "budget", "staff_and_purchases": "staff_purchases"}[basis]
    bought = []
    for share in (0.1, 0.2, 0.3):
        settings = (f"levers.outsourcing_basis={basis}", f"levers.outsourcing_share={share}")
        found = cube_of(*settings)
        bought.append(found.cell("procured_cost"))
        assert found.cell(f"outsourced_{measured}_share") == pytest.approx(share, abs=0.01)
    assert 0 < bought[0] < bought[1] < bought[2]


# --- effect -------------------------------------------------------------------------------------------


def self_support_from(history: History, measure: str) -> int:
    """Count exits to self-support by people who are at the measure."""
    supports = scenario().table("people.destinations").by_key("self_support")
    codes = [code for code, key in enumerate(history.destinations) if supports[key]]
    stays = taken(history, measure)
    stays = stays[(stays["stage"] == Stage.MEASURE) & (stays["ended_by"] == EndedBy.EXIT)]
    return int(np.isin(stays["destination"], codes).sum())


@pytest.mark.parametrize("measure", MEASURES)
def test_twice_the_effect_is_more_exits_to_self_support(measure: str) -> None:
    """Paired: in every run more of those at the measure leave for work, studies or a firm of their own."""
    settings = only(measure)
    effect = 2.0 * scenario().array("measures.effect", (measure,))[0]
    for run in range(PAIRED_RUNS):
        before = history_of(*settings, run=run)
        after = history_of(*settings, f"measures.effect[{measure}]={effect}", run=run)
        assert self_support_from(after, measure) > self_support_from(before, measure) > 0


@pytest.mark.parametrize("measure", MEASURES)
def test_its_effect_is_nobodys_who_never_had_it(measure: str) -> None:
    """With no places anywhere, the effect moves not a bit."""
    none = ("levers.outsourcing_places=0", "measures.municipal_places[*]=0")
    before, after = history_of(*none), history_of(*none, f"measures.effect[{measure}]=2")
    assert before.stays.tobytes() == after.stays.tobytes()


# --- own staff's part of the work ---------------------------------------------------------------------


@pytest.mark.parametrize("measure", MEASURES)
def test_own_staffs_share_is_what_a_participant_holds_of_a_slot(measure: str) -> None:
    """On the first day exactly: nobody's place depends on the share, so only the slots differ."""
    settings = only(measure)
    found = {
        share: history_of(*settings, f"measures.own_staff_share[{measure}]={share}") for share in (0, 0.5, 1)
    }
    held = {share: history.office_months["held"][0].sum() for share, history in found.items()}
    stays = taken(found[1], measure)
    there = int((stays["begin"] == 0.0).sum())
    assert there > 50
    assert held[1] - held[0] == there
    assert held[1] - held[0.5] == there / 2


@pytest.mark.parametrize("measure", MEASURES)
def test_a_larger_share_of_own_staffs_work_is_a_higher_caseload(measure: str) -> None:
    settings = only(measure)
    low, middle, high = (
        cube_of(*settings, f"measures.own_staff_share[{measure}]={share}").cell("caseload")
        for share in (0, 0.5, 1)
    )
    assert low < middle < high


# --- handover -----------------------------------------------------------------------------------------


def test_a_handover_lasts_as_long_as_it_says_and_only_providers_have_one() -> None:
    history = history_of(f"{HANDOVER}=1.5", JOBS_FROM_THE_START)
    stays = history.stays[history.stays["stage"] == Stage.HANDOVER]
    done = stays[stays["ended_by"] == EndedBy.HANDED_OVER]
    assert len(done) > 100
    np.testing.assert_allclose(done["end"] - done["begin"], 1.5, rtol=0, atol=1e-12)
    assert {history.measures[code] for code in stays["measure"]} == set(PROCURED)


def test_a_longer_handover_is_a_later_start() -> None:
    """Paired: those who start under both start later on the whole, and fewer have started by the end."""
    first = {}
    for months in (0, 1, 2):
        history = history_of(f"{HANDOVER}={months}")
        starts = history.stays[(history.stays["stage"] == Stage.MEASURE) & (history.stays["begin"] > 0)]
        starts = starts[starts["begin"] < 2.0 + months]  # those given a place in the first two months
        people, where = np.unique(starts["person"], return_index=True)
        first[months] = dict(zip(people.tolist(), starts["begin"][where].tolist(), strict=True))
    for sooner, later in ((0, 1), (1, 2)):
        both = first[sooner].keys() & first[later].keys()
        assert len(both) > 100
        delay = np.array([first[later][person] - first[sooner][person] for person in both])
        assert delay.mean() > 0.5
    starts = [
        sum(cube_of(f"{HANDOVER}={months}").cell(f"{key}_starts") for key in PROCURED) for months in (0, 1, 2)
    ]
    assert starts[0] > starts[1] > starts[2]


# --- staff and intake ---------------------------------------------------------------------------------


def test_more_posts_at_one_centre_shorten_its_own_waits_and_touch_nobody_elses() -> None:
    """Offices share neither staff nor places: other centres' people are the same to the bit."""
    base = ("staff.factor=0.8",)
    before, after = cube_of(*base), cube_of(*base, "staff.posts[jarva,coach]=25")
    assert after.cell("wait_days", centre="jarva") < before.cell("wait_days", centre="jarva")
    assert after.cell("waiting", centre="jarva") < before.cell("waiting", centre="jarva")
    people = [k for k, m in enumerate(before.measures) if m.unit not in ("MSEK", "kr")]
    others = [k for k, centre in enumerate(before.centres) if centre not in ("jarva", "all")]
    cells = np.ix_(people, range(len(before.periods)), others, range(len(before.segments)))
    assert np.array_equal(before.values[cells], after.values[cells], equal_nan=True)


def came(which: Scenario) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """Return who is referred and who of them comes, by stream and ordinal."""
    people = simulate(which, 0, 2008).people
    referred = people[~people["initial"]]
    keys = [(int(person["stream"]), int(person["ordinal"])) for person in referred]
    return set(keys), {key for key, stays in zip(keys, referred["no_show"], strict=True) if not stays}


def test_more_no_shows_of_the_same_referrals_are_fewer_enrolments() -> None:
    """10,000 referrals a year: with half of them never coming, those who come are some of the 7,000."""
    fewer, more = (
        came(scenario(f"people.no_show={share}", f"people.inflow_per_year={10_000 * (1 - share)}", end=YEAR))
        for share in (0.5, 0.3)
    )
    assert fewer[0] == more[0]
    assert fewer[1] < more[1]
    assert len(fewer[1]) / len(fewer[0]) == pytest.approx(0.5, abs=0.02)
    assert len(more[1]) / len(more[0]) == pytest.approx(0.7, abs=0.02)


def test_longer_assessments_hold_more_slots() -> None:
    """Assessment is own staff's, in a full slot: more people are in it, and no fewer slots are held."""
    short, long = (cube_of(f"intake.assessment_months={months}") for months in (0.25, 1.5))
    assert long.cell("in_assessment") > short.cell("in_assessment")
    assert long.cell("in_measures") <= short.cell("in_measures") + 1
