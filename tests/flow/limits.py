"""Scenarios in which theory knows the answer: the shipped city with everything else switched off.

Each is the shipped parameters with settings on top, so the tests run the product's own reading, drawing
and flow, not a model of their own.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from sim.flow import ENROLLED_STAGES, History, simulate
from sim.parameters import Library, Scenario, load_library


@cache
def library() -> Library:
    """The shipped parameters, read once."""
    return load_library()


def scenario(*settings: str, base: str = "plan-2008", end: str = "2010-12-31") -> Scenario:
    """A shipped scenario with settings on top."""
    return library().resolve(base, (f"period.end={end}", *settings)).scenario


def one_office(*settings: str, **options: str) -> Scenario:
    """Everybody in Innerstaden's one office, of one group: a city of a single queue."""
    return scenario(
        "people.target_group[*,*]=0",
        "people.target_group[innerstaden,unemployed]=1000",
        *settings,
        **options,
    )


ONE_SEGMENT = (
    "people.inflow_needs_share[*,near]=1",
    "people.inflow_needs_share[*,middle]=0",
    "people.inflow_needs_share[*,compound]=0",
)
EMPTY_START = ("people.initial_enrolled_share=0",)
NO_MEASURES = ("levers.outsourcing_places=0", "measures.municipal_places[*]=0")
NO_RETURNS = ("returns.needing_benefit_at_six_months=0.1", "returns.still_on_benefit_share=0.1")
LOAD_IGNORED = ("exits.elasticity[*,*]=0",)
STAFF_FOLLOWS = ("levers.staffing_mode=follows",)
SAME_AGES = ("exits.age_factor[*]=1",)
PLAIN = (*EMPTY_START, *NO_MEASURES, *NO_RETURNS, *LOAD_IGNORED, *SAME_AGES)


def many(which: Scenario, runs: int, seed: int = 2008) -> list[History]:
    """Several runs of a scenario on the compiled engine."""
    return [simulate(which, run, seed) for run in range(runs)]


def enrolled(stays: NDArray[np.void]) -> NDArray[np.bool_]:
    """Which stays are of enrolled people."""
    return np.isin(stays["stage"], ENROLLED_STAGES)


def mean_inside(history: History, first: float, mask: NDArray[np.bool_]) -> float:
    """Time-mean number of people in the stays of a mask, from `first` to the horizon."""
    stays = history.stays[mask]
    time = np.clip(stays["end"], first, None) - np.clip(stays["begin"], first, None)
    return float(time.sum()) / (history.months - first)


def within_standard_errors(values: list[float], theory: float, limit: float = 4.0) -> bool:
    """Whether the mean of run means lies within `limit` standard errors of theory (at least 30 runs)."""
    assert len(values) >= 30
    error = np.std(values, ddof=1) / np.sqrt(len(values))
    return bool(abs(np.mean(values) - theory) <= limit * error)
