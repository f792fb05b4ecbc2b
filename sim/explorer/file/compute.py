"""Everything that the file can show, computed beforehand: caseload × outsourcing share × elasticity."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.experiment.run import each_run
from sim.experiment.store import Store
from sim.explorer.grid import Grid
from sim.explorer.levers import levers
from sim.explorer.runs import Compared, compared
from sim.explorer.state import PLAN, Plan, Settings, lines, plan_of
from sim.parameters import Library, Resolved

Progress = Callable[[int, int], None]

GRID = Grid((30.0, 35.0, 40.0, 45.0, 50.0, 60.0, 70.0), (0.0, 0.1, 0.2, None, 0.4, 0.5))


@dataclass(frozen=True)
class Cube:
    """Comparisons at [elasticity][share][norm].

    Attributes
    ----------
    grid : Grid
    elasticities : tuple of float
        The ends of the evidence, and the plan's between them.
    cells : tuple of tuple of tuple of Compared
    plan : Plan
    """

    grid: Grid
    elasticities: tuple[float, ...]
    cells: tuple[tuple[tuple[Compared, ...], ...], ...]
    plan: Plan


def compute(
    library: Library,
    runs: int,
    seed: int,
    jobs: int | None = None,
    store: Store | None = None,
    progress: Progress | None = None,
    grid: Grid = GRID,
) -> Cube:
    """Run every crossing beside the base of its elasticity; staff follows the cases in all.

    Parameters
    ----------
    library : Library
    runs, seed : int
    jobs : int, optional
        Runs at a time.
    store : Store, optional
    progress : callable, optional
        Called with runs done and runs in all.
    grid : Grid
    """
    plan = plan_of(library)
    evidence = levers(library, plan)["elasticity"].evidence or ()
    elasticities = tuple(sorted({*evidence, plan.settings.elasticity}))
    total = runs * len(elasticities) * (1 + len(grid.norms) * len(grid.shares))
    done = 0

    def one(settings: Settings) -> tuple[Resolved, NDArray[np.float64]]:
        nonlocal done
        resolved = library.resolve(PLAN, lines(settings, plan))
        found: dict[int, NDArray[np.float64]] = {}
        for _, run, values in each_run([resolved.scenario], range(runs), seed, jobs, store=store):
            found[run] = values
            done += 1
            if progress is not None:
                progress(done, total)
        return resolved, np.array([found[run] for run in range(runs)])

    def rows(elasticity: float) -> Iterator[tuple[Compared, ...]]:
        start = replace(plan.settings, mode="follows", elasticity=elasticity)
        base = one(start)
        for cells in grid.cells(start, plan):
            others = ((settings, *one(settings)) for settings in cells)
            yield tuple(
                compared(seed, settings, base[0], resolved, np.array([base[1], values]))
                for settings, resolved, values in others
            )

    if progress is not None:
        progress(0, total)
    return Cube(grid, elasticities, tuple(tuple(rows(value)) for value in elasticities), plan)
