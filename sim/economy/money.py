"""A run's whole account: every line of cost, in current prices beside, discounted, and beyond the horizon."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.economy.costs import NET, PUBLIC, costs
from sim.economy.prices import monthly_discount, price_index
from sim.economy.seasonal import seasonal
from sim.economy.terminal import last_pace, terminal_cost, terminal_rest, those_left
from sim.flow.history import History
from sim.outcomes.tallies import Tallies, total
from sim.parameters import Scenario


def account(
    scenario: Scenario,
    history: History,
    tallies: Tallies,
    policy_time: float = 0.0,
    pace_factor: NDArray[np.float64] | None = None,
) -> Tallies:
    """Return the tallies with money added.

    Parameters
    ----------
    scenario : Scenario
    history : History
        A run of that scenario.
    tallies : Tallies
        Counted from that history.
    policy_time : float
        Months since the start at which the policy begins: discounting starts there.
    pace_factor : float64[2, needs, destinations], optional
        For the terminal line: what loads, queues and leaders make of exit hazards after the horizon. The
        run's own in its last month unless given.

    Returns
    -------
    Tallies
        Beside the lines of `sim.economy.costs.costs`: ``kr_net_current`` (each line at its own prices),
        ``kr_net_discounted`` and ``kr_terminal`` (in the last month); and the same three of both purses,
        ``kr_public_current``, ``kr_public_discounted``, ``kr_public_terminal``.
    """
    lines = costs(scenario, history, tallies)
    with_lines = tallies.plus(lines).plus(seasonal(scenario, tallies))
    people = those_left(scenario, history)
    if pace_factor is None:
        pace_factor = last_pace(scenario, history, people)
    last = np.zeros((2, *lines["kr_staff"].shape))
    last[0, -1] = terminal_cost(scenario, history, with_lines, policy_time, pace_factor, people)
    rest = terminal_rest(scenario, history, with_lines, policy_time, pace_factor, people)
    last[1, -1] = last[0, -1] + rest
    current = {name: lines[name] * price_index(scenario, name)[:, None, None] for name in PUBLIC}
    factor = monthly_discount(scenario, policy_time)[:, None, None]
    return with_lines.plus(
        {
            "kr_net_current": total(current, NET),
            "kr_net_discounted": total(lines, NET) * factor,
            "kr_terminal": last[0],
            "kr_public_current": total(current, PUBLIC),
            "kr_public_discounted": total(lines, PUBLIC) * factor,
            "kr_public_terminal": last[1],
        }
    )
