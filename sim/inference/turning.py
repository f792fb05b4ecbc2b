"""What would have to be true for the answer to turn: one assumption at a time, year by year.

A recommendation rests on the sign of a difference. For each of four things that nobody knows well, the curve
of the difference over it says where the sign changes; where it doesn't, in the range tried, that is said too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sim.experiment.curves import (
    ANCHOR,
    ELASTICITY,
    Curve,
    Point,
    break_even,
    elasticity_points,
    row_points,
    waiting_pace_points,
)
from sim.parameters import Scenario

ELASTICITIES = (0.0, 0.05, 0.10, 0.15, 0.20, 0.27, 0.40)
PACES = (0.0, 0.25, 0.5, 0.75, 1.0)
EFFECTS = (0.80, 0.90, 1.0, 1.10, 1.25, 1.50)
PRICES = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
"""Times the price that the base has."""

WAITING_PACE = "exits.waiting_pace"
EFFECT = "measures.effect"
PRICE = "measures.price_per_year"
CATALOGUE = "measures.catalogue"

Verdict = Literal["turns", "lower", "higher", "cannot_tell", "no_difference"]


@dataclass(frozen=True)
class Assumption:
    """One thing that is tried at several values.

    Attributes
    ----------
    key : str
        The parameter's.
    points : tuple of Point
    central : float or None
        What the base has; None where that is no single number.
    evidence : (float, float) or None
        The range that evidence covers.
    """

    key: str
    points: tuple[Point, ...]
    central: float | None
    evidence: tuple[float, float] | None


@dataclass(frozen=True)
class Turn:
    """Where an answer turns as one assumption moves, or that it doesn't.

    Attributes
    ----------
    key, period : str
    verdict : str
        *turns*, or what the answer is over the whole range: *lower*, *higher*; *cannot_tell* where it keeps
        its sign but isn't settled at every point, *no_difference* where no run differs.
    x : float or None
        Where it turns.
    lower, upper : float or None
        The stretch around `x` in which it can't be told; None where that goes on beyond the range.
    first, last : float
        The range tried.
    central : float or None
    evidence : (float, float) or None
    level : float
    runs : int
    """

    key: str
    period: str
    verdict: Verdict
    x: float | None
    lower: float | None
    upper: float | None
    first: float
    last: float
    central: float | None
    evidence: tuple[float, float] | None
    level: float
    runs: int

    @property
    def within_evidence(self) -> bool | None:
        """Whether it turns at a value that evidence covers; None where there is no turn or no evidence."""
        if self.x is None or self.evidence is None:
            return None
        return self.evidence[0] <= self.x <= self.evidence[1]


def assumptions(
    base: Scenario, evidence: Mapping[str, tuple[float, float]] | None = None
) -> tuple[Assumption, ...]:
    """The caseload's elasticity, the pace while waiting, the effect of providers and their price.

    Parameters
    ----------
    base : Scenario
        Whose values are central.
    evidence : mapping of str to (float, float), optional
        By key, the range that evidence covers.

    Raises
    ------
    ExperimentError
        If the elasticity of work near the labour market is 0 in the base.
    """
    known = evidence or {}
    elasticities = base.table(ELASTICITY).rows()
    anchor = next(row["value"] for row in elasticities if (row["destination"], row["needs"]) == ANCHOR)
    effect, price = (_procured(base, key) for key in (EFFECT, PRICE))
    fixed = base.text("exits.waiting_pace_mode") == "fixed"
    rows = [(measure,) for measure in _providers_measures(base)]
    middle = price if price is not None else max(_values(base, PRICE).values())
    return (
        _assumption(ELASTICITY, elasticity_points(base, ELASTICITIES), float(anchor), known),
        _assumption(
            WAITING_PACE,
            waiting_pace_points(PACES),
            base.number(WAITING_PACE) if fixed else None,
            known,
        ),
        _assumption(EFFECT, row_points(EFFECT, rows, EFFECTS), effect, known),
        _assumption(PRICE, row_points(PRICE, rows, [middle * share for share in PRICES]), price, known),
    )


def turns(assumption: Assumption, curves: Sequence[Curve]) -> Iterator[Turn]:
    """Every place where an answer turns, or one record that says it doesn't, for each curve."""
    tried = [point.x for point in assumption.points if point.x is not None]
    for curve in curves:
        line = [measured for measured in curve.points if measured.point.x is not None]
        found = break_even(curve)
        places: list[tuple[float | None, float | None, float | None]] = [
            (place.x, place.lower, place.upper) for place in found
        ] or [(None, None, None)]
        verdicts = {measured.difference.verdict for measured in line}
        verdict: Verdict = "turns" if found else verdicts.pop() if len(verdicts) == 1 else "cannot_tell"
        if all(measured.difference.identical for measured in line):
            verdict = "no_difference"
        for x, lower, upper in places:
            yield Turn(
                *(assumption.key, curve.period, verdict, x, lower, upper, min(tried), max(tried)),
                *(assumption.central, assumption.evidence, curve.level, line[0].difference.runs),
            )


def _assumption(
    key: str,
    points: tuple[Point, ...],
    central: float | None,
    evidence: Mapping[str, tuple[float, float]],
) -> Assumption:
    return Assumption(key, points, central, evidence.get(key))


def _providers_measures(scenario: Scenario) -> tuple[str, ...]:
    """The measures that providers are paid for."""
    return tuple(str(row["measure"]) for row in scenario.table(CATALOGUE).rows() if row["procured"])


def _values(scenario: Scenario, key: str) -> dict[str, float]:
    bought = _providers_measures(scenario)
    rows = scenario.table(key).rows()
    return {str(row["measure"]): float(row["value"]) for row in rows if row["measure"] in bought}


def _procured(scenario: Scenario, key: str) -> float | None:
    """The value that providers' measures share, if they do."""
    values = set(_values(scenario, key).values())
    return values.pop() if len(values) == 1 else None
