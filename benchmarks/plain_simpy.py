"""A plain SimPy model of one job centre with one provider.

The model stands alone: it shares no code, no tables and no rules with the simulator, so that the
simulator can be held against something written apart. One SimPy process is one person. Time is in
months (a float); the 1st of each month is a whole number.

What happens when two things fall on the same instant:

* The pace of coaching for a month is fixed first of all on the 1st, from the slots held as the old
  month ended.
* A person whose provider stage ends takes the full slot back before the next person moves to the
  provider and lets go of theirs.

Run ``python benchmarks/plain_simpy.py --runs 40`` to print the three small cases.
"""

import argparse
import math
import time
from collections import deque
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import simpy

NEEDS = ("near", "middle", "compound")
CAUSES = ("work", "studies", "self_employment", "other")

WAITING = "waiting"
ASSESSMENT = "assessment"
COACHING = "coaching"
PROVIDER = "provider"

# What a process yields to SimPy and, last, what it returns.
Steps = Generator[simpy.Event, Any, None]
StepsToCause = Generator[simpy.Event, Any, str]


@dataclass(frozen=True)
class SmallFlow:
    """One office, one provider and the people who pass through them.

    Parameters
    ----------
    referrals_per_month : float
        Rate of the Poisson stream of referrals (persons/month).
    no_show : float
        Probability that a referred person never comes (0-1).
    needs_share : dict[str, float]
        Probability of each segment in `NEEDS` for a referred or initial person; sums to 1.
    hazards : dict[str, dict[str, float]]
        Hazard of each cause in `CAUSES` for each segment, at stage factor 1 (1/month).
    waiting_pace : float
        Stage factor while waiting and in assessment (ratio).
    assessment_months : float
        Length of the assessment (months).
    caseworkers : float
        Caseworkers at the office (persons).
    norm : float
        Slots that one caseworker is meant to hold (slots/caseworker).
    headroom : float
        Multiplier on the norm when the capacity is set (ratio).
    elasticity : float
        How strongly the pace of coaching falls with the load (0 = not at all).
    load_scale : float
        Multiplier on slots held per caseworker that gives the load (ratio).
    load_floor, load_ceiling : float
        Bounds on the load before it sets the pace (slots/caseworker); the floor is above 0.
    load_reference : float
        Load at which the pace of coaching is 1 (slots/caseworker).
    places : int
        Places at the provider; 0 means that there is no provider (persons).
    ready_months : float
        Unbroken time in coaching before the person joins the provider's queue (months).
    provider_months : float
        Length of the provider stage (months).
    provider_factor : float
        Pace at the provider relative to coaching (ratio).
    own_staff_share : float
        Share of a slot at the office held by a person at the provider: 0, 0.5 or 1.
    returned_by_six : float
        Probability of having returned by six months after exit; 0 means no returns (0-1).
    return_horizon_months : float
        Time after exit at which the hazard of returning has fallen to 0 (months).
    initial : int
        People in coaching at time 0, each holding a slot; may exceed the capacity (persons).
    months : float
        Length of the run (months).
    warm_up : float
        Time from which statistics are collected (months).
    """

    referrals_per_month: float = 60.0
    no_show: float = 0.3
    needs_share: dict[str, float] = field(
        default_factory=lambda: {"near": 0.4, "middle": 0.35, "compound": 0.25}
    )
    hazards: dict[str, dict[str, float]] = field(
        default_factory=lambda: {
            "near": {"work": 0.084, "studies": 0.021, "self_employment": 0.007, "other": 0.028},
            "middle": {"work": 0.035, "studies": 0.014, "self_employment": 0.0035, "other": 0.0175},
            "compound": {"work": 0.010, "studies": 0.005, "self_employment": 0.001, "other": 0.014},
        }
    )
    waiting_pace: float = 0.79
    assessment_months: float = 0.75
    caseworkers: float = 8.0
    norm: float = 50.0
    headroom: float = 1.0
    elasticity: float = 0.15
    load_scale: float = 1.0
    load_floor: float = 20.0
    load_ceiling: float = 80.0
    load_reference: float = 40.0
    places: int = 60
    ready_months: float = 2.5
    provider_months: float = 3.0
    provider_factor: float = 1.2
    own_staff_share: float = 0.5
    returned_by_six: float = 0.15
    return_horizon_months: float = 18.0
    initial: int = 0
    months: float = 84.0
    warm_up: float = 24.0

    @property
    def capacity(self) -> float:
        """Slots that may be held before no new one is granted, in halves (slots)."""
        halves = 2.0 * self.caseworkers * self.norm * self.headroom
        # Rounded before the floor: 800 times 1.15 is 919.9999999999999 in floats, and 920 is meant.
        return math.floor(round(halves, 6)) / 2.0


class Level:
    """A number that steps up and down over time, with its time mean from the warm-up on.

    Parameters
    ----------
    env : simpy.Environment
        The clock (months).
    start : float
        Value at time 0.
    warm_up : float
        Time from which the mean is taken (months).
    """

    def __init__(self, env: simpy.Environment, start: float, warm_up: float) -> None:
        self.env = env
        self.value = start
        self.warm_up = warm_up
        self.area = 0.0
        self.changed_at = 0.0

    def add(self, step: float) -> None:
        """Step the value up, or down where `step` is negative."""
        self._add_area()
        self.value += step

    def mean(self) -> float:
        """Return the mean from the warm-up until now."""
        self._add_area()
        return self.area / (self.env.now - self.warm_up)

    def _add_area(self) -> None:
        since = max(self.changed_at, self.warm_up)
        if self.env.now > since:
            self.area += self.value * (self.env.now - since)
        self.changed_at = self.env.now


class Slots:
    """The office's slots: granted first come, first served, and overfilled when people come back.

    A `simpy.Container` would not do: it can neither go below empty nor let somebody who comes back
    pass those who queue.

    Parameters
    ----------
    env : simpy.Environment
        The clock (months).
    capacity : float
        A new slot is granted only while ``held + 1 <= capacity`` (slots).
    held : Level
        Slots held, with the shares of people at the provider (slots).
    """

    def __init__(self, env: simpy.Environment, capacity: float, held: Level) -> None:
        self.env = env
        self.capacity = capacity
        self.held = held
        self.queue: deque[simpy.Event] = deque()

    def ask(self) -> simpy.Event:
        """Join the queue; the event returned happens when a full slot is granted."""
        request = self.env.event()
        self.queue.append(request)
        self._grant()
        return request

    def withdraw(self, request: simpy.Event) -> None:
        """Leave the queue without a slot."""
        self.queue.remove(request)

    def change(self, step: float) -> None:
        """Take more of a slot (`step` above 0, never refused) or give some back (below 0)."""
        self.held.add(step)
        self._grant()

    def _grant(self) -> None:
        while self.queue and self.held.value + 1.0 <= self.capacity:
            # Counted here and not when the person wakes, so that no slot is given away twice.
            self.held.add(1.0)
            self.queue.popleft().succeed()


class ExitClock:
    """The cause that ends a spell and how much of its clock is left.

    Every cause has a unit-exponential threshold and a clock that runs at its hazard times the
    stage factor. The stage factor is one and the same for all causes, so the cause with the least
    threshold / hazard is the first to be reached, whatever stages the spell goes through.

    Parameters
    ----------
    hazards : dict[str, float]
        Hazard of each cause at stage factor 1 (1/month).
    generator : numpy.random.Generator
        Source of the thresholds.
    """

    def __init__(self, hazards: dict[str, float], generator: np.random.Generator) -> None:
        due = {}
        for cause in CAUSES:
            threshold = generator.exponential()
            due[cause] = threshold / hazards[cause] if hazards[cause] > 0.0 else math.inf
        self.cause = min(due, key=lambda cause: due[cause])
        self.left = due[self.cause]  # months at stage factor 1

    @property
    def over(self) -> bool:
        """Whether the threshold is reached."""
        return self.left <= 0.0


@dataclass
class Wait:
    """A spell's wait for a slot, from enrolment (months); `ended` is None while it lasts."""

    began: float
    ended: float | None = None


@dataclass
class Closure:
    """The end of a spell and, once it has happened, the return (months)."""

    at: float
    cause: str
    returned_at: float | None = None


def months_to_return(flow: SmallFlow, generator: np.random.Generator) -> float:
    """Draw the time from an exit to the return.

    The hazard is ``r0 * (1 - t / T)`` up to the horizon ``T`` and 0 after, so the hazard gathered
    by ``t`` is ``r0 * (t - t**2 / (2 * T))``. The return comes when that reaches a unit-exponential
    draw.

    Parameters
    ----------
    flow : SmallFlow
        Gives the probability of having returned by six months, and the horizon.
    generator : numpy.random.Generator
        Source of the draw.

    Returns
    -------
    float
        Months from exit to return; infinite for a person who never returns.
    """
    if flow.returned_by_six == 0.0:
        return math.inf
    horizon = flow.return_horizon_months
    six = min(6.0, horizon)
    r0 = -math.log(1.0 - flow.returned_by_six) / (six - six**2 / (2.0 * horizon))
    draw = generator.exponential()
    if draw >= r0 * horizon / 2.0:
        return math.inf
    return horizon * (1.0 - math.sqrt(1.0 - 2.0 * draw / (r0 * horizon)))


class Office:
    """The office, the provider and everybody in them.

    Parameters
    ----------
    flow : SmallFlow
        The case.
    generator : numpy.random.Generator
        Source of every draw.
    """

    def __init__(self, flow: SmallFlow, generator: np.random.Generator) -> None:
        self.flow = flow
        self.generator = generator
        self.env = simpy.Environment()
        self.enrolled = Level(self.env, flow.initial, flow.warm_up)
        self.waiting = Level(self.env, 0, flow.warm_up)
        self.in_provider = Level(self.env, 0, flow.warm_up)
        self.slots = Slots(self.env, flow.capacity, Level(self.env, flow.initial, flow.warm_up))
        # SimPy has no resource without places.
        self.places = simpy.Resource(self.env, flow.places) if flow.places > 0 else None
        self.coaching_pace = 1.0
        self.no_shows: list[float] = []
        self.enrolments: list[float] = []
        self.returns: list[float] = []
        self.waits: list[Wait] = []
        self.closures: list[Closure] = []

        for _ in range(flow.initial):
            self.env.process(self.person(self.draw_needs(), starts_in_coaching=True))
        if flow.referrals_per_month > 0.0:
            self.env.process(self.referrals())

    def run(self) -> None:
        """Run month by month to the end."""
        while self.env.now < self.flow.months:
            # `env.run` stops before anything else due on the 1st, so the pace is fixed first.
            self.fix_coaching_pace()
            self.env.run(until=min(self.env.now + 1.0, self.flow.months))

    def fix_coaching_pace(self) -> None:
        """Fix the pace of coaching for the month from the slots held just now."""
        flow = self.flow
        load = self.slots.held.value / flow.caseworkers * flow.load_scale
        bounded = min(max(load, flow.load_floor), flow.load_ceiling)
        self.coaching_pace = (bounded / flow.load_reference) ** (-flow.elasticity)

    def pace(self, stage: str) -> tuple[float, float]:
        """Return the stage factor now (ratio) and for how long it will hold (months)."""
        if stage in (WAITING, ASSESSMENT):
            return self.flow.waiting_pace, math.inf
        to_next_first = math.floor(self.env.now) + 1.0 - self.env.now
        if stage == PROVIDER:
            return self.coaching_pace * self.flow.provider_factor, to_next_first
        return self.coaching_pace, to_next_first

    def draw_needs(self) -> str:
        """Draw a person's segment."""
        shares = [self.flow.needs_share[needs] for needs in NEEDS]
        return NEEDS[self.generator.choice(len(NEEDS), p=shares)]

    def referrals(self) -> Steps:
        """Refer people for as long as the run lasts."""
        while True:
            yield self.env.timeout(self.generator.exponential(1.0 / self.flow.referrals_per_month))
            if self.generator.random() < self.flow.no_show:
                self.no_shows.append(self.env.now)
            else:
                self.enrolments.append(self.env.now)
                self.env.process(self.person(self.draw_needs(), starts_in_coaching=False))

    def person(self, needs: str, *, starts_in_coaching: bool) -> Steps:
        """Live through spell after spell until the person stays away for good."""
        if starts_in_coaching:
            cause = yield from self.coached_spell(ExitClock(self.flow.hazards[needs], self.generator))
        else:
            cause = yield from self.whole_spell(needs)
        while True:
            self.enrolled.add(-1)
            closure = Closure(self.env.now, cause)
            self.closures.append(closure)
            away = months_to_return(self.flow, self.generator)
            if away == math.inf:
                return
            yield self.env.timeout(away)
            closure.returned_at = self.env.now
            self.returns.append(self.env.now)
            cause = yield from self.whole_spell(needs)

    def whole_spell(self, needs: str) -> StepsToCause:
        """Live through a spell from enrolment to exit; return the cause of the exit."""
        clock = ExitClock(self.flow.hazards[needs], self.generator)
        self.enrolled.add(1)
        request = self.slots.ask()
        self.waiting.add(1)
        wait = Wait(self.env.now)
        self.waits.append(wait)
        yield from self.stay(WAITING, clock, until=request)
        self.waiting.add(-1)
        wait.ended = self.env.now
        # Asked of the request and not of the clock: should both come at one instant, the slot is
        # already the person's, and has to be given back.
        if not request.triggered:
            self.slots.withdraw(request)
            return clock.cause
        yield from self.stay(ASSESSMENT, clock, months=self.flow.assessment_months)
        return (yield from self.coached_spell(clock))

    def coached_spell(self, clock: ExitClock) -> StepsToCause:
        """Live in coaching and at the provider, from holding a slot to exit; return the cause."""
        if self.places is None:
            yield from self.stay(COACHING, clock)
        else:
            while not clock.over:
                yield from self.stay(COACHING, clock, months=self.flow.ready_months)
                if not clock.over:
                    yield from self.queue_and_attend(self.places, clock)
        self.slots.change(-1.0)
        return clock.cause

    def queue_and_attend(self, places: simpy.Resource, clock: ExitClock) -> Steps:
        """Queue for a place while in coaching, then attend the provider; ends with a full slot."""
        lent = 1.0 - self.flow.own_staff_share
        # Leaving the block takes the person out of the queue, or frees the place.
        with places.request() as place:
            yield from self.stay(COACHING, clock, until=place)
            if clock.over:
                return
            self.in_provider.add(1)
            self.slots.change(-lent)
            yield from self.stay(PROVIDER, clock, months=self.flow.provider_months)
            self.in_provider.add(-1)
            # Somebody whose clock ran out at the provider also comes by here and gives the full
            # slot back at the same instant.
            self.slots.change(lent)

    def stay(
        self, stage: str, clock: ExitClock, months: float = math.inf, until: simpy.Event | None = None
    ) -> Steps:
        """Stay in a stage until its time is up, an event happens or the spell's clock runs out.

        Parameters
        ----------
        stage : str
            Sets the pace of the clock.
        clock : ExitClock
            The spell's clock; nothing happens if it has run out already.
        months : float
            Length of the stage (months).
        until : simpy.Event, optional
            A slot or a place granted.
        """
        months_left = months
        while not clock.over and months_left > 0.0:
            pace, holds_for = self.pace(stage)
            to_exit = clock.left / pace if pace > 0.0 else math.inf
            step = min(to_exit, months_left, holds_for)
            began = self.env.now
            timeout = self.env.timeout(step)
            yield timeout if until is None else timeout | until
            if until is not None and until.triggered:
                clock.left -= (self.env.now - began) * pace
                return
            months_left -= step
            # Set to exactly 0: rounding in the subtraction could leave a crumb.
            clock.left = 0.0 if step == to_exit else clock.left - step * pace

    def statistics(self) -> dict[str, float]:
        """Return what was seen from the warm-up on, as described in `run`."""
        flow = self.flow
        window = flow.months - flow.warm_up
        waits = [wait for wait in self.waits if wait.began >= flow.warm_up]
        waited = [(flow.months if wait.ended is None else wait.ended) - wait.began for wait in waits]
        closures = [closure for closure in self.closures if closure.at >= flow.warm_up]
        followed = [closure for closure in closures if closure.at <= flow.months - 6.0]
        returned = [
            closure.returned_at is not None and closure.returned_at - closure.at <= 6.0
            for closure in followed
        ]
        result = {
            "mean_enrolled": self.enrolled.mean(),
            "mean_waiting": self.waiting.mean(),
            "mean_in_provider": self.in_provider.mean(),
            "mean_slots_held": self.slots.held.mean(),
            "mean_wait_months": sum(waited) / len(waited) if waited else math.nan,
        }
        for cause in CAUSES:
            exits = sum(closure.cause == cause for closure in closures)
            result[f"exits_{cause}_per_month"] = exits / window
        for name, times in (
            ("enrolments", self.enrolments),
            ("returns", self.returns),
            ("no_shows", self.no_shows),
        ):
            result[f"{name}_per_month"] = sum(at >= flow.warm_up for at in times) / window
        result["returned_within_six_share"] = sum(returned) / len(returned) if returned else math.nan
        result["enrolled_at_end"] = float(self.enrolled.value)
        return result


def run(flow: SmallFlow, generator: np.random.Generator) -> dict[str, float]:
    """Simulate one case once.

    Parameters
    ----------
    flow : SmallFlow
        The case.
    generator : numpy.random.Generator
        Source of every draw.

    Returns
    -------
    dict[str, float]
        Over the window from the warm-up to the end:

        - ``mean_enrolled``, ``mean_waiting``, ``mean_in_provider``: time means (persons);
        - ``mean_slots_held``: time mean (slots);
        - ``mean_wait_months``: mean wait for a slot of the spells enrolled in the window, returns
          among them; who left while waiting or still waits counts with what they waited (months,
          nan without spells);
        - ``exits_<cause>_per_month``, ``returns_per_month``, ``no_shows_per_month`` (persons/month)
          and ``enrolments_per_month``, which leaves out returns (persons/month);
        - ``returned_within_six_share``: of the closures in the window at least six months before
          the end, the share that have returned within six months (0-1, nan without closures);
        - ``enrolled_at_end``: enrolled as the run ends (persons).
    """
    office = Office(flow, generator)
    office.run()
    return office.statistics()


QUEUE = SmallFlow(elasticity=0.0, places=0, returned_by_six=0.0)

SMALL_CASES: dict[str, SmallFlow] = {
    "no_queue": replace(QUEUE, caseworkers=20.0),
    "queue": QUEUE,
    # Many more people than slots at the start and an early window: the load, and with it the pace,
    # then changes from month to month before the queue holds the slots at the capacity.
    "queue_provider_returns": SmallFlow(initial=560, months=60.0, warm_up=2.0),
}


def main() -> None:
    """Print means and standard errors of the small cases over several runs."""
    parser = argparse.ArgumentParser(description="Run the plain SimPy model's small cases.")
    parser.add_argument("--runs", type=int, default=40, help="runs of each case, at least 2 (default 40)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the draws (default 1)")
    arguments = parser.parse_args()
    for name, flow in SMALL_CASES.items():
        generators = np.random.default_rng(arguments.seed).spawn(arguments.runs)
        started = time.perf_counter()
        results = [run(flow, generator) for generator in generators]
        seconds = (time.perf_counter() - started) / arguments.runs
        print(f"{name}: {arguments.runs} runs, {seconds:.2f} s a run")
        for key in results[0]:
            values = np.array([result[key] for result in results])
            error = values.std(ddof=1) / math.sqrt(len(values))
            print(f"  {key:<32}{values.mean():>12.4f}  SE {error:.4f}")


if __name__ == "__main__":
    main()
