"""From runs to what the report says: levels, differences, verdicts, break-even points, misses.

Nothing is simulated and nothing is worded here.
"""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim.experiment.curves import Curve, break_even
from sim.experiment.differences import Difference, paired_difference
from sim.experiment.provenance import library_versions, source_hash
from sim.experiment.providers import PRICE, break_even_prices, one_price, price_free
from sim.experiment.results import ALL, TOTAL, Results
from sim.experiment.statistics import mean_interval, whole_per_cents
from sim.experiment.variance import paired_values, variance_parts
from sim.parameters import Library, Passport, Resolved, Scenario, month_start
from sim.reports.committee.data import (
    Answer,
    BudgetRow,
    Comparison,
    Drawn,
    DrawnAnswer,
    DrawnCard,
    Flow,
    Followed,
    FollowUp,
    Grid,
    GridCell,
    Line,
    Manifest,
    MeasureCard,
    PaperRow,
    ParameterCard,
    Place,
    Posts,
    ReportData,
    Side,
    SourceCard,
    SpreadCard,
    SpreadPart,
    Sweep,
    SweepPoint,
)
from sim.reports.committee.drawn import Worlds
from sim.reports.committee.spread import CHANCE, Spread
from sim.reports.committee.study import (
    DRAWN,
    HEADLINE,
    PEOPLE,
    ComparisonPlan,
    Findings,
    Sample,
    Study,
    SweepPlan,
)
from sim.reports.spec import ReportSpec
from sim.words import Interval, Quantity, Trace, exact

LEVEL, INNER = 0.90, 0.50

DUST = 1e-9
"""Differences below this are sums of the same numbers in another order: no difference, in any unit here."""

COSTS = (
    "benefit_cost",
    "staff_cost",
    "premises_cost",
    "procured_cost",
    "other_cost",
    "city_wide_cost",
    "own_measures_cost",
    "net_cost",
    "terminal_cost",
    "present_value",
    "net_cost_current_prices",
    "state_refund",
)
"""Lines of the cost table, in the order of the budget; what lies beside the City's purse last."""

CITY = (
    "wait_days",
    "stock",
    "exits_work",
    "self_support_share_of_exits",
    "closed_within_18_months",
    "posts",
    "in_assessment",
    "in_measures",
    "temporary_job_starts",
    "outsourced_people_share",
)
AT_CENTRES = ("wait_days", "posts", "stock", "self_support_share_of_exits", "net_cost")
IN_SEGMENTS = ("stock", "wait_days", "exits_work", "benefit_cost")
FOLLOWED = (
    "stock",
    "exits",
    "self_support_share_of_exits",
    "closed_within_18_months",
    "wait_days",
    "temporary_job_starts",
    "programme_cost",
    "benefit_cost",
)
"""What a tertial's follow-up asks of each centre and target group: results, cost and assistance together."""

COMPOUND = "compound"
SHARES = ("outsourced_people_share", "outsourced_budget_share", "outsourced_staff_purchases_share")
BUDGET_LINES = {
    "staff": "staff_cost",
    "premises": "premises_cost",
    "procured": "procured_cost",
    "other": "other_cost",
    "city_wide": "city_wide_cost",
}
"""Line of the budget to the run's measure; what is central or a line of its own is city-wide."""

OBSERVED = "observed.outcomes"
"""Table of what was later observed, if there is one: figure, year, measure, value, upper, use."""


def gather(
    library: Library,
    spec: ReportSpec,
    kind: str,
    study: Study,
    findings: Findings,
    engine: str = "compiled",
) -> ReportData:
    """Return all that the report says.

    Parameters
    ----------
    library : Library
        For passports, sources and the scenarios' levers.
    spec : ReportSpec
        What was asked.
    kind : str
        Which kind of report it is.
    study : Study
        What was run for it.
    findings : Findings
        What the runs gave.
    engine : str
        Which scheduler made the runs.
    """
    reader = _Reader(findings.results)
    plan = findings.resolved[study.reference].scenario
    comparisons = tuple(_comparison(reader, entry, plan) for entry in study.comparisons)
    sweeps = tuple(_sweep(findings.curves[sweep.comparison, sweep.key], sweep) for sweep in study.sweeps)
    end = month_start(plan.months, plan.start)
    bought = next((entry for entry in study.comparisons if entry.key == "outsourcing"), None)
    price = _free_price(findings, bought) if bought else None
    return ReportData(
        kind=kind,
        name=spec.name,
        titles=dict(spec.title),
        opinions={},
        day=spec.day,
        review=spec.review,
        case_number=spec.case_number,
        city=library.title,
        reference=study.reference,
        answered=study.answered,
        shown=spec.centres or plan.keys("organisation.centres"),
        start=study.first or plan.start,
        end=date.fromordinal(end.toordinal() - 1),
        centres=_centres(plan),
        sides=tuple(
            _side(findings.resolved[side.name], side.name, side.label, side.overlay) for side in study.sides
        ),
        comparisons=comparisons,
        sweeps=sweeps,
        spreads=tuple(_spread(study.comparison(key), spread) for key, spread in findings.spreads.items()),
        drawn=_drawn(reader, study, findings, study.drawn_digest(library)),
        followed=_followed(study, findings),
        grid=_grid(reader, study),
        break_even_price=_break_even_price(reader, bought, price) if bought and price else None,
        price=exact(price, "kr", Trace(parameters=(PRICE,))) if price else None,
        budget=_budget(reader, plan, study.reference),
        papers=_papers(reader, library, plan, study.reference),
        flow=_flow(findings.samples[study.reference], study.reference)
        if study.reference in findings.samples
        else None,
        posts=tuple(
            _posts(entry.key, findings.samples[entry.other], plan, entry.other)
            for entry in study.comparisons
            if entry.other in findings.samples
        ),
        measures=tuple(
            MeasureCard(measure.key, measure.words, tuple(measure.fills.items()), measure.unit)
            for measure in findings.results.measures
        ),
        parameters=parameter_cards(library, plan),
        sources=tuple(
            SourceCard(key, source.title, source.date, source.reference)
            for key, source in library.sources.items()
        ),
        manifest=Manifest(
            runs=_about("runs", findings.results.runs, "runs"),
            sweep_runs=_about("sweep_runs", findings.sweep_runs, "runs"),
            sample_runs=_about("sample_runs", findings.sample_runs, "runs"),
            spread_runs=_about("spread_runs", findings.spread_runs, "runs"),
            seed=_about("seed", findings.results.seed, "label"),
            level=_about("level", LEVEL, "share"),
            engine=engine,
            source_hash=source_hash(),
            asked="",
            versions=tuple(library_versions().items()),
        ),
    )


def _about(entry: str, value: float, unit: str) -> Quantity:
    return exact(float(value), unit, Trace(manifest=entry))


class _Reader:
    """Reads results cell by cell as quantities that know where they come from."""

    def __init__(self, results: Results) -> None:
        self.results = results
        self._units = {measure.key: measure.unit for measure in results.measures}

    def defined(self, measure: str) -> bool:
        return measure in self._units

    def level(
        self, side: str, measure: str, period: str = TOTAL, centre: str = ALL, segment: str = ALL
    ) -> Quantity | None:
        """Return the mean over runs with its intervals; None where it is not defined."""
        if not self.defined(measure):
            return None
        values = self.results.cell(side, measure, period, centre, segment)
        intervals: dict[float, Interval] = {}
        for level in (LEVEL, INNER):
            mean, lower, upper, _ = (float(part) for part in mean_interval(values, level))
            if np.isnan(mean):
                return None
            # what can't be negative has no interval below zero, however few the runs
            floor = 0.0 if np.nanmin(values) >= 0.0 else -np.inf
            intervals[level] = Interval(max(lower, floor), upper, level)
        trace = Trace(measure, side, "", period, centre, segment)
        return Quantity(mean, self._units[measure], trace, intervals[LEVEL], intervals[INNER])

    def difference(
        self, base: str, other: str, measure: str, period: str = TOTAL, centre: str = ALL, segment: str = ALL
    ) -> tuple[Quantity, Difference] | None:
        """Return other minus base over paired runs; None where fewer than two runs define both."""
        if not self.defined(measure):
            return None
        place = (measure, period, centre, segment)
        found = paired_difference(self.results.cell(base, *place), self.results.cell(other, *place), LEVEL)
        if found is None:
            return None
        unit = self._units[measure]
        trace = Trace(measure, other, base, period, centre, segment)
        return _estimate(found, "share_points" if unit == "share" else unit, trace), found

    def line(
        self, entry: ComparisonPlan, measure: str, period: str = TOTAL, centre: str = ALL, segment: str = ALL
    ) -> Line:
        """Return a measure in both scenarios and its difference."""
        found = self.difference(entry.base, entry.other, measure, period, centre, segment)
        return Line(
            measure,
            self.level(entry.base, measure, period, centre, segment),
            self.level(entry.other, measure, period, centre, segment),
            found[0] if found else None,
        )

    def answer(self, entry: ComparisonPlan, measure: str) -> Answer:
        """Return the answer over the whole period and city."""
        found = self.difference(entry.base, entry.other, measure)
        if found is None:
            raise ValueError(
                f"{measure} is not defined for {entry.base} and {entry.other} in at least two runs."
            )
        return _answer(*found)


def _estimate(found: Difference, unit: str, trace: Trace) -> Quantity:
    if max(abs(found.lower), abs(found.upper)) < DUST:
        return Quantity(0.0, unit, trace, Interval(0.0, 0.0, found.level), Interval(0.0, 0.0, INNER))
    return Quantity(
        found.mean,
        unit,
        trace,
        Interval(found.lower, found.upper, found.level),
        Interval(*found.interval(INNER), INNER),
    )


def _answer(difference: Quantity, found: Difference) -> Answer:
    needed = found.runs_needed
    return Answer(
        difference,
        found.verdict,
        _about("runs_needed", needed, "runs") if needed is not None else None,
        found.beyond_maximum,
        found.identical,
    )


def _comparison(reader: _Reader, entry: ComparisonPlan, plan: Scenario) -> Comparison:
    results = reader.results
    years = []
    for period in results.periods:
        if period.kind == "year":
            found = reader.difference(entry.base, entry.other, "net_cost", period.key)
            if found:
                years.append((period.key, found[0]))
    return Comparison(
        key=entry.key,
        words=entry.words,
        base=entry.base,
        other=entry.other,
        answer=reader.answer(entry, HEADLINE),
        net=reader.answer(entry, "net_cost"),
        costs=tuple(reader.line(entry, measure) for measure in COSTS if reader.defined(measure)),
        years=tuple(years),
        centres=tuple(
            Place(centre, tuple(reader.line(entry, measure, centre=centre) for measure in AT_CENTRES))
            for centre in (*plan.keys("organisation.centres"), ALL)
        ),
        segments=tuple(
            Place(segment, tuple(reader.line(entry, measure, segment=segment) for measure in IN_SEGMENTS))
            for segment in (*plan.keys("people.needs"), ALL)
        ),
        shares=tuple(reader.line(entry, measure) for measure in SHARES if reader.defined(measure)),
        city=tuple(reader.line(entry, measure) for measure in CITY if reader.defined(measure)),
    )


def _sweep(curve: Curve, plan: SweepPlan) -> Sweep:
    points = []
    for measured in curve.points:
        trace = Trace(
            curve.measure,
            curve.other,
            curve.base,
            curve.period,
            curve.centre,
            curve.segment,
            (plan.parameter,),
        )
        points.append(
            SweepPoint(
                measured.point.x, _answer(_estimate(measured.difference, "MSEK", trace), measured.difference)
            )
        )
    points.sort(key=lambda point: (point.at is None, point.at or 0.0))
    trace = Trace(curve.measure, curve.other, curve.base, curve.period, parameters=(plan.parameter,))
    turns = []
    for turn in break_even(curve):
        bounds = None
        if turn.lower is not None and turn.upper is not None:
            bounds = Interval(min(turn.lower, turn.x), max(turn.upper, turn.x), turn.level)
        turns.append(Quantity(turn.x, plan.unit, trace, bounds))
    central = (
        None if plan.central is None else exact(plan.central, plan.unit, Trace(parameters=(plan.parameter,)))
    )
    return Sweep(
        plan.key,
        plan.comparison,
        plan.parameter,
        plan.unit,
        tuple(points),
        tuple(turns),
        plan.evidence,
        central,
    )


def _grid(reader: _Reader, study: Study) -> Grid | None:
    """Return the grid's cells, each compared with its base, pair by pair."""
    if study.grid is None:
        return None
    base = study.grid.base

    def cell(name: str) -> GridCell:
        share = reader.level(name, "outsourced_people_share")
        assert share is not None
        return GridCell(name, share, reader.answer(ComparisonPlan(name, base, name, ""), HEADLINE))

    return Grid(base, tuple(tuple(cell(name) for name in row) for row in study.grid.cells))


def _followed(study: Study, findings: Findings) -> FollowUp | None:
    """Return the follow-up by tertial, centre and target group; of compound needs by tertial and centre."""
    if not findings.followed:
        return None
    entry = study.comparison(study.answered[0])
    whole = findings.followed[ALL]
    tertials = tuple(period.key for period in whole.periods if period.kind == "tertial")
    centres, groups = whole.centres[:-1], whole.segments[:-1]
    places = [
        *((period, ALL, ALL, ALL) for period in (*tertials, TOTAL)),
        *((TOTAL, centre, ALL, ALL) for centre in centres),
        *((tertials[-1], centre, ALL, ALL) for centre in centres),
        *((TOTAL, ALL, group, ALL) for group in groups),
        *((period, ALL, ALL, COMPOUND) for period in (*tertials, TOTAL)),
        *((TOTAL, centre, ALL, COMPOUND) for centre in centres),
    ]
    readers = {needs: _Reader(results) for needs, results in findings.followed.items()}
    cells = [
        Followed(readers[needs].line(entry, measure, period, centre, group), period, centre, group, needs)
        for period, centre, group, needs in places
        if needs in readers
        for measure in FOLLOWED
    ]
    cells += [
        Followed(readers[ALL].line(entry, "net_cost", period), period, ALL, ALL, ALL) for period in tertials
    ]
    return FollowUp(tertials, groups, tuple(cells))


def _spread(entry: ComparisonPlan, spread: Spread) -> SpreadCard:
    """Return what an answer's spread rests on; each share's trace names what was moved."""

    def share(value: float, *keys: str) -> Quantity:
        # a rough account: whole per cents are as much as it supports
        trace = Trace(HEADLINE, entry.other, entry.base, TOTAL, parameters=keys)
        return exact(round(value, 2), "share", trace)

    def moved(value: float, key: str) -> Quantity:
        return Quantity(value, "MSEK", Trace(HEADLINE, entry.other, entry.base, TOTAL, parameters=(key,)))

    total = spread.chance + sum(part.variance for part in spread.parts)
    kinds = (*dict.fromkeys(part.kind for part in spread.parts), CHANCE)
    whole = whole_per_cents([spread.share(kind) for kind in kinds])
    shares = {kind: share(value, *_of_kind(spread, kind)) for kind, value in zip(kinds, whole, strict=True)}
    return SpreadCard(
        entry.key,
        tuple(sorted(shares.items(), key=lambda item: -item[1].value)),
        tuple(
            SpreadPart(
                part.key,
                part.kind,
                moved(part.low, part.key),
                moved(part.high, part.key),
                share(part.variance / total if total > 0.0 else 0.0, part.key),
            )
            for part in spread.parts
        ),
        _about("tried", len(spread.parts), "count"),
    )


def _of_kind(spread: Spread, kind: str) -> tuple[str, ...]:
    return tuple(part.key for part in spread.parts if part.kind == kind)


def _drawn(reader: _Reader, study: Study, findings: Findings, digest: str) -> Drawn | None:
    """Return what the draws of an ensemble say of every comparison."""
    plan = study.drawn
    if plan is None:
        return None
    found = (
        DrawnCard(
            entry.key,
            tuple(answer for measure in DRAWN if (answer := _drawn_answer(entry, measure, findings.drawn))),
        )
        for entry in study.comparisons
    )
    return Drawn(
        plan.ensemble.name,
        digest,
        _about("moved", len(plan.ensemble.dimensions), "count"),
        _about("draws", len(plan.ensemble), "draws"),
        _about("draw_runs", plan.runs, "runs"),
        _about("ways", 1 + len(plan.ways), "count"),
        _about("worlds", plan.worlds, "worlds"),
        _people(reader, study.reference, findings.drawn),
        tuple(card for card in found if card.answers),
    )


def _people(reader: _Reader, side: str, worlds: Worlds) -> Line | None:
    """Return how many people are enrolled: as assumed, and over the draws; None where none was drawn."""
    found = variance_parts(worlds[side, PEOPLE], LEVEL) if (side, PEOPLE) in worlds else None
    if found is None:
        return None
    bounds = Interval(found.lower, found.upper, LEVEL)
    drawn = Quantity(found.mean, "people", Trace(PEOPLE, side, "", TOTAL, manifest="draws"), bounds)
    return Line(PEOPLE, reader.level(side, PEOPLE), drawn, None)


def _drawn_answer(entry: ComparisonPlan, measure: str, worlds: Worlds) -> DrawnAnswer | None:
    base, other = worlds[entry.base, measure], worlds[entry.other, measure]
    each = paired_values(base, other)
    wide, narrow = variance_parts(each, LEVEL), variance_parts(each, INNER)
    if wide is None or narrow is None:
        return None
    trace = Trace(measure, entry.other, entry.base, TOTAL, manifest="draws")
    shares = {part: exact(share, "share", trace) for part, share in wide.shares}

    def counted(worlds: NDArray[np.bool_]) -> Quantity:
        return exact(float(worlds.sum()), "worlds", trace)

    return DrawnAnswer(
        measure,
        Quantity(
            wide.mean,
            "MSEK",
            trace,
            Interval(wide.lower, wide.upper, LEVEL),
            Interval(narrow.lower, narrow.upper, INNER),
        ),
        Quantity(wide.mean, "MSEK", trace, Interval(wide.world_lower, wide.world_upper, LEVEL)),
        wide.verdict,
        counted(each > 0.0),
        counted(each < 0.0),
        tuple(shares.items()),
    )


def _centres(plan: Scenario) -> tuple[tuple[str, str], ...]:
    names = plan.table("organisation.centres").by_key("name")
    return tuple((centre, str(names[centre])) for centre in plan.keys("organisation.centres"))


def _side(resolved: Resolved, name: str, label: str, overlay: str) -> Side:
    scenario = resolved.scenario

    def lever(key: str, unit: str) -> Quantity:
        return exact(float(scenario.series(key)[0]), unit, Trace(scenario=name, parameters=(key,)))

    return Side(
        name,
        label,
        norm=lever("levers.caseload_norm", "cases"),
        share=lever("levers.outsourcing_share", "share"),
        places=lever("levers.outsourcing_places", "places"),
        outside=resolved.outside_evidence,
        digest=scenario.digest,
        overlay=overlay,
    )


def _free_price(findings: Findings, entry: ComparisonPlan) -> float | None:
    """Return the price of a place; None where there is not one price, or it decides how much is bought."""
    compared = [findings.resolved[name].scenario for name in (entry.base, entry.other)]
    prices = {one_price(scenario) for scenario in compared}
    return prices.pop() if len(prices) == 1 and all(map(price_free, compared)) else None


def _break_even_price(reader: _Reader, entry: ComparisonPlan, price: float) -> Quantity | None:
    """Return the price of a place at which procuring more costs the City as much as not."""
    found = break_even_prices(reader.results, entry.base, entry.other, price, (TOTAL,), level=LEVEL)
    if not found:
        return None
    (whole,) = found
    trace = Trace("net_cost", entry.other, entry.base, TOTAL, parameters=(PRICE,))
    return Quantity(whole.price, "kr", trace, Interval(whole.lower, whole.upper, LEVEL))


def _budget(reader: _Reader, plan: Scenario, name: str) -> tuple[BudgetRow, ...]:
    """Return the budget's year: its lines, what is city-wide together, and the total last."""
    year = str(plan.start.year)
    if year not in reader.results.period_keys:
        return ()
    planned = dict.fromkeys(BUDGET_LINES, 0.0)
    for row in plan.table("budget.plan_2008").rows():
        own = row["line"] in planned and row["centre"] != "central"
        planned[row["line"] if own else "city_wide"] += float(row["value"])
    entries = [(line, planned[line], measure) for line, measure in BUDGET_LINES.items()]
    rows = []
    for line, value, measure in (*entries, ("programme", sum(planned.values()), "programme_cost")):
        run = reader.level(name, measure, year)
        if run is None:
            continue
        paper = exact(round(value, 6), "MSEK", Trace(parameters=("budget.plan_2008",)))
        rows.append(BudgetRow(line, paper, run, _above(run, paper)))
    return tuple(rows)


def _above(run: Quantity, paper: Quantity) -> Quantity:
    """Return what the model gives above the paper's figure, with the run's uncertainty."""
    bounds = run.interval
    shifted = (
        Interval(bounds.lower - paper.value, bounds.upper - paper.value, bounds.level) if bounds else None
    )
    trace = Trace(
        run.trace.measure, run.trace.scenario, "", run.trace.period, parameters=paper.trace.parameters
    )
    unit = "share_points" if run.unit == "share" else run.unit
    # sums of tenths leave binary dust behind, which would read as a difference
    return Quantity(round(run.value - paper.value, 9), unit, trace, shifted)


def _papers(reader: _Reader, library: Library, plan: Scenario, name: str) -> tuple[PaperRow, ...]:
    """Return the figures of the papers beside the model's: first the plan's own, then what was observed."""
    year = str(plan.start.year)
    if year not in reader.results.period_keys:
        return ()
    group = float(np.sum(list(plan.table("people.target_group").cells().values())))
    known = [
        ("target_group", group, "people", "people.target_group", "stock"),
        ("caseload", plan.number("plan.caseload"), "cases", "plan.caseload", "caseload"),
        ("posts", plan.number("plan.posts_at_most"), "posts", "plan.posts_at_most", "posts"),
    ]
    rows = []
    for key, value, unit, parameter, measure in known:
        model = reader.level(name, measure, year)
        paper = exact(value, unit, Trace(parameters=(parameter,)))
        rows.append(PaperRow(key, year, paper, None, model, _above(model, paper) if model else None, "set"))
    if OBSERVED in library.passports:
        rows += _observed(reader, plan, name)
    return tuple(rows)


def _observed(reader: _Reader, plan: Scenario, name: str) -> list[PaperRow]:
    rows = []
    units = {measure.key: measure.unit for measure in reader.results.measures}
    periods = reader.results.period_keys
    for row in plan.table(OBSERVED).rows():
        measure, period = str(row["measure"]), str(row["year"])
        if measure not in units:
            continue
        trace = Trace(parameters=(OBSERVED,))
        paper = exact(float(row["value"]), units[measure], trace)
        upper = None if row["upper"] is None else exact(float(row["upper"]), units[measure], trace)
        model = reader.level(name, measure, period) if period in periods else None
        miss = _miss(model, paper, upper) if model else None
        rows.append(PaperRow(str(row["figure"]), period, paper, upper, model, miss, str(row["use"])))
    return rows


def _miss(model: Quantity, paper: Quantity, upper: Quantity | None) -> Quantity:
    """Return how far the model lies from the paper's figure, or from the nearer end of its range."""
    if upper is not None and model.value > upper.value:
        return _above(model, upper)
    if upper is not None and model.value >= paper.value:
        return Quantity(0.0, _above(model, paper).unit, _above(model, paper).trace, exact=True)
    return _above(model, paper)


def _flow(sample: Sample, name: str) -> Flow:
    def number(value: float, measure: str) -> Quantity:
        return Quantity(value, "spells", Trace(measure, name, "", TOTAL))

    return Flow(
        at_start=number(sample.at_start, "stock"),
        referred=number(sample.referred, "referrals"),
        no_shows=number(sample.no_shows, "no_shows"),
        returns=number(sample.returns, "returns"),
        exits=tuple((key, number(value, f"exits_{key}")) for key, value in sample.exits.items()),
        inside=number(sample.inside, "stock"),
    )


def _posts(comparison: str, sample: Sample, plan: Scenario, name: str) -> Posts:
    centres, roles = plan.keys("organisation.centres"), plan.keys("organisation.roles")
    planned = plan.dated_array("staff.posts", centres, roles)[0]
    from_plan, from_runs = Trace(parameters=("staff.posts",)), Trace("posts", name, "", TOTAL)
    return Posts(
        comparison,
        roles,
        tuple(tuple(exact(float(value), "posts", from_plan) for value in row) for row in planned),
        tuple(tuple(Quantity(float(value), "posts", from_runs) for value in row) for row in sample.posts),
        exact(float(planned.sum()), "posts", from_plan),
        Quantity(float(sample.posts.sum()), "posts", from_runs),
    )


def parameter_cards(library: Library, plan: Scenario) -> tuple[ParameterCard, ...]:
    """Return every parameter as the report shows it, with the plan's values."""
    return tuple(_parameter(key, passport, plan) for key, passport in library.passports.items())


def _parameter(key: str, passport: Passport, plan: Scenario) -> ParameterCard:
    trace = Trace(parameters=(key,))
    value = _first_number(plan, key) if passport.value_type == "number" else None
    low, high = passport.range or (None, None)
    return ParameterCard(
        key=key,
        role=passport.role,
        unit=passport.unit,
        kind=passport.kind,
        grade=passport.grade,
        sources=tuple((source.key, source.place) for source in passport.sources),
        value=None if value is None else exact(_readable(value), passport.unit, trace),
        text=str(passport.value) if passport.value_type in ("text", "flag") else "",
        day=plan.day(key) if passport.value_type == "date" else None,
        lower=None if low is None else exact(float(low), passport.unit, trace),
        upper=None if high is None else exact(float(high), passport.unit, trace),
    )


def _first_number(plan: Scenario, key: str) -> float:
    """Return a number, or what a dated one is at the start."""
    return float(plan.series(key)[0])


def _readable(value: float) -> float:
    """Return a derived number without digits that nobody reads; whole numbers stay as they are."""
    return value if value == round(value) else float(f"{value:.4g}")
