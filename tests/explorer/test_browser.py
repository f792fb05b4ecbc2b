"""The explorer in a real browser, in JupyterLab and as a Voilà page: everything by keyboard."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sim.parameters import check_files, load_library
from sim.words import Words
from tests.explorer import browsing, public

pytestmark = pytest.mark.browser

RUNS = 4
SV, EN = Words("sv"), Words("en")
HEIGHT = "document.querySelector('.explorer').getBoundingClientRect().height"
TABS = {
    "overview": ".explorer-years svg",
    "split": ".explorer-waterfall svg",
    "map": ".explorer-map svg",
    "stages": ".explorer-in-coaching svg",
    "person": ".explorer-person svg",
    "compare": ".explorer-page-compare .explorer-table",
    "assumptions": ".explorer-page-assumptions .explorer-table",
}
"""What each tab shows when its work is done."""


@dataclass(frozen=True)
class Shown:
    """The explorer on a page.

    Attributes
    ----------
    name : str
        ``jupyterlab`` or ``voila``.
    page : Page
    folder : Path
        Where it saves scenarios.
    outside : list of str
        Addresses outside this machine that the page has asked for.
    wire : deque of str
        The last messages to and from its kernel, told when a test fails.
    """

    name: str
    page: Any
    folder: Path
    outside: list[str]
    wire: deque[str]

    def said(self) -> str:
        return browsing.plain(str(self.page.inner_text(".explorer-answer")))

    def number(self, lever: str) -> Any:
        return self.page.locator(f".explorer-lever-{lever} input")

    def handle(self, lever: str) -> Any:
        return self.page.locator(f".explorer-lever-{lever} .noUi-handle")

    def button(self, key: str) -> Any:
        return self.page.get_by_role("button", name=SV.raw(key), exact=True)

    def press(self, locator: Any, key: str = "Enter") -> None:
        locator.focus()
        self.page.keyboard.press(key)

    def unfold(self, group: str) -> None:
        heading = self.page.locator(".explorer-fold", has_text=SV.raw(f"explorer.group.{group}"))
        if heading.get_attribute("aria-expanded") != "true":
            self.press(heading)
            heading.locator("xpath=following-sibling::*[1]").wait_for(state="visible")

    def done(self) -> None:
        browsing.wait_for_state(self.page, browsing.DONE)

    def says(self, words: str) -> None:
        """Wait until the answer has some words in it; until then the page shows an earlier one."""
        self.page.wait_for_function(
            """(words) => document.querySelector('.explorer-answer').innerText
                 .replace(/[\\u00a0\\u202f]/g, ' ').includes(words)""",
            arg=browsing.plain(words),
            timeout=browsing.WAIT,
        )

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Wait until the kernel has heard of what is done; till then the page tells of what was before."""
        count = "document.querySelector('.explorer-foot [data-heard]').dataset.heard"
        before = self.page.evaluate(count)
        yield
        self.page.wait_for_function(f"(before) => {count} !== before", arg=before, timeout=browsing.WAIT)

    def reset(self) -> None:
        with self.heard():
            self.press(self.button("explorer.button.reset"))
        self.says(SV.raw("explorer.sentence.unchanged"))
        self.done()

    def load(self, name: str) -> None:
        """Open a scenario that changes the plan."""
        self.reset()
        self.unfold("file")
        self.page.get_by_label(SV.raw("explorer.file.open"), exact=True).select_option(name)
        with self.heard():
            self.press(self.button("explorer.button.open"))
        self.page.wait_for_selector(f".explorer-foot >> text={name}", timeout=browsing.WAIT)
        self.done()

    def move(self, lever: str, key: str) -> float:
        """Press a key on a lever's handle; return what its box then says."""
        self.handle(lever).wait_for(state="visible")
        before = self.number(lever).input_value()
        with self.heard():
            self.press(self.handle(lever), key)
        self.stands(lever, before, still=False)
        return float(self.number(lever).input_value())

    def stands(self, lever: str, value: str, still: bool = True) -> None:
        """Wait until a lever's box says a value, or says it no longer."""
        self.page.wait_for_function(
            """([lever, value, still]) =>
                 (document.querySelector(`.explorer-lever-${lever} input`).value === value) === still""",
            arg=[lever, value, still],
            timeout=browsing.WAIT,
        )

    def choose(self, choice: str, key: str) -> None:
        """Press a key on a list of choices, and see that another one is chosen."""
        found = self.page.get_by_label(SV.raw(f"explorer.lever.{choice}"), exact=True)
        before = found.input_value()
        with self.heard():
            self.press(found, key)
        assert found.input_value() != before

    def tab(self, key: str, words: Words = SV) -> None:
        self.press(self.page.locator(".explorer-tab", has_text=words.raw(f"explorer.tab.{key}")))
        self.page.wait_for_selector(f"{TABS[key]}:visible", timeout=4 * browsing.WAIT)

    def pictures(self) -> str:
        return str(self.page.inner_html(".explorer-panels"))


@pytest.fixture(scope="module", params=["jupyterlab", "voila"])
def shown(
    request: pytest.FixtureRequest, repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shown]:
    """The notebook, run from top to bottom."""
    name = request.param
    home = tmp_path_factory.mktemp(name)
    folder = home / "scenarios"
    folder.mkdir()
    (folder / "trasig.yaml").write_text("title: [", encoding="utf-8")
    outside: list[str] = []
    wire: deque[str] = deque(maxlen=80)
    with browsing.explorer(
        name, repository, home, (2, RUNS), outside, lambda page: browsing.listen(page, wire)
    ) as page:
        yield Shown(name, page, folder, outside, wire)


def test_pictures_follow_keys_and_the_latest_value_wins(shown, repository):
    page, before = shown.page, shown.pictures()
    browsing.screenshot(page, repository, f"{shown.name}-overview")
    shown.handle("norm").focus()
    start = int(shown.number("norm").input_value())
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    shown.says(f"{start + 12} ")
    shown.done()
    assert shown.number("norm").input_value() == str(start + 12)
    assert shown.pictures() != before


@pytest.mark.parametrize("lever", public.LEVERS, ids=lambda lever: lever.name)
def test_each_lever_moves_by_keyboard_to_what_the_public_functions_give(shown, lever):
    shown.load(public.START)
    shown.unfold("assumed")
    value = 0.0
    for choice, key in lever.first:
        shown.choose(choice, key)
    if lever.key:
        value = shown.move(lever.name, lever.key)
    net, years = public.told(lever, value, RUNS, SV)
    shown.says(net)
    shown.done()
    drawn = browsing.plain(shown.page.locator(".explorer-years svg").get_attribute("aria-label"))
    for year in years:
        assert browsing.plain(year) in drawn
    if lever.in_table:
        shown.tab("assumptions")
        shown.page.wait_for_function(
            """(value) => [...document.querySelectorAll('.explorer-page-assumptions tbody tr')].slice(0, 4)
                 .some((row) => row.cells[1].innerText === value)""",
            arg=SV.plain(value),
            timeout=browsing.WAIT,
        )
        shown.tab("overview")
    if lever.key:
        moved = shown.number(lever.name).input_value()
        with shown.heard():
            shown.press(shown.button("explorer.button.undo"))
        shown.stands(lever.name, moved, still=False)


def test_what_is_not_known_is_drawn_by_keyboard_as_the_public_functions_draw_it(shown, repository):
    shown.load(public.START)
    shown.unfold("assumed")
    chance = shown.said()
    shown.choose("unknown", "ArrowDown")
    interval, shares = public.over_worlds(browsing.DRAWS[-1], SV)
    shown.says(interval)
    browsing.wait_for_state(shown.page, f"Klart, {RUNS} körningar och {browsing.DRAWS[-1]} dragningar")
    assert browsing.plain(f"{shares['chance']} slump") in shown.said()
    drawn = shown.page.locator(".explorer-years svg").get_attribute("aria-label")
    assert SV.raw("explorer.covers.unknown") in drawn
    browsing.screenshot(shown.page, repository, f"{shown.name}-unknown")
    browsing.no_serious_fault(shown.page, ".explorer")
    shown.choose("unknown", "ArrowDown")
    structured, shares = public.over_worlds(browsing.STRUCTURED[-1], SV, structures=True)
    shown.says(structured)
    browsing.wait_for_state(shown.page, f"Klart, {RUNS} körningar och {browsing.STRUCTURED[-1]} dragningar")
    assert browsing.plain(f"{shares['structure']} hur modellen är byggd") in shown.said()
    assert shown.page.locator(".explorer-parts i").count() == len(shares) == 3
    drawn = shown.page.locator(".explorer-years svg").get_attribute("aria-label")
    assert SV.raw("explorer.covers.unknown_structures") in drawn
    browsing.screenshot(shown.page, repository, f"{shown.name}-structures")
    browsing.no_serious_fault(shown.page, ".explorer")
    shown.choose("unknown", "ArrowUp")
    shown.says(interval)
    shown.choose("unknown", "ArrowUp")
    shown.says(chance)
    assert shown.said() == chance


def test_posts_are_typed_and_change_the_picture(shown):
    shown.reset()
    shown.unfold("posts")
    before = shown.said()
    field = shown.page.locator(".explorer-fold + .widget-vbox .explorer-number input").first
    field.focus()
    shown.page.keyboard.press("Control+a")
    shown.page.keyboard.type("5")
    shown.page.keyboard.press("Tab")
    shown.says(SV.name("centres", "innerstaden"))
    shown.done()
    assert shown.said() != before
    shown.press(shown.button("explorer.button.undo"))
    shown.says(SV.raw("explorer.sentence.unchanged"))


def test_work_can_be_stopped(shown):
    shown.press(shown.handle("norm"), "ArrowRight")
    shown.press(shown.button("explorer.button.stop"))
    browsing.wait_for_state(shown.page, SV.raw("explorer.state.stopped"))
    shown.press(shown.handle("norm"), "ArrowLeft")
    shown.done()


def test_a_scenario_is_saved_checked_and_loaded(shown):
    shown.reset()
    assert shown.move("places", "ArrowLeft") == 1950
    shown.unfold("file")
    name = shown.page.get_by_label(SV.raw("explorer.file.name"), exact=True)
    name.focus()
    shown.page.keyboard.type("mitt-val")
    shown.press(shown.button("explorer.button.save"))
    shown.page.wait_for_selector(".explorer-error >> text=mitt-val")
    path = shown.folder / "mitt-val.yaml"
    assert check_files([path])[0] == ()
    assert load_library().resolve(path).scenario.series("levers.outsourcing_places")[0] == 1950.0
    shown.load("mitt-val")
    shown.stands("places", "1950")


def test_an_error_is_a_sentence_with_its_details_folded(shown):
    shown.unfold("file")
    shown.page.get_by_label(SV.raw("explorer.file.open"), exact=True).select_option("trasig")
    shown.press(shown.button("explorer.button.open"))
    shown.page.wait_for_selector(".explorer-error details")
    said = shown.page.inner_text(".explorer-error")
    assert said.startswith(SV.raw("explorer.error.input"))
    assert "Traceback" not in said
    assert not shown.page.locator(".explorer-error pre").is_visible()
    shown.reset()
    shown.page.locator(".explorer-error").wait_for(state="detached")


def test_every_tab_opens_by_keyboard(shown, repository):
    shown.move("norm", "ArrowLeft")
    shown.says("49 ")
    shown.done()
    height = shown.page.evaluate(HEIGHT)
    for tab in reversed(TABS):
        shown.tab(tab)
        browsing.screenshot(shown.page, repository, f"{shown.name}-{tab}")
        assert shown.page.evaluate(HEIGHT) == height, tab
        browsing.no_serious_fault(shown.page, ".explorer")
    shown.reset()


def test_nothing_is_asked_of_other_machines_and_axe_finds_no_serious_fault(shown):
    browsing.no_serious_fault(shown.page, ".explorer")
    assert shown.outside == []
    if shown.name == "voila":
        browsing.no_serious_fault(shown.page)
        assert shown.page.evaluate("document.documentElement.lang") == "sv"


def test_the_language_changes_at_a_switch(shown, repository):
    shown.reset()
    shown.unfold("look")
    shown.page.get_by_label(SV.raw("explorer.lever.language"), exact=True).select_option(
        EN.raw("language.name")
    )
    shown.page.wait_for_function(
        "(words) => document.querySelector('.explorer-sentence')?.innerText === words",
        arg=EN.raw("explorer.sentence.unchanged"),
        timeout=browsing.WAIT,
    )
    shown.page.wait_for_selector(".explorer[lang=en]")
    page_too = shown.name == "voila"  # JupyterLab's own page is not ours
    if page_too:
        shown.page.wait_for_selector("html[lang=en]")
    shown.move("norm", "ArrowLeft")
    shown.says("49 ")
    for tab in reversed(TABS):
        shown.tab(tab, EN)
        browsing.screenshot(shown.page, repository, f"{shown.name}-english-{tab}")
        browsing.no_serious_fault(shown.page, "" if page_too else ".explorer")
