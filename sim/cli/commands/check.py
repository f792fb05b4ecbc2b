"""``jobbtorg check``: everything that is wrong with files of parameters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import typer

from sim.cli.errors import WRONG_INPUT, CommandError, place, problem_sentence, say
from sim.cli.options import Options
from sim.cli.screen import Screen
from sim.parameters import Problem, check_files

DETAILS = ("key", "found", "allowed", "nearest")


def command(screen: Screen, options: Options) -> Callable[..., None]:
    """The command in the screen's language."""

    def check(files: list[Path] = options.files, parameters: Path | None = options.parameters) -> None:
        for path in files:
            if not path.exists():
                raise CommandError("no-such-file", found=path)
        errors, warnings = check_files(files, parameters)
        for problem in errors:
            _tell(screen, problem, "error")
        for problem in warnings:
            _tell(screen, problem, "warning")
        if not errors and not warnings:
            screen.say("check.good", files=", ".join(str(path) for path in files))
        else:
            screen.say("check.faults", errors=len(errors), warnings=len(warnings))
        if errors:
            raise typer.Exit(WRONG_INPUT)

    return check


def _tell(screen: Screen, problem: Problem, kind: str) -> None:
    words = screen.words
    screen.line(say(words, f"check.{kind}", sentence=place(problem) + problem_sentence(problem, words)))
    for detail in DETAILS:
        if value := getattr(problem, detail):
            screen.line(f"    {words.raw(f'cli.check.{detail}')}: {value}")
