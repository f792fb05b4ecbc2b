import os
import pickle
import subprocess
import sys
from dataclasses import FrozenInstanceError, replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.parameters import InputErrors, Scenario, Steps, Table, load_library
from sim.parameters.calendar import month_start

SMALL = Path(__file__).parent / "small"
START = date(2008, 1, 1)


@pytest.fixture(scope="module")
def plan(small) -> Scenario:
    return small.resolve("plan").scenario


def test_single_values(plan):
    assert (plan.name, plan.start, plan.months) == ("plan", START, 24)
    assert plan.number("people.no_show") == 0.3
    assert plan.text("exits.waiting_pace_mode") == "by_load"
    assert plan.flag("staff.paid") is True
    assert plan.day("period.end") == date(2009, 12, 31)
    assert plan.series("staff.norm").tolist() == [50.0] * 24
    assert plan.series("people.no_show").tolist() == [0.3] * 24
    assert plan.texts("staff.mode") == ("given",) * 24


def test_a_value_read_as_something_else_is_refused(plan):
    readings = [
        (plan.number, "staff.norm"),
        (plan.number, "staff.paid"),
        (plan.text, "people.no_show"),
        (plan.flag, "people.no_show"),
        (plan.day, "people.no_show"),
        (plan.table, "people.no_show"),
        (plan.series, "staff.mode"),
        (plan.texts, "staff.norm"),
        (plan.array, "staff.posts"),
        (plan.dated_array, "staff.cost"),
        (plan.array, "organisation.centres"),
        (plan.yearly_array, "staff.cost"),
    ]
    for read, key in readings:
        with pytest.raises(TypeError, match=key):
            read(key)


def test_a_parameter_that_is_not_there_is_named_with_its_nearest(plan):
    with pytest.raises(InputErrors) as caught:
        plan.number("people.no_shows")
    (problem,) = caught.value.problems
    assert (problem.rule, problem.nearest) == ("missing-parameter", "people.no_show")


def test_keys_stand_in_their_order(plan):
    assert plan.keys("organisation.centres") == ("north", "south")
    table = plan.table("organisation.centres")
    assert table.columns["name"] == ("Norra", "Södra")
    assert len(table) == 2
    assert list(table.rows())[1] == {"centre": "south", "order": 2, "name": "Södra"}
    assert plan.table("organisation.roles").by_key("caseworker") == {
        "coach": True,
        "adviser": True,
        "clerk": False,
    }


def test_arrays(plan):
    centres, needs, roles = (
        plan.keys(f) for f in ("organisation.centres", "people.needs", "organisation.roles")
    )
    assert plan.array("people.needs_share", centres, needs).tolist() == [[0.7, 0.3], [0.4, 0.6]]
    assert plan.array("people.needs_share", centres[::-1], needs).tolist() == [[0.4, 0.6], [0.7, 0.3]]
    assert plan.array("world.budget", ("staff", "other"), ("north", "central")).tolist() == [
        [7.0, 0.0],
        [0.0, 9.4],
    ]
    posts = plan.dated_array("staff.posts", centres, roles)
    assert posts.shape == (24, 2, 3)
    assert posts[11].tolist() == [[10, 2, 0], [5, 0, 0]]
    assert posts[12].tolist() == [[12, 2, 0], [6, 0, 0]]
    assert plan.yearly_array("world.series", ("cpi",))[[0, 11, 12, 23], 0].tolist() == [100, 100, 99.5, 99.5]
    assert plan.array("world.series", ("cpi",), (2009,)).tolist() == [[99.5]]


def test_what_is_made_of_a_scenario_is_made_once_and_travels_nowhere(plan):
    calls = []

    def norm(scenario):
        calls.append(scenario)
        return scenario.series("staff.norm").sum()

    assert plan.once(norm) == plan.once(norm)
    assert len(calls) == 1
    assert plan.series("staff.norm") is plan.series("staff.norm")
    assert not pickle.loads(pickle.dumps(plan)).made
    assert not plan.taking(plan, (), "other").made


def test_arrays_are_read_only(plan):
    arrays = [
        plan.series("staff.norm"),
        plan.array("staff.cost", ("north",)),
        plan.dated_array("staff.posts", ("north",), ("coach",)),
        plan.yearly_array("world.series", ("cpi",)),
    ]
    for array in arrays:
        assert array.dtype == np.float64
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1.0


def test_a_row_that_is_not_there_is_an_error_unless_missing_is_zero(plan):
    with pytest.raises(InputErrors, match=r"staff\.cost has no row for west"):
        plan.array("staff.cost", ("north", "west"))
    assert plan.dated_array("staff.posts", ("west",), ("coach",)).max() == 0.0


def test_reading_before_the_first_date_is_an_error_unless_the_value_holds():
    steps = Steps((date(2008, 3, 1),), (7.0,))
    table = Table({"from": (date(2008, 3, 1),), "a": ("x",), "value": (7.0,)}, ("a",), dated=True)
    years = Table({"a": ("x",), "year": (2007,), "value": (7.0,)}, ("a", "year"))
    late = Scenario("late", START, 4, {"s": steps, "t": table, "y": years})
    for read in (
        lambda: late.series("s"),
        lambda: late.dated_array("t", ("x",)),
        lambda: late.yearly_array("y", ("x",)),
    ):
        with pytest.raises(InputErrors) as caught:
            read()
        assert caught.value.problems[0].rule == "outside-dates"
    held = Scenario(
        "held",
        START,
        4,
        {"s": replace(steps, hold=True), "t": replace(table, hold=True), "y": replace(years, hold=True)},
    )
    assert held.series("s").tolist() == held.dated_array("t", ("x",))[:, 0].tolist() == [7.0] * 4
    assert held.yearly_array("y", ("x",))[:, 0].tolist() == [7.0] * 4


@given(st.lists(st.tuples(st.integers(1, 30), st.floats(0, 100)), max_size=6), st.floats(0, 100))
def test_a_step_function_holds_the_latest_value(later, first):
    by_month = dict(sorted(later))
    dates = (None, *(month_start(month, START) for month in by_month))
    scenario = Scenario("steps", START, 24, {"a": Steps(dates, (first, *by_month.values()))})
    expected = []
    value = first
    for month in range(24):
        value = by_month.get(month, value)
        expected.append(value)
    assert scenario.series("a").tolist() == expected


def test_a_scenario_is_frozen_and_can_be_pickled(plan):
    with pytest.raises(FrozenInstanceError):
        plan.name = "other"
    with pytest.raises(TypeError):
        plan.values["people.no_show"] = 0.0
    with pytest.raises(TypeError):
        plan.table("staff.cost").columns["value"] = ()
    again = pickle.loads(pickle.dumps(plan))
    assert again == plan
    assert hash(again) == hash(plan)
    assert again.name == "plan"
    assert again.digest == plan.digest


def test_the_digest_is_of_the_values_alone(small, plan):
    values = dict(reversed(plan.values.items()))
    assert Scenario("another name", plan.start, plan.months, values).digest == plan.digest
    assert small.resolve("plan", ("staff.norm=50",)).scenario.digest == plan.digest
    assert small.resolve("plan", ("staff.norm=50.0",)).scenario.digest == plan.digest
    assert small.resolve("plan", ("staff.norm={2008-01-01: 50, 2009-01-01: 50}",)).scenario != plan
    assert small.resolve("plan", ("staff.norm=50.5",)).scenario.digest != plan.digest


def test_a_step_that_changes_nothing_is_no_difference(small, plan, overlay):
    path = overlay("staff.norm: 50", extra="from: 2008-07-01\n")
    assert small.resolve(path).scenario.digest == plan.digest


def test_the_order_of_rows_is_no_difference(copy, plan):
    for path in (copy / "tables").glob("*.csv"):
        header, *rows = path.read_text(encoding="utf-8").splitlines()
        path.write_text("\n".join([header, *reversed(rows)]) + "\n", encoding="utf-8")
    assert load_library(copy).resolve("plan").scenario.digest == plan.digest


def test_the_digest_does_not_hang_on_the_process(plan):
    code = (
        "import sys; from pathlib import Path; from sim.parameters import load_library; "
        "print(load_library(Path(sys.argv[1])).resolve('plan').scenario.digest)"
    )
    for seed in ("1", "2718"):
        done = subprocess.run(
            [sys.executable, "-c", code, str(SMALL)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        assert done.stdout.strip() == plan.digest
