"""Scenarios side by side, and a folder of results."""

from __future__ import annotations

from sim.cli import tables
from sim.cli.batch import keep, perform
from sim.cli.request import Request
from sim.cli.screen import Screen


def run(screen: Screen, request: Request) -> None:
    """Run, show and keep."""
    batch = perform(screen, request, "run")
    words, results = screen.words, batch.results
    head = [words.raw(f"cli.tables.{key}") for key in ("measure", "unit", "period")]
    rows = tables.level_rows(results, request.level, words)
    screen.table("", [*head, *results.names], rows, numbers_from=len(head))
    first = batch.resolved[results.names[0]].scenario
    screen.say(
        "tables.caption",
        runs=results.runs,
        level=tables.percent(words, request.level),
        **tables.span(first, results, words),
    )
    keep(screen, batch)
