"""The simulation beside other models, point by point: the City's rule, the closed form, difference equations.

Run ``python -m benchmarks.comparison``. What differs, by how much it may, and why, is in ``comparison.yaml``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from ruamel.yaml import YAML

from benchmarks.cohort import Year, years
from sim.experiment.run import run_scenarios
from sim.parameters import Library, Scenario, load_library

ACCEPTED = Path(__file__).with_name("comparison.yaml")
RUNS = 10
LIMIT_RUNS = 30
SEED = 2008
LIMIT_FROM = 2011
"""The first year that counts in the limit of the closed form, which is about a steady state."""

COST, BENEFIT, REFERENCE, ELASTICITY = 589_000 / 12, 7_400.0, 50, 0.15

NO_MEASURES = ("levers.outsourcing_places=0", "measures.municipal_places[*]=0")
FOLLOWS = ("levers.staffing_mode=follows",)
AT_ONCE = ("intake.assessment_months=0",)
LIMIT = (
    *NO_MEASURES,
    *FOLLOWS,
    *AT_ONCE,
    "people.initial_enrolled_share=0",
    "returns.needing_benefit_at_six_months=0.1",
    "returns.still_on_benefit_share=0.1",
    "exits.age_factor[*]=1",
    "people.inflow_needs_share[*,near]=1",
    "people.inflow_needs_share[*,middle]=0",
    "people.inflow_needs_share[*,compound]=0",
    "exits.hazard[near]=0.3",
    f"exits.elasticity[*,*]={ELASTICITY}",
    "period.end=2013-12-31",
)

MEASURES = {
    "people": "aspirants_year",
    "stock": "stock",
    "share": "self_support_share_year",
    "exits": "exits",
    "returns": "returns",
}


@dataclass(frozen=True)
class Accepted:
    """A difference that is accepted, and why."""

    within: float
    because: str


@dataclass(frozen=True)
class Point:
    """One number in both models.

    Attributes
    ----------
    key : str
        The other model, and what is compared.
    where : str
        The scenario's year.
    ours, theirs : float
    """

    key: str
    where: str
    ours: float
    theirs: float

    @property
    def off(self) -> float:
        """How far the simulation lies from the other model, as a share of the other."""
        return self.ours / self.theirs - 1.0


def accepted() -> dict[str, Accepted]:
    """The differences that are accepted, by the points' keys."""
    data = YAML(typ="safe").load(ACCEPTED.read_text(encoding="utf-8"))
    return {key: Accepted(**point) for key, point in data["points"].items()}


def compare(library: Library) -> Iterator[Point]:
    """Every point of the comparison."""
    yield from _staffing_rule(library)
    yield from _closed_form(library)
    yield from _cohort(library)


def _staffing_rule(library: Library) -> Iterator[Point]:
    """People, fewer those with providers at half the work, by 50 cases (DET2007)."""
    plan, follows = (library.resolve(name).scenario for name in ("plan-2008", "caseload-50"))
    kept = plan.number("plan.own_staff_share")
    norm = plan.number("exits.reference_caseload")
    rule = plan.number("plan.people") - (1.0 - kept) * plan.number("plan.procured_people")
    results = run_scenarios([plan, follows], runs=RUNS, seed=SEED)

    def cases(name: str, period: str) -> float:
        stock, away = (results.cell(name, key, period).mean() for key in ("stock", "in_measures"))
        return float(stock - (1.0 - kept) * away)

    yield Point("staffing_rule/cases", "plan-2008 2008-01", cases(plan.name, "2008-01"), rule)
    for year in ("2008", "2009", "2010"):
        load = float(results.cell(follows.name, "caseload", year).mean())
        ours = cases(follows.name, year) / load
        yield Point(
            "staffing_rule/caseworkers", f"caseload-50 {year}", ours, cases(follows.name, year) / norm
        )
    roles = plan.table("organisation.roles").rows()
    caseworker = {row["role"]: row["caseworker"] for row in roles}
    posts = sum(value for (_, role), value in plan.table("plan.posts").cells().items() if caseworker[role])
    yield Point("staffing_rule/posts", "plan-2008", posts, rule / norm)


def _closed_form(library: Library) -> Iterator[Point]:
    """C(k)/C(50): a spell costs D·(c/k + b), and its mean length D goes with k to the power e."""

    def scenario(caseload: int) -> Scenario:
        found = library.resolve("plan-2008", (*LIMIT, f"levers.caseload_norm={caseload}")).scenario
        return replace(found, name=str(caseload))

    loads = (30, 40, REFERENCE, 60)
    results = run_scenarios([scenario(caseload) for caseload in loads], runs=LIMIT_RUNS, seed=SEED)
    steady = [str(year) for year in range(LIMIT_FROM, 2014)]
    cost = {
        caseload: float(np.mean([results.cell(str(caseload), "stock", year).mean() for year in steady]))
        * (COST / caseload + BENEFIT)
        for caseload in loads
    }
    for caseload in loads:
        if caseload != REFERENCE:
            theirs = (caseload / REFERENCE) ** ELASTICITY
            theirs *= (COST / caseload + BENEFIT) / (COST / REFERENCE + BENEFIT)
            where = f"elasticity {ELASTICITY}"
            yield Point(f"closed_form/cost_{caseload}", where, cost[caseload] / cost[REFERENCE], theirs)


def _cohort(library: Library) -> Iterator[Point]:
    """The same scenario in both, year by year; and what a policy changes."""
    three_years = "period.end=2010-12-31"
    alone: Mapping[str, tuple[str, Sequence[str]]] = {
        "cohort_plain": ("plan-2008", (*FOLLOWS, *NO_MEASURES, *AT_ONCE, three_years)),
        "cohort_plan": ("plan-2008", (three_years,)),
        "cohort_history": ("history-2008-2018", ("period.end=2012-12-31",)),
    }
    for key, (name, settings) in alone.items():
        scenario = library.resolve(name, settings).scenario
        results = run_scenarios([scenario], runs=RUNS, seed=SEED)
        for year, theirs in years(scenario).items():
            ours = {
                what: float(results.cell(scenario.name, measure, year).mean())
                for what, measure in MEASURES.items()
            }
            where = f"{name} {year}"
            for what, value in ours.items():
                yield Point(f"{key}/{what}", where, value, getattr(theirs, what))
            if key != "cohort_plain":
                waiting = float(results.cell(scenario.name, "waiting", year).mean())
                yield Point(f"{key}/served", where, ours["stock"] - waiting, theirs.stock - theirs.waiting)
    changes = {
        "cohort_caseload_40": ("caseload-50", "caseload-40", (), ("stock", "share")),
        "cohort_staff_80": ("plan-2008", "plan-2008", ("staff.factor=0.8",), ("stock",)),
        "cohort_outsourcing_0": ("plan-2008", "outsourcing-0", (), ("stock",)),
    }
    for key, (before, after, settings, asked) in changes.items():
        base = library.resolve(before, (three_years,)).scenario
        other = replace(library.resolve(after, (three_years, *settings)).scenario, name=key)
        results = run_scenarios([base, other], runs=RUNS, seed=SEED)
        one, two = years(base), years(other)
        for what in asked:
            for year in one:
                ours = results.cell(key, MEASURES[what], year) - results.cell(base.name, MEASURES[what], year)
                theirs = _of(two[year], what) - _of(one[year], what)
                yield Point(f"{key}/{what}", f"{after} {year}", float(ours.mean()), theirs)


def _of(year: Year, what: str) -> float:
    return float(getattr(year, what))


def main() -> None:
    """Print the table."""
    known = accepted()
    print(f"{'point':32} {'where':28} {'ours':>12} {'theirs':>12} {'off':>8} {'within':>7}")
    for point in compare(load_library()):
        within = known[point.key].within
        mark = "" if abs(point.off) <= within else "  BEYOND"
        print(
            f"{point.key:32} {point.where:28} {point.ours:12.4f} {point.theirs:12.4f} "
            f"{point.off:+8.2%} {within:7.1%}{mark}"
        )


if __name__ == "__main__":
    main()
