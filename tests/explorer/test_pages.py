"""The tabs beside the overview: each tells what anybody gets from the public functions."""

from __future__ import annotations

import asyncio
import base64
import io
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from sim.experiment.differences import difference
from sim.experiment.persons import person_in_two_worlds
from sim.experiment.run import run_scenarios
from sim.explorer import Explorer, files
from sim.explorer.grid import Grid
from sim.explorer.pages import map as map_page
from sim.explorer.pages import split as split_page
from sim.explorer.pages.compare import ComparePage
from sim.explorer.pages.map import MapPage
from sim.explorer.pages.person import PersonPage
from sim.explorer.pages.split import SplitPage
from sim.explorer.state import PLAN, Plan, lines, plan_of
from sim.parameters import Library, Scenario, load_library
from sim.words import Words, languages

SEED = 2008
SMALL = Grid((40.0, 50.0), (0.0, None))


@pytest.fixture(scope="module")
def library(folder: Path) -> Library:
    return load_library(folder)


@pytest.fixture(scope="module")
def plan(library: Library) -> Plan:
    return plan_of(library)


Play = Callable[[Callable[[Explorer], Awaitable[None]]], None]


@pytest.fixture
def explored(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Play:
    """Play a script with an explorer of few runs and a map of four crossings."""
    monkeypatch.setattr(map_page, "Grid", lambda: SMALL)
    monkeypatch.setattr(map_page, "STEPS", (2,))

    def play(script: Callable[[Explorer], Awaitable[None]], language: str = "sv") -> None:
        async def played() -> None:
            explorer = Explorer(
                language, parameters=folder, batches=(2,), workers=2, folder=tmp_path, places={}
            )
            try:
                explorer.start()
                await explorer.settled()
                await script(explorer)
            finally:
                explorer.close()

        asyncio.run(played())

    return play


async def turn(explorer: Explorer, tab: str) -> None:
    explorer.view.tabs[tab].value = True
    await explorer.settled()
    assert explorer.view.message.value == ""
    shown = {key for key, page in explorer.pages.items() if page.root.layout.display != "none"}
    assert shown == {tab}


def scenario(library: Library, plan: Plan, **levers: object) -> Scenario:
    return library.resolve(PLAN, lines(replace(plan.settings, **levers), plan)).scenario


def plain(html: str) -> str:
    return re.sub(r"<[^>]*>", " ", re.sub(r"<svg.*?</svg>", "", html, flags=re.DOTALL)).replace("\xa0", " ")


def test_the_map_holds_what_each_crossing_costs(explored, library, plan):
    async def script(explorer: Explorer) -> None:
        await turn(explorer, "map")
        page = explorer.pages["map"]
        assert isinstance(page, MapPage)
        found = page.figure.data.set_index(["share", "caseload"])
        base = scenario(library, plan, mode="follows")
        other = scenario(library, plan, mode="follows", norm=40.0, basis="people", share=0.0)
        other = replace(other, name="other")
        public = run_scenarios((base, other), 2, SEED)
        expected = difference(public, base.name, "other", "present_value")
        row = found.loc[(Words("sv").quantity(map_page.share_quantities((0.0,))[0]), "40")]
        assert (row["difference"], row["lower"], row["upper"]) == (
            expected.mean,
            expected.lower,
            expected.upper,
        )
        assert found.loc[(Words("sv").raw("map.plan_places"), "50"), "difference"] == 0.0
        before = page.picture.value
        page.budget.value = 50.0
        assert Words("sv").raw("map.title.none") in page.picture.value != before

    explored(script)


def test_each_lever_alone_and_together_add_up_to_the_answer(explored, library, plan, monkeypatch):
    monkeypatch.setattr(split_page, "STEPS", (2,))

    async def script(explorer: Explorer) -> None:
        explorer.rail.choices["basis"].value = "people"
        explorer.rail.numbers["share"].value = 10.0
        await explorer.settled()
        await turn(explorer, "split")
        page = explorer.pages["split"]
        assert isinstance(page, SplitPage) and page.waterfall is not None
        base = scenario(library, plan, mode="follows")
        other = replace(
            scenario(library, plan, mode="follows", norm=40.0, basis="people", share=0.1), name="other"
        )
        expected = difference(run_scenarios((base, other), 2, SEED), base.name, "other", "present_value")
        assert page.waterfall.whole.mean == expected.mean
        parts = page.waterfall.bars
        assert {bar.key for bar in parts} == {"caseload", "outsourcing", "interaction"}
        assert sum(bar.difference.mean for bar in parts) == pytest.approx(expected.mean)

    explored(script)


def test_the_person_is_the_most_affected_one(explored, library, plan):
    async def script(explorer: Explorer) -> None:
        await turn(explorer, "person")
        page = explorer.pages["person"]
        assert isinstance(page, PersonPage)
        sides = [scenario(library, plan, mode="follows", norm=norm) for norm in (50.0, 40.0)]
        for by in ("months", "money"):
            page.by.value = by
            await explorer.settled()
            expected = person_in_two_worlds(sides[0], sides[1], 0, SEED, by=by)
            assert page.worlds == expected
        explorer.rail.buttons["reset"].click()
        await explorer.settled()
        assert plain(page.picture.value).strip() == Words("sv").raw("explorer_pages.person.nobody")

    explored(script)


@pytest.mark.long
def test_two_saved_scenarios_stand_side_by_side(explored, library, plan, tmp_path):
    for name, norm in (("ett", 45.0), ("tva", 55.0)):
        settings = replace(plan.settings, norm=norm)
        files.save(settings, tmp_path / f"{name}.yaml", library, plan, name, "X", date(2026, 1, 1))

    async def script(explorer: Explorer) -> None:
        await turn(explorer, "compare")
        page = explorer.pages["compare"]
        assert isinstance(page, ComparePage)
        page.first.value, page.second.value = "ett", "tva"
        await explorer.settled()
        sides = [library.resolve(tmp_path / f"{name}.yaml").scenario for name in ("ett", "tva")]
        expected = difference(run_scenarios(sides, 24, SEED), "ett", "tva", "net_cost")
        shown = page.compared.results
        found = difference(shown, "base", "other", "net_cost")
        assert (found.mean, found.lower) == (expected.mean, expected.lower)
        assert Words("sv").raw("measures.net_cost.name") in page.picture.value

    explored(script)


@pytest.mark.parametrize("language", languages())
def test_stages_and_assumptions_are_told_in_both_languages(language, explored):
    async def script(explorer: Explorer) -> None:
        words = Words(language)
        explorer.rail.other_key.value = "people.initial_enrolled_share"
        explorer.rail.numbers["other"].value = 50.0
        await explorer.settled()
        await turn(explorer, "stages")
        picture = explorer.pages["stages"].root.value
        assert picture.count("<svg") == 5
        assert words.raw("explorer_pages.stages.stage.in_coaching") in picture
        await turn(explorer, "assumptions")
        rows = re.findall(r"<tr>(.*?)</tr>", explorer.pages["assumptions"].root.value)[1:]
        changed = [plain(row) for row in rows[:2]]
        assert words.raw("parameters.levers.caseload_norm.title") in changed[0]
        assert words.raw("parameters.people.initial_enrolled_share.title") in changed[1]

    explored(script, language)


def test_the_numbers_can_be_taken_away(explored):
    async def script(explorer: Explorer) -> None:
        explorer.rail.buttons["data"].click()
        links = re.findall(
            r'download="([^"]+)" href="data:[^,]+;base64,([^"]+)"', explorer.view.message.value
        )
        files_ = {name: base64.b64decode(data) for name, data in links}
        assert len(files_) == 5
        (book,) = (data for name, data in files_.items() if name.endswith(".xlsx"))
        pages = pd.read_excel(io.BytesIO(book), sheet_name=None, header=3)
        assert len(pages) == 5
        (years,) = (data for name, data in files_.items() if "per år" in name)
        table = pd.read_csv(io.BytesIO(years))
        assert explorer.answer is not None
        assert table["value"].tolist() == [value.value for _, value in explorer.answer.years]

    explored(script)
