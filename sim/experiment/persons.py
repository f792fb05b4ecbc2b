"""One person in two worlds: the same made-up person with the same thresholds, under two policies.

A person is known by a random stream and a number in it, which no scenario changes. All people are drawn;
none exists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.economy.costs import NET
from sim.economy.money import account
from sim.economy.persons import PersonCosts, person_costs
from sim.experiment.engine import Engine
from sim.experiment.errors import ExperimentError
from sim.experiment.ranking import Ranking
from sim.experiment.run import simulate
from sim.flow.history import History
from sim.flow.stages import ENROLLED_STAGES, EndedBy, Stage
from sim.flow.thresholds import thresholds
from sim.outcomes import tally
from sim.outcomes.person_months import sum_by_person
from sim.parameters import Scenario, time_to_date


@dataclass(frozen=True)
class PersonId:
    """Who a person is in every scenario of a run.

    Attributes
    ----------
    stream : str
        Random stream: how the person came, to which centre, in which group (``referral/jarva/newcomer``).
    ordinal : int
        The person's number in the stream.
    """

    stream: str
    ordinal: int

    def __str__(self) -> str:
        return f"{self.stream}/{self.ordinal}"

    @classmethod
    def read(cls, text: str) -> PersonId:
        """Return the id that a text writes.

        Raises
        ------
        ExperimentError
            If it writes none.
        """
        stream, slash, number = text.strip().rpartition("/")
        if not (slash and stream and number.isascii() and number.isdigit()):
            raise ExperimentError("bad-person-id", found=text)
        return cls(stream, int(number))


@dataclass(frozen=True)
class Person:
    """What a person brings along.

    Attributes
    ----------
    id : PersonId
    centre, office, group, age_band, needs : str
        Data keys.
    centre_name : str
        As the parameters write it.
    initial : bool
        Enrolled when the run began.
    elapsed : float
        Months enrolled before the run began.
    thresholds : mapping of str to float
        By destination, the unit-exponential threshold of the person's first spell.
    """

    id: PersonId
    centre: str
    office: str
    group: str
    age_band: str
    needs: str
    initial: bool
    elapsed: float
    thresholds: Mapping[str, float]
    centre_name: str = ""


@dataclass(frozen=True)
class Stay:
    """One stay in one stage.

    Attributes
    ----------
    stage : Stage
    ended_by : EndedBy
    spell : int
        Which enrolment, from 0.
    measure, destination : str
        Data keys; empty where there is none. The destination is that of an exit, and of the stay outside
        after it.
    begin, end : float
        Months since the run's start.
    first, last : date
        The days in which they fall.
    """

    stage: Stage
    ended_by: EndedBy
    spell: int
    measure: str
    destination: str
    begin: float
    end: float
    first: date
    last: date

    @property
    def months(self) -> float:
        """How long it lasted."""
        return self.end - self.begin


@dataclass(frozen=True)
class Life:
    """A person's history in one world.

    Attributes
    ----------
    scenario : str
    person : Person or None
        None where the person never comes: with another inflow, another part of the candidates comes.
    stays : tuple of Stay
        In order of time.
    kr : mapping of str to float
        What the person cost the City, by line, at the prices of 2008: a share in what offices and providers
        cost, and benefit and wages as they were paid.
    benefit_months : float
    """

    scenario: str
    person: Person | None
    stays: tuple[Stay, ...] = ()
    kr: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(NET, 0.0))
    benefit_months: float = 0.0

    def months(self, *stages: Stage) -> float:
        """Months in some stages."""
        return sum(stay.months for stay in self.stays if stay.stage in stages)

    @property
    def months_enrolled(self) -> float:
        """Months in any enrolled stage."""
        return self.months(*ENROLLED_STAGES)

    @property
    def spells(self) -> int:
        """Enrolments."""
        return len({stay.spell for stay in self.stays if stay.stage in ENROLLED_STAGES})

    @property
    def exits(self) -> tuple[Stay, ...]:
        """The stays that ended with leaving the centre."""
        return tuple(stay for stay in self.stays if stay.stage in ENROLLED_STAGES and stay.destination)

    @property
    def cost(self) -> float:
        """Kr to the City's purse."""
        return sum(self.kr.values())


@dataclass(frozen=True)
class TwoWorlds:
    """The same person's two histories.

    Attributes
    ----------
    run, seed : int
    start : date
        Of both runs.
    months : int
        Length of both.
    base, other : Life
    """

    run: int
    seed: int
    start: date
    months: int
    base: Life
    other: Life

    @property
    def person(self) -> Person:
        """The person, as in the base or else as in the other world."""
        found = self.base.person or self.other.person
        assert found is not None
        return found

    @property
    def part_at(self) -> float | None:
        """Until when the two histories are the same, in months; None when they never differ."""
        for ours, theirs in zip(self.base.stays, self.other.stays, strict=False):
            if ours != theirs:
                same_stage = (ours.stage, ours.measure, ours.begin) == (
                    theirs.stage,
                    theirs.measure,
                    theirs.begin,
                )
                return min(ours.end, theirs.end) if same_stage else min(ours.begin, theirs.begin)
        longer = max(self.base.stays, self.other.stays, key=len)
        shared = min(len(self.base.stays), len(self.other.stays))
        return longer[shared].begin if len(longer) > shared else None


@dataclass(frozen=True)
class Told:
    """A run whose people can be told of.

    Attributes
    ----------
    scenario : Scenario
    history : History
        A run of that scenario.
    seed, run : int
    """

    scenario: Scenario
    history: History
    seed: int
    run: int

    @cached_property
    def costs(self) -> PersonCosts:
        """Every person's part of every line."""
        tallies = account(self.scenario, self.history, tally(self.scenario, self.history))
        return person_costs(self.scenario, self.history, tallies)

    @cached_property
    def months_enrolled(self) -> NDArray[np.float64]:
        """Months enrolled by person, float64[N]."""
        stays = self.history.stays[np.isin(self.history.stays["stage"], ENROLLED_STAGES)]
        return sum_by_person(stays["person"], stays["end"] - stays["begin"], len(self.history.people))

    def index(self, person: PersonId) -> int | None:
        """Where a person stands among the run's people; None for nobody."""
        people, streams = self.history.people, self.history.streams
        if person.stream not in streams:
            return None
        mine = (people["stream"] == streams.index(person.stream)) & (people["ordinal"] == person.ordinal)
        found = np.flatnonzero(mine)
        return int(found[0]) if len(found) else None

    def id(self, index: int) -> PersonId:
        """Return the id of a person among the run's people."""
        who = self.history.people[index]
        return PersonId(self.history.streams[who["stream"]], int(who["ordinal"]))

    def life(self, person: PersonId) -> Life:
        """Return a person's history; one without stays where the person never comes."""
        index = self.index(person)
        if index is None:
            return Life(self.scenario.name, None)
        history = self.history
        who = history.people[index]
        drawn = thresholds(history.destinations, self.seed, self.run, person.stream, person.ordinal)
        centre = history.centres[history.office_centre[who["office"]]]
        found = Person(
            id=person,
            centre=centre,
            office=history.offices[who["office"]],
            group=history.groups[who["group"]],
            age_band=history.age_bands[who["age"]],
            needs=history.needs[who["needs"]],
            initial=bool(who["initial"]),
            elapsed=float(who["elapsed"]),
            thresholds=dict(zip(history.destinations, drawn.tolist(), strict=True)),
            centre_name=str(self.scenario.table("organisation.centres").by_key("name")[centre]),
        )
        mine = history.stays[history.stays["person"] == index]
        return Life(
            self.scenario.name,
            found,
            tuple(self._stay(row) for row in mine),
            {line: float(kr[index]) for line, kr in self.costs.kr.items()},
            float(self.costs.benefit_months[index]),
        )

    def _stay(self, row: np.void) -> Stay:
        history = self.history
        begin, end = float(row["begin"]), float(row["end"])
        return Stay(
            stage=Stage(row["stage"]),
            ended_by=EndedBy(row["ended_by"]),
            spell=int(row["spell"]),
            measure=history.measures[row["measure"]] if row["measure"] >= 0 else "",
            destination=history.destinations[row["destination"]] if row["destination"] >= 0 else "",
            begin=begin,
            end=end,
            first=time_to_date(begin, history.start),
            last=time_to_date(end, history.start),
        )


def person_in_two_worlds(
    base: Scenario,
    other: Scenario,
    run: int,
    seed: int,
    person: PersonId | None = None,
    by: Ranking = "months",
    engine: Engine = "compiled",
) -> TwoWorlds:
    """Follow one person through the same run of two scenarios.

    Parameters
    ----------
    base, other : Scenario
        Over the same months.
    run, seed : int
    person : PersonId, optional
        Who; without it the most affected, see `most_affected`.
    by : {"months", "money"}
        What the most affected is affected in.
    engine : {"compiled", "simpy"}

    Raises
    ------
    ExperimentError
        If the person comes in neither world, or the scenarios run over different months.
    """
    if (base.start, base.months) != (other.start, other.months):
        raise ExperimentError("different-shapes", name=other.name, other=base.name, axis="months")
    ours, theirs = (Told(which, simulate(which, run, seed, engine), seed, run) for which in (base, other))
    return follow(ours, theirs, person, by)


def follow(base: Told, other: Told, person: PersonId | None = None, by: Ranking = "months") -> TwoWorlds:
    """Follow one person through two runs that are there already; see `person_in_two_worlds`."""
    who = most_affected(base, other, by) if person is None else person
    ours, theirs = base.life(who), other.life(who)
    if ours.person is None and theirs.person is None:
        raise ExperimentError("no-such-person", found=who, run=base.run)
    return TwoWorlds(base.run, base.seed, base.history.start, base.history.months, ours, theirs)


def most_affected(base: Told, other: Told, by: Ranking = "months") -> PersonId:
    """Return the person whose months enrolled, or cost, differ most between two worlds.

    Only those who come in both are asked. Of equals the first by stream and number, as the base has them.

    Raises
    ------
    ExperimentError
        If nobody comes in both.
    """
    ours, theirs = _in_both(base.history, other.history)
    if not len(ours):
        raise ExperimentError("nobody-in-both", base=base.scenario.name, other=other.scenario.name)
    first, second = (
        (base.months_enrolled, other.months_enrolled) if by == "months" else (base.costs.net, other.costs.net)
    )
    return base.id(int(ours[np.argmax(np.abs(first[ours] - second[theirs]))]))


def _in_both(base: History, other: History) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the places, in each world, of the people who come in both; in the order of the base."""
    shift = 2**40
    number = {stream: place for place, stream in enumerate(base.streams)}
    known = np.array([number.get(stream, -1) for stream in other.streams], dtype=np.int64)
    keys = base.people["stream"].astype(np.int64) * shift + base.people["ordinal"]
    their_keys = known[other.people["stream"]] * shift + other.people["ordinal"]
    _, ours, theirs = np.intersect1d(keys, their_keys, assume_unique=True, return_indices=True)
    return ours, theirs
