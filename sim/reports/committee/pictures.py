"""The report's figures: from its data to what each figure takes."""

from __future__ import annotations

from sim.figures import (
    CostLine,
    CostsData,
    CurveData,
    CurvePoint,
    DrawnData,
    DrawnRow,
    FigureResult,
    FlowData,
    FlowEnd,
    PostsData,
    WaitingData,
    YearlyData,
    answer_curve,
    answer_over_draws,
    costs_by_line,
    difference_by_year,
    flow_of_people,
    posts_by_role,
    waiting_by_centre,
)
from sim.reports.committee.data import Comparison, Drawn, Posts, Sweep
from sim.reports.committee.naming import Namer

COST_LINES = {
    "benefit_cost": "benefit",
    "staff_cost": "staff",
    "premises_cost": "premises",
    "procured_cost": "procured",
    "other_cost": "other",
    "own_measures_cost": "own_measures",
}
"""Lines of the cost figure by measure; what is fixed, sums and the state's part stand in the table alone."""


def curve_picture(namer: Namer, sweep: Sweep, height: float = 3.2) -> FigureResult:
    """Return the figure of a comparison's answer over one assumption."""
    comparison = namer.data.comparison(sweep.comparison)
    points = tuple(
        CurvePoint(point.at, point.answer.difference) for point in sweep.points if point.at is not None
    )
    data = CurveData(
        parameter=sweep.parameter,
        label=namer.assumption(sweep),
        axis=namer.assumption(sweep, "axis"),
        unit=sweep.unit,
        points=points,
        evidence=sweep.evidence,
        central=sweep.central,
        other=namer.side_name(comparison.other, "side"),
        base=namer.side_name(comparison.base),
        period=namer.period,
    )
    key = f"{sweep.comparison}-{sweep.key}".replace("_", "-")
    return answer_curve(data, namer.setting(comparison.base, comparison.other), key, height)


def flow_picture(namer: Namer) -> FigureResult:
    """Draw people through the plan's centres."""
    flow, words = namer.data.flow, namer.words
    assert flow is not None
    plan = namer.data.reference
    data = FlowData(
        at_start=flow.at_start,
        referred=flow.referred,
        no_shows=flow.no_shows,
        returns=flow.returns,
        ends=tuple(FlowEnd(key, words.name("destinations", key), count) for key, count in flow.exits),
        inside=flow.inside,
        scenario=namer.side_name(plan, "side"),
        period=namer.period,
    )
    return flow_of_people(data, namer.setting(plan))


def waiting_picture(namer: Namer, comparison: Comparison) -> FigureResult:
    """Draw waits by centre in one comparison."""
    places = [place for place in comparison.centres if place.key != "all"]
    lines = [(place.key, place.line("wait_days")) for place in places]
    whole = [
        (key, line.base, line.other, line.difference)
        for key, line in lines
        if line.base is not None and line.other is not None and line.difference is not None
    ]
    data = WaitingData(
        centres=tuple(key for key, *_ in whole),
        labels=tuple(namer.centre(key) for key, *_ in whole),
        base=tuple(base for _, base, _, _ in whole),
        other=tuple(other for _, _, other, _ in whole),
        differences=tuple(difference for *_, difference in whole),
        base_name=namer.side_name(comparison.base),
        other_name=namer.side_name(comparison.other),
        period=namer.period,
    )
    return waiting_by_centre(
        data, namer.setting(comparison.base, comparison.other), f"waiting-{comparison.key.replace('_', '-')}"
    )


def costs_picture(namer: Namer, comparison: Comparison) -> FigureResult:
    """Draw costs by line in one comparison."""
    lines = []
    for line in comparison.costs:
        key = COST_LINES.get(line.key)
        if key and line.base and line.other and line.difference:
            name = namer.words.name("lines", key)
            lines.append(CostLine(key, name, line.base, line.other, line.difference))
    data = CostsData(
        tuple(lines), namer.side_name(comparison.base), namer.side_name(comparison.other), namer.period
    )
    return costs_by_line(data, namer.setting(comparison.base, comparison.other), f"costs-{comparison.key}")


def yearly_picture(namer: Namer) -> FigureResult:
    """Draw the differences in net cost by year."""
    series, sides = [], []
    for key in namer.data.answered:
        comparison = namer.data.comparison(key)
        sides += [comparison.base, comparison.other]
        series.append(
            (
                comparison.key,
                namer.side_name(comparison.other),
                tuple(difference for _, difference in comparison.years),
                comparison.net.difference,
            )
        )
    years = tuple(year for year, _ in namer.data.comparison(namer.data.answered[0]).years)
    return difference_by_year(YearlyData(years, tuple(series), namer.period), namer.setting(*sides))


def posts_picture(namer: Namer, entry: Posts, name: str) -> FigureResult:
    """Draw posts by role and centre beside the plan."""
    data = PostsData(
        centres=tuple(key for key, _ in namer.data.centres),
        centre_labels=tuple(label for _, label in namer.data.centres),
        roles=entry.roles,
        role_labels=tuple(namer.words.name("roles", role) for role in entry.roles),
        plan=entry.plan,
        other=entry.other,
        plan_total=entry.plan_total,
        other_total=entry.other_total,
        plan_name=namer.side_name(namer.data.reference),
        other_name=namer.side_name(name),
        period=namer.period,
    )
    return posts_by_role(data, namer.setting(name))


def drawn_picture(namer: Namer, drawn: Drawn) -> FigureResult:
    """Draw every answer over all draws beside the answer as assumed."""
    rows = []
    for card in drawn.cards:
        comparison, answer = namer.data.comparison(card.comparison), card.answer
        rows.append(
            DrawnRow(
                card.comparison,
                namer.comparison(comparison),
                comparison.answer.difference,
                answer.difference,
                answer.worlds,
                answer.parts,
            )
        )
    sides = (side for card in drawn.cards for side in _sides(namer, card.comparison))
    return answer_over_draws(DrawnData(tuple(rows), namer.period), namer.setting(*sides))


def _sides(namer: Namer, key: str) -> tuple[str, str]:
    comparison = namer.data.comparison(key)
    return comparison.base, comparison.other
