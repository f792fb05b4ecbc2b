"""The numbers behind the pictures, to take away: one workbook, and one CSV file a picture.

The files are inside the links themselves, so they need no server and leave nothing on the disk until they are
saved.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from html import escape

import pandas as pd

from sim.explorer.answer import Answer
from sim.explorer.panels import Panel
from sim.explorer.unknown import Unknown
from sim.figures.workbook import Sheet, workbook
from sim.words import Quantity, Words

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sheets(answer: Answer, panels: Sequence[Panel], words: Words, notes: Sequence[str]) -> tuple[Sheet, ...]:
    """Return each panel's numbers as a sheet, in the panels' order.

    Parameters
    ----------
    answer : Answer
    panels : sequence of Panel
        The pictures, for their findings.
    words : Words
    notes : sequence of str
        Put under each table: the answer, the runs.
    """
    frames = {"years": _years, "money": _money, "posts": _posts, "waits": _waits}
    return tuple(
        Sheet(
            words.raw(f"explorer_pages.data.sheet.{panel.key}"),
            panel.title,
            panel.subtitle,
            frame := pd.DataFrame(list(frames[panel.key](answer, words))),
            tuple(notes),
            {str(name): words.raw(f"explorer_pages.data.column.{name}") for name in frame.columns},
        )
        for panel in panels
    )


def links(found: Sequence[Sheet], words: Words, title: str, name: str) -> str:
    """Return links that save the workbook and each table, as marked-up text."""
    book = workbook(found, words, title)
    parts = [_link(book, XLSX, f"{name}.xlsx", "Excel")]
    for sheet in found:
        text = sheet.data.to_csv(index=False, lineterminator="\n").encode("utf-8")
        parts.append(_link(text, "text/csv;charset=utf-8", f"{name}-{sheet.name}.csv", f"CSV: {sheet.name}"))
    return "".join(parts)


def _link(content: bytes, kind: str, file: str, label: str) -> str:
    data = base64.b64encode(content).decode("ascii")
    return f'<a download="{escape(file)}" href="data:{kind};base64,{data}">{escape(label)}</a>'


def _estimated(value: Quantity) -> dict[str, float | None]:
    wide, narrow = value.interval, value.inner
    return {
        "value": value.value,
        "lower": wide.lower if wide else None,
        "upper": wide.upper if wide else None,
        "inner_lower": narrow.lower if narrow else None,
        "inner_upper": narrow.upper if narrow else None,
    }


def _costs(answer: Answer, words: Words) -> Iterator[tuple[str, Answer | Unknown]]:
    """Return what the intervals cover, and the costs with such intervals."""
    yield words.raw("explorer.covers.chance"), answer
    if answer.unknown is not None:
        yield words.raw(f"explorer.covers.{answer.unknown.kind}"), answer.unknown


def _years(answer: Answer, words: Words) -> Iterator[dict[str, object]]:
    for covers, costs in _costs(answer, words):
        for year, value in costs.years:
            yield {"year": int(year), **_estimated(value), "covers": covers}


def _money(answer: Answer, words: Words) -> Iterator[dict[str, object]]:
    for covers, costs in _costs(answer, words):
        rows = (*costs.lines, *((("net", costs.net),) if costs.net is not None else ()))
        for key, value in rows:
            yield {"line": words.name("lines", key), **_estimated(value), "covers": covers}


def _posts(answer: Answer, words: Words) -> Iterator[dict[str, object]]:
    for place, plan, had in zip(answer.places, answer.plan_posts, answer.posts, strict=True):
        for role, planned, posts in zip(answer.roles, plan, had, strict=True):
            name = words.name("roles", role)
            yield {"centre": place.name, "role": name, "plan": planned.value, "value": posts.value}


def _waits(answer: Answer, words: Words) -> Iterator[dict[str, object]]:
    for place in answer.places:
        for key, pair in (("wait", place.wait), ("load", place.load)):
            for side, value in zip(("base", "other"), pair, strict=True):
                if value is not None:
                    yield {
                        "centre": place.name,
                        "measure": words.raw(f"explorer.waits.{key}"),
                        "world": words.raw(f"explorer.waits.{side}"),
                        **_estimated(value),
                        "covers": words.raw("explorer.covers.chance"),
                    }
