"""The type that a page carries with it: DejaVu Sans, cut down to the signs that the page uses.

The font comes with matplotlib (its licence allows embedding), so a report looks the same on every machine and
matches the type in its figures.
"""

from __future__ import annotations

import base64
import io
from functools import lru_cache
from pathlib import Path

import matplotlib
from fontTools import subset  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

FACES = {400: "DejaVuSans.ttf", 700: "DejaVuSans-Bold.ttf"}
"""Weight to file."""


def font_faces(text: str, family: str = "DejaVu Sans") -> str:
    """Return the CSS that embeds the family's weights with the signs of `text` and no others."""
    signs = "".join(sorted(set(text)))
    return "\n".join(
        f"@font-face{{font-family:'{family}';font-weight:{weight};font-style:normal;"
        f"src:url(data:font/woff;base64,{_embedded(file, signs)}) format('woff')}}"
        for weight, file in FACES.items()
    )


def width_of(text: str, size: float, bold: bool = False) -> float:
    """Return how wide a text is in one line, in the unit of `size`, without kerning."""
    advances, em = _advances(FACES[700 if bold else 400])
    return sum(advances.get(ord(sign), em) for sign in text) * size / em


@lru_cache(maxsize=8)
def _advances(file: str) -> tuple[dict[int, int], int]:
    """Return each sign's advance, and the units of an em."""
    font = TTFont(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / file)
    metrics = font["hmtx"].metrics
    return {sign: metrics[name][0] for sign, name in font.getBestCmap().items()}, font["head"].unitsPerEm


@lru_cache(maxsize=8)
def _embedded(file: str, signs: str) -> str:
    path = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / file
    options = subset.Options()
    options.flavor = "woff"
    options.hinting = False
    options.drop_tables += ["FFTM"]
    font = TTFont(path, recalcTimestamp=False)
    cutter = subset.Subsetter(options)
    cutter.populate(text=signs)
    cutter.subset(font)
    font.flavor = "woff"
    stream = io.BytesIO()
    font.save(stream)
    return base64.b64encode(stream.getvalue()).decode("ascii")
