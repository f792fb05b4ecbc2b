"""The City's own rule, the plan's table, and the posts that a run needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim import places
from sim.cli.errors import say
from sim.cli.inputs import all_settings, as_first_of_month, open_library
from sim.cli.request import Request
from sim.cli.screen import Screen
from sim.cli.storing import open_store, usable_when_interrupted
from sim.cli.writing import keep_file
from sim.economy.staffing import StaffingRule, rule_caseworkers, staffing_rule
from sim.experiment.needed_posts import NeededPosts, Promise, needed_posts
from sim.experiment.staffing import FOLLOWS, mean_posts
from sim.experiment.statistics import mean_interval
from sim.figures import PostsData, Setting, posts_by_role
from sim.flow.policy import plan_posts
from sim.parameters import Library, Scenario, month_start
from sim.words import Interval, Name, Prose, Quantity, Trace, Words, exact

PLAN = "plan-2008"
BASE = "base"
DAYS_A_YEAR = 365.25


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
    store = open_store(screen, request.store)
    with usable_when_interrupted(screen, store), screen.progress() as progress:
        posts = mean_posts(follows, request.runs, request.seed, request.jobs, request.engine, progress, store)
    last = month_start(follows.months, follows.start) - timedelta(days=1)
    title = say(
        words, "staffing.follows", runs=request.runs, start=words.date(follows.start), end=words.date(last)
    )
    screen.table(title, head, _needed_rows(follows, posts, request.level, words))


def keeping_a_promise(screen: Screen, request: Request, promise: Promise, figure: Path | None) -> None:
    """Show, and draw, the posts that keep a promise of waits, beside the City's rule."""
    words = screen.words
    library = open_library(request.parameters)
    name = request.names[0] if request.names else _default(library)
    scenario = library.resolve(name, settings=all_settings(request.settings, request.end)).scenario
    first = as_first_of_month(request.start)
    store = open_store(screen, request.store)
    with usable_when_interrupted(screen, store), screen.progress() as progress:
        found = needed_posts(
            *(scenario, promise, request.runs, request.seed, request.jobs, request.engine, progress, first),
            store=store,
        )
    start = scenario.start if first is None else first
    last = month_start(scenario.months, scenario.start) - timedelta(days=1)
    screen.say(
        "staffing.promise.says",
        percent=words.plain(round(promise.probability * 100.0, 6)),
        start=words.date(start),
        end=words.date(last),
        waits=words.join(list(_promised(promise, words))),
        until=words.raw(f"cli.staffing.promise.until.{promise.until}"),
    )
    if promise.until == "plan":
        screen.say("staffing.promise.fixed", days=words.plain(round(_fixed_days(scenario))))
    centres = _centre_names(scenario, words)
    total = words.raw("cli.staffing.total")
    head = [words.raw("cli.staffing.role"), *centres, total]
    rows = _role_rows(scenario, found.posts, ("staff.posts",), words)
    screen.table(words.raw("cli.staffing.promise.needed"), head, rows)
    head = [words.raw(f"cli.staffing.promise.{key}") for key in ("centre", "rule", "given", "needed_head")]
    title = words.raw("cli.staffing.promise.caseworkers")
    screen.table(title, head, _caseworker_rows(scenario, found, [*centres, total], words))
    columns = ("centre", "mean_wait", "p90_wait", "runs", "fresh")
    head = [words.raw(f"cli.staffing.promise.{key}") for key in columns]
    title = say(words, "staffing.promise.kept", runs=words.plain(found.runs))
    screen.table(title, head, _kept_rows(found, centres, words))
    for centre, posts, reached, tight in zip(
        centres, found.posts.sum(axis=1), found.reached, found.tightest, strict=True
    ):
        if not reached:
            screen.say("staffing.promise.not_reached", centre=centre, posts=words.plain(float(posts)))
        elif not tight:
            screen.say("staffing.promise.not_tight", centre=centre)
    screen.say("staffing.promise.caption")
    file = places.OUTPUTS / re.sub(r"[^\w+.-]", "-", f"staffing-{scenario.name}.svg")
    period = words.text("waterfall.period", start=start, end=last)
    keep_file(screen, figure or file, _drawn(scenario, found, centres, period, words))


def _fixed_days(scenario: Scenario) -> float:
    """Days of the way to a plan that no number of posts takes away."""
    months = scenario.number("intake.assessment_months") + scenario.number("intake.approval_months")
    return months * DAYS_A_YEAR / 12.0


def _promised(promise: Promise, words: Words) -> Iterator[str]:
    for key, days in (("mean", promise.mean_days), ("p90", promise.p90_days)):
        if days is not None:
            yield say(words, f"staffing.promise.{key}", days=words.plain(days))


def _caseworker_rows(
    scenario: Scenario, found: NeededPosts, names: list[str], words: Words
) -> Iterator[list[str]]:
    """Caseworkers by the City's rule, as the scenario gives them and as the promise needs them."""
    parts = (rule_caseworkers(scenario), found.given @ found.caseworker, found.caseworkers)
    for name, *cells in zip(names, *(np.append(part, part.sum()) for part in parts), strict=True):
        yield [name, *(words.axis(float(cell), 0.1) for cell in cells)]


def _kept_rows(found: NeededPosts, centres: list[str], words: Words) -> Iterator[list[str]]:
    held, fresh = found.held(found.answer), found.held(found.fresh)
    for position, centre in enumerate(centres):
        cells = []
        for waits in found.answer.waits[:, :, position].T:
            defined = waits[~np.isnan(waits)]
            cells.append(words.axis(float(defined.mean()), 0.1) if len(defined) else "")
        for runs in (held, fresh):
            number = words.plain(int(runs[position]))
            cells.append(say(words, "staffing.promise.of", held=number, runs=words.plain(found.runs)))
        yield [centre, *cells]


def _drawn(scenario: Scenario, found: NeededPosts, centres: list[str], period: Prose, words: Words) -> str:
    """The posts needed beside the plan's, as a drawing."""
    plan = plan_posts(scenario)
    of_plan, of_search = Trace(parameters=("plan.posts",)), Trace("posts", scenario.name)
    data = PostsData(
        found.centres,
        tuple(centres),
        found.roles,
        tuple(words.name("roles", role) for role in found.roles),
        tuple(tuple(exact(float(cell), "posts", of_plan) for cell in row) for row in plan),
        tuple(tuple(Quantity(float(cell), "posts", of_search) for cell in row) for row in found.posts),
        exact(float(plan.sum()), "posts", of_plan),
        exact(float(found.posts.sum()), "posts", of_search),
        Name(words.raw("cli.staffing.promise.figure_given")),
        Name(words.raw("cli.staffing.promise.figure_needed")),
        period,
    )
    return posts_by_role(data, Setting(words), "staffing").svg + "\n"


def _default(library: Library) -> str:
    return PLAN if PLAN in library.scenario_names else BASE


def _centre_names(scenario: Scenario, words: Words) -> list[str]:
    names = scenario.table("organisation.centres").by_key("name")
    return [words.name("centres", key, str(name)) for key, name in names.items()]


def _steps(rule: StaffingRule, words: Words) -> Iterator[list[str]]:
    """The rule as people would do it by hand."""
    plain = words.plain
    people, procured, share = plain(rule.people), plain(rule.procured_people), plain(rule.own_staff_share)
    equivalents, caseload, planned = plain(rule.cases), plain(rule.caseload), plain(rule.planned_caseworkers)
    yield [words.raw("cli.staffing.people"), people]
    yield [words.raw("cli.staffing.procured"), procured]
    made_of = say(words, "staffing.equivalents", people=people, procured=procured, share=share)
    yield [made_of, equivalents]
    yield [words.raw("cli.staffing.caseload"), caseload]
    needed = say(words, "staffing.caseworkers", equivalents=equivalents, caseload=caseload)
    yield [needed, plain(round(rule.caseworkers, 1))]
    yield [words.raw("cli.staffing.at_most"), plain(rule.posts_at_most)]
    yield [words.raw("cli.staffing.in_plan"), planned]
    implied = say(words, "staffing.implied", equivalents=equivalents, caseworkers=planned)
    yield [implied, plain(round(rule.planned_caseload, 1))]


def _with_totals(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """[..., centre, role] with a last centre and a last role that add the others up."""
    wide = np.concatenate([table, table.sum(axis=-2, keepdims=True)], axis=-2)
    return np.concatenate([wide, wide.sum(axis=-1, keepdims=True)], axis=-1)


def _row_names(scenario: Scenario, words: Words) -> list[str]:
    roles = scenario.keys("organisation.roles")
    return [*(words.name("roles", role) for role in roles), words.raw("cli.staffing.total")]


def _plan_rows(scenario: Scenario, words: Words) -> Iterator[list[str]]:
    return _role_rows(scenario, plan_posts(scenario), ("plan.posts",), words)


def _role_rows(
    scenario: Scenario, posts: NDArray[np.float64], parameters: tuple[str, ...], words: Words
) -> Iterator[list[str]]:
    """A row for each role with its posts at each centre, in tenths; totals at both ends."""
    table = np.round(_with_totals(posts), 1).T
    trace = Trace(parameters=parameters)
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
