"""Two worlds as a table: what each gives, what lies between them, and whether that can be told."""

from __future__ import annotations

from collections.abc import Sequence

from sim.experiment.results import ALL, TOTAL
from sim.explorer.answer import Reader
from sim.explorer.parts import table
from sim.explorer.runs import BASE, OTHER, Compared
from sim.words import Quantity, Words

MEASURES = (
    "present_value",
    "net_cost",
    "benefit_cost",
    "staff_cost",
    "procured_cost",
    "posts",
    "caseload",
    "stock",
    "wait_days",
    "outsourced_people_share",
    "outsourced_budget_share",
)
"""What is told of both; the spread of waits between centres stands at the end."""


def two_sides(compared: Compared, words: Words, names: tuple[str, str], caption: str) -> str:
    """Return the table as marked-up text.

    Parameters
    ----------
    compared : Compared
    words : Words
    names : (str, str)
        Of the two worlds.
    caption : str
    """
    say = "explorer_pages.compare"
    heads = [words.raw(f"{say}.measure"), *names, words.raw(f"{say}.difference"), words.raw(f"{say}.verdict")]
    reader = Reader(compared)
    rows = []
    for measure in MEASURES:
        sides = [reader.level(side, measure) for side in (BASE, OTHER)]
        change = reader.difference(measure, TOTAL, ALL, ALL)
        rows.append(_row(words, words.raw(f"measures.{measure}.name"), sides, change))
    spread = reader.spread("wait_days", [centre for centre in compared.results.centres if centre != ALL])
    if spread is not None:
        rows.append(_row(words, words.raw(f"{say}.spread"), [spread.base, spread.other], spread.difference))
    return table(heads, [row for row in rows if row], caption, text=(0, 4))


def _row(words: Words, name: str, sides: Sequence[Quantity | None], change: Quantity | None) -> list[str]:
    base, other = sides
    if base is None or other is None or change is None:
        return []
    if change.interval is not None and change.interval.width == 0.0 and change.value == 0.0:
        verdict = words.raw("explorer_pages.compare.same")
    elif not change.settled:
        verdict = words.verdict("cannot_tell")
    else:
        verdict = words.verdict("higher" if change.value > 0 else "lower")
    unit = words.unit(change.unit)
    return [
        name if unit.lower() in name.lower() else f"{name}, {unit}",
        words.quantity(base, "bare"),
        words.quantity(other, "bare"),
        words.quantity(change, "bare_signed_interval"),
        verdict,
    ]
