"""Studies: which scenario is calibrated on which targets, and what is learned.

A study stands in a folder of its own, ``study.yaml``; what is made from it is written beside it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date as Date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sim.parameters.calendar import month_start
from sim.parameters.library import Library
from sim.parameters.passports import StrictDate, whole_file
from sim.parameters.priors import Split, priors
from sim.parameters.problems import Collector, Place, listed, quote
from sim.parameters.reading import Document, read_yaml, shown
from sim.parameters.scenario import Scenario, Value
from sim.parameters.sweeps import as_setting
from sim.parameters.targets import Target, Targets, try_read_targets
from sim.parameters.uncertain import Dimension

FILE = "study.yaml"
END = "period.end"

Word = Annotated[str, Field(min_length=1)]
Count = Annotated[int, Field(strict=True, ge=1)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class _Later(_Model):
    """A number that may drift after what was observed: multiplied by a factor, the same from then on."""

    key: Word
    since: StrictDate = Field(alias="from")
    low: float
    mode: float
    high: float
    note: str = ""


class _Part(_Model):
    """One part of what changed: what to set, and which dated values to hold, so that it did not happen."""

    settings: dict[str, Any] = Field(default_factory=dict, alias="set")
    hold: tuple[Word, ...] = ()


class _Explain(_Model):
    """What is to be explained by which parts."""

    outcomes: Annotated[tuple[Word, ...], Field(min_length=1)]
    parts: Annotated[dict[str, _Part], Field(min_length=1)]


class _File(_Model):
    title: Word
    author: Word
    date: StrictDate
    version: Literal[1] = Field(alias="schema")
    scenario: Word
    settings: dict[str, Any] = Field(default_factory=dict)
    targets: Annotated[tuple[Word, ...], Field(min_length=1)]
    until: StrictDate
    split: dict[str, Annotated[tuple[StrictDate, ...], Field(min_length=1)]] = Field(default_factory=dict)
    later: tuple[_Later, ...] = ()
    learn: Annotated[tuple[Word, ...], Field(min_length=1)]
    points: Count
    draws: Count
    tries: Count
    seed: Annotated[int, Field(strict=True, ge=0)] = 2008
    explain: _Explain | None = None


@dataclass(frozen=True)
class Part:
    """One part of what changed.

    Attributes
    ----------
    name : str
    values : mapping of str to value
        What stands instead where the part did not happen.
    hold : tuple of str
        Dated values that stay, where the part did not happen, as they were at the start.
    """

    name: str
    values: Mapping[str, Value]
    hold: tuple[str, ...]


@dataclass(frozen=True)
class Study:
    """What is to be learned, from what.

    Attributes
    ----------
    name : str
        The folder's name.
    title, author, date : str, str, date
    scenario : Scenario
        The whole of it, to the last date that is forecast.
    fitted : Scenario
        The same to the end of the last month that a target of the role *calibrate* is about.
    until : Scenario
        The same to the date up to which the emulator is trained, one that lies after `fitted`.
    targets : Targets
    dimensions : tuple of Dimension
        Everything uncertain, with its prior.
    learn : tuple of str
        Names of the dimensions that are learned; all others keep their prior by construction.
    points : int
        Runs that the emulator is trained on.
    draws : int
        Draws of the ensemble.
    tries : int
        Candidates for each draw at most.
    seed : int
    settings : tuple of str
        ``KEY=VALUE``, laid on the scenario.
    outcomes : tuple of Target
        Quantities whose change is to be explained.
    parts : tuple of Part
        By what.
    """

    name: str
    title: str
    author: str
    date: Date
    scenario: Scenario
    fitted: Scenario
    until: Scenario
    targets: Targets
    dimensions: tuple[Dimension, ...]
    learn: tuple[str, ...]
    points: int
    draws: int
    tries: int
    seed: int
    settings: tuple[str, ...]
    outcomes: tuple[Target, ...] = ()
    parts: tuple[Part, ...] = ()

    @property
    def calibrate(self) -> tuple[Target, ...]:
        """The targets that draws are held against."""
        return self.targets.of_role("calibrate")

    @property
    def prior_digest(self) -> str:
        """The sha256 of all dimensions with their ranges, and of which are learned."""
        data = [[dimension.canonical() for dimension in self.dimensions], sorted(self.learn)]
        text = json.dumps(data, sort_keys=True, allow_nan=False)
        return hashlib.sha256(text.encode("ascii")).hexdigest()


def read_study(path: Path, library: Library) -> Study:
    """A study from its file, or from the folder that holds it.

    Raises
    ------
    InputErrors
        With everything that is wrong, all at once.
    """
    problems = Collector()
    study = try_read_study(path, library, problems)
    problems.raise_errors()
    assert study is not None
    return study


def try_read_study(path: Path, library: Library, problems: Collector) -> Study | None:
    """As `read_study`, but with problems noted; None where too little can be read to go on."""
    file = path / FILE if path.is_dir() else path
    document = read_yaml(file, problems)
    return None if document is None else study_of(document, file, library, problems)


def study_of(document: Document, file: Path, library: Library, problems: Collector) -> Study | None:
    """A study from a file that is read."""
    sentence = "A study is a mapping: title, author, date, schema, scenario, targets, learn and more."
    fields = whole_file(document, _File, sentence, problems)
    if fields is None:
        return None
    targets = try_read_targets(
        [_targets_path(name, file, library) for name in fields.targets], library.sources, problems
    )
    dimensions = _dimensions(fields, library)
    learn = _learned(fields, dimensions, document, problems)
    settings = tuple(as_setting(key, value) for key, value in fields.settings.items())
    calibrate = targets.of_role("calibrate")
    if not calibrate:
        problems.add(
            "missing-field",
            document.place("targets"),
            "targets",
            "None of the targets has the role calibrate: there is nothing to learn from.",
            found="no target to calibrate on",
            allowed="at least one",
        )
        return None
    ends = (None, _end_of(max(target.last for target in calibrate)), fields.until)
    scenarios = [_resolved(library, fields.scenario, settings, end, problems) for end in ends]
    found = [scenario for scenario in scenarios if scenario is not None]
    if len(found) < len(ends):
        return None
    whole, fitted, until = found
    return Study(
        name=file.parent.name,
        title=fields.title,
        author=fields.author,
        date=fields.date,
        scenario=whole,
        fitted=fitted,
        until=until,
        targets=targets,
        dimensions=dimensions,
        learn=learn,
        points=fields.points,
        draws=fields.draws,
        tries=fields.tries,
        seed=fields.seed,
        settings=settings,
        outcomes=_outcomes(fields, targets, document, problems),
        parts=_parts(fields, library, settings, whole, problems),
    )


def _outcomes(fields: _File, targets: Targets, document: Document, problems: Collector) -> tuple[Target, ...]:
    known = {target.key: target for target in targets.targets}
    asked = fields.explain.outcomes if fields.explain else ()
    for number, key in enumerate(asked):
        if key not in known:
            place = document.place("explain", "outcomes", number)
            sentence = f"There is no target {quote(key)} to explain."
            problems.add(
                "unknown-word", place, "outcomes", sentence, found=key, allowed=listed(known), known=known
            )
    return tuple(known[key] for key in asked if key in known)


def _parts(
    fields: _File, library: Library, settings: tuple[str, ...], whole: Scenario, problems: Collector
) -> tuple[Part, ...]:
    parts = []
    for name, part in (fields.explain.parts if fields.explain else {}).items():
        own = tuple(as_setting(key, value) for key, value in part.settings.items())
        other = library.try_resolve(fields.scenario, (*settings, *own), problems)
        values = other.scenario.values if other is not None else {}
        keys = {key.partition("[")[0] for key in part.settings}
        parts.append(Part(name, {key: values[key] for key in keys if key in values}, part.hold))
        for key in part.hold:
            if key not in whole.values:
                sentence = f"{name}: there is no parameter {quote(key)} to hold."
                place = Place(shown(library.folder))
                problems.add("unknown-key", place, key, sentence, found=key, allowed="a parameter's key")
    return tuple(parts)


def _targets_path(name: str, file: Path, library: Library) -> Path:
    """Targets by name, in the parameters' folder, or by a path from the study's own."""
    named = library.folder / "targets" / f"{name}.yaml"
    return named if named.is_file() else file.parent / name


def _dimensions(fields: _File, library: Library) -> tuple[Dimension, ...]:
    splits = {key: Split(dates) for key, dates in fields.split.items()}
    later = tuple(
        Dimension(
            f"{item.key}[times {item.since}]",
            item.key,
            item.low,
            item.mode,
            item.high,
            since=item.since,
            how="times",
        )
        for item in fields.later
    )
    return (*priors(library, splits), *later)


def _learned(
    fields: _File, dimensions: tuple[Dimension, ...], document: Document, problems: Collector
) -> tuple[str, ...]:
    """Names of the dimensions that the words in ``learn`` stand for: a name, or all of a parameter."""
    by_word: dict[str, list[str]] = {}
    for dimension in dimensions:
        by_word.setdefault(dimension.key, []).append(dimension.name)
        if dimension.name != dimension.key:
            by_word[dimension.name] = [dimension.name]
    learned = []
    for number, word in enumerate(fields.learn):
        if word not in by_word:
            problems.add(
                "unknown-word",
                document.place("learn", number),
                "learn",
                f"Nothing uncertain is called {quote(word)}.",
                found=word,
                allowed=listed(by_word),
                known=by_word,
            )
            continue
        learned += [name for name in by_word[word] if "[times " not in name]
    return tuple(learned)


def _resolved(
    library: Library, name: str, settings: tuple[str, ...], end: Date | None, problems: Collector
) -> Scenario | None:
    last = () if end is None else (f"{END}={end.isoformat()}",)
    resolved = library.try_resolve(name, (*settings, *last), problems)
    return None if resolved is None else resolved.scenario


def _end_of(period: str) -> Date:
    """The last day of a year or a month."""
    year, month = (int(period), 12) if len(period) == 4 else (int(period[:4]), int(period[5:7]))
    following = month_start(1, Date(year, month, 1))
    return Date.fromordinal(following.toordinal() - 1)
