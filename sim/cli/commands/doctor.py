"""``jobbtorg doctor``: what this machine lacks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import typer

from sim import doctor, places
from sim.cli.options import Options
from sim.cli.screen import Screen

SIGNS = {"good": " ok", "remark": "  ~", "lacking": "  !"}


def command(screen: Screen, options: Options) -> Callable[..., None]:
    """The command in the screen's language."""

    def examine(parameters: Path | None = options.parameters) -> None:
        findings = doctor.examine(
            places.REPOSITORY, places.PARAMETERS if parameters is None else parameters, places.OUTPUTS
        )
        for state, sentence in doctor.sentences(findings, screen.words):
            screen.line(f"{SIGNS[state]}  {sentence}")
        if status := doctor.exit_status(findings):
            raise typer.Exit(status)

    return examine
