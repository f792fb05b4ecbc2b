"""The explorer in JupyterLab and a real browser: a lever moved by keyboard changes sentence and figures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.experiment.differences import difference
from sim.experiment.run import run_scenarios
from sim.parameters import load_library
from sim.words import Interval, Quantity, Trace, Words
from tests.explorer import browsing

pytestmark = pytest.mark.browser

RUNS = 4
KERNEL_IS_IDLE = """() => {
  const widget = window.jupyterapp && window.jupyterapp.shell.currentWidget;
  const session = widget && widget.sessionContext && widget.sessionContext.session;
  return session && session.kernel && session.kernel.status === 'idle';
}"""
DONE = Words("sv").raw("explorer.state.done").partition(",")[0]


@pytest.fixture(scope="module")
def lab(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[browsing.Server]:
    home = tmp_path_factory.mktemp("lab")
    browsing.notebook(repository, home, f"batches = (2, {RUNS})")
    token = browsing.token()
    command = (
        *("jupyter", "lab", "--no-browser", "--allow-root", "--ip=127.0.0.1"),
        *(f"--IdentityProvider.token={token}", f"--notebook-dir={home}"),
        *("--LabApp.expose_app_in_browser=True", "--LabApp.news_url=None"),
    )
    with browsing.serving(command, repository, home / "lab.log", token) as server:
        yield server


@pytest.fixture(scope="module")
def page(lab: browsing.Server) -> Iterator[Any]:
    """The notebook, run from top to bottom, and its page."""
    with browsing.browser() as browser:
        page = browsing.watched(browser, [])
        page.goto(lab.address("doc/tree/explorer.ipynb") + "&reset")
        page.wait_for_function(KERNEL_IS_IDLE, timeout=browsing.WAIT)
        page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
        browsing.wait_for_state(page, DONE)
        page.evaluate("document.querySelector('.explorer').scrollIntoView()")
        yield page


def test_a_key_moves_sentence_and_figures_to_what_the_public_functions_give(page, repository):
    pictures = page.inner_html(".explorer-panels")
    page.evaluate(browsing.WATCH)
    handle = page.locator(".explorer-lever-norm .noUi-handle")
    browsing.told("key to picture", browsing.latencies(page, handle, "ArrowRight", 8, 0.0))
    browsing.wait_for_state(page, DONE)
    assert page.inner_html(".explorer-panels") != pictures
    assert page.locator(".explorer-lever-norm input").input_value() == "48"

    library = load_library()
    other = library.resolve("caseload-40", ("levers.caseload_norm=48",)).scenario
    results = run_scenarios((library.resolve("caseload-50").scenario, other), RUNS, seed=2008)
    found = difference(results, "caseload-50", "caseload-40", "net_cost")
    trace = Trace("net_cost", "other", "base", "total")
    net = Quantity(found.mean, "MSEK", trace, Interval(found.lower, found.upper))
    said = browsing.plain(page.inner_text(".explorer-answer"))
    assert browsing.plain(Words("sv").quantity(net, "signed_interval")) in said
    browsing.screenshot(page, repository, "jupyterlab")
