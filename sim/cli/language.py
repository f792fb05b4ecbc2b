"""Which language to speak: the one asked for, the environment's, the system's, or English."""

from __future__ import annotations

import locale
import os
from collections.abc import Mapping, Sequence

OPTION = "--language"
VARIABLE = "JOBBTORG_LANGUAGE"
FALLBACK = "en"

_LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
_WINDOWS_NAMES = {"swedish": "sv", "english": "en"}


def take_languages(arguments: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """The languages asked for, wherever ``--language`` stands, and the other arguments.

    They are taken out before the command line is built, because all help is in the first of them.
    """
    asked: list[str] = []
    rest: list[str] = []
    waiting = list(arguments)
    while waiting:
        argument = waiting.pop(0)
        if argument == "--":
            rest += [argument, *waiting]
            break
        if argument == OPTION and waiting:
            asked.append(waiting.pop(0))
        elif argument.startswith(f"{OPTION}="):
            asked.append(argument.partition("=")[2])
        else:
            rest.append(argument)
    return tuple(dict.fromkeys(asked)), rest


def default_language(known: Sequence[str], environment: Mapping[str, str] = os.environ) -> str:
    """The language to speak when none is asked for.

    ``JOBBTORG_LANGUAGE`` decides; then the system's language, as the environment or, where it is silent, the
    operating system tells it; English if there are no words in that.
    """
    candidates = [environment.get(VARIABLE, "")]
    candidates += [value for name in _LOCALE_VARIABLES if (value := environment.get(name))][:1]
    if len(candidates) == 1:
        candidates.append(locale.getlocale()[0] or "")
    for candidate in candidates:
        language = candidate.replace("-", "_").partition("_")[0].partition(".")[0].lower()
        language = _WINDOWS_NAMES.get(language, language)
        if language in known:
            return language
    return FALLBACK
