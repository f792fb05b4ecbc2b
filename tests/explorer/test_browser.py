"""The explorer in JupyterLab and a real browser: a lever moved by keyboard changes sentence and figures."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sim.experiment.differences import difference
from sim.experiment.run import run_scenarios
from sim.parameters import load_library
from sim.words import Interval, Quantity, Trace, Words

pytestmark = pytest.mark.browser

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]
RUNS = 4
WAIT = 90_000
KERNEL_IS_IDLE = """() => {
  const widget = window.jupyterapp && window.jupyterapp.shell.currentWidget;
  const session = widget && widget.sessionContext && widget.sessionContext.session;
  return session && session.kernel && session.kernel.status === 'idle';
}"""
# from a key to the first picture that differs, told by the page itself
WATCH = """() => {
  window.pictures = [];
  new MutationObserver(() => window.pictures.push(performance.now()))
    .observe(document.querySelector('.explorer-panels'), {childList: true, subtree: true});
  document.addEventListener('keydown', () => { window.pressed = performance.now(); }, true);
}"""


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab."""

    port: int
    token: str

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/{path}?token={self.token}"


def missing(what: str) -> None:
    """Leave the test out where a user's machine lacks something; the project's own machine has it."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is not installed, and the browser tests are required here.")
    pytest.skip(f"{what} is not installed; the browser tests are left out.")


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    program = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if program is None:
        missing("Chromium")
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - an extra that users may lack
    except ImportError:
        missing("Playwright")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser.new_page(viewport={"width": 1280, "height": 800})
        browser.close()


@pytest.fixture(scope="module")
def lab(page: Any, repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    home = tmp_path_factory.mktemp("lab")
    notebook = json.loads((repository / "notebooks" / "explorer.ipynb").read_text(encoding="utf-8"))
    notebook["cells"][1]["source"].append(f"\nbatches = (2, {RUNS})")
    (home / "explorer.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    found = Lab(port, secrets.token_hex(16))
    with (home / "lab.log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", "--ip=127.0.0.1"),
                *(f"--port={port}", f"--IdentityProvider.token={found.token}", f"--notebook-dir={home}"),
                "--LabApp.expose_app_in_browser=True",
            ],
            stdout=log,
            stderr=log,
            cwd=repository,
            env={**os.environ, "JUPYTER_PREFER_ENV_PATH": "1"},
        )
        try:
            answers(found)
            yield found
        finally:
            server.terminate()
            server.wait(30)


def answers(lab: Lab) -> None:
    """Wait until the server answers."""
    for _ in range(120):
        try:
            with urllib.request.urlopen(lab.address("api/status")):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.5)
    pytest.fail("JupyterLab did not start within a minute.")


def test_a_key_moves_sentence_and_figures_to_what_the_public_functions_give(lab, page, repository):
    page.goto(lab.address("doc/tree/explorer.ipynb") + "&reset")
    page.wait_for_function(KERNEL_IS_IDLE, timeout=WAIT)
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
    words = Words("sv")
    done = words.raw("explorer.state.done").partition(",")[0]
    page.wait_for_function(
        f"document.querySelector('.explorer-foot b')?.innerText.startsWith('{done}')", timeout=WAIT
    )
    page.evaluate("document.querySelector('.explorer').scrollIntoView()")
    pictures = page.inner_html(".explorer-panels")
    page.evaluate(WATCH)
    page.locator(".explorer-slider .noUi-handle").first.focus()
    latencies = []
    for _ in range(8):
        page.evaluate("window.pictures = []")
        page.keyboard.press("ArrowRight")
        page.wait_for_function("window.pictures.length > 0", timeout=WAIT)
        latencies.append(page.evaluate("window.pictures[0] - window.pressed"))
    print(f"key to picture: median {statistics.median(latencies):.0f} ms, longest {max(latencies):.0f} ms")
    page.wait_for_function(
        f"document.querySelector('.explorer-foot b').innerText.startsWith('{done}')", timeout=WAIT
    )
    assert page.inner_html(".explorer-panels") != pictures

    library = load_library()
    other = library.resolve("caseload-40", ("levers.caseload_norm=48",)).scenario
    results = run_scenarios((library.resolve("caseload-50").scenario, other), RUNS, seed=2008)
    found = difference(results, "caseload-50", "caseload-40", "net_cost")
    trace = Trace("net_cost", "other", "base", "total")
    net = Quantity(found.mean, "MSEK", trace, Interval(found.lower, found.upper))
    assert words.quantity(net, "signed_interval").replace("\xa0", " ") in page.inner_text(
        ".explorer-beside"
    ).replace("\xa0", " ")
    assert page.locator(".explorer-number input").first.input_value() == "48"
    outputs = repository / "outputs" / "explorer"
    outputs.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=outputs / "jupyterlab.png")
