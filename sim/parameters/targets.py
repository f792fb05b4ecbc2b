"""Targets: what was observed, what a run is held against, and how near is near enough.

A file of targets is data like a scenario. Each target says which of the model's measures it is about, what
was observed, how well, what it may be used for, and a tolerance stated before anything was compared.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from sim.parameters.passports import Citation, Grade, Source, StrictDate, tell, whole_file
from sim.parameters.problems import Collector, listed, quote
from sim.parameters.reading import Document, read_yaml

TargetRole = Literal["calibrate", "hold-out", "bound"]
Sort = Literal["stock", "flow", "share"]
Counts = Literal["people", "spells"]


def _as_text(value: object) -> object:
    """A year is a period's key, and looks like a number."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Key = Annotated[str, Field(min_length=1), BeforeValidator(_as_text)]
Month = Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
Finite = Annotated[float, Field(allow_inf_nan=False)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Term(_Model):
    """One part of a quantity: measures added up over one period, or over the months from one to another.

    Attributes
    ----------
    measures : tuple of str
    period : str or None
        A period's key: a year, a four-month period, a month.
    first, last : str or None
        Months, YYYY-MM; instead of a period.
    times : float
        What the sum is multiplied by, for example −1.
    centre, segment : str
    """

    measures: Annotated[tuple[Key, ...], Field(min_length=1)]
    period: Key | None = None
    first: Month | None = Field(default=None, alias="from")
    last: Month | None = Field(default=None, alias="to")
    times: Finite = 1.0
    centre: Key = "all"
    segment: Key = "all"

    @model_validator(mode="after")
    def _when(self) -> Term:
        spans = self.first is not None and self.last is not None
        if (self.period is None) != spans or (self.first is None) != (self.last is None):
            raise PydanticCustomError("wrong-shape", "a term has either a period, or from and to")
        if self.first and self.last and self.first > self.last:
            raise PydanticCustomError("bad-limits", "from stands after to")
        return self

    @property
    def periods(self) -> tuple[str, ...]:
        """Keys of the periods that are added up."""
        if self.period is not None:
            return (self.period,)
        assert self.first is not None and self.last is not None
        first, last = (12 * int(text[:4]) + int(text[5:]) - 1 for text in (self.first, self.last))
        return tuple(f"{month // 12}-{month % 12 + 1:02d}" for month in range(first, last + 1))


class _File(_Model):
    """The fields of one target in its file."""

    sort: Sort = Field(alias="is")
    counts: Counts
    terms: Annotated[tuple[Term, ...], Field(min_length=1)]
    observed: Finite | tuple[Finite | None, Finite | None]
    error: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    tolerance: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    role: TargetRole
    grade: Grade
    sources: Annotated[tuple[Citation, ...], Field(min_length=1)]
    note: str = ""

    @model_validator(mode="after")
    def _hangs_together(self) -> _File:
        low, high = self.span
        if low > high:
            raise PydanticCustomError("bad-limits", "the lower limit of observed stands above the upper one")
        if not (math.isfinite(low) or math.isfinite(high)):
            raise PydanticCustomError("bad-limits", "observed has neither a lower nor an upper limit")
        if self.tolerance < self.error:
            raise PydanticCustomError("bad-limits", "the tolerance is smaller than the error of measurement")
        return self

    @property
    def span(self) -> tuple[float, float]:
        if not isinstance(self.observed, tuple):
            return self.observed, self.observed
        low, high = self.observed
        return (-math.inf if low is None else low, math.inf if high is None else high)


class _Header(_Model):
    """The fields that a file of targets starts with."""

    title: str
    author: str
    date: StrictDate
    version: Literal[1] = Field(alias="schema")
    targets: Annotated[dict[str, Any], Field(min_length=1)]


@dataclass(frozen=True)
class Target:
    """One thing that was observed.

    Attributes
    ----------
    key : str
    sort : {"stock", "flow", "share"}
        What sort of quantity it is; a share is of the people in a year.
    counts : {"people", "spells"}
        What is counted: a person once, or every enrolment.
    terms : tuple of Term
        What it is in the model, added up.
    low, high : float
        What was observed: one value, or a range; infinite where only a bound is known.
    error : float
        Half-width of the error of measurement, in the quantity's unit.
    tolerance : float
        How far outside what was observed a run may be and still agree with it: error of measurement, and what
        the model leaves out. Stated before comparing.
    role : {"calibrate", "hold-out", "bound"}
    grade : str
    sources : tuple of Citation
    note : str
    """

    key: str
    sort: Sort
    counts: Counts
    terms: tuple[Term, ...]
    low: float
    high: float
    error: float
    tolerance: float
    role: TargetRole
    grade: Grade
    sources: tuple[Citation, ...]
    note: str = ""

    @property
    def accepted(self) -> tuple[float, float]:
        """Lowest and highest value that agree with what was observed."""
        return self.low - self.tolerance, self.high + self.tolerance

    @property
    def last(self) -> str:
        """The latest of the periods that it is about, as text that sorts by time."""
        return max(period for term in self.terms for period in term.periods)

    def canonical(self) -> dict[str, Any]:
        """All that a comparison depends on, in a form that JSON can hold; notes and sources are left out."""
        return {
            "key": self.key,
            "sort": self.sort,
            "counts": self.counts,
            "terms": [term.model_dump(mode="json") for term in self.terms],
            "observed": [None if math.isinf(end) else end for end in (self.low, self.high)],
            "error": self.error,
            "tolerance": self.tolerance,
            "role": self.role,
        }

    @cached_property
    def digest(self) -> str:
        """The sha256 of `canonical`, as 64 hexadecimal digits."""
        return _digest(self.canonical())


@dataclass(frozen=True)
class Targets:
    """A set of targets.

    Attributes
    ----------
    name : str
        The file's name without its ending; several are joined by ``+``.
    targets : tuple of Target
    """

    name: str
    targets: tuple[Target, ...]

    def of_role(self, *roles: TargetRole) -> tuple[Target, ...]:
        """The targets that play one of some roles, in order."""
        return tuple(target for target in self.targets if target.role in roles)

    @cached_property
    def digest(self) -> str:
        """The sha256 of what comparisons depend on, as 64 hexadecimal digits."""
        return _digest([target.canonical() for target in sorted(self.targets, key=lambda t: t.key)])

    @property
    def roles(self) -> dict[str, str]:
        """By key, a digest of each target with its role: what a frozen forecast is bound to."""
        return {target.key: target.digest for target in self.targets}


def _digest(data: object) -> str:
    text = json.dumps(data, sort_keys=True, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def read_targets(paths: Sequence[Path], sources: Mapping[str, Source] | None = None) -> Targets:
    """The targets in some files, put together.

    Parameters
    ----------
    paths : sequence of Path
        Files, or folders whose ``.yaml`` files are all read.
    sources : mapping of str to Source, optional
        The list of sources, where a target's source must stand; not checked without it.

    Raises
    ------
    InputErrors
        With everything that is wrong, all at once.
    """
    problems = Collector()
    targets = try_read_targets(paths, sources, problems)
    problems.raise_errors()
    return targets


def try_read_targets(
    paths: Sequence[Path], sources: Mapping[str, Source] | None, problems: Collector
) -> Targets:
    """As `read_targets`, but with problems noted instead of raised."""
    found: dict[str, Target] = {}
    files = [file for path in paths for file in _files(path)]
    for file in files:
        document = read_yaml(file, problems)
        if document is None:
            continue
        for target in targets_of(document, sources, problems):
            if target.key in found:
                problems.add(
                    "duplicate-key",
                    document.place("targets", target.key),
                    target.key,
                    f"There is a target {quote(target.key)} in another file already.",
                    found=target.key,
                    allowed="one target a key",
                )
                continue
            found[target.key] = target
    return Targets("+".join(path.stem for path in files), tuple(found.values()))


def _files(path: Path) -> Iterable[Path]:
    return sorted(path.glob("*.yaml")) if path.is_dir() else [path]


def targets_of(
    document: Document, sources: Mapping[str, Source] | None, problems: Collector
) -> tuple[Target, ...]:
    """The targets in a file that is read; faults are noted."""
    sentence = "A file of targets is a mapping: title, author, date, schema, targets."
    header = whole_file(document, _Header, sentence, problems)
    if header is None:
        return ()
    return tuple(
        target
        for key, fields in header.targets.items()
        if (target := _target(str(key), fields, document, sources, problems)) is not None
    )


def _target(
    key: str, fields: object, document: Document, sources: Mapping[str, Source] | None, problems: Collector
) -> Target | None:
    try:
        read = _File.model_validate(fields)
    except ValidationError as error:
        tell(error, _File, document, ("targets", key), key, problems)
        return None
    for number, citation in enumerate(read.sources):
        if sources is not None and citation.key not in sources:
            problems.add(
                "unknown-source",
                document.place("targets", key, "sources", number, "key"),
                key,
                f"{key}: the source {quote(citation.key)} is not in the list of sources.",
                found=citation.key,
                allowed=listed(sources),
                known=sources,
            )
    low, high = read.span
    return Target(
        key=key,
        sort=read.sort,
        counts=read.counts,
        terms=read.terms,
        low=low,
        high=high,
        error=read.error,
        tolerance=read.tolerance,
        role=read.role,
        grade=read.grade,
        sources=read.sources,
        note=read.note,
    )
