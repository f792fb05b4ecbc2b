"""What the paper trail says, gathered from the definitions themselves: nothing here is written twice."""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ruamel.yaml import YAML

from sim import flow, places, population
from sim.experiment.results import TOTAL
from sim.flow import world
from sim.inference.sensitivity_output import TORNADO
from sim.parameters import Library
from sim.parameters.describe import SourceRow, describe_sources
from sim.population.people import KINDS

TESTS = places.REPOSITORY / "tests"
CHANGES = places.REPOSITORY / "CHANGELOG.md"
COMPARISON = places.REPOSITORY / "benchmarks" / "comparison.yaml"

REVIEW_BY = date(2027, 11, 30)
"""The day by which somebody looks at all of this anew, or stops relying on it."""

LEVER = "lever"
ASSUMPTION = "assumption"


@dataclass(frozen=True)
class Check:
    """One test: its file, what the file is about, its name, and whether it takes long."""

    file: str
    about: str
    name: str
    long: bool


@dataclass(frozen=True)
class Effect:
    """How far an answer moves as one parameter goes from the lowest to the highest value of its range."""

    swing: float
    lower: float
    upper: float
    unit: str


def events() -> tuple[str, ...]:
    """Kinds of event, as the flow names them."""
    return tuple(
        name.removeprefix("KIND_").lower()
        for name, value in vars(world).items()
        if name.startswith("KIND_") and name != "KIND_BITS" and isinstance(value, int)
    )


def streams() -> tuple[str, ...]:
    """Kinds of random stream; each is one for every centre and group."""
    return KINDS


def decisions() -> tuple[str, ...]:
    """Names by which chance is drawn: every one that the people's and the flow's code asks for."""
    found = []
    for package in (population, flow):
        for path in sorted(Path(str(package.__file__)).parent.glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and getattr(node.func, "id", "") == "name_code"
                    and isinstance(node.args[0], ast.Constant)
                ):
                    found.append(str(node.args[0].value))
    return (*dict.fromkeys(found), "clock/DESTINATION")


def parameters(library: Library, titles: Mapping[str, str]) -> tuple[SourceRow, ...]:
    """Every parameter with what is known about it."""
    return describe_sources(library, titles)


def effects(folder: Path) -> dict[str, Effect]:
    """The largest swing of the total by parameter, from a study that ``jobbtorg sensitivity`` wrote."""
    found: dict[str, Effect] = {}
    with (folder / TORNADO).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["period"] != TOTAL:
                continue
            swing, lower, upper = (float(row[key]) for key in ("swing", "swing_lower", "swing_upper"))
            key = row["parameter"]
            if key not in found or abs(swing) > abs(found[key].swing):
                found[key] = Effect(swing, lower, upper, row["unit"])
    return found


def decided(path: Path = CHANGES) -> tuple[str, ...]:
    """The decisions log: the changelog's own entries, in its language."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    part = re.search(r"^### Decisions\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL)
    entries = re.split(r"^- ", part.group(1), flags=re.MULTILINE)[1:] if part else []
    return tuple(re.sub(r"\s+", " ", entry).replace("*", "").replace("`", "").strip() for entry in entries)


def checks(folder: Path = TESTS) -> tuple[Check, ...]:
    """Every test of the repository, in the order of its files."""
    return tuple(check for path in sorted(folder.rglob("test_*.py")) for check in _checks(path, folder))


def _checks(path: Path, folder: Path) -> Iterator[Check]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    about = (ast.get_docstring(tree) or "").partition("\n")[0]
    everything = any("pytestmark" in ast.unparse(node) and "long" in ast.unparse(node) for node in tree.body)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            marks = " ".join(ast.unparse(mark) for mark in node.decorator_list)
            name = node.name.removeprefix("test_").replace("_", " ")
            yield Check(
                path.relative_to(folder).as_posix(),
                about,
                name,
                everything or "mark.long" in marks or "mark.browser" in marks,
            )


def accepted(path: Path = COMPARISON) -> tuple[tuple[str, float, str], ...]:
    """Differences to other models that are accepted: what, how far, why."""
    if not path.is_file():
        return ()
    points = YAML(typ="safe").load(path.read_text(encoding="utf-8"))["points"]
    return tuple((key, float(point["within"]), str(point["because"])) for key, point in points.items())
