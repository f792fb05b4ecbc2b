"""Sweep files: which values to try of which parameters, and what to ask of the runs.

A sweep is data like a scenario: it has a title, an author and a date, and it is read with the same care. What
is wrong with it is told all at once, with its line, before anything is run.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date as Date
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from sim.parameters.library import Library
from sim.parameters.passports import StrictDate, whole_file
from sim.parameters.problems import Collector, Problem
from sim.parameters.reading import Document, read_yaml
from sim.parameters.scenario import Scenario

Design = Literal["grid", "list", "latin_hypercube", "sobol"]
SAMPLED = ("latin_hypercube", "sobol")
"""Designs that draw their points; the others are written out."""

Value = float | str | bool | Date


def _as_text(value: object) -> object:
    """A year is a period's key, and looks like a number."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Word = Annotated[str, Field(min_length=1), BeforeValidator(_as_text)]
Words = Annotated[tuple[Word, ...], Field(min_length=1)]

BOUNDS = frozenset({"from", "to"})


@dataclass(frozen=True)
class Listed:
    """Values to try, in the order of the file."""

    values: tuple[Value, ...]


@dataclass(frozen=True)
class Between:
    """A stretch to draw from, every part of it as likely."""

    low: float
    high: float


@dataclass(frozen=True)
class Sweep:
    """A sweep file.

    Attributes
    ----------
    name : str
        The file's name without its ending.
    title, author, date : str, str, date
    baseline : str
        The scenario that every point is compared with.
    scenario : str
        The scenario that every point is laid on; the baseline unless the file says otherwise.
    settings : tuple of str
        ``KEY=VALUE``, laid on both.
    design : {"grid", "list", "latin_hypercube", "sobol"}
    points : int or None
        How many points to draw; None where they are written out.
    points_seed : int
        Where the drawing of points starts.
    over : mapping of str to Listed or Between
        By key or selector.
    shared : frozenset of str
        Those of `over` that are laid on the baseline too. A lever is pulled in one world only; what nobody
        can set is the same in both.
    runs, seed, level : int, int, float
        Runs of every point, where their random numbers start, and the coverage of the intervals.
    measures, periods, centres, segments : tuple of str
        What is asked of the runs.
    example : Scenario
        The scenario with the settings, before any point is laid on it.
    document : Document
        The file, with its lines.
    """

    name: str
    title: str
    author: str
    date: Date
    baseline: str
    scenario: str
    settings: tuple[str, ...]
    design: Design
    points: int | None
    points_seed: int
    over: Mapping[str, Listed | Between]
    shared: frozenset[str]
    runs: int
    seed: int
    level: float
    measures: tuple[str, ...]
    periods: tuple[str, ...]
    centres: tuple[str, ...]
    segments: tuple[str, ...]
    example: Scenario
    document: Document


class _File(BaseModel):
    """The fields of a sweep file; what they mean together is looked at afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    title: Word
    author: Word
    date: StrictDate
    version: Literal[1] = Field(alias="schema")
    baseline: Word
    scenario: Word | None = None
    settings: dict[str, Any] = Field(default_factory=dict)
    design: Design
    points: Annotated[int, Field(strict=True, ge=1)] | None = None
    points_seed: Annotated[int, Field(strict=True, ge=0)] = 0
    over: Annotated[dict[str, Any], Field(min_length=1)]
    runs: Annotated[int, Field(strict=True, ge=2)]
    seed: Annotated[int, Field(strict=True, ge=0)] = 2008
    level: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.90
    measures: Words
    periods: Words = ("total",)
    centres: Words = ("all",)
    segments: Words = ("all",)


def read_sweep(path: Path, library: Library) -> Sweep:
    """A sweep from its file.

    Raises
    ------
    InputErrors
        With everything that is wrong, all at once.
    """
    problems = Collector()
    sweep = try_read_sweep(path, library, problems)
    problems.raise_errors()
    assert sweep is not None
    return sweep


def try_read_sweep(path: Path, library: Library, problems: Collector) -> Sweep | None:
    """As `read_sweep`, but with problems noted; None where too little can be read to go on."""
    document = read_yaml(path, problems)
    return None if document is None else sweep_of(document, path, library, problems)


def sweep_of(document: Document, path: Path, library: Library, problems: Collector) -> Sweep | None:
    """A sweep from a file that is read."""
    sentence = "A sweep is a mapping: title, author, date, schema, baseline, design, over, runs, measures."
    fields = whole_file(document, _File, sentence, problems)
    if fields is None:
        return None
    over = {key: tried for key, raw in fields.over.items() if (tried := _tried(key, raw, document, problems))}
    _check_design(fields, over, document, problems)
    settings = tuple(as_setting(key, value) for key, value in fields.settings.items())
    scenario = fields.scenario or fields.baseline
    examples = [
        _resolved(library, name, settings, document, tuple(fields.settings), problems)
        for name in dict.fromkeys((fields.baseline, scenario))
    ]
    if any(example is None for example in examples):
        return None
    for key, tried in over.items():
        _check_values(library, scenario, settings, key, tried, document, problems)
    return Sweep(
        name=path.stem,
        title=fields.title,
        author=fields.author,
        date=fields.date,
        baseline=fields.baseline,
        scenario=scenario,
        settings=settings,
        design=fields.design,
        points=fields.points,
        points_seed=fields.points_seed,
        over=over,
        shared=frozenset(key for key in over if not _is_lever(key, library)),
        runs=fields.runs,
        seed=fields.seed,
        level=fields.level,
        measures=fields.measures,
        periods=fields.periods,
        centres=fields.centres,
        segments=fields.segments,
        example=cast(Scenario, examples[-1]),
        document=document,
    )


def as_setting(key: str, value: object) -> str:
    """``KEY=VALUE`` as it would be typed."""
    if isinstance(value, dict):
        steps = ", ".join(f"{since}: {_written(item)}" for since, item in value.items())
        return f"{key}={{{steps}}}"
    return f"{key}={_written(value)}"


def _written(value: object) -> str:
    """A single value in YAML."""
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)


def _is_lever(key: str, library: Library) -> bool:
    passport = library.passports.get(key.partition("[")[0].strip())
    return passport is not None and passport.role == "lever"


def _tried(key: str, raw: object, document: Document, problems: Collector) -> Listed | Between | None:
    """What a file wants tried of one parameter, or None with a problem noted."""
    place = document.place("over", key)
    if isinstance(raw, list) and raw and not any(isinstance(value, dict | list) for value in raw):
        return Listed(tuple(raw))
    if isinstance(raw, dict) and set(raw) == BOUNDS:
        low, high = raw["from"], raw["to"]
        if _is_number(low) and _is_number(high):
            if low < high:
                return Between(float(low), float(high))
            sentence = f"{key}: from {low} to {high} is no stretch; the first must be the lower."
            problems.add("bad-limits", place, key, sentence, found=f"{low}, {high}", allowed="from below to")
            return None
    sentence = f"{key}: values to try are a list, or {{from: NUMBER, to: NUMBER}}."
    found = "something else" if isinstance(raw, dict | list) else raw
    problems.add("wrong-shape", place, key, sentence, found=found, allowed="[a, b] or {from: a, to: b}")
    return None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _check_design(
    fields: _File, over: Mapping[str, Listed | Between], document: Document, problems: Collector
) -> None:
    """The points fit the design."""

    def refuse(field: tuple[str, ...], sentence: str, found: object, allowed: str) -> None:
        place = document.place(*field)
        problems.add("wrong-shape", place, field[-1], sentence, found=found, allowed=allowed)

    if fields.design in SAMPLED:
        if fields.points is None:
            place, allowed = document.place("design"), "points"
            sentence = f"A {fields.design} design needs points: how many to draw."
            problems.add("missing-field", place, "points", sentence, found="nothing", allowed=allowed)
        elif fields.design == "sobol" and fields.points & (fields.points - 1):
            # with another number the points are not spread evenly
            below = 1 << (fields.points.bit_length() - 1)
            sentence = f"A sobol design has 1, 2, 4, 8 … points, not {fields.points}."
            refuse(("points",), sentence, fields.points, f"{below} or {2 * below}")
        return
    if fields.points is not None:
        sentence = f"The points of a {fields.design} are those in over; points belongs to designs that draw."
        refuse(("points",), sentence, fields.points, "nothing")
    for key, tried in over.items():
        if isinstance(tried, Between):
            sentence = f"{key}: a {fields.design} needs a list of values."
            refuse(("over", key), sentence, "from, to", "[a, b]")
    lengths = {key: len(tried.values) for key, tried in over.items() if isinstance(tried, Listed)}
    if fields.design == "list" and len(set(lengths.values())) > 1:
        found = ", ".join(f"{key}: {length}" for key, length in lengths.items())
        refuse(("over",), f"In a list all have as many values; here: {found}.", found, "lists of one length")


def _resolved(
    library: Library,
    name: str,
    settings: tuple[str, ...],
    document: Document,
    keys: tuple[str, ...],
    problems: Collector,
) -> Scenario | None:
    """A scenario with the file's settings, or None with problems noted where they stand in the file."""
    own = Collector()
    resolved = library.try_resolve(name, settings, own)
    for problem in own.errors:
        if problem.file == "--set" and problem.line is not None:
            where = document.place("settings", keys[problem.line - 1])
        elif not problem.file:  # the scenario itself is not known
            where = document.place("scenario" if document.data.get("scenario") == name else "baseline")
        else:
            problems.problems.append(problem)
            continue
        problems.problems.append(replace(problem, file=where.file, line=where.line))
    return None if resolved is None else resolved.scenario


def _check_values(
    library: Library,
    scenario: str,
    settings: tuple[str, ...],
    key: str,
    tried: Listed | Between,
    document: Document,
    problems: Collector,
) -> None:
    """Each value can be laid on the scenario by itself; of a stretch, both its ends."""
    values: list[tuple[Value, tuple[object, ...]]]
    if isinstance(tried, Listed):
        values = [(value, ("over", key, number)) for number, value in enumerate(tried.values)]
    else:
        values = [(tried.low, ("over", key, "from")), (tried.high, ("over", key, "to"))]
    for value, path in values:
        own = Collector()
        library.try_resolve(scenario, (*settings, as_setting(key, value)), own)
        for problem in own.errors:
            problems.problems.append(at(problem, document, path))


def at(problem: Problem, document: Document, path: tuple[object, ...]) -> Problem:
    """The same problem, told of a place in the sweep file."""
    place = document.place(*path)
    return replace(problem, file=place.file, line=place.line)


def no_such(document: Document, field: str, asked: tuple[str, ...], known: tuple[str, ...]) -> Collector:
    """Problems for whatever is asked for in a field and not known."""
    problems = Collector()
    for number, word in enumerate(asked):
        if word not in known:
            sentence = f"There is no {word} among the {field}."
            place, allowed = document.place(field, number), ", ".join(known)
            problems.add("unknown-word", place, field, sentence, found=word, allowed=allowed, known=known)
    return problems
