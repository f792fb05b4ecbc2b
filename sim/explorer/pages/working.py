"""A page that computes something of its own, step by step, and gives way when a lever moves."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from html import escape
from typing import Any, Generic, TypeVar

import ipywidgets as widgets

from sim.explorer.pages.page import Room
from sim.explorer.parts import html, put
from sim.explorer.runs import Compared
from sim.explorer.session import Session
from sim.explorer.state import State

Asked = TypeVar("Asked")
Found = TypeVar("Found")


class Working(ABC, Generic[Asked, Found]):
    """A page with work of its own, begun when the overview's last picture is there.

    Parameters
    ----------
    room : Room
    steps : sequence of int
        Runs behind each picture in turn.
    controls : sequence of widget
        Above the picture.

    Attributes
    ----------
    root : VBox
    picture : HTML
    """

    def __init__(self, room: Room, steps: Sequence[int], controls: Sequence[Any] = ()) -> None:
        self._room = room
        self._words = room.words
        self._asked: Asked | None = None
        self._session: Session[Asked, int, Found] = Session(self._compute, self._found, room.fail, steps)
        self.picture = html("", "explorer-page-picture")
        bar = widgets.HBox(list(controls))
        bar.add_class("explorer-controls")
        self.root = widgets.VBox([bar, self.picture] if controls else [self.picture])

    @abstractmethod
    def _question(self, compared: Compared, state: State) -> Asked:
        """Return what is asked for; the same question is not worked on twice."""

    @abstractmethod
    async def _compute(self, asked: Asked, runs: int) -> Found:
        """Return the answer from so many runs."""

    @abstractmethod
    def _found(self, found: Found, last: bool) -> None:
        """Show an answer."""

    def show(self, compared: Compared, state: State, preview: bool, last: bool) -> None:
        """Ask, once the overview has what it needs."""
        if last:
            try:
                question = self._question(compared, state)
            except Exception as error:  # whatever it is, it is told and the page stays as it was
                self._room.fail(error)
                return
            self._ask(question)
        elif self._asked is None:
            self._say("explorer_pages.waiting")

    def _ask(self, asked: Asked) -> None:
        if asked == self._asked:
            return
        self._asked = asked
        if not self.picture.value:
            self._say("explorer_pages.waiting")
        self._session.ask(asked)

    def _say(self, key: str) -> None:
        put(self.picture, f'<p class="explorer-note">{escape(self._words.raw(key))}</p>')

    def stop(self) -> None:
        """Give the machine to the preview; what is shown stays until there is something newer."""
        self._session.stop()
        self._asked = None

    def offer(self, scenarios: tuple[str, ...]) -> None:
        """Most pages offer none."""

    async def settled(self) -> None:
        """Wait for the last picture."""
        await self._session.settled()

    def close(self) -> None:
        """Stop for good."""
        self._session.close()
