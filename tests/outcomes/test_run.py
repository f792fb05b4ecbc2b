"""A real run of the whole city: nobody is lost, and the tallies are what its stays say."""

import numpy as np
import pytest

from sim.flow import simulate
from sim.flow.stages import ENROLLED_STAGES, EndedBy, Stage
from sim.outcomes import balance, tally
from sim.parameters import load_library


@pytest.fixture(scope="module")
def scenario():
    return load_library().resolve("plan-2008").scenario


@pytest.fixture(scope="module")
def history(scenario):
    return simulate(scenario, run=0, seed=1)


@pytest.fixture(scope="module")
def tallies(scenario, history):
    return tally(scenario, history)


def test_people_are_conserved_at_every_first_in_every_centre(history):
    found = balance(history)
    assert (found.missing == 0).all()
    assert (found.inside > 0).all()


def test_littles_law_holds_between_the_stock_and_the_lengths_of_spells(history, tallies):
    inside = history.stays[np.isin(history.stays["stage"], ENROLLED_STAGES)]
    spells = inside["person"].astype(np.int64) * 1000 + inside["spell"]
    _, spell = np.unique(spells, return_inverse=True)
    first, last = np.full((2, spell.max() + 1), np.inf)
    np.minimum.at(first, spell, inside["begin"])
    np.minimum.at(last, spell, -inside["end"])
    lengths = -last - first
    stock = tallies.amounts["months_enrolled"].sum(axis=(1, 2)).mean()
    # arrivals a month × mean time inside, both of the run's own window
    assert stock == pytest.approx(len(lengths) / history.months * lengths.mean(), rel=1e-9)


def test_the_engines_slots_on_the_first_agree_with_who_holds_them(history, tallies):
    """Slots held at the end of one month are those that the next month's revision finds."""
    shares = {Stage.ASSESSMENT: 1.0, Stage.COACHING: 1.0, Stage.HANDOVER: 1.0, Stage.MEASURE: 0.5}
    for month in (1, 12, 35):
        there = (history.stays["begin"] < month) & (history.stays["end"] >= month)
        held = np.zeros(len(history.offices))
        for stage, share in shares.items():
            of_stage = there & (history.stays["stage"] == stage)
            held += share * np.bincount(history.stays["office"][of_stage], minlength=len(held))
        assert held == pytest.approx(history.office_months[month]["held"])


def test_waits_and_closures_against_a_second_count(history, tallies):
    stays = history.stays
    waits = stays[(stays["stage"] == Stage.WAITING) & (stays["ended_by"] != EndedBy.RELEASED)]
    assert tallies.amounts["unserved"].sum() == (waits["ended_by"] != EndedBy.SLOT).sum()
    begun = tallies.amounts["enrolments"].sum() + tallies.amounts["returns"].sum()
    assert begun == len(waits)
    enrolled = stays[(stays["stage"] == Stage.REFERRED) & (stays["ended_by"] == EndedBy.ENROLLED)]
    followed = enrolled[enrolled["end"] <= history.months - 18]
    assert tallies.amounts["enrolments_followed"].sum() == len(followed)
    since = dict(zip(followed["person"].tolist(), followed["end"].tolist(), strict=True))
    exits = stays[(stays["destination"] >= 0) & (stays["stage"] != Stage.OUTSIDE) & (stays["spell"] == 0)]
    closed = sum(
        stay["end"] - since[int(stay["person"])] <= 18 for stay in exits if int(stay["person"]) in since
    )
    assert tallies.amounts["closed_in_time"].sum() == closed
