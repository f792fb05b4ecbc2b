"""``jobbtorg explorer-file``: the committee's explorer, one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sim.cli.options import Options
from sim.cli.screen import Screen


def command(screen: Screen, options: Options) -> Callable[..., None]:
    """The command in the screen's language, which is the one that the file opens in."""

    def explorer_file(
        out: Path | None = options.out_file,
        runs: int = options.runs,
        seed: int = options.seed,
        jobs: int | None = options.jobs,
        day: str | None = options.day,
        parameters: Path | None = options.parameters,
        store: bool = options.store,
    ) -> None:
        from sim.cli.actions import explorer_file as action  # noqa: PLC0415 - help need not wait

        action.explorer_file(screen, out, runs, seed, jobs, day, parameters, store)

    return explorer_file
