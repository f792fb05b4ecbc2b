"""What was asked for on the command line, before anything is read or computed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sim.experiment.engine import Engine


@dataclass(frozen=True)
class Request:
    """Scenarios to run, and how; see the help of ``jobbtorg run``."""

    names: tuple[str, ...]
    settings: tuple[str, ...]
    start: str | None
    end: str | None
    runs: int
    seed: int
    jobs: int | None
    engine: Engine
    level: float
    out: Path | None
    parameters: Path | None
    store: bool = True
    targets: tuple[str, ...] = ()
    budget: int | None = None
    ensemble: str | None = None
    draws: int | None = None
    runs_per_draw: int = 2
    structures: bool = False
