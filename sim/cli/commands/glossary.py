"""``jobbtorg glossary``: the words used, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import typer
from ruamel.yaml import YAML

from sim.cli.errors import FAILED
from sim.cli.options import Options
from sim.cli.screen import Screen
from sim.words import Words
from sim.words.texts import FOLDER

FIELDS = ("term_sv", "term_en", "meaning")


def command(screen: Screen, options: Options) -> Callable[..., None]:
    """The command in the screen's language."""

    def glossary(text: str | None = options.search) -> None:
        words = screen.words
        rows = [row for row in entries(words) if text is None or text.lower() in " ".join(row).lower()]
        if not rows:
            screen.say("glossary.none", text=text)
            raise typer.Exit(FAILED)
        head = [words.raw(f"cli.glossary.{key}") for key in ("sv", "en", "meaning")]
        screen.table("", head, rows, numbers_from=len(head))

    return glossary


def entries(words: Words) -> Iterator[tuple[str, ...]]:
    """The glossary's entries, by the term in the reader's language."""
    file = FOLDER / words.language / "glossary.yaml"
    keys = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    rows = [tuple(words.raw(f"glossary.{key}.{field}") for field in FIELDS) for key in keys]
    return iter(sorted(rows, key=lambda row: row[0 if words.language == "sv" else 1].casefold()))
