"""How the house rules read a folder; each rule is a function from a folder to a list of faults in words.

A rule is tried twice: on the project, which must be clean, and on a miniature project broken on purpose,
which must not be.  A rule that finds nothing to look at fails as well.
"""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Module:
    """One Python file: its dotted name, its path below the folder, and its syntax tree."""

    name: str
    where: str
    tree: ast.Module


def modules(folder: Path, *tops: str) -> Iterator[Module]:
    """Read every Python file under the folder's named top folders, in order of path."""
    for top in tops:
        for path in sorted((folder / top).rglob("*.py")):
            below = path.relative_to(folder)
            parts = list(below.with_suffix("").parts)
            if parts[-1] == "__init__":
                parts.pop()
            tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(below))
            yield Module(".".join(parts), below.as_posix(), tree)


def kept_files(folder: Path, *, tracked_only: bool = False) -> tuple[str, ...]:
    """List the files that are (or, unless told otherwise, will be) kept, as paths below the folder.

    Where git cannot be asked (a miniature project, an unpacked archive) these are all files outside hidden
    folders.
    """
    if (folder / ".git").exists():
        wider = () if tracked_only else ("--others", "--exclude-standard")
        listing = subprocess.run(
            ["git", "ls-files", "-z", "--cached", *wider], cwd=folder, capture_output=True, check=True
        )
        names = listing.stdout.decode("utf-8").split("\0")
        return tuple(sorted(name for name in names if name and (folder / name).is_file()))
    below = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    hidden = {".venv", ".git", "__pycache__"}
    return tuple(sorted(path.as_posix() for path in below if not hidden & set(path.parts)))


def dotted(node: ast.expr) -> str:
    """Return ``a.b.c`` for a chain of names, with ``?`` for anything else at its root."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            return f"{dotted(value)}.{name}"
        case _:
            return "?"


def aliases(tree: ast.Module) -> dict[str, str]:
    """Map each name that the module's imports bind to the full dotted name it stands for."""
    bound: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for item in node.names:
                root = item.name.partition(".")[0]
                bound[item.asname or root] = item.name if item.asname else root
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for item in node.names:
                bound[item.asname or item.name] = f"{node.module}.{item.name}"
    return bound


def full_name(node: ast.expr, bound: Mapping[str, str]) -> str:
    """Return the dotted name of an expression with its root replaced by what was imported under it."""
    root, dot, rest = dotted(node).partition(".")
    return bound.get(root, root) + dot + rest


def miniature(folder: Path, files: Mapping[str, str]) -> Path:
    """Write a miniature project of the given texts and return its folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return folder
