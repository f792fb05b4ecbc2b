"""The whole explorer without a browser: the same numbers as the public functions, both languages, errors."""

from __future__ import annotations

import asyncio
import re
import threading
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
from sim.experiment.store import Store
from sim.explorer import Explorer, runs
from sim.explorer.rail import ACTIONS, CHOICES
from sim.explorer.runs import Compared, Workshop
from sim.explorer.sentence import tried
from sim.parameters import Scenario, load_library
from sim.words import Interval, Quantity, Trace, Words, languages

RUNS = 3


@pytest.fixture
def explored(folder: Path, tmp_path: Path) -> Callable[[Callable[[Explorer], Awaitable[None]]], None]:
    """Play a script with an explorer of few runs, in a loop of its own."""

    def play(script: Callable[[Explorer], Awaitable[None]]) -> None:
        async def played() -> None:
            explorer = Explorer(
                "sv", parameters=folder, batches=(2, RUNS), workers=2, folder=tmp_path, places={}
            )
            try:
                explorer.start()
                await explorer.settled()
                await script(explorer)
            finally:
                explorer.close()

        asyncio.run(played())

    return play


def drawn(html: str) -> list[str]:
    return re.findall(r"<svg.*?</svg>", html, re.DOTALL)


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
        assert Words("sv").quantity(shown.ends[0][1], "signed_bare") in plain(explorer.view.answer.value)
        size = Words("sv").quantity(shown.headline, "size_interval")
        assert size in plain(explorer.view.answer.value)

    explored(script)


def test_lines_of_cost_add_up(explored):
    async def script(explorer: Explorer) -> None:
        shown = explorer.answer
        assert shown is not None and shown.net is not None
        assert sum(value.value for _, value in shown.lines) == pytest.approx(shown.net.value)

    explored(script)


def test_a_lever_moves_sentence_and_figures_and_undo_takes_it_back(explored):
    async def script(explorer: Explorer) -> None:
        view, rail = explorer.view, explorer.rail
        before = [view.answer.value, *drawn(view.overview.value)]
        rail.sliders["norm"].value = 62.0
        assert rail.numbers["norm"].value == 62.0
        await explorer.settled()
        after = [view.answer.value, *drawn(view.overview.value)]
        assert all(a != b for a, b in zip(before, after, strict=True))
        assert "62" in plain(view.answer.value)
        rail.buttons["undo"].click()
        assert rail.sliders["norm"].value == rail.numbers["norm"].value == 40.0
        await explorer.settled()
        assert [view.answer.value, *drawn(view.overview.value)] == before
        rail.buttons["reset"].click()
        await explorer.settled()
        assert plain(view.answer.value) == Words("sv").raw("explorer.sentence.unchanged")

    explored(script)


def test_what_is_outside_the_evidence_is_stamped(explored):
    async def script(explorer: Explorer) -> None:
        words, view, rail = Words("sv"), explorer.view, explorer.rail
        stamp = words.raw("explorer.stamp.outside")
        assert stamp not in view.overview.value
        rail.numbers["norm"].value = 25.0
        assert "outside" in rail.ranges["norm"].value
        await explorer.settled()
        assert view.overview.value.count(stamp) == 4
        assert words.raw("parameters.levers.caseload_norm.title") in view.answer.value
        rail.numbers["norm"].value = 40.0
        for end in explorer._levers["elasticity"].evidence or ():
            rail.numbers["elasticity"].value = end
            await explorer.settled()
            assert stamp not in view.overview.value  # at the end of the range is not beyond it

    explored(script)


@pytest.mark.parametrize("language", languages())
def test_every_lever_has_its_label_and_its_range(language, folder, tmp_path):
    explorer = Explorer(language, parameters=folder, folder=tmp_path)
    words, rail = Words(language), explorer.rail
    assert {*explorer._levers, "other"} == set(rail.numbers)
    for name, box in rail.numbers.items():
        assert re.search(r"\d", plain(rail.ranges[name].value))
        if name == "other":
            assert box.description == words.raw(f"parameters.{rail.other_key.value}.title")
            continue
        assert box.description == words.raw(f"explorer.lever.{name}")
        lever = explorer._levers[name]
        if lever.evidence is not None:
            for end in lever.evidence:
                assert words.plain(end) in plain(rail.ranges[name].value)
    for name in (*CHOICES, "centre", "segment", "language"):
        assert rail.choices[name].description == words.raw(f"explorer.lever.{name}")
    for name in ACTIONS:
        assert rail.buttons[name].description == words.raw(f"explorer.button.{name}")
    explorer.close()


def test_language_centre_and_group_change_what_is_read_and_no_run(explored, monkeypatch):
    async def script(explorer: Explorer) -> None:
        made: list[object] = []
        monkeypatch.setattr(Workshop, "compare", lambda *asked: made.append(asked))
        explorer.rail.choices["language"].value = "en"
        assert "cases per caseworker" in plain(explorer.view.answer.value)
        assert explorer.rail.numbers["norm"].value == 40.0
        explorer.rail.choices["centre"].value = "jarva"
        assert "Järva" in plain(explorer.view.answer.value)
        explorer.rail.choices["segment"].value = "compound"
        assert "compound" in plain(explorer.view.answer.value).lower()
        assert not made

    explored(script)


@pytest.mark.parametrize("mode", ["given", "follows"])
def test_drawings_are_whole_and_say_what_they_show(mode, explored):
    async def script(explorer: Explorer) -> None:
        explorer.rail.choices["mode"].value = mode
        explorer.rail.choices["basis"].value = "people"
        explorer.rail.numbers["share"].value = 40.0
        await explorer.settled()
        panels = drawn(explorer.view.overview.value)
        assert len(panels) == 4
        for svg in panels:
            whole = ElementTree.fromstring(svg)
            assert whole.get("role") == "img"
            assert len(whole.get("aria-label", "")) > 40
            assert "nan" not in svg

    explored(script)


def test_saved_opened_and_refused(explored, tmp_path):
    async def script(explorer: Explorer) -> None:
        view, rail = explorer.view, explorer.rail
        rail.numbers["price"].value = 45_000.0
        rail.file_name.value = "min-egen"
        rail.buttons["save"].click()
        assert (tmp_path / "min-egen.yaml").is_file()
        assert "min-egen" in rail.to_open.options
        saved = explorer.state.settings
        rail.buttons["save"].click()
        assert "min-egen" in plain(view.message.value)
        rail.file_name.value = "../elak"
        rail.buttons["save"].click()
        assert plain(view.message.value) == Words("sv").raw("explorer.file.bad_name")
        rail.buttons["reset"].click()
        rail.to_open.value = "min-egen"
        rail.buttons["open"].click()
        assert explorer.state.settings == saved
        await explorer.settled()
        (tmp_path / "min-egen.yaml").write_text("title: [", encoding="utf-8")
        rail.buttons["open"].click()
        assert Words("sv").raw("explorer.error.input") in view.message.value
        assert "Traceback" not in view.message.value

    explored(script)


def test_nothing_is_said_to_be_done_while_the_picture_is_of_an_earlier_setting(explored):
    async def script(explorer: Explorer) -> None:
        view, rail = explorer.view, explorer.rail

        def says(key: str) -> bool:
            return plain(view.foot.value).startswith(
                Words("sv").raw(f"explorer.state.{key}").partition(",")[0]
            )

        assert says("done")
        rail.numbers["norm"].value = 47.0
        assert says("working")
        rail.file_name.value = "ny"
        rail.buttons["save"].click()
        assert says("working") and "ny" in plain(view.foot.value)
        view.tabs["stages"].value = True
        assert says("working")
        view.tabs["overview"].value = True
        rail.buttons["stop"].click()
        rail.choices["centre"].value = "jarva"
        assert says("stopped")
        rail.numbers["norm"].value = 48.0
        assert says("working")
        await explorer.settled()
        assert says("done")
        rail.buttons["stop"].click()  # nothing is under way
        rail.choices["centre"].value = "all"
        assert says("done")

    explored(script)


def test_a_page_can_be_waited_for_until_a_change_has_been_heard_of(explored):
    async def script(explorer: Explorer) -> None:
        rail, counts = explorer.rail, []
        for change in (
            lambda: setattr(rail.numbers["norm"], "value", 47.0),
            rail.buttons["undo"].click,
            rail.buttons["reset"].click,
            lambda: setattr(rail.choices["centre"], "value", "jarva"),
            lambda: setattr(rail.choices["language"], "value", "en"),
        ):
            change()
            counts.append(re.findall(r'data-heard="(\d+)"', explorer.view.foot.value)[0])
        assert counts == ["1", "2", "3", "4", "5"]

    explored(script)


def test_an_error_is_a_sentence_and_the_next_value_works(explored, monkeypatch):
    async def script(explorer: Explorer) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(Workshop, "resolve", lambda *_: 1 / 0)
            explorer.rail.numbers["norm"].value = 47.0
            await explorer.settled()
        assert plain(explorer.view.message.value).startswith(Words("sv").raw("explorer.error.other"))
        explorer.rail.numbers["norm"].value = 48.0
        await explorer.settled()
        assert explorer.view.message.value == ""
        assert "48" in plain(explorer.view.answer.value)

    explored(script)


def test_runs_are_made_once_and_shared_with_the_command_line(folder, tmp_path, monkeypatch):
    made: list[int] = []
    real = runs.simulate

    def counted(scenario: Scenario, run: int, seed: int) -> object:
        made.append(run)
        return real(scenario, run, seed)

    monkeypatch.setattr(runs, "simulate", counted)
    store = tmp_path / "store"

    async def play(*asked: tuple[float, bool]) -> Compared:
        workshop = Workshop(load_library(folder), 2008, 2, Store(store))
        try:
            for norm, lasting in asked:
                settings = replace(workshop.plan.settings, norm=norm)
                found = await workshop.compare(settings, 2, lasting)
            await workshop.written()
            return found
        finally:
            workshop.close()

    first = asyncio.run(play((45.0, False), (46.0, False), (45.0, True)))
    assert len(made) == 6  # the base twice, and two settings twice
    assert sorted(len(kept.runs) for kept in Store(store).kept()) == [2, 2]
    again = asyncio.run(play((45.0, True)))
    assert len(made) == 6
    np.testing.assert_array_equal(again.results.values, first.results.values)
    scenario = load_library(folder).resolve("plan-2008", ("levers.caseload_norm=45",)).scenario
    line = Store(store)
    public = run_scenarios([scenario], 2, seed=2008, store=line)
    assert line.read_runs == 2
    assert first.results.cell("other", "net_cost").tolist() == public.cell("plan-2008", "net_cost").tolist()


def test_other_cells_are_answered_while_runs_are_made(folder, tmp_path, monkeypatch):
    held = threading.Event()
    real = runs.simulate

    def slow(scenario: Scenario, run: int, seed: int) -> object:
        assert held.wait(60)
        return real(scenario, run, seed)

    monkeypatch.setattr(runs, "simulate", slow)

    async def play() -> None:
        explorer = Explorer("sv", parameters=folder, batches=(2,), workers=2, folder=tmp_path, places={})
        explorer.start()
        for value in (41.0, 42.0, 43.0):
            explorer.rail.numbers["norm"].value = value
            await asyncio.sleep(0)  # what another cell would need
        assert explorer.answer is None
        held.set()
        await explorer.settled()
        assert "43" in plain(explorer.view.answer.value)
        explorer.close()

    asyncio.run(play())


@pytest.mark.long
def test_the_notebook_runs(repository):
    notebook = nbformat.read(repository / "notebooks" / "explorer.ipynb", as_version=4)
    first, parameters, *_ = notebook.cells
    assert first.cell_type == "markdown" and "?" in first.source
    assert not any(cell.get("outputs") for cell in notebook.cells)
    parameters.source += "\nbatches = (2,)"
    notebook.cells[2].source = notebook.cells[2].source.replace(
        "batches=batches", "batches=batches, store=None"
    )
    notebook.cells.append(nbformat.v4.new_code_cell("await explorer.settled()\nexplorer.answer.runs.value"))
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(repository)}})
    client.execute()
    shown = [kind for output in notebook.cells[2].outputs for kind in output.get("data", {})]
    assert "application/vnd.jupyter.widget-view+json" in shown
    assert notebook.cells[-1].outputs[-1].data["text/plain"] == "2.0"


@pytest.mark.long
def test_a_lever_is_shown_before_it_is_run_and_steadied_by_what_is_known(folder, tmp_path):
    async def play() -> tuple[list[str], list[bool]]:
        explorer = Explorer(
            "sv",
            parameters=folder,
            batches=(2, 8, 12),
            workers=2,
            folder=tmp_path,
            places={"norm": (40.0, 50.0)},
        )
        explorer.start()
        await explorer.prepared()
        states: list[str] = []
        hatched: list[bool] = []
        told = explorer.view.tell_state

        def listen(state: str, foot: str, heard: int) -> None:
            states.append(plain(state))
            hatched.append("explorer-years-hatch" in explorer.view.overview.value)
            told(state, foot, heard)

        explorer.view.tell_state = listen
        explorer.rail.numbers["norm"].value = 43.0
        await explorer.settled()
        explorer.close()
        return states, hatched

    states, hatched = asyncio.run(play())
    words = Words("sv")
    assert states[1] == words.raw("explorer.state.estimated")
    assert "8" in states[2] and states[2].endswith(words.raw("explorer.state.steadied")[-20:])
    assert hatched[1:] == [True, *[False] * (len(states) - 2)]
    assert states[-1].startswith(words.raw("explorer.state.done").partition(",")[0])


@pytest.mark.parametrize(
    ("ends", "which"),
    [
        (((5.0, 1.0), (3.0, 1.0)), "holds"),
        (((5.0, 1.0), (-3.0, 1.0)), "turns"),
        (((5.0, 1.0), (0.5, 1.0)), "open"),
        (((0.5, 1.0), (-0.5, 1.0)), "open"),
    ],
)
def test_an_answer_hangs_on_the_elasticity_only_where_an_end_surely_says_the_opposite(explored, ends, which):
    def told(mean: float, half: float) -> Quantity:
        return Quantity(mean, "MSEK", Trace("present_value"), Interval(mean - half, mean + half))

    async def script(explorer: Explorer) -> None:
        found = explorer.answer
        assert found is not None
        low, high = (at for at, _ in found.ends)
        found = replace(found, verdict="higher", ends=((low, told(*ends[0])), (high, told(*ends[1]))))
        words = Words("en")
        values = {"at_low": told(*ends[0]), "at_high": told(*ends[1]), "low": low, "high": high}
        said = tried(found, explorer._plan.settings, words)
        assert str(said) == str(words.text(f"explorer.tried.{which}", **values))

    explored(script)
