"""What every figure hands back, and the setting in which it is drawn."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sim.words import Words


@dataclass(frozen=True)
class Setting:
    """The reader's words, and what must be said of the whole figure.

    Attributes
    ----------
    words : Words
        Language of all text in the figure.
    outside : bool
        Some lever lies outside the range that evidence covers: the figure is stamped.
    preview : bool
        Few runs so far: the figure is hatched and says so.
    """

    words: Words
    outside: bool = False
    preview: bool = False


@dataclass(frozen=True, eq=False)
class FigureResult:
    """One figure.

    Attributes
    ----------
    key : str
        Short name, used for files and for ids inside the drawing.
    svg : str
        The drawing, text as outlines, so that it looks the same everywhere; no title inside.
    title : str
        The finding, computed from the data.
    subtitle : str
        What, unit, period, scenario.
    alternative_text : str
        What the figure shows, for those who do not see it; made from the same data.
    data : DataFrame
        The numbers drawn, tidy.
    """

    key: str
    svg: str
    title: str
    subtitle: str
    alternative_text: str
    data: pd.DataFrame
