"""One run of one scenario, on either engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sim.flow.building import build_history, build_world, with_longer_log
from sim.flow.engine_compiled import run_compiled
from sim.flow.engine_simpy import run_simpy
from sim.flow.handle import take
from sim.flow.history import History
from sim.flow.steps import room_needed
from sim.flow.transitions import unfinished
from sim.flow.world import World
from sim.parameters import Scenario
from sim.population import draw_population

ENGINES: Mapping[str, Callable[[World], World]] = MappingProxyType(
    {"compiled": run_compiled, "simpy": run_simpy}
)


def simulate(scenario: Scenario, run: int, seed: int, engine: str = "compiled") -> History:
    """Simulate one run.

    Parameters
    ----------
    scenario : Scenario
    run : int
        Number of the run. Run *n* has the same people with the same thresholds in every scenario.
    seed : int
    engine : str
        A key of `ENGINES`. Both give the same history to the last bit.

    Returns
    -------
    History
    """
    population = draw_population(scenario, run, seed)
    world = ENGINES[engine](build_world(scenario, population))
    if room_needed(take(world)):
        world = with_longer_log(world)
    unfinished(take(world))
    return build_history(scenario, population, world)
