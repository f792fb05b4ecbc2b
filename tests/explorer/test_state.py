"""Settings, undo, and scenario files."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.explorer import files
from sim.explorer.levers import assumption_levers, levers
from sim.explorer.state import (
    ASSUMED,
    FRAME,
    PLAN,
    History,
    State,
    base_of,
    changes,
    lines,
    plan_of,
    planned_posts,
    settings_of,
    with_other,
    with_posts,
)
from sim.parameters import InputErrors, check_files, load_library

LIBRARY = load_library()
PLANNED = plan_of(LIBRARY)
SETTINGS = PLANNED.settings
START = State(SETTINGS)
ONE_POST = (("jarva", "coach", 20.0),)

some_change = st.one_of(
    st.tuples(st.just("norm"), st.integers(20, 120).map(float)),
    st.tuples(st.just("places"), st.integers(0, 5000).map(float)),
    st.tuples(st.just("mode"), st.sampled_from(["given", "follows"])),
    st.tuples(st.just("centre"), st.sampled_from(["all", "jarva"])),
)
some_settings = st.builds(
    replace,
    st.just(SETTINGS),
    mode=st.sampled_from(["given", "follows"]),
    norm=st.integers(20, 120).map(float),
    basis=st.sampled_from(["places", "people"]),
    share=st.integers(0, 80).map(lambda percent: percent / 100),
    places=st.integers(0, 5000).map(float),
    staff_factor=st.integers(50, 200).map(lambda percent: percent / 100),
    posts=st.sampled_from(
        [(), (("jarva", "coach", 20.0),), (("sydost", "coach", 0.0), ("jarva", "matcher", 9.5))]
    ),
    price=st.integers(20_000, 80_000).map(float),
    starts=st.sampled_from([date(2008, 1, 1), date(2008, 7, 1), date(2010, 12, 1)]),
    last_year=st.sampled_from([2010, 2013]),
    effect=st.sampled_from([0.9, 1.0]),
    others=st.sampled_from([(), (("intake.headroom", 1.2),)]),
    elasticity=st.integers(0, 50).map(lambda percent: percent / 100),
    waiting_mode=st.sampled_from(["by_load", "fixed"]),
    waiting_pace=st.sampled_from([0.0, 0.5, 1.0]),
)


@given(st.lists(some_change, max_size=12))
def test_undo_goes_back_the_way_that_was_come(moves):
    history = History(START)
    steps = [history.now]
    last = ""
    for name, value in moves:
        history = history.changed(**{name: value})
        if history.now != steps[-1]:
            if name == last:  # a dragged slider is one change
                steps.pop()
            steps.append(history.now)
            last = name
    for state in reversed(steps):
        assert history.now == state
        history = history.undone()
    assert history.now == START
    assert history.undone() == history


def test_a_change_to_the_same_is_no_change():
    assert History(START).changed(norm=SETTINGS.norm) == History(START)


@settings(max_examples=12)
@given(some_settings)
def test_what_is_laid_on_the_plan_reads_back(chosen):
    scenario = LIBRARY.resolve(PLAN, lines(chosen, PLANNED)).scenario
    dated = ("mode", "norm", "basis", "share", "places", "staff_factor", "posts", "price")
    if all(getattr(chosen, name) == getattr(SETTINGS, name) for name in dated):
        chosen = replace(chosen, starts=SETTINGS.starts)  # when nothing begins, it begins at the start
    assert settings_of(scenario, PLANNED) == chosen


def test_the_plan_itself_sets_nothing():
    assert lines(SETTINGS, PLANNED) == ()
    assert changes(SETTINGS, SETTINGS) == ()


@given(some_settings)
def test_the_base_differs_in_levers_alone(chosen):
    base = base_of(chosen, SETTINGS)
    assert changes(base, SETTINGS) == ()
    for name in (*ASSUMED, *FRAME):
        assert getattr(base, name) == getattr(chosen, name)


def test_a_lever_without_effect_is_no_change():
    assert changes(replace(SETTINGS, mode="follows", staff_factor=1.2), SETTINGS) == ()
    assert changes(replace(SETTINGS, share=0.4), SETTINGS) == ()
    assert changes(replace(SETTINGS, basis="people"), SETTINGS) == ("share",)


@pytest.mark.parametrize(
    "chosen",
    [
        SETTINGS,
        replace(SETTINGS, mode="follows", norm=41.0, price=45_000.0),
        replace(SETTINGS, price=45_555.0, starts=date(2009, 2, 1)),
        replace(SETTINGS, basis="people", share=0.35, elasticity=0.2, waiting_mode="fixed"),
        replace(
            SETTINGS, norm=45.0, posts=(("jarva", "coach", 21.0),), starts=date(2009, 3, 1), last_year=2011
        ),
    ],
)
def test_a_saved_file_is_checked_and_reads_back(tmp_path, chosen):
    path = files.save(
        chosen, tmp_path / "new" / "mine.yaml", LIBRARY, PLANNED, "Åäö: ett", "X", date(2026, 1, 1)
    )
    errors, _ = check_files([path])
    assert errors == ()
    assert files.load(path, LIBRARY, PLANNED) == chosen
    assert LIBRARY.overlay(path).title == "Åäö: ett"


def test_what_is_not_allowed_is_not_saved(tmp_path):
    path = tmp_path / "mine.yaml"
    with pytest.raises(InputErrors):
        files.save(replace(SETTINGS, norm=-1.0), path, LIBRARY, PLANNED, "t", "a", date(2026, 1, 1))
    assert not path.exists()


def test_a_scenario_beyond_the_levers_is_refused():
    with pytest.raises(files.NotExplorableError, match="history"):
        files.load("history-2008-2018", LIBRARY, PLANNED)


def test_shipped_scenarios_open():
    names = files.explorable(LIBRARY, PLANNED)
    assert {"plan-2008", "caseload-40", "outsourcing-50-people"} <= set(names)
    assert files.load("caseload-40", LIBRARY, PLANNED) == replace(SETTINGS, mode="follows", norm=40.0)


def test_levers_reach_what_evidence_covers_and_the_plan():
    for lever in (*levers(LIBRARY, PLANNED).values(), *assumption_levers(PLANNED).values()):
        assert lever.low <= lever.plan <= lever.high
        assert lever.meant(lever.shown(0.35)) == 0.35
        if lever.evidence is not None:
            assert lever.low <= lever.evidence[0] <= lever.evidence[1]
            assert lever.evidence[0] <= lever.plan <= lever.evidence[1]


def test_before_the_change_begins_the_plan_holds_to_the_last_digit():
    chosen = replace(SETTINGS, norm=40.0, staff_factor=0.8, price=50_000.0, starts=date(2009, 7, 1))
    chosen = with_posts(chosen, PLANNED, "jarva", "coach", 25.0)
    scenario = LIBRARY.resolve(PLAN, lines(chosen, PLANNED)).scenario
    plan = PLANNED.scenario
    keys = plan.keys("organisation.centres"), plan.keys("organisation.roles")
    for key in ("levers.caseload_norm", "staff.factor", "measures.price_factor"):
        assert (scenario.series(key)[:18] == plan.series(key)[:18]).all()
        assert (scenario.series(key)[18:] != plan.series(key)[18:]).all()
    posts, before = (one.dated_array("staff.posts", *keys) for one in (scenario, plan))
    assert (posts[:18] == before[:18]).all()
    assert (posts[18:] != before[18:]).sum() == 18


def test_posts_as_in_the_plan_are_no_change():
    planned = planned_posts(PLANNED)["jarva", "coach"]
    changed = with_posts(SETTINGS, PLANNED, "jarva", "coach", planned + 2)
    assert changed.posts == (("jarva", "coach", planned + 2),)
    assert changes(changed, SETTINGS) == ("posts",)
    assert with_posts(changed, PLANNED, "jarva", "coach", planned) == SETTINGS


def test_an_assumption_as_in_the_plan_is_no_change():
    changed = with_other(SETTINGS, PLANNED, "people.initial_enrolled_share", 0.33)
    assert lines(changed, PLANNED) == ("people.initial_enrolled_share=0.33",)
    assert changes(changed, SETTINGS) == ()
    assert with_other(changed, PLANNED, "people.initial_enrolled_share", 0.95) == SETTINGS
