"""The same person in two worlds: the same people, the same thresholds, apart only where policy differs."""

from __future__ import annotations

import numpy as np
import pytest

from sim.experiment.errors import ExperimentError
from sim.experiment.persons import PersonId as Id
from sim.experiment.persons import (
    Told,
    TwoWorlds,
    follow,
    most_affected,
    person_in_two_worlds,
)
from sim.experiment.run import simulate
from sim.flow import Stage
from tests.flow.limits import PLAIN, STAFF_FOLLOWS, library, scenario

SEED, RUN = 7, 3
POLICY = 12
"""Months after which the late policy begins."""


def told(which) -> Told:
    return Told(which, simulate(which, RUN, SEED), SEED, RUN)


@pytest.fixture(scope="module")
def plan() -> Told:
    return told(scenario(end="2009-12-31"))


@pytest.fixture(scope="module")
def late(tmp_path_factory) -> Told:
    """Forty cases a caseworker, from the second year on."""
    file = tmp_path_factory.mktemp("overlays") / "late.yaml"
    file.write_text(
        "title: Later\nauthor: tests\ndate: 2008-01-01\nbaseline: plan-2008\nschema: 1\nfrom: 2009-01-01\n"
        "set:\n  levers.staffing_mode: follows\n  levers.caseload_norm: 40\n",
        encoding="utf-8",
    )
    return told(library().resolve(str(file), ("period.end=2009-12-31",)).scenario)


def ids(world: Told) -> list[Id]:
    return [world.id(index) for index in range(len(world.history.people))]


def test_an_id_is_read_as_it_is_written():
    who = Id("referral/jarva/newcomer", 12)
    assert str(who) == "referral/jarva/newcomer/12"
    assert Id.read(f" {who} ") == who


@pytest.mark.parametrize("text", ["", "12", "/12", "referral/jarva/", "a/b", "a/-1", "a/1.5", "a/²"])
def test_what_is_no_id_is_refused(text):
    with pytest.raises(ExperimentError, match="not a person's id"):
        Id.read(text)


def test_an_id_finds_its_person_and_nobody_elses(plan):
    everybody = ids(plan)
    assert len(set(everybody)) == len(everybody)
    for index in range(0, len(everybody), 997):
        assert plan.index(everybody[index]) == index
    assert plan.index(Id("referral/jarva/newcomer", 10**9)) is None
    assert plan.index(Id("referral/atlantis/newcomer", 0)) is None


def test_a_person_is_the_same_in_every_scenario(plan, late):
    """Also the referred: what they bring along, and every threshold, to the last bit."""
    for who in ids(plan)[::700]:
        ours, theirs = plan.life(who).person, late.life(who).person
        assert ours == theirs
        assert ours is not None
        assert ours.id == who


def test_the_thresholds_are_those_that_the_run_used():
    """With constant speeds a person leaves when the first clock has consumed its threshold: by hand."""
    which = scenario(*PLAIN, *STAFF_FOLLOWS, end="2009-12-31")
    world = told(which)
    needs, destinations = world.history.needs, world.history.destinations
    speed = which.array("exits.hazard", needs)[:, None] * which.array(
        "exits.destination_share", needs, destinations
    )
    left = np.unique(world.history.stays["person"][world.history.stays["stage"] == Stage.OUTSIDE])
    assert len(left) > 1000
    for index in left[:: len(left) // 60]:
        life = world.life(world.id(int(index)))
        assert life.person is not None
        with np.errstate(divide="ignore"):  # a clock that stands still is never due
            due = np.array(list(life.person.thresholds.values())) / speed[needs.index(life.person.needs)]
        first = life.exits[0]
        assert first.destination == destinations[int(np.argmin(due))]
        assert first.end - life.stays[1].begin == pytest.approx(due.min(), rel=1e-9)


def test_before_the_policy_everybody_lives_the_same_life(plan, late):
    before = [world.history.stays[world.history.stays["end"] < POLICY] for world in (plan, late)]
    assert len(before[0]) > 10_000
    assert (before[0] == before[1]).all()
    parted = 0
    for who in ids(plan)[::97]:
        part = follow(plan, late, who).part_at
        assert part is None or part >= POLICY
        parted += part is not None
    assert parted > 20  # the policy does something


def test_worlds_part_where_the_first_difference_is(plan, late):
    for who in ids(plan)[::500]:
        worlds = follow(plan, late, who)
        part = worlds.part_at
        if part is None:
            assert worlds.base.stays == worlds.other.stays
            continue
        for moment in (part - 1e-9, part / 2):
            assert _stage_at(worlds.base, moment) == _stage_at(worlds.other, moment)
        # at the horizon a difference no longer shows
        assert part == plan.history.months or _stage_at(worlds.base, part) != _stage_at(worlds.other, part)


def _stage_at(life, moment):
    there = [stay for stay in life.stays if stay.begin <= moment < stay.end]
    return [(stay.stage, stay.measure, stay.destination) for stay in there]


@pytest.mark.parametrize("by", ["months", "money"])
def test_the_most_affected_is_who_a_plain_search_finds(plan, late, by):
    def amount(world: Told) -> dict[Id, float]:
        values = world.months_enrolled if by == "months" else world.costs.net
        return dict(zip(ids(world), values.tolist(), strict=True))

    ours, theirs = amount(plan), amount(late)
    most = max(abs(ours[who] - theirs[who]) for who in ours.keys() & theirs.keys())
    found = most_affected(plan, late, by)
    assert abs(ours[found] - theirs[found]) == most > 0.5
    chosen = follow(plan, late, by=by)
    assert chosen.person.id == found
    if by == "months":
        assert abs(chosen.other.months_enrolled - chosen.base.months_enrolled) == pytest.approx(most)
    else:
        assert abs(chosen.other.cost - chosen.base.cost) == pytest.approx(most)


def test_of_equals_the_first_is_taken(plan):
    assert most_affected(plan, plan) == min(ids(plan), key=lambda who: (_place(plan, who), who.ordinal))


def _place(world: Told, who: Id) -> int:
    return world.history.streams.index(who.stream)


def test_who_comes_in_one_world_only_is_told_of_but_never_the_most_affected(plan):
    fewer = told(scenario("people.inflow_per_year=2000", end="2009-12-31"))
    gone = sorted(set(ids(plan)) - set(ids(fewer)), key=str)
    assert len(gone) > 1000
    worlds = follow(plan, fewer, gone[0])
    assert worlds.base.person is not None
    assert worlds.other.person is None
    assert worlds.other.stays == ()
    assert worlds.other.cost == worlds.other.months_enrolled == 0.0
    assert worlds.part_at == worlds.base.stays[0].begin
    assert most_affected(plan, fewer) not in set(gone)


def test_sums_are_those_of_the_stays(plan):
    for who in ids(plan)[::900]:
        life = plan.life(who)
        assert life.months_enrolled == pytest.approx(plan.months_enrolled[plan.index(who)])
        assert life.spells == len({stay.spell for stay in life.stays if stay.stage == Stage.WAITING}) + (
            life.person is not None and life.person.initial
        )
        for stay in life.stays:
            assert stay.first <= stay.last


def test_nobody_is_an_error(plan, late):
    with pytest.raises(ExperimentError, match=r"Nobody with the id stock/jarva/sfi/99999999 comes in run 3"):
        follow(plan, late, Id("stock/jarva/sfi", 99999999))


def test_worlds_of_different_length_are_an_error(plan):
    with pytest.raises(ExperimentError, match="months differ"):
        person_in_two_worlds(plan.scenario, scenario(end="2008-12-31"), RUN, SEED)


def test_both_engines_tell_the_same_life():
    base, other = (scenario(*more, end="2008-04-30") for more in ((), ("staff.factor=0.7",)))
    compiled, simpy = (
        person_in_two_worlds(base, other, 0, SEED, engine=engine) for engine in ("compiled", "simpy")
    )
    assert isinstance(compiled, TwoWorlds)
    assert compiled == simpy
