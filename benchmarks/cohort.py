"""The city as monthly difference equations: mean numbers of people; no person, no office, no chance.

Written apart from the flow, from what the parameters say in words; the two share nothing but how parameters
are read. What it leaves out is listed beside what that costs, in ``benchmarks/comparison.yaml``: the whole
city is one office, places with providers change only what own staff must do, and nobody meets a provider's
edge or a municipal measure. A month of the city costs some 0.1 ms.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.parameters import Scenario, month_index, month_start

Array = NDArray[np.float64]

FRESH, COUNTED = 0, 1
"""Whether a person has left for self-support in this calendar year already."""


@dataclass(frozen=True)
class Year:
    """What one calendar year comes to.

    Attributes
    ----------
    people : float
        Different people enrolled at any time.
    share : float
        Of them, who left for self-support in the year.
    stock, waiting : float
        Means over the year.
    enrolments, returns, exits : float
        First enrolments, later ones, and exits of every kind.
    caseload : float
        Cases a caseworker, with somebody at a provider counted by the share that stays.
    """

    people: float
    share: float
    stock: float
    waiting: float
    enrolments: float
    returns: float
    exits: float
    caseload: float


def years(scenario: Scenario) -> dict[str, Year]:
    """Run the equations over a scenario of whole years that starts on 1 January."""
    return _City(scenario).run()


class _City:
    """Axes everywhere: needs, age band, group, and whether counted this year."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        needs, ages = scenario.keys("people.needs"), scenario.keys("people.age_bands")
        groups, ways = scenario.keys("people.groups"), scenario.keys("people.destinations")
        centres, roles = scenario.keys("organisation.centres"), scenario.keys("organisation.roles")
        target = scenario.array("people.target_group", centres, groups)
        age = scenario.array("people.age_share", groups, ages)
        start = scenario.number("people.initial_enrolled_share") * target.sum(axis=0)
        mix = scenario.array("people.initial_needs_share", groups, needs)
        self.stock = np.zeros((len(needs), len(ages), len(groups), 2))
        self.stock[..., FRESH] = np.einsum("g,gs,ga->sag", start, mix, age)

        months = scenario.months
        coming = (
            scenario.series("people.inflow_per_year")[:, None] / 12.0 * (target.sum(axis=0) / target.sum())
        )
        coming = coming + scenario.dated_array("people.added_inflow_per_year", centres, groups).sum(1) / 12.0
        self.leaving: dict[int, list[int]] = {}
        if scenario.text("world.mandate") == "observed":
            for row in scenario.table("mandate.events").rows():
                group = groups.index(row["group"])
                coming[max(0, month_index(row["inflow_stops"], scenario.start)) :, group] = 0.0
                self.leaving.setdefault(month_index(row["leave_on"], scenario.start), []).append(group)
        coming_mix = scenario.dated_array("people.inflow_needs_share", groups, needs)
        self.coming = np.einsum("mg,mgs,ga->msag", coming, coming_mix, age)

        split = scenario.array("exits.destination_share", needs, ways)
        by_age = scenario.array("exits.age_factor", ages)
        self.hazard = np.einsum("s,sd,a->dsa", scenario.array("exits.hazard", needs), split, by_age)
        self.elasticity = scenario.array("exits.elasticity", ways, needs)
        self.supported = np.array(scenario.table("people.destinations").columns["self_support"], dtype=bool)
        self.cycle = np.ones((months, len(ways)))
        if scenario.text("world.labour_market") == "observed":
            series = scenario.yearly_array("labour_market.series", ("vacancies_city", "open_unemployed_city"))
            jobs = series[:, 0] / series[:, 1]
            factor = (jobs / jobs[0]) ** scenario.number("exits.cycle_elasticity")
            self.cycle[:, self.supported] = factor[:, None]

        posts = scenario.dated_array("staff.posts", centres, roles).sum(axis=1)
        posts = posts * scenario.series("staff.factor")[:, None]
        planned = scenario.array("plan.posts", centres, roles).sum(axis=0)
        cases = scenario.number("plan.people")
        cases -= (1.0 - scenario.number("plan.own_staff_share")) * scenario.number("plan.procured_people")
        matching = scenario.array("organisation.clock_roles", ways, roles)
        caseworker = np.array(scenario.table("organisation.roles").columns["caseworker"], dtype=float)
        self.reference = scenario.number("exits.reference_caseload")
        self.caseworkers = posts @ caseworker
        # load read so that the plan's own cases on the plan's own posts are the reference
        self.scale = self.reference * (matching @ planned) / cases / np.maximum(posts @ matching.T, 1e-9)
        self.follows = np.array([mode == "follows" for mode in scenario.texts("levers.staffing_mode")])
        self.norm = scenario.series("levers.caseload_norm")

        end = scenario.number("returns.months_to_none")
        back = scenario.number("returns.needing_benefit_at_six_months")
        back -= scenario.number("returns.still_on_benefit_share")
        until = min(6.0, end)
        rate = -math.log1p(-back) / (until - until**2 / (2.0 * end))
        # who left in a month did so in its middle
        edges = np.concatenate([[0.0], np.arange(math.ceil(end) + 1) + 0.5]).clip(max=end)
        spent = rate * (edges - edges**2 / (2.0 * end))
        factor = scenario.array("returns.destination_factor", ways)
        self.coming_back = 1.0 - np.exp(-np.diff(spent)[:, None] * factor[None, :])
        self.outside = np.zeros((len(self.coming_back) - 1, len(ways), *self.stock.shape))

    def run(self) -> dict[str, Year]:
        scenario, found = self.scenario, {}
        returning = np.zeros_like(self.stock)
        for first in range(0, scenario.months, 12):
            returning = self._new_year(returning)
            sums = dict.fromkeys(Year.__dataclass_fields__, 0.0)
            sums["people"] = float(self.stock.sum() + returning.sum())
            supported = 0.0
            for month in range(first, min(first + 12, scenario.months)):
                sums["exits"] += self._mandate(month)
                entering = returning.copy()
                entering[..., FRESH] += self.coming[month]
                inside, load = self._month(month, entering)
                supported += self.supported_now
                sums["stock"] += inside / 12.0
                sums["caseload"] += load / 12.0
                sums["waiting"] += self.waiting / 12.0
                sums["enrolments"] += float(self.coming[month].sum())
                sums["returns"] += float(returning.sum())
                sums["exits"] += float(self.exits.sum())
                sums["people"] += float(self.coming[month].sum())
                at_once, returning, of_earlier_years = self._back(self.exits, month - first)
                sums["returns"] += at_once
                if month + 1 < first + 12:
                    sums["people"] += of_earlier_years
            sums["share"] = supported / sums["people"]
            found[str(month_start(first, scenario.start).year)] = Year(**sums)
        return found

    def _new_year(self, returning: Array) -> Array:
        """Nobody has left for self-support yet this year."""
        for state in (self.stock, self.outside, returning):
            state[..., FRESH] += state[..., COUNTED]
            state[..., COUNTED] = 0.0
        return returning

    def _mandate(self, month: int) -> float:
        """Whole groups leave for another authority, and nobody of them comes back."""
        left = 0.0
        for group in self.leaving.get(month, []):
            left += float(self.stock[:, :, group].sum())
            self.stock[:, :, group] = 0.0
            self.outside[:, :, :, :, group] = 0.0
        return left

    def _month(self, month: int, entering: Array) -> tuple[float, float]:
        """Move everybody on by a month; what is left goes into the stock."""
        scenario = self.scenario
        people = float(self.stock.sum())
        places = min(float(scenario.series("levers.outsourcing_places")[month]), people)
        kept = scenario.number("plan.own_staff_share")
        cases = people - (1.0 - kept) * places
        self.waiting = 0.0
        if self.follows[month]:
            load = float(self.norm[month])
            level = load * self.caseworkers[month] * self.scale[month]
        else:
            slots = self.norm[month] * scenario.number("intake.headroom") * self.caseworkers[month]
            self.waiting = max(0.0, cases - slots)
            level = (cases - self.waiting) * self.scale[month]
            load = (cases - self.waiting) / self.caseworkers[month]
        floor, ceiling = scenario.number("exits.load_floor"), scenario.number("exits.load_ceiling")
        bounded = np.clip(level, floor, ceiling) / self.reference
        served = bounded[:, None] ** -self.elasticity
        alone = (scenario.number("exits.waiting_load") / self.reference) ** -self.elasticity
        if scenario.text("exits.waiting_pace_mode") == "fixed":
            alone = np.full_like(alone, scenario.number("exits.waiting_pace"))
        # those who wait, and those who are assessed, find their own way out
        assessed = scenario.number("intake.assessment_months") + scenario.number("intake.approval_months")
        by_themselves = self.waiting + float(entering.sum()) * assessed
        part = min(1.0, by_themselves / max(people, 1e-9))
        pace = ((1.0 - part) * served + part * alone) * self.cycle[month][:, None]
        hazard = self.hazard * pace[:, :, None]
        whole = hazard.sum(axis=0)[:, :, None, None]
        stay = np.exp(-whole)
        with np.errstate(divide="ignore", invalid="ignore"):
            month_in = np.where(whole > 0.0, (1.0 - stay) / whole, 1.0)
            half_in = np.where(whole > 0.0, (1.0 - month_in) / whole, 0.5)
            share = np.where(whole > 0.0, hazard[..., None, None] / whole, 0.0)
        inside = self.stock * month_in + entering * half_in
        gone = self.stock * (1.0 - stay) + entering * (1.0 - month_in)
        self.stock = self.stock * stay + entering * month_in
        self.exits = share * gone
        ours = self.exits[self.supported]
        self.supported_now = float(ours[..., FRESH].sum())
        # from now on they are counted
        self.exits[self.supported, ..., COUNTED] += ours[..., FRESH]
        self.exits[self.supported, ..., FRESH] = 0.0
        return float(inside.sum()), load

    def _back(self, exits: Array, month_of_year: int) -> tuple[float, Array, float]:
        """Bring people back: some in the month they left, others in the next.

        Returns
        -------
        float
            Who comes back at once.
        Array
            Who enters next month.
        float
            How many of those nobody has seen yet this year.
        """
        shape = (*self.coming_back.shape, 1, 1, 1, 1)
        chance = self.coming_back.reshape(shape)
        at_once = exits * chance[0]
        self.stock += at_once.sum(axis=0)
        self.outside = np.concatenate([(exits - at_once)[None], self.outside[:-1]])
        back = self.outside * chance[1:]
        self.outside -= back
        return float(at_once.sum()), back.sum(axis=(0, 1)), float(back[month_of_year + 1 :].sum())
