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
from sim.flow.policy import combined_product, measure_price, own_staff_share
from sim.outcomes import Cube
from sim.parameters import Scenario
from tests.model.city import JOBS_FROM_THE_START, cube, scenario, setting, written

CATALOGUE = scenario().table("measures.catalogue").by_key("procured")
MEASURES = tuple(CATALOGUE)
PROCURED = tuple(key for key in MEASURES if CATALOGUE[key])
YEAR = "2008-12-31"
QUICK = {"vocational_course", "temporary_job", "filur", "combined_support"}
EACH = pytest.mark.parametrize(
    "measure",
    [key if key in QUICK else pytest.param(key, marks=pytest.mark.long) for key in MEASURES],
)
"""Bought, with a wage, limited by age and time, and made of others: all the others in the long tests."""

PAIRED_RUNS = 5
PRICE = 30_000
LINES = (
    "benefit_cost",
    "staff_cost",
    "premises_cost",
    "procured_cost",
    "other_cost",
    "city_wide_cost",
    "own_measures_cost",
    "state_refund",
    *(f"measure_cost_{key}" for key in MEASURES),
)
"""Every line of money that is not made up of others, and of those the part of each measure."""

ALL_PROCURED = (
    setting("measures.catalogue", **{key: {"from": date(2008, 1, 1)} for key in PROCURED}),
    "measures.referral_weight="
    + written(
        {"from": date(2008, 1, 1), "measure": key, "needs": needs, "value": 1 / len(PROCURED)}
        for key in PROCURED
        for needs in scenario().keys("people.needs")
    ),
    *(f"measures.place_share[{key}]={1 / len(PROCURED)}" for key in PROCURED),
)
"""Every measure that is bought, alike in places and in people."""

NOT_COMBINED = ("measures.combination[*,*]=0",)
LESS_WORK = (
    "exits.destination_share[near,work]=0.4478",
    "exits.destination_share[middle,work]=0.3502",
    "exits.destination_share[compound,work]=0.09335",
)
"""Makes room for as many to a firm of their own as a test of that needs."""

HANDOVER = "measures.handover_months[*]"
SHARE_BASES = ("people", "budget", "staff_and_purchases")


def only(measure: str, begins: date = date(2008, 1, 1), until: date | None = None) -> tuple[str, ...]:
    """Return settings under which one measure is there, and has all the places there are of its kind."""
    weights = [
        {"from": begins.replace(year=2008, month=1), "measure": measure, "needs": needs, "value": 1}
        for needs in scenario().keys("people.needs")
    ]
    settings = (
        setting("measures.catalogue", **{measure: {"from": begins, "until": until}}),
        f"measures.referral_weight={written(weights)}",
        # what a wage or a price of nothing would hide
        f"measures.price_per_year[{measure}]={PRICE}",
    )
    if not CATALOGUE[measure]:
        return (*settings, f"measures.municipal_places[{measure}]=100", "levers.outsourcing_places=0")
    shares = (f"measures.place_share[{key}]={int(key == measure)}" for key in PROCURED)
    return (*settings, *shares)


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


@EACH
def test_places_are_given_within_the_measures_dates_only(measure: str) -> None:
    """From April to September: nobody before; nobody is given a place after, and those there finish."""
    history = history_of(*only(measure, date(2008, 4, 1), date(2008, 10, 1)), end="2009-12-31")
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


@EACH
def test_outside_its_dates_nobody_is_there(measure: str) -> None:
    history = history_of(*only(measure, date(2008, 11, 1)))
    stays = taken(history, measure)
    assert len(stays) > 0
    assert stays["begin"].min() >= 10.0


@EACH
def test_places_are_never_exceeded(measure: str) -> None:
    """Counted at every moment at which somebody comes or goes, in every office; and they are used."""
    history = history_of(*only(measure))
    stays = taken(history, measure)
    code = history.measures.index(measure)
    most = []
    for office in range(len(history.offices)):
        here = stays[stays["office"] == office]
        times = np.concatenate([here["end"], here["begin"]])
        change = np.repeat([-1, 1], len(here))
        # at the same moment those who leave go first
        used = np.cumsum(change[np.lexsort((change, times))])
        places = history.places[:, office, code]
        assert (places == places[0]).all()
        if places[0] == 0:  # an office with nobody of those whom the measure is open to
            assert len(here) == 0
            continue
        assert used.max() <= places[0]
        most.append(used.max() / places[0])
    assert max(most) == 1.0
    assert min(most) > 0.5


# --- money --------------------------------------------------------------------------------------------


@EACH
def test_its_price_is_on_its_line_and_on_no_other(measure: str) -> None:
    """The price doubled doubles the line to the bit, in every period, centre and segment."""
    settings = (*NOT_COMBINED, *only(measure))
    before, after = cube_of(*settings), cube_of(*settings, f"measures.price_per_year[{measure}]={2 * PRICE}")
    own = {f"measure_cost_{measure}", "procured_cost" if CATALOGUE[measure] else "own_measures_cost"}
    keys = [m.key for m in before.measures]
    assert all(before.cell(line) > 0 for line in own)
    for line in LINES:
        was, now = (found.values[keys.index(line)] for found in (before, after))
        assert np.array_equal(now, 2.0 * was if line in own else was, equal_nan=True), line
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


def aimed_at_from(history: History, measure: str) -> int:
    """Count exits where the measure leads, by people who are at it: to self-support, or to one part of it."""
    supports = scenario().table("people.destinations").by_key("self_support")
    towards = scenario().table("measures.catalogue").by_key("towards")[measure]
    codes = [
        code
        for code, key in enumerate(history.destinations)
        if (key == towards if towards else supports[key])
    ]
    stays = taken(history, measure)
    stays = stays[(stays["stage"] == Stage.MEASURE) & (stays["ended_by"] == EndedBy.EXIT)]
    return int(np.isin(stays["destination"], codes).sum())


@EACH
def test_twice_the_effect_is_more_exits_where_it_leads(measure: str) -> None:
    """Paired: more of those at the measure leave the way it leads; in no run fewer."""
    settings = (*only(measure), "exits.destination_share[*,self_employment]=0.2", *LESS_WORK)
    effect = 2.0 * scenario().array("measures.effect", (measure,))[0]
    whole = []
    for run in range(PAIRED_RUNS):
        before = history_of(*settings, run=run)
        after = history_of(*settings, f"measures.effect[{measure}]={effect}", run=run)
        pair = [aimed_at_from(history, measure) for history in (before, after)]
        assert pair[1] >= pair[0]
        whole.append(pair)
    was, now = np.sum(whole, axis=0)
    assert now > 1.2 * was > 0


@EACH
def test_its_effect_is_nobodys_who_never_had_it(measure: str) -> None:
    """With no places anywhere, the effect moves not a bit."""
    none = (*only(measure), "levers.outsourcing_places=0", "measures.municipal_places[*]=0")
    before, after = history_of(*none), history_of(*none, f"measures.effect[{measure}]=2")
    assert before.stays.tobytes() == after.stays.tobytes()


# --- who it is open to, and what it is made of ----------------------------------------------------------


def test_it_is_open_to_whom_its_tables_say() -> None:
    """Every measure with all places to itself: nobody of another group or age is ever at it."""
    which = scenario()
    groups, ages = which.keys("people.groups"), which.keys("people.age_bands")
    by_group = which.array("measures.open_to_group", MEASURES, groups)
    by_age = which.array("measures.open_to_age", MEASURES, ages)
    limited = 0
    for measure, of_group, of_age in zip(MEASURES, by_group, by_age, strict=True):
        history = history_of(*only(measure))
        people = history.people[taken(history, measure)["person"]]
        assert len(people) > 0
        assert (of_group[people["group"]] > 0).all()
        assert (of_age[people["age"]] > 0).all()
        limited += not (of_group.all() and of_age.all())
    assert limited >= 4


def test_merit_is_for_16_to_29_filur_for_16_to_24_and_recruitment_for_newcomers() -> None:
    which = scenario()
    ages, groups = which.keys("people.age_bands"), which.keys("people.groups")
    merit, filur = which.array("measures.open_to_age", ("merit", "filur"), ages)
    assert [age for age, is_open in zip(ages, merit, strict=True) if is_open] == ["16-24", "25-29"]
    assert [age for age, is_open in zip(ages, filur, strict=True) if is_open] == ["16-24"]
    (recruitment,) = which.array("measures.open_to_group", ("recruitment_programme",), groups)
    opened = {group for group, is_open in zip(groups, recruitment, strict=True) if is_open}
    assert "newcomer" in opened
    assert not opened & {"unemployed", "sfi"}


def test_whom_everything_is_shut_to_is_coached_on() -> None:
    """Shut to all, places stand empty and people leave as if there were none; nobody is lost."""
    rows = [
        {"measure": "procured_coaching", "age_band": age, "value": 0}
        for age in scenario().keys("people.age_bands")
    ]
    history = history_of(*only("procured_coaching"), f"measures.open_to_age={written(rows)}")
    assert len(taken(history, "procured_coaching")) == 0
    without = history_of("levers.outsourcing_places=0", "measures.municipal_places[*]=0")
    assert history.stays.tobytes() == without.stays.tobytes()


def test_filur_is_for_those_enrolled_for_half_a_year() -> None:
    history = history_of(*only("filur"), end="2009-12-31")
    (code,) = [k for k, key in enumerate(history.measures) if key == "filur"]
    stays = history.stays
    since = np.full(len(history.people), np.nan)
    since[history.people["initial"]] = -history.people["elapsed"][history.people["initial"]]
    enrolled = []
    for stay in stays:
        if stay["stage"] in (Stage.REFERRED, Stage.OUTSIDE):
            since[stay["person"]] = stay["end"]
        elif stay["measure"] == code and stay["begin"] > 0.0:
            enrolled.append(stay["begin"] - since[stay["person"]])
    assert len(enrolled) > 50
    assert min(enrolled) >= scenario().table("measures.catalogue").by_key("least_months")["filur"] == 6


def test_measures_side_by_side_multiply_their_effects_and_take_the_largest_share() -> None:
    """A combination of two with shares 0.5 and 1, effects 1.2 and 1.5, prices 10 and 20 thousand."""
    combined = (
        "measures.combination[combined_support,vocational_course]=0",
        "measures.own_staff_share[language_support]=0.5",
        "measures.effect[language_support]=1.2",
        "measures.effect[individual_matching]=1.5",
        "measures.effect[combined_support]=1.1",
        "measures.during_factor[language_support,work]=0.5",
        "measures.during_factor[individual_matching,work]=0.8",
        "measures.price_per_year[language_support]=10000",
        "measures.price_per_year[individual_matching]=20000",
        "measures.price_per_year[combined_support]=3000",
    )
    which = scenario(*combined)
    code = MEASURES.index("combined_support")
    assert own_staff_share(which)[code] == 1.0
    assert measure_price(which)[code] == 33_000.0
    effect = combined_product(which, which.array("measures.effect", MEASURES))
    assert effect[code] == pytest.approx(1.1 * 1.2 * 1.5)
    during = combined_product(which, which.array("measures.during_factor", MEASURES, ("work", "other")))
    assert during[code].tolist() == pytest.approx([0.4, 1.0])
    others = [k for k in range(len(MEASURES)) if k != code]
    assert (effect[others] == which.array("measures.effect", MEASURES)[others]).all()


def test_a_combination_in_a_run_holds_what_its_parts_would() -> None:
    """The shipped one takes a whole slot (individual matching does) and costs what its parts cost."""
    settings = only("combined_support")
    found, history = cube_of(*settings), history_of(*settings)
    stays = taken(history, "combined_support")
    on_day_one = int((stays["begin"] == 0.0).sum())
    assert on_day_one > 50
    alone = history_of(*settings, *NOT_COMBINED)
    held = [h.office_months["held"][0].sum() for h in (history, alone)]
    assert held[0] - held[1] == on_day_one
    months = (np.minimum(stays["end"], history.months) - stays["begin"]).sum()
    price = (
        PRICE + scenario().array("measures.price_per_year", ("vocational_course", "language_support")).sum()
    )
    assert found.cell("measure_cost_combined_support") == pytest.approx(months * price / 12 / 1e6)


def test_stockholm_matchning_costs_its_line_of_the_budget_whoever_takes_part() -> None:
    """Its 2.0 MSEK are city-wide; a place there costs nothing on top."""
    weights = ("measures.referral_weight[procured_coaching,near]=0.6",)
    weights += ("measures.referral_weight[stockholm_matchning,near]=0.1",)
    places = "measures.municipal_places[stockholm_matchning]=100"
    without, found = cube_of(), cube_of(*weights, places)
    assert without.cell("stockholm_matchning_starts") == 0 < found.cell("stockholm_matchning_starts")
    for one in (without, found):
        assert one.cell("measure_cost_stockholm_matchning") == 0
        assert one.cell("city_wide_cost") == pytest.approx(9.4 + 2.0)
    dearer = cube_of("budget.plan_2008[stockholm_matchning,sydvast]=4")
    assert dearer.cell("city_wide_cost") == pytest.approx(9.4 + 4.0)


def test_every_measures_cost_is_in_a_line() -> None:
    """Procured ones add up to procured services, the City's own to theirs, beside the budget's own line."""
    settings = (
        JOBS_FROM_THE_START,
        "measures.municipal_places[work_training]=50",
        "measures.municipal_places[sfi_course]=50",
        "measures.price_basis=person_start",
    )
    for used in (settings, settings[:-1]):
        found = cube_of(*used)
        costs = {key: found.cell(f"measure_cost_{key}") for key in MEASURES}
        assert sum(costs[key] for key in PROCURED) == pytest.approx(found.cell("procured_cost"))
        own = sum(costs[key] for key in MEASURES if key not in PROCURED)
        assert own == pytest.approx(found.cell("own_measures_cost"))


# --- own staff's part of the work ---------------------------------------------------------------------


@EACH
def test_own_staffs_share_is_what_a_participant_holds_of_a_slot(measure: str) -> None:
    """On the first day exactly: nobody's place depends on the share, so only the slots differ."""
    settings = (*NOT_COMBINED, *only(measure))
    found = {
        share: history_of(*settings, f"measures.own_staff_share[{measure}]={share}") for share in (0, 0.5, 1)
    }
    held = {share: history.office_months["held"][0].sum() for share, history in found.items()}
    stays = taken(found[1], measure)
    there = int((stays["begin"] == 0.0).sum())
    assert there > 30
    assert held[1] - held[0] == there
    assert held[1] - held[0.5] == there / 2


@EACH
def test_a_larger_share_of_own_staffs_work_is_a_higher_caseload(measure: str) -> None:
    settings = (*NOT_COMBINED, *only(measure))
    low, middle, high = (
        cube_of(*settings, f"measures.own_staff_share[{measure}]={share}").cell("caseload")
        for share in (0, 0.5, 1)
    )
    assert low < middle < high


# --- handover -----------------------------------------------------------------------------------------


def test_a_handover_lasts_as_long_as_it_says_and_only_providers_have_one() -> None:
    history = history_of(f"{HANDOVER}=1.5", *ALL_PROCURED)
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
    for (referred, who_came), share in ((fewer, 0.5), (more, 0.7)):
        four_standard_errors = 4.0 * np.sqrt(share * (1.0 - share) / len(referred))
        assert len(who_came) / len(referred) == pytest.approx(share, abs=four_standard_errors)


def test_longer_assessments_hold_more_slots() -> None:
    """Assessment is own staff's, in a full slot: more people are in it, and no fewer slots are held."""
    short, long = (cube_of(f"intake.assessment_months={months}") for months in (0.25, 1.5))
    assert long.cell("in_assessment") > short.cell("in_assessment")
    assert long.cell("in_measures") <= short.cell("in_measures") + 1
