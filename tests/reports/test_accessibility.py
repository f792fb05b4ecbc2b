"""The page on screen, held against the rules of WCAG by axe-core in a real browser."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from sim.reports.committee import compose, gather
from sim.reports.html import write_html
from sim.words import Words
from tests.explorer.browsing import browser
from tests.reports import synthetic


@pytest.mark.browser
@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_page_has_no_fault_that_keeps_somebody_out(language, tmp_path):
    data = gather(synthetic.library(), synthetic.spec(), "options", synthetic.study(), synthetic.findings())
    page = tmp_path / "report.html"
    page.write_text(write_html(compose(data, language), Words(language)), encoding="utf-8")
    with browser() as chromium:
        shown = chromium.new_page(bypass_csp=True)  # the page lets no script in, not even the one that checks
        shown.goto(page.as_uri())
        found = Axe().run(shown)
    serious = [
        (fault["id"], [node["html"][:200] for node in fault["nodes"]])
        for fault in found.response["violations"]
        if fault["impact"] in ("serious", "critical")
    ]
    assert serious == []


@pytest.mark.browser
def test_a_click_on_a_number_leads_to_its_measure_then_to_the_run_the_assumptions_and_their_sources(tmp_path):
    data = gather(synthetic.library(), synthetic.spec(), "options", synthetic.study(), synthetic.findings())
    page = tmp_path / "report.html"
    page.write_text(write_html(compose(data, "en"), Words("en")), encoding="utf-8")
    with browser() as chromium:
        shown = chromium.new_page()
        shown.goto(page.as_uri())
        for number in (shown.locator('p.answer a[href^="#measure-"]'), shown.locator("#main .front td a.t")):
            number.first.click()
            assert shown.locator("tr:target td").count() == 3  # its unit, definition and equation
            measures = shown.locator('section[aria-labelledby="measures"]')
            measures.get_by_role("link", name="the facts about the run").first.click()
            assert shown.evaluate("location.hash") == "#manifest"
            measures.get_by_role("link", name="assumptions and sources").first.click()
            assert shown.evaluate("location.hash") == "#assumptions"
        shown.locator('p a[href="#parameter-levers.caseload_norm"]').first.click()
        shown.locator('tr:target a[href^="#source-"]').first.click()
        assert "DET2007" in shown.locator("tr:target").inner_text()
