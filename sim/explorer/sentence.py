"""The answer in one sentence with its verdict, and what stands beside it."""

from __future__ import annotations

from sim.experiment.results import ALL
from sim.explorer.answer import Answer
from sim.explorer.state import PRICE, Settings, changes
from sim.words import Name, Prose, Quantity, Trace, Words, exact

UNITS = {
    "norm": ("cases", "levers.caseload_norm"),
    "share": ("share", "levers.outsourcing_share"),
    "places": ("places", "levers.outsourcing_places"),
    "staff_factor": ("share", "staff.factor"),
    "price": ("kr", PRICE),
}
"""Of each lever: unit and parameter."""


def lever(settings: Settings, name: str) -> Quantity:
    """Return what a lever is set to."""
    unit, key = UNITS[name]
    return exact(float(getattr(settings, name)), unit, Trace(parameters=(key,)))


def sentence(answer: Answer, plan: Settings, words: Words, view: Prose) -> Prose:
    """Return what the change does, and whether that can be told.

    Parameters
    ----------
    answer : Answer
    plan : Settings
        The plan's levers.
    words : Words
    view : Prose
        Whose costs are told.
    """
    settings = answer.settings
    changed = changes(settings, plan)
    if not changed:
        return words.text("explorer.sentence.unchanged")
    if answer.headline is None:
        return words.text("explorer.sentence.undefined", view=view)
    values: dict[str, Prose | Quantity] = {
        "changes": words.join([_change(settings, name, words) for name in changed]),
        "base": _base(settings, plan, words),
        "view": view,
        "difference": answer.headline,
    }
    wide = answer.headline.interval
    if wide is not None and wide.width == 0.0 and answer.headline.value == 0.0:
        del values["difference"]
        return words.text("explorer.sentence.same", **values).capitalised()
    return words.text(f"explorer.sentence.{answer.verdict}", **values).capitalised()


def _base(settings: Settings, plan: Settings, words: Words) -> Prose:
    """Return what is compared with; the norm stands there when staff follows it."""
    values = {"norm": lever(plan, "norm")} if settings.mode == "follows" else {}
    return words.text(f"explorer.base.{settings.mode}", **values)


def _change(settings: Settings, name: str, words: Words) -> Prose:
    which = f"{name}_{settings.basis}" if name == "share" else name
    if name == "norm":
        which = f"norm_{settings.mode}"
    return words.text(f"explorer.changes.{which}", value=lever(settings, name))


def beside(answer: Answer, plan: Settings, words: Words) -> Prose:
    """Return how the answer is counted, the period alone, how sure it is, and the three procured shares."""
    period = Prose((f"{answer.first_year}–{answer.last_year}",))
    parts = []
    if changes(answer.settings, plan) and answer.headline is not None:
        if answer.net is not None:
            parts.append(words.text("explorer.beside.net", period=period, net=answer.net))
        if answer.verdict == "cannot_tell" and answer.more_runs is not None:
            parts.append(words.text("explorer.beside.more_runs", runs=answer.more_runs))
    if answer.shares:
        items = [
            words.text("explorer.beside.share", of=Name(words.raw(f"explorer.share_of.{key}")), share=value)
            for key, value in answer.shares
        ]
        parts.append(words.text("explorer.beside.shares", shares=words.join(items)))
    return Prose.joined(parts)


def tried(answer: Answer, plan: Settings, words: Words) -> Prose:
    """Return whether the answer stands at both ends of what evidence says of the elasticity."""
    if not changes(answer.settings, plan) or not answer.ends or answer.headline is None:
        return Prose()
    (low, at_low), (high, at_high) = answer.ends
    said = {answer.verdict, *(_sign(value) for value in (at_low, at_high))}
    which = "holds" if len(said) == 1 and "cannot_tell" not in said else "turns"
    return words.text(f"explorer.tried.{which}", low=low, high=high, at_low=at_low, at_high=at_high)


def _sign(difference: Quantity) -> str:
    return "cannot_tell" if not difference.settled else "higher" if difference.value > 0 else "lower"


def view_of(centre: str, segment: str, names: dict[str, str], words: Words) -> Prose:
    """Return whose costs are told: the City's, a centre's, a segment's."""
    values: dict[str, Name] = {}
    if centre != ALL:
        values["centre"] = Name(names[centre])
    if segment != ALL:
        name = words.name("segments", segment)
        values["segment"] = Name(name[:1].lower() + name[1:])
    return words.text(f"explorer.view.{'_'.join(values) or 'all'}", **values)
