"""Data flows one way through the rooms of ``sim``, and each room knows only the rooms before it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.reading import Module, dotted, miniature, modules

# A room may import rooms of a lower number, and itself.
ORDER = {
    "places": 0,
    "parameters": 1,
    "population": 2,
    "flow": 3,
    "outcomes": 4,
    "economy": 5,
    "experiment": 6,
    "inference": 7,
    "words": 8,
    "figures": 9,
    "explorer": 10,
    "reports": 10,
    "doctor": 10,
    "cli": 11,
    "__main__": 12,
}
FACES = {"explorer", "reports", "doctor", "cli"}

# Words are for readers: no room that computes may depend on what something is called in a language.
READERS_OF_WORDS = FACES | {"figures", "words"}
WORDS_MAY_IMPORT = {"babel", "ruamel", "yaml"}

# A model is given values.  What a number is worth believing (its passport) is for those who read and show.
REGISTRY_MODULES = {"library", "passports"}
REGISTRY_NAMES = REGISTRY_MODULES | {"Library", "Passport", "load_library"}
REGISTRY_ROOMS = FACES | {"parameters"}

# The model of people and offices knows no files, tables on disk, widgets or pictures ...
FLOW_ROOMS = {"population", "flow"}
FOREIGN_TO_FLOW = {
    *("csv", "json", "pickle", "sqlite3", "yaml", "ruamel", "pandas", "pyarrow"),
    *("matplotlib", "plotly", "ipywidgets", "IPython", "anywidget", "rich", "typer", "papermill"),
}
FILE_CALLS = {"open", "read_text", "write_text", "write_bytes", "read_csv", "to_csv", "loadtxt", "savetxt"}
# ... and no money: these parameters decide costs only.  One module may read them, to turn a share of a budget
# into places at a provider before anybody moves.
MONEY_KEYS = ("costs.", "budget.")
TURNS_BUDGET_INTO_PLACES = "sim/flow/policy.py"


def room_of(name: str) -> str:
    """Return the room of a module's dotted name ("" for the package itself)."""
    return name.split(".")[1] if "." in name else ""


def imports(module: Module) -> Iterator[tuple[int, str, str]]:
    """Yield line, module and name of every import, relative ones resolved, those for types only included."""
    package = module.name if module.where.endswith("__init__.py") else module.name.rpartition(".")[0]
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for item in node.names:
                yield node.lineno, item.name, ""
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*base, *([node.module] if node.module else [])])
            for item in node.names:
                yield node.lineno, source, item.name
        elif isinstance(node, ast.Call) and dotted(node.func).endswith(("import_module", "__import__")):
            match node.args:
                case [ast.Constant(value=str(name)), *_]:
                    yield node.lineno, name, ""
                case _:
                    yield node.lineno, "?", ""


def direction_faults(folder: Path) -> list[str]:
    """List the imports that go against the order of the rooms, and the rooms that the order lacks."""
    faults = []
    for module in modules(folder, "sim"):
        here = room_of(module.name)
        if here and here not in ORDER:
            faults.append(f"{module.where}: {here} is no room that the order knows")
            continue
        for line, source, name in imports(module):
            if source == "?":
                faults.append(f"{module.where}:{line}: an import whose target cannot be read")
            if source.split(".")[0] != "sim":
                continue
            there = room_of(source) or name
            if there == here or not there:
                continue
            if there not in ORDER:
                faults.append(f"{module.where}:{line}: imports {there}, which is no room")
            elif not here or ORDER[there] >= ORDER[here]:
                faults.append(f"{module.where}:{line}: {here or 'sim'} may not import {there}")
    return faults


def words_faults(folder: Path) -> list[str]:
    """List who reads words without being a face, and what words import beside the few things they may."""
    faults = []
    for module in modules(folder, "sim"):
        here = room_of(module.name)
        for line, source, name in imports(module):
            top = source.split(".")[0]
            into_words = source.startswith("sim.words") or (source == "sim" and name == "words")
            if into_words and here not in READERS_OF_WORDS:
                faults.append(f"{module.where}:{line}: {here} may not know words")
            if here == "words" and not (
                into_words or top in WORDS_MAY_IMPORT or top in sys.stdlib_module_names
            ):
                faults.append(f"{module.where}:{line}: words may not import {source}")
    return faults


def registry_faults(folder: Path) -> list[str]:
    """List the rooms of the model that reach for passports instead of the values they are given."""
    faults = []
    for module in modules(folder, "sim"):
        if room_of(module.name) in REGISTRY_ROOMS:
            continue
        for line, source, name in imports(module):
            parts = source.split(".")
            if parts[:2] != ["sim", "parameters"]:
                continue
            if REGISTRY_MODULES & set(parts[2:]) or name in REGISTRY_NAMES:
                faults.append(f"{module.where}:{line}: imports the registry ({source} {name})".rstrip())
            elif not name:
                faults.append(f"{module.where}:{line}: name what is imported from {source}")
    return faults


def flow_faults(folder: Path) -> list[str]:
    """List what population and flow know of files, tables, widgets, pictures and money."""
    faults = []
    for module in modules(folder, "sim"):
        if room_of(module.name) not in FLOW_ROOMS:
            continue
        for line, source, _ in imports(module):
            if source.split(".")[0] in FOREIGN_TO_FLOW:
                faults.append(f"{module.where}:{line}: imports {source}")
        for node in ast.walk(module.tree):
            match node:
                case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in FILE_CALLS:
                    faults.append(f"{module.where}:{node.lineno}: {name}() reads or writes a file")
                case ast.Constant(value=str(text)) if text.startswith(MONEY_KEYS):
                    if module.where != TURNS_BUDGET_INTO_PLACES:
                        faults.append(f"{module.where}:{node.lineno}: reads {text}")
                case _:
                    pass
    return faults


RULES = (direction_faults, words_faults, registry_faults, flow_faults)


@pytest.mark.parametrize("rule", RULES)
def test_the_rooms_keep_their_direction(rule, repository):
    assert any(True for _ in modules(repository, "sim"))
    assert rule(repository) == []


@pytest.mark.parametrize(
    ("rule", "file", "text"),
    [
        (direction_faults, "sim/flow/a.py", "from sim.economy import money"),
        (direction_faults, "sim/flow/a.py", "from sim import economy"),
        (direction_faults, "sim/flow/a.py", "import sim.outcomes.measures"),
        (direction_faults, "sim/flow/a.py", "from ..outcomes import measures"),
        (direction_faults, "sim/flow/__init__.py", "from ..outcomes import measures"),
        (direction_faults, "sim/flow/a.py", "def f():\n    from sim.outcomes import tallies"),
        (direction_faults, "sim/flow/a.py", "import importlib\nimportlib.import_module('sim.cli')"),
        (direction_faults, "sim/flow/a.py", "import importlib\nimportlib.import_module(chosen)"),
        (direction_faults, "sim/explorer/a.py", "from sim.reports import blocks"),
        (direction_faults, "sim/__init__.py", "from sim.parameters import Scenario"),
        (direction_faults, "sim/attic/a.py", ""),
        (words_faults, "sim/experiment/a.py", "from sim.words import text"),
        (words_faults, "sim/experiment/a.py", "from sim import words"),
        (words_faults, "sim/words/a.py", "import pandas"),
        (words_faults, "sim/words/a.py", "from sim.places import PARAMETERS"),
        (registry_faults, "sim/flow/a.py", "from sim.parameters.library import Library"),
        (registry_faults, "sim/flow/a.py", "from sim.parameters import load_library"),
        (registry_faults, "sim/flow/a.py", "import sim.parameters"),
        (flow_faults, "sim/flow/a.py", "import pandas as pd"),
        (flow_faults, "sim/flow/a.py", "from matplotlib import pyplot"),
        (flow_faults, "sim/population/a.py", "rows = open('people.csv', encoding='utf-8')"),
        (flow_faults, "sim/flow/a.py", "price = scenario.number('costs.benefit_month')"),
    ],
)
def test_a_broken_room_is_seen(rule, file, text, tmp_path):
    assert rule(miniature(tmp_path, {file: text})) != []


@pytest.mark.parametrize("rule", RULES)
def test_what_is_allowed_is_left_alone(rule, tmp_path):
    project = {
        "sim/flow/a.py": "import numpy as np\nfrom sim.parameters import Scenario\nfrom .b import f",
        "sim/words/__init__.py": "import json\nfrom babel import numbers\nfrom .files import read",
        "sim/figures/a.py": "from sim.words import text\nfrom sim import experiment",
        "sim/cli/a.py": "from sim.parameters.library import Library\nfrom sim import words, reports",
    }
    assert rule(miniature(tmp_path, project)) == []
