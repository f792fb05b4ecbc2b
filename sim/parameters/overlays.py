"""Overlays: scenario files, with a header and what they set."""

from dataclasses import dataclass
from datetime import date as Date
from pathlib import Path

from pydantic import ValidationError

from sim.parameters.layering import Layer
from sim.parameters.passports import Header, tell
from sim.parameters.problems import Collector, Place
from sim.parameters.reading import Document, read_yaml, shown

STACK = "+"
"""Between names of overlays: the one after it is laid on the one before."""


@dataclass(frozen=True)
class Overlay:
    """A scenario file: its header, and what it sets.

    Attributes
    ----------
    name : str
        The file's name without its ending.
    title, author, date, baseline : str, str, date, str
        Its header; an empty baseline means the base values.
    starts : date or None
        The date from which it holds.
    layer : Layer
        What it sets.
    """

    name: str
    title: str
    author: str
    date: Date
    baseline: str
    starts: Date | None
    layer: Layer

    @property
    def place(self) -> Place:
        """Where its header's ``from`` stands."""
        return self.layer.document.place("from")


def read_overlay(path: Path, problems: Collector) -> Overlay | None:
    """An overlay from its file, or None with problems noted."""
    document = read_yaml(path, problems)
    return None if document is None else overlay_of(document, path, problems)


def overlay_of(document: Document, path: Path, problems: Collector) -> Overlay | None:
    """An overlay from a file that is read; None where it is no mapping. Faults of its header are noted."""
    if not isinstance(document.data, dict):
        problems.add(
            "wrong-shape",
            document.place(),
            shown(path),
            "An overlay is a mapping: title, author, date, baseline, schema, set.",
            found="something else",
            allowed="a mapping",
        )
        return None
    try:
        header = Header.model_validate(document.data)
    except ValidationError as error:
        tell(error, Header, document, (), document.file, problems)
        header = _readable(document.data)
    if header.starts is not None and header.starts.day != 1:
        problems.add(
            "not-first-of-month",
            document.place("from"),
            "from",
            f"from: {header.starts} is not the 1st of a month; changes fall on the 1st.",
            found=header.starts,
            allowed="the 1st of a month",
        )
        header = header.model_copy(update={"starts": None})
    changes = header.set or {}
    layer = Layer(path.stem, document, changes, ("set",), path.parent, header.starts)
    return Overlay(path.stem, header.title, header.author, header.date, header.baseline, header.starts, layer)


def _readable(data: dict[object, object]) -> Header:
    """What can be read of a header with faults, so that what the overlay sets is checked in the same go."""
    starts, baseline, changes = data.get("from"), data.get("baseline"), data.get("set")
    return Header.model_construct(
        title="",
        author="",
        date=Date.min,
        baseline=baseline if isinstance(baseline, str) else "",
        version=1,
        starts=starts if isinstance(starts, Date) else None,
        set=changes if isinstance(changes, dict) else None,
    )
