"""What the public functions give for each lever of the explorer, laid on caseload-40."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from sim.experiment.curves import elasticity_points
from sim.experiment.differences import difference
from sim.experiment.draws import built_otherwise, run_ensemble, structured_difference
from sim.experiment.run import run_scenarios
from sim.explorer.draws import RUNS
from sim.explorer.levers import assumption_levers
from sim.explorer.state import procured
from sim.parameters import Library, Scenario, load_library, structural_alternatives
from sim.parameters.ensembles import read_ensemble
from sim.parameters.overlays import STACK
from sim.words import Interval, Quantity, Trace, Words, exact

START = "caseload-40"
ENSEMBLE = "history"
SEED = 2008
FOLLOWS = ("levers.staffing_mode=follows",)

Settings = tuple[str, ...]


@dataclass(frozen=True)
class Lever:
    """A lever and what moving it means.

    Attributes
    ----------
    name : str
        As the page's class has it; of a list alone, the list.
    key : str
        What its handle is moved by; nothing where only lists are moved.
    both, other : callable
        From a value to settings of both worlds, and further ones of the changed world.
    first : tuple of (str, str)
        Lists to be moved before, and the key.
    starts : date, optional
        When the change begins.
    in_table : bool
        Whether the table of assumptions has it.
    """

    name: str
    key: str
    both: Callable[[float], Settings]
    other: Callable[[float], Settings]
    first: tuple[tuple[str, str], ...] = ()
    starts: date | None = None
    in_table: bool = True


@lru_cache
def library() -> Library:
    return load_library()


def _nothing(_: float) -> Settings:
    return ()


def _follows(_: float) -> Settings:
    return FOLLOWS


def _of_providers(key: str) -> Callable[[float], Settings]:
    plan = library().resolve("plan-2008").scenario
    return lambda value: tuple(f"measures.{key}[{measure}]={value}" for measure in procured(plan))


def _with(settings: Callable[[float], Settings]) -> Callable[[float], Settings]:
    return lambda value: (*FOLLOWS, *settings(value))


def _elasticity(value: float) -> Settings:
    (point,) = elasticity_points(library().resolve("plan-2008").scenario, [value])
    return point.settings


def _another(value: float) -> Settings:
    from sim.explorer.state import plan_of  # noqa: PLC0415

    key, lever = next(iter(assumption_levers(plan_of(library())).items()))
    return (f"{key}={lever.meant(value)}",)


def _late(value: str, before: str) -> str:
    return f"{{2008-01-01: {before}, 2008-02-01: {value}}}"


LEVERS = (
    Lever("norm", "ArrowRight", _follows, lambda value: (f"levers.caseload_norm={value}",)),
    Lever("places", "ArrowLeft", _follows, lambda value: (f"levers.outsourcing_places={value}",)),
    Lever("price", "ArrowRight", _follows, _of_providers("price_per_year")),
    Lever(
        "last-year", "ArrowRight", _with(lambda value: (f"period.end={value:.0f}-12-31",)), _nothing,
        in_table=False,
    ),
    Lever("elasticity", "ArrowRight", _with(_elasticity), _nothing),
    Lever("effect", "ArrowRight", _with(_of_providers("effect")), _nothing),
    Lever("other", "ArrowRight", _with(_another), _nothing),
    Lever(
        "staff-factor", "ArrowLeft", _nothing,
        lambda value: ("levers.staffing_mode=given", f"staff.factor={value / 100}"),
        first=(("mode", "ArrowDown"),),
    ),
    Lever(
        "share", "ArrowRight", _follows,
        lambda value: ("levers.outsourcing_basis=people", f"levers.outsourcing_share={value / 100}"),
        first=(("basis", "ArrowDown"),),
    ),
    Lever(
        "waiting-pace", "ArrowRight",
        _with(lambda value: ("exits.waiting_pace_mode=fixed", f"exits.waiting_pace={value / 100}")), _nothing,
        first=(("waiting_mode", "ArrowDown"),),
    ),
    Lever(
        "starts", "", lambda _: (f"levers.staffing_mode={_late('follows', 'given')}",),
        lambda _: (
            f"levers.staffing_mode={_late('follows', 'given')}",
            f"levers.caseload_norm={_late('40', '50')}",
        ),
        first=(("starts", "ArrowDown"),), starts=date(2008, 2, 1), in_table=False,
    ),
)  # fmt: skip


def over_worlds(draws: int, words: Words, structures: bool = False) -> tuple[str, dict[str, str]]:
    """Return the difference in present value over worlds and what its spread is made of, as it is written."""

    def laid(way: str) -> list[Scenario]:
        suffix = f"{STACK}{way}" if way else ""
        return [
            replace(library().resolve(f"{name}{suffix}", FOLLOWS).scenario, name=side)
            for side, name in (("base", "plan-2008"), ("changed", START))
        ]

    ensemble = read_ensemble(library().folder / "ensembles" / ENSEMBLE).ensemble.first(draws)
    ways = structural_alternatives(library()) if structures else ()
    built = [run_ensemble(sides, drawn, RUNS, SEED) for sides, drawn in built_otherwise(laid, ensemble, ways)]
    parts = structured_difference(built, "base", "changed", "present_value")
    assert parts is not None
    trace = Trace("present_value")
    difference = Quantity(parts.mean, "MSEK", trace, Interval(parts.world_lower, parts.world_upper))
    shares = {source: words.quantity(exact(share, "share", trace)) for source, share in parts.shares}
    return words.quantity(difference, "range_signed"), shares


def told(lever: Lever, value: float, runs: int, words: Words) -> tuple[str, tuple[str, ...]]:
    """Return the difference in net cost, in all and by year, as the explorer writes it."""
    both = lever.both(value)
    base = library().resolve("plan-2008", both).scenario
    changed = library().resolve(START, (*both, *lever.other(value))).scenario
    sides = [replace(base, name="base"), replace(changed, name="changed")]
    results = run_scenarios(sides, runs, SEED, policy_from=lever.starts)

    def written(period: str) -> str:
        found = difference(results, "base", "changed", "net_cost", period)
        net = Quantity(found.mean, "MSEK", Trace("net_cost"), Interval(found.lower, found.upper))
        return words.quantity(net, "signed_interval")

    years = [period.key for period in results.periods if period.kind == "year"]
    return written("total"), tuple(written(year) for year in years)
