"""What the analyst has set, without widgets and without runs; every change can be undone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from sim.experiment.curves import ANCHOR, ELASTICITY, elasticity_points
from sim.parameters import Library, Passport, Scenario
from sim.parameters.calendar import MONTHS_IN_YEAR, month_start
from sim.parameters.meaning import END

PLAN = "plan-2008"
"""What the levers are laid on."""

POSTS = "staff.posts"
PRICE = "measures.price_per_year"
PRICE_FACTOR = "measures.price_factor"
EFFECT = "measures.effect"


@dataclass(frozen=True)
class Settings:
    """All that decides what is run.

    Attributes
    ----------
    mode : str
        Staff ``given`` as in the plan, or staff that ``follows`` the cases.
    norm : float
        Cases a caseworker.
    basis : str
        What the procured part is set as: ``places``, or a share of ``people``, ``budget``,
        ``staff_and_purchases``.
    share, places : float
        The procured part; which one holds is up to `basis`.
    staff_factor : float
        Times the plan's posts; without effect when staff follows.
    posts : tuple of (str, str, float)
        Centre, role and posts, where they are other than the plan's; in the plan's order.
    price : float
        Kr a place and year, the same for all procured measures.
    starts : date
        The 1st of the month from which the levers hold; before it the plan does.
    last_year : int
        The last year that is run, in both worlds.
    elasticity : float
        Of work near the labour market, stored positive; the others keep their proportions to it.
    effect : float
        Of all procured measures on the chance of leaving.
    waiting_mode : str
        Pace of those who wait ``by_load``, or ``fixed`` at `waiting_pace`.
    waiting_pace : float
        Part of the usual pace.
    others : tuple of (str, float)
        Further assumptions that are other than the plan's, by parameter.
    """

    mode: str
    norm: float
    basis: str
    share: float
    places: float
    staff_factor: float
    posts: tuple[tuple[str, str, float], ...]
    price: float
    starts: date
    last_year: int
    elasticity: float
    effect: float
    waiting_mode: str
    waiting_pace: float
    others: tuple[tuple[str, float], ...]


ASSUMED = ("elasticity", "effect", "waiting_mode", "waiting_pace", "others")
"""What nobody can set: it is the same in both worlds."""

FRAME = ("mode", "starts", "last_year")
"""What is the same in both worlds so that they can be compared.

The way of staffing is among them: to change it is a policy of its own, and would drown what the caseload
does.
"""


@dataclass(frozen=True)
class Plan:
    """What the levers are laid on.

    Attributes
    ----------
    scenario : Scenario
    settings : Settings
        The levers as the plan has them.
    assumptions : mapping of str to Passport
        The further assumptions that can be set: single numbers with a range, by parameter.
    """

    scenario: Scenario
    settings: Settings
    assumptions: Mapping[str, Passport]


@dataclass(frozen=True)
class DrawnFrom:
    """Where what is not known is drawn from.

    Attributes
    ----------
    ensemble : str
        Its name; empty where what is not known stands as it is set.
    structures : bool
        Whether the model is built in other ways too.
    """

    ensemble: str = ""
    structures: bool = False

    @property
    def kind(self) -> str:
        """Which of the ways to draw it is, as keys of words have it."""
        return "drawn_structures" if self.structures else "drawn"


@dataclass(frozen=True)
class State:
    """The settings, and what is looked at.

    Attributes
    ----------
    settings : Settings
    unknown : DrawnFrom
        What tells what is not known.
    centre, segment : str
        Whose costs are told.
    language : str
    """

    settings: Settings
    unknown: DrawnFrom = DrawnFrom()
    centre: str = "all"
    segment: str = "all"
    language: str = "sv"


@dataclass(frozen=True)
class History:
    """The state and those before it.

    Attributes
    ----------
    now : State
    before : tuple of State
        The latest last.
    last : str
        What the latest change was about.
    """

    now: State
    before: tuple[State, ...] = ()
    last: str = ""

    def changed(self, **values: Any) -> History:
        """Return the history after a change of settings or of what is looked at.

        Changes of one and the same thing in a row count as one, so that a dragged slider is undone at once.
        """
        names = {field.name for field in fields(Settings)}
        settings = {name: value for name, value in values.items() if name in names}
        rest = {name: value for name, value in values.items() if name not in names}
        state = replace(self.now, settings=replace(self.now.settings, **settings), **rest)
        return self.to(state, ",".join(sorted(values)))

    def to(self, state: State, about: str) -> History:
        """Return the history after a change to another state."""
        if state == self.now:
            return self
        goes_on = about == self.last and bool(self.before)
        return History(state, self.before if goes_on else (*self.before, self.now), about)

    def undone(self) -> History:
        """Return the history without its latest change."""
        if not self.before:
            return self
        return History(self.before[-1], self.before[:-1])


def base_of(settings: Settings, plan: Settings) -> Settings:
    """Return what the settings are compared with: the plan's levers, under the same assumptions and frame."""
    return replace(plan, **{name: getattr(settings, name) for name in (*FRAME, *ASSUMED)})


def changes(settings: Settings, plan: Settings) -> tuple[str, ...]:
    """Return the levers that differ from the base and have an effect."""
    found = []
    if settings.norm != plan.norm:
        found.append("norm")
    outsourcing = "places" if settings.basis == "places" else "share"
    if settings.basis != plan.basis or getattr(settings, outsourcing) != getattr(plan, outsourcing):
        found.append(outsourcing)
    if settings.mode == "given" and settings.staff_factor != plan.staff_factor:
        found.append("staff_factor")
    if settings.posts != plan.posts:
        found.append("posts")
    if settings.price != plan.price:
        found.append("price")
    return tuple(found)


# --- settings and scenarios ---------------------------------------------------------------------------------

_DATED = {
    "mode": "levers.staffing_mode",
    "norm": "levers.caseload_norm",
    "basis": "levers.outsourcing_basis",
    "share": "levers.outsourcing_share",
    "places": "levers.outsourcing_places",
    "staff_factor": "staff.factor",
}
_UNDATED = {"waiting_mode": "exits.waiting_pace_mode", "waiting_pace": "exits.waiting_pace"}
_OF_PROVIDERS = {"price": PRICE, "effect": EFFECT}
"""Tables with a row for each measure: a lever sets all that are procured."""

_WORDS = ("mode", "basis")


def plan_of(library: Library) -> Plan:
    """Return the plan and what can be laid on it."""
    scenario = library.resolve(PLAN).scenario
    assumptions = {
        key: passport
        for key, passport in library.passports.items()
        if passport.role == "uncertainty"
        and passport.range is not None
        and passport.table is None
        and not passport.dated
        and key not in _UNDATED.values()
    }
    return Plan(scenario, _settings_of(scenario, scenario, assumptions), assumptions)


def settings_of(scenario: Scenario, plan: Plan) -> Settings:
    """Return what the levers stand at in a scenario, at its end."""
    return _settings_of(scenario, plan.scenario, plan.assumptions)


def _settings_of(scenario: Scenario, plan: Scenario, assumptions: Iterable[str]) -> Settings:
    dated: dict[str, Any] = {}
    turns = [0]
    for name, key in _DATED.items():
        values = list(scenario.texts(key)) if name in _WORDS else [float(v) for v in scenario.series(key)]
        dated[name] = values[-1]
        turns.append(_settled_from(values))
    centres, roles = scenario.keys("organisation.centres"), scenario.keys("organisation.roles")
    posts = scenario.dated_array(POSTS, centres, roles)
    turns.append(_settled_from([month.tobytes() for month in posts]))
    planned = plan.dated_array(POSTS, centres, roles)[-1]
    others = ((key, scenario.number(key)) for key in assumptions if scenario.number(key) != plan.number(key))
    factor = [float(value) for value in scenario.series(PRICE_FACTOR)]
    turns.append(_settled_from(factor))
    # scaled and scaled back, the elasticity has lost its last digit
    elasticity = round(float(scenario.table(ELASTICITY).cells()[ANCHOR]), 9)
    first = procured(scenario)[0]
    return Settings(
        **dated,
        posts=tuple(
            (centre, role, float(posts[-1, row, column]))
            for row, centre in enumerate(centres)
            for column, role in enumerate(roles)
            if posts[-1, row, column] != planned[row, column]
        ),
        price=round(float(scenario.table(PRICE).cells()[(first,)]) * factor[-1], 6),
        starts=month_start(max(turns), scenario.start),
        last_year=month_start(scenario.months - 1, scenario.start).year,
        elasticity=elasticity,
        effect=float(scenario.table(EFFECT).cells()[(first,)]),
        waiting_mode=scenario.text(_UNDATED["waiting_mode"]),
        waiting_pace=scenario.number(_UNDATED["waiting_pace"]),
        others=tuple(others),
    )


def _settled_from(values: Sequence[object]) -> int:
    """Return the first month from which a value stays as it ends."""
    month = len(values) - 1
    while month and values[month - 1] == values[-1]:
        month -= 1
    return month


def assignments(settings: Settings, plan: Plan) -> tuple[tuple[str, Any], ...]:
    """Return parameter and value of everything that differs from the plan, as an overlay has them."""
    was, first = plan.settings, plan.scenario.start
    later = settings.starts > first
    found: list[tuple[str, Any]] = []
    if settings.last_year != was.last_year:
        found.append((END, date(settings.last_year, MONTHS_IN_YEAR, 31)))
    for name, key in _DATED.items():
        value, before = getattr(settings, name), getattr(was, name)
        if value != before:
            found.append((key, {first: before, settings.starts: value} if later else value))
    if settings.posts and later:
        rows = [
            {"from": settings.starts, "centre": centre, "role": role, "value": posts}
            for centre, role, posts in settings.posts
        ]
        found.append((POSTS, {"add": rows}))
    elif settings.posts:
        found += [(f"{POSTS}[{centre},{role}]", posts) for centre, role, posts in settings.posts]
    if settings.price != was.price and later:
        found.append((PRICE_FACTOR, {first: 1.0, settings.starts: settings.price / was.price}))
    for name, key in _OF_PROVIDERS.items():
        value = getattr(settings, name)
        if value != getattr(was, name) and not (name == "price" and later):
            found += [(f"{key}[{measure}]", value) for measure in procured(plan.scenario)]
    if settings.elasticity != was.elasticity:
        (point,) = elasticity_points(plan.scenario, [settings.elasticity])
        split = (setting.split("=", 1) for setting in point.settings)
        found += [(key, float(value)) for key, value in split]
    for name, key in _UNDATED.items():
        if getattr(settings, name) != getattr(was, name):
            found.append((key, getattr(settings, name)))
    return (*found, *settings.others)


def lines(settings: Settings, plan: Plan) -> tuple[str, ...]:
    """Return the settings as ``KEY=VALUE``, to lay on the plan."""
    return tuple(f"{key}={_flow(value)}" for key, value in assignments(settings, plan))


def _flow(value: Any) -> str:
    """Return a value as YAML writes it on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flow(key)}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(inner) for inner in value) + "]"
    return repr(value) if isinstance(value, float) else str(value)


def procured(scenario: Scenario) -> tuple[str, ...]:
    """Return the measures that are bought from providers."""
    return tuple(
        str(row["measure"]) for row in scenario.table("measures.catalogue").rows() if row["procured"]
    )


def with_posts(settings: Settings, plan: Plan, centre: str, role: str, posts: float) -> Settings:
    """Return the settings with one centre's posts of one role; the plan's number unsets it."""
    planned = planned_posts(plan)
    had = {(where, what): number for where, what, number in settings.posts} | {(centre, role): posts}
    kept = tuple(
        (where, what, had[where, what])
        for (where, what), number in planned.items()
        if had.get((where, what), number) != number
    )
    return replace(settings, posts=kept)


def planned_posts(plan: Plan) -> dict[tuple[str, str], float]:
    """Return the plan's posts by centre and role, in their order."""
    centres, roles = (plan.scenario.keys(f"organisation.{name}") for name in ("centres", "roles"))
    posts = plan.scenario.dated_array(POSTS, centres, roles)[-1]
    return {
        (centre, role): float(posts[row, column])
        for row, centre in enumerate(centres)
        for column, role in enumerate(roles)
    }


def with_other(settings: Settings, plan: Plan, key: str, value: float) -> Settings:
    """Return the settings with one further assumption set; at the plan's value it is unset."""
    had = dict(settings.others) | {key: value}
    kept = ((one, had[one]) for one in plan.assumptions if one in had)
    return replace(
        settings, others=tuple((one, value) for one, value in kept if value != plan.scenario.number(one))
    )
