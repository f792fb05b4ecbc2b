"""The rules: small pure functions on numbers. What they say holds in every engine.

Every logarithm, power and root of a run is computed here (or in `sim.population.randomness`), by one
compiled function, because libraries differ in the last bit; engines only add, multiply and compare.
"""

from __future__ import annotations

import math

from sim.flow.world import FULL_SLOT
from sim.population.compiled import compiled


@compiled
def capacity(caseworkers, norm, headroom):  # type: ignore[no-untyped-def]
    """Return the half-units of slots that staff can hold: cases by the norm and its headroom, rounded down.

    The papers' norm is an average and not a cap (DET2007, "Beräkning av bemanning": 6,500 cases on
    122.5 caseworkers is 53), hence the headroom. A millionth is added so that a product that is whole on
    paper (800 times 1.15) isn't half a slot short in binary.
    """
    return math.floor(FULL_SLOT * norm * headroom * caseworkers + 1e-6)


@compiled
def pace(load, reference, floor, ceiling, elasticity):  # type: ignore[no-untyped-def]
    """Return the factor on exit hazards at a load of cases a caseworker (elasticity stored positive)."""
    return (min(max(load, floor), ceiling) / reference) ** (-elasticity)


@compiled
def shaped(ratio, shape):  # type: ignore[no-untyped-def]
    """Return by what a clock's speed is multiplied when its hazard is, for a clock of a Weibull's shape.

    At constant speed the hazard adds up to (speed times months) to the power of the shape.
    """
    return ratio if shape == 1.0 else ratio ** (1.0 / shape)


@compiled
def left_to_run(threshold, shape, run):  # type: ignore[no-untyped-def]
    """Return how far a clock has left that has run so far already without running out.

    `threshold` is unit-exponential, in what the hazard adds up to from now on. With shape 1 a clock has no
    memory; below 1 the chance to leave falls with time, above 1 it rises.
    """
    return threshold if shape == 1.0 else (run**shape + threshold) ** (1.0 / shape) - run


@compiled
def runs_out(remaining, speed, months):  # type: ignore[no-untyped-def]
    """Say whether a clock with `remaining` to its threshold runs out within some months at constant speed."""
    return remaining <= speed * months


@compiled
def exit_due(now, remaining, speed):  # type: ignore[no-untyped-def]
    """Return when a clock that does run out runs out, at constant speed."""
    if remaining <= 0.0:
        return now
    return now + remaining / speed


@compiled
def return_due(now, threshold, rate, end):  # type: ignore[no-untyped-def]
    """Return when a person who left comes back (inf: never).

    The hazard is ``rate`` just after the exit and falls in a straight line to zero at ``end`` months,
    so what has been consumed after t months is ``rate * (t - t**2 / (2 * end))``.
    """
    spent = 2.0 * threshold
    whole = rate * end
    if whole <= spent:
        return math.inf
    return now + end * (1.0 - math.sqrt(1.0 - spent / whole))


@compiled
def faded(effect, step, steps):  # type: ignore[no-untyped-def]
    """Return what is left of a measure's effect (a ratio) after `step` of `steps` equal steps."""
    return 1.0 + (effect - 1.0) * (steps - step) / steps


@compiled
def shared_out(total, weight_before, weight, weight_sum):  # type: ignore[no-untyped-def]
    """Return one office's part of a whole number of places, so that all parts add up to it exactly.

    ``weight_before`` is the weight of those served earlier; cumulated and rounded, so nothing is lost.
    """
    if weight_sum <= 0.0:
        return 0
    through = math.floor(total * (weight_before + weight) / weight_sum + 0.5)
    return int(through - math.floor(total * weight_before / weight_sum + 0.5))


@compiled
def bought_places(share, other_places):  # type: ignore[no-untyped-def]
    """Return places that make purchases `share` of a budget whose other lines would buy `other_places`."""
    return share / (1.0 - share) * other_places
