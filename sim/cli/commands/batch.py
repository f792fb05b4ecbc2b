"""``jobbtorg batch``: the reports of a file, checked first and made some at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sim.cli.options import Options
from sim.cli.screen import Screen


def command(screen: Screen, options: Options) -> Callable[..., None]:
    """The command in the screen's language."""

    def batch(
        file: Path = options.batch_file,
        out: Path | None = options.out,
        at_a_time: int | None = options.at_a_time,
        minutes: float = options.minutes,
        parameters: Path | None = options.parameters,
        store: bool = options.store,
    ) -> None:
        from sim.cli.actions import batch as action  # noqa: PLC0415 - help need not wait for the compiler

        action.batch(screen, file, out, at_a_time, minutes, parameters, store)

    return batch
