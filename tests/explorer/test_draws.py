"""What is not known, in the explorer: the same numbers as the public functions give under an ensemble."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim import places
from sim.experiment.draws import DrawnResults, built_otherwise, run_ensemble, structured_difference
from sim.experiment.store import Store
from sim.explorer import Explorer, draws, runs
from sim.explorer.draws import RUNS, Draws, held
from sim.explorer.runs import BASE, OTHER, Workshop
from sim.explorer.state import DrawnFrom
from sim.parameters import Alternative, Library, Scenario, load_library, structural_alternatives
from sim.parameters.ensembles import read_ensemble
from sim.parameters.overlays import STACK
from sim.parameters.uncertain import DrawError, Ensemble
from sim.words import Name, Quantity, Words, languages

DRAWS = 3
NAME = "history"
AS_SET, HISTORY, OTHERWISE = DrawnFrom(), DrawnFrom(NAME), DrawnFrom(NAME, structures=True)
SIDES = ("caseload-50", "caseload-40")
EKVIK = places.PARAMETERS / "cities" / "ekvik"
SV = Words("sv")

both_choices = pytest.mark.parametrize(
    "source",
    [
        pytest.param(HISTORY, id="as it is"),
        pytest.param(OTHERWISE, id="built otherwise", marks=pytest.mark.long),  # a dozen times the worlds
    ],
)

Play = Callable[[Callable[[Explorer], Awaitable[None]]], None]


@pytest.fixture(scope="module")
def ensemble(folder: Path) -> Ensemble:
    return read_ensemble(folder / "ensembles" / NAME).ensemble


@pytest.fixture
def explored(folder: Path, tmp_path: Path) -> Play:
    """Play a script with an explorer of few runs and draws."""

    def play(
        script: Callable[[Explorer], Awaitable[None]],
        draws: tuple[int, ...] = (2, DRAWS),
        structured: tuple[int, ...] = (2,),
        parameters: Path = folder,
    ) -> None:
        async def played() -> None:
            few = {"batches": (2,), "draws": draws, "structured": structured, "places": {}}
            explorer = Explorer("sv", parameters=parameters, workers=2, folder=tmp_path, **few)
            try:
                explorer.start()
                await explorer.settled()
                await script(explorer)
            finally:
                explorer.close()

        asyncio.run(played())

    return play


def plain(html: str) -> str:
    text = re.sub(r"<[^>]*>", "", re.sub(r"<svg.*?</svg>", "", html, flags=re.DOTALL))
    return text.replace("\xa0", " ").replace("\u202f", " ")


def bar(explorer: Explorer) -> list[str]:
    """The parts of the bar beside the answer."""
    return re.findall(r'<i style="width: ([^"]*)">', explorer.view.answer.value)


def public(folder: Path, ensemble: Ensemble, *settings: str, store: Store | None = None) -> DrawnResults:
    """The comparison that the explorer opens with, as anybody would make it."""
    library = load_library(folder)
    sides = [library.resolve(name, settings).scenario for name in SIDES]
    return run_ensemble(sides, ensemble.first(DRAWS), RUNS, seed=2008, jobs=2, store=store)


def built(folder: Path, ensemble: Ensemble, draws: int, *settings: str) -> list[DrawnResults]:
    """The same with the model built in all ways, as ``compare --structures`` makes it."""
    library = load_library(folder)

    def laid(way: str) -> list[Scenario]:
        suffix = f"{STACK}{way}" if way else ""
        return [
            replace(library.resolve(f"{name}{suffix}", settings).scenario, name=side)
            for name, side in zip(SIDES, (BASE, OTHER), strict=True)
        ]

    ways = built_otherwise(laid, ensemble.first(draws), structural_alternatives(library))
    return [run_ensemble(sides, drawn, RUNS, seed=2008, jobs=2) for sides, drawn in ways]


def same(quantity: Quantity | None, results: DrawnResults, measure: str, period: str = "total") -> bool:
    parts = results.difference("caseload-50", "caseload-40", measure, period)
    inner = results.difference("caseload-50", "caseload-40", measure, period, level=0.5)
    assert quantity is not None and quantity.interval is not None and quantity.inner is not None
    assert parts is not None and inner is not None
    wide, narrow = quantity.interval, quantity.inner
    return (quantity.value, wide.lower, wide.upper, wide.level, narrow.lower, narrow.upper) == (
        *(parts.mean, parts.world_lower, parts.world_upper, parts.level),
        *(inner.world_lower, inner.world_upper),
    )


def test_numbers_are_those_of_the_public_functions(folder, ensemble, explored):
    results = public(folder, ensemble)

    async def script(explorer: Explorer) -> None:
        chance = explorer.answer
        assert chance is not None and chance.unknown is None
        explorer.rail.choices["unknown"].value = HISTORY
        assert SV.raw("explorer.unknown.coming") in plain(explorer.view.answer.value)
        await explorer.settled()
        shown = explorer.answer
        assert shown is not None and shown.unknown is not None
        assert shown.headline == chance.headline
        found = shown.unknown
        assert same(found.headline, results, "present_value")
        assert same(found.net, results, "net_cost")
        assert [year for year, _ in found.years] == [year for year, _ in chance.years]
        assert all(same(value, results, "net_cost", year) for year, value in found.years)
        assert same(dict(found.lines)["staff"], results, "staff_cost")
        parts = results.difference("caseload-50", "caseload-40", "present_value")
        assert parts is not None and found.expected.interval is not None
        assert (found.expected.interval.lower, found.expected.interval.upper) == (parts.lower, parts.upper)
        assert found.verdict == parts.verdict
        shares = {source: share.value for source, share in found.parts}
        assert shares == {
            "chance": round(parts.chance / parts.total, 2),
            "parameters": round(parts.parameters / parts.total, 2),
        }
        cells = [results.cell(name, "present_value") for name in ("caseload-40", "caseload-50")]
        above = float((cells[0] > cells[1]).mean())
        assert found.side == ("higher" if above >= 0.5 else "lower")
        assert found.worlds.value == round(max(above, 1.0 - above), 2)
        assert (found.draws.value, found.runs.value, found.ensemble) == (DRAWS, RUNS, NAME)
        said = plain(explorer.view.answer.value)
        assert plain(SV.quantity(found.headline, "range_signed")) in said
        assert plain(SV.quantity(found.worlds)) in said
        assert bar(explorer) == [f"{100 * share:.0f}%" for share in shares.values()]
        assert str(SV.text("explorer.covers.unknown")) in explorer.view.overview.value
        assert NAME in plain(explorer.view.foot.value)

    explored(script)


@pytest.mark.long
def test_what_is_set_by_hand_is_held(folder, ensemble, explored):
    keys = {dimension.key for dimension in ensemble.dimensions}
    assert {"exits.elasticity", "intake.headroom"} <= keys
    results = public(folder, ensemble.holding({"intake.headroom"}), "intake.headroom=1.2")

    async def script(explorer: Explorer) -> None:
        explorer.rail.choices["unknown"].value = HISTORY
        explorer.rail.other_key.value = "intake.headroom"
        explorer.rail.numbers["other"].value = 1.2 * explorer.rail._levers["other"].shown_times
        await explorer.settled()
        shown = explorer.answer
        assert shown is not None and shown.unknown is not None
        assert same(shown.unknown.headline, results, "present_value")
        explorer.rail.numbers["elasticity"].value = 0.2
        assert held(explorer.state.settings, explorer._plan) & keys == {"exits.elasticity", "intake.headroom"}

    explored(script)


@both_choices
def test_undone_the_answer_is_over_chance_alone_and_on_again_it_is_there_at_once(source, explored):
    async def script(explorer: Explorer) -> None:
        before = explorer.view.answer.value, explorer.view.overview.value
        explorer.rail.choices["unknown"].value = source
        await explorer.settled()
        drawn = explorer.view.answer.value, explorer.view.overview.value
        assert drawn[0] != before[0] and drawn[1] != before[1]
        explorer.rail.buttons["undo"].click()
        assert explorer.rail.choices["unknown"].value == AS_SET
        assert (explorer.view.answer.value, explorer.view.overview.value) == before
        assert str(SV.text("explorer.covers.chance").capitalised()) in before[1]
        explorer.rail.choices["unknown"].value = source
        assert (explorer.view.answer.value, explorer.view.overview.value) == drawn  # from memory, at once

    explored(script)


@both_choices
def test_it_narrows_live_and_a_new_value_cancels_it(source, explored, monkeypatch):
    made: list[int] = []
    real = runs.simulate

    def counted(scenario: Scenario, run: int, seed: int) -> object:
        made.append(run)
        return real(scenario, run, seed)

    monkeypatch.setattr(runs, "simulate", counted)

    async def script(explorer: Explorer) -> None:
        explorer.rail.choices["unknown"].value = source
        shown = None
        while shown is None or shown.unknown is None:
            await asyncio.sleep(0.01)
            shown = explorer.answer
        assert shown.unknown.draws.value == 2
        said = plain(explorer.view.foot.value)
        assert said.startswith("2 körningar; ") and "2 dragningar av 50" in said
        explorer.rail.numbers["norm"].value = 47.0
        assert explorer.rail.choices["unknown"].value == source
        before = len(made)
        while explorer.answer is None or explorer.answer.settings.norm != 47.0:
            await asyncio.sleep(0.01)
        assert explorer.answer.unknown is None  # nothing of the old value under the new
        assert len(made) - before < 12
        explorer.rail.choices["unknown"].value = AS_SET
        await explorer.settled()

    explored(script, draws=(2, 50), structured=(2, 50))


def test_worlds_are_shared_with_the_command_line_and_made_once(folder, ensemble, tmp_path):
    store = tmp_path / "store"
    results = public(folder, ensemble, store=Store(store))

    async def play() -> tuple[int, DrawnResults]:
        kept = Store(store)
        workshop = Workshop(load_library(folder), 2008, 2, kept)
        try:
            settings = replace(workshop.plan.settings, mode="follows", norm=40.0)
            draws = Draws(workshop)
            found = await draws.compare(settings, HISTORY, DRAWS)
            await draws.compare(settings, HISTORY, DRAWS)
            (made,) = found.built
            return kept.read_runs, made
        finally:
            workshop.close()

    read, found = asyncio.run(play())
    assert read == 2 * DRAWS * RUNS
    np.testing.assert_array_equal(found.values, results.values)
    assert found.ensemble == results.ensemble


@pytest.mark.long
def test_built_otherwise_the_numbers_are_those_of_the_public_functions(folder, ensemble, explored):
    results = built(folder, ensemble, 2)
    parts = structured_difference(results, BASE, OTHER, "present_value")
    assert parts is not None and parts.structure > 0.0

    async def script(explorer: Explorer) -> None:
        explorer.rail.choices["unknown"].value = HISTORY
        await explorer.settled()
        drawn = explorer.view.answer.value
        explorer.rail.choices["unknown"].value = OTHERWISE
        await explorer.settled()
        otherwise = explorer.view.answer.value
        explorer.rail.choices["unknown"].value = HISTORY
        assert explorer.view.answer.value == drawn != otherwise  # from memory, at once
        explorer.rail.choices["unknown"].value = OTHERWISE
        assert explorer.view.answer.value == otherwise
        known = explorer._drawing.known(explorer.state.settings, OTHERWISE)
        assert [one.ensemble for one in known] == [one.ensemble for one in results]
        for mine, public in zip(known, results, strict=True):
            np.testing.assert_array_equal(mine.values, public.values)
        shown = explorer.answer
        assert shown is not None and shown.unknown is not None
        found = shown.unknown
        expected, wide = found.expected.interval, found.headline.interval
        assert expected is not None and wide is not None
        assert (found.headline.value, wide.lower, wide.upper, expected.lower, expected.upper) == (
            *(parts.mean, parts.world_lower, parts.world_upper),
            *(parts.lower, parts.upper),
        )
        assert found.verdict == parts.verdict
        shares = {source: share.value for source, share in found.parts}
        assert shares == dict(parts.shares)
        assert sum(shares.values()) == pytest.approx(1.0)
        # rounded to whole per cents, up or down as makes them a hundred together
        for source, share in shares.items():
            assert abs(share - getattr(parts, source) / parts.total) < 0.01
        assert set(shares) == {"chance", "parameters", "structure"}
        assert bar(explorer) == [f"{100 * share:.0f}%" for share in shares.values()]
        assert (found.draws.value, found.ways.value) == (2, len(results))
        net = structured_difference(results, BASE, OTHER, "net_cost")
        assert net is not None and found.net is not None and found.net.value == net.mean
        for language in languages():
            explorer.rail.choices["language"].value = language
            words = Words(language)
            labels = [str(label) for label, _ in explorer.rail.choices["unknown"].options]
            assert str(words.text("explorer.unknown.drawn_structures", name=Name(NAME))) in labels
            said = plain(explorer.view.answer.value)
            told = words.text(
                "explorer.unknown.parts.unknown_structures",
                **dict(found.parts),
                ways=found.ways,
                expected=found.expected,
                alone=shown.headline,
            )
            assert plain(str(told)) in said
            covers = words.raw("explorer.covers.unknown_structures")
            assert covers in explorer.view.overview.value
            years, *_ = explorer._sheets()
            assert covers in set(years.data["covers"])
            assert any(str(len(results)) in note and NAME in note for note in years.notes)
        explorer.rail.file_name.value = "annat-bygge"
        explorer.rail.buttons["save"].click()
        assert f"--ensemble {NAME} --structures" in plain(explorer.view.message.value)

    explored(script)


@pytest.mark.long
def test_what_is_set_by_hand_holds_over_what_a_way_sets(folder, ensemble, explored, monkeypatch):
    def few(library: Library) -> tuple[Alternative, ...]:
        return tuple(way for way in structural_alternatives(library) if way.name == "no-headroom")

    monkeypatch.setattr(draws, "structural_alternatives", few)
    made: list[int] = []
    real = runs.simulate

    def counted(scenario: Scenario, run: int, seed: int) -> object:
        made.append(run)
        return real(scenario, run, seed)

    async def script(explorer: Explorer) -> None:
        explorer.rail.other_key.value = "intake.headroom"
        explorer.rail.numbers["other"].value = 1.2 * explorer.rail._levers["other"].shown_times
        await explorer.settled()
        monkeypatch.setattr(runs, "simulate", counted)
        explorer.rail.choices["unknown"].value = OTHERWISE
        await explorer.settled()
        plain_build, other_build = explorer._drawing.known(explorer.state.settings, OTHERWISE)
        np.testing.assert_array_equal(plain_build.values, other_build.values)
        public_build = public(folder, ensemble.holding({"intake.headroom"}), "intake.headroom=1.2")
        np.testing.assert_array_equal(other_build.values, public_build.values[:, :2])
        assert len(made) == 2 * 2 * RUNS  # the same world is made once

    explored(script)


def test_a_way_that_cannot_be_laid_is_a_sentence(folder, explored, tmp_path):
    faulty = tmp_path / "parameters"
    shutil.copytree(folder, faulty)
    way = faulty / "structures" / "no-headroom.yaml"
    way.write_text(way.read_text(encoding="utf-8").replace(": 1.0", ": -1.0"), encoding="utf-8")

    async def script(explorer: Explorer) -> None:
        explorer.rail.choices["unknown"].value = OTHERWISE
        await explorer.settled()
        assert plain(explorer.view.message.value).startswith(SV.raw("explorer.error.way"))
        assert "no-headroom" in explorer.view.message.value
        assert explorer.answer is not None and explorer.answer.unknown is None
        explorer.rail.choices["unknown"].value = HISTORY  # as it is, the model can be drawn
        await explorer.settled()
        assert explorer.answer.unknown is not None

    explored(script, parameters=faulty)


def test_a_draw_that_cannot_be_laid_is_a_sentence(explored, monkeypatch):
    def refuse(*_: object) -> None:
        raise DrawError("no such row")

    async def script(explorer: Explorer) -> None:
        monkeypatch.setattr(Ensemble, "lay", refuse)
        explorer.rail.choices["unknown"].value = HISTORY
        await explorer.settled()
        assert plain(explorer.view.message.value).startswith(SV.raw("explorer.error.draw"))
        assert "no such row" in explorer.view.message.value
        assert explorer.answer is not None and explorer.answer.unknown is None

    explored(script)


def test_the_plan_itself_is_not_drawn(explored, monkeypatch):
    async def script(explorer: Explorer) -> None:
        explorer.rail.buttons["reset"].click()
        await explorer.settled()
        monkeypatch.setattr(Ensemble, "lay", lambda *_: 1 / 0)
        explorer.rail.choices["unknown"].value = HISTORY
        await explorer.settled()
        assert plain(explorer.view.answer.value) == SV.raw("explorer.sentence.unchanged")
        assert plain(explorer.view.foot.value).startswith("Klart, 2 körningar")

    explored(script)


def test_downloads_and_saved_scenarios_say_what_they_hold(explored, tmp_path):
    async def script(explorer: Explorer) -> None:
        explorer.rail.choices["unknown"].value = HISTORY
        await explorer.settled()
        frames = [sheet.data for sheet in explorer._sheets()]
        chance, unknown = (SV.raw(f"explorer.covers.{key}") for key in ("chance", "unknown"))
        years, money, _, waits = frames
        for frame in (years, money):
            assert set(frame["covers"]) == {chance, unknown}
            assert (frame["covers"] == chance).sum() == (frame["covers"] == unknown).sum()
        assert set(waits["covers"]) == {chance}
        shown = explorer.answer
        assert shown is not None and shown.unknown is not None
        drawn = years[years["covers"] == unknown]
        assert drawn["lower"].tolist() == [value.interval.lower for _, value in shown.unknown.years]
        assert any(NAME in note for note in explorer._sheets()[0].notes)
        explorer.rail.file_name.value = "mitt-val"
        explorer.rail.buttons["save"].click()
        assert f"--ensemble {NAME}" in plain(explorer.view.message.value)

    explored(script)


@pytest.mark.parametrize("language", languages())
def test_a_city_without_an_ensemble_is_told_so_and_answered_all_the_same(language, tmp_path):
    async def play() -> None:
        explorer = Explorer(language, parameters=EKVIK, folder=tmp_path, batches=(2,), places={})
        try:
            assert "unknown" not in explorer.rail.choices
            told = [getattr(part, "value", "") for part in explorer.rail.folds["assumed"].body.children]
            assert Words(language).raw("explorer.unknown.none") in told
            explorer.start()
            explorer.rail.numbers["norm"].value = 45.0
            await explorer.settled()
            assert explorer.view.message.value == ""
            assert explorer.answer is not None and explorer.answer.headline is not None
            assert "45" in plain(explorer.view.answer.value)
        finally:
            explorer.close()

    asyncio.run(play())
