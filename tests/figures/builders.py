"""Small made-up data for every figure: round numbers, two comparisons, one difference that crosses zero."""

from __future__ import annotations

from datetime import date

from sim.experiment.persons import Life, Person, PersonId, Stay, TwoWorlds
from sim.figures import (
    CostLine,
    CostsData,
    CurveData,
    CurvePoint,
    FlowData,
    FlowEnd,
    PersonData,
    PostsData,
    WaitingData,
    YearlyData,
)
from sim.flow import EndedBy, Stage
from sim.parameters import time_to_date
from sim.words import Interval, Name, Quantity, Trace, Words

CENTRES = ("innerstaden", "sydost", "sydvast", "vasterort", "jarva")
ROLES = ("team_leader", "coach", "matcher", "study_adviser", "it_teacher", "administrator")
POSTS = (
    (0, 10, 2, 1, 0.5, 0.5),
    (2, 16, 14, 3, 3, 1),
    (2, 7, 5, 2, 2, 1),
    (2, 8, 6, 2, 2, 1),
    (5, 18, 13, 5, 3, 3),
)
TRACE = Trace(measure="net_cost", scenario="other", base="base", period="total")


def quantity(value: float, half: float | None = None, unit: str = "MSEK", exact: bool = False) -> Quantity:
    if half is None:
        return Quantity(value, unit, TRACE, exact=exact)
    inner = Interval(value - half * 0.41, value + half * 0.41, 0.50)
    return Quantity(value, unit, TRACE, Interval(value - half, value + half), inner)


def flow(words: Words) -> FlowData:
    counts = {"work": 7200, "studies": 2600, "self_employment": 300, "other": 3900, "other_authority": 120}
    ends = tuple(
        FlowEnd(key, words.name("destinations", key), quantity(n, unit="spells")) for key, n in counts.items()
    )
    inside = 7200 + 22000 - 6600 + 1800 - sum(counts.values())
    return FlowData(
        at_start=quantity(7200, unit="spells"),
        referred=quantity(22000, unit="spells"),
        no_shows=quantity(6600, unit="spells"),
        returns=quantity(1800, unit="spells"),
        ends=ends,
        inside=quantity(inside, unit="spells"),
        scenario=Name(words.name("scenarios", "plan-2008")),
        period=words.period("2008"),
    )


def costs(words: Words) -> CostsData:
    values = {
        "benefit": (1610.0, -18.0, 6.0),
        "staff": (213.0, 53.0, 1.0),
        "premises": (25.8, 0.4, 0.6),
        "procured": (250.0, 0.0, 0.0),
        "other": (36.6, 2.2, 0.1),
        "own_measures": (75.0, -0.3, 0.5),
    }
    lines = tuple(
        CostLine(
            key,
            words.name("lines", key),
            quantity(base),
            quantity(base + difference),
            quantity(difference, half),
        )
        for key, (base, difference, half) in values.items()
    )
    return CostsData(lines, Name("50 ärenden"), Name("40 ärenden"), words.period("2008"))


def waiting(words: Words) -> WaitingData:
    base = tuple(quantity(v, h, "days") for v, h in ((2, 1), (9, 2), (14, 3), (11, 2), (21, 5)))
    other = tuple(quantity(v, h, "days") for v, h in ((3, 1), (13, 2.5), (19, 3), (12, 2), (36, 6)))
    differences = tuple(quantity(v, h, "days") for v, h in ((1, 2), (4, 2), (5, 2), (1, 2), (15, 3.4)))
    labels = tuple(words.name("centres", centre) for centre in CENTRES)
    return WaitingData(
        CENTRES,
        labels,
        base,
        other,
        differences,
        Name("Planen"),
        Name("Hälften hos anordnare"),
        words.period("2009"),
    )


def posts(words: Words) -> PostsData:
    plan = tuple(tuple(quantity(v, unit="posts", exact=True) for v in row) for row in POSTS)
    other = tuple(tuple(quantity(v * 1.27, unit="posts") for v in row) for row in POSTS)
    return PostsData(
        CENTRES,
        tuple(words.name("centres", centre) for centre in CENTRES),
        ROLES,
        tuple(words.name("roles", role) for role in ROLES),
        plan,
        other,
        quantity(140, unit="posts", exact=True),
        quantity(177.8, unit="posts"),
        Name("Planen"),
        Name("40 ärenden"),
        words.period("2008"),
    )


def yearly(words: Words) -> YearlyData:
    first = tuple(quantity(v, h) for v, h in ((14.2, 3), (6.5, 5), (-2, 6)))
    second = tuple(quantity(v, h) for v, h in ((38, 1.4), (41, 2), (40, 2.4)))
    series = (
        ("caseload", Name("40 ärenden"), first, quantity(18.7, 9)),
        ("outsourcing", Name("Hälften hos anordnare"), second, quantity(119, 4)),
    )
    return YearlyData(("2008", "2009", "2010"), series, words.text("language.period.total"))


def curve(words: Words, turning: bool = True) -> CurveData:
    start, slope = (75.0, -480.0) if turning else (75.0, -120.0)
    points = tuple(
        CurvePoint(at, quantity(start + slope * at, 9 + 30 * at)) for at in (0.0, 0.05, 0.1, 0.15, 0.2, 0.27)
    )
    central = Quantity(0.15, "number", Trace(parameters=("exits.elasticity",)), exact=True)
    return CurveData(
        "exits.elasticity",
        words.text("report.assumption.elasticity.name"),
        words.text("report.assumption.elasticity.axis"),
        "number",
        points,
        (0.05, 0.27),
        central,
        Name("40 ärenden"),
        Name("50 ärenden"),
        words.period("2008"),
    )


START = date(2008, 1, 1)
SOMEBODY = Person(
    PersonId("referral/jarva/newcomer", 12),
    *("jarva", "kista", "newcomer", "25-49", "compound"),
    initial=False,
    elapsed=0.0,
    thresholds={"work": 0.75, "other": 1.5},
)


def life(scenario: str, *stays: tuple[Stage, EndedBy, float, str]) -> Life:
    """Return a life from stages, what ended each and when, and the measure or destination."""
    begin, told = 3.0, []
    for stage, ended_by, end, what in stays:
        left = stage == Stage.OUTSIDE or ended_by == EndedBy.EXIT
        days = (time_to_date(begin, START), time_to_date(end, START))
        names = ("", what) if left else (what, "")
        told.append(Stay(stage, ended_by, 0, *names, begin, end, *days))
        begin = end
    return Life(scenario, SOMEBODY, tuple(told), {"kr_staff": 40_000.0, "kr_benefit_enrolled": 90_000.0}, 9.5)


def person(words: Words, same: bool = False, absent: bool = False) -> PersonData:
    base = life(
        "base",
        (Stage.REFERRED, EndedBy.ENROLLED, 3.0, ""),
        (Stage.WAITING, EndedBy.SLOT, 5.0, ""),
        (Stage.ASSESSMENT, EndedBy.PLANNED, 5.5, ""),
        (Stage.COACHING, EndedBy.PLACED, 9.0, ""),
        (Stage.MEASURE, EndedBy.MEASURE_END, 15.0, "procured_coaching"),
        (Stage.COACHING, EndedBy.EXIT, 18.5, "work"),
        (Stage.OUTSIDE, EndedBy.UNFINISHED, 36.0, "work"),
    )
    other = life(
        "other",
        (Stage.REFERRED, EndedBy.ENROLLED, 3.0, ""),
        (Stage.WAITING, EndedBy.SLOT, 4.0, ""),
        (Stage.ASSESSMENT, EndedBy.PLANNED, 4.5, ""),
        (Stage.COACHING, EndedBy.EXIT, 12.25, "studies"),
        (Stage.OUTSIDE, EndedBy.UNFINISHED, 36.0, "studies"),
    )
    second = base if same else Life("other", None) if absent else other
    worlds = TwoWorlds(7, 2008, START, 36, base, second)
    return PersonData(worlds, Name(words.name("scenarios", "plan-2008")), Name("40 ärenden"))
