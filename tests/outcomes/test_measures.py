"""Measures: how months become periods, offices centres, and what is not defined stays undefined."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.flow.stages import EndedBy, Stage
from sim.outcomes import ALL, Measure, count, evaluate, people_measures, tidy
from sim.parameters.calendar import periods
from tests.outcomes.build import (
    AFTER_EXIT,
    DESTINATIONS,
    MEASURES,
    OTHER,
    OWN_SHARE,
    SELF_SUPPORT,
    SOME,
    WORK,
    Builder,
    histories,
)

CATALOGUE = people_measures(DESTINATIONS, MEASURES)


def cube_of(history):
    tallies = count(history, OWN_SHARE, SELF_SUPPORT, AFTER_EXIT)
    return evaluate(tallies, periods(history.start, history.months), CATALOGUE)


@pytest.fixture(scope="module")
def cube():
    city = Builder(months=24)
    stock = city.person(office=1, needs=0, initial=True)
    city.stay(stock, Stage.COACHING, 0.0, 6.0, EndedBy.EXIT, destination=WORK)
    city.stay(stock, Stage.OUTSIDE, 6.0, 24.0, EndedBy.UNFINISHED, destination=WORK)
    new = city.person(office=2, needs=1)
    city.enrol(new, 1.0)
    city.stay(new, Stage.WAITING, 1.0, 2.0, EndedBy.SLOT)
    city.stay(new, Stage.COACHING, 2.0, 14.0, EndedBy.EXIT, destination=OTHER)
    city.stay(new, Stage.OUTSIDE, 14.0, 24.0, EndedBy.UNFINISHED, destination=OTHER)
    city.posts = np.full((24, 3, 2), 0.5)
    return cube_of(city.history())


def test_a_stock_is_the_mean_of_its_months(cube):
    assert cube.cell("stock", "2008-01") == 1
    assert cube.cell("stock", "2008-T1") == (1 + 2 + 2 + 2) / 4
    assert cube.cell("stock", "2008") == (6 + 11) / 12
    assert cube.cell("stock") == (6 + 11 + 2) / 24
    assert cube.cell("waiting", "2008-02") == 1


def test_a_flow_adds_up(cube):
    assert cube.cell("exits", "2008") == 1
    assert cube.cell("exits") == 2
    assert cube.cell("exits_work") == cube.cell("exits_other") == 1
    assert cube.cell("enrolments", "2008-02", "south", "far") == 1


def test_offices_make_centres_and_centres_the_city(cube):
    assert cube.centres == ("north", "south", ALL)
    assert cube.segments == ("near", "far", ALL)
    assert cube.cell("stock", centre="north") == 0
    assert cube.cell("stock", centre="south") == cube.cell("stock")
    assert cube.cell("stock", segment="near") == 6 / 24


def test_a_ratio_is_a_ratio_of_sums_and_undefined_over_nothing(cube):
    assert cube.cell("wait_days", "2008") == 29.0  # February 2008
    assert np.isnan(cube.cell("wait_days", "2009"))
    assert np.isnan(cube.cell("wait_days", "2008", "north"))
    # cases: 6 months of one, 12 of the other, on three offices' half posts
    assert cube.cell("caseload") == 18 / (24 * 1.5)
    assert cube.cell("posts") == 3.0
    assert cube.cell("posts", centre="north") == 1.0


def test_people_and_shares_of_them_are_of_years(cube):
    assert cube.cell("aspirants_year", "2008") == 2
    assert cube.cell("aspirants_year", "2009", "south", "far") == 1
    assert cube.cell("self_support_share_year", "2008") == 0.5
    assert cube.cell("self_support_share_year", "2009") == 0
    for period in ("2008-01", "2008-T1", "total"):
        assert np.isnan(cube.cell("aspirants_year", period))
        assert np.isnan(cube.cell("self_support_share_year", period))


def test_what_has_no_segments_is_told_for_all_only(cube):
    assert np.isnan(cube.cell("posts", segment="near"))
    assert np.isnan(cube.cell("caseload", segment="far"))


def test_a_table_has_no_row_for_what_is_not_defined(cube):
    rows = tidy(cube)
    assert list(rows.columns) == ["measure", "unit", "centre", "segment", "period", "value"]
    assert not rows["value"].isna().any()
    assert len(rows) == np.isfinite(cube.values).sum()
    waits = rows[(rows["measure"] == "wait_days") & (rows["period"] == "2009")]
    assert waits.empty
    row = rows[
        (rows["measure"] == "exits") & (rows["period"] == "total") & (rows["centre"] == ALL)
    ].set_index("segment")
    assert row.loc[ALL, "value"] == 2
    assert row.loc[ALL, "unit"] == "spells"


def test_an_unknown_key_is_named(cube):
    with pytest.raises(KeyError, match="There is no west here, only: north, south, all"):
        cube.cell("stock", centre="west")


def test_keys_are_said_once_and_data_make_their_own_measures():
    keys = [measure.key for measure in CATALOGUE]
    assert len(keys) == len(set(keys))
    assert {"exits_work", "exits_other", "course_starts", "job_starts", "outside_work"} <= set(keys)


def test_only_a_ratio_has_a_denominator():
    with pytest.raises(ValueError, match="Measure odd"):
        Measure("odd", "people", "flow", ("exits",), ("returns",))
    with pytest.raises(ValueError, match="Measure odd"):
        Measure("odd", "share", "ratio", ("exits",))


def test_a_measure_of_nothing_counted_is_refused(cube):
    tallies = count(Builder(12, people=[{}]).history(), OWN_SHARE, SELF_SUPPORT, AFTER_EXIT)
    with pytest.raises(KeyError, match="kr_staff"):
        evaluate(tallies, cube.periods[:1], [Measure("staff_cost", "MSEK", "flow", ("kr_staff",))])


@SOME
@given(histories(months=24), st.sampled_from([m for m in CATALOGUE if m.quantity in ("flow", "stock")]))
def test_parts_make_the_whole(history, measure):
    """Segments make all, centres the city, months the year, years the total: exactly, for what is counted."""
    cube = cube_of(history)
    index = cube.measures.index(measure)
    values = cube.values[index]
    if measure.by_segment:
        np.testing.assert_allclose(values[:, :, :-1].sum(axis=2), values[:, :, -1], rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(values[:, :-1].sum(axis=1), values[:, -1], rtol=1e-12, atol=1e-12)
    weight = {p.key: p.months if measure.quantity == "stock" else 1 for p in cube.periods}
    parts = {
        kind: sum(values[i, :, -1] * weight[p.key] for i, p in enumerate(cube.periods) if p.kind == kind)
        for kind in ("month", "tertial", "year", "total")
    }
    for kind in ("tertial", "year", "total"):
        np.testing.assert_allclose(parts[kind], parts["month"], rtol=1e-12, atol=1e-12)
