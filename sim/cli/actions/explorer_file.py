"""The committee's explorer: every crossing computed, then one file written."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sim import places
from sim.cli.errors import CommandError
from sim.cli.inputs import as_date
from sim.cli.screen import Screen
from sim.cli.storing import open_store, usable_when_interrupted
from sim.explorer.file import produce
from sim.parameters import load_library

MEGABYTE = 1e6


def explorer_file(
    screen: Screen,
    out: Path | None,
    runs: int,
    seed: int,
    jobs: int | None,
    day: str | None,
    parameters: Path | None,
    keep: bool,
) -> None:
    """Write the file; it bears the date it is made unless another is given."""
    path = places.OUTPUTS / "explorer" / "explorer.html" if out is None else out
    if path.is_dir():
        raise CommandError("file-is-a-folder", found=path)
    dated = as_date("--date", day) or date.today()
    library = load_library(parameters)
    store = open_store(screen, keep)
    with screen.progress() as progress, usable_when_interrupted(screen, store):
        made = produce(
            library, path, runs, seed, dated, screen.words.language, jobs=jobs, store=store, progress=progress
        )
    size = screen.words.plain(round(made.size / MEGABYTE, 1))
    screen.say("explorer_file.wrote", file=made.path, size=size)
