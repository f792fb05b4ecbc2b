"""What every page can do, and what it is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from sim.explorer.rail import Names
from sim.explorer.runs import Compared, Workshop
from sim.explorer.state import Settings, State
from sim.words import Words


@dataclass(frozen=True)
class Room:
    """What a page works with.

    Attributes
    ----------
    words : Words
    workshop : Workshop
    names : Names
    load : callable
        From the name of a scenario to its settings; raises as `sim.explorer.files.load`.
    fail : callable
        Told of every exception.
    """

    words: Words
    workshop: Workshop
    names: Names
    load: Callable[[str], Settings]
    fail: Callable[[Exception], None]


class Page(Protocol):
    """A tab's content."""

    root: Any

    def show(self, compared: Compared, state: State, preview: bool, last: bool) -> None:
        """Show a comparison; called only while the page is in view."""

    def stop(self) -> None:
        """A lever is moving: leave the machine to the preview."""

    def offer(self, scenarios: tuple[str, ...]) -> None:
        """Let these scenarios be chosen, where any can be."""

    async def settled(self) -> None:
        """Wait until everything that was begun is shown."""

    def close(self) -> None:
        """Stop for good."""


class Still:
    """A page that draws what it is given and computes nothing of its own."""

    def stop(self) -> None:
        """Nothing is under way."""

    def offer(self, scenarios: tuple[str, ...]) -> None:
        """There is nothing to choose."""

    async def settled(self) -> None:
        """Nothing is under way."""

    def close(self) -> None:
        """Nothing is under way."""
