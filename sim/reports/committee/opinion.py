"""The office's own judgement: written by hand, shown as such, and held to no rule about numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sim.reports.blocks import Block, Heading, Note, Paragraph
from sim.reports.committee.naming import Namer
from sim.reports.committee.sections import heading
from sim.words import Prose

_ITEM = re.compile(r"^[-*] +")


def opinion(namer: Namer) -> Iterator[Block]:
    """Yield the office's judgement in the report's language, if there is one."""
    text = namer.data.opinions.get(namer.words.language, "")
    if not text.strip():
        return
    yield heading(namer, "opinion")
    yield Note(namer.text("opinion.note"))
    yield from handwritten(text)


def handwritten(text: str) -> Iterator[Block]:
    """Yield a hand-written text as blocks: ``##`` headings, ``-`` lists, and paragraphs between blank lines.

    Anything else of Markdown stands as it was typed.
    """
    number = 0
    for part in re.split(r"\n\s*\n", text.strip()):
        lines = [line.strip() for line in part.splitlines()]
        if lines[0].startswith("#"):
            number += 1
            yield Heading(Prose((lines[0].lstrip("# "),)), 3, f"opinion-{number}")
            lines = lines[1:]
        item: list[str] = []
        for line in lines:
            if _ITEM.match(line) and item:
                yield _paragraph(item)
                item = []
            item.append(_ITEM.sub("– ", line))
        if item:
            yield _paragraph(item)


def _paragraph(lines: list[str]) -> Paragraph:
    return Paragraph(Prose((" ".join(lines),)), "opinion")
