"""Drawings made of text, in under a millisecond: what a panel needs to follow a slider.

The four panels cost 0.8 s of processor time through matplotlib, far more than the runs behind a preview. So
the explorer writes its SVG itself; colours and their meanings are those of `sim.figures.style`, numbers
along axes are placed by matplotlib's own locator.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

from matplotlib.ticker import MaxNLocator

from sim.figures import style
from sim.words import Quantity, Words
from sim.words.numbers import step

WIDTH, HEIGHT = 400.0, 212.0
"""Of every panel, in pixels at its usual size, so that nothing moves when pictures change."""

TEXT, SMALL = 12.0, 11.0
MARK = 4.5
LETTER = 0.57
"""Width of a letter in parts of its size, in the mean."""


@dataclass(frozen=True)
class Scale:
    """From values to pixels.

    Attributes
    ----------
    low, high : float
        Values at the ends.
    start, end : float
        Pixels at the ends.
    ticks : tuple of float
    """

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]

    def __call__(self, value: float) -> float:
        """Return the place of a value."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    @property
    def apart(self) -> float:
        """Distance between ticks, as a value."""
        return self.ticks[1] - self.ticks[0]


def scale(values: Sequence[float], start: float, end: float, ticks: int = 5) -> Scale:
    """Return a scale that holds the values and zero, and ends at ticks."""
    low, high = min(0.0, *values), max(0.0, *values)
    if high - low < 1e-9:
        low, high = (-1.0, 1.0) if start > end else (0.0, 1.0)
    locator = MaxNLocator(nbins=ticks, steps=[1, 2, 2.5, 5, 10])
    places = tuple(float(place) for place in locator.tick_values(low, high))
    return Scale(places[0], places[-1], start, end, places)


def ends(quantity: Quantity) -> tuple[float, float]:
    """Return how far a mark with its interval reaches."""
    wide = quantity.interval
    return (wide.lower, wide.upper) if wide else (quantity.value, quantity.value)


@dataclass
class Drawing:
    """A panel being drawn."""

    words: Words
    height: float = HEIGHT
    parts: list[str] = field(default_factory=list)

    def line(
        self, x1: float, y1: float, x2: float, y2: float, colour: str = style.RULE, width: float = 1.0
    ) -> None:
        """Draw a line."""
        self.parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
            f'stroke-width="{width:g}"/>'
        )

    def bar(self, x1: float, x2: float, y: float, height: float, colour: str) -> None:
        """Draw a bar between two places, centred on `y`; pale fills get their outline."""
        left, wide = min(x1, x2), abs(x2 - x1)
        outline = style.QUIET if colour == style.BASELINE_FILL else style.edge(colour)
        self.parts.append(
            f'<rect x="{left:.1f}" y="{y - height / 2:.1f}" width="{wide:.1f}" height="{height:.1f}" '
            f'fill="{colour}" stroke="{outline}" stroke-width="0.8"/>'
        )

    def dot(self, x: float, y: float, colour: str, hollow: bool = False) -> None:
        """Draw a mark."""
        self.parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{MARK}" fill="{style.PAPER if hollow else colour}" '
            f'stroke="{colour}" stroke-width="1.8"/>'
        )

    def path(self, x: Sequence[float], y: Sequence[float], colour: str, dashed: bool = False) -> None:
        """Draw a line through places."""
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
        dashes = 'stroke-dasharray="5 3" ' if dashed else ""
        self.parts.append(
            f'<polyline points="{points}" fill="none" {dashes}stroke="{colour}" stroke-width="1.8"/>'
        )

    def band(self, x: Sequence[float], low: Sequence[float], high: Sequence[float], colour: str) -> None:
        """Fill what lies between two lines, pale enough to see through."""
        there = [f"{a:.1f},{b:.1f}" for a, b in zip(x, low, strict=True)]
        back = [f"{a:.1f},{b:.1f}" for a, b in zip(x, high, strict=True)]
        self.parts.append(
            f'<polygon points="{" ".join((*there, *reversed(back)))}" fill="{colour}" fill-opacity="0.25"/>'
        )

    def text(
        self,
        x: float,
        y: float,
        text: str,
        anchor: str = "start",
        colour: str = style.INK,
        size: float = SMALL,
        weight: str = "normal",
        room: float = WIDTH,
    ) -> None:
        """Write, centred on the height `y`; in two lines, and then narrower, where there is no room."""
        if LETTER * size * len(text) > room and " " in text:
            for line, side in zip(_halves(text), (-0.52, 0.52), strict=True):
                self._line(x, y + side * size, line, anchor, colour, size, weight, room)
            return
        self._line(x, y, text, anchor, colour, size, weight, room)

    def _line(
        self, x: float, y: float, text: str, anchor: str, colour: str, size: float, weight: str, room: float
    ) -> None:
        narrow = f'textLength="{room:.0f}" lengthAdjust="spacingAndGlyphs" '
        self.parts.append(
            f'<text x="{x:.1f}" y="{y + size * 0.35:.1f}" text-anchor="{anchor}" fill="{colour}" '
            f"{narrow if LETTER * size * len(text) > room else ''}"
            f'font-size="{size:g}" font-weight="{weight}">{escape(text)}</text>'
        )

    def interval(
        self,
        at: float,
        quantity: Quantity,
        along: Scale,
        colour: str,
        upright: bool = False,
        shape: str = "o",
        begins: float = 0.0,
    ) -> None:
        """Draw an estimate: thin 90 %, thick 50 %, a mark that is hollow when a difference's sign is open.

        Parameters
        ----------
        at : float
            Its place across the scale, in pixels.
        quantity : Quantity
        along : Scale
        colour : str
        upright : bool
            Whether the scale runs upwards.
        shape : {"o", "s"}
        begins : float
            Value that is added to all of it, for a bar that begins where another ends.
        """
        for interval, weight in ((quantity.interval, 1.4), (quantity.inner, 4.5)):
            if interval is not None:
                a, b = along(begins + interval.lower), along(begins + interval.upper)
                xy = (at, a, at, b) if upright else (a, at, b, at)
                self.line(*xy, colour=colour, width=weight)
        place = along(begins + quantity.value)
        x, y = (at, place) if upright else (place, at)
        wide = quantity.interval
        hollow = bool(quantity.trace.base) and wide is not None and wide.crosses_zero
        if shape == "o":
            self.dot(x, y, colour, hollow)
        else:
            look = f'fill="{style.PAPER if hollow else colour}" stroke="{colour}" stroke-width="1.8"'
            self.parts.append(
                f'<rect x="{x - MARK + 0.5:.1f}" y="{y - MARK + 0.5:.1f}" width="{2 * MARK - 1}" '
                f'height="{2 * MARK - 1}" {look}/>'
            )

    def ticks_below(self, along: Scale, top: float, bottom: float) -> None:
        """Draw a scale along the bottom, with thin lines up; zero is stronger."""
        for tick in along.ticks:
            x = along(tick)
            self.line(x, top, x, bottom, style.INK if tick == 0 else style.RULE, 1.2 if tick == 0 else 0.6)
            self.text(x, bottom + 10, self._tick(tick, along), "middle", style.QUIET)

    def ticks_left(self, along: Scale, left: float, right: float) -> None:
        """Draw a scale along the left, with thin lines across; zero is stronger."""
        for tick in along.ticks:
            y = along(tick)
            self.line(left, y, right, y, style.INK if tick == 0 else style.RULE, 1.2 if tick == 0 else 0.6)
            self.text(left - 5, y, self._tick(tick, along), "end", style.QUIET)

    def _tick(self, tick: float, along: Scale) -> str:
        finest = step([along.apart], figures=1)
        whole = abs(along.apart / finest - round(along.apart / finest)) < 1e-6
        return self.words.axis(tick, finest if whole else finest / 10)

    def finished(self, key: str, alternative: str, hatched: bool) -> str:
        """Return the drawing; a preview is hatched."""
        hatch = (
            f'<defs><pattern id="{key}-hatch" width="9" height="9" patternUnits="userSpaceOnUse" '
            f'patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="9" stroke="{style.RULE}" '
            f'stroke-width="1.2"/></pattern></defs><rect width="{WIDTH:g}" height="{self.height:g}" '
            f'fill="url(#{key}-hatch)" opacity="0.55"/>'
            if hatched
            else ""
        )
        return (
            f'<svg role="img" aria-label="{escape(alternative)}" viewBox="0 0 {WIDTH:g} {self.height:g}" '
            f'xmlns="http://www.w3.org/2000/svg" class="explorer-drawing">'
            f"{hatch}{''.join(self.parts)}</svg>"
        )


def _halves(text: str) -> tuple[str, str]:
    """Return a text in two parts, broken at the space nearest its middle."""
    spaces = [place for place, letter in enumerate(text) if letter == " "]
    at = min(spaces, key=lambda place: abs(place - len(text) / 2))
    return text[:at], text[at + 1 :]
