"""The whole explorer without a browser: the same numbers as the public functions, both languages, errors."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from sim.experiment.differences import difference
from sim.experiment.results import Results
from sim.experiment.run import run_scenarios
from sim.experiment.staffing import mean_posts
from sim.explorer import Explorer
from sim.explorer.runs import Compared, Workshop
from sim.explorer.state import lines
from sim.explorer.view import ACTIONS, CHOICES
from sim.parameters import load_library
from sim.words import Words, languages

RUNS = 3


@pytest.fixture(scope="module")
def folder(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped parameters with one year of the plan, a third of the work."""
    copy = tmp_path_factory.mktemp("explorer") / "parameters"
    shutil.copytree(repository / "parameters", copy)
    plan = copy / "scenarios" / "plan-2008.yaml"
    text = plan.read_text(encoding="utf-8")
    assert "period.end: 2010-12-31" in text
    plan.write_text(text.replace("period.end: 2010-12-31", "period.end: 2008-12-31"), encoding="utf-8")
    return copy


@pytest.fixture
def explored(folder: Path, tmp_path: Path) -> Callable[[Callable[[Explorer], Awaitable[None]]], None]:
    """Play a script with an explorer of few runs, in a loop of its own."""

    def play(script: Callable[[Explorer], Awaitable[None]]) -> None:
        async def played() -> None:
            explorer = Explorer("sv", parameters=folder, batches=(2, RUNS), workers=2, folder=tmp_path)
            try:
                explorer.start()
                await explorer.settled()
                await script(explorer)
            finally:
                explorer.close()

        asyncio.run(played())

    return play


def plain(html: str) -> str:
    return re.sub(r"<[^>]*>", "", re.sub(r"<svg.*?</svg>", "", html, flags=re.DOTALL))


@pytest.fixture(scope="module")
def public(folder: Path) -> Results:
    """The comparison that the explorer opens with, as anybody would make it."""
    library = load_library(folder)
    sides = [library.resolve(name).scenario for name in ("caseload-50", "caseload-40")]
    return run_scenarios(sides, RUNS, seed=2008, jobs=2)


def test_numbers_are_those_of_the_public_functions(public, folder, explored):
    async def script(explorer: Explorer) -> None:
        shown = explorer.answer
        assert shown is not None
        for quantity, measure, period in (
            (shown.headline, "present_value", "total"),
            (shown.net, "net_cost", "total"),
            *((value, "net_cost", year) for year, value in shown.years),
        ):
            found = difference(public, "caseload-50", "caseload-40", measure, period)
            assert quantity is not None and quantity.interval is not None
            assert (quantity.value, quantity.interval.lower, quantity.interval.upper) == (
                found.mean,
                found.lower,
                found.upper,
            )
        assert shown.verdict == difference(public, "caseload-50", "caseload-40", "present_value").verdict
        posts = mean_posts(load_library(folder).resolve("caseload-40").scenario, RUNS, 2008).mean(axis=0)
        np.testing.assert_allclose([[value.value for value in row] for row in shown.posts], posts, rtol=1e-12)
        assert [low.value for low, _ in shown.ends] == list(explorer._levers["elasticity"].evidence or ())
        assert Words("sv").quantity(shown.ends[0][1], "signed_bare") in plain(explorer.view.sentence.value)
        size = Words("sv").quantity(shown.headline, "size_interval")
        assert size in plain(explorer.view.sentence.value)

    explored(script)


def test_lines_of_cost_add_up(explored):
    async def script(explorer: Explorer) -> None:
        shown = explorer.answer
        assert shown is not None and shown.net is not None
        assert sum(value.value for _, value in shown.lines) == pytest.approx(shown.net.value)

    explored(script)


def test_a_lever_moves_sentence_and_figures_and_undo_takes_it_back(explored):
    async def script(explorer: Explorer) -> None:
        view = explorer.view
        before = [view.sentence.value, *(panel.value for panel in view.panels)]
        view.sliders["norm"].value = 62.0
        assert view.numbers["norm"].value == 62.0
        await explorer.settled()
        after = [view.sentence.value, *(panel.value for panel in view.panels)]
        assert all(a != b for a, b in zip(before, after, strict=True))
        assert "62" in plain(view.sentence.value)
        view.buttons["undo"].click()
        assert view.sliders["norm"].value == view.numbers["norm"].value == 40.0
        await explorer.settled()
        assert [view.sentence.value, *(panel.value for panel in view.panels)] == before
        view.buttons["reset"].click()
        await explorer.settled()
        assert plain(view.sentence.value) == Words("sv").raw("explorer.sentence.unchanged")

    explored(script)


def test_what_is_outside_the_evidence_is_stamped(explored):
    async def script(explorer: Explorer) -> None:
        words, view = Words("sv"), explorer.view
        stamp = words.raw("figures.stamp.outside")
        assert not any(stamp in panel.value for panel in view.panels)
        view.numbers["norm"].value = 25.0
        assert "outside" in view.ranges["norm"].value
        await explorer.settled()
        assert all(stamp in panel.value for panel in view.panels)
        assert words.raw("parameters.levers.caseload_norm.title") in view.outside.value

    explored(script)


@pytest.mark.parametrize("language", languages())
def test_every_lever_has_its_label_and_its_range(language, folder, tmp_path):
    explorer = Explorer(language, parameters=folder, folder=tmp_path)
    words, view = Words(language), explorer.view
    for name, box in view.numbers.items():
        assert box.description == words.raw(f"explorer.lever.{name}")
        assert re.search(r"\d", plain(view.ranges[name].value))
        lever = explorer._levers[name]
        if lever.evidence is not None:
            for end in lever.evidence:
                assert words.plain(end) in plain(view.ranges[name].value)
    for name in (*CHOICES, "centre", "segment", "language"):
        assert view.choices[name].description == words.raw(f"explorer.lever.{name}")
    for name in ACTIONS:
        assert view.buttons[name].description == words.raw(f"explorer.button.{name}")
    explorer.close()


def test_language_centre_and_group_change_what_is_read_and_no_run(explored, monkeypatch):
    async def script(explorer: Explorer) -> None:
        made: list[object] = []
        monkeypatch.setattr(Workshop, "compare", lambda *asked: made.append(asked))
        explorer.view.choices["language"].value = "en"
        assert "cases per caseworker" in plain(explorer.view.sentence.value)
        assert explorer.view.numbers["norm"].value == 40.0
        explorer.view.choices["centre"].value = "jarva"
        assert "Järva" in plain(explorer.view.sentence.value)
        explorer.view.choices["segment"].value = "compound"
        assert "compound" in plain(explorer.view.sentence.value).lower()
        assert not made

    explored(script)


@pytest.mark.parametrize("mode", ["given", "follows"])
def test_drawings_are_whole_and_say_what_they_show(mode, explored):
    async def script(explorer: Explorer) -> None:
        explorer.view.choices["mode"].value = mode
        explorer.view.choices["basis"].value = "people"
        explorer.view.numbers["share"].value = 40.0
        await explorer.settled()
        for panel in explorer.view.panels:
            svg = re.search(r"<svg.*?</svg>", panel.value, re.DOTALL)
            assert svg is not None
            drawn = ElementTree.fromstring(svg[0])
            assert drawn.get("role") == "img"
            assert len(drawn.get("aria-label", "")) > 40
            assert "nan" not in svg[0]

    explored(script)


def test_saved_opened_and_refused(explored, tmp_path):
    async def script(explorer: Explorer) -> None:
        view = explorer.view
        view.numbers["price"].value = 45_000.0
        view.file_name.value = "min-egen"
        view.buttons["save"].click()
        assert (tmp_path / "min-egen.yaml").is_file()
        assert "min-egen" in view.to_open.options
        saved = explorer.state.settings
        view.buttons["save"].click()
        assert "min-egen" in plain(view.message.value)
        view.file_name.value = "../elak"
        view.buttons["save"].click()
        assert plain(view.message.value) == Words("sv").raw("explorer.file.bad_name")
        view.buttons["reset"].click()
        view.to_open.value = "min-egen"
        view.buttons["open"].click()
        assert explorer.state.settings == saved
        await explorer.settled()
        (tmp_path / "min-egen.yaml").write_text("title: [", encoding="utf-8")
        view.buttons["open"].click()
        assert Words("sv").raw("explorer.error.input") in view.message.value
        assert "Traceback" not in view.message.value

    explored(script)


def test_an_error_is_a_sentence_and_the_next_value_works(explored, monkeypatch):
    async def script(explorer: Explorer) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(Workshop, "resolve", lambda *_: 1 / 0)
            explorer.view.numbers["norm"].value = 47.0
            await explorer.settled()
        assert plain(explorer.view.message.value).startswith(Words("sv").raw("explorer.error.other"))
        explorer.view.numbers["norm"].value = 48.0
        await explorer.settled()
        assert explorer.view.message.value == ""
        assert "48" in plain(explorer.view.sentence.value)

    explored(script)


def test_runs_are_kept_and_not_made_again(folder, monkeypatch):
    made: list[int] = []

    async def play() -> Compared:
        workshop = Workshop(load_library(folder), 2008, 2)
        settings = replace(workshop.plan_settings, norm=45.0)
        real = workshop._one

        async def counted(*asked: object) -> None:
            made.append(1)
            await real(*asked)

        monkeypatch.setattr(workshop, "_one", counted)
        try:
            await workshop.compare(settings, 2)
            assert len(made) == 4
            await workshop.compare(replace(settings, norm=46.0), 2)
            assert len(made) == 6
            return await workshop.compare(settings, 2)
        finally:
            workshop.close()

    found = asyncio.run(play())
    assert len(made) == 6
    assert found.runs == 2
    assert lines(found.settings, load_library(folder).resolve("plan-2008").scenario) == (
        "levers.caseload_norm=45.0",
    )


def test_the_notebook_runs(repository):
    notebook = nbformat.read(repository / "notebooks" / "explorer.ipynb", as_version=4)
    first, parameters, *_ = notebook.cells
    assert first.cell_type == "markdown" and "?" in first.source
    assert not any(cell.get("outputs") for cell in notebook.cells)
    parameters.source += "\nbatches = (2,)"
    notebook.cells.append(nbformat.v4.new_code_cell("await explorer.settled()\nexplorer.answer.runs.value"))
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(repository)}})
    client.execute()
    assert "application/vnd.jupyter.widget-view+json" in notebook.cells[2].outputs[-1].data
    assert notebook.cells[-1].outputs[-1].data["text/plain"] == "2.0"
