"""What the file shows at one crossing in one language: the explorer's own sentence, pictures and table."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from sim.explorer.answer import answer
from sim.explorer.file.compute import Cube
from sim.explorer.grid import norm_quantities, share_quantities
from sim.explorer.panels import panels
from sim.explorer.runs import Compared
from sim.explorer.sentence import beside, meanings, outside, sentence, tried, view_of
from sim.explorer.state import Plan
from sim.explorer.twosides import two_sides
from sim.explorer.view import panel_html
from sim.words import Name, Trace, Words, exact


def crossing(compared: Compared, plan: Plan, words: Words) -> str:
    """Return one crossing as marked-up text."""
    found = answer(compared)
    view = view_of("all", "all", {}, words)
    said = [
        str(part)
        for part in (
            tried(found, plan.settings, words),
            beside(found, plan.settings, words),
            meanings(found, words),
        )
    ]
    small = "".join(f"<p>{escape(text)}</p>" for text in said if text)
    warning = str(outside(found, words))
    if warning:
        small += f'<p class="outside">{escape(warning)}</p>'
    pictures = "".join(panel_html(panel) for panel in panels(found, words, False, view))
    base, other = (Name(words.raw(f"explorer.waits.{side}")).first.text for side in ("base", "other"))
    caption = words.raw("explorer_file.table")
    return (
        f'<section class="answer explorer-answer" role="status">'
        f'<p class="explorer-sentence">{escape(str(sentence(found, plan.settings, words, view)))}</p>{small}'
        f'</section><section class="explorer-panels"><div class="widget-html-content">{pictures}</div>'
        f'</section><div class="explorer-sideways" role="region" tabindex="0" aria-label="{escape(caption)}">'
        f"{two_sides(compared, words, (base, other), caption)}</div>"
    )


def with_ends(cube: Cube, elasticity: int, share: int, norm: int) -> Compared:
    """Return a crossing with the same crossing at the ends of the elasticity's range beside it."""
    found = cube.cells[elasticity][share][norm]
    ends = (cube.cells[0][share][norm], cube.cells[-1][share][norm])
    return Compared(
        found.settings, found.base, found.other, found.results, found.posts, found.stages, found.months, ends
    )


def labels(cube: Cube, words: Words) -> dict[str, Sequence[str]]:
    """Return how the stops of each lever are written."""
    trace = Trace(parameters=("exits.elasticity",))
    return {
        "norm": [words.quantity(norm, "bare") for norm in norm_quantities(cube.grid.norms)],
        "share": [
            words.raw("map.plan_places") if share is None else words.quantity(share)
            for share in share_quantities(cube.grid.shares)
        ],
        "elasticity": [
            words.quantity(exact(value, "elasticity", trace), "bare") for value in cube.elasticities
        ],
    }
