"""The program that the test of kills starts: one small sweep through a store, then its folder."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from sim.experiment.folder import Making
from sim.experiment.store import Store
from sim.experiment.sweep import run_sweep
from sim.experiment.sweep_output import write_sweep
from sim.parameters import load_library, read_sweep

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def main(file: str, store: str, out: str) -> None:
    """Run the sweep in `file` and write its folder."""
    library = load_library()
    sweep = read_sweep(Path(file), library)
    table = run_sweep(
        sweep, lambda name, settings: library.resolve(name, settings).scenario, 2, store=Store(Path(store))
    )
    write_sweep(Path(out), sweep, table, "compiled", Making((), "", NOW, NOW))
    print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
