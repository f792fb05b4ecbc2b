"""Template notebooks: where they are, what kind of report they make, and that no result is typed in one.

A template says its kind in its own metadata (``jobbtorg: {kind: options}``), so an office can keep templates
of its own, beside those that are shipped.
"""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim import places
from sim.reports.errors import ReportError

PARAMETERS = "parameters"
"""Tag of the cell that papermill fills: its values are no results."""

_DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class Template:
    """A template notebook: its file and the kind of report that it makes."""

    path: Path
    kind: str


def template_path(name: str, folder: Path = places.NOTEBOOKS) -> Path:
    """Return where a template is that is named by its notebook, or by the notebook's path."""
    return Path(name) if name.endswith(".ipynb") else folder / f"{name}.ipynb"


def read_template(name: str, folder: Path = places.NOTEBOOKS) -> Template:
    """Return a template that may be used.

    Raises
    ------
    ReportError
        When there is none of that name, it does not say its kind, or a number is typed in it.
    """
    path = template_path(name, folder)
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise ReportError("no-template", found=name, allowed=", ".join(template_names(folder))) from None
    kind = notebook.get("metadata", {}).get("jobbtorg", {}).get("kind")
    if not isinstance(kind, str):
        raise ReportError("no-kind", found=name)
    typed = typed_numbers(notebook)
    if typed:
        raise ReportError("typed-number", found=name, lines="; ".join(typed))
    return Template(path, kind)


def template_names(folder: Path = places.NOTEBOOKS) -> tuple[str, ...]:
    """Return the names of the templates in a folder."""
    return tuple(sorted(path.stem for path in folder.glob("*.ipynb") if '"jobbtorg"' in _text(path)))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def typed_numbers(notebook: dict[str, Any]) -> list[str]:
    """Return the lines of a notebook in which a number is typed: none may be, for it would have no source.

    Numbers come from results and parameters. What papermill fills in is no result, and neither is a digit in
    a name.
    """
    found: list[str] = []
    for cell in notebook.get("cells", ()):
        source = "".join(cell.get("source", ""))
        if cell.get("cell_type") == "markdown":
            found += [line.strip() for line in source.splitlines() if _DIGIT.search(_without_code(line))]
        elif PARAMETERS not in cell.get("metadata", {}).get("tags", ()):
            found += _typed_in_code(source)
    return found


def _without_code(line: str) -> str:
    """Return a line of Markdown without what stands between backticks: names, not prose."""
    return re.sub(r"`[^`]*`", "", line)


def _typed_in_code(source: str) -> list[str]:
    """Return the lines of code that hold a number, or a text with a digit in it."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []  # the kernel will say so, with its line
    lines = source.splitlines()
    return [
        lines[node.lineno - 1].strip()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and not isinstance(node.value, bool)
        and (
            isinstance(node.value, int | float | complex)
            or (isinstance(node.value, str) and _DIGIT.search(node.value))
        )
    ]
