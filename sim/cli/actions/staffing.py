"""The City's own rule, the plan's table, and the posts that a run needs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from sim.cli.errors import say
from sim.cli.inputs import all_settings, open_library
from sim.cli.request import Request
from sim.cli.screen import Screen
from sim.experiment.staffing import FOLLOWS, StaffingRule, mean_posts, staffing_rule
from sim.experiment.statistics import mean_interval
from sim.flow.policy import plan_posts
from sim.parameters import Library, Scenario, month_start
from sim.words import Interval, Quantity, Trace, Words, exact

PLAN = "plan-2008"
BASE = "base"


def staffing(screen: Screen, request: Request) -> None:
    """Show all three."""
    words = screen.words
    library = open_library(request.parameters)
    name = request.names[0] if request.names else _default(library)
    follows = library.resolve(name, settings=(*all_settings(request.settings, request.end), FOLLOWS)).scenario
    step_head = [words.raw(f"cli.staffing.{key}") for key in ("step", "value")]
    screen.table(words.raw("cli.staffing.rule"), step_head, _steps(staffing_rule(follows), words))
    total = words.raw("cli.staffing.total")
    head = [words.raw("cli.staffing.role"), *_centre_names(follows, words), total]
    screen.table(say(words, "staffing.plan", scenario=name), head, _plan_rows(follows, words))
    with screen.progress() as progress:
        posts = mean_posts(follows, request.runs, request.seed, request.jobs, request.engine, progress)
    last = month_start(follows.months, follows.start) - timedelta(days=1)
    title = say(
        words, "staffing.follows", runs=request.runs, start=words.date(follows.start), end=words.date(last)
    )
    screen.table(title, head, _needed_rows(follows, posts, request.level, words))


def _default(library: Library) -> str:
    return PLAN if PLAN in library.scenario_names else BASE


def _centre_names(scenario: Scenario, words: Words) -> list[str]:
    names = scenario.table("organisation.centres").by_key("name")
    return [words.name("centres", key, str(name)) for key, name in names.items()]


def _steps(rule: StaffingRule, words: Words) -> Iterator[list[str]]:
    """The rule as people would do it by hand."""
    plain = words.plain
    people, procured, share = plain(rule.people), plain(rule.procured), plain(rule.own_staff_share)
    equivalents, caseload, planned = plain(rule.equivalents), plain(rule.caseload), plain(rule.planned)
    yield [words.raw("cli.staffing.people"), people]
    yield [words.raw("cli.staffing.procured"), procured]
    made_of = say(words, "staffing.equivalents", people=people, procured=procured, share=share)
    yield [made_of, equivalents]
    yield [words.raw("cli.staffing.caseload"), caseload]
    needed = say(words, "staffing.caseworkers", equivalents=equivalents, caseload=caseload)
    yield [needed, plain(round(rule.caseworkers, 1))]
    yield [words.raw("cli.staffing.at_most"), plain(rule.at_most)]
    yield [words.raw("cli.staffing.in_plan"), planned]
    implied = say(words, "staffing.implied", equivalents=equivalents, caseworkers=planned)
    yield [implied, plain(round(rule.implied_caseload, 1))]


def _with_totals(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """[..., centre, role] with a last centre and a last role that add the others up."""
    wide = np.concatenate([table, table.sum(axis=-2, keepdims=True)], axis=-2)
    return np.concatenate([wide, wide.sum(axis=-1, keepdims=True)], axis=-1)


def _row_names(scenario: Scenario, words: Words) -> list[str]:
    roles = scenario.keys("organisation.roles")
    return [*(words.name("roles", role) for role in roles), words.raw("cli.staffing.total")]


def _plan_rows(scenario: Scenario, words: Words) -> Iterator[list[str]]:
    table = _with_totals(plan_posts(scenario)).T
    trace = Trace(parameters=("plan.posts",))
    for name, cells in zip(_row_names(scenario, words), table, strict=True):
        yield [name, *(words.quantity(exact(float(cell), "posts", trace), "bare") for cell in cells)]


def _needed_rows(
    scenario: Scenario, posts: NDArray[np.float64], level: float, words: Words
) -> Iterator[list[str]]:
    mean, lower, upper, _ = mean_interval(np.moveaxis(_with_totals(posts), 0, -1), level)
    trace = Trace(measure="posts", scenario=scenario.name)

    def cell(where: tuple[int, int]) -> str:
        interval = Interval(float(lower[where]), float(upper[where]), level)
        return words.quantity(Quantity(float(mean[where]), "posts", trace, interval), "bare_interval")

    for role, name in enumerate(_row_names(scenario, words)):
        yield [name, *(cell((centre, role)) for centre in range(mean.shape[0]))]
