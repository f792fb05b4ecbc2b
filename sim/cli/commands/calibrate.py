"""``jobbtorg calibrate``: draws that the targets allow, and a forecast that is frozen at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sim.cli.errors import CommandError
from sim.cli.options import Options
from sim.cli.screen import Screen


def command(screen: Screen, options: Options) -> Callable[..., None]:
    """The command in the screen's language."""

    def calibrate(
        study: Path = options.study,
        steps: list[str] = options.steps,
        jobs: int | None = options.jobs,
        out: Path | None = options.out,
        parameters: Path | None = options.parameters,
    ) -> None:
        if not study.exists():
            raise CommandError("no-such-file", found=study)
        from sim.cli.actions import calibrate as action  # noqa: PLC0415 - help need not wait for the compiler

        action.calibrate(screen, study, tuple(steps), jobs, out, parameters)

    return calibrate
