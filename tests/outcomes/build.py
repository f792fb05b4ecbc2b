"""Small histories made by hand, for a city of two centres and three offices."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from sim.flow.history import OFFICE_MONTH, STAY, History
from sim.flow.stages import EndedBy, Stage
from sim.population.people import PERSON

CENTRES = ("north", "south")
OFFICES = ("north", "hill", "bay")
OFFICE_CENTRE = (0, 1, 1)
ROLES = ("coach", "administrator")
NEEDS = ("near", "far")
GROUPS = ("unemployed", "newcomer")
DESTINATIONS = ("work", "other")
MEASURES = ("course", "job")
COURSE, JOB = range(2)
WORK, OTHER = range(2)
NONE = -1


@dataclass
class Builder:
    """Collects people and stays; `history` puts the stays in the order in which they ended."""

    months: int
    start: date = date(2008, 1, 1)
    people: list[dict] = field(default_factory=list)
    stays: list[tuple] = field(default_factory=list)
    posts: np.ndarray | None = None
    places: np.ndarray | None = None
    load: float = 50.0

    def person(self, office=0, needs=0, group=0, initial=False, referred=0.0) -> int:
        self.people.append(
            {"office": office, "needs": needs, "group": group, "initial": initial, "referred": referred}
        )
        return len(self.people) - 1

    def stay(self, person, stage, begin, end, ended_by, measure=NONE, destination=NONE, spell=0) -> None:
        office = self.people[person]["office"]
        self.stays.append((person, spell, stage, measure, ended_by, destination, office, begin, end))

    def enrol(self, person, time) -> None:
        self.stay(person, Stage.REFERRED, time, time, EndedBy.ENROLLED)

    def history(self) -> History:
        people = np.zeros(len(self.people), dtype=PERSON)
        for index, values in enumerate(self.people):
            people[index]["ordinal"] = index
            for name, value in values.items():
                people[index][name] = value
        stays = np.array(self.stays, dtype=STAY)
        unfinished = stays["ended_by"] == EndedBy.UNFINISHED
        stays = stays[np.lexsort((np.arange(len(stays)), stays["end"], unfinished))]
        posts = np.ones((self.months, len(OFFICES), len(ROLES))) if self.posts is None else self.posts
        office_months = np.zeros((self.months, len(OFFICES)), dtype=OFFICE_MONTH)
        office_months["caseworkers"] = posts[:, :, 0]
        office_months["load"] = self.load
        office_months["held"] = 1.0
        return History(
            start=self.start,
            months=self.months,
            centres=CENTRES,
            offices=OFFICES,
            office_centre=np.array(OFFICE_CENTRE),
            roles=ROLES,
            needs=NEEDS,
            groups=GROUPS,
            age_bands=("all",),
            destinations=DESTINATIONS,
            measures=MEASURES,
            streams=("all",),
            people=people,
            stays=stays,
            office_months=office_months,
            posts=posts,
            places=np.zeros((self.months, len(OFFICES), len(MEASURES)))
            if self.places is None
            else self.places,
        )


OWN_SHARE = np.array([0.5, 0.5])
SELF_SUPPORT = np.array([True, False])
AFTER_EXIT = 3.0

NEXT = {
    Stage.WAITING: [(Stage.ASSESSMENT, EndedBy.SLOT)],
    Stage.ASSESSMENT: [(Stage.COACHING, EndedBy.PLANNED)],
    Stage.COACHING: [
        (Stage.HANDOVER, EndedBy.PLACED),
        (Stage.MEASURE, EndedBy.PLACED),
        (Stage.WAITING, EndedBy.RELEASED),
    ],
    Stage.HANDOVER: [(Stage.MEASURE, EndedBy.HANDED_OVER)],
    Stage.MEASURE: [(Stage.COACHING, EndedBy.MEASURE_END)],
    Stage.OUTSIDE: [(Stage.WAITING, EndedBy.RETURN)],
}

LENGTHS = st.one_of(
    st.integers(0, 9).map(float),  # many events exactly on the 1st
    st.floats(0.0, 9.0, allow_nan=False),
)


SOME = settings(max_examples=50)
"""Histories take longer to make up than to count."""


@st.composite
def histories(draw, months=30, most=8) -> History:
    """Any people doing anything that the flow allows, at any times, many of them exactly on the 1st."""
    city = Builder(months)
    for _ in range(draw(st.integers(1, most))):
        person = city.person(
            office=draw(st.integers(0, 2)),
            needs=draw(st.integers(0, 1)),
            group=draw(st.integers(0, 1)),
            initial=draw(st.booleans()),
        )
        _walk(draw, city, person, months)
    return city.history()


def _walk(draw, city, person, months) -> None:
    if city.people[person]["initial"]:
        time, stage = 0.0, draw(st.sampled_from([Stage.COACHING, Stage.MEASURE]))
    else:
        time, stage = draw(LENGTHS), Stage.WAITING
        if draw(st.integers(0, 3)) == 0:
            city.stay(person, Stage.REFERRED, time, time, EndedBy.NO_SHOW)
            return
        city.enrol(person, time)
    spell, destination, measure = 0, NONE, NONE
    while True:
        if stage in (Stage.MEASURE, Stage.HANDOVER):
            measure = measure if measure != NONE else draw(st.integers(0, 1))
        else:
            measure = NONE
        where = destination if stage == Stage.OUTSIDE else NONE
        end = time + draw(LENGTHS)
        if end >= months:
            city.stay(person, stage, time, float(months), EndedBy.UNFINISHED, measure, where, spell)
            return
        leaves = stage != Stage.OUTSIDE and draw(st.integers(0, 2)) == 0
        if leaves:
            destination = draw(st.integers(0, 1))
            ended_by = draw(st.sampled_from([EndedBy.EXIT, EndedBy.MANDATE]))
            city.stay(person, stage, time, end, ended_by, measure, destination, spell)
            time, stage = end, Stage.OUTSIDE
            continue
        following, ended_by = draw(st.sampled_from(NEXT[stage]))
        city.stay(person, stage, time, end, ended_by, measure, where, spell)
        if stage == Stage.OUTSIDE:
            spell += 1
        # time must move on, or a draw of zeros could go round for ever
        time = end if end > time else min(end + 0.25, float(months) - 1e-9)
        if time != end:
            city.stays[-1] = (*city.stays[-1][:-1], time)
        stage = following
