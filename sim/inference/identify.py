"""What the targets taught: how much of each prior's spread is left, and what trades off against what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import stats

from sim.parameters.uncertain import Ensemble

PRIOR_SPREAD = 12.0**-0.5
"""Standard deviation of an even distribution over 0 to 1: what every prior is on its own scale of chance."""


@dataclass(frozen=True)
class Contraction:
    """What one dimension learned.

    Attributes
    ----------
    name : str
    low, high : float
        The prior's range.
    median, lower, upper : float
        Of the draws, with the interval that holds 90 %.
    spread_left : float
        The draws' spread over the prior's, on the scale of the prior's own chances: 1 is nothing learned.
    at_edge : float
        Share of the draws in the outermost twentieth of the prior's chance at either end, over the tenth that
        nothing learned would give: well above 1, the targets pull against the range.
    """

    name: str
    low: float
    high: float
    median: float
    lower: float
    upper: float
    spread_left: float
    at_edge: float


@dataclass(frozen=True)
class TradeOff:
    """Two dimensions of which the targets know something together that they don't know apart."""

    first: str
    second: str
    correlation: float


def contraction(ensemble: Ensemble, names: Sequence[str]) -> tuple[Contraction, ...]:
    """What some dimensions learned, the most taught first."""
    found = []
    for name in names:
        dimension, values = ensemble.dimensions[ensemble.names.index(name)], ensemble.column(name)
        chance = dimension.share_below(values)
        lower, median, upper = (float(end) for end in np.quantile(values, (0.05, 0.5, 0.95)))
        edge = float(((chance < 0.05) | (chance > 0.95)).mean()) / 0.10
        spread = float(chance.std()) / PRIOR_SPREAD
        found.append(Contraction(name, dimension.low, dimension.high, median, lower, upper, spread, edge))
    return tuple(sorted(found, key=lambda row: row.spread_left))


def trade_offs(ensemble: Ensemble, names: Sequence[str], least: float = 0.30) -> tuple[TradeOff, ...]:
    """Pairs that are correlated over the draws (by rank), the strongest first."""
    found = []
    for first, second in combinations(names, 2):
        result = stats.spearmanr(ensemble.column(first), ensemble.column(second))
        if abs(float(result.statistic)) >= least:
            found.append(TradeOff(first, second, float(result.statistic)))
    return tuple(sorted(found, key=lambda pair: -abs(pair.correlation)))
