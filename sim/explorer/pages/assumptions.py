"""What the answer rests on: every lever and assumption with value, range, kind and source."""

from __future__ import annotations

from collections.abc import Iterator

from sim.explorer.levers import Lever, assumption_levers, levers
from sim.explorer.pages.page import Room, Still
from sim.explorer.parts import html, put, table
from sim.explorer.runs import Compared
from sim.explorer.state import State
from sim.parameters import Passport

OF_LEVERS = ("norm", "share", "places", "staff_factor", "price", "elasticity", "effect", "waiting_pace")


class AssumptionsPage(Still):
    """A table, what has been changed first."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._library = room.workshop.library
        plan = room.workshop.plan
        self._levers = {**levers(self._library, plan), **assumption_levers(plan)}
        self.root = html("", "explorer-scroll")

    def show(self, compared: Compared, state: State, preview: bool, last: bool) -> None:
        """Write the table; it hangs on the settings alone."""
        words = self._room.words
        rows = sorted(self._rows(state), key=lambda row: not row[0])
        heads = [
            words.raw(f"explorer_pages.assumptions.{name}")
            for name in ("name", "value", "plan", "range", "kind", "source")
        ]
        caption = words.raw("explorer_pages.assumptions.caption")
        put(self.root, table(heads, [row[1:] for row in rows], caption, text=(0, 4, 5)))

    def _rows(self, state: State) -> Iterator[tuple[bool, str, str, str, str, str, str]]:
        settings = state.settings
        set_to = dict(settings.others)
        for name, lever in self._levers.items():
            if name in OF_LEVERS:
                shown = lever.shown(float(getattr(settings, name)))
            elif name in self._room.workshop.plan.assumptions:
                shown = lever.shown(set_to[name]) if name in set_to else lever.plan
            else:
                continue
            yield self._row(lever, shown)

    def _row(self, lever: Lever, shown: float) -> tuple[bool, str, str, str, str, str, str]:
        words, passport = self._room.words, self._library.passports[lever.parameter]
        title = words.raw(f"parameters.{lever.parameter}.title")
        unit = words.unit("share" if lever.shown_times == 100.0 else passport.unit)
        reach = ""
        if lever.evidence is not None:
            reach = "–".join(words.plain(_readable(end)) for end in lever.evidence)
        return (
            shown != lever.plan,
            f"{title}, {unit}",
            words.plain(_readable(shown)),
            words.plain(_readable(lever.plan)),
            reach,
            words.raw(f"explorer_pages.kind.{passport.kind}"),
            self._source(passport),
        )

    def _source(self, passport: Passport) -> str:
        return ", ".join(dict.fromkeys(citation.key for citation in passport.sources))


def _readable(value: float) -> float:
    """Return a value in the figures that anybody reads; what is computed with keeps all of them."""
    return float(f"{value:.6g}")
