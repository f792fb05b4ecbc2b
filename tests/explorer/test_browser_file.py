"""The committee's file in a real browser, from the disk: no server, no network, everything by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from sim.explorer.answer import answer
from sim.explorer.file.compute import Cube, compute
from sim.explorer.file.content import with_ends
from sim.explorer.file.produce import page as written
from sim.explorer.grid import Grid
from sim.explorer.sentence import sentence, view_of
from sim.parameters import load_library
from sim.words import Words
from tests.explorer import browsing

pytestmark = pytest.mark.browser

GRID = Grid((40.0, 50.0, 60.0), (0.0, None))
RUNS, SEED = 2, 2008


@pytest.fixture(scope="module")
def cube() -> Cube:
    return compute(load_library(), RUNS, SEED, grid=GRID)


@pytest.fixture(scope="module")
def address(cube: Cube, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("stick") / "utforskare.html"
    path.write_text(written(cube, RUNS, SEED, date(2026, 1, 2), "sv"), encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def opened(address: str) -> Iterator[tuple[Any, list[str]]]:
    outside: list[str] = []
    with browsing.browser() as browser:
        page = browsing.watched(browser, outside)
        page.context.set_offline(True)
        page.goto(address)
        page.wait_for_selector("#levers:not([hidden])")
        yield page, outside


def said(cube: Cube, language: str, *at: int) -> str:
    """Return the sentence that the explorer has for the same runs."""
    words = Words(language)
    view = view_of("all", "all", {}, words)
    return browsing.plain(str(sentence(answer(with_ends(cube, *at)), cube.plan.settings, words, view)))


def test_each_lever_moves_by_keyboard_to_what_the_public_functions_give(opened, cube, repository):
    page, outside = opened

    def shown() -> str:
        return browsing.plain(page.inner_text(".explorer-sentence"))

    assert shown() == said(cube, "sv", 1, 1, 0)
    page.evaluate(browsing.WATCH.replace(".explorer-panels", "#shown"))
    times = browsing.latencies(page, page.locator("#norm"), "ArrowRight", 2, 0.0)
    browsing.told("file, key to painted picture", times)
    assert shown() == said(cube, "sv", 1, 1, 2)
    for lever, key, at in (("share", "ArrowLeft", (1, 0, 2)), ("elasticity", "ArrowRight", (2, 0, 2))):
        picture = page.inner_html("#shown")
        page.locator(f"#{lever}").focus()
        page.keyboard.press(key)
        assert shown() == said(cube, "sv", *at)
        assert page.inner_html("#shown") != picture
    browsing.screenshot(page, repository, "file")
    page.locator("#reset").focus()
    page.keyboard.press("Enter")
    assert shown() == said(cube, "sv", 1, 1, 0)
    assert outside == []


def test_what_is_shown_is_kept_in_the_address(opened, cube, address):
    page, _ = opened
    page.locator("#norm").focus()
    page.keyboard.press("ArrowRight")
    kept = page.url
    assert kept != address
    page.goto("about:blank")
    page.goto(kept)
    page.wait_for_selector("#levers:not([hidden])")
    assert browsing.plain(page.inner_text(".explorer-sentence")) == said(cube, "sv", 1, 1, 1)


def test_an_address_that_the_file_does_not_hold_is_told(opened, cube, address):
    page, _ = opened
    page.goto("about:blank")
    page.goto(f"{address}#sv,1,1,99")
    page.wait_for_selector("#message:not([hidden])")
    assert page.inner_text("#message") == Words("sv").raw("explorer_file.bad_link")
    assert browsing.plain(page.inner_text(".explorer-sentence")) == said(cube, "sv", 1, 1, 0)


def test_the_language_changes_at_a_switch(opened, cube):
    page, _ = opened
    page.locator("#language").select_option("en")
    assert browsing.plain(page.inner_text(".explorer-sentence")) == said(cube, "en", 1, 1, 0)
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.inner_text("label[for=norm]") == Words("en").raw("explorer_file.norm")


def test_axe_finds_no_serious_fault(opened):
    page, _ = opened
    page.context.set_offline(False)
    for language in ("sv", "en"):
        page.locator("#language").select_option(language)
        browsing.no_serious_fault(page)


def test_it_prints_on_two_pages_at_most(opened, repository):
    page, _ = opened
    path = repository / "outputs" / "explorer" / "file-printed.pdf"
    path.parent.mkdir(parents=True, exist_ok=True)
    page.pdf(path=path, prefer_css_page_size=True, print_background=True)
    assert path.read_bytes().count(b"/Type /Page\n") <= 2


def test_without_a_script_the_start_is_shown(address, cube):
    with browsing.browser() as browser:
        page = browser.new_context(java_script_enabled=False).new_page()
        page.goto(address)
        assert browsing.plain(page.text_content(".explorer-sentence") or "") == said(cube, "sv", 1, 1, 0)
        assert Words("sv").raw("explorer_file.noscript") in (page.text_content("body") or "")
