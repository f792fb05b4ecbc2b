"""The engines against the plain model, which shares nothing with them but the words it was written from.

Both engines run one set of rules, so a wrong rule would be wrong in both. Here the same small flow is run
by the product (its own parameters, population, rules) and by `benchmarks/plain_simpy.py`; stocks, waits
and exits agree within four standard errors.
"""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.plain_simpy import CAUSES, SMALL_CASES, SmallFlow, run
from benchmarks.small_flow import PLAN_COACHES, as_scenario, comparable
from sim.flow import EndedBy, History, Stage
from tests.flow.limits import enrolled, library, many, mean_inside

RUNS = 30


def measured(small: SmallFlow, history: History) -> dict[str, float]:
    """What the plain model measures, from the product's history."""
    stays, first, window = history.stays, small.warm_up, small.months - small.warm_up
    inside = enrolled(stays)
    served = np.isin(stays["stage"], (Stage.ASSESSMENT, Stage.COACHING))
    at_provider = stays["stage"] == Stage.MEASURE
    waiting = stays["stage"] == Stage.WAITING
    begun = waiting & (stays["begin"] >= first)
    ended = stays["end"] >= first
    found = {
        "mean_enrolled": mean_inside(history, first, inside),
        "mean_waiting": mean_inside(history, first, waiting),
        "mean_in_provider": mean_inside(history, first, at_provider),
        "mean_slots_held": mean_inside(history, first, served)
        + small.own_staff_share * mean_inside(history, first, at_provider),
        "mean_wait_months": float((stays["end"] - stays["begin"])[begun].mean()),
        "returns_per_month": float((ended & (stays["ended_by"] == EndedBy.RETURN)).sum()) / window,
        "no_shows_per_month": float((ended & (stays["ended_by"] == EndedBy.NO_SHOW)).sum()) / window,
        "enrolments_per_month": float((ended & (stays["ended_by"] == EndedBy.ENROLLED)).sum()) / window,
    }
    for index, destination in enumerate(history.destinations):
        if destination in CAUSES:
            exits = ended & (stays["ended_by"] == EndedBy.EXIT) & (stays["destination"] == index)
            found[f"exits_{destination}_per_month"] = float(exits.sum()) / window
    return found


@pytest.mark.long
@pytest.mark.parametrize("case", list(SMALL_CASES))
def test_engine_agrees_with_the_plain_model(case: str) -> None:
    small = comparable(SMALL_CASES[case])
    plan = library().resolve("plan-2008").scenario.table("plan.posts").cells()
    assert sum(posts for (_, role), posts in plan.items() if role == "coach") == PLAN_COACHES
    ours = [measured(small, history) for history in many(as_scenario(library(), small), RUNS)]
    plain = [run(small, np.random.default_rng(number)) for number in range(RUNS)]
    misses = {}
    for key in ours[0]:
        one, other = np.array([r[key] for r in ours]), np.array([r[key] for r in plain])
        error = np.sqrt((one.var(ddof=1) + other.var(ddof=1)) / RUNS)
        if abs(one.mean() - other.mean()) > max(4.0 * error, 1e-9):
            misses[key] = (one.mean(), other.mean(), error)
    assert not misses
