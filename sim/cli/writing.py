"""Single files that commands write: whole or not at all, and a sentence where that can't be."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import typer

from sim.cli.errors import PARTLY, say
from sim.cli.screen import Screen


def keep_file(screen: Screen, file: Path, text: str) -> None:
    """Write a file and say where; when that fails, what was shown stands and the program ends with 3."""
    try:
        _write(file, text)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        screen.complain(say(screen.words, "errors.write-failed", folder=file, reason=reason))
        raise typer.Exit(PARTLY) from None
    screen.say("wrote", folder=file)


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=file.parent, ignore_cleanup_errors=True) as shelter:
        new = Path(shelter) / file.name
        new.write_text(text, encoding="utf-8", newline="\n")
        os.replace(new, file)
