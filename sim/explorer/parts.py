"""Small parts that the page of widgets is made of; each can be reached and heard without a mouse."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import ipywidgets as widgets

LABEL_WIDTH = "112px"


def html(value: str = "", *classes: str) -> Any:
    """Return a place for marked-up text."""
    found = widgets.HTML(value, layout={"margin": "0", "min_width": "0"})
    for name in classes:
        found.add_class(name)
    return found


def put(place: Any, value: str) -> None:
    """Change what a place shows, only when it is different: no flicker, and nothing sent in vain."""
    if place.value != value:
        place.value = value


def dropdown(label: str, options: Sequence[tuple[str, Any]] | Sequence[str]) -> Any:
    """Return a choice among several, as wide as the rail."""
    found = widgets.Dropdown(options=options, description=label, layout={"width": "100%", "margin": "1px 0"})
    found.style.description_width = LABEL_WIDTH
    return found


def button(label: str) -> Any:
    """Return a button as wide as its text."""
    return widgets.Button(description=label, layout={"width": "auto", "margin": "1px"})


def text_field(label: str) -> Any:
    """Return a field for a line of text, told of when it is left.

    Letter by letter, the last ones could arrive after the press of a button that uses them.
    """
    layout = {"width": "100%", "margin": "1px 0"}
    found = widgets.Text(description=label, continuous_update=False, layout=layout)
    found.style.description_width = LABEL_WIDTH
    return found


class Fold:
    """Widgets under a heading that opens and closes them: a real button, unlike ipywidgets' accordion."""

    def __init__(self, label: str, children: Sequence[Any]) -> None:
        self.heading = widgets.ToggleButton(value=False, layout={"width": "100%", "margin": "2px 0 0"})
        self.heading.add_class("explorer-fold")
        self._label = label
        self.body = widgets.VBox(list(children), layout={"margin": "0", "padding": "2px 0 4px"})
        self.root = widgets.VBox([self.heading, self.body])
        self.heading.observe(lambda _: self._turned(), names="value")
        self._turned()

    def _turned(self) -> None:
        opened = bool(self.heading.value)
        self.heading.description = f"{'▾' if opened else '▸'} {self._label}"
        self.body.layout.display = "" if opened else "none"


def table(
    heads: Sequence[str], rows: Sequence[Sequence[str]], caption: str = "", text: Sequence[int] = (0,)
) -> str:
    """Return a table; columns that aren't numbered in `text` hold numbers and are right-aligned."""

    def cell(tag: str, column: int, shown: str) -> str:
        head = ' scope="col"' if tag == "th" else ""
        return f"<{tag}{head}{'' if column in text else ' class=number'}>{escape(shown)}</{tag}>"

    def row(tag: str, cells: Sequence[str]) -> str:
        return f"<tr>{''.join(cell(tag, column, text) for column, text in enumerate(cells))}</tr>"

    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return (
        f'<table class="explorer-table">{title}<thead>{row("th", heads)}</thead>'
        f"<tbody>{''.join(row('td', cells) for cells in rows)}</tbody></table>"
    )
