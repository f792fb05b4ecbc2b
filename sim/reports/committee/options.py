"""The report on options: fewer or more cases a caseworker, less or more with providers, and both at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

from sim.parameters import Library, Resolved, Scenario
from sim.reports.blocks import Block
from sim.reports.committee.drawn import drawn_plan
from sim.reports.committee.front import front
from sim.reports.committee.naming import Namer
from sim.reports.committee.over_draws import over_draws
from sim.reports.committee.sections import compared, costs, grid, limits, papers, posts, results, uncertain
from sim.reports.committee.study import (
    ComparisonPlan,
    GridPlan,
    SidePlan,
    Study,
    SweepPlan,
    elasticity_sweep,
    evidence_sweeps,
    provider_sweep,
    waiting_sweep,
)
from sim.reports.errors import ReportError
from sim.reports.spec import ReportSpec

NORM, MODE = "levers.caseload_norm", "levers.staffing_mode"
BASIS, SHARE, PLACES = "levers.outsourcing_basis", "levers.outsourcing_share", "levers.outsourcing_places"


def study(library: Library, spec: ReportSpec) -> Study:
    """Return the study of a report on options.

    The scenarios asked for fall in two families: those that change the cases a caseworker, in a mode of
    staffing of their own, and those that change what is procured. A caseload is compared within its mode, so
    one of the first family must have the baseline's own norm. Every member of the one family is also run with
    every member of the other.

    Raises
    ------
    ReportError
        When the scenarios can't be told apart so.
    InputErrors
        When one of them can't be resolved.
    """
    settings = spec.all_settings
    resolved = {name: library.resolve(name, settings) for name in (spec.baseline, *spec.scenarios)}
    base = resolved[spec.baseline].scenario
    norms, shares = _families(spec, resolved)
    at_base = [name for name, norm in norms.items() if norm == _norm(base)]
    others = {name: norm for name, norm in norms.items() if norm != _norm(base)}
    if len(at_base) != 1 or not others:
        raise ReportError("options-caseload", norm=f"{_norm(base):g}", baseline=spec.baseline)
    if not shares:
        raise ReportError("options-procured", baseline=spec.baseline)
    usual = at_base[0]
    below = {name: norm for name, norm in others.items() if norm < _norm(base)}
    # fewer cases is what is asked for; of several, the smallest step
    fewer = max(below, key=below.__getitem__) if below else min(others, key=others.__getitem__)
    most = max(shares, key=shares.__getitem__)
    given = {name: f"{spec.baseline} {norms[name]:g}" for name in (usual, fewer)}
    ordered = sorted(norms, key=norms.__getitem__)
    columns = sorted([*shares, spec.baseline], key=lambda name: _procured(resolved[name].scenario))
    cells = tuple(
        tuple(row if name == spec.baseline else f"{row}+{name}" for name in columns) for row in ordered
    )
    sides = (
        SidePlan(spec.baseline, spec.baseline, "plan"),
        *(SidePlan(name, name, "norm") for name in ordered),
        *(SidePlan(given[name], spec.baseline, "norm_given", (f"{NORM}={norms[name]!r}",)) for name in given),
        *(
            SidePlan(name, name, "share" if _by_share(resolved[name].scenario) else "places")
            for name in shares
        ),
        *(SidePlan(name, name, "both") for name in chain.from_iterable(cells) if name not in norms),
    )
    comparisons = (
        ComparisonPlan("caseload", usual, fewer, "caseload"),
        ComparisonPlan("caseload_given", given[usual], given[fewer], "caseload_given"),
        ComparisonPlan(
            "outsourcing",
            spec.baseline,
            most,
            "outsourcing" if _by_share(resolved[most].scenario) else "outsourcing_places",
        ),
        ComparisonPlan("mode", spec.baseline, usual, "mode"),
    )
    return Study(
        reference=spec.baseline,
        sides=sides,
        comparisons=comparisons,
        answered=("caseload", "outsourcing"),
        sweeps=tuple(_sweeps(library, base)),
        sampled=(spec.baseline, fewer),
        settings=settings,
        first=spec.period.first,
        drawn=drawn_plan(library, spec),
        grid=GridPlan(usual, cells),
    )


def _families(
    spec: ReportSpec, resolved: Mapping[str, Resolved]
) -> tuple[dict[str, float], dict[str, float]]:
    """Return the scenarios that change the caseload, with their norms, and those that change purchases."""
    base = resolved[spec.baseline].scenario
    norms: dict[str, float] = {}
    shares: dict[str, float] = {}
    for name in spec.scenarios:
        scenario = resolved[name].scenario
        staff = _norm(scenario) != _norm(base) or _first_text(scenario, MODE) != _first_text(base, MODE)
        bought = _levers(scenario) != _levers(base)
        if staff == bought:
            raise ReportError("options-lever", name=name, baseline=spec.baseline)
        if staff:
            norms[name] = _norm(scenario)
        else:
            shares[name] = _procured(scenario)
    if len({_first_text(resolved[name].scenario, MODE) for name in norms}) > 1:
        raise ReportError("options-mode", names=", ".join(norms))
    return norms, shares


def _norm(scenario: Scenario) -> float:
    return float(scenario.series(NORM)[0])


def _first_text(scenario: Scenario, key: str) -> str:
    return str(scenario.texts(key)[0])


def _levers(scenario: Scenario) -> tuple[object, ...]:
    return (
        _first_text(scenario, BASIS),
        float(scenario.series(SHARE)[0]),
        float(scenario.series(PLACES)[0]),
    )


def _by_share(scenario: Scenario) -> bool:
    return _first_text(scenario, BASIS) != "places"


def _procured(scenario: Scenario) -> float:
    """Return how much is procured, for order's sake: a share as it is, places by the target group."""
    if _by_share(scenario):
        return float(scenario.series(SHARE)[0])
    group = sum(float(value) for value in scenario.table("people.target_group").cells().values())
    return float(scenario.series(PLACES)[0]) / group


def _sweeps(library: Library, base: Scenario) -> Iterator[SweepPlan]:
    yield elasticity_sweep(base, "caseload")
    yield waiting_sweep(library, "caseload_given")
    provider = provider_sweep(base, "outsourcing")
    if provider is not None:
        yield provider
    for comparison in ("caseload", "outsourcing"):
        yield from evidence_sweeps(library, base, comparison)


def blocks(namer: Namer) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """Return page one, and what follows before the assumptions."""
    sections = (compared, grid, results, costs, posts, uncertain, over_draws, papers, limits)
    return front(namer), tuple(chain.from_iterable(section(namer) for section in sections))
