"""People are conserved."""

import dataclasses

import numpy as np
from hypothesis import given

from sim.flow.stages import EndedBy, Stage
from sim.outcomes import balance
from tests.outcomes.build import SOME, WORK, Builder, histories


@SOME
@given(histories())
def test_nobody_is_lost_at_any_first_in_any_centre(history):
    found = balance(history)
    assert found.inside.shape == (history.months + 1, 2)
    assert (found.missing == 0).all()


def test_counts_by_hand():
    city = Builder(months=4)
    stock, new = city.person(office=1, initial=True), city.person(office=0)
    city.stay(stock, Stage.COACHING, 0.0, 2.0, EndedBy.EXIT, destination=WORK)
    city.stay(stock, Stage.OUTSIDE, 2.0, 2.5, EndedBy.RETURN, destination=WORK)
    city.stay(stock, Stage.WAITING, 2.5, 4.0, EndedBy.UNFINISHED, spell=1)
    city.enrol(new, 1.0)
    city.stay(new, Stage.WAITING, 1.0, 4.0, EndedBy.UNFINISHED)
    found = balance(city.history())
    # what happens on the 1st comes after that 1st's count
    assert found.inside.tolist() == [[0, 1], [0, 1], [1, 1], [1, 1], [1, 1]]
    assert found.enrolments[:, 0].tolist() == [0, 0, 1, 1, 1]
    assert found.exits[:, 1].tolist() == [0, 0, 0, 1, 1]
    assert found.returns[:, 1].tolist() == [0, 0, 0, 1, 1]


def test_a_lost_person_shows():
    city = Builder(months=4)
    person = city.person(initial=True)
    city.stay(person, Stage.COACHING, 0.0, 4.0, EndedBy.UNFINISHED)
    history = city.history()
    lost = dataclasses.replace(history, stays=np.delete(history.stays, 0))
    assert (balance(lost).missing[:, 0] == 1).all()
