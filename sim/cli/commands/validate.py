"""``jobbtorg validate``: a frozen forecast beside what was observed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sim.cli.options import Options
from sim.cli.screen import Screen


def command(screen: Screen, options: Options) -> Callable[..., None]:
    """The command in the screen's language."""

    def validate(
        ensemble: str = options.ensemble_name,
        targets: list[Path] = options.more_targets,
        out: Path | None = options.out,
        parameters: Path | None = options.parameters,
    ) -> None:
        from sim.cli.actions import validate as action  # noqa: PLC0415 - help need not wait for the compiler

        action.validate(screen, ensemble, tuple(targets), out, parameters)

    return validate
