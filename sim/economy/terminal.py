"""The terminal line: what those still inside, and those who may come back, will cost after the horizon.

Without it a horizon decides the verdict: a policy that leaves more people inside on the last day would
look cheaper than it is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.economy.costs import NET, benefit_enrolled, mean_benefit
from sim.economy.prices import discount
from sim.flow.building import first_return_hazard, waiting_pace
from sim.flow.history import History
from sim.flow.rules import pace
from sim.flow.stages import EndedBy, Stage
from sim.outcomes.tallies import Tallies, total
from sim.parameters import Scenario

LOOK_BACK_MONTHS = 12
_STEPS_A_MONTH = 8


@dataclass(frozen=True)
class Future:
    """What a person costs from the horizon on, as worth at the horizon, in kr.

    Attributes
    ----------
    inside : float64[needs]
        Of somebody enrolled.
    outside : float64[ages, destinations, needs]
        Of somebody who has been outside for so long, and went to that destination.
    ages : float64[ages]
        Months since the exit at which `outside` is given, evenly spaced; nothing is left at the last.
    """

    inside: NDArray[np.float64]
    outside: NDArray[np.float64]
    ages: NDArray[np.float64]

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
) -> Future:
    """Return what people cost from the horizon on.

    A person inside leaves at the rate h, costs c a month until then, and leaves for destination d with
    probability p(d). Outside, they have the benefit's share s(d) for a while, and come back to a spell
    like the first with probability q(d). Without discounting the value V of being inside is

        V = c / h + sum over d of p(d) · (B(d) + q(d) · V)
          = (c / h + sum p(d) · B(d)) / (1 − sum p(d) · q(d)),

    where B(d) is the benefit after an exit there. With a rate of discount δ a month,

        V = (c + h · sum p(d) · B(d)) / (h + δ − h · sum p(d) · q(d)),

    where B and q are discounted to the moment of the exit. The hazard of return falls in a straight line
    to none, so what it has added up to s months after the exit is R(s) = R∞ · (2 u − u²), u = s / end.

    Parameters
    ----------
    hazard : float64[needs]
        Rate of exit of any kind, per month.
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
    leaving = hazard + force - hazard * returning
    if (leaving <= 0.0).any():
        raise ValueError(
            "Somebody would never leave, and later costs count in full: the terminal line has no end."
        )
    inside = (cost + hazard * at_exit) / leaving
    return Future(inside, outside_benefit + back[:, :, None] * inside, ages)


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


def terminal_cost(
    scenario: Scenario,
    history: History,
    tallies: Tallies,
    policy_time: float = 0.0,
    pace_factor: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Return the terminal line, float64[O+1, H], in kr at the prices of 2008, worth at the policy's date.

    Parameters
    ----------
    scenario : Scenario
    history : History
    tallies : Tallies
        With the costs of `sim.economy.costs.costs`.
    policy_time : float
        To which the line is discounted.
    pace_factor : float64[needs], optional
        What the load makes of the exit hazards; 1 unless given. `last_pace` gives the run's own.

    Notes
    -----
    A month enrolled costs what it did on average in the run's last twelve months, in the segment: benefit,
    programme and temporary jobs. The hazards are those of the segment at mean age, without the labour
    market's cycle and without later changes of mandate. They don't change with the time in the spell
    (`exits.duration_shape`), no team leader moves them (`staff.leader_effect`), and no agency takes anybody
    over (`cooperation.transfer_share`): with these set, the line is an approximation.
    """
    own = _per_month_enrolled(tallies, tuple(name for name in NET if name != "kr_benefit_after_exit"))
    benefit = _per_month_enrolled(tallies, ("kr_benefit_enrolled",))
    return _expected(
        *(scenario, history, tallies, policy_time, pace_factor, own, benefit),
        scenario.array("costs.benefit_after_exit", tallies.destinations),
        scenario.number("costs.after_exit_months"),
    )


def terminal_rest(
    scenario: Scenario,
    history: History,
    tallies: Tallies,
    policy_time: float = 0.0,
    pace_factor: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Return what both purses bear after the horizon above the City's part, float64[O+1, H].

    Parameters
    ----------
    scenario, history, tallies, policy_time, pace_factor
        As for `terminal_cost`.

    Notes
    -----
    Three parts, each by the same chain of chances: the state's refund of benefit; the state's own benefit
    after an exit, with its subsidy of jobs; and displacement. Whoever has left for work before the horizon
    stays there in every scenario from then on, so displacement is told from the other side: each further
    month inside is a month in which nobody is displaced.
    """
    at = (scenario, history, tallies, policy_time, pace_factor)
    city = _per_month_enrolled(tallies, ("kr_benefit_enrolled",))
    shares = scenario.array("costs.state_refund", tallies.groups)
    refunded = _mean_month(tallies, benefit_enrolled(scenario, tallies, shares))
    refund = _expected(
        *(*at, refunded, refunded),
        scenario.array("costs.benefit_after_exit", tallies.destinations),
        scenario.number("costs.after_exit_months"),
    )
    to_work = scenario.array("exits.destination_share", tallies.needs, tallies.destinations)
    displaced = to_work @ scenario.array("costs.displacement", tallies.destinations)
    subsidy = _per_month_enrolled(tallies, ("kr_state_job",))
    return refund + _expected(
        *(*at, subsidy - displaced * mean_benefit(scenario), city + refunded),
        scenario.array("costs.state_benefit_after_exit", tallies.destinations),
        scenario.array("costs.state_benefit_months", tallies.destinations),
    )


def _expected(
    scenario: Scenario,
    history: History,
    tallies: Tallies,
    policy_time: float,
    pace_factor: NDArray[np.float64] | None,
    cost: NDArray[np.float64],
    benefit: NDArray[np.float64],
    benefit_share: NDArray[np.float64],
    benefit_window: float | NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return what a purse may expect to pay after the horizon, float64[O+1, H]; see `future_cost`."""
    needs, destinations = tallies.needs, tallies.destinations
    hazard = scenario.array("exits.hazard", needs)
    future = future_cost(
        hazard=hazard if pace_factor is None else hazard * pace_factor,
        destination_share=scenario.array("exits.destination_share", needs, destinations),
        cost=cost,
        benefit=benefit,
        benefit_share=benefit_share,
        benefit_window=benefit_window,
        return_risk=return_risk(scenario, destinations),
        return_end=scenario.number("returns.months_to_none"),
        rate=scenario.number("costs.discount_rate"),
    )
    stays = history.stays[history.stays["ended_by"] == EndedBy.UNFINISHED]
    segment = history.people["needs"][stays["person"]]
    age = history.months - stays["begin"]
    # the enrolled have no destination yet: what stands for them in the first branch is never taken
    left = np.where(
        stays["stage"] == Stage.OUTSIDE,
        future.outside_at(age, stays["destination"], segment),
        future.inside[segment],
    )
    line = np.zeros((len(tallies.offices) + 1, len(needs)))
    np.add.at(line, (stays["office"], segment), left)
    return line * discount(scenario, np.array(float(history.months)), policy_time)


def return_risk(scenario: Scenario, destinations: tuple[str, ...]) -> NDArray[np.float64]:
    """Return the integrated hazard of ever returning after each destination, float64[destinations]."""
    whole = first_return_hazard(scenario) * scenario.number("returns.months_to_none") / 2.0
    return whole * scenario.array("returns.destination_factor", destinations)


def last_pace(scenario: Scenario, history: History) -> NDArray[np.float64]:
    """Return what loads and queues at the horizon make of the exit hazards, float64[needs].

    Everybody inside counts: those with a caseworker at their office's pace of the last month (the load is
    that of all caseworkers), those who wait or are being assessed at the pace while waiting. A policy that
    leaves a longer queue on the last day thus pays for it. Destinations count by their share of the
    segment's exits.
    """
    share = scenario.array("exits.destination_share", history.needs, history.destinations)
    slow = (share * waiting_pace(scenario).T).sum(axis=1)
    served = np.array([_office_pace(scenario, history, load) for load in history.office_months[-1]["load"]])
    served = np.where(np.isfinite(served), served, slow)  # an office without staff

    stays = history.stays[history.stays["ended_by"] == EndedBy.UNFINISHED]
    stays = stays[stays["stage"] != Stage.OUTSIDE]
    waits = np.isin(stays["stage"], (Stage.WAITING, Stage.ASSESSMENT, Stage.APPROVAL))
    people = np.zeros((2, len(history.offices), len(history.needs)))
    np.add.at(
        people, (waits.astype(np.int64), stays["office"], history.people["needs"][stays["person"]]), 1.0
    )
    whole = people.sum(axis=(0, 1))
    mean: NDArray[np.float64] = (people[0] * served + people[1] * slow).sum(axis=0) / np.maximum(whole, 1.0)
    return np.where(whole > 0.0, mean, served.mean(axis=0))


def _office_pace(scenario: Scenario, history: History, load: float) -> NDArray[np.float64]:
    """Return what a load makes of the exit hazards, float64[needs]; infinite without staff."""
    if not math.isfinite(load):
        return np.full(len(history.needs), np.inf)
    share = scenario.array("exits.destination_share", history.needs, history.destinations)
    elasticity = scenario.array("exits.elasticity", history.destinations, history.needs)
    bounds = [scenario.number(f"exits.{key}") for key in ("reference_caseload", "load_floor", "load_ceiling")]
    return np.array(
        [
            sum(
                part * pace(load, *bounds, e)
                for part, e in zip(share[segment], elasticity[:, segment], strict=True)
            )
            for segment in range(len(history.needs))
        ]
    )


def _per_month_enrolled(tallies: Tallies, names: tuple[str, ...]) -> NDArray[np.float64]:
    """Return kr per person-month enrolled in the last months, float64[needs]; the mean where one is empty."""
    return _mean_month(tallies, total(tallies.amounts, names))


def _mean_month(tallies: Tallies, amount: NDArray[np.float64]) -> NDArray[np.float64]:
    first = max(tallies.months - LOOK_BACK_MONTHS, 0)
    kr = amount[first:].sum(axis=(0, 1))
    months = tallies.amounts["months_enrolled"][first:].sum(axis=(0, 1))
    mean = kr.sum() / months.sum() if months.sum() > 0.0 else 0.0
    return np.where(months > 0.0, kr / np.where(months > 0.0, months, 1.0), mean)
