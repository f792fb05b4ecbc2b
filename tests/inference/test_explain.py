"""Taking a change apart: the parts add up, orders and interaction are shown."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import numpy as np
import pytest

from sim.inference.explain import taken_apart, without
from sim.parameters import load_library
from sim.parameters.studies import Part, read_study
from sim.places import PARAMETERS

PARTS = ("a", "b", "c")


def game(worth):
    """Every set of parts with what it gives, in three draws."""
    sets = [frozenset(chosen) for size in range(4) for chosen in combinations(PARTS, size)]
    return {present: np.array([[worth(present) * draw] for draw in (1.0, 2.0, 3.0)]) for present in sets}


def by_part(found):
    return {share.part: share for share in found.shares}


def test_parts_that_do_not_meet_are_alone_what_they_are_last():
    worth = {"a": 5.0, "b": -2.0, "c": 0.0}
    shares = by_part(taken_apart(game(lambda present: sum(worth[p] for p in present)), PARTS, ("y",)))
    for part, value in worth.items():
        for way in (shares[part].alone, shares[part].last, shares[part].shapley):
            assert way == pytest.approx(value * np.array([1.0, 2.0, 3.0]))


def test_what_two_make_together_is_halved():
    found = taken_apart(game(lambda present: 6.0 * ({"a", "b"} <= present)), PARTS, ("y",))
    shares = by_part(found)
    assert shares["a"].alone == pytest.approx([0.0] * 3)
    assert shares["a"].last == pytest.approx([6.0, 12.0, 18.0])
    assert shares["a"].shapley == pytest.approx([3.0, 6.0, 9.0])
    assert shares["c"].shapley == pytest.approx([0.0] * 3)


def test_means_over_orders_add_up_to_the_whole_change_in_every_draw():
    chance = np.random.default_rng(1)
    worth = {frozenset(c): float(chance.standard_normal()) for n in range(4) for c in combinations(PARTS, n)}
    found = taken_apart(game(lambda present: worth[present]), PARTS, ("y",))
    whole = sum(share.shapley for share in found.shares)
    assert whole == pytest.approx((found.after - found.before)[:, 0])


def test_a_part_that_did_not_happen_leaves_its_values_as_they_were_at_the_start():
    scenario = load_library().resolve("history-2008-2018").scenario
    off = without(scenario, [Part("x", {"world.mandate": "frozen"}, ("people.inflow_needs_share",))])
    assert off.text("world.mandate") == "frozen"
    keys = (("unemployed",), ("near", "middle", "compound"))
    found = off.dated_array("people.inflow_needs_share", *keys)
    assert (found == found[0]).all()
    assert (found[0] == scenario.dated_array("people.inflow_needs_share", *keys)[0]).all()
    held = without(scenario, [Part("y", {}, ("levers.outsourcing_places",))])
    assert set(held.series("levers.outsourcing_places")) == {2000.0}
    assert without(scenario, []).digest == scenario.digest


def test_the_study_switches_off_what_it_says():
    study = read_study(PARAMETERS / "ensembles" / "history", load_library())
    names = [part.name for part in study.parts]
    assert names == ["mandate", "entry", "labour_market", "composition", "performance"]
    assert study.fitted.months == 48
    assert study.until.months == 60
    assert study.scenario.months == 132
    assert date(2008, 1, 1) == study.scenario.start
    assert not [name for name in study.learn if name.startswith("exits.elasticity")]
