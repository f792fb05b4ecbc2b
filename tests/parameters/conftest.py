"""What the tests of the parameters share: a small folder of parameters, and copies of it to break."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.parameters import Library, load_library

SMALL = Path(__file__).parent / "small"

HEADER = """\
title: "A try"
author: somebody
date: 2026-11-21
baseline: plan
schema: 1
"""


@pytest.fixture(scope="session")
def small() -> Library:
    """Return the small city."""
    return load_library(SMALL)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the small city's folder, to be changed."""
    return Path(shutil.copytree(SMALL, tmp_path / "parameters"))


@pytest.fixture
def overlay(tmp_path: Path) -> Callable[..., Path]:
    """Write an overlay on the small city's plan: what it sets, and further header lines."""

    def write(changes: str, extra: str = "", name: str = "try") -> Path:
        lines = "".join(f"  {line}\n" for line in changes.strip("\n").split("\n"))
        path = tmp_path / f"{name}.yaml"
        path.write_text(f"{HEADER}{extra}set:\n{lines}", encoding="utf-8", newline="\n")
        return path

    return write
