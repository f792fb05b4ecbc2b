"""How long spells last and how they end, against theory: a Weibull's memory, approval, agencies, leaders."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.flow import EndedBy, History, Stage, simulate
from sim.parameters import Scenario
from sim.population import draw_population
from tests.flow.limits import (
    LOAD_IGNORED,
    NO_MEASURES,
    NO_RETURNS,
    ONE_SEGMENT,
    PLAIN,
    SAME_AGES,
    STAFF_FOLLOWS,
    enrolled,
    many,
    scenario,
    within_standard_errors,
)

RUNS = 30
# one each time, the others with the long tests
SHAPES = (0.6, *(pytest.param(shape, marks=pytest.mark.long) for shape in (1.0, 1.4)))
SPELLS = (*PLAIN, *ONE_SEGMENT, "intake.assessment_months=0", "people.inflow_per_year=600")
HAZARD = "exits.hazard[near]=0.2"


def spells(history: History) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """When each first spell of somebody referred began, and how long it was (inf: unfinished)."""
    stays = history.stays
    came = np.full(len(history.people), np.nan)
    comers = stays[(stays["stage"] == Stage.REFERRED) & (stays["ended_by"] == EndedBy.ENROLLED)]
    came[comers["person"]] = comers["end"]
    left = np.full(len(history.people), np.inf)
    leaving = stays[enrolled(stays) & (stays["destination"] >= 0) & (stays["spell"] == 0)]
    left[leaving["person"]] = leaving["end"]
    known = np.isfinite(came)
    return came[known], left[known] - came[known]


def share_gone(history: History, months: float) -> float:
    """Share of first spells over within some months, of those that began early enough to tell."""
    came, length = spells(history)
    seen = came + months < history.months
    return float((length[seen] <= months).mean())


def speed(shape: float, hazard: float = 0.2) -> float:
    return math.gamma(1.0 + 1.0 / shape) * hazard


@pytest.mark.parametrize("shape", SHAPES)
def test_spells_are_weibulls_with_the_mean_that_the_hazard_says(shape: float) -> None:
    which = scenario(*SPELLS, *STAFF_FOLLOWS, HAZARD, f"exits.duration_shape={shape}", end="2012-12-31")
    histories = many(which, RUNS)
    for months in (0.5, 3.0, 12.0):
        theory = 1.0 - math.exp(-((speed(shape) * months) ** shape))
        assert within_standard_errors([share_gone(h, months) for h in histories], theory)


def test_pace_multiplies_the_hazard_whatever_the_shape() -> None:
    """Waiting at half the pace, all the time: the survival is the square root of the one at full pace."""
    shape = 0.7
    which = scenario(
        *SPELLS,
        HAZARD,
        f"exits.duration_shape={shape}",
        "staff.posts[*,*]=0",
        "exits.waiting_pace_mode=fixed",
        "exits.waiting_pace=0.5",
    )
    histories = many(which, RUNS)
    for months in (1.0, 6.0):
        theory = 1.0 - math.exp(-0.5 * (speed(shape) * months) ** shape)
        assert within_standard_errors([share_gone(h, months) for h in histories], theory)


def test_ages_and_destinations_multiply_the_hazard_too() -> None:
    """At any time exits are split by the shares, and a factor of 1.5 on age is one on the hazard."""
    shape, factor = 0.7, 1.5
    which = scenario(
        *SPELLS,
        *STAFF_FOLLOWS,
        HAZARD,
        f"exits.duration_shape={shape}",
        f"exits.age_factor[*]={factor}",
        end="2012-12-31",
    )
    histories = many(which, RUNS)
    theory = 1.0 - math.exp(-factor * (speed(shape) * 3.0) ** shape)
    assert within_standard_errors([share_gone(h, 3.0) for h in histories], theory)
    destinations = which.keys("people.destinations")
    split = which.array("exits.destination_share", which.keys("people.needs"), destinations)[0]
    for index in np.flatnonzero(split):
        shares = []
        for history in histories:
            exits = history.stays[history.stays["ended_by"] == EndedBy.EXIT]
            shares.append(float((exits["destination"] == index).mean()))
        assert within_standard_errors(shares, float(split[index]))


@pytest.mark.parametrize("shape", SHAPES)
def test_those_enrolled_at_the_start_have_their_time_behind_them(shape: float) -> None:
    """Given u months behind, S(u + t) / S(u) is the chance to be there after t more."""
    months = 3.0
    which = scenario(
        *NO_MEASURES,
        *NO_RETURNS,
        *LOAD_IGNORED,
        *SAME_AGES,
        *STAFF_FOLLOWS,
        "people.inflow_per_year=0",
        "people.initial_needs_share[*,near]=1",
        "people.initial_needs_share[*,middle]=0",
        "people.initial_needs_share[*,compound]=0",
        HAZARD,
        f"exits.duration_shape={shape}",
        end="2008-06-30",
    )
    residuals = []
    for run in range(RUNS):
        behind = draw_population(which, run, 2008).people["elapsed"]
        history = simulate(which, run, 2008)
        left = history.stays[(history.stays["ended_by"] == EndedBy.EXIT) & (history.stays["end"] <= months)]
        chance = np.exp((speed(shape) * behind) ** shape - (speed(shape) * (behind + months)) ** shape)
        residuals.append((len(left) - float((1.0 - chance).sum())) / len(behind))
    assert within_standard_errors(residuals, 0.0)


def test_the_alternative_to_segments_is_as_spread_as_they_are() -> None:
    """One Weibull with the mean and the variance of the shipped mixture of spells."""
    plain = scenario()
    other = scenario(base="plan-2008+duration-instead-of-segments")
    needs = plain.keys("people.needs")
    mix = plain.dated_array("people.inflow_needs_share", plain.keys("people.groups"), needs)[0, 0]
    hazard = plain.array("exits.hazard", needs)
    mean = float((mix / hazard).sum())
    spread = float(2.0 * (mix / hazard**2).sum()) / mean**2
    shape = other.number("exits.duration_shape")
    assert other.array("exits.hazard", needs) == pytest.approx(1.0 / mean, rel=0.01)
    assert math.gamma(1 + 2 / shape) / math.gamma(1 + 1 / shape) ** 2 == pytest.approx(spread, rel=0.01)
    behind = other.array("people.initial_elapsed_months", needs)
    assert behind == pytest.approx(spread * mean / 2.0, rel=0.01)


def in_stage(which: Scenario, stage: Stage) -> NDArray[np.void]:
    stays = simulate(which, 0, 1).stays
    return stays[stays["stage"] == stage]


def test_a_plan_waits_for_approval_with_the_case_held() -> None:
    """Exactly the time that is said, unless the person leaves; the slot is held, the pace that of waiting."""
    assert len(in_stage(scenario(), Stage.APPROVAL)) == 0
    which = scenario("intake.approval_months=0.4", "exits.waiting_pace_mode=fixed", "exits.waiting_pace=0")
    history = simulate(which, 0, 1)
    stays = history.stays[history.stays["stage"] == Stage.APPROVAL]
    approved = stays[stays["ended_by"] == EndedBy.APPROVED]
    assert len(approved) > 5000
    np.testing.assert_allclose(approved["end"] - approved["begin"], 0.4, rtol=1e-9)
    assert set(stays["ended_by"].tolist()) <= {EndedBy.APPROVED, EndedBy.UNFINISHED}
    # assessment, approval, coaching: in that order, one after the other
    order = np.lexsort((np.arange(len(history.stays)), history.stays["person"]))
    stage = history.stays["stage"][order]
    at = np.flatnonzero(stage == Stage.APPROVAL)
    assert (stage[at - 1] == Stage.ASSESSMENT).all()
    finished = history.stays["ended_by"][order][at] == EndedBy.APPROVED
    assert (stage[at[finished] + 1] == Stage.COACHING).all()


def test_approval_of_some_length_is_assessment_of_as_much_more() -> None:
    """The two delays hold the same slot at the same pace: who leaves, and when, is the same."""
    longer = simulate(scenario("intake.assessment_months=1"), 0, 1)
    approved = simulate(scenario("intake.assessment_months=0.5", "intake.approval_months=0.5"), 0, 1)
    exits = [h.stays[h.stays["destination"] >= 0] for h in (longer, approved)]
    assert len(exits[0]) == len(exits[1])
    for field in ("person", "spell", "destination", "end"):
        np.testing.assert_allclose(exits[0][field].astype(float), exits[1][field].astype(float), rtol=1e-12)


def test_an_agency_takes_over_the_share_of_plans_that_is_said() -> None:
    """Of plans made, a tenth: the others leave first, and nobody is taken over before the time is out."""
    share, months = 0.1, 2.0
    which = scenario(
        *SPELLS,
        *STAFF_FOLLOWS,
        HAZARD,
        f"cooperation.transfer_share[insurance_agency,*]={share}",
        f"cooperation.transfer_months[insurance_agency]={months}",
        end="2010-12-31",
    )
    theory = share * math.exp(-0.2 * months)
    shares = []
    for history in many(which, RUNS):
        came, length = spells(history)
        taken = history.stays[history.stays["ended_by"] == EndedBy.TRANSFER]
        np.testing.assert_allclose(length[np.isin(came + length, taken["end"])], months, rtol=1e-6)
        assert (taken["destination"] == history.destinations.index("other_authority")).all()
        early = came + months < history.months
        shares.append(float((np.abs(length[early] - months) < 1e-6).mean()))
    assert within_standard_errors(shares, theory)


def test_a_transfer_belongs_to_the_plan_and_not_to_the_next_spell() -> None:
    """Who left and came back before the agency was ready is not taken over by the old plan."""
    which = scenario(
        "cooperation.transfer_share[*,*]=0.4",
        "cooperation.transfer_months[*]=4",
        "exits.hazard[*]=1",
        "returns.needing_benefit_at_six_months=0.36",
    )
    stays = simulate(which, 0, 1).stays
    taken = stays[stays["ended_by"] == EndedBy.TRANSFER]
    assert len(taken) > 20
    planned = stays[stays["ended_by"] == EndedBy.PLANNED]
    plan = {(row["person"], row["spell"]): row["end"] for row in planned}
    for row in taken:
        assert row["end"] - plan[row["person"], row["spell"]] == pytest.approx(4.0)


def test_a_leader_moves_their_own_group_where_there_is_one_and_nobody_else() -> None:
    """Work at 1.5 times the pace for newcomers and the young, but in Innerstaden, which has no leader."""
    settings = (*PLAIN, *STAFF_FOLLOWS, "people.inflow_per_year=6000", "exits.destination_share[*,*]=0")
    settings += ("exits.destination_share[*,work]=1", "intake.assessment_months=0")
    plain, led = (simulate(scenario(*settings, *more), 0, 1) for more in ((), ("staff.leader_effect=1.5",)))
    length = {}
    for name, history in (("plain", plain), ("led", led)):
        stays = history.stays
        gone = stays[enrolled(stays) & (stays["destination"] >= 0) & (stays["spell"] == 0)]
        length[name] = np.full(len(history.people), np.nan)
        length[name][gone["person"]] = gone["end"] - history.people["referred"][gone["person"]]
    people = plain.people
    groups, ages = plain.groups, plain.age_bands
    prioritised = (people["group"] == groups.index("newcomer")) | (people["age"] == ages.index("16-24"))
    has_leader = people["office"] != plain.offices.index("innerstaden")
    settled = people["referred"] > 12.0  # before, offices may have nobody enrolled, and no posts
    both = np.isfinite(length["plain"]) & np.isfinite(length["led"]) & settled
    sooner = both & prioritised & has_leader
    assert sooner.sum() > 1000
    np.testing.assert_allclose(length["led"][sooner] * 1.5, length["plain"][sooner], rtol=1e-6)
    others = both & ~(prioritised & has_leader)
    assert others.sum() > 1000
    np.testing.assert_allclose(length["led"][others], length["plain"][others], rtol=1e-9)


def test_without_a_filled_post_nobody_is_led() -> None:
    none = ("staff.posts[*,team_leader]=0",)
    one, other = (
        simulate(scenario(*none, f"staff.leader_effect={effect}", end="2008-12-31"), 0, 1)
        for effect in (1, 1.5)
    )
    assert one.stays.tobytes() == other.stays.tobytes()
