"""The committee's file: what the explorer says, whole, in one file that asks for nothing."""

from __future__ import annotations

import base64
import gzip
import json
import re
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sim.cli.entry import status_of
from sim.experiment.differences import difference
from sim.experiment.run import run_scenarios
from sim.explorer.file import produce
from sim.explorer.grid import Grid
from sim.explorer.state import PLAN, lines, plan_of
from sim.parameters import Library, load_library
from sim.words import Interval, Quantity, Trace, Words, languages

RUNS, SEED = 3, 2008
SMALL = Grid((40.0, 50.0), (0.0, None))


@pytest.fixture(scope="module")
def library(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The shipped parameters with one year of the plan, a third of the work."""
    copy = tmp_path_factory.mktemp("file") / "parameters"
    shutil.copytree(repository / "parameters", copy)
    plan = copy / "scenarios" / "plan-2008.yaml"
    text = plan.read_text(encoding="utf-8")
    plan.write_text(text.replace("period.end: 2010-12-31", "period.end: 2008-12-31"), encoding="utf-8")
    return load_library(copy)


@pytest.fixture(scope="module")
def made(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("out") / "new" / "utforskare.html"
    counted: list[tuple[int, int]] = []
    found = produce(
        library, path, RUNS, SEED, date(2026, 1, 2), grid=SMALL, progress=lambda *done: counted.append(done)
    )
    assert found.size == path.stat().st_size
    assert counted[-1] == (3 * 5 * RUNS, 3 * 5 * RUNS)
    assert list(path.parent.iterdir()) == [path]
    return path


def packed(path: Path) -> dict[str, Any]:
    text = path.read_text(encoding="utf-8")
    found = re.search(r'id="packed">([^<]*)<', text)
    assert found is not None
    content: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode(found[1])))
    return content


def test_every_crossing_says_what_the_public_functions_give(made, library):
    plan = plan_of(library)
    base = replace(plan.settings, mode="follows", elasticity=0.27)
    other = replace(base, norm=40.0, basis="people", share=0.0)
    sides = [library.resolve(PLAN, lines(one, plan)).scenario for one in (base, other)]
    found = difference(
        run_scenarios([sides[0], replace(sides[1], name="other")], RUNS, SEED), PLAN, "other", "present_value"
    )
    headline = Quantity(found.mean, "MSEK", Trace("present_value"), Interval(found.lower, found.upper))
    for language in languages():
        shown = packed(made)[language][2][0][0]
        words = Words(language)
        assert words.quantity(headline, "size_interval") in shown
        assert words.quantity(headline, "bare_signed_interval") in shown
        assert shown.count("<svg") == 4
        assert shown.count("<tr>") > 8


def test_it_can_be_read_without_a_script(made):
    text = made.read_text(encoding="utf-8")
    before_scripts = text.partition('<script type="application/json"')[0]
    assert packed(made)["sv"][1][1][0] in before_scripts
    assert Words("sv").raw("explorer_file.noscript") in before_scripts


def test_it_names_no_address_and_allows_none(made):
    text = made.read_text(encoding="utf-8")
    assert "default-src 'none'" in text
    addresses = set(re.findall(r"https?://[^\"'\s<]*", text)) - {"http://www.w3.org/2000/svg"}
    assert addresses == set()
    assert made.stat().st_size < 5e6


@pytest.mark.long
def test_the_same_numbers_give_the_same_file(made, library, tmp_path):
    again = tmp_path / "again.html"
    produce(library, again, RUNS, SEED, date(2026, 1, 2), grid=SMALL)
    assert again.read_bytes() == made.read_bytes()


def test_a_folder_is_no_file(tmp_path, capsys):
    assert status_of(["--language", "en", "explorer-file", "--out", str(tmp_path)]) == 2
    assert "folder" in capsys.readouterr().err
