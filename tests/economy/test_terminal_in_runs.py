"""The terminal line against what happens when the same runs go on: what it expects, the later years show.

Money is set so that a month enrolled costs the same for everybody and nothing else costs anything: the line
is then the months that those seen before the horizon will be inside, whatever makes them leave.
"""

from __future__ import annotations

import numpy as np
import pytest

from sim.economy import costs, last_pace, terminal_cost
from sim.flow import simulate
from sim.outcomes import tally
from tests.flow.limits import LOAD_IGNORED, NO_MEASURES, SAME_AGES, STAFF_FOLLOWS, enrolled, scenario

RUNS, SEED = 30, 2008
HORIZON = 24.0
A_MONTH_IS_A_MONTH = (
    "costs.staff_per_post[*]=0",
    "costs.other_per_post=0",
    "budget.plan_2008[*,*]=0",
    "costs.discount_rate=0",
    "costs.benefit_after_exit[*]=0",
    "costs.months_with_benefit[*]=1",
    "costs.benefit_group_rate[*]=1",
    "costs.state_refund[*]=0",
)
NO_LONG_TAIL = ("exits.hazard[middle]=0.13", "exits.hazard[compound]=0.12")
"""So that hardly anybody is inside when the later run ends."""
TAKEN_OVER = ("cooperation.transfer_share[*,*]=0.4", "intake.approval_months=1")


@pytest.mark.long
@pytest.mark.parametrize(
    "more",
    [
        (),
        ("exits.duration_shape=0.7",),
        ("exits.duration_shape=1.2",),
        TAKEN_OVER,
        ("staff.leader_effect=1.5",),
        ("exits.duration_shape=0.8", *TAKEN_OVER, "staff.leader_effect=1.3"),
    ],
    ids=["plain", "falling", "rising", "agencies", "leaders", "together"],
)
def test_the_line_is_what_the_years_after_the_horizon_show(more):
    settings = (
        *NO_MEASURES,
        *LOAD_IGNORED,
        *SAME_AGES,
        *STAFF_FOLLOWS,
        *A_MONTH_IS_A_MONTH,
        *NO_LONG_TAIL,
        *more,
    )
    short, long = (scenario(*settings, end=end) for end in ("2009-12-31", "2020-12-31"))
    misses = []
    for run in range(RUNS):
        history = simulate(short, run, SEED)
        counted = tally(short, history)
        counted = counted.plus(costs(short, history, counted))
        expected = terminal_cost(short, history, counted, pace_factor=last_pace(short, history)).sum()
        a_month = counted.amounts["kr_benefit_enrolled"].sum() / counted.amounts["months_enrolled"].sum()
        later = simulate(long, run, SEED)
        stays = later.stays[enrolled(later.stays)]
        stays = stays[later.people["referred"][stays["person"]] < HORIZON]
        happened = np.clip(stays["end"] - np.maximum(stays["begin"], HORIZON), 0.0, None).sum()
        misses.append(expected / a_month / happened - 1.0)
    error = np.std(misses, ddof=1) / np.sqrt(RUNS)
    assert abs(np.mean(misses)) <= 4.0 * error, f"{np.mean(misses):.4f} with an error of {error:.4f}"
