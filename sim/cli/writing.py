"""What commands write: a sentence says where it is, or that it could not be written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from sim.cli.errors import PARTLY, say
from sim.cli.screen import Screen


@contextmanager
def written(screen: Screen, place: Path) -> Iterator[None]:
    """Say where something is written; when that fails, what was shown stands and the program ends with 3."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        screen.complain(say(screen.words, "errors.write-failed", folder=place, reason=reason))
        raise typer.Exit(PARTLY) from None
    screen.say("wrote", folder=place)


def keep_file(screen: Screen, file: Path, text: str) -> None:
    """Write a file, whole or not at all."""
    with written(screen, file):
        _write(file, text)


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=file.parent, ignore_cleanup_errors=True) as shelter:
        new = Path(shelter) / file.name
        new.write_text(text, encoding="utf-8", newline="\n")
        os.replace(new, file)
