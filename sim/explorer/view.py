"""The page of widgets: the rail on the left, the answer above, tabs with pictures, the state at the foot.

The page knows no simulation. It tells a `Listener` what a hand has done, and shows what it is given. All
tabs have the same height, so that nothing moves when one gives way to another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from sim.explorer.panels import Panel
from sim.explorer.parts import html, put
from sim.explorer.rail import Rail
from sim.explorer.state import State
from sim.figures.result import FigureResult
from sim.words import Words

CSS = Path(__file__).with_name("page.css")

TABS = ("overview", "split", "map", "stages", "person", "compare", "assumptions")


class View:
    """All widgets in one language; another language is another view.

    Parameters
    ----------
    words : Words
    rail : Rail
    pages : mapping of str to widget
        What each tab shows, by its key in `TABS`; the overview is the view's own.
    choose : callable
        Called with a tab's key when a hand has chosen it.

    Attributes
    ----------
    root : VBox
    answer, overview, message, foot : HTML
    tabs : mapping of str to ToggleButton
    """

    def __init__(
        self, words: Words, rail: Rail, pages: Mapping[str, Any], choose: Callable[[str], None]
    ) -> None:
        self._words = words
        self._choose = choose
        self._silent = False
        self.rail = rail
        self.answer = html("", "explorer-answer", "explorer-live")
        self.overview = html("", "explorer-panels", "explorer-overview")
        self.message = html("", "explorer-message", "explorer-live")
        self.foot = html("", "explorer-foot")
        self._arrived = self._arrival()
        self._pages = {"overview": self.overview, **pages}
        self.tabs = {key: self._tab(key) for key in TABS if key in self._pages}
        self.root = self._root()

    # --- what is shown

    def set(self, state: State, tab: str) -> None:
        """Let levers stand as in a state and a tab be in view, without telling anybody."""
        self.rail.set(state)
        self._silent = True
        for key, button in self.tabs.items():
            button.value = key == tab
            self._pages[key].layout.display = "" if key == tab else "none"
        self._silent = False

    def tell_answer(
        self, sentence: str, beside: Sequence[str], outside: str, parts: Sequence[float] = ()
    ) -> None:
        """Show the answer: the sentence, what stands beside it, and what lies outside the evidence.

        Where it is known what the spread is made of, a bar shows that before what stands beside.
        """
        bar = _parts(parts) if parts else ""
        shown = [f"<p>{escape(text)}</p>" for text in beside if text]
        small = "".join(shown).replace("<p>", f"<p>{bar}", 1)
        warning = f'<p class="outside">{escape(outside)}</p>' if outside else ""
        put(self.answer, f'<p class="explorer-sentence">{escape(sentence)}</p>{small}{warning}')

    def tell_overview(self, panels: Sequence[Panel]) -> None:
        """Show the panels, all in one change: no picture is ever beside one of another setting."""
        put(self.overview, "".join(panel_html(panel) for panel in panels))

    def tell_state(self, state: str, foot: str, heard: int) -> None:
        """Show how far the runs have come, and what they are of.

        A program that drives the page finds there how many changes the kernel has heard of, and can wait for
        its own.
        """
        put(self.foot, f'<p data-heard="{heard}"><b>{escape(state)}</b> · {escape(foot)}</p>')

    def tell(self, message: str = "", details: str = "", markup: str = "") -> None:
        """Show a message, or an error with its details folded; nothing takes it away."""
        if not message:
            put(self.message, "")
            return
        summary = escape(self._words.raw("explorer.error.details"))
        folded = (
            f"<details><summary>{summary}</summary><pre>{escape(details)}</pre></details>" if details else ""
        )
        put(self.message, f'<div class="explorer-error">{escape(message)}{markup}{folded}</div>')

    def again(self) -> None:
        """Send what changes without a hand again: a page misses what comes while it loads its widgets."""
        for place in (self.answer, self.overview, self.message, self.foot, self.rail.meanings):
            place.send_state("value")

    # --- how it is built

    def _arrival(self) -> Any:
        """Return a button that nobody sees, pressed by the page's script once the widgets are there."""
        found = widgets.Button(layout={"display": "none"})
        found.add_class("explorer-arrived")
        found.on_click(lambda _: self.again())
        return found

    def _tab(self, key: str) -> Any:
        found = widgets.ToggleButton(
            description=self._words.raw(f"explorer.tab.{key}"),
            layout={"width": "auto", "margin": "0 2px 0 0"},
        )
        found.add_class("explorer-tab")

        def chosen(change: dict[str, Any]) -> None:
            if self._silent:
                return
            if change["new"]:
                self._choose(key)
            else:  # the tab in view can't be left but for another
                found.value = True

        found.observe(chosen, names="value")
        return found

    def _root(self) -> Any:
        tabs = widgets.HBox(list(self.tabs.values()))
        tabs.add_class("explorer-tabs")
        for key, page in self._pages.items():
            page.add_class(f"explorer-page-{key}")
        pages = widgets.VBox(list(self._pages.values()))
        pages.add_class("explorer-pages")
        main = widgets.VBox([self.answer, tabs, pages, self.foot, self.message, self._arrived])
        main.add_class("explorer-main")
        tongue = escape(self._words.raw("language.html"))
        style = CSS.read_text(encoding="utf-8")
        head = html(f'<style>{style}</style><span class="explorer-tongue" data-lang="{tongue}"></span>')
        title, question = (escape(self._words.raw(f"explorer.{key}")) for key in ("title", "question"))
        heading = html(f"<h1>{title}</h1>{question}", "explorer-head")
        body = widgets.HBox([self.rail.root, main])
        body.add_class("explorer-body")
        root = widgets.VBox([head, heading, body])
        root.add_class("explorer")
        return root


def _parts(shares: Sequence[float]) -> str:
    """Return a bar of parts, in the order of the words beside it; they say the same."""
    parts = "".join(f'<i style="width: {100 * share:.0f}%"></i>' for share in shares)
    return f'<span class="explorer-parts" aria-hidden="true">{parts}</span>'


def figure_html(figure: FigureResult) -> str:
    """Return a figure of `sim.figures`, dressed as a panel; its stamps are in the drawing."""
    return panel_html(Panel(figure.key, figure.title, figure.subtitle, figure.svg, ()))


def panel_html(panel: Panel) -> str:
    """Return a panel with its finding above it and its stamps beside the line under that."""
    stamps = "".join(f"<em>{escape(stamp)}</em>" for stamp in panel.stamps)
    return (
        f'<figure class="explorer-{panel.key}"><figcaption><b>{escape(panel.title)}</b>'
        f"<div><span>{escape(panel.subtitle)}</span>{stamps}</div></figcaption>{panel.svg}</figure>"
    )
