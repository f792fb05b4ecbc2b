"""The terminal line: what those still inside, and those who may come back, will cost after the horizon.

Without it a horizon decides the verdict: a policy that leaves more people inside on the last day would
look cheaper than it is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.economy.costs import NET, benefit_enrolled, mean_benefit
from sim.economy.future import Future, Handovers, future_cost
from sim.economy.prices import discount
from sim.flow.building import first_return_hazard, waiting_pace
from sim.flow.history import History
from sim.flow.policy import agency_destinations, leader_sets, self_support, transfer_shares
from sim.flow.rules import pace
from sim.flow.stages import EndedBy, Stage
from sim.outcomes.tallies import Tallies, total
from sim.parameters import Scenario

LOOK_BACK_MONTHS = 12


@dataclass(frozen=True)
class Left:
    """Those whom the horizon cuts: looked up once for all that is asked of them.

    Attributes
    ----------
    stays : STAY[...]
    segment : int64[stays]
    led : bool[stays]
        Whether the person has a leader at the office in the last month.
    gone : bool[stays]
        Whether the person is outside.
    history : History
        Which they are of.
    """

    stays: NDArray[np.void]
    segment: NDArray[np.int64]
    led: NDArray[np.bool_]
    gone: NDArray[np.bool_]
    history: History

    @cached_property
    def elapsed(self) -> NDArray[np.float64]:
        """Months enrolled of those inside, float64[inside]; the stock's with what was before the run."""
        history, stays = self.history, self.stays[~self.gone]
        elapsed = history.months - _since(history, stays, (EndedBy.ENROLLED, EndedBy.RETURN))
        stock = np.isnan(elapsed)
        elapsed[stock] = history.months + history.people["elapsed"][stays["person"][stock]]
        return elapsed

    @cached_property
    def planned(self) -> NDArray[np.float64]:
        """When those inside were given their plan, float64[inside]; NaN for those without one of this run."""
        return _since(self.history, self.stays[~self.gone], (EndedBy.PLANNED, EndedBy.APPROVED))


def those_left(scenario: Scenario, history: History) -> Left:
    """Return those whom the horizon cuts."""
    stays = history.unfinished
    segment, group, age = (history.people[name][stays["person"]] for name in ("needs", "group", "age"))
    roles, set_of = scenario.once(leader_sets)
    there = history.posts[-1] > 0.0
    led = (there[:, None, None] & roles[set_of]).any(axis=-1)  # [offices, groups, ages]
    return Left(
        stays,
        segment.astype(np.int64),
        led[stays["office"], group, age],
        stays["stage"] == Stage.OUTSIDE,
        history,
    )


def terminal_cost(
    scenario: Scenario,
    history: History,
    tallies: Tallies,
    policy_time: float = 0.0,
    pace_factor: NDArray[np.float64] | None = None,
    people: Left | None = None,
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
    pace_factor : float64[2, needs, destinations], optional
        What loads, queues and team leaders make of the exit hazards of those without a leader for their group
        and of those with one; 1 unless given. `last_pace` gives the run's own.
    people : Left, optional
        Those whom the horizon cuts, where they have been looked up before.

    Notes
    -----
    A month enrolled costs what it did on average in the run's last twelve months, in the segment: benefit,
    programme and temporary jobs. The hazards are those of the segment at mean age, without the labour
    market's cycle and without later changes of mandate. Agencies go on taking over the last month's share
    of plans; who waits or is assessed at the horizon gets a plan after the assessment and approval.
    """
    own = _per_month_enrolled(tallies, tuple(name for name in NET if name != "kr_benefit_after_exit"))
    benefit = _per_month_enrolled(tallies, ("kr_benefit_enrolled",))
    return _expected(
        *(scenario, history, tallies, policy_time, pace_factor, own, benefit),
        scenario.array("costs.benefit_after_exit", tallies.destinations),
        scenario.number("costs.after_exit_months"),
        people,
    )


def terminal_rest(
    scenario: Scenario,
    history: History,
    tallies: Tallies,
    policy_time: float = 0.0,
    pace_factor: NDArray[np.float64] | None = None,
    people: Left | None = None,
) -> NDArray[np.float64]:
    """Return what both purses bear after the horizon above the City's part, float64[O+1, H].

    Parameters
    ----------
    scenario, history, tallies, policy_time, pace_factor, people
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
    people = people or those_left(scenario, history)
    refund = _expected(
        *(*at, refunded, refunded),
        scenario.array("costs.benefit_after_exit", tallies.destinations),
        scenario.number("costs.after_exit_months"),
        people,
    )
    to_work = scenario.array("exits.destination_share", tallies.needs, tallies.destinations)
    displaced = to_work @ scenario.array("costs.displacement", tallies.destinations)
    subsidy = _per_month_enrolled(tallies, ("kr_state_job",))
    return refund + _expected(
        *(*at, subsidy - displaced * mean_benefit(scenario), city + refunded),
        scenario.array("costs.state_benefit_after_exit", tallies.destinations),
        scenario.array("costs.state_benefit_months", tallies.destinations),
        people,
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
    people: Left | None,
) -> NDArray[np.float64]:
    """Return what a purse may expect to pay after the horizon, float64[O+1, H]; see `future_cost`."""
    destinations, segments = tallies.destinations, len(tallies.needs)
    hazard, share = exit_rates(scenario, pace_factor)
    handovers = _handovers(scenario)
    future = future_cost(
        hazard=hazard,
        destination_share=share,
        cost=np.tile(cost, 2),
        benefit=np.tile(benefit, 2),
        benefit_share=benefit_share,
        benefit_window=benefit_window,
        return_risk=return_risk(scenario, destinations),
        return_end=scenario.number("returns.months_to_none"),
        rate=scenario.number("costs.discount_rate"),
        shape=scenario.number("exits.duration_shape"),
        handovers=handovers,
    )
    people = people or those_left(scenario, history)
    stays, segment, gone = people.stays, people.segment, people.gone
    kind = segment + segments * people.led
    left = np.empty(len(stays))
    age = history.months - stays["begin"][gone]
    left[gone] = future.outside_at(age, stays["destination"][gone], kind[gone])
    left[~gone] = _inside(people, future, handovers, transfer_shares(scenario), kind[~gone])
    line = _added_up((stays["office"], segment), left, (len(tallies.offices) + 1, segments))
    return line * discount(scenario, np.array(float(history.months)), policy_time)


def _inside(
    people: Left,
    future: Future,
    handovers: Handovers | None,
    shares: NDArray[np.float64],
    kind: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return what those inside will cost, float64[inside]; `shares` as of `transfer_shares`."""
    if handovers is None and future.staying.shape == 1.0:
        return np.asarray(future.inside[kind])
    elapsed = people.elapsed
    left = future.inside_at(kind, elapsed)
    if handovers is None:
        return left
    history, stays = people.history, people.stays[~people.gone]
    planless = np.isin(stays["stage"], (Stage.WAITING, Stage.ASSESSMENT, Stage.APPROVAL))
    planned = np.where(planless, np.nan, people.planned)
    # the month whose shares a plan is made by; the stock's plans are older than the run, and end with nobody
    month = np.where(planless, history.months - 1, np.nan_to_num(planned)).astype(np.int64)
    chance = np.diff(shares[month, history.people["needs"][stays["person"]]], axis=1, prepend=0.0)
    chance[np.isnan(planned) & ~planless] = 0.0
    begun = np.where(planless, history.months + handovers.to_plan, planned)
    months = begun[:, None] + handovers.months - history.months
    due = months > 0.0
    # whoever is still here when an agency's day has passed is none of that agency's
    chance /= np.maximum(1.0 - np.where(due, 0.0, chance).sum(axis=1), 1e-12)[:, None]
    for agency, destination in enumerate(handovers.destination):
        of = due[:, agency] & (chance[:, agency] > 0.0)
        change = future.handed_over(kind[of], elapsed[of], months[of, agency], int(destination))
        left[of] += chance[of, agency] * change
    return left


def _since(history: History, stays: NDArray[np.void], ended_by: tuple[EndedBy, ...]) -> NDArray[np.float64]:
    """Return when the last stay so ended of each stay's person and spell, NaN for those without one."""
    ended = history.stays[np.isin(history.stays["ended_by"], ended_by)]
    # a return ends a stay outside, of the spell before the one that begins
    spell = ended["spell"] + (ended["ended_by"] == EndedBy.RETURN)
    last = np.full(len(history.people), np.nan)
    last_spell = np.full(len(history.people), -1)
    last[ended["person"]], last_spell[ended["person"]] = ended["end"], spell  # the last one written stays
    person = stays["person"]
    return np.where(last_spell[person] == stays["spell"], last[person], np.nan)


def _handovers(scenario: Scenario) -> Handovers | None:
    """Return what the agencies take over from the plans made in the last month and later; None for nobody."""
    shares = transfer_shares(scenario)
    if not shares.any():
        return None
    return Handovers(
        share=np.tile(np.diff(shares[-1], axis=1, prepend=0.0), (2, 1)),
        months=scenario.array("cooperation.transfer_months", scenario.keys("cooperation.agencies")),
        to_plan=scenario.number("intake.assessment_months") + scenario.number("intake.approval_months"),
        destination=agency_destinations(scenario),
    )


def return_risk(scenario: Scenario, destinations: tuple[str, ...]) -> NDArray[np.float64]:
    """Return the integrated hazard of ever returning after each destination, float64[destinations]."""
    whole = first_return_hazard(scenario) * scenario.number("returns.months_to_none") / 2.0
    return whole * scenario.array("returns.destination_factor", destinations)


def exit_rates(
    scenario: Scenario, pace_factor: NDArray[np.float64] | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return one over the mean spell, float64[2·needs], and where exits go, float64[2·needs, destinations].

    Parameters
    ----------
    scenario : Scenario
    pace_factor : float64[2, needs, destinations], optional
        What multiplies the hazard of each exit, without and with a leader. Clocks of a Weibull's shape run
        faster by its power of one over the shape, all of them together, too.
    """
    needs, destinations = scenario.keys("people.needs"), scenario.keys("people.destinations")
    hazard = np.tile(scenario.array("exits.hazard", needs), 2)
    share = np.tile(scenario.array("exits.destination_share", needs, destinations), (2, 1))
    if pace_factor is None:
        return hazard, share
    parts = share * pace_factor.reshape(share.shape)
    whole = parts.sum(axis=1)
    split = np.where(whole[:, None] > 0.0, parts / np.where(whole > 0.0, whole, 1.0)[:, None], share)
    return hazard * whole ** (1.0 / scenario.number("exits.duration_shape")), split


def last_pace(scenario: Scenario, history: History, people: Left | None = None) -> NDArray[np.float64]:
    """Return what loads, queues and leaders at the horizon make of exits, float64[2, needs, destinations].

    Everybody inside counts, those with a leader for their group at their office apart: they leave faster to
    self-support. Those with a caseworker go at their office's pace of the last month (the load is that of
    all caseworkers), those who wait or are being assessed at the pace while waiting. A policy that leaves a
    longer queue on the last day thus pays for it.
    """
    slow = waiting_pace(scenario).T
    served = np.array([_office_pace(scenario, history, load) for load in history.office_months[-1]["load"]])
    served = np.where(np.isfinite(served), served, slow)  # an office without staff
    faster = np.where(self_support(scenario), scenario.number("staff.leader_effect"), 1.0)
    pace_of = np.stack([served, served * faster])

    people = people or those_left(scenario, history)
    inside = ~people.gone
    stays, led = people.stays[inside], people.led[inside].astype(np.int64)
    waits = np.isin(stays["stage"], (Stage.WAITING, Stage.ASSESSMENT, Stage.APPROVAL)).astype(np.int64)
    counted = _added_up(
        (waits, led, stays["office"], people.segment[inside]),
        np.ones(len(stays)),
        (2, 2, len(history.offices), len(history.needs)),
    )
    whole = counted.sum(axis=(0, 2))[:, :, None]
    going = np.einsum("loh,lohd->lhd", counted[0], pace_of) + counted[1].sum(axis=1)[:, :, None] * slow
    mean: NDArray[np.float64] = np.where(whole > 0.0, going / np.maximum(whole, 1.0), pace_of.mean(axis=1))
    return mean


def _office_pace(scenario: Scenario, history: History, load: float) -> NDArray[np.float64]:
    """Return what a load makes of exit hazards, float64[needs, destinations]; infinite without staff."""
    shape = (len(history.needs), len(history.destinations))
    if not math.isfinite(load):
        return np.full(shape, np.inf)
    elasticity = scenario.array("exits.elasticity", history.destinations, history.needs)
    bounds = [scenario.number(f"exits.{key}") for key in ("reference_caseload", "load_floor", "load_ceiling")]
    return np.array([pace(load, *bounds, e) for e in elasticity.T.flat]).reshape(shape)


def _added_up(
    where: tuple[NDArray[np.integer[Any]], ...], amounts: NDArray[np.float64], shape: tuple[int, ...]
) -> NDArray[np.float64]:
    """Return the sums of amounts by place, one after the other, in an array of a shape."""
    sums = np.bincount(np.ravel_multi_index(where, shape), amounts, math.prod(shape))
    return np.asarray(sums, dtype=np.float64).reshape(shape)


def _per_month_enrolled(tallies: Tallies, names: tuple[str, ...]) -> NDArray[np.float64]:
    """Return kr per person-month enrolled in the last months, float64[needs]; the mean where one is empty."""
    return _mean_month(tallies, total(tallies.amounts, names))


def _mean_month(tallies: Tallies, amount: NDArray[np.float64]) -> NDArray[np.float64]:
    first = max(tallies.months - LOOK_BACK_MONTHS, 0)
    kr = amount[first:].sum(axis=(0, 1))
    months = tallies.amounts["months_enrolled"][first:].sum(axis=(0, 1))
    mean = kr.sum() / months.sum() if months.sum() > 0.0 else 0.0
    return np.where(months > 0.0, kr / np.where(months > 0.0, months, 1.0), mean)
