"""What is held against a finished page before anybody gets it."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

from sim.reports.blocks import Figure, Report

_LEFTOVERS = re.compile(r"\b(nan|NaN|None|inf|Infinity)\b|[{}]")
"""What a value that was never there leaves in a text, and places that nobody filled."""

_LOADS = {("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src"), ("object", "data")}
_SILENT = {"style", "script", "svg", "title"}


def faults(report: Report, page: str) -> list[str]:
    """Return what is wrong with a page, as sentences; an empty list when it may be handed out.

    Parameters
    ----------
    report : Report
        What was to be written.
    page : str
        The HTML.
    """
    reader = _Reader()
    reader.feed(page)
    reader.close()
    figures = [block.figure for block in report.blocks if isinstance(block, Figure)]
    found = [
        f"The figure {figure.key} has no alternative text."
        for figure in figures
        if not figure.alternative_text
    ]
    found += [f"The figure {figure.key} has no data." for figure in figures if figure.data.empty]
    if reader.drawings != len(figures):
        found.append(f"The page shows {reader.drawings} drawings with a name of {len(figures)} figures.")
    if reader.language != report.language:
        found.append(f"The page says its language is {reader.language!r}, not {report.language!r}.")
    found += [f"The text holds {match!r}: {text!r}." for text in reader.texts for match in leftovers(text)]
    found += [f"A table has an empty body: {text!r}." for text in reader.empty_tables]
    found += [f"The id {name!r} is there {count} times." for name, count in reader.ids.items() if count > 1]
    found += [
        f"A link leads to {name!r}, which is not there." for name in sorted(reader.links - reader.ids.keys())
    ]
    found += [f"The page loads {address!r} from outside." for address in reader.loads]
    if "url(http" in page or "@import" in page:
        found.append("The style asks for something from outside.")
    return found


def leftovers(text: str) -> list[str]:
    """Return what stands in a text that is no word: unfilled places, values that were never there."""
    return [match.group() for match in _LEFTOVERS.finditer(text)]


class _Reader(HTMLParser):
    """Collects what the checks look at."""

    def __init__(self) -> None:
        super().__init__()
        self.language = ""
        self.texts: list[str] = []
        self.ids: Counter[str] = Counter()
        self.links: set[str] = set()
        self.loads: list[str] = []
        self.empty_tables: list[str] = []
        self.drawings = 0
        self._inside: list[str] = []
        self._caption = ""
        self._rows = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = values.get("lang", "")
        if "id" in values:
            self.ids[values["id"]] += 1
        if tag == "a" and values.get("href", "").startswith("#"):
            self.links.add(values["href"][1:])
        self.loads += [
            value for name, value in values.items() if (tag, name) in _LOADS and not value.startswith("data:")
        ]
        if tag == "svg" and values.get("role") == "img" and values.get("aria-label"):
            self.drawings += 1
            self.texts.append(values["aria-label"])
        if tag == "tbody":
            self._rows = 0
        if tag in ("td", "th") and "tbody" in self._inside:
            self._rows += 1
        if tag not in ("meta", "br"):
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "tbody" and self._rows == 0:
            self.empty_tables.append(self._caption)
        while self._inside and self._inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not _SILENT.intersection(self._inside) and data.strip():
            if "caption" in self._inside:
                self._caption = data
            self.texts.append(data)
