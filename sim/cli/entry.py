"""From arguments to a status: the language, the commands, and every error as a sentence."""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from typer.main import get_command

from sim import places
from sim.cli.app import build
from sim.cli.errors import FAILED, GOOD, WRONG_INPUT, CommandError, say, sentences
from sim.cli.language import default_language, take_languages
from sim.cli.screen import Screen, use_utf8
from sim.experiment.errors import ExperimentError
from sim.parameters import InputErrors
from sim.words import Words, languages

NAME = "jobbtorg"
INTERRUPTED = 130
"""What typer makes of Ctrl-C; the program itself ends with FAILED then, as nothing was written."""


def status_of(arguments: Sequence[str]) -> int:
    """Do what the arguments say and return the program's exit status.

    Returns
    -------
    int
        0 good, 1 failed (or interrupted: nothing was written), 2 wrong input, 3 partly done.
    """
    use_utf8()
    asked, rest = take_languages(arguments)
    known = languages()
    unknown = [language for language in asked if language not in known]
    language = asked[0] if asked and not unknown else default_language(known)
    screen = Screen(Words(language), asked)
    with _interrupts_remembered() as interrupts:
        return _told(screen, arguments, unknown, rest, interrupts)


def _told(
    screen: Screen, arguments: Sequence[str], unknown: list[str], rest: list[str], interrupts: list[int]
) -> int:
    """Return the status of the commands, with a sentence for every error."""
    try:
        if unknown:
            raise CommandError("unknown-language", found=unknown[0], allowed=", ".join(languages()))
        return _status(screen, rest)
    except (CommandError, ExperimentError, InputErrors) as error:
        for sentence in sentences(error, screen.words):
            screen.complain(sentence)
        return error.status if isinstance(error, CommandError) else WRONG_INPUT
    except KeyboardInterrupt:
        screen.complain(say(screen.words, "errors.interrupted"))
        return FAILED
    except Exception as error:  # the last stop: whatever it is, people get a sentence and we get the details
        if interrupts:
            screen.complain(say(screen.words, "errors.interrupted"))
            return FAILED
        screen.complain(_logged(error, arguments, screen.words))
        return FAILED


@contextmanager
def _interrupts_remembered() -> Iterator[list[int]]:
    """Tell of Ctrl-C even where a library turned it into an error of its own, as compiled modules do.

    Yields
    ------
    list of int
        The signals heard so far.
    """
    heard: list[int] = []
    ours = threading.current_thread() is threading.main_thread()  # no other thread hears signals
    if not ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield heard  # a program in the background ignores it, and goes on doing so
        return

    def hear(number: int, frame: FrameType | None) -> None:
        heard.append(number)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, hear)
    try:
        yield heard
    finally:
        signal.signal(signal.SIGINT, before)


def _status(screen: Screen, arguments: Sequence[str]) -> int:
    try:
        get_command(build(screen)).main(args=list(arguments), prog_name=NAME)
    except SystemExit as end:
        if end.code == INTERRUPTED:
            raise KeyboardInterrupt from None
        return end.code if isinstance(end.code, int) else GOOD if end.code is None else FAILED
    return GOOD


def _logged(error: Exception, arguments: Sequence[str], words: Words) -> str:
    """Put the details of an unexpected error in a file, and say where."""
    now = datetime.now(UTC)
    file = places.OUTPUTS / "logs" / f"error-{now:%Y%m%d-%H%M%S}-{os.getpid()}.log"
    details = [
        f"time: {now.isoformat(timespec='seconds')}",
        f"python: {sys.version}",
        f"arguments: {list(arguments)}",
        "",
        *traceback.format_exception(error),
    ]
    try:
        _write(file, "\n".join(details))
    except OSError:
        return say(words, "errors.unexpected-no-log", error=f"{type(error).__name__}: {error}")
    return say(words, "errors.unexpected", file=file)


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="\n")
