"""``jobbtorg sweep``: many points over levers and uncertainties, as one table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sim.cli.errors import CommandError
from sim.cli.options import Options
from sim.cli.screen import Screen
from sim.experiment.engine import Engine


def command(screen: Screen, options: Options) -> Callable[..., None]:
    """The command in the screen's language."""

    def sweep(
        file: Path = options.sweep_file,
        jobs: int | None = options.jobs,
        engine: Engine = options.engine,
        out: Path | None = options.out,
        parameters: Path | None = options.parameters,
        store: bool = options.store,
    ) -> None:
        if not file.is_file():
            raise CommandError("no-such-file", found=file)
        from sim.cli.actions import sweep as action  # noqa: PLC0415 - help need not wait for the compiler

        action.sweep(screen, file, jobs, engine, out, parameters, store)

    return sweep
