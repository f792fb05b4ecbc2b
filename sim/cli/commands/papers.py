"""``jobbtorg papers``: what the City's papers say, and where it lives or why it is left out."""

from __future__ import annotations

from collections.abc import Callable

from sim.cli.options import Options
from sim.cli.screen import Screen
from sim.parameters.papers import read_papers

COLUMNS = ("paper", "place", "line", "lives_in")


def command(screen: Screen, options: Options) -> Callable[..., None]:
    """The command in the screen's language."""

    def papers(text: str | None = options.search) -> None:
        words = screen.words
        rows = []
        for line in read_papers():
            where = ", ".join(line.lives_in)
            if not where:
                where = f"{words.raw('papers.left_out')}: {words.raw(f'papers.reasons.{line.key}')}"
            rows.append([line.paper, line.place, words.raw(f"papers.lines.{line.key}"), where])
        rows = [row for row in rows if text is None or text.lower() in " ".join(row).lower()]
        screen.table("", [words.raw(f"papers.{name}") for name in COLUMNS], rows, numbers_from=len(COLUMNS))

    return papers
