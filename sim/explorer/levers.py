"""The levers: how far each goes, in which steps, and what evidence covers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.experiment.curves import ANCHOR, ELASTICITY
from sim.explorer.state import EFFECT, PRICE, Plan, procured
from sim.parameters import Library
from sim.words import Quantity, Trace, exact


@dataclass(frozen=True)
class Lever:
    """A number that can be moved.

    Attributes
    ----------
    name : str
        Field of the settings, or a further assumption's key.
    parameter : str
    low, high, step : float
        Of the slider, as shown.
    shown_times : float
        The settings' value times this is what is shown: 100 for a share in per cent.
    evidence : (float, float) or None
        What evidence covers, as shown.
    plan : float
        The plan's value, as shown.
    """

    name: str
    parameter: str
    low: float
    high: float
    step: float
    shown_times: float
    evidence: tuple[float, float] | None
    plan: float

    def shown(self, value: float) -> float:
        """Return a setting as it is shown."""
        return round(value * self.shown_times, 9)

    def meant(self, shown: float) -> float:
        """Return what is shown as a setting."""
        return round(shown / self.shown_times, 9)

    def quantity(self, shown: float) -> Quantity:
        """Return a shown number with its source."""
        # a year is a name among numbers: written without a space
        unit = "label" if self.name == "last_year" else "number"
        return exact(shown, unit, Trace(parameters=(self.parameter,)))


_SHAPES: Mapping[str, tuple[str, float, float, float, float]] = {
    "norm": ("levers.caseload_norm", 20.0, 120.0, 1.0, 1.0),
    "share": ("levers.outsourcing_share", 0.0, 80.0, 1.0, 100.0),
    "places": ("levers.outsourcing_places", 0.0, 5000.0, 50.0, 1.0),
    "staff_factor": ("staff.factor", 50.0, 200.0, 1.0, 100.0),
    "price": (PRICE, 20_000.0, 80_000.0, 50.0, 1.0),
    "last_year": ("period.end", 2008.0, 2018.0, 1.0, 1.0),
    "elasticity": (ELASTICITY, 0.0, 0.5, 0.01, 1.0),
    "effect": (EFFECT, 0.5, 1.5, 0.01, 1.0),
    "waiting_pace": ("exits.waiting_pace", 0.0, 100.0, 5.0, 100.0),
}


def levers(library: Library, plan: Plan) -> dict[str, Lever]:
    """Return all levers by name.

    Parameters
    ----------
    library : Library
        For the ranges of the evidence.
    plan : Plan
    """
    found = {}
    for name, (key, low, high, step, times) in _SHAPES.items():
        evidence = _evidence(library, plan, key)
        found[name] = Lever(
            name,
            key,
            low,
            high,
            step,
            times,
            None if evidence is None else (evidence[0] * times, evidence[1] * times),
            round(float(getattr(plan.settings, name)) * times, 9),
        )
    return found


def assumption_levers(plan: Plan) -> dict[str, Lever]:
    """Return the further assumptions as levers, by parameter.

    Each goes from one end of its range to the other and about half as far beyond, within what is allowed.
    """
    found = {}
    for key, passport in plan.assumptions.items():
        assert passport.range is not None
        times = 100.0 if passport.unit == "share" else 1.0
        low, high = (float(end or 0.0) * times for end in passport.range)
        allowed = [
            times * float(end) if isinstance(end, int | float) else None for end in passport.allowed or ()
        ]
        least, most = allowed if len(allowed) == 2 else (None, None)
        step = 0.01 if high - low < 3 else 1.0
        beyond = step * round((high - low) / 2 / step)
        found[key] = Lever(
            key,
            key,
            low - beyond if least is None else max(low - beyond, least),
            high + beyond if most is None else min(high + beyond, most),
            step,
            times,
            (low, high),
            round(plan.scenario.number(key) * times, 9),
        )
    return found


def _evidence(library: Library, plan: Plan, key: str) -> tuple[float, float] | None:
    passport = library.passports[key]
    if passport.range is not None:
        low, high = passport.range
        return None if low is None or high is None else (float(low), float(high))
    if "lower" not in passport.columns:
        return None
    first = (procured(plan.scenario)[0],)
    wanted = {PRICE: first, EFFECT: first, ELASTICITY: ANCHOR}[key]
    table = plan.scenario.table(key)
    row = next(row for row in table.rows() if tuple(row[name] for name in table.index) == wanted)
    return float(row["lower"]), float(row["upper"])
