"""Follow-up: by target group, centre and tertial, every table adds up to what the measures say."""

from __future__ import annotations

import numpy as np
import pytest

from sim.economy.followup import INDICATORS, follow_up
from sim.experiment.run import measure, simulate
from sim.flow import EndedBy, Stage
from sim.outcomes import ALL
from sim.parameters import month_index
from tests.flow.limits import scenario

JOBS = "measures.municipal_places[*]=100"
PAPERS_GROUPS = ("unemployed", "sfi", "newcomer")
"""The target groups of DET2007's table."""

PLAN = scenario(JOBS, "staff.factor=0.9", end="2010-06-30")


@pytest.fixture(scope="module")
def history():
    return simulate(PLAN, 2, 7)


@pytest.fixture(scope="module")
def cube(history):
    return measure(PLAN, history)


@pytest.fixture(scope="module")
def followed(history):
    return follow_up(PLAN, history)


def same(ours, theirs, counted: bool) -> None:
    """Counts to the last one; sums of parts of months and of money as floats add up."""
    if counted:
        assert np.array_equal(ours, theirs, equal_nan=True)
    else:
        assert ours == pytest.approx(theirs, rel=1e-11, abs=1e-9, nan_ok=True)


def test_all_groups_together_are_the_measures_of_the_run(followed, cube):
    """Every measure that follow-up has, in every tertial, year and centre, and for every kind of needs."""
    keys = {m.key: place for place, m in enumerate(cube.measures)}
    periods = [place for place, p in enumerate(cube.periods) if p.kind in ("tertial", "year", "total")]
    compared = 0
    for needs, found in followed.cubes.items():
        segment = cube.segments.index(needs)
        for place, one in enumerate(found.measures):
            if needs != ALL and not one.by_segment:
                continue
            theirs = cube.values[keys[one.key]][periods][:, :, segment]
            counted = one.unit in ("people", "spells") and one.quantity != "stock"
            same(found.values[place, :, :, -1], theirs, counted)
            compared += 1
    assert compared > 150


def test_groups_and_needs_add_up(followed):
    for place, one in enumerate(followed.cubes[ALL].measures):
        if one.quantity in ("ratio", "quantile") or not one.by_segment:
            continue
        counted = one.unit in ("people", "spells") and one.quantity != "stock"
        by_needs = []
        for needs, found in followed.cubes.items():
            values = found.values[place]
            same(values[..., :-1].sum(axis=-1), values[..., -1], counted)
            by_needs.append(values if needs != ALL else -values)
        same(sum(by_needs) + 0.0, 0.0 * by_needs[0], counted)


def test_every_indicator_is_there_and_says_something(followed):
    keys = [m.key for m in followed.cubes[ALL].measures]
    assert set(INDICATORS) <= set(keys)
    targeted = PLAN.table("people.target_group").columns
    people = {group for group, size in zip(targeted["group"], targeted["value"], strict=True) if size}
    assert len(people) == 3
    for key in INDICATORS:
        for group in (*people, ALL):
            assert followed.cell(key, group=group) > 0.0, (key, group)
    for group in set(followed.groups) - people - {ALL}:  # nobody comes beside the target group in the plan
        assert followed.cell("stock", group=group) == 0.0


def test_a_groups_results_are_counted_from_its_own_people(followed, history):
    """By hand from the stays, for newcomers in Järva in the second tertial of 2009."""
    first = month_index(PLAN.start.replace(year=2009, month=5), PLAN.start)
    stays = history.stays
    people = history.people[stays["person"]]
    mine = (people["group"] == history.groups.index("newcomer")) & (
        history.office_centre[stays["office"]] == history.centres.index("jarva")
    )
    now = (stays["end"] >= first) & (stays["end"] < first + 4)
    gone = stays[mine & now & (stays["stage"] != Stage.OUTSIDE) & (stays["destination"] >= 0)]
    where = {"period": "2009-T2", "centre": "jarva", "group": "newcomer"}
    assert followed.cell("exits", **where) == len(gone) > 50
    supports = PLAN.table("people.destinations").by_key("self_support")
    ours = [supports[history.destinations[code]] for code in gone["destination"]]
    assert followed.cell("self_support_share_of_exits", **where) == pytest.approx(np.mean(ours))
    came = mine & now & (stays["ended_by"] == EndedBy.ENROLLED)
    assert followed.cell("enrolments", **where) == came.sum()
    job = history.measures.index("temporary_job")
    begun = mine & (stays["stage"] == Stage.MEASURE) & (stays["measure"] == job)
    begun &= (stays["begin"] >= first) & (stays["begin"] < first + 4)
    assert followed.cell("temporary_job_starts", **where) == begun.sum() > 0


def test_compound_needs_are_followed_for_eighteen_months_by_group(followed, history):
    """The City's indicator for them, from the people themselves."""
    stays, people = history.stays, history.people
    came = stays[(stays["ended_by"] == EndedBy.ENROLLED) & (stays["end"] + 18.0 <= history.months)]
    first_exit = np.full(len(people), np.inf)
    gone = stays[(stays["spell"] == 0) & (stays["stage"] != Stage.OUTSIDE) & (stays["destination"] >= 0)]
    first_exit[gone["person"]] = gone["end"]
    who = came["person"]
    compound = people["needs"][who] == history.needs.index("compound")
    for code, group in enumerate(history.groups):
        mine = compound & (people["group"][who] == code)
        if not mine.any():
            continue
        in_time = first_exit[who[mine]] - came["end"][mine] <= 18.0
        found = followed.cell("closed_within_18_months", group=group, needs="compound")
        assert found == pytest.approx(in_time.mean() if len(in_time) else np.nan, nan_ok=True)
        assert len(in_time) > 0 or group not in PAPERS_GROUPS


def test_results_cost_and_assistance_hang_together(followed):
    cost = followed.cell("programme_cost") * 1e6
    exits = followed.cell("exits") * followed.cell("self_support_share_of_exits")
    assert followed.cell("programme_cost_per_exit") == pytest.approx(cost / exits)


def test_the_table_has_a_row_for_each_defined_cell(followed):
    table = followed.table()
    assert list(table.columns) == ["group", "centre", "tertial", "measure", "unit", "value"]
    assert not table["value"].isna().any()
    assert sorted(table["tertial"].unique()) == [
        *(f"{year}-T{number}" for year in (2008, 2009) for number in (1, 2, 3)),
        "2010-T1",
    ]
    row = table[(table["measure"] == "exits") & (table["group"] == "sfi") & (table["centre"] == "sydost")]
    assert row[row["tertial"] == "2008-T3"]["value"].tolist() == [
        followed.cell("exits", "2008-T3", "sydost", "sfi")
    ]
    compound = followed.table("total", "compound")
    assert list(compound.columns)[2] == "total"
    exits = compound[(compound["measure"] == "exits") & (compound["group"] == "all")]
    assert exits[exits["centre"] == "all"]["value"].tolist() == [followed.cell("exits", needs="compound")]
