"""Another city: a folder that states what differs from a folder of parameters, and nothing else.

The folder holds ``city.yaml`` (a header, and under ``set`` the values that differ, as in an overlay), in
``tables`` the tables that differ, under the names that the other folder has for them, and its own scenarios
and sources where it has any. Everything else is the other folder's.
"""

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from sim.parameters.layering import Layer
from sim.parameters.passports import Citation, Grade, Kind, Passport, Source, whole_file
from sim.parameters.problems import Collector, listed
from sim.parameters.reading import Document
from sim.places import PARAMETERS

CITY = "city.yaml"
SHIPPED = "shipped"
"""What ``based_on`` calls the parameters that come with the program."""


class City(BaseModel):
    """The header of ``city.yaml``, and what it sets.

    What the folder states is of one kind and from the same sources: it says so once, instead of in a
    passport for each value.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    title: str
    author: str
    date: Annotated[date, Strict()]
    version: Literal[1] = Field(alias="schema")
    based_on: str
    kind: Kind
    grade: Grade = "none"
    sources: tuple[Citation, ...] = ()
    note: str = ""
    set: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _names_its_sources(self) -> Self:
        if not self.sources and self.kind != "assumption":
            raise PydanticCustomError("missing-source", "only assumptions may do without a source")
        return self

    def folder(self, home: Path) -> Path:
        """The folder of parameters that the city's own folder is based on."""
        return PARAMETERS if self.based_on == SHIPPED else (home / self.based_on).resolve()


def is_parameter_folder(path: Path) -> bool:
    """Whether a folder holds parameters: passports, or what differs from another folder's."""
    return (path / "passports").is_dir() or (path / CITY).is_file()


def read_city(document: Document, problems: Collector) -> City | None:
    """The header of a city's folder, or None with problems noted."""
    sentence = "The file of a city is a mapping: title, author, date, schema, based_on, kind, set."
    return whole_file(document, City, sentence, problems)


def city_layer(city: City, folder: Path, document: Document, passports: Mapping[str, Passport]) -> Layer:
    """What a city states, as a layer: its tables by the names of their files, and what it sets."""
    tables = {
        key: {"file": f"tables/{passport.table}"}
        for key, passport in passports.items()
        if passport.table and (folder / "tables" / passport.table).is_file()
    }
    return Layer(folder.name, document, {**tables, **(city.set or {})}, ("set",), folder)


def with_stated(passports: Mapping[str, Passport], keys: Collection[str], city: City) -> dict[str, Passport]:
    """The passports, those of the keys that a city states with the city's kind and sources.

    A range of another city's evidence says nothing of this one's values, and goes.
    """
    known = {
        **{"kind": city.kind, "grade": city.grade, "sources": city.sources, "note": city.note},
        **{"range": None, "distribution": None},
    }
    return {
        key: passport.model_copy(update=known) if key in keys else passport
        for key, passport in passports.items()
    }


def check_city_citations(
    city: City, document: Document, sources: Mapping[str, Source], problems: Collector
) -> None:
    """Every source that the city names is in the list of sources."""
    for number, citation in enumerate(city.sources):
        if citation.key not in sources:
            problems.add(
                "unknown-source",
                document.place("sources", number, "key"),
                document.file,
                f"There is no source {citation.key} in the list of sources.",
                found=citation.key,
                allowed=listed(sources),
                known=sources,
            )
