"""What the City, the state and both bear by year, what the centres were paid with, and when buying pays."""

from __future__ import annotations

from collections.abc import Iterator

from sim.cli import tables
from sim.cli.errors import CommandError, say
from sim.cli.inputs import all_settings, open_library, policy_date, resolve_all
from sim.cli.request import Request
from sim.cli.screen import Screen
from sim.cli.storing import open_store, usable_when_interrupted
from sim.economy import financing
from sim.experiment.providers import break_even_prices, one_price, price_free
from sim.experiment.results import ALL, TOTAL, Results
from sim.experiment.run import run_scenarios
from sim.parameters import Scenario
from sim.words import Interval, Quantity, Trace, Words

PURSES = (
    "net_cost",
    "state_refund",
    "state_benefit_cost",
    "state_job_cost",
    "displacement_cost",
    "public_net_cost",
    "net_cost_current_prices",
    "public_net_cost_current_prices",
    "terminal_cost",
    "public_terminal_cost",
    "present_value",
    "public_present_value",
)
"""The City's part, the state's lines, what others lose, both purses; in current prices; after the end."""

PAYERS = ("net_cost", "public_net_cost")
"""By whose cost the break-even price is told."""


def money(screen: Screen, request: Request) -> None:
    """Show the purses of the last scenario asked for, its financing, and the price at which buying pays."""
    words = screen.words
    if len(set(request.names)) < len(request.names):
        raise CommandError("same-scenarios", name=request.names[0])
    library = open_library(request.parameters)
    resolved = resolve_all(library, request.names, all_settings(request.settings, request.end))
    scenarios = [found.scenario for found in resolved.values()]
    store = open_store(screen, request.store)
    with usable_when_interrupted(screen, store), screen.progress() as progress:
        results = run_scenarios(
            *(scenarios, request.runs, request.seed, request.jobs, request.engine, progress, None),
            policy_from=policy_date(library, request.names),
            store=store,
        )
    shown = scenarios[-1]
    years = [period.key for period in results.periods if period.kind == "year"]
    head = [words.raw("cli.money.line"), *years, words.raw("cli.money.total")]
    title = say(words, "money.purses", scenario=shown.name)
    screen.table(title, head, _purse_rows(results, shown.name, [*years, TOTAL], request.level, words))
    head = [words.raw(f"cli.money.{key}") for key in ("source", "kr")]
    screen.table(words.raw("cli.money.financing"), head, _financing_rows(shown, words))
    if financing(shown).from_units < 0.0:
        screen.say("money.more_than_the_budget")
    screen.say("money.transfer")
    if len(scenarios) > 1:
        _tell_price(screen, results, scenarios, [*years, TOTAL], request.level)
    screen.say(
        "tables.caption",
        runs=results.runs,
        level=tables.percent(words, request.level),
        **tables.span(shown, results, words),
    )


def _purse_rows(
    results: Results, name: str, periods: list[str], level: float, words: Words
) -> Iterator[list[str]]:
    summary = results.summary(level)
    by_key = {measure.key: measure for measure in results.measures}
    scenario, centre, segment = (
        results.names.index(name),
        results.centres.index(ALL),
        results.segments.index(ALL),
    )
    for key in PURSES:
        m = results.measure_keys.index(key)
        cells = []
        for period in periods:
            where = (scenario, m, results.period_keys.index(period), centre, segment)
            if summary.runs[where] < 2:
                cells.append("")
                continue
            interval = Interval(float(summary.lower[where]), float(summary.upper[where]), level)
            trace = Trace(measure=key, scenario=name, period=period)
            quantity = Quantity(float(summary.mean[where]), by_key[key].unit, trace, interval)
            cells.append(words.quantity(quantity, "bare"))
        yield [tables.measure_text(words, by_key[key], "name"), *cells]


def _financing_rows(scenario: Scenario, words: Words) -> Iterator[list[str]]:
    found = financing(scenario)
    share, cost = words.plain(round(found.share * 100.0, 6)), words.axis(found.assistance, 0.1)
    yield [
        say(words, "money.from_assistance", share=share, cost=cost),
        words.axis(found.from_assistance, 0.1),
    ]
    yield [words.raw("cli.money.from_units"), words.axis(found.from_units, 0.1)]
    yield [words.raw("cli.money.budget"), words.axis(found.budget, 0.1)]


def _tell_price(
    screen: Screen, results: Results, scenarios: list[Scenario], periods: list[str], level: float
) -> None:
    """Tell by year the price of a place at which buying more costs as much as not, for each purse."""
    words = screen.words
    base, other = scenarios
    price = one_price(other)
    told = {}
    if price is not None and price == one_price(base) and all(map(price_free, scenarios)):
        told = {
            payer: break_even_prices(results, base.name, other.name, price, periods, payer, level)
            for payer in PAYERS
        }
    if price is None or not any(told.values()):
        screen.say("money.no_price", base=base.name, other=other.name)
        return
    rows = []
    for payer, prices in told.items():
        for found in prices:
            trace = Trace(payer, other.name, base.name, found.period, parameters=("measures.price_per_year",))
            quantity = Quantity(found.price, "kr", trace, Interval(found.lower, found.upper, level))
            (measure,) = (one for one in results.measures if one.key == payer)
            name = tables.measure_text(words, measure, "name")
            rows.append([name, tables.period(words, found.period), words.quantity(quantity, "bare_interval")])
    head = [words.raw(f"cli.money.{key}") for key in ("payer", "period", "price")]
    title = say(words, "money.break_even", base=base.name, other=other.name, price=words.plain(price))
    screen.table(title, head, rows, numbers_from=2)
