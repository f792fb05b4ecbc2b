"""The store of runs as the command line uses it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from sim import places
from sim.cli.errors import PARTLY, say, sentences
from sim.cli.screen import Screen
from sim.experiment.errors import ExperimentError
from sim.experiment.store import Store


def store_folder() -> Path:
    """Where runs are kept."""
    return places.OUTPUTS / "store"


def open_store(screen: Screen, wanted: bool = True) -> Store | None:
    """The store, which says in the reader's language what it passes over; None where it is not wanted."""

    def tell(error: ExperimentError) -> None:
        for sentence in sentences(error, screen.words):
            screen.complain(sentence)

    return Store(store_folder(), tell) if wanted else None


@contextmanager
def usable_when_interrupted(screen: Screen, store: Store | None) -> Iterator[None]:
    """When Ctrl-C comes after some runs were kept, say so, and end with 3."""
    try:
        yield
    except KeyboardInterrupt:
        if store is None or not store.written_runs:
            raise
        screen.complain(say(screen.words, "errors.interrupted-kept", runs=store.written_runs))
        raise typer.Exit(PARTLY) from None
