"""The four panels: net cost by year, where the money moves, posts beside the plan, waits and load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.explorer.answer import Answer
from sim.explorer.drawing import HEIGHT, TEXT, WIDTH, Drawing, Scale, ends, scale
from sim.explorer.unknown import Unknown
from sim.figures import style
from sim.words import Name, Prose, Quantity, Words, exact
from sim.words.numbers import step

POSTS_STEP = 0.1
"""Posts are written in tenths, as the plan has them."""


@dataclass(frozen=True)
class Panel:
    """One panel: its finding, the line under it, the drawing, and the stamps beside that line."""

    key: str
    title: str
    subtitle: str
    svg: str
    stamps: tuple[str, ...]


def panels(answer: Answer, words: Words, preview: bool, view: Prose) -> tuple[Panel, ...]:
    """Return the four panels.

    Parameters
    ----------
    answer : Answer
    words : Words
    preview : bool
        Few runs so far: hatched, and says so.
    view : Prose
        Whose costs are told: the centre and the segment.
    """
    sheet = _Sheet(answer, words, preview, view)
    return sheet.years(), sheet.money(), sheet.posts(), sheet.waits()


@dataclass(frozen=True)
class _Sheet:
    answer: Answer
    words: Words
    preview: bool
    view: Prose

    @property
    def costs(self) -> Answer | Unknown:
        """Where costs are read: over worlds where they are known, else over runs."""
        return self.answer.unknown or self.answer

    def years(self) -> Panel:
        costs, words, drawing = self.costs, self.words, Drawing(self.words)
        left, right, top, bottom = 58.0, WIDTH - 12, 22.0, HEIGHT - 26
        along = scale([end for _, value in costs.years for end in ends(value)], bottom, top)
        drawing.ticks_left(along, left, right)
        self._covers(drawing, right)
        finest = step([value.value for _, value in costs.years])
        for number, (year, value) in enumerate(costs.years):
            x = left + (right - left) * (number + 0.42) / max(len(costs.years), 1)
            drawing.interval(x, value, along, style.SCENARIO, upright=True)
            shown = words.quantity(value, "bare_signed", finest=finest)
            drawing.text(x + 11, along(value.value), shown, weight="bold")
            drawing.text(x, bottom + 13, year, "middle", style.QUIET, TEXT)
        if any(value.value for _, value in costs.years):
            drawing.text(0, 7, words.raw("explorer.years.ways"), colour=style.QUIET)
        net = costs.net
        if net is None:
            title = self._text("years.title.undefined")
        elif net.value == 0.0 and net.interval is not None and net.interval.width == 0.0:
            title = self._text("years.title.same")
        elif isinstance(costs, Unknown):
            title = self._text(f"years.title.worlds_{costs.net_verdict}", net=net)
        elif not net.settled:
            title = self._text("years.title.cannot_tell", net=net)
        else:
            title = self._text(f"years.title.{'higher' if net.value > 0 else 'lower'}", net=net)
        items = [self._text("item", name=Name(year), value=value) for year, value in costs.years]
        return self._panel("years", title, [*items, self._covered], drawing, view=self.view)

    def money(self) -> Panel:
        """Draw a waterfall: each line of cost begins where the one above it ends, and all end at the net."""
        costs, words, drawing = self.costs, self.words, Drawing(self.words)
        rows = [(key, words.name("lines", key), value) for key, value in costs.lines]
        begins = [0.0]
        for *_, value in rows:
            begins.append(begins[-1] + value.value)
        if costs.net is not None:
            rows.append(("net", words.name("lines", "net"), costs.net))
            begins[-1] = 0.0
        left, right, top, bottom = 162.0, WIDTH - 14, 16.0, HEIGHT - 22
        reach = [begin + end for begin, (*_, value) in zip(begins, rows, strict=False) for end in ends(value)]
        along = scale(reach, left, right)
        drawing.ticks_below(along, top, bottom)
        self._covers(drawing, right)
        finest = step([value.value for *_, value in rows])
        high = (bottom - top) / len(rows)
        for number, (begin, (key, name, value)) in enumerate(zip(begins, rows, strict=False)):
            y = top + high * (number + 0.5)
            colour = style.LINES.get(key, style.INK)
            if key == "net":
                drawing.line(0, y - high / 2, WIDTH, y - high / 2, style.QUIET, 0.8)
            elif number + 1 < len(rows):
                end = along(begin + value.value)
                drawing.line(end, y, end, y + high, style.QUIET, 0.8)
            weight = "bold" if key == "net" else "normal"
            drawing.text(left - 56, y, name, "end", weight=weight, room=left - 58)
            drawing.text(
                left - 10, y, words.quantity(value, "bare_signed", finest=finest), "end", weight=weight
            )
            drawing.bar(along(begin), along(begin + value.value), y, min(15.0, high - 6), colour)
            if value.value or (value.interval and value.interval.width):
                drawing.interval(y, value, along, style.INK, begins=begin)
        settled = [(name, value) for key, name, value in rows if value.settled and key != "net"]
        up = max(settled, key=lambda row: row[1].value, default=None)
        down = min(settled, key=lambda row: row[1].value, default=None)
        values: dict[str, Name | Quantity] = {}
        if up and up[1].value > 0:
            values |= {"up": Name(up[0]), "more": up[1]}
        if down and down[1].value < 0:
            values |= {"down": style.inside(down[0]) if values else Name(down[0]), "less": down[1]}
        which = {4: "both", 2: "up" if "up" in values else "down", 0: "none"}[len(values)]
        title = words.text(f"figures.costs.title_{which}", **values)
        items = [self._text("item", name=Name(name), value=value) for _, name, value in rows]
        return self._panel("money", title, [*items, self._covered], drawing, view=self.view)

    def posts(self) -> Panel:
        answer, words, drawing = self.answer, self.words, Drawing(self.words)
        most = max(value.value for row in (*answer.plan_posts, *answer.posts) for value in row)
        left, top, bottom = 106.0, 18.0, HEIGHT - 18
        wide = (WIDTH - left) / len(answer.places)
        high = (bottom - top) / len(answer.roles)
        for number, role in enumerate(answer.roles):
            y = top + high * (number + 0.5)
            drawing.text(left - 6, y, words.name("roles", role), "end", room=left - 6)
            if number:
                drawing.line(0, y - high / 2, WIDTH, y - high / 2, style.RULE, 0.5)
        sums = []
        for column, place in enumerate(answer.places):
            x = left + wide * column
            drawing.text(x, 9, place.name, room=wide - 8)
            drawing.line(x, top, x, bottom, style.QUIET, 1.0)
            along = Scale(0.0, most, x, x + wide - 34, ())
            for row, (planned, had) in enumerate(
                zip(answer.plan_posts[column], answer.posts[column], strict=True)
            ):
                y = top + high * (row + 0.5)
                drawing.bar(x, along(planned.value), y - 6, 8, style.BASELINE_FILL)
                drawing.bar(x, along(had.value), y + 4, 10, style.STAFF)
                reach = max(along(planned.value), along(had.value))
                drawing.text(reach + 4, y + 1, words.quantity(had, "bare", POSTS_STEP))
            sums.append(
                self._text(
                    "posts.item",
                    centre=Name(place.name),
                    plan=_sum(answer.plan_posts[column]),
                    other=_sum(answer.posts[column]),
                )
            )
        self._legend(drawing, (style.BASELINE_FILL, "posts.plan", "s"), (style.STAFF, "posts.other", "s"))
        plan, total = answer.posts_totals
        change = total.value - plan.value
        which = "same" if abs(change) < POSTS_STEP / 2 else "more" if change > 0 else "fewer"
        size = exact(round(abs(change), 1), "posts", total.trace)
        more = {} if which == "same" else {"change": size, "plan": plan}
        title = self._text(f"posts.title.{which}", total=total, **more)
        return self._panel("posts", title, sums, drawing)

    def waits(self) -> Panel:
        answer, words, drawing = self.answer, self.words, Drawing(self.words)
        left, top, bottom = 80.0, 22.0, HEIGHT - 36
        middle = left + (WIDTH - left) * 0.5
        high = (bottom - top) / len(answer.places)
        items = []
        for which, start, end in (("wait", left, middle - 36), ("load", middle + 8, WIDTH - 36)):
            pairs = [getattr(place, which) for place in answer.places]
            known = [value for pair in pairs for value in pair if value is not None]
            along = scale([end_ for value in known for end_ in ends(value)], start, end, 3)
            drawing.text(start, 9, words.raw(f"explorer.waits.{which}"), room=WIDTH - start)
            drawing.ticks_below(along, top, bottom)
            for row, (place, (base, other)) in enumerate(zip(answer.places, pairs, strict=True)):
                y = top + high * (row + 0.5)
                if which == "wait":
                    drawing.text(left - 8, y, place.name, "end")
                if base is None or other is None:
                    drawing.text(start + 4, y, words.raw("explorer.undefined"), colour=style.QUIET)
                    continue
                drawing.interval(y - 6, base, along, style.BASELINE, shape="s")
                drawing.interval(y + 6, other, along, style.SCENARIO)
                reach = max(along(ends(value)[1]) for value in (base, other))
                drawing.text(reach + 8, y, words.quantity(other, "bare"), colour=style.SCENARIO)
                items.append(
                    self._text(f"waits.item_{which}", centre=Name(place.name), base=base, other=other)
                )
        self._legend(drawing, (style.BASELINE, "waits.base", "s"), (style.SCENARIO, "waits.other", "o"))
        chance = self._text("covers.chance").capitalised()
        drawing.text(0, HEIGHT - 7, str(chance), colour=style.QUIET, room=WIDTH / 2)
        return self._panel("waits", self._spread(), items, drawing)

    def _spread(self) -> Prose:
        """Return the finding on equal treatment: how far the centres lie apart."""
        waits, loads = self.answer.wait_spread, self.answer.load_spread
        known = [(place.wait[1], place.name) for place in self.answer.places if place.wait[1] is not None]
        if not known or waits is None or loads is None:
            return self._text("waits.title.undefined")
        longest, name = max(known, key=lambda pair: pair[0].value)
        # a wait of minutes is none: nobody has a slot the moment he asks for it
        if longest.value < 0.5:
            return self._text("waits.title.none", spread=_tenths(loads.other), base=_tenths(loads.base))
        values = {"longest": _tenths(longest), "spread": _tenths(waits.other), "base": _tenths(waits.base)}
        return self._text("waits.title.some", centre=Name(name), **values)

    @property
    def _covered(self) -> Prose:
        found = self.answer.unknown
        return self._text(f"covers.{'chance' if found is None else found.kind}")

    def _covers(self, drawing: Drawing, right: float) -> None:
        """Write what the intervals of costs cover, above them."""
        drawing.text(right, 7, str(self._covered.capitalised()), "end", style.QUIET)

    def _legend(self, drawing: Drawing, *entries: tuple[str, str, str]) -> None:
        x = WIDTH - 4
        for colour, key, shape in reversed(entries):
            text = self.words.raw(f"explorer.{key}")
            drawing.text(x, HEIGHT - 7, text, "end", style.QUIET)
            x -= 6.3 * len(text) + 16
            if shape == "o":
                drawing.dot(x + 5, HEIGHT - 7, colour)
            else:
                drawing.bar(x, x + 10, HEIGHT - 7, 9, colour)
            x -= 12

    def _panel(
        self, key: str, title: Prose, items: Sequence[Prose], drawing: Drawing, **more: Prose
    ) -> Panel:
        period = Prose((f"{self.answer.first_year}–{self.answer.last_year}",))
        subtitle = self._text(f"{key}.subtitle", period=period, **more)
        alternative = self._text("alternative", finding=title.capitalised(), items=self.words.join(items))
        stamps = tuple(
            self.words.raw(f"explorer.stamp.{name}")
            for name, holds in (("outside", bool(self.answer.outside)), ("preview", self.preview))
            if holds
        )
        svg = drawing.finished(f"explorer-{key}", str(alternative), self.preview)
        return Panel(key, str(title.capitalised()), str(subtitle.capitalised()), svg, stamps)

    def _text(self, key: str, **values: Quantity | Prose | Name) -> Prose:
        return self.words.text(f"explorer.{key}", **values)


def _tenths(quantity: Quantity) -> Quantity:
    """Return a quantity that is written in tenths: smaller differences between centres mean nothing."""
    return exact(round(quantity.value, 1), quantity.unit, quantity.trace)


def _sum(parts: tuple[Quantity, ...]) -> Quantity:
    return Quantity(sum(part.value for part in parts), parts[0].unit, parts[0].trace, exact=parts[0].exact)
