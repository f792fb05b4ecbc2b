"""The widgets: a rail of levers on the left, the answer above, four panels, the state at the foot.

The view knows no simulation. It tells a `Listener` what a hand has done, and shows what it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from sim.explorer.levers import Lever
from sim.explorer.panels import Panel
from sim.explorer.state import State
from sim.words import Words, languages

CSS = Path(__file__).with_name("page.css")

CHOICES = {
    "mode": ("follows", "given"),
    "basis": ("places", "people", "budget", "staff_and_purchases"),
    "waiting_mode": ("by_load", "fixed"),
}
ACTIONS = ("undo", "reset", "stop", "save", "open")


@dataclass(frozen=True)
class Listener:
    """Whom the view tells.

    Attributes
    ----------
    changed : callable
        Called with a name of the settings or of what is looked at, and its value as it is meant.
    pressed : callable
        Called with one of `ACTIONS` and the text that belongs to it, if any.
    """

    changed: Callable[[str, Any], None]
    pressed: Callable[[str, str], None]


@dataclass(frozen=True)
class Names:
    """What the data calls its centres and segments, and the scenarios that can be opened; by key."""

    centres: Mapping[str, str]
    segments: tuple[str, ...]
    scenarios: tuple[str, ...]


class View:
    """All widgets in one language; another language is another view.

    Parameters
    ----------
    words : Words
    levers : mapping of str to Lever
    names : Names
    listener : Listener

    Attributes
    ----------
    root : VBox
    numbers : mapping of str to BoundedFloatText
        Number boxes by lever; `sliders` moves with them.
    choices : mapping of str to Dropdown or ToggleButtons
    buttons : mapping of str to Button
    """

    def __init__(self, words: Words, levers: Mapping[str, Lever], names: Names, listener: Listener) -> None:
        self._words = words
        self._levers = levers
        self._listener = listener
        self._silent = False
        self.numbers: dict[str, Any] = {}
        self.sliders: dict[str, Any] = {}
        self.ranges: dict[str, Any] = {}
        self.choices: dict[str, Any] = {}
        self.buttons: dict[str, Any] = {}
        self._rows: dict[str, Any] = {}
        self.sentence, self.beside, self.outside = _html(), _html(), _html()
        self.message, self.foot = _html(), _html()
        self.panels = [_html() for _ in range(4)]
        self.file_name = widgets.Text(description=self._say("file.name"), continuous_update=True)
        self.to_open = widgets.Dropdown(options=names.scenarios, description=self._say("file.open"))
        for field in (self.file_name, self.to_open):
            field.layout.width = "100%"
            field.style.description_width = "90px"
        self.root = self._root(names)

    # --- what is shown

    def set(self, state: State) -> None:
        """Let all levers stand as in a state, without telling anybody."""
        with self._quietly():
            for name, lever in self._levers.items():
                shown = lever.shown(getattr(state.settings, name))
                box, slider = self.numbers[name], self.sliders[name]
                # a file may hold more than the lever reaches
                box.min, box.max = min(lever.low, shown), max(lever.high, shown)
                slider.min, slider.max = box.min, box.max
                slider.value = box.value = shown
                self._mark(name, shown)
            for name in CHOICES:
                self.choices[name].value = getattr(state.settings, name)
            for name in ("centre", "segment", "language"):
                self.choices[name].value = getattr(state, name)
        settings = state.settings
        hidden = {
            "share": settings.basis == "places",
            "places": settings.basis != "places",
            "staff_factor": settings.mode == "follows",
            "waiting_pace": settings.waiting_mode != "fixed",
        }
        for name, away in hidden.items():
            self._rows[name].layout.display = "none" if away else ""

    def tell_answer(
        self, sentence: str, tried: str, beside: str, outside: str, panels: Sequence[Panel]
    ) -> None:
        """Show an answer."""
        _put(
            self.sentence,
            f'<div class="explorer-answer" role="status"><p class="explorer-sentence">{escape(sentence)}</p>'
            f'<p class="explorer-tried">{escape(tried)}</p></div>',
        )
        _put(self.beside, f'<p class="explorer-beside">{escape(beside)}</p>')
        _put(self.outside, f'<p class="explorer-outside">{escape(outside)}</p>')
        for place, panel in zip(self.panels, panels, strict=True):
            stamps = "<br>".join(escape(stamp) for stamp in panel.stamps)
            _put(
                place,
                f"<figure><figcaption><b>{escape(panel.title)}</b><span>{escape(panel.subtitle)}</span>"
                f"{f'<em>{stamps}</em>' if stamps else ''}</figcaption>{panel.svg}</figure>",
            )

    def tell_state(self, state: str, foot: str) -> None:
        """Show how far the runs have come, and what they are of."""
        _put(self.foot, f'<p class="explorer-foot"><b>{escape(state)}</b> · {escape(foot)}</p>')

    def tell(self, message: str = "", details: str = "") -> None:
        """Show a message, or an error with its details folded; nothing takes it away."""
        folded = (
            f"<details><summary>{escape(self._say('error.details'))}</summary><pre>{escape(details)}</pre></details>"
            if details
            else ""
        )
        text = f'<div class="explorer-error" role="alert">{escape(message)}{folded}</div>' if message else ""
        _put(self.message, text)

    # --- how it is built

    def _say(self, key: str) -> str:
        return self._words.raw(f"explorer.{key}")

    def _root(self, names: Names) -> Any:
        rail = widgets.VBox(
            [
                _html(f"<h3>{escape(self._say('group.levers'))}</h3>"),
                self._choice("mode"),
                self._number("norm"),
                self._number("staff_factor"),
                self._choice("basis"),
                self._number("places"),
                self._number("share"),
                self._number("price"),
                self._folded("assumed", self._assumed()),
                self._folded("look", self._look(names)),
                self._folded("file", self._file()),
                widgets.HBox([self._button(name) for name in ("undo", "reset", "stop")]),
            ]
        )
        rail.add_class("explorer-rail")
        pictures = widgets.Box(self.panels)
        pictures.add_class("explorer-panels")
        right = widgets.VBox(
            [self.sentence, self.beside, self.outside, self.message, pictures, self.foot],
            layout={"flex": "1 1 auto", "min_width": "0", "padding": "0 0 0 14px"},
        )
        style = _html(f"<style>{CSS.read_text(encoding='utf-8')}</style>")
        root = widgets.VBox([style, widgets.HBox([rail, right], layout={"width": "100%"})])
        root.add_class("explorer")
        return root

    def _assumed(self) -> list[Any]:
        return [self._number("elasticity"), self._choice("waiting_mode"), self._number("waiting_pace")]

    def _look(self, names: Names) -> list[Any]:
        centres = [(self._words.name("centres", "all"), "all")]
        centres += [(name, key) for key, name in names.centres.items()]
        segments = [(self._words.name("segments", key), key) for key in ("all", *names.segments)]
        spoken = [(Words(key).raw("language.name"), key) for key in languages()]
        return [
            self._dropdown("centre", centres),
            self._dropdown("segment", segments),
            self._dropdown("language", spoken),
        ]

    def _file(self) -> list[Any]:
        return [self.file_name, self._button("save"), self.to_open, self._button("open")]

    def _folded(self, key: str, children: list[Any]) -> Any:
        return widgets.Accordion(
            [widgets.VBox(children)], titles=(self._say(f"group.{key}"),), selected_index=None
        )

    def _number(self, name: str) -> Any:
        lever = self._levers[name]
        limits = {"min": lever.low, "max": lever.high, "step": lever.step, "value": lever.plan}
        label = self._say(f"lever.{name}")
        box = widgets.BoundedFloatText(description=label, **limits)
        box.add_class("explorer-number")
        slider = widgets.FloatSlider(readout=False, tooltip=label, **limits)
        slider.add_class("explorer-slider")
        reach = _html()
        self.numbers[name], self.sliders[name], self.ranges[name] = box, slider, reach
        for moved, other in ((box, slider), (slider, box)):
            moved.observe(lambda change, other=other: self._moved(name, change["new"], other), names="value")
        self._mark(name, lever.plan)
        row = widgets.VBox([box, slider, reach])
        row.add_class("explorer-lever")
        self._rows[name] = row
        return row

    def _moved(self, name: str, shown: float, other: Any) -> None:
        if self._silent:
            return
        with self._quietly():
            other.value = shown
        self._mark(name, shown)
        self._listener.changed(name, self._levers[name].meant(shown))

    def _mark(self, name: str, shown: float) -> None:
        """Write the range of the evidence beneath a lever, strongly when it is left."""
        lever = self._levers[name]
        plan = lever.quantity(lever.plan)
        if lever.evidence is None:
            text, outside = self._words.text("explorer.range.uncovered", plan=plan), False
        else:
            low, high = lever.evidence
            ends = {"low": lever.quantity(low), "high": lever.quantity(high)}
            text = self._words.text("explorer.range.covered", plan=plan, **ends)
            outside = not low <= shown <= high
        _put(
            self.ranges[name],
            f'<div class="explorer-range{" outside" if outside else ""}">{escape(str(text))}</div>',
        )

    def _choice(self, name: str) -> Any:
        return self._dropdown(name, [(self._say(f"{name}.{key}"), key) for key in CHOICES[name]])

    def _dropdown(self, name: str, options: Sequence[tuple[str, str]]) -> Any:
        found = widgets.Dropdown(options=options, description=self._say(f"lever.{name}"))
        found.layout.width = "100%"
        found.style.description_width = "116px"
        self.choices[name] = found

        def chosen(change: dict[str, Any]) -> None:
            if not self._silent:
                self._listener.changed(name, change["new"])

        found.observe(chosen, names="value")
        return found

    def _button(self, name: str) -> Any:
        found = widgets.Button(description=self._say(f"button.{name}"), layout={"width": "auto"})
        found.on_click(lambda _: self._listener.pressed(name, self._belonging(name)))
        self.buttons[name] = found
        return found

    def _belonging(self, name: str) -> str:
        return (
            str({"save": self.file_name, "open": self.to_open}[name].value or "")
            if name in "save open"
            else ""
        )

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        before, self._silent = self._silent, True
        try:
            yield
        finally:
            self._silent = before


def _html(value: str = "") -> Any:
    return widgets.HTML(value, layout={"margin": "0", "min_width": "0"})


def _put(place: Any, value: str) -> None:
    """Change what a place shows, only when it is different: no flicker, and nothing sent in vain."""
    if place.value != value:
        place.value = value
