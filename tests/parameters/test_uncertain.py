"""Draws: every uncertain number is a dimension, and a draw lands on a scenario where it belongs."""

from __future__ import annotations

import re
from datetime import date
from itertools import groupby

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.parameters import load_library
from sim.parameters.priors import Split, priors
from sim.parameters.uncertain import Dimension, Draw, DrawError, Ensemble, lay_draw

LIBRARY = load_library()
INFLOW = "people.inflow_per_year"
YEARS = tuple(date(year, 1, 1) for year in (2008, 2009, 2010))
DIMENSIONS = priors(LIBRARY, {INFLOW: Split(YEARS)})
PLAN = LIBRARY.resolve("plan-2008").scenario
HISTORY = LIBRARY.resolve("history-2008-2018").scenario


def laid(values, scenario=PLAN):
    chosen = [d for d in DIMENSIONS if d.name in values]
    return lay_draw(scenario, chosen, Draw(0, values))


def named(beginning):
    (found,) = [d for d in DIMENSIONS if d.name.startswith(beginning)]
    return found


def test_no_lever_is_ever_drawn():
    roles = {LIBRARY.passports[dimension.key].role for dimension in DIMENSIONS}
    assert roles == {"uncertainty"}


def test_every_range_of_what_nobody_can_set_is_a_dimension():
    with_range = {
        key
        for key, passport in LIBRARY.passports.items()
        if passport.role == "uncertainty"
        and (
            passport.range is not None
            or any(
                isinstance(row.cells.get("lower"), float) and row.cells["lower"] < row.cells["upper"]
                for row in LIBRARY.base.rows(key)
            )
        )
    }
    assert {dimension.key for dimension in DIMENSIONS} == with_range


def test_rows_that_say_the_same_are_one_belief():
    near = [d for d in DIMENSIONS if d.name.startswith("exits.elasticity[work") and d.mode == 0.15]
    assert len(near) == 1
    moved = laid({near[0].name: 0.25}).table("exits.elasticity").cells()
    assert {moved[cause, needs] for cause in ("work", "studies") for needs in ("near", "middle")} == {0.25}
    assert moved["work", "compound"] == 0.08


def test_a_draw_at_every_mode_leaves_the_plan_as_it_is():
    modes = {d.name: d.mode for d in DIMENSIONS}
    found, plan = lay_draw(PLAN, DIMENSIONS, Draw(0, modes)), PLAN
    for key, value in plan.values.items():
        if hasattr(value, "columns") and "value" in value.columns and key in {d.key for d in DIMENSIONS}:
            assert found.table(key).cells() == pytest.approx(value.cells(), abs=1e-12)
    assert list(found.series(INFLOW)) == list(plan.series(INFLOW))


@given(chances=st.lists(st.floats(0.0, 1.0), min_size=len(DIMENSIONS), max_size=len(DIMENSIONS)))
@settings(max_examples=60, deadline=None)
def test_any_draw_keeps_shares_whole_and_numbers_in_range(chances):
    drawn = {
        d.name: float(d.quantile(np.array(chance))) for d, chance in zip(DIMENSIONS, chances, strict=True)
    }
    for scenario in (PLAN, HISTORY):
        found = lay_draw(scenario, DIMENSIONS, Draw(0, drawn))
        for key in ("people.initial_needs_share", "people.inflow_needs_share", "exits.destination_share"):
            table = found.table(key)
            over = LIBRARY.passports[key].sums_to_one_over
            others = [name for name in (*table.index, "from") if name in table.columns and name != over]
            rows = sorted(table.rows(), key=lambda row: [str(row[name]) for name in others])
            for _, group in groupby(rows, key=lambda row: [str(row[name]) for name in others]):
                shares = [row["value"] for row in group]
                assert sum(shares) == pytest.approx(1.0, abs=1e-9)
                assert min(shares) >= 0.0


def test_a_year_of_inflow_moves_that_year_alone():
    found = laid({f"{INFLOW}[2009-01-01]": 8000.0}).series(INFLOW)
    assert found[12:24].tolist() == [8000.0] * 12
    assert set(found[:12]) | set(found[24:]) == {5000.0}


def test_a_table_keeps_its_course_over_the_years():
    near = next(d for d in DIMENSIONS if re.match(r"people\.inflow_needs_share\[unemployed.*,near]", d.name))
    before = HISTORY.dated_array("people.inflow_needs_share", ("unemployed",), ("near", "middle", "compound"))
    after = laid({near.name: 0.50}, HISTORY).dated_array(
        "people.inflow_needs_share", ("unemployed",), ("near", "middle", "compound")
    )
    assert after[:, 0, 0] - before[:, 0, 0] == pytest.approx(0.05)
    assert after[:, 0, 1] - before[:, 0, 1] == pytest.approx(-0.05)
    assert after[:, 0, 2].tolist() == before[:, 0, 2].tolist()


def test_what_the_overlay_set_is_moved_not_undone():
    scenario = LIBRARY.resolve("plan-2008", ("exits.hazard[near]=0.20",)).scenario
    found = lay_draw(scenario, DIMENSIONS, Draw(0, {d.name: d.mode for d in DIMENSIONS}))
    assert found.table("exits.hazard").cells()[("near",)] == pytest.approx(0.20)


def test_a_draw_that_cannot_be_laid_says_why():
    hazard = named("exits.hazard[near]")
    low = LIBRARY.resolve("plan-2008", ("exits.hazard[near]=0.01",)).scenario
    with pytest.raises(DrawError, match=r"exits\.hazard\[near\].*below 0"):
        lay_draw(low, [hazard], Draw(0, {hazard.name: 0.08}))
    elsewhere = Dimension("x", "no.such", 0.0, 1.0, 2.0)
    with pytest.raises(DrawError, match="no such parameter"):
        lay_draw(PLAN, [elsewhere], Draw(0, {"x": 1.0}))
    row = Dimension("exits.hazard[far]", "exits.hazard", 0.0, 0.1, 0.2, rows=(("far",),), how="move")
    with pytest.raises(DrawError, match="no such row"):
        lay_draw(PLAN, [row], Draw(0, {row.name: 0.1}))


@pytest.mark.parametrize("shape", ["triangular", "uniform"])
def test_quantiles_and_shares_below_undo_each_other(shape):
    dimension = Dimension("x", "x", 2.0, 3.0, 7.0, shape)
    chance = np.linspace(0.0, 1.0, 101)
    values = dimension.quantile(chance)
    assert (values[0], values[-1]) == (2.0, 7.0)
    assert dimension.share_below(values) == pytest.approx(chance)
    assert (np.diff(values) > 0.0).all()


def test_an_ensemble_is_named_by_what_it_holds():
    dimensions = DIMENSIONS[:3]
    values = np.array([[d.mode for d in dimensions], [d.high for d in dimensions]])
    one, other = Ensemble("a", dimensions, values), Ensemble("b", dimensions, values.copy())
    assert one == other
    assert one.digest != Ensemble("a", dimensions, values[::-1]).digest
    assert one.digest != one.first(1).digest
    with pytest.raises(ValueError, match="read-only"):
        one.values[0, 0] = 1.0
    held = one.holding({dimensions[0].key})
    assert dimensions[0].name not in held.names
    assert len(held) == 2
