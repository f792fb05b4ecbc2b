"""What one report is to be: all that is asked, and nothing of how it is answered."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from sim.parameters.sweeps import as_setting

FORMATS = ("html", "pdf", "docx", "xlsx")
"""What a report can be written as."""

END = "period.end"

LEAST_RUNS = 2
"""Of each draw: with one, chance can't be told from what is not known."""

Word = Annotated[str, Field(min_length=1)]
Day = Annotated[dt.date, Strict()]


def _as_text(value: object) -> object:
    """Return a case number as text; one that is all digits looks like a number in YAML."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class Span(BaseModel):
    """The months that a report is about, first and last day; each as the scenarios have it if left out."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    first: Day | None = Field(default=None, alias="from")
    last: Day | None = Field(default=None, alias="to")

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Span:
        if self.first is not None and self.first.day != 1:
            raise PydanticCustomError("wrong-shape", "a period begins on the 1st of a month")
        if self.first is not None and self.last is not None and self.first > self.last:
            raise PydanticCustomError("wrong-shape", "a period begins before it ends")
        return self


class Drawn(BaseModel):
    """An ensemble under which what a report compares is run once more, so that chance and doubt stand apart.

    Attributes
    ----------
    name : str
        An ensemble of the parameters, or its folder.
    draws : int or None
        Its first so many draws; all if None.
    runs_per_draw : int
    structures : bool
        Whether the model is built in every other way too.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Word
    draws: Annotated[int, Field(strict=True, ge=2)] | None = None
    runs_per_draw: Annotated[int, Field(strict=True, ge=LEAST_RUNS)] = LEAST_RUNS
    structures: Annotated[bool, Strict()] = False


class ReportSpec(BaseModel):
    """One report as a batch file describes it.

    Attributes
    ----------
    name : str
        What its files are called; lower-case letters, digits and hyphens.
    template : str
        A notebook in ``notebooks/`` without its ending, or the path of one.
    title : mapping of str to str
        By language; the template's own where there is none.
    case_number : str
    day : date or None
        The date it bears; the day it is made if None.
    review : date or None
        When what it says should be looked at anew; a year after `day` if None.
    baseline : str
        The scenario that the others are compared with; several joined by ``+`` are laid on one another.
    scenarios : tuple of str
    settings : mapping
        Parameters to values, laid on all scenarios.
    period : Span
        Money is discounted to its first day.
    centres : tuple of str
        Which centres its tables show; all if empty.
    languages, formats : tuple of str
    runs, seed : int
    ensemble : Drawn or None
    opinion : str or None
        A file with the office's own judgement, in Markdown (paragraphs, ``##`` headings, ``-`` lists);
        ``{language}`` in its name stands for the language.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
    template: Word
    title: dict[str, Word] = Field(default_factory=dict)
    case_number: Annotated[str, BeforeValidator(_as_text)] = ""
    day: Day | None = Field(default=None, alias="date")
    review: Day | None = None
    baseline: Word
    scenarios: Annotated[tuple[Word, ...], Field(min_length=1)]
    settings: dict[str, Any] = Field(default_factory=dict)
    period: Span = Field(default_factory=Span)
    centres: tuple[Word, ...] = ()
    languages: Annotated[tuple[Word, ...], Field(min_length=1)] = ("sv", "en")
    formats: Annotated[tuple[Word, ...], Field(min_length=1)] = FORMATS
    runs: Annotated[int, Field(strict=True, ge=2)] = 20
    seed: Annotated[int, Field(strict=True, ge=0)] = 2008
    ensemble: Drawn | None = None
    opinion: Word | None = None

    def opinion_file(self, language: str) -> Path | None:
        """Return the file with the office's own judgement in a language."""
        return None if self.opinion is None else Path(self.opinion.replace("{language}", language))

    @property
    def all_settings(self) -> tuple[str, ...]:
        """``KEY=VALUE`` for every scenario, the period's end among them."""
        settings = tuple(as_setting(key, value) for key, value in self.settings.items())
        last = self.period.last
        return settings if last is None else (*settings, f"{END}={last.isoformat()}")
