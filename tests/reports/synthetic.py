"""Findings that nobody simulated: the shipped parameters, the study's own sides and points, made-up values.

Each measure has a level of its own and each side adds a fixed effect to it, with a little noise that pairs
share; so differences are known and small next to their levels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

import numpy as np

from sim.economy.catalogue import catalogue
from sim.experiment.curves import Curve, Measured
from sim.experiment.differences import paired_difference
from sim.experiment.results import Results
from sim.parameters import Library, load_library, periods
from sim.reports.batch_file import read_batch, shipped
from sim.reports.committee.kinds import KINDS
from sim.reports.committee.spread import Part, Spread
from sim.reports.committee.study import DRAWN, HEADLINE, PEOPLE, Findings, Sample, Study
from sim.reports.spec import Drawn, ReportSpec

RUNS = 6
DRAWS = 7
PLAN = "plan-2008"
LEVELS = {"posts": 140.0, "wait_days": 9.0, "self_support_share_year": 0.41, "present_value": 3400.0}
EFFECTS = {
    "caseload-40": {"present_value": 8.0, "net_cost": 29.0, "benefit_cost": -20.0, "staff_cost": 48.0},
    "plan-2008 40": {"present_value": -24.0, "net_cost": 4.0, "wait_days": 30.0},
    "outsourcing-50-people": {
        "present_value": 290.0,
        "net_cost": 180.0,
        "procured_cost": 190.0,
        "wait_days": -5.0,
    },
}


@dataclass(frozen=True)
class Shape:
    """What to make: effects by side and measure, and the sweeps' answers at the lowest and highest point."""

    effects: Mapping[str, Mapping[str, float]] = field(default_factory=lambda: EFFECTS)
    ends: Mapping[str, tuple[float, float]] = field(
        default_factory=lambda: {"elasticity": (95.0, -60.0), "waiting_pace": (140.0, -43.0)}
    )
    noise: float = 1.0


@lru_cache(maxsize=1)
def library() -> Library:
    return load_library()


@lru_cache(maxsize=1)
def spec() -> ReportSpec:
    """The shipped report, with few runs and a day of its own."""
    options = read_batch(shipped("options-2008"), library()).reports[0]
    return options.model_copy(
        update={
            "ensemble": None,
            "runs": RUNS,
            "seed": 7,
            "day": date(2008, 3, 13),
            "review": date(2009, 3, 1),
            "case_number": "dnr 1",
        }
    )


@lru_cache(maxsize=1)
def study() -> Study:
    return KINDS["options"].study(library(), spec())


@lru_cache(maxsize=2)
def drawn_spec(structures: bool = False) -> ReportSpec:
    """The same report, a few draws of the shipped ensemble with it."""
    drawn = Drawn(name="history", draws=DRAWS, structures=structures)
    return spec().model_copy(update={"ensemble": drawn})


@lru_cache(maxsize=2)
def drawn_study(structures: bool = False) -> Study:
    return KINDS["options"].study(library(), drawn_spec(structures))


def drawn_findings(structures: bool = False, effects: Mapping[str, float] | None = None) -> Findings:
    """What `findings` gives, and worlds in which each draw has an effect of its own.

    `effects` are differences by side; chance is small beside what draws do, and each way adds one.
    """
    planned = drawn_study(structures)
    plan = planned.drawn
    shape = (1 + len(plan.ways), DRAWS, plan.runs)
    random = np.random.default_rng(3)
    by_draw = np.linspace(-6.0, 6.0, DRAWS)[None, :, None]
    by_way = np.arange(float(shape[0]))[:, None, None]
    worlds = {}
    effects = {"caseload-40": 1.0, "outsourcing-50-people": 90.0} if effects is None else effects
    for side in planned.compared:
        for measure in (*DRAWN, PEOPLE):
            moved = effects.get(side)
            own = 0.0 if moved is None else moved + by_draw + by_way + random.normal(0.0, 0.5, shape)
            worlds[side, measure] = np.full(shape, 1000.0) + own
    return replace(findings(), drawn=worlds)


def findings(shape: Shape | None = None) -> Findings:
    shape = shape or Shape()
    resolved = {side.name: library().resolve(side.overlay, side.settings) for side in study().sides}
    return Findings(
        resolved,
        results(shape),
        {(sweep.comparison, sweep.key): _curve(sweep, shape) for sweep in study().sweeps},
        {name: _sample(factor) for name, factor in zip(study().sampled, (1.0, 1.25), strict=True)},
        spreads={key: _spread() for key in study().answered},
        followed={},
        sweep_runs=RUNS,
        sample_runs=2,
        spread_runs=2,
    )


def results(shape: Shape) -> Results:
    plan = library().resolve(PLAN).scenario
    measures = catalogue(plan.keys("people.destinations"), plan.keys("measures.catalogue"))
    spans = tuple(span for span in periods(plan.start, plan.months) if span.kind in ("year", "total"))
    centres = (*plan.keys("organisation.centres"), "all")
    segments = (*plan.keys("people.needs"), "all")
    names = tuple(side.name for side in study().sides)
    random = np.random.default_rng(1)
    shared = random.normal(0.0, shape.noise, (RUNS, len(measures), len(spans), len(centres), len(segments)))
    values = np.empty((len(names), *shared.shape))
    for side, name in enumerate(names):
        own = random.normal(0.0, shape.noise / 10, shared.shape)
        own -= own.mean(axis=0)  # so that a mean difference is the effect, whatever measures there are
        for number, measure in enumerate(measures):
            level = LEVELS.get(measure.key, 100.0 + number)
            effect = shape.effects.get(name, {}).get(measure.key, 0.0)
            scale = level / 100.0
            values[side, :, number] = level + effect + scale * (shared[:, number] + own[:, number])
    for number, measure in enumerate(measures):
        for position, span in enumerate(spans):
            if span.kind not in measure.kinds:
                values[:, :, number, position] = np.nan
        if not measure.by_centre:
            values[:, :, number, :, :-1] = np.nan
        if not measure.by_segment:
            values[:, :, number, :, :, :-1] = np.nan
    return Results(names, values, measures, spans, centres, segments, seed=7)


def _spread() -> Spread:
    parts = (
        Part("people.inflow_per_year", "derived", -5.0, 9.0, 12.0),
        Part("exits.hazard", "assumption", -3.0, 3.0, 6.0),
    )
    return Spread(2.0, parts)


def _curve(sweep, shape: Shape) -> Curve:
    comparison = study().comparison(sweep.comparison)
    low, high = shape.ends.get(sweep.key, (30.0, 40.0))
    places = [point.x for point in sweep.points if point.x is not None]
    random = np.random.default_rng(2)
    measured = []
    for point in sweep.points:
        x = point.x if point.x is not None else places[-1]
        part = (x - places[0]) / (places[-1] - places[0])
        each = low + (high - low) * part + random.normal(0.0, shape.noise, RUNS)
        measured.append(Measured(point, paired_difference(np.zeros(RUNS), each), each))
    return Curve(
        sweep.parameter,
        comparison.base,
        comparison.other,
        HEADLINE,
        "total",
        "all",
        "all",
        0.90,
        tuple(measured),
    )


def _sample(factor: float) -> Sample:
    plan = library().resolve(PLAN).scenario
    posts = plan.dated_array(
        "staff.posts", plan.keys("organisation.centres"), plan.keys("organisation.roles")
    )[0]
    exits = dict.fromkeys(plan.keys("people.destinations"), 2000.0)
    at_start, referred, no_shows, returns = 7000.0, 20000.0, 6000.0, 5000.0
    inside = at_start + referred - no_shows + returns - sum(exits.values())
    return Sample(posts * factor, at_start, referred, no_shows, returns, exits, inside)
