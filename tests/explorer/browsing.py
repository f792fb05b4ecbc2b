"""What the tests in a real browser share: a browser, servers on this machine, what they ask a page."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sim.words import Words

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
SIZE = {"width": 1280, "height": 800}
WAIT = 120_000
"""Milliseconds that anything may take on a busy machine."""

AIMS = (150, 300)
"""Milliseconds from a key to a painted picture: the median, and the 95th percentile."""

COMPILING = 600_000
"""Milliseconds until the first picture, when the engine has to be compiled first."""

DRAWS = (2, 3)
"""Draws of an ensemble behind each picture."""

STRUCTURED = (2,)
"""Draws when the model is built in other ways too."""

AT_HOME = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:", "file:", "about:")

DONE = Words("sv").raw("explorer.state.done").partition(",")[0]
KERNEL_IS_IDLE = """() => {
  const widget = window.jupyterapp && window.jupyterapp.shell.currentWidget;
  const session = widget && widget.sessionContext && widget.sessionContext.session;
  return session && session.kernel && session.kernel.status === 'idle';
}"""

# from a key to the first picture that differs, painted, told by the page itself
WATCH = """() => {
  window.pictures = [];
  const painted = () => setTimeout(() => window.pictures.push(performance.now()));
  new MutationObserver(() => requestAnimationFrame(painted))
    .observe(document.querySelector('.explorer-panels'), {childList: true, subtree: true});
  document.addEventListener('keydown', () => { window.pressed = performance.now(); }, true);
}"""

# milliseconds from the key to the first picture after it; asked for once, since a page that forbids `eval`
# lets nobody ask again and again from outside
PAINTED = """(patience) => new Promise((resolve, reject) => {
  const look = () => {
    if (window.pictures.length > 0) resolve(window.pictures[0] - window.pressed);
    else if (performance.now() - window.pressed > patience) reject(new Error('no picture followed the key'));
    else setTimeout(look, 5);
  };
  look();
})"""


@dataclass(frozen=True)
class Server:
    """A running JupyterLab or Voilà."""

    port: int
    token: str
    log: Path

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/{path}?token={self.token}"


def missing(what: str) -> None:
    """Leave the test out where a user's machine lacks something; the project's own machine has it."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is not installed, and the browser tests are required here.")
    pytest.skip(f"{what} is not installed; the browser tests are left out.")


@contextmanager
def browser() -> Iterator[Any]:
    """Start Chromium."""
    program = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if program is None:
        missing("Chromium")
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - an extra that users may lack
    except ImportError:
        missing("Playwright")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield found
        found.close()


def watched(browser: Any, outside: list[str]) -> Any:
    """Open a page that notes every address it asks for outside this machine."""
    page = browser.new_page(viewport=SIZE)
    page.set_default_timeout(WAIT)
    page.set_default_navigation_timeout(COMPILING)  # Voilà's page comes when its notebook has been run
    page.on(
        "request", lambda request: None if request.url.startswith(AT_HOME) else outside.append(request.url)
    )
    return page


def listen(page: Any, heard: deque[str]) -> None:
    """Note what the page complains of, and what goes to and from its kernel."""

    def note(what: str) -> Callable[[Any], None]:
        return lambda frame: heard.append(f"{time.monotonic():.3f} {what} {_shortly(frame)}")

    def wire(socket: Any) -> None:
        socket.on("framesent", note("to"))
        socket.on("framereceived", note("from"))
        socket.on("close", note("closed"))

    page.on("websocket", wire)
    page.on("console", lambda message: note("console")(message.text))
    page.on("pageerror", note("error"))


def _shortly(frame: Any) -> str:
    """Return what a message of Jupyter's is and says, without its headers' long keys."""
    text = frame.decode("utf-8", "replace") if isinstance(frame, bytes) else str(frame)
    kind = re.search(r'"msg_type": ?"(\w+)"', text)
    said = text.rfind('"data"') if kind and kind[1].startswith("comm") else text.rfind('"execution_state"')
    return f"{kind[1] if kind else ''} {text[max(said, 0) :][:160]!r}"


def account(page: Any, heard: Iterable[str]) -> str:
    """Return what a page shows and has been told, for whoever reads of a test that failed."""
    shows = {
        name: page.locator(f".explorer-{name}").first.inner_html(timeout=1000)[:500]
        for name in ("message", "foot")
    }
    shows["has the focus"] = page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
    return "\n".join([*(f"{name}: {markup}" for name, markup in shows.items()), *heard])


@contextmanager
def serving(
    command: Sequence[str], repository: Path, log: Path, token: str, **environment: str
) -> Iterator[Server]:
    """Run a server on a free port until the test is over."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server(port, token, log)
    with log.open("w", encoding="utf-8") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", *command, f"--port={port}"],
            stdout=stream,
            stderr=stream,
            cwd=repository,
            env={**os.environ, "JUPYTER_PREFER_ENV_PATH": "1", **environment},
        )
        try:
            _answers(server)
            yield server
        finally:
            process.terminate()
            process.wait(30)


def _answers(server: Server) -> None:
    for _ in range(240):
        try:
            with urllib.request.urlopen(server.address("api/status")):
                return
        except urllib.error.HTTPError:
            return  # it speaks, and that is all that is asked
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.5)
    pytest.fail(f"The server did not start within two minutes: {server.log.read_text(encoding='utf-8')}")


def token() -> str:
    return secrets.token_hex(16)


def wait_for_state(page: Any, words: str, patience: int = WAIT) -> None:
    """Wait until the foot of the page begins so."""
    page.wait_for_function(
        """(words) => document.querySelector('.explorer-foot b')?.innerText
             .replace(/[\\u00a0\\u202f]/g, ' ').startsWith(words)""",
        arg=plain(words),
        timeout=patience,
    )


def latencies(page: Any, handle: Any, key: str, times: int, pause: float) -> list[float]:
    """Press a key on a slider's handle some times; return milliseconds from key to painted picture."""
    found = []
    handle.focus()
    for _ in range(times):
        page.evaluate("window.pictures = []")
        page.keyboard.press(key)
        found.append(float(page.evaluate(PAINTED, WAIT)))
        page.wait_for_timeout(1000 * pause)
    return found


def told(name: str, values: Sequence[float]) -> None:
    """Print how long it took, beside what is aimed at: it hangs on the machine, so it fails nothing."""
    ordered = sorted(values)
    late = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    middle = statistics.median(values)
    print(
        f"{name}: median {middle:.0f} ms (aim {AIMS[0]}), 95th percentile {late:.0f} ms (aim {AIMS[1]}), "
        f"{len(values)} keys"
    )


def plain(text: str) -> str:
    """Return text with usual spaces."""
    return text.replace("\xa0", " ").replace("\u202f", " ")


def screenshot(page: Any, repository: Path, name: str) -> None:
    """Write a picture of the page for people to look at."""
    folder = repository / "outputs" / "explorer"
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png")


@contextmanager
def explorer(
    name: str,
    repository: Path,
    home: Path,
    batches: Sequence[int],
    outside: list[str],
    before: Callable[[Any], None] = lambda _: None,
) -> Iterator[Any]:
    """Open the notebook in JupyterLab or as a Voilà page and run it; its scenarios lie in `home`.

    The page is given to `before` when it is still empty.
    """
    notebook(repository, home, batches, home / "scenarios")
    key = token()
    started, environment = command(name, repository, home, key)
    with ExitStack() as stack:
        server = stack.enter_context(serving(started, repository, home / "server.log", key, **environment))
        page = watched(stack.enter_context(browser()), outside)
        before(page)
        if name == "jupyterlab":
            page.goto(server.address("doc/tree/explorer.ipynb") + "&reset")
            page.wait_for_function(KERNEL_IS_IDLE)
            page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
        else:
            page.goto(server.address(""))
        wait_for_state(page, DONE, COMPILING)
        page.evaluate("document.querySelector('.explorer').scrollIntoView()")
        yield page


def notebook(repository: Path, home: Path, batches: Sequence[int], folder: Path) -> None:
    """Copy the explorer's notebook, with other runs and its scenarios in a folder of the test's."""
    found = json.loads((repository / "notebooks" / "explorer.ipynb").read_text(encoding="utf-8"))
    found["cells"][1]["source"].append(f"\nbatches = {tuple(batches)}")
    source = "".join(found["cells"][2]["source"])
    assert "batches=batches" in source
    drawn = f"draws={DRAWS}, structured={STRUCTURED}"
    more = f"batches=batches, {drawn}, store=None, folder=pathlib.Path({str(folder)!r})"
    found["cells"][2]["source"] = "import pathlib\n" + source.replace("batches=batches", more)
    (home / "explorer.ipynb").write_text(json.dumps(found), encoding="utf-8")


def command(name: str, repository: Path, home: Path, token: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return how JupyterLab or Voilà is started, as `make explore` and `make app` do, and its environment."""
    if name == "jupyterlab":
        return (
            *("jupyter", "lab", "--no-browser", "--allow-root", "--ip=127.0.0.1"),
            *(f"--IdentityProvider.token={token}", f"--notebook-dir={home}"),
            *("--LabApp.expose_app_in_browser=True", "--LabApp.news_url=None"),
        ), {"JUPYTER_CONFIG_PATH": str(repository / "sim" / "explorer" / "lab")}
    return (
        *("voila", str(home / "explorer.ipynb"), "--no-browser", "--Voila.ip=127.0.0.1"),
        *(f"--Voila.token={token}", "--template=jobbtorg", "--HTMLExporter.language_code=sv"),
    ), {"JUPYTER_PATH": str(repository / "sim" / "explorer" / "voila")}


def no_serious_fault(page: Any, part: str = "") -> None:
    """Ask axe-core what is wrong with the page, or with a part of it."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - an extra that users may lack

    found = Axe().run(page, context=part or None).response["violations"]
    serious = {
        fault["id"]: [node["html"][:200] for node in fault["nodes"]]
        for fault in found
        if fault["impact"] in ("serious", "critical")
    }
    assert serious == {}
