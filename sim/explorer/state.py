"""What the analyst has set, without widgets and without runs; every change can be undone."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from sim.experiment.curves import elasticity_points
from sim.parameters import Library, Scenario

PLAN = "plan-2008"
"""What the levers are laid on."""

PRICE = "measures.price_per_year"
ELASTICITY_AT = ("work", "near")


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
    price : float
        Kr a place and year, the same for all procured measures.
    elasticity : float
        Of work near the labour market, stored positive; the others keep their proportions to it.
    waiting_mode : str
        Pace of those who wait ``by_load``, or ``fixed`` at `waiting_pace`.
    waiting_pace : float
        Part of the usual pace.
    """

    mode: str
    norm: float
    basis: str
    share: float
    places: float
    staff_factor: float
    price: float
    elasticity: float
    waiting_mode: str
    waiting_pace: float


ASSUMED = ("elasticity", "waiting_mode", "waiting_pace")
"""What nobody can set: it is the same in both worlds."""


@dataclass(frozen=True)
class State:
    """The settings, and what is looked at."""

    settings: Settings
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
    """Return what the settings are compared with: the plan's levers, under the same assumptions.

    The way of staffing is the same on both sides too: to change it is a policy of its own, and would drown
    what the caseload does.
    """
    return replace(plan, mode=settings.mode, **{name: getattr(settings, name) for name in ASSUMED})


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
    if settings.price != plan.price:
        found.append("price")
    return tuple(found)


def assignments(settings: Settings, plan: Scenario) -> tuple[tuple[str, str | float], ...]:
    """Return parameter and value of everything that differs from the plan.

    Parameters
    ----------
    settings : Settings
    plan : Scenario
        `PLAN`, for its measures and elasticities.
    """
    was = settings_of(plan)
    found: list[tuple[str, str | float]] = []
    for name, key in _SCALARS.items():
        if getattr(settings, name) != getattr(was, name):
            found.append((key, getattr(settings, name)))
    if settings.price != was.price:
        found += [(f"{PRICE}[{measure}]", settings.price) for measure in procured(plan)]
    if settings.elasticity != was.elasticity:
        (point,) = elasticity_points(plan, [settings.elasticity])
        split = (setting.split("=", 1) for setting in point.settings)
        found += [(key, float(value)) for key, value in split]
    return tuple(found)


def lines(settings: Settings, plan: Scenario) -> tuple[str, ...]:
    """Return the settings as ``KEY=VALUE``, to lay on the plan."""
    return tuple(
        f"{key}={value if isinstance(value, str) else repr(float(value))}"
        for key, value in assignments(settings, plan)
    )


_SCALARS = {
    "mode": "levers.staffing_mode",
    "norm": "levers.caseload_norm",
    "basis": "levers.outsourcing_basis",
    "share": "levers.outsourcing_share",
    "places": "levers.outsourcing_places",
    "staff_factor": "staff.factor",
    "waiting_mode": "exits.waiting_pace_mode",
    "waiting_pace": "exits.waiting_pace",
}


def settings_of(scenario: Scenario) -> Settings:
    """Return what the levers stand at in a scenario, at its start."""
    elasticities = scenario.table("exits.elasticity").cells()
    prices = scenario.table(PRICE).cells()
    first = procured(scenario)[0]
    return Settings(
        mode=scenario.texts("levers.staffing_mode")[0],
        norm=float(scenario.series("levers.caseload_norm")[0]),
        basis=scenario.texts("levers.outsourcing_basis")[0],
        share=float(scenario.series("levers.outsourcing_share")[0]),
        places=float(scenario.series("levers.outsourcing_places")[0]),
        staff_factor=float(scenario.series("staff.factor")[0]),
        price=float(prices[(first,)]),
        # scaled and scaled back it has lost its last digit
        elasticity=round(float(elasticities[ELASTICITY_AT]), 9),
        waiting_mode=scenario.text("exits.waiting_pace_mode"),
        waiting_pace=scenario.number("exits.waiting_pace"),
    )


def procured(scenario: Scenario) -> tuple[str, ...]:
    """Return the measures that are bought from providers."""
    return tuple(
        str(row["measure"]) for row in scenario.table("measures.catalogue").rows() if row["procured"]
    )


def plan_settings(library: Library) -> Settings:
    """Return the levers as the plan has them."""
    return settings_of(library.resolve(PLAN).scenario)
