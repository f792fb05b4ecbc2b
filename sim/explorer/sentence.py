"""The answer in one sentence with its verdict, and what stands beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.experiment.results import ALL
from sim.explorer.answer import Answer
from sim.explorer.state import PRICE, Settings, changes
from sim.explorer.unknown import Unknown
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
    listed = words.join([_change(settings, name, words, changed) for name in changed])
    values: dict[str, Prose | Quantity] = {
        "changes": _from(settings, plan, listed, words),
        "base": _base(settings, plan, words),
        "view": view,
        "difference": answer.headline,
    }
    if answer.unknown is not None:
        return _over_worlds(answer.unknown, values, words)
    wide = answer.headline.interval
    if wide is not None and wide.width == 0.0 and answer.headline.value == 0.0:
        del values["difference"]
        return words.text("explorer.sentence.same", **values).capitalised()
    return words.text(f"explorer.sentence.{answer.verdict}", **values).capitalised()


def _over_worlds(unknown: Unknown, values: Mapping[str, Prose | Quantity], words: Words) -> Prose:
    """Return what the change does over chance and what is not known."""
    over = {
        **values,
        "difference": unknown.headline,
        "level": _level(unknown.headline),
        "most": words.text(f"explorer.unknown.{unknown.side}", share=unknown.worlds),
    }
    return words.text(f"explorer.unknown.sentence.{unknown.verdict}", **over).capitalised()


def _level(quantity: Quantity) -> Quantity:
    assert quantity.interval is not None
    return exact(quantity.interval.level, "share", quantity.trace)


def weighed(answer: Answer, plan: Settings, words: Words, asked: bool) -> Prose:
    """Return how much of the spread is chance and how much is what else.

    Parameters
    ----------
    answer : Answer
    plan : Settings
    words : Words
    asked : bool
        Whether what is not known is asked for: where it is on its way, that is told.
    """
    found = answer.unknown
    if not asked or not changes(answer.settings, plan) or answer.headline is None:
        return Prose()
    if found is None:
        return words.text("explorer.unknown.coming")
    if not found.parts:
        return words.text("explorer.unknown.alike")
    return words.text(
        f"explorer.unknown.parts.{found.kind}",
        **dict(found.parts),
        **_ways(found),
        expected=found.expected,
        alone=answer.headline,
    )


def covers(answer: Answer, words: Words) -> Prose:
    """Return what the intervals of costs cover."""
    found = answer.unknown
    if found is None:
        return words.text("explorer.covers.chance_runs", runs=answer.runs)
    return words.text(
        f"explorer.covers.{found.kind}_draws",
        draws=found.draws,
        runs=found.runs,
        ensemble=Name(found.ensemble),
        **_ways(found),
    )


def _ways(found: Unknown) -> dict[str, Quantity]:
    """Return in how many ways the model is built, where that is told."""
    return {"ways": found.ways} if found.ways.value > 1 else {}


def described(settings: Settings, plan: Settings, words: Words) -> Prose:
    """Return in a few words what the settings change in the plan."""
    changed = changes(settings, plan)
    if not changed:
        return words.text("explorer.changes.none")
    listed = words.join([_change(settings, name, words, changed) for name in changed])
    return _from(settings, plan, listed, words).capitalised()


def _from(settings: Settings, plan: Settings, changed: Prose, words: Words) -> Prose:
    """Return the changes with the month from which they hold, unless it is the first."""
    if settings.starts == plan.starts:
        return changed
    month = words.period(f"{settings.starts:%Y-%m}")
    return words.text("explorer.changes.starts", month=month, changes=changed)


def _base(settings: Settings, plan: Settings, words: Words) -> Prose:
    """Return what is compared with; the norm stands there when staff follows it."""
    values = {"norm": lever(plan, "norm")} if settings.mode == "follows" else {}
    return words.text(f"explorer.base.{settings.mode}", **values)


def _change(settings: Settings, name: str, words: Words, changed: Sequence[str]) -> Prose:
    if name == "posts":
        return _posts(settings, words)
    which = f"{name}_{settings.basis}" if name == "share" else name
    if name == "norm":
        which = f"norm_{settings.mode}"
        if settings.mode == "given" and {"staff_factor", "posts"} & set(changed):
            which = "norm_given_alone"  # the posts are told of by themselves
    return words.text(f"explorer.changes.{which}", value=lever(settings, name))


def _posts(settings: Settings, words: Words) -> Prose:
    """Return which posts are other than the plan's: the one, or how many cells of the plan's table."""
    trace = Trace(parameters=("staff.posts",))
    if len(settings.posts) > 1:
        return words.text(
            "explorer.changes.posts_many", cells=exact(float(len(settings.posts)), "number", trace)
        )
    ((centre, role, value),) = settings.posts
    name = words.name("roles", role)
    return words.text(
        "explorer.changes.posts_one",
        posts=exact(value, "posts", trace),
        role=Name(name[:1].lower() + name[1:]),
        centre=Name(words.name("centres", centre)),
    )


def beside(answer: Answer, plan: Settings, words: Words) -> Prose:
    """Return how the answer is counted, the period alone, and how sure it is."""
    period = Prose((f"{answer.first_year}–{answer.last_year}",))
    parts = []
    if changes(answer.settings, plan) and answer.headline is not None:
        net = answer.net if answer.unknown is None else answer.unknown.net
        if net is not None:
            parts.append(words.text("explorer.beside.net", period=period, net=net))
        if answer.unknown is None and answer.verdict == "cannot_tell" and answer.more_runs is not None:
            parts.append(words.text("explorer.beside.more_runs", runs=answer.more_runs))
    return Prose.joined(parts)


def meanings(answer: Answer, words: Words) -> Prose:
    """Return the procured part by its three measures, whichever of them the lever sets."""
    if not answer.shares:
        return Prose()
    items = [
        words.text("explorer.meanings.share", of=Name(words.raw(f"explorer.share_of.{key}")), share=value)
        for key, value in answer.shares
    ]
    return words.text("explorer.meanings.shares", shares=words.join(items))


def outside(answer: Answer, words: Words) -> Prose:
    """Return which levers and assumptions lie outside what evidence covers; nothing when none does."""
    if not answer.outside:
        return Prose()
    titles = dict.fromkeys(_title(key, words) for key in answer.outside)
    return words.text("explorer.outside", keys=words.join(list(titles)))


def _title(key: str, words: Words) -> str:
    place = f"parameters.{key.partition('[')[0]}.title"
    return words.raw(place) if words.has(place) else key


def tried(answer: Answer, plan: Settings, words: Words) -> Prose:
    """Return whether the answer stands at both ends of what evidence says of the elasticity."""
    if not changes(answer.settings, plan) or not answer.ends or answer.headline is None or answer.unknown:
        return Prose()  # under draws the elasticity is one of what is not known
    (low, at_low), (high, at_high) = answer.ends
    said = {answer.verdict, *(_sign(value) for value in (at_low, at_high))}
    which = "turns" if {"lower", "higher"} <= said else "open" if "cannot_tell" in said else "holds"
    return words.text(f"explorer.tried.{which}", low=low, high=high, at_low=at_low, at_high=at_high)


def _sign(difference: Quantity) -> str:
    return "cannot_tell" if not difference.settled else "higher" if difference.value > 0 else "lower"


def view_of(centre: str, segment: str, names: Mapping[str, str], words: Words) -> Prose:
    """Return whose costs are told: the City's, a centre's, a segment's."""
    values: dict[str, Name] = {}
    if centre != ALL:
        values["centre"] = Name(names[centre])
    if segment != ALL:
        name = words.name("segments", segment)
        values["segment"] = Name(name[:1].lower() + name[1:])
    return words.text(f"explorer.view.{'_'.join(values) or 'all'}", **values)
