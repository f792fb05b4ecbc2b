"""What a report asks to be run: the scenarios, what is compared, and what may turn the answer.

No number is set here: norms and shares are those of the overlays, ranges those of the passports.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim.experiment.curves import Curve, Point, curve, elasticity_points, number_points, waiting_pace_points
from sim.experiment.followup import follow_up_runs
from sim.experiment.results import Results
from sim.experiment.run import Progress, counted_on, simulate
from sim.experiment.store import Store
from sim.flow.history import History
from sim.flow.stages import EndedBy, Stage
from sim.outcomes.balance import balance
from sim.parameters import Library, Resolved, Scenario
from sim.parameters.overlays import STACK
from sim.reports.committee.drawn import DrawnPlan, Laid, Worlds, drawn_faults, run_drawn
from sim.reports.committee.spread import Asked, Spread, spread_of, variations
from sim.reports.errors import ReportError

HEADLINE = "present_value"
"""What a comparison is answered by: discounted net cost, and what remains for those inside at the end."""

DRAWN, PEOPLE = (HEADLINE, "net_cost"), "stock"
"""What is told of every draw of an ensemble: both readings of the cost, and how many people it is about."""

SAMPLE_RUNS = 4
"""Runs looked at person by person, for posts by role and the flow of people."""


@dataclass(frozen=True)
class SidePlan:
    """A scenario to run: its name in results, the overlay it is, which words name it, settings on top."""

    name: str
    overlay: str
    label: str
    settings: tuple[str, ...] = ()


@dataclass(frozen=True)
class ComparisonPlan:
    """What is compared with what, by names of sides; `words` says which words name it."""

    key: str
    base: str
    other: str
    words: str


@dataclass(frozen=True)
class SweepPlan:
    """An assumption to move in one comparison.

    Attributes
    ----------
    key : str
        Which words name it.
    comparison, parameter, unit : str
    points : tuple of Point
    evidence : (float, float)
    central : float or None
        The value in use, when it is one number.
    """

    key: str
    comparison: str
    parameter: str
    unit: str
    points: tuple[Point, ...]
    evidence: tuple[float, float]
    central: float | None


@dataclass(frozen=True)
class GridPlan:
    """Two levers pulled at once: names of sides by row and column, and the one that all are compared with."""

    base: str
    cells: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Study:
    """All that is run for a report.

    Attributes
    ----------
    reference : str
        The side whose values the list of assumptions shows, and that is held against the papers.
    sides : tuple of SidePlan
    comparisons : tuple of ComparisonPlan
    answered : tuple of str
        The comparisons that page one answers in words, and whose spread is divided by what it rests on.
    sweeps : tuple of SweepPlan
    sampled : tuple of str
        Sides of which a few runs are looked at person by person.
    settings : tuple of str
        ``KEY=VALUE`` laid on every side.
    first : date or None
        First date that tables report, and to which money is discounted; the scenarios' start if None.
    grid : GridPlan or None
    followed : bool
        Whether the first answered comparison is followed up by tertial, centre and target group.
    drawn : DrawnPlan or None
        An ensemble under which all that is compared is run too.
    """

    reference: str
    sides: tuple[SidePlan, ...]
    comparisons: tuple[ComparisonPlan, ...]
    answered: tuple[str, ...]
    sweeps: tuple[SweepPlan, ...]
    sampled: tuple[str, ...]
    settings: tuple[str, ...] = ()
    first: date | None = None
    grid: GridPlan | None = None
    followed: bool = False
    drawn: DrawnPlan | None = None

    def side(self, name: str) -> SidePlan:
        """Return a side by name."""
        return next(side for side in self.sides if side.name == name)

    def comparison(self, key: str) -> ComparisonPlan:
        """Return a comparison by key."""
        return next(comparison for comparison in self.comparisons if comparison.key == key)

    def resolved(self, library: Library) -> dict[str, Resolved]:
        """Return every side with its layers laid."""
        return {
            side.name: library.resolve(side.overlay, (*self.settings, *side.settings)) for side in self.sides
        }

    @property
    def compared(self) -> tuple[str, ...]:
        """Names of the sides that some comparison is between."""
        return tuple(dict.fromkeys(name for pair in self.pairs for name in pair))

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Names of sides by comparison."""
        return tuple((entry.base, entry.other) for entry in self.comparisons)

    def laid(self, library: Library) -> Laid:
        """Return what gives every side that is compared, built another way by name, or as it is."""

        def built(way: str) -> list[Scenario]:
            return [self._built(library, self.side(name), way) for name in self.compared]

        return built

    def drawn_digest(self, library: Library) -> str:
        """Return a hash of the draws and of how the model is built then; nothing where nothing is drawn."""
        if self.drawn is None:
            return ""
        side = self.side(self.reference)
        ways = [self._built(library, side, way.name).digest for way in self.drawn.ways]
        content = json.dumps([self.drawn.ensemble.digest, self.drawn.runs, ways])
        return hashlib.sha256(content.encode("ascii")).hexdigest()

    def _built(self, library: Library, side: SidePlan, way: str) -> Scenario:
        overlay = f"{side.overlay}{STACK}{way}" if way else side.overlay
        return replace(library.resolve(overlay, (*self.settings, *side.settings)).scenario, name=side.name)


@dataclass(frozen=True)
class Sample:
    """What a few runs of one scenario say person by person, as means over those runs.

    Attributes
    ----------
    posts : float64[centre, role]
        Mean over the period.
    at_start, referred, no_shows, returns, inside : float
    exits : mapping of str to float
        By destination.
    """

    posts: NDArray[np.float64]
    at_start: float
    referred: float
    no_shows: float
    returns: float
    exits: Mapping[str, float]
    inside: float


@dataclass(frozen=True)
class Findings:
    """What the runs gave.

    Attributes
    ----------
    resolved : mapping of str to Resolved
        By side.
    results : Results
    curves : mapping of (str, str) to Curve
        By comparison and sweep.
    samples : mapping of str to Sample
        By side.
    spreads : mapping of str to Spread
        By comparison: what its answer's spread rests on.
    followed : mapping of str to Results
        By needs: target groups as segments; empty where nothing is followed up.
    drawn : mapping of (str, str) to float64[way, draw, run]
        By side and measure; empty where nothing is drawn.
    sweep_runs, sample_runs, spread_runs : int
    """

    resolved: Mapping[str, Resolved]
    results: Results
    curves: Mapping[tuple[str, str], Curve]
    samples: Mapping[str, Sample]
    spreads: Mapping[str, Spread]
    followed: Mapping[str, Results]
    sweep_runs: int
    sample_runs: int
    spread_runs: int
    drawn: Worlds = field(default_factory=dict)


def evidence_sweeps(library: Library, plan: Scenario, comparison: str) -> tuple[SweepPlan, ...]:
    """Return the sweeps over what nobody can set and nobody knows well, at both ends of the ranges."""
    sweeps = []
    for name, key in _ENDS.items():
        passport = library.passports[key]
        if passport.range is None or None in passport.range:
            continue
        low, high = (float(end) for end in passport.range if end is not None)
        by_month = {float(value) for value in plan.series(key)}
        # a value that changes over time is no point on the axis
        points = number_points(key, sorted({low, high, *(by_month if len(by_month) == 1 else ())}))
        central = by_month.pop() if len(by_month) == 1 else None
        sweeps.append(SweepPlan(name, comparison, key, passport.unit, points, (low, high), central))
    return tuple(sweeps)


_ENDS = {"initial_share": "people.initial_enrolled_share", "inflow": "people.inflow_per_year"}
"""Numbers that nobody can set and nobody knows well: every answer is shown at both ends of their ranges."""


def elasticity_sweep(plan: Scenario, comparison: str) -> SweepPlan:
    """Return the sweep over how strongly the caseload slows exits."""
    row = next(
        row
        for row in plan.table("exits.elasticity").rows()
        if (row["destination"], row["needs"]) == ("work", "near")
    )
    low, value, high = float(row["lower"]), float(row["value"]), float(row["upper"])
    places = sorted({0.0, low, (low + value) / 2, value, (value + high) / 2, high})
    points = elasticity_points(plan, [round(place, 6) for place in places])
    return SweepPlan("elasticity", comparison, "exits.elasticity", "number", points, (low, high), value)


def waiting_sweep(library: Library, comparison: str) -> SweepPlan:
    """Return the sweep over the pace of those who wait."""
    low, high = library.passports["exits.waiting_pace"].range or (0.0, 1.0)
    low, high = float(low or 0.0), float(high if high is not None else 1.0)
    points = waiting_pace_points([float(place) for place in np.linspace(low, high, 5)])
    return SweepPlan("waiting_pace", comparison, "exits.waiting_pace", "number", points, (low, high), None)


def provider_sweep(plan: Scenario, comparison: str) -> SweepPlan | None:
    """Return the sweep over providers' results beside own staff's; None where nothing is procured."""
    procured = [row["measure"] for row in plan.table("measures.catalogue").rows() if row["procured"]]
    rows = {row["measure"]: row for row in plan.table("measures.effect").rows()}
    rows = {measure: rows[measure] for measure in procured if measure in rows}
    if not rows:
        return None
    first = next(iter(rows.values()))
    low, value, high = float(first["lower"]), float(first["value"]), float(first["upper"])
    points = tuple(
        Point(f"{place:g}", tuple(f"measures.effect[{measure}]={place!r}" for measure in rows), place)
        for place in sorted({low, value, high})
    )
    return SweepPlan("provider_effect", comparison, "measures.effect", "number", points, (low, high), value)


def run_study(
    library: Library,
    study: Study,
    runs: int,
    seed: int,
    jobs: int | None = None,
    progress: Progress | None = None,
    store: Store | None = None,
) -> Findings:
    """Run everything that a report needs.

    Parameters
    ----------
    library : Library
    study : Study
    runs : int
        Runs of each scenario, from 2; the sweeps take a third as many, and what moves every assumption in
        turn a sixth, from 2.
    seed, jobs, store
        As for `run_scenarios`.
    progress : callable, optional
        Called with runs done and runs in all.
    """

    def resolve(name: str, settings: tuple[str, ...]) -> Scenario:
        side = study.side(name)
        laid = (*study.settings, *side.settings, *settings)
        return replace(library.resolve(side.overlay, laid).scenario, name=name)

    if study.drawn is not None and (wrong := drawn_faults(study.drawn, study.laid(library), study.pairs)):
        raise ReportError("not-drawn", reason=" ".join(wrong))
    sweep_runs, spread_runs = max(2, runs // 3), max(2, runs // 6)
    resolved = study.resolved(library)
    scenarios = [replace(resolved[side.name].scenario, name=side.name) for side in study.sides]
    tried = variations(library, resolved[study.reference].scenario)
    counts = [
        runs * len(scenarios),
        *(2 * sweep_runs * len(sweep.points) for sweep in study.sweeps),
        *(2 * spread_runs * 2 * len(tried) for _ in study.answered),
        *([study.drawn.worlds * len(study.compared)] if study.drawn else []),
    ]
    before = np.concatenate([[0], np.cumsum(counts)])

    def part(position: int) -> Progress | None:
        return counted_on(progress, int(before[position]), int(before[-1]))

    ask = Asked(runs, seed, jobs, study.first, store)
    results = ask.run(scenarios, progress=part(0))
    curves = {}
    for position, sweep in enumerate(study.sweeps, start=1):
        comparison = study.comparison(sweep.comparison)
        curves[sweep.comparison, sweep.key] = curve(
            resolve,
            comparison.base,
            comparison.other,
            sweep.points,
            sweep_runs,
            seed,
            sweep.parameter,
            measure=HEADLINE,
            jobs=jobs,
            progress=part(position),
            report_from=study.first,
            policy_from=study.first,
            store=store,
        )
    spreads = {}
    for position, key in enumerate(study.answered, start=1 + len(study.sweeps)):
        base, other = study.comparison(key).base, study.comparison(key).other
        spreads[key] = spread_of(
            resolve,
            base,
            other,
            tried,
            replace(ask, runs=spread_runs),
            HEADLINE,
            results.cell(other, HEADLINE) - results.cell(base, HEADLINE),
            part(position),
        )
    drawn: Worlds = {}
    if study.drawn is not None:
        drawn = run_drawn(
            study.drawn,
            study.laid(library),
            (*DRAWN, PEOPLE),
            seed,
            jobs,
            study.first,
            part(len(counts) - 1),
            store,
        )
    followed: Mapping[str, Results] = {}
    if study.followed:
        compared = study.comparison(study.answered[0])
        pair = [scenario for scenario in scenarios if scenario.name in (compared.base, compared.other)]
        followed = follow_up_runs(pair, runs, seed, jobs, store=store)
    sample_runs = min(runs, SAMPLE_RUNS)
    samples = {
        scenario.name: sample([simulate(scenario, run, seed) for run in range(sample_runs)])
        for scenario in scenarios
        if scenario.name in study.sampled
    }
    return Findings(
        resolved, results, curves, samples, spreads, followed, sweep_runs, sample_runs, spread_runs, drawn
    )


def sample(histories: Sequence[History]) -> Sample:
    """Return the means of some runs of one scenario, person by person."""
    first = histories[0]
    sizes = (len(first.centres), len(first.roles))
    posts = np.zeros(sizes)
    counted = np.zeros(5)
    exits = np.zeros(len(first.destinations))
    for history in histories:
        np.add.at(posts, history.office_centre, history.posts.mean(axis=0))
        at_end = balance(history)
        referred = history.stays["stage"] == Stage.REFERRED
        no_shows = referred & (history.stays["ended_by"] == EndedBy.NO_SHOW)
        inside = at_end.inside[-1].sum()
        counted += (
            at_end.initial[0].sum(),
            no_shows.sum() + at_end.enrolments[-1].sum(),
            no_shows.sum(),
            at_end.returns[-1].sum(),
            inside,
        )
        gone = (history.stays["stage"] != Stage.OUTSIDE) & (history.stays["destination"] >= 0)
        exits += np.bincount(history.stays["destination"][gone], minlength=len(first.destinations))
    posts, counted, exits = posts / len(histories), counted / len(histories), exits / len(histories)
    at_start, came, never, returns, inside = (float(number) for number in counted)
    by_destination = dict(zip(first.destinations, (float(number) for number in exits), strict=True))
    return Sample(posts, at_start, came, never, returns, by_destination, inside)
