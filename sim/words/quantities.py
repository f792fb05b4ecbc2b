"""A number that may stand in a text: its value, its unit, how sure it is and where it comes from."""

from __future__ import annotations

import math
from dataclasses import dataclass

ALL = "all"


@dataclass(frozen=True)
class Trace:
    """Where a number comes from, as keys that the results and the parameters know.

    Attributes
    ----------
    measure : str
        Key of the measure that was evaluated; empty when the number is a parameter or a fact about the runs.
    scenario, base : str
        The scenario, and for a difference the one it is compared with.
    period, centre, segment : str
        Where in the results; a period key, and a key or ``all``.
    parameters : tuple of str
        Keys of the parameters that the number is, or that it hangs on beside the runs.
    manifest : str
        Entry of the report's manifest (``runs``, ``seed`` …), for numbers about the runs themselves, and for
        what rests on other runs than the report's own (``draws``).
    """

    measure: str = ""
    scenario: str = ""
    base: str = ""
    period: str = ""
    centre: str = ALL
    segment: str = ALL
    parameters: tuple[str, ...] = ()
    manifest: str = ""

    def __post_init__(self) -> None:
        if not (self.measure or self.parameters or self.manifest):
            raise ValueError(
                "A trace names a measure, a parameter or an entry of the manifest; this one is empty."
            )


@dataclass(frozen=True)
class Interval:
    """Lower and upper end, in the quantity's unit, and the share of chance that they hold."""

    lower: float
    upper: float
    level: float = 0.90

    def __post_init__(self) -> None:
        if not (math.isfinite(self.lower) and math.isfinite(self.upper)):
            raise ValueError("The ends of an interval are finite numbers.")
        if self.lower > self.upper:
            raise ValueError(
                f"An interval's lower end ({self.lower}) lies above its upper end ({self.upper})."
            )

    @property
    def width(self) -> float:
        """Upper end minus lower end; zero when all runs were alike."""
        return self.upper - self.lower

    @property
    def crosses_zero(self) -> bool:
        """Whether zero lies inside, ends included."""
        return self.lower <= 0.0 <= self.upper


@dataclass(frozen=True)
class Quantity:
    """A number with unit, trace and, when it was estimated, its intervals.

    Attributes
    ----------
    value : float
        In `unit`; a share is written as per cent.
    unit : str
        Key of the unit in ``units.yaml``.
    trace : Trace
        Where it comes from.
    interval, inner : Interval or None
        The wide interval (90 %) and the narrow one (50 %) of an estimate.
    exact : bool
        True for what a document or a parameter says: written as it stands, never rounded.
    """

    value: float
    unit: str
    trace: Trace
    interval: Interval | None = None
    inner: Interval | None = None
    exact: bool = False

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise ValueError(f"A quantity is a finite number; found {self.value} ({self.trace}).")

    @property
    def settled(self) -> bool:
        """Whether the sign is known: there is an interval and it does not hold zero."""
        return self.interval is not None and not self.interval.crosses_zero


@dataclass(frozen=True)
class Name:
    """A proper name from data (a scenario, a centre, a document), which may stand in a text as it is."""

    text: str

    @property
    def first(self) -> Name:
        """The name with a capital, for where it comes first in a line or a sentence."""
        return Name(self.text[:1].upper() + self.text[1:])


def exact(value: float, unit: str, trace: Trace) -> Quantity:
    """Return a quantity that is written as it stands: a parameter, a document's figure, a count."""
    return Quantity(value, unit, trace, exact=True)
