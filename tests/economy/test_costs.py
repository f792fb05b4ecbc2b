"""Kronor against sums done by hand, and the lines against the whole."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.economy import NET, PROGRAMME, account, catalogue, costs, price_index
from sim.economy.costs import share_out
from sim.flow.stages import EndedBy, Stage
from sim.outcomes import ALL, balance, evaluate, tally
from sim.parameters.calendar import periods
from sim.parameters.scenario import Table
from tests.economy.build import goes_to, scenario, table
from tests.outcomes.build import COURSE, DESTINATIONS, JOB, MEASURES, OTHER, SOME, WORK, Builder, histories

UNEMPLOYED, NEWCOMER = range(2)
NEAR, FAR = range(2)
NORTH, HILL, BAY, CITY = range(4)


def lines_of(city, **changes):
    history = city.history()
    world = scenario(city.months, city.start, **changes)
    return costs(world, history, tally(world, history))


def leaving_at(months, group=UNEMPLOYED, stage=Stage.COACHING, measure=-1, destination=WORK):
    """A city of one person, enrolled from the start, who leaves for good."""
    city = Builder(months=24)
    person = city.person(group=group, initial=True)
    city.stay(person, stage, 0.0, months, EndedBy.EXIT, measure, destination)
    city.stay(person, Stage.OUTSIDE, months, 24.0, EndedBy.UNFINISHED, destination=destination)
    return city


# --- benefit -------------------------------------------------------------------------------------------


def test_benefit_while_enrolled():
    # 8,000 × 0.5 adults' part × 0.5 of months = 2,000 a month
    lines = lines_of(leaving_at(2.5))
    assert lines["kr_benefit_enrolled"][:3, NORTH, NEAR].tolist() == [2000.0, 2000.0, 1000.0]
    assert lines["kr_benefit_enrolled"].sum() == 5000.0


def test_a_newcomers_benefit_is_split_between_the_city_and_the_state():
    # 8,000 × 0.5 × 1 × 1.25 = 5,000 a month, 80 % of it the state's
    lines = lines_of(leaving_at(2.0, NEWCOMER))
    assert lines["kr_benefit_enrolled"].sum() == pytest.approx(2 * 1000.0, rel=1e-12)
    after = 3 * 5000.0 * 0.1
    assert lines["kr_state_refund"].sum() == pytest.approx((2 * 5000.0 + after) * 0.8, rel=1e-12)


@pytest.mark.parametrize(("destination", "share"), [(WORK, 0.1), (OTHER, 0.5)])
def test_benefit_after_an_exit_for_three_months_by_destination(destination, share):
    lines = lines_of(leaving_at(2.5, destination=destination))
    assert lines["kr_benefit_after_exit"][2:7, NORTH, NEAR] == pytest.approx(
        2000.0 * share * np.array([0.5, 1.0, 1.0, 0.5, 0.0])
    )
    assert lines["kr_benefit_after_exit"].sum() == pytest.approx(3 * 2000.0 * share)


def test_a_temporary_job_pays_a_wage_and_no_benefit():
    lines = lines_of(leaving_at(2.5, stage=Stage.MEASURE, measure=JOB))
    assert lines["kr_benefit_enrolled"].sum() == 0.0
    assert lines["kr_own_measures"][:3, NORTH, NEAR].tolist() == [10_000.0, 10_000.0, 5_000.0]
    assert lines["kr_procured"].sum() == 0.0


def test_at_a_procured_measure_benefit_goes_on():
    lines = lines_of(leaving_at(2.5, stage=Stage.MEASURE, measure=COURSE))
    assert lines["kr_benefit_enrolled"].sum() == 5000.0
    assert lines["kr_own_measures"].sum() == 0.0


def test_who_never_came_costs_nothing():
    city = Builder(months=12)
    city.stay(city.person(), Stage.REFERRED, 1.5, 1.5, EndedBy.NO_SHOW)
    lines = lines_of(city)
    assert lines["kr_benefit_enrolled"].sum() == lines["kr_benefit_after_exit"].sum() == 0.0


# --- offices -------------------------------------------------------------------------------------------


def test_staff_costs_what_a_post_costs_at_its_centre():
    city = leaving_at(2.0)
    city.posts = np.tile([[2.0, 0.5], [1.0, 0.0], [0.0, 0.25]], (24, 1, 1))
    lines = lines_of(city)
    assert lines["kr_staff"][0].sum(axis=1) == pytest.approx([2.5 * 40_000, 50_000, 0.25 * 50_000, 0.0])
    assert lines["kr_other"][0].sum(axis=1) == pytest.approx([2_500, 1_000, 250, 0.0])


def test_premises_are_the_budgets_line_split_by_rent():
    lines = lines_of(leaving_at(2.0))
    # south's 1.2 MSEK: hill 3/12, bay 9/12 of the rents
    assert lines["kr_premises"][5].sum(axis=1) == pytest.approx([50_000, 25_000, 75_000, 0.0])


def test_an_office_that_opens_later_adds_its_rent_from_then_on():
    """The bay opens in July: until then the hill stands for the south's line, and afterwards too."""
    old, new = goes_to(("north", "north"), ("south", "hill")), date(2008, 7, 1)
    columns = {
        name: (*old.columns[name], *goes_to(("north", "north"), ("south", "bay"), since=new).columns[name])
        for name in old.columns
    }
    city = Builder(months=12)
    city.stay(city.person(initial=True), Stage.COACHING, 0.0, 12.0, EndedBy.UNFINISHED)
    lines = lines_of(city, organisation__office_share=replace(old, columns=columns))
    rents = lines["kr_premises"].sum(axis=2)
    assert rents[5] == pytest.approx([50_000, 100_000, 0.0, 0.0])
    assert rents[6] == pytest.approx([50_000, 100_000, 75_000, 0.0])


def test_marginal_premises_follow_posts_above_and_below_the_plan():
    city = leaving_at(2.0)
    city.posts = np.tile([[4.0, 1.0], [1.0, 0.0], [2.0, 0.0]], (24, 1, 1))  # plan: 3 and 5
    lines = lines_of(city, costs__premises_mode="marginal")
    by_office = lines["kr_premises"][0].sum(axis=1)
    assert by_office[NORTH] == pytest.approx(50_000 + 2 * 5_000)
    assert by_office[HILL] + by_office[BAY] == pytest.approx(100_000 - 2 * 5_000)


def test_an_offices_lines_follow_its_slots():
    city = Builder(months=12)
    for needs, share in ((NEAR, 1.0), (FAR, 0.5)):
        person = city.person(needs=needs, initial=True)
        stage = Stage.COACHING if share == 1.0 else Stage.MEASURE
        city.stay(person, stage, 0.0, 12.0, EndedBy.UNFINISHED, -1 if share == 1.0 else COURSE)
    staff = lines_of(city)["kr_staff"]
    assert staff[0, NORTH] == pytest.approx(2 * 40_000 * np.array([2 / 3, 1 / 3]))
    # nobody at the other offices: shared equally
    assert staff[0, HILL].tolist() == [50_000.0, 50_000.0]


def test_without_slots_the_lines_follow_the_stock():
    city = Builder(months=12)
    for needs in (NEAR, FAR, FAR, FAR):
        person = city.person(needs=needs)
        city.enrol(person, 0.0)
        city.stay(person, Stage.WAITING, 0.0, 12.0, EndedBy.UNFINISHED)
    assert lines_of(city)["kr_staff"][3, NORTH] == pytest.approx(80_000 * np.array([0.25, 0.75]))


# --- measures ------------------------------------------------------------------------------------------


def at_course():
    """Two at a course from the start; one leaves it early, one starts again."""
    city = Builder(months=12)
    for needs in (NEAR, FAR):
        person = city.person(needs=needs, initial=True)
        city.stay(person, Stage.MEASURE, 0.0, 1.5, EndedBy.MEASURE_END, COURSE)
        if needs == FAR:
            city.stay(person, Stage.COACHING, 1.5, 12.0, EndedBy.UNFINISHED)
        else:
            city.stay(person, Stage.COACHING, 1.5, 3.0, EndedBy.PLACED)
            city.stay(person, Stage.MEASURE, 3.0, 4.0, EndedBy.EXIT, COURSE, WORK)
            city.stay(person, Stage.OUTSIDE, 4.0, 12.0, EndedBy.UNFINISHED, destination=WORK)
    city.places = np.zeros((12, 3, 2))
    city.places[:, NORTH, COURSE] = 5.0
    city.places[:, BAY, COURSE] = 2.0
    city.places[:, NORTH, JOB] = 3.0  # municipal places are paid as they are used
    return city


def test_places_bought_are_paid_for_filled_or_not():
    lines = lines_of(at_course())
    assert lines["kr_procured"].sum(axis=2)[0].tolist() == [10_000.0, 0.0, 4_000.0, 0.0]
    assert lines["kr_procured"].sum() == pytest.approx(12 * 14_000)
    assert lines["places_procured"][:, :].tolist() == [[5.0, 0.0, 2.0, 0.0]] * 12


def test_purchases_fall_on_those_who_attend_else_on_the_stock():
    procured = lines_of(at_course())["kr_procured"]
    assert procured[0, NORTH].tolist() == [5_000.0, 5_000.0]
    assert procured[3, NORTH].tolist() == [10_000.0, 0.0]
    assert procured[2, NORTH].tolist() == [5_000.0, 5_000.0]  # nobody attends; both are enrolled
    assert procured[5, NORTH].tolist() == [0.0, 10_000.0]
    assert procured[0, BAY].tolist() == [2_000.0, 2_000.0]  # nobody is enrolled


def test_paid_per_person_every_start_costs_the_price():
    procured = lines_of(at_course(), measures__price_basis="person_start")["kr_procured"]
    # opening: 24,000 for six months, by the month; the start in month 3: 24,000, though left after one month
    assert procured[:5, NORTH].tolist() == [[4_000, 4_000], [2_000, 2_000], [0, 0], [24_000, 0], [0, 0]]
    assert procured.sum() == 12_000 + 24_000


# --- the city-wide organisation ------------------------------------------------------------------------


def test_city_wide_lines_stand_on_their_own_row_and_follow_slots():
    lines = lines_of(at_course())
    assert lines["kr_city_wide"][:, :CITY].sum() == 0.0
    assert lines["kr_city_wide"].sum() == pytest.approx(2_400_000)
    # month 5: only the one with compound needs is left
    assert lines["kr_city_wide"][5, CITY].tolist() == [0.0, 200_000.0]


# --- shares and wholes ---------------------------------------------------------------------------------

AMOUNTS = st.floats(0.0, 1e7, allow_nan=False)
WEIGHTS = st.lists(st.one_of(st.just(0.0), st.floats(1e-6, 1e6)), min_size=3, max_size=3)


@given(AMOUNTS, WEIGHTS, WEIGHTS)
def test_what_is_shared_out_adds_up(amount, first, second):
    parts = share_out(np.array([amount]), np.array([first]), np.array([second]))
    assert parts.sum() == pytest.approx(amount, rel=1e-12)
    leading = first if sum(first) else second if sum(second) else [1.0, 1.0, 1.0]
    assert parts[0] == pytest.approx(amount * np.array(leading) / sum(leading), rel=1e-12)


@SOME
@given(histories(months=24))
@pytest.mark.parametrize("basis", ["place_year", "person_start"])
def test_lines_parts_and_wholes_agree_in_any_history(basis, history):
    world = scenario(24, measures__price_basis=basis)
    tallies = account(world, history, tally(world, history))
    cube = evaluate(tallies, periods(history.start, 24), catalogue(DESTINATIONS, MEASURES))
    assert (balance(history).missing == 0).all()
    # offices' lines are what posts, rents and places say, whoever is there
    staff = tallies.amounts["kr_staff"].sum(axis=2)
    assert staff[:, :CITY] == pytest.approx(np.tile([80_000.0, 100_000.0, 100_000.0], (24, 1)))
    money = [m for m in cube.measures if m.unit == "MSEK" and m.quantity == "flow" and m.by_segment]
    for measure in money:
        values = cube.values[cube.measures.index(measure)]
        defined = ~np.isnan(values[:, -1, -1])
        if measure.by_segment:
            segments = values[defined][:, :, :-1].sum(axis=2)
            # equal but for the last bit, which the scale from kr to MSEK rounds
            np.testing.assert_allclose(segments, values[defined][:, :, -1], rtol=1e-14)
        kinds = {p.kind for p in cube.periods} & set(measure.kinds)
        sums = [
            sum(values[i, -1, -1] for i, p in enumerate(cube.periods) if p.kind == kind) for kind in kinds
        ]
        assert sums == pytest.approx([sums[0]] * len(sums), rel=1e-12)
    for segment in cube.segments:
        parts = {key: cube.cell(key, segment=segment) for key in LINES}
        assert parts["programme_cost"] == pytest.approx(sum(parts[key] for key in PROGRAMME_LINES), rel=1e-12)
        assert parts["net_cost"] == pytest.approx(
            parts["programme_cost"] + parts["benefit_cost"] + parts["own_measures_cost"], rel=1e-12
        )
    for whole in {key for m in cube.measures for key in m.adds_to}:
        lines = [m.key for m in cube.measures if whole in m.adds_to]
        assert sum(cube.cell(key) for key in lines) == pytest.approx(cube.cell(whole), rel=1e-12)
    by_measure = [cube.cell(f"measure_cost_{key}") for key in MEASURES]
    bought = cube.cell("procured_cost"), cube.cell("own_measures_cost")
    assert by_measure == pytest.approx(bought, rel=1e-12)
    # a centre's figures leave the city-wide organisation out
    centres = sum(cube.cell("net_cost", centre=centre) for centre in ("north", "south"))
    assert centres + cube.cell("city_wide_cost") == pytest.approx(cube.cell("net_cost"), rel=1e-12)


PROGRAMME_LINES = ("staff_cost", "premises_cost", "procured_cost", "other_cost", "city_wide_cost")
LINES = (*PROGRAMME_LINES, "programme_cost", "benefit_cost", "own_measures_cost", "net_cost")


def test_every_line_is_in_the_net_cost_once():
    assert len(NET) == len(set(NET)) == 8
    assert set(PROGRAMME) < set(NET)
    lines = lines_of(at_course())
    assert set(NET) < set(lines)


# --- prices and discounting ----------------------------------------------------------------------------


def test_prices_step_with_the_year_and_the_last_index_holds():
    world = scenario(40)
    wages, prices = price_index(world, "kr_staff"), price_index(world, "kr_premises")
    assert wages[[0, 11, 12, 24, 39]] == pytest.approx([1.0, 1.0, 1.05, 1.05**2, 1.05**3])
    assert prices[[0, 11, 12, 24, 39]] == pytest.approx([1.0, 1.0, 1.05, 1.05, 1.05])
    assert (price_index(world, "kr_own_measures") == wages).all()


def test_a_start_after_2008_is_still_in_the_prices_of_2008():
    world = scenario(12, date(2009, 1, 1))
    assert price_index(world, "kr_benefit_enrolled") == pytest.approx([1.05] * 12)


def test_current_prices_and_present_value_of_a_run():
    city = at_course()
    history, world = city.history(), scenario(12)
    tallies = account(world, history, tally(world, history), policy_time=6.0)
    cube = evaluate(tallies, periods(history.start, 12), catalogue(DESTINATIONS, MEASURES))
    net = np.array([cube.cell("net_cost", f"2008-{month:02d}") for month in range(1, 13)])
    years = np.maximum(np.arange(12) + 0.5 - 6.0, 0.0) / 12
    discounted = (net * 1.03**-years).sum()
    assert cube.cell("present_value") == pytest.approx(discounted + cube.cell("terminal_cost"), rel=1e-12)
    assert cube.cell("net_cost_current_prices") == pytest.approx(cube.cell("net_cost"), rel=1e-12)
    for key in ("present_value", "terminal_cost"):
        assert np.isnan(cube.cell(key, "2008"))


def test_each_line_is_brought_to_its_own_years_prices():
    city = leaving_at(24.0)
    city.stays = [(*city.stays[0][:4], EndedBy.UNFINISHED, -1, *city.stays[0][6:])]
    history, world = city.history(), scenario(24)
    tallies = account(world, history, tally(world, history))
    cube = evaluate(tallies, periods(history.start, 24), catalogue(DESTINATIONS, MEASURES))
    assert cube.cell("net_cost_current_prices", "2008") == cube.cell("net_cost", "2008")
    # 2009: pay 5 % above 2008 and, in this world, prices 10 %
    dearer = scenario(24, labour_market__series=series(200.0, 220.0))
    tallies = account(dearer, history, tally(dearer, history))
    cube = evaluate(tallies, periods(history.start, 24), catalogue(DESTINATIONS, MEASURES))
    staff = cube.cell("staff_cost", "2009")
    others = cube.cell("net_cost", "2009") - staff
    assert cube.cell("net_cost_current_prices", "2009") == pytest.approx(1.05 * staff + 1.1 * others)


def series(*cpi):
    """Return consumer prices from 2008 on."""
    years = tuple(range(2008, 2008 + len(cpi)))
    return Table({"series": ("cpi",) * len(cpi), "year": years, "value": cpi}, ("series", "year"), hold=True)


def test_three_meanings_of_a_share_outsourced():
    history, world = at_course().history(), scenario(12)
    tallies = account(world, history, tally(world, history))
    cube = evaluate(tallies, periods(history.start, 12), catalogue(DESTINATIONS, MEASURES))
    assert cube.cell("outsourced_people_share", "2008-01") == 7 / 2
    assert np.isnan(cube.cell("outsourced_people_share", segment="near"))
    procured, staff = 0.168, 12 * 0.28
    assert cube.cell("outsourced_staff_purchases_share") == pytest.approx(procured / (procured + staff))
    assert cube.cell("outsourced_budget_share") == pytest.approx(procured / cube.cell("programme_cost"))
    assert ALL in cube.centres


def test_a_line_of_the_budget_that_nobody_foresaw_is_city_wide():
    rows = [("premises", "north", 0.6), ("premises", "south", 1.2), ("guides", "north", 1.2)]
    lines = lines_of(at_course(), budget__plan_2008=table(("line", "centre"), rows))
    assert lines["kr_city_wide"].sum() == pytest.approx(1_200_000)
