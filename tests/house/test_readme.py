"""What the README shows can be typed: its Python runs, its commands have their options, its links lead on."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import history, papers

README = Path(__file__).resolve().parents[2] / "README.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(kind: str) -> list[str]:
    """Return the README's blocks of code of one kind."""
    return [body for found, body in BLOCK.findall(README.read_text(encoding="utf-8")) if found == kind]


def commands() -> dict[str, set[str]]:
    """Return every subcommand of jobbtorg that the README types, with the options it gives it."""
    shown: dict[str, set[str]] = {}
    for line in "\n".join(blocks("sh")).splitlines():
        program, *words = shlex.split(line, comments=True) or [""]
        if Path(program).name == "jobbtorg":
            shown.setdefault(words[0], set()).update(word for word in words if word.startswith("--"))
    return shown


def test_the_python_tour_runs(capsys):
    """Run it with two runs instead of many: what it prints is a verdict and two numbers."""
    (tour,) = blocks("python")
    short, replaced = re.subn(r"\bruns=\d+", "runs=2", tour)
    assert replaced == 1
    exec(compile(short, str(README), "exec"), {})
    assert re.match(r"(lower|higher|cannot_tell) -?[\d.]+ -?[\d.]+", capsys.readouterr().out)


def test_the_readme_shows_commands():
    assert {"run", "compare", "report"} <= commands().keys()


@pytest.mark.parametrize("name", sorted(commands()))
def test_each_command_has_the_options_it_is_shown_with(name):
    wide = os.environ | {"COLUMNS": "300", "NO_COLOR": "1", "TERM": "dumb"}
    done = subprocess.run(
        [sys.executable, "-m", "sim", name, "--help"],
        env=wide,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    known = set(re.findall(r"--[a-z][a-z0-9-]*", done.stdout))
    assert commands()[name] - known == set()


def test_each_link_leads_to_something():
    text = README.read_text(encoding="utf-8")
    titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    headings = {re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-") for title in titles}
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, anchor = target.partition("#")
        assert "://" in target or not path or (README.parent / path).exists(), target
        assert path or anchor in headings, target


def test_the_papers_table_is_what_the_shipped_values_give():
    """Misses are published as they are; after a change that moves results: python -m tests.house.papers."""
    assert papers.shown() == papers.table()


def test_the_table_of_2008_to_2018_is_what_the_shipped_forecast_gives():
    """After a new ensemble: python -m tests.house.history."""
    assert history.shown() == history.table()
