"""What is known about each parameter: its passport, and the list of sources that passports point to."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self, TypeVar, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from sim.parameters.problems import Collector, Place, listed, quote
from sim.parameters.reading import Document

SCHEMA = 1
"""Version of the format of passports and overlays."""

Fields = TypeVar("Fields", bound=BaseModel)

Role = Literal["lever", "uncertainty", "world", "structure", "fact", "context"]
Kind = Literal["document", "register", "study", "derived", "assumption"]
Grade = Literal["high", "moderate", "low", "none"]
ValueType = Literal["number", "text", "flag", "date", "table"]
ColumnType = Literal["key", "number", "integer", "flag", "text", "date"]
Unit = Literal[
    "people",
    "people per year",
    "people per month",
    "cases",
    "cases per caseworker",
    "posts",
    "places",
    "share",
    "ratio",
    "factor",
    "elasticity",
    "weight",
    "rank",
    "per month",
    "per year",
    "months",
    "days",
    "years",
    "year",
    "kr",
    "kr per month",
    "kr per year",
    "kr per post and year",
    "kr per m2 and year",
    "MSEK",
    "m2",
    "percent",
    "index",
    "count",
    "date",
    "flag",
    "word",
    "none",
]

StrictDate = Annotated[date, Strict()]
Bound = float | None
Allowed = tuple[Bound, ...] | tuple[StrictDate, StrictDate] | tuple[str, ...]
"""Hard bounds of numbers (null = open) or dates; or a list of the words, or of more than two numbers."""


def _as_text(value: object) -> object:
    """A date of a source may be a year, a month or a day; it is kept as it is written."""
    return str(value) if isinstance(value, int | date) and not isinstance(value, bool) else value


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Source(_Model):
    """Where numbers come from: a paper, a register, a study."""

    title: str
    date: Annotated[str, BeforeValidator(_as_text)]
    reference: str
    kind: str


class Citation(_Model):
    """A source's key and the place in it."""

    key: str
    place: str = ""


class Distribution(BaseModel):
    """Shape of what is not known about a value; its own numbers (low, mode, …) stand beside the name."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, float] = Field(init=False)

    name: Literal["triangular", "uniform", "loguniform", "normal", "lognormal", "beta", "pert", "discrete"]


class Column(_Model):
    """One column of a table."""

    type: ColumnType
    of: str | None = None
    also: tuple[str, ...] = ()
    unit: Unit | None = None
    allowed: Allowed | None = None
    blank: bool = False


class Passport(_Model):
    """Everything that is known about one parameter but its title, which is words.

    A scalar has a `value`; a table has the name of a CSV file in `table`, and `columns`. Parameters that are
    one lever to people have the same `group`.
    """

    role: Role
    unit: Unit
    kind: Kind
    grade: Grade
    sources: tuple[Citation, ...]
    value: Any = None
    table: str | None = None
    columns: dict[str, Column] = Field(default_factory=dict)
    sums_to_one_over: str | None = None
    missing: Literal["zero", "one", "error"] = "error"
    dated: bool = False
    outside: Literal["error", "hold"] = "error"
    range: tuple[Bound, Bound] | None = None
    allowed: Allowed | None = None
    distribution: Distribution | None = None
    group: str = ""
    note: str = ""

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if (self.value is None) == (self.table is None):
            raise PydanticCustomError("value-or-table", "a passport has either a value or a table")
        if self.table is not None and not self.columns:
            raise PydanticCustomError("missing-field", "the columns of the table are missing")
        if self.table is None and (self.columns or self.sums_to_one_over or self.missing != "error"):
            raise PydanticCustomError("wrong-shape", "columns, sums_to_one_over and missing belong to tables")
        if self.sums_to_one_over is not None and self.sums_to_one_over not in self.index_columns:
            raise PydanticCustomError("wrong-shape", "sums_to_one_over names no key column of the table")
        if not self.sources and self.kind != "assumption":
            raise PydanticCustomError("missing-source", "only an assumption may do without a source")
        limits = [self.range, self.allowed, *(column.allowed for column in self.columns.values())]
        if any(_upside_down(pair) for pair in limits):
            raise PydanticCustomError("bad-limits", "the lower limit stands above the upper one")
        return self

    @property
    def value_type(self) -> ValueType:
        """What sort of thing the parameter is."""
        if self.table is not None:
            return "table"
        if self.unit == "date":
            return "date"
        if self.unit == "flag":
            return "flag"
        if self.unit == "word" or (self.allowed and isinstance(self.allowed[0], str)):
            return "text"
        return "number"

    @property
    def index_columns(self) -> tuple[str, ...]:
        """Columns that name a row: those before ``value`` but ``from``; the first if there is no value."""
        names = list(self.columns)
        if "value" not in names:
            return tuple(names[:1])
        before = names[: names.index("value")]
        return tuple(name for name in before if name != "from" and self.columns[name].type != "number")

    @property
    def dated_table(self) -> bool:
        """Whether the table's rows hold from a date: it has values, and a ``from`` column before them."""
        names = list(self.columns)
        return "value" in names and "from" in names[: names.index("value")]


def _upside_down(limits: Allowed | None) -> bool:
    if limits is None or len(limits) != 2:
        return False
    low, high = limits
    if isinstance(low, str) or isinstance(high, str) or low is None or high is None:
        return False
    return bool(low > high)  # type: ignore[operator]  # both are numbers, or both are dates


class Header(_Model):
    """An overlay's header: who made it, when, and what it is laid on."""

    title: str
    author: str
    date: StrictDate
    baseline: str
    version: Literal[1] = Field(alias="schema")
    starts: StrictDate | None = Field(default=None, alias="from")
    set: dict[str, Any] | None = None


_WORDS_OF_FIELD = {
    "role": ("unknown-role", get_args(Role)),
    "kind": ("unknown-kind", get_args(Kind)),
    "grade": ("unknown-grade", get_args(Grade)),
    "unit": ("wrong-unit", get_args(Unit)),
    "schema": ("wrong-schema", ("1",)),
}


def tell(
    error: ValidationError,
    model: type[BaseModel],
    document: Document,
    path: tuple[object, ...],
    key: str,
    problems: Collector,
) -> None:
    """Turn what pydantic found into problems with lines.

    Parameters
    ----------
    model : type
        The model that was asked for: decides which fields are known.
    document, path
        The file, and where in it the checked mapping stands.
    key : str
        What the mapping is called in sentences: a parameter's key, a source's key, or the file.
    """
    header = model is Header
    for detail in error.errors(include_url=False):
        _tell_one(detail, model, header, document, path, key, problems)


def whole_file(document: Document, model: type[Fields], sentence: str, problems: Collector) -> Fields | None:
    """What a file holds by the model of its fields, or None with problems noted.

    Parameters
    ----------
    sentence : str
        What such a file is, said where it is no mapping.
    """
    if not isinstance(document.data, dict):
        problems.add(
            "wrong-shape",
            document.place(),
            document.file,
            sentence,
            found="something else",
            allowed="a mapping",
        )
        return None
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        tell(error, model, document, (), document.file, problems)
        return None


def _tell_one(
    detail: ErrorDetails,
    model: type[BaseModel],
    header: bool,
    document: Document,
    path: tuple[object, ...],
    key: str,
    problems: Collector,
) -> None:
    # a union's branch stands in the location too; the file knows nothing of it
    loc = tuple(part for part in detail["loc"] if not str(part).startswith("tuple["))
    place = document.place(*path, *loc)
    name = str(loc[-1]) if loc else key
    kind, found = detail["type"], detail.get("input")
    what = f"{key}: " if key != document.file else ""
    if kind == "missing":
        rule = "missing-header-field" if header else "missing-field"
        if name == "sources":
            rule = "missing-source"
        problems.add(rule, place, key, f"{what}the field {name} is missing.", found="nothing", allowed=name)
    elif kind == "extra_forbidden":
        known = _known_fields(model, loc)
        rule = "unknown-header-field" if header else "unknown-field"
        problems.add(
            rule,
            place,
            key,
            f"{what}the field {quote(name)} is not known.",
            found=name,
            allowed=listed(known),
            known=known,
        )
    elif kind == "literal_error" and name in _WORDS_OF_FIELD:
        rule, words = _WORDS_OF_FIELD[name]
        problems.add(
            rule,
            place,
            key,
            f"{what}{quote(found)} is not a known {name}; known are {listed(words)}.",
            found=found,
            allowed=listed(words),
            known=words,
        )
    elif kind.startswith("date"):
        problems.add(
            "bad-date",
            place,
            key,
            f"{what}{name} is not a date of the calendar, written YYYY-MM-DD.",
            found=found,
            allowed="a date, YYYY-MM-DD",
        )
    elif kind in {"value-or-table", "missing-field", "wrong-shape", "missing-source", "bad-limits"}:
        problems.add(kind, place, key, f"{what}{detail['msg']}.", found="", allowed="")
    else:
        problems.add(
            "wrong-shape",
            place,
            key,
            f"{what}{name} can't be read: {detail['msg'].lower()}.",
            found=found,
            allowed=detail["msg"],
        )


def _known_fields(model: type[BaseModel], loc: tuple[object, ...]) -> list[str]:
    """Names of the fields that may stand where an unknown one was found."""
    nested: dict[str, type[BaseModel]] = {"sources": Citation, "columns": Column}
    if len(loc) > 1:
        model = nested.get(str(loc[0]), model)
    return [field.alias or name for name, field in model.model_fields.items()]


def read_sources(document: Document, problems: Collector) -> dict[str, Source]:
    """The sources that a file lists, by key."""
    if not isinstance(document.data, dict):
        _not_a_mapping(document, (), "the file", problems)
        return {}
    sources = {}
    for key, fields in document.data.items():
        if not isinstance(fields, dict):
            _not_a_mapping(document, (key,), str(key), problems)
            continue
        try:
            sources[str(key)] = Source.model_validate(fields)
        except ValidationError as error:
            tell(error, Source, document, (key,), str(key), problems)
    return sources


def read_passports(document: Document, problems: Collector) -> dict[str, Passport]:
    """The passports in a file, by the parameter's key."""
    data = document.data
    if not isinstance(data, dict):
        _not_a_mapping(document, (), "the file", problems)
        return {}
    check_schema(data, document, problems)
    for name in data:
        if name not in ("schema", "parameters"):
            known = ("schema", "parameters")
            problems.add(
                "unknown-field",
                document.place(name),
                str(name),
                f"The field {quote(name)} is not known.",
                found=name,
                allowed=listed(known),
                known=known,
            )
    entries = data.get("parameters")
    if not isinstance(entries, dict):
        _not_a_mapping(document, ("parameters",), "parameters", problems)
        return {}
    passports = {}
    for key, fields in entries.items():
        path = ("parameters", key)
        if not isinstance(fields, dict):
            _not_a_mapping(document, path, str(key), problems)
            continue
        try:
            passports[str(key)] = Passport.model_validate(fields)
        except ValidationError as error:
            tell(error, Passport, document, path, str(key), problems)
    return passports


def keys_written(document: Document) -> set[str]:
    """The keys that stand in a file of passports, whether their passports can be read or not."""
    entries = document.data.get("parameters") if isinstance(document.data, dict) else None
    return {str(key) for key in entries} if isinstance(entries, dict) else set()


def check_schema(data: Mapping[object, object], document: Document, problems: Collector) -> None:
    """The file says that it is written to the version of the format that is read here."""
    found = data.get("schema")
    if found is SCHEMA or (found == SCHEMA and not isinstance(found, bool)):
        return
    problems.add(
        "wrong-schema",
        document.place("schema"),
        "schema",
        f"The file must say schema: {SCHEMA}, the version of the format that is read here.",
        found="nothing" if found is None else found,
        allowed=str(SCHEMA),
    )


def check_citations(
    passports: Mapping[str, Passport],
    places: Mapping[str, Document],
    sources: Mapping[str, Source],
    problems: Collector,
) -> None:
    """Every source that a passport names is in the list of sources."""
    for key, passport in passports.items():
        for number, citation in enumerate(passport.sources):
            if citation.key not in sources:
                place = places[key].place("parameters", key, "sources", number, "key")
                problems.add(
                    "unknown-source",
                    place,
                    key,
                    f"{key}: the source {quote(citation.key)} is not in the list of sources.",
                    found=citation.key,
                    allowed=listed(sources),
                    known=sources,
                )


def _not_a_mapping(document: Document, path: tuple[object, ...], what: str, problems: Collector) -> None:
    place: Place = document.place(*path)
    problems.add(
        "wrong-shape",
        place,
        what,
        f"A mapping (name: value) is expected in {what}.",
        found="something else",
        allowed="a mapping",
    )
