"""The rail of levers on the left: what can be set and looked at, and how far evidence reaches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

import ipywidgets as widgets

from sim.explorer.levers import Lever
from sim.explorer.parts import Fold, button, dropdown, html, put, text_field
from sim.explorer.state import DrawnFrom, Plan, State, planned_posts
from sim.parameters.calendar import MONTHS_IN_YEAR, month_start
from sim.words import Name, Trace, Words, exact, languages

CHOICES = {
    "mode": ("follows", "given"),
    "basis": ("places", "people", "budget", "staff_and_purchases"),
    "waiting_mode": ("by_load", "fixed"),
}
ACTIONS = ("undo", "reset", "stop", "save", "open", "data")


@dataclass(frozen=True)
class Listener:
    """Whom the page tells what a hand has done.

    Attributes
    ----------
    changed : callable
        Called with a name of the settings or of what is looked at, and its value as it is meant.
    posts : callable
        Called with a centre, a role and its posts.
    assumed : callable
        Called with a further assumption's parameter and its value as it is meant.
    pressed : callable
        Called with one of `ACTIONS` and the text that belongs to it, if any.
    """

    changed: Callable[[str, Any], None]
    posts: Callable[[str, str, float], None]
    assumed: Callable[[str, float], None]
    pressed: Callable[[str, str], None]


@dataclass(frozen=True)
class Names:
    """What the data calls its centres, roles and segments; scenarios to open, and what may be drawn from."""

    centres: Mapping[str, str]
    roles: tuple[str, ...]
    segments: tuple[str, ...]
    scenarios: tuple[str, ...]
    sources: tuple[DrawnFrom, ...] = ()


class Rail:
    """The levers in one language.

    Parameters
    ----------
    words : Words
    plan : Plan
    levers, assumptions : mapping of str to Lever
        Those with a row of their own, and those that share one.
    names : Names
    listener : Listener

    Attributes
    ----------
    numbers, sliders : mapping of str to widget
        By lever; each pair moves together.
    ranges : mapping of str to HTML
        What evidence covers, under each lever.
    choices : mapping of str to Dropdown
    posts : mapping of str to BoundedFloatText
        By role, of the centre chosen in `posts_centre`.
    buttons : mapping of str to Button
    """

    def __init__(
        self,
        words: Words,
        plan: Plan,
        levers: Mapping[str, Lever],
        assumptions: Mapping[str, Lever],
        names: Names,
        listener: Listener,
    ) -> None:
        self._words, self._plan, self._names, self._listener = words, plan, names, listener
        self._levers = dict(levers)
        self._assumptions = assumptions
        self._state = State(plan.settings)
        self._offered = (plan.settings.last_year, plan.settings.starts)
        self._silent = False
        self.numbers: dict[str, Any] = {}
        self.sliders: dict[str, Any] = {}
        self.ranges: dict[str, Any] = {}
        self.choices: dict[str, Any] = {}
        self.buttons: dict[str, Any] = {}
        self.folds: dict[str, Fold] = {}
        self._rows: dict[str, Any] = {}
        self.meanings = html("", "explorer-quiet")
        self.assumed = html("", "explorer-quiet")
        self.file_name = text_field(self._say("file.name"))
        self.to_open = dropdown(self._say("file.open"), names.scenarios)
        self.posts_centre = dropdown(self._say("lever.posts_centre"), self._centres())
        self.posts = {role: self._posts_box(role) for role in names.roles}
        self.other_key = dropdown(self._say("lever.other"), self._titles())
        self.other_key.add_class("explorer-wide")
        self._levers["other"] = assumptions[self.other_key.value]
        self.root = self._root()
        self.posts_centre.observe(lambda _: self._show_posts(), names="value")
        self.other_key.observe(lambda _: self._show_other(), names="value")

    # --- what is shown

    def set(self, state: State) -> None:
        """Let all levers stand as in a state, without telling anybody."""
        self._state = state
        settings = state.settings
        with self._quietly():
            for name in self._levers:
                if name != "other":
                    self._stand(name, self._levers[name].shown(getattr(settings, name)))
            for name in CHOICES:
                self.choices[name].value = getattr(settings, name)
            if (settings.last_year, settings.starts) != self._offered:  # a long list, seldom another
                self._offered = (settings.last_year, settings.starts)
                self.choices["starts"].options = self._months(*self._offered)
            self.choices["starts"].value = settings.starts
            for name in ("centre", "segment", "language", "unknown"):
                if name in self.choices:
                    self.choices[name].value = getattr(state, name)
        self._show_posts()
        self._show_other()
        hidden = {
            "share": settings.basis == "places",
            "places": settings.basis != "places",
            "staff_factor": settings.mode == "follows",
            "waiting_pace": settings.waiting_mode != "fixed",
        }
        for name, away in hidden.items():
            self._rows[name].layout.display = "none" if away else ""

    def tell_meanings(self, meanings: str) -> None:
        """Write under the outsourcing lever what its value is by the other measures."""
        put(self.meanings, escape(meanings))

    def _stand(self, name: str, shown: float) -> None:
        lever, box, slider = self._levers[name], self.numbers[name], self.sliders[name]
        # a file may hold more than the lever reaches; ends are widened before the value, and narrowed after
        low, high = min(lever.low, shown), max(lever.high, shown)
        for part in (box, slider):
            part.min, part.max = min(part.min, low), max(part.max, high)
            part.value = shown
            part.min, part.max, part.step = low, high, lever.step
        self._mark(name, shown)

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
        style = "explorer-range outside" if outside else "explorer-range"
        put(self.ranges[name], f'<div class="{style}">{escape(str(text))}</div>')

    def _show_posts(self) -> None:
        centre = self.posts_centre.value
        planned = planned_posts(self._plan)
        had = {(where, role): value for where, role, value in self._state.settings.posts}
        with self._quietly():
            for role, box in self.posts.items():
                plan = exact(planned[centre, role], "number", Trace(parameters=("staff.posts",)))
                label = self._words.text(
                    "explorer.lever.posts_role", role=Name(self._words.name("roles", role)), plan=plan
                )
                box.description = str(label)
                box.value = had.get((centre, role), planned[centre, role])

    def _show_other(self) -> None:
        key = self.other_key.value
        lever = self._levers["other"] = self._assumptions[key]
        set_to = dict(self._state.settings.others)
        with self._quietly():
            shown = lever.shown(set_to[key]) if key in set_to else lever.plan
            self._stand("other", shown)
            self.numbers["other"].description = self._title(key)
        changed = [
            self._words.text(
                "explorer.other.item",
                name=Name(self._title(one)),
                value=self._assumptions[one].quantity(self._assumptions[one].shown(value)),
            )
            for one, value in set_to.items()
        ]
        text = self._words.text("explorer.other.changed", items=self._words.join(changed)) if changed else ""
        put(self.assumed, escape(str(text)))

    # --- how it is built

    def _root(self) -> Any:
        say = self._say
        buttons = widgets.HBox([self._button(name) for name in ("undo", "reset", "stop")])
        buttons.add_class("explorer-buttons")
        levers = widgets.VBox(
            [
                html(f"<h2>{escape(say('group.levers'))}</h2>"),
                self._choice("mode"),
                self._number("norm"),
                self._number("staff_factor"),
                self._fold("posts", [self.posts_centre, *self.posts.values()]),
                self._choice("basis"),
                self._number("places"),
                self._number("share"),
                self.meanings,
                self._number("price"),
                self._dropdown(
                    "starts", self._months(self._plan.settings.last_year, self._plan.settings.starts)
                ),
                self._number("last_year"),
                self._fold("assumed", self._assumptions_widgets()),
                self._fold("look", self._look()),
                self._fold("file", self._file()),
            ]
        )
        levers.add_class("explorer-levers")
        rail = widgets.VBox([levers, buttons])
        rail.add_class("explorer-rail")
        return rail

    def _assumptions_widgets(self) -> list[Any]:
        return [
            self._unknown(),
            self._number("elasticity"),
            self._number("effect"),
            self._wide("waiting_mode"),
            self._number("waiting_pace"),
            self.other_key,
            self._number("other"),
            self.assumed,
        ]

    def _unknown(self) -> Any:
        """Return the choice of how what is not known is taken; where there is no ensemble, that is told."""
        if not self._names.sources:
            return html(escape(self._say("unknown.none")), "explorer-quiet")
        drawn = [
            (str(self._words.text(f"explorer.unknown.{one.kind}", name=Name(one.ensemble))), one)
            for one in self._names.sources
        ]
        found = self._dropdown("unknown", [(self._say("unknown.as_set"), DrawnFrom()), *drawn])
        found.add_class("explorer-wide")
        return found

    def _look(self) -> list[Any]:
        segments = [(self._words.name("segments", key), key) for key in ("all", *self._names.segments)]
        spoken = [(Words(key).raw("language.name"), key) for key in languages()]
        whole = [(self._words.name("centres", "all"), "all")]
        return [
            self._dropdown("centre", [*whole, *self._centres()]),
            self._dropdown("segment", segments),
            self._dropdown("language", spoken),
        ]

    def _file(self) -> list[Any]:
        saving = widgets.HBox([self._button("save"), self._button("data")])
        return [self.file_name, saving, self.to_open, self._button("open")]

    def _fold(self, key: str, children: list[Any]) -> Any:
        self.folds[key] = Fold(self._say(f"group.{key}"), children)
        return self.folds[key].root

    def _number(self, name: str) -> Any:
        lever = self._levers[name]
        limits = {"min": lever.low, "max": lever.high, "step": lever.step, "value": lever.plan}
        label = self._title(lever.parameter) if name == "other" else self._say(f"lever.{name}")
        box = widgets.BoundedFloatText(description=label, **limits)
        box.add_class("explorer-number")
        slider = widgets.FloatSlider(readout=False, **limits)
        slider.add_class("explorer-slider")
        self.numbers[name], self.sliders[name], self.ranges[name] = box, slider, html()
        box.observe(lambda change: self._moved(name, change["new"], slider), names="value")
        slider.observe(lambda change: self._slid(name, change["new"]), names="value")
        self._mark(name, lever.plan)
        row = widgets.VBox([box, slider, self.ranges[name]])
        row.add_class("explorer-lever")
        row.add_class(f"explorer-lever-{name.replace('_', '-')}")
        self._rows[name] = row
        return row

    def _posts_box(self, role: str) -> Any:
        box = widgets.BoundedFloatText(min=0.0, max=1000.0, step=0.5, value=0.0)
        box.add_class("explorer-number")

        def changed(change: dict[str, Any]) -> None:
            if not self._silent:
                self._listener.posts(self.posts_centre.value, role, change["new"])

        box.observe(changed, names="value")
        return box

    def _slid(self, name: str, shown: float) -> None:
        # a slider stands on whole steps alone, and tells unasked of the one that is nearest to its value
        slider, value = self.sliders[name], self.numbers[name].value
        nearest = slider.min + round((value - slider.min) / slider.step) * slider.step
        if abs(shown - nearest) > 1e-6 * slider.step:
            self._moved(name, shown, self.numbers[name])

    def _moved(self, name: str, shown: float, other: Any) -> None:
        if self._silent:
            return
        with self._quietly():
            other.value = shown
        self._mark(name, shown)
        meant = self._levers[name].meant(shown)
        if name == "other":
            self._listener.assumed(self.other_key.value, meant)
        else:
            self._listener.changed(name, int(meant) if name == "last_year" else meant)

    def _choice(self, name: str) -> Any:
        return self._dropdown(name, [(self._say(f"{name}.{key}"), key) for key in CHOICES[name]])

    def _wide(self, name: str) -> Any:
        """Return a choice whose words need a line of their own."""
        found = self._choice(name)
        found.add_class("explorer-wide")
        return found

    def _dropdown(self, name: str, options: Sequence[tuple[str, Any]]) -> Any:
        found = self.choices[name] = dropdown(self._say(f"lever.{name}"), options)

        def chosen(change: dict[str, Any]) -> None:
            if not self._silent:
                self._listener.changed(name, change["new"])

        found.observe(chosen, names="value")
        return found

    def _button(self, name: str) -> Any:
        found = self.buttons[name] = button(self._say(f"button.{name}"))
        field = {"save": self.file_name, "open": self.to_open}.get(name)
        found.on_click(
            lambda _: self._listener.pressed(name, "" if field is None else str(field.value or ""))
        )
        return found

    # --- words

    def _say(self, key: str) -> str:
        return self._words.raw(f"explorer.{key}")

    def _title(self, key: str) -> str:
        return self._words.raw(f"parameters.{key}.title")

    def _centres(self) -> list[tuple[str, str]]:
        return [(name, key) for key, name in self._names.centres.items()]

    def _titles(self) -> list[tuple[str, str]]:
        return [(self._title(key), key) for key in self._assumptions]

    def _months(self, last_year: int, chosen: date) -> list[tuple[str, date]]:
        first = self._plan.scenario.start
        count = (last_year - first.year + 1) * MONTHS_IN_YEAR
        days = [month_start(month, first) for month in range(count)]
        if chosen not in days:
            days.append(chosen)
        return [(str(self._words.period(f"{day:%Y-%m}")), day) for day in days]

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        before, self._silent = self._silent, True
        try:
            yield
        finally:
            self._silent = before
