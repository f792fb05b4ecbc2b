"""The file itself: all crossings packed into one page, with the first one readable without any script."""

from __future__ import annotations

import base64
import gzip
import json
import os
import tempfile
from dataclasses import dataclass
from datetime import date
from html import escape
from importlib.metadata import version
from pathlib import Path

from sim.experiment.store import Store
from sim.explorer.file.compute import GRID, Cube, Progress, compute
from sim.explorer.file.content import crossing, labels, with_ends
from sim.explorer.grid import Grid
from sim.explorer.view import CSS
from sim.parameters import Library
from sim.words import Name, Trace, Words, exact, languages

HERE = Path(__file__).parent
FIRST_NORM = 40.0
"""Where the caseload stands when the file is opened."""

TEXTS = (
    "title",
    "lead",
    "norm",
    "share",
    "elasticity",
    "language",
    "reset",
    "link",
    "bad_link",
    "old_browser",
)


@dataclass(frozen=True)
class Produced:
    """The file that was written.

    Attributes
    ----------
    path : Path
    size : int
        Bytes.
    """

    path: Path
    size: int


def produce(
    library: Library,
    path: Path,
    runs: int,
    seed: int,
    day: date,
    first_language: str = "sv",
    jobs: int | None = None,
    store: Store | None = None,
    progress: Progress | None = None,
    grid: Grid = GRID,
) -> Produced:
    """Compute every crossing and write the file, whole or not at all.

    Parameters
    ----------
    library : Library
    path : Path
        The file; its folder is made.
    runs, seed : int
    day : date
        Told in the file.
    first_language : str
        In which it opens.
    jobs : int, optional
    store : Store, optional
    progress : callable, optional
    grid : Grid
    """
    cube = compute(library, runs, seed, jobs, store, progress, grid)
    text = page(cube, runs, seed, day, first_language).encode("utf-8")
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=path.parent) as shelter:
        new = Path(shelter) / path.name
        new.write_bytes(text)
        os.replace(new, path)
    return Produced(path, len(text))


def page(cube: Cube, runs: int, seed: int, day: date, first_language: str) -> str:
    """Return the page's text; the same numbers give the same text."""
    tongues = (first_language, *(one for one in languages() if one != first_language))
    stops = len(cube.elasticities), len(cube.grid.shares), len(cube.grid.norms)
    first = (
        cube.elasticities.index(cube.plan.settings.elasticity),
        cube.grid.shares.index(None),
        cube.grid.norms.index(FIRST_NORM),
    )
    packed: dict[str, object] = {}
    texts = {}
    for tongue in tongues:
        words = Words(tongue)
        packed[tongue] = [
            [
                [crossing(with_ends(cube, e, s, n), cube.plan, words) for n in range(stops[2])]
                for s in range(stops[1])
            ]
            for e in range(stops[0])
        ]
        texts[tongue] = {
            **{name: words.raw(f"explorer_file.{name}") for name in TEXTS},
            "html": words.raw("language.html"),
            "name": words.raw("language.name"),
            "labels": labels(cube, words),
            "foot": _foot(words, runs, seed, day),
        }
    words = Words(first_language)
    shown = crossing(with_ends(cube, *first), cube.plan, words)
    # no time and no name in the archive: the same content is the same file
    content = gzip.compress(json.dumps(packed, ensure_ascii=False).encode("utf-8"), 9, mtime=0)
    values = {
        "html": words.raw("language.html"),
        "title": escape(words.raw("explorer_file.title")),
        "style": CSS.read_text(encoding="utf-8") + (HERE / "file.css").read_text(encoding="utf-8"),
        "script": (HERE / "file.js").read_text(encoding="utf-8"),
        "shown": shown,
        "lead": escape(words.raw("explorer_file.lead")),
        "foot": escape(_foot(words, runs, seed, day)),
        "noscript": escape(words.raw("explorer_file.noscript")),
        "texts": _for_script({"first": first, "tongues": tongues, "texts": texts}),
        "packed": base64.b64encode(content).decode("ascii"),
    }
    text = (HERE / "file.html").read_text(encoding="utf-8")
    for name, value in values.items():
        text = text.replace(f"<!--{name}-->", value)
    return text


def _foot(words: Words, runs: int, seed: int, day: date) -> str:
    """Return how the numbers were made."""
    made = exact(float(runs), "runs", Trace(manifest="runs"))
    by = Name(version("jobbtorg-simulator"))
    return str(words.text("explorer_file.foot", runs=made, seed=Name(str(seed)), version=by, day=day))


def _for_script(data: object) -> str:
    """Return data that can stand inside a script element."""
    return json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
