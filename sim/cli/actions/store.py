"""The runs that are kept: list, show, remove."""

from __future__ import annotations

import json
import time
from datetime import date

import typer

from sim.cli.errors import FAILED
from sim.cli.screen import Screen
from sim.cli.storing import open_store, store_folder
from sim.experiment.run import CODE
from sim.experiment.store import Kept, made_by_other_code, older_than
from sim.words import Words

COLUMNS = ("key", "scenario", "seed", "runs", "size", "usable", "used")
SHORT_KEY = 12
"""Characters of a key in a table: enough to tell keys apart."""

MEGABYTE = 1e6


def show_all(screen: Screen) -> None:
    """A line for each key."""
    store = open_store(screen)
    assert store is not None
    words = screen.words
    found = sorted(store.kept(), key=lambda kept: (str(kept.what.get("scenario", "")), kept.key))
    if not found:
        screen.say("store.empty", folder=store_folder())
        return
    head = [words.raw(f"cli.store.{column}") for column in COLUMNS]
    screen.table("", head, (_row(kept, words) for kept in found), numbers_from=3)
    runs, size = sum(len(kept.runs) for kept in found), sum(kept.size for kept in found)
    screen.say("store.total", runs=words.plain(runs), size=_megabytes(size, words), folder=store_folder())


def show(screen: Screen, beginning: str) -> None:
    """What one key stands for, and whether its runs are whole."""
    store = open_store(screen)
    assert store is not None
    kept = store.find(beginning)
    screen.line(kept.key)
    screen.line(json.dumps(dict(kept.what), ensure_ascii=False, indent=1))
    broken = store.broken(kept.key)
    for file in broken:
        screen.say("store.broken", file=file)
    if broken:
        raise typer.Exit(FAILED)
    screen.say("store.sound", runs=screen.words.plain(len(kept.runs)))


def prune(screen: Screen, older: float | None, everything: bool) -> None:
    """Remove what today's code can't use; also what is old, or all."""
    store = open_store(screen)
    assert store is not None
    useless = made_by_other_code(CODE)
    old = (lambda _: False) if older is None else older_than(older, time.time())
    runs, size = store.prune(lambda kept: everything or useless(kept) or old(kept))
    screen.say("store.pruned", runs=screen.words.plain(runs), size=_megabytes(size, screen.words))


def _row(kept: Kept, words: Words) -> list[str]:
    usable = kept.what.get("code") == CODE
    return [
        kept.key[:SHORT_KEY],
        str(kept.what.get("scenario", "")),
        str(kept.what.get("seed", "")),
        words.plain(len(kept.runs)),
        _megabytes(kept.size, words),
        words.raw(f"cli.store.{'yes' if usable else 'no'}"),
        words.date(date.fromtimestamp(kept.used)),
    ]


def _megabytes(size: int, words: Words) -> str:
    return words.plain(round(size / MEGABYTE, 1))
