"""What is known about each parameter, as rows for a table; words are handed in."""

from collections.abc import Mapping
from dataclasses import dataclass

from sim.parameters.library import Library
from sim.parameters.passports import Grade, Kind, Role, Unit


@dataclass(frozen=True)
class SourceRow:
    """One parameter and where its value comes from.

    Attributes
    ----------
    key, title : str
        The parameter; the title is the key where no title was handed in.
    role, unit, kind, grade : str
        As in the passport.
    value : tuple of str
        The value; of a dated value ``DATE: value`` each; of a table nothing.
    rows : int
        Number of rows of a table, 0 for a scalar.
    table : str
        The table's file, empty for a scalar.
    range : (float or None, float or None) or None
        What evidence covers; of a table with ranges by row the lowest and the highest.
    sources : tuple of (str, str, str)
        Key, title and place of each source.
    note : str
        The passport's note.
    """

    key: str
    title: str
    role: Role
    unit: Unit
    kind: Kind
    grade: Grade
    value: tuple[str, ...]
    rows: int
    table: str
    range: tuple[float | None, float | None] | None
    sources: tuple[tuple[str, str, str], ...]
    note: str


def describe_sources(library: Library, titles: Mapping[str, str] | None = None) -> tuple[SourceRow, ...]:
    """Every parameter with its value, kind, grade, range and sources, in the order of the keys.

    Parameters
    ----------
    titles : mapping of str to str or None
        Titles by key, in the reader's language; a key without one stands for itself.
    """
    return tuple(_row(library, key, (titles or {}).get(key, key)) for key in sorted(library.passports))


def _row(library: Library, key: str, title: str) -> SourceRow:
    passport = library.passports[key]
    steps, rows = library.base.steps(key), library.base.rows(key)
    return SourceRow(
        key=key,
        title=title,
        role=passport.role,
        unit=passport.unit,
        kind=passport.kind,
        grade=passport.grade,
        value=tuple(
            f"{step.value}" if step.since is None else f"{step.since}: {step.value}" for step in steps
        ),
        rows=len(rows),
        table=passport.table or "",
        range=passport.range or _range_of_rows(library, key),
        sources=tuple(
            (citation.key, library.sources[citation.key].title, citation.place)
            for citation in passport.sources
        ),
        note=passport.note,
    )


def _range_of_rows(library: Library, key: str) -> tuple[float, float] | None:
    rows = library.base.rows(key)
    lower = [cell for row in rows if isinstance(cell := row.cells.get("lower"), float)]
    upper = [cell for row in rows if isinstance(cell := row.cells.get("upper"), float)]
    return (min(lower), max(upper)) if lower and upper else None
