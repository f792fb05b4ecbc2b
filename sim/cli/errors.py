"""Errors as people read them: sentences in their language, and the status that the program ends with."""

from __future__ import annotations

from collections.abc import Iterator

from sim.experiment.errors import ExperimentError
from sim.parameters import InputErrors, Problem
from sim.words import Name, Words

GOOD = 0
FAILED = 1
WRONG_INPUT = 2
PARTLY = 3

PROBLEMS_ARE_IN = "en"
"""The language in which the parameters tell what is wrong."""


class CommandError(Exception):
    """Something typed at the command line that can't be done.

    Parameters
    ----------
    rule : str
        Key under ``cli.errors``.
    status : int
        What the program ends with.
    **values
        What fills the sentence's places.
    """

    def __init__(self, rule: str, status: int = WRONG_INPUT, **values: object) -> None:
        self.rule = rule
        self.status = status
        self.values = values
        super().__init__(rule)


def sentences(error: CommandError | ExperimentError | InputErrors, words: Words) -> Iterator[str]:
    """An error as one or more sentences."""
    if isinstance(error, InputErrors):
        for problem in error.problems:
            yield place(problem) + problem_sentence(problem, words)
    elif isinstance(error, ExperimentError):
        values = dict(error.values)
        if "axis" in values:
            values["axis"] = words.raw(f"cli.axes.{values['axis']}")
        yield say(words, f"experiment.{error.rule}", **values)
    else:
        yield say(words, f"errors.{error.rule}", **error.values)


def place(problem: Problem) -> str:
    """Where a problem stands, before its sentence: ``file:line: ``, or nothing."""
    if not problem.file:
        return ""
    return f"{problem.file}: " if problem.line is None else f"{problem.file}:{problem.line}: "


def problem_sentence(problem: Problem, words: Words) -> str:
    """What is wrong; outside English the rule, then what was found, allowed and near."""
    if words.language == PROBLEMS_ARE_IN:
        return problem.sentence
    parts = [say(words, "problem.rule", parameter=problem.key, rule=words.raw(f"cli.rules.{problem.rule}"))]
    for part in ("found", "allowed", "nearest"):
        if value := getattr(problem, part):
            parts.append(say(words, f"problem.{part}", value=value))
    return " ".join(parts)


def say(words: Words, key: str, /, **values: object) -> str:
    """A text of the command line; its places are filled with names, paths and keys as they stand."""
    return str(words.text(f"cli.{key}", **{place: Name(str(value)) for place, value in values.items()}))
