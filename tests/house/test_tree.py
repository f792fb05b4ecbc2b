"""What stands in the repository: no paths of one machine, no results, no outputs stored in notebooks."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.house.reading import kept_files, miniature

TOP_LEVEL = (
    *(
        "README.md",
        "LICENSE",
        "CITATION.cff",
        "CHANGELOG.md",
        "Makefile",
        "pyproject.toml",
        "constraints.txt",
    ),
    *("environment.yml", ".ci/run", "sim", "parameters", "notebooks", "outputs", "tests"),
)
# Where somebody's copy, home or scratch may lie; what every Unix has (/usr, /bin, /dev) is no such place.
HOMES = (
    "work",
    "farm",
    "home",
    "Users",
    "root",
    "tmp",
    "var",
    "opt",
    "mnt",
    "media",
    "private",
    "srv",
    "Volumes",
)
MACHINE_PATH = re.compile(
    rf"(?<![\w.:/~*<>\-])/(?:{'|'.join(HOMES)})/[\w.]" + r"|(?<![\w/])[A-Za-z]:\\\\?(?:Users|home|temp)",
    re.IGNORECASE,
)
BINARY = {".png", ".jpg", ".pdf", ".docx", ".parquet", ".ttf", ".woff2", ".ico", ".xlsx"}
LARGEST = 2 * 1024 * 1024  # bytes
OUTPUTS_KEPT = {"outputs/README.md", "outputs/.gitignore", "outputs/.gitkeep"}


def machine_paths(folder: Path) -> list[str]:
    """List the lines that name a place of one machine."""
    faults = []
    for name in kept_files(folder):
        if Path(name).suffix in BINARY:
            continue
        for number, line in enumerate((folder / name).read_text(encoding="utf-8").splitlines(), 1):
            if found := MACHINE_PATH.search(line):
                faults.append(f"{name}:{number}: {found.group()}")
    return faults


def stored_results(folder: Path) -> list[str]:
    """List what is tracked under outputs/ beside its README, and files too large to keep."""
    kept = kept_files(folder, tracked_only=True)
    faults = [
        f"{name} is tracked" for name in kept if name.startswith("outputs/") and name not in OUTPUTS_KEPT
    ]
    return faults + [f"{name} is large" for name in kept if (folder / name).stat().st_size > LARGEST]


def missing_places(folder: Path) -> list[str]:
    """List what should stand at the top and does not."""
    return [f"{name} is missing" for name in TOP_LEVEL if not (folder / name).exists()]


def notebooks(folder: Path) -> tuple[str, ...]:
    """Return the kept notebooks."""
    return tuple(name for name in kept_files(folder) if name.endswith(".ipynb"))


def notebook_faults(folder: Path) -> list[str]:
    """List notebooks with stored results, and those whose first cell does not ask their question."""
    faults = []
    for name in notebooks(folder):
        cells = json.loads((folder / name).read_text(encoding="utf-8"))["cells"]
        if any(cell.get("outputs") or cell.get("execution_count") for cell in cells):
            faults.append(f"{name} is stored with outputs")
        first = cells[0] if cells else {"cell_type": "none", "source": ""}
        if first["cell_type"] != "markdown" or not re.search(r"\w\?(\s|\*|_|$)", "".join(first["source"])):
            faults.append(f"{name} does not ask its question in its first cell")
    return faults


RULES = (machine_paths, stored_results, missing_places, notebook_faults)


@pytest.mark.parametrize("rule", RULES)
def test_the_tree_is_in_order(rule, repository):
    assert len(kept_files(repository)) > 20
    assert rule(repository) == []


def test_there_is_a_notebook_to_look_at(repository):
    assert notebooks(repository)


def _notebook(*cells: dict[str, object]) -> str:
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


ASKS = {"cell_type": "markdown", "source": ["# Waits\n", "What does a caseload of 40 do to waits?\n"]}
RUNS = {"cell_type": "code", "source": ["1"], "outputs": [], "execution_count": None}
GOOD = dict.fromkeys(TOP_LEVEL[:8], "see https" + "://example.org/home/page and outputs/tmp/x\n") | {
    ".ci/run": "#!/usr/bin/env bash\n",
    "sim/a.py": "x = 1\n",
    "parameters/sources.yaml": "a: b\n",
    "notebooks/waits.ipynb": _notebook(ASKS, RUNS),
    "outputs/README.md": "What runs write.\n",
    "tests/a.py": "x = 1\n",
}


@pytest.mark.parametrize("rule", RULES)
def test_a_small_tree_in_order_is_left_alone(rule, tmp_path):
    assert rule(miniature(tmp_path, GOOD)) == []


@pytest.mark.parametrize(
    ("rule", "file", "text"),
    [
        (machine_paths, "README.md", "cd " + "/home" + "/anna/sim"),
        (machine_paths, "sim/a.py", 'FOLDER = "' + "/tmp" + '/runs"'),
        (machine_paths, "sim/a.py", 'FOLDER = "C:' + r'\Users\anna"'),
        (stored_results, "outputs/run/summary.csv", "a,b\n"),
        (stored_results, "parameters/large.csv", "x" * (LARGEST + 1)),
        (
            notebook_faults,
            "notebooks/b.ipynb",
            _notebook(ASKS, RUNS | {"outputs": [{"output_type": "stream"}]}),
        ),
        (notebook_faults, "notebooks/b.ipynb", _notebook(ASKS, RUNS | {"execution_count": 3})),
        (notebook_faults, "notebooks/b.ipynb", _notebook(RUNS, ASKS)),
        (notebook_faults, "notebooks/b.ipynb", _notebook(ASKS | {"source": "# Waits and caseload"})),
        (notebook_faults, "notebooks/b.ipynb", _notebook()),
    ],
)
def test_disorder_is_seen(rule, file, text, tmp_path):
    assert rule(miniature(tmp_path, GOOD | {file: text})) != []


def test_a_missing_place_is_seen(tmp_path):
    assert missing_places(miniature(tmp_path, {"README.md": "Text\n"})) != []
