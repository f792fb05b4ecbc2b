"""What a person may be expected to cost from some day on: inside, outside, and back again.

Chances and values only; `sim.economy.terminal` says which people, hazards and costs there are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_STEPS_A_MONTH = 8
_STEPS_OF_A_SPELL, _LONGEST_SPELL = 400, 40.0  # the latter in mean spells, or so


@dataclass(frozen=True)
class Handovers:
    """Plans that end with another authority, for those still inside by then.

    Attributes
    ----------
    share : float64[needs, agencies]
        Of the plans of a spell that begins.
    months : float64[agencies]
        From the plan to the handover.
    to_plan : float
        Months from enrolment to the plan.
    destination : int64[agencies]
    """

    share: NDArray[np.float64]
    months: NDArray[np.float64]
    to_plan: float
    destination: NDArray[np.int64]


@dataclass(frozen=True)
class Staying:
    """How long people stay inside whom nobody hands over, by needs; see `future_cost`.

    Attributes
    ----------
    hazard : float64[needs]
        One over the mean spell, in months.
    shape : float
        Of Weibull's distribution; 1 for a chance to leave that doesn't change with time.
    force : float
        Rate of discount, a month.
    """

    hazard: NDArray[np.float64]
    shape: float
    force: float

    @property
    def speed(self) -> NDArray[np.float64]:
        """Speed at which the distribution's clock runs, so that the mean spell is one over the hazard."""
        return math.gamma(1.0 + 1.0 / self.shape) * self.hazard

    def left(self, needs: NDArray[np.int64], elapsed: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return discounted months still inside, of people who have been inside for so many months."""
        if self.shape == 1.0:
            return np.asarray(1.0 / (self.hazard + self.force)[needs])
        ages, months = _months_left(tuple(self.speed.tolist()), self.shape, self.force)
        found = np.empty(len(needs))
        for segment in range(len(self.hazard)):
            of = needs == segment
            found[of] = np.interp(elapsed[of], ages[:, segment], months[:, segment])
        return found

    def still(
        self, needs: NDArray[np.int64], elapsed: NDArray[np.float64], months: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the discounted chance that people are inside so many months from now."""
        clock = self.speed[needs]
        consumed = (clock * (elapsed + months)) ** self.shape - (clock * elapsed) ** self.shape
        return np.asarray(np.exp(-consumed - self.force * months))


@dataclass(frozen=True)
class Future:
    """What a person costs from the horizon on, as worth at the horizon, in kr.

    Attributes
    ----------
    inside : float64[needs]
        Of somebody whose spell begins.
    outside : float64[ages, destinations, needs]
        Of somebody who has been outside for so long, and went to that destination.
    ages : float64[ages]
        Months since the exit at which `outside` is given, evenly spaced; nothing is left at the last.
    cost, exit_value : float64[needs]
        A month inside, and what follows a clock's exit.
    staying : Staying
    """

    inside: NDArray[np.float64]
    outside: NDArray[np.float64]
    ages: NDArray[np.float64]
    cost: NDArray[np.float64]
    exit_value: NDArray[np.float64]
    staying: Staying

    def inside_at(self, needs: NDArray[np.int64], elapsed: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the cost of people inside for so many months whom nobody will hand over in this spell."""
        months = self.staying.left(needs, elapsed)
        exits = 1.0 - self.staying.force * months
        value: NDArray[np.float64] = self.cost[needs] * months + exits * self.exit_value[needs]
        return value

    def handed_over(
        self,
        needs: NDArray[np.int64],
        elapsed: NDArray[np.float64],
        months: NDArray[np.float64],
        destination: int,
    ) -> NDArray[np.float64]:
        """Return what changes when those still inside after so many months are then handed over."""
        instead = self.outside[0, destination, needs] - self.inside_at(needs, elapsed + months)
        return np.asarray(self.staying.still(needs, elapsed, months) * instead)

    def outside_at(
        self, age: NDArray[np.float64], destination: NDArray[np.int8], needs: NDArray[np.int8]
    ) -> NDArray[np.float64]:
        """Return `outside` of some people, on a straight line between the ages that are given."""
        last = len(self.ages) - 1
        position = np.minimum(age / self.ages[-1], 1.0) * last if self.ages[-1] > 0.0 else np.zeros_like(age)
        below = position.astype(np.int64)
        above = np.minimum(below + 1, last)
        part = position - below
        left: NDArray[np.float64] = (1.0 - part) * self.outside[below, destination, needs]
        left += part * self.outside[above, destination, needs]
        return left


def future_cost(
    hazard: NDArray[np.float64],
    destination_share: NDArray[np.float64],
    cost: NDArray[np.float64],
    benefit: NDArray[np.float64],
    benefit_share: NDArray[np.float64],
    benefit_window: float | NDArray[np.float64],
    return_risk: NDArray[np.float64],
    return_end: float,
    rate: float,
    shape: float = 1.0,
    handovers: Handovers | None = None,
) -> Future:
    """Return what people cost from the horizon on.

    A person inside leaves at the rate h, costs c a month until then, and leaves for destination d with
    probability p(d). Outside, they have the benefit's share s(d) for a while, and come back to a new spell
    with probability q(d). With L discounted months inside and δ the rate of discount a month, the value V
    of a spell is

        V = c · L + (1 − δ · L) · (sum over d of p(d) · (B(d) + q(d) · V)),

    where B(d) is the benefit after an exit there, and B and q are discounted to the moment of the exit. While
    the chance to leave doesn't change with time, L = 1 / (h + δ), whatever has gone before. With a Weibull's
    shape L depends on the time in the spell; the mean spell stays 1 / h.

    A share a of plans is handed over, to the value W, when the person is still inside after τ months. At that
    time W takes the place of what would have followed, so that H(τ) · (W − V(τ)) is added, H the discounted
    chance to be inside still and V(τ) the value of a spell τ months old.

    The hazard of return falls in a straight line to none, so what it has added up to s months after the exit
    is R(s) = R∞ · (2 u − u²), u = s / end.

    Parameters
    ----------
    hazard : float64[needs]
        One over the mean spell: rate of exit of any kind, per month.
    destination_share : float64[needs, destinations]
        Adding up to 1 over destinations.
    cost, benefit : float64[needs]
        Kr for a month enrolled: all of the City's cost, and the benefit in it.
    benefit_share : float64[destinations]
        Benefit after an exit, as a share of `benefit`.
    benefit_window : float or float64[destinations]
        Months after the exit with such benefit.
    return_risk : float64[destinations]
        R∞: the integrated hazard of ever returning; the probability is 1 − exp(−R∞).
    return_end : float
        Months after the exit at which nobody returns any more.
    rate : float
        Real rate of discount a year.
    shape : float, optional
        Of the time in a spell (Weibull).
    handovers : Handovers, optional

    Returns
    -------
    Future

    Raises
    ------
    ValueError
        When somebody would cost money for ever, undiscounted.
    """
    force = math.log1p(rate) / 12.0
    windows = np.broadcast_to(np.asarray(benefit_window, dtype=np.float64), return_risk.shape)
    ages, back, on_benefit = _after_exit(
        tuple(windows.tolist()), tuple(return_risk.tolist()), return_end, force
    )
    outside_benefit = on_benefit[:, :, None] * benefit_share[:, None] * benefit  # [ages, destinations, needs]
    at_exit = (destination_share.T * outside_benefit[0]).sum(axis=0)
    returning = destination_share @ back[0]
    if (hazard + force <= 0.0).any():
        raise ValueError(_NO_END)
    staying, segments = Staying(hazard, shape, force), np.arange(len(hazard))
    months = staying.left(segments, np.zeros(len(hazard)))
    exits = 1.0 - force * months
    known, again = cost * months + exits * at_exit, exits * returning  # V = known + again · V
    if handovers is not None:
        for agency, destination in enumerate(handovers.destination):
            after = np.full(len(hazard), handovers.to_plan + handovers.months[agency])
            then = staying.left(segments, after)
            exits_then = 1.0 - force * then
            chance = handovers.share[:, agency] * staying.still(segments, np.zeros(len(hazard)), after)
            known += chance * (outside_benefit[0, destination] - cost * then - exits_then * at_exit)
            again += chance * (back[0, destination] - exits_then * returning)
    if (again >= 1.0).any():
        raise ValueError(_NO_END)
    inside = known / (1.0 - again)
    outside = outside_benefit + back[:, :, None] * inside
    return Future(inside, outside, ages, cost, at_exit + returning * inside, staying)


_NO_END = "Somebody would never leave, and later costs count in full: the terminal line has no end."


@lru_cache(maxsize=64)
def _months_left(
    speed: tuple[float, ...], shape: float, force: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return times in a spell, and at each the discounted months still inside, float64[ages, needs].

    Found backwards from a time at which hardly anybody is left, where the chance to leave stands still; each
    step is Simpson's rule, and steps are short at the start, where the chance changes fastest.
    """
    clock = np.array(speed)
    ages = np.linspace(0.0, 1.0, _STEPS_OF_A_SPELL + 1)[:, None] ** 3 * _LONGEST_SPELL / clock
    consumed = (clock * ages) ** shape
    months = np.empty_like(ages)
    months[-1] = 1.0 / (shape * clock**shape * ages[-1] ** (shape - 1.0) + force)
    for step in range(len(ages) - 2, -1, -1):
        width = ages[step + 1] - ages[step]
        half = (clock * (ages[step] + width / 2.0)) ** shape
        at_half = np.exp(consumed[step] - half - force * width / 2.0)
        at_end = np.exp(consumed[step] - consumed[step + 1] - force * width)
        months[step] = width * (1.0 + 4.0 * at_half + at_end) / 6.0 + at_end * months[step + 1]
    for kept in (ages, months):
        kept.flags.writeable = False
    return ages, months


@lru_cache(maxsize=64)
def _after_exit(
    windows: tuple[float, ...], risks: tuple[float, ...], end: float, force: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return ages, and at each the discounted chance of return and months of benefit left.

    The last two are [ages, destinations], found backwards from the age at which nothing is left; each step's
    chance is exact. Kept, because all runs of a scenario share them.
    """
    window, risk = np.array(windows), np.array(risks)
    length = max(*windows, end)
    ages = np.linspace(0.0, length, math.ceil(length * _STEPS_A_MONTH) + 1)
    u = np.minimum(ages / end, 1.0) if end > 0.0 else np.ones_like(ages)
    consumed = (2.0 * u - u**2)[:, None] * risk
    stay = np.exp(-np.diff(consumed, axis=0))
    back, months = np.zeros((2, len(ages), len(risk)))
    for step in range(len(ages) - 2, -1, -1):
        width = ages[step + 1] - ages[step]
        half = math.exp(-force * width / 2.0)
        covered = np.minimum(np.maximum(window - ages[step], 0.0), width)
        leave = 1.0 - stay[step]
        back[step] = leave * half + stay[step] * half**2 * back[step + 1]
        months[step] = covered * half * (1.0 + stay[step]) / 2.0 + stay[step] * half**2 * months[step + 1]
    for kept in (ages, back, months):
        kept.flags.writeable = False
    return ages, back, months
