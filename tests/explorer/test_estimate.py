"""How far a preview that is read between runs may lie from what the runs then say."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.explorer.answer import Reader, answer
from sim.explorer.app import BATCHES
from sim.explorer.estimate import PLACES, RUNS, Estimates
from sim.explorer.runs import BASE, OTHER, Compared, Workshop
from sim.explorer.state import Settings
from sim.parameters import load_library

pytestmark = pytest.mark.long

FOLLOWS = {"mode": "follows", "norm": 40.0}
ONE, TWO = 0.005, 0.02
"""How far the difference in net cost may lie off, in parts of what the centres cost; one lever, and two."""


class Tried:
    """Settings around which every lever has been tried, in a loop of its own."""

    def __init__(self, folder: Path) -> None:
        self._loop = asyncio.new_event_loop()
        self.workshop = Workshop(load_library(folder), 2008, 2)
        self._estimates: dict[Settings, Estimates] = {}

    def around(self, **moved: Any) -> Settings:
        return replace(self.workshop.plan.settings, **moved)

    def ran(self, settings: Settings, runs: int = RUNS) -> Compared:
        return self._loop.run_until_complete(self.workshop.compare(settings, runs, lasting=False))

    def estimates(self, settings: Settings) -> Estimates:
        if settings not in self._estimates:
            self._estimates[settings] = Estimates(self.workshop)
            self._loop.run_until_complete(self._estimates[settings].prepare(settings))
        return self._estimates[settings]

    def close(self) -> None:
        self.workshop.close()
        self._loop.close()


@pytest.fixture(scope="module")
def tried(folder: Path) -> Iterator[Tried]:
    found = Tried(folder)
    yield found
    found.close()


def test_at_the_places_it_is_what_the_runs_say(tried):
    around = tried.around(**FOLLOWS)
    estimates = tried.estimates(around)
    for lever in ("norm", "price", "elasticity"):
        settings = replace(around, **{lever: PLACES[lever][-1]})
        read, ran = estimates.read(tried.ran(around), settings), tried.ran(settings)
        assert read is not None and read.estimated
        for measure in ("net_cost", "benefit_cost", "staff_cost", "stock", "exits", "caseload"):
            for side in (BASE, OTHER):
                there, here = (one.results.cell(side, measure).mean() for one in (read, ran))
                assert there == pytest.approx(here, rel=1e-9), measure
        np.testing.assert_allclose(read.posts, ran.posts, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("around", "moved"),
    [
        (FOLLOWS, {"norm": 36.0}),
        (FOLLOWS, {"norm": 74.0}),
        (FOLLOWS, {"places": 2500.0}),
        (FOLLOWS, {"places": 350.0}),
        (FOLLOWS, {"price": 47_000.0}),
        (FOLLOWS, {"elasticity": 0.27}),
        (FOLLOWS, {"effect": 1.12}),
        (FOLLOWS, {"norm": 45.0, "places": 1500.0}),
        (FOLLOWS, {"norm": 35.0, "elasticity": 0.27}),
        (FOLLOWS, {"effect": 1.1, "places": 3500.0}),
        ({}, {"norm": 44.0}),
        ({}, {"staff_factor": 0.92}),
        ({"basis": "people", "share": 0.3}, {"share": 0.15}),
        ({"waiting_mode": "fixed"}, {"waiting_pace": 0.8}),
    ],
    ids=str,
)
def test_between_them_it_is_close(tried, around, moved):
    start = tried.around(**around)
    settings = replace(start, **moved)
    read, ran = tried.estimates(start).read(tried.ran(start), settings), tried.ran(settings)
    assert read is not None
    found, exact = answer(read), answer(ran)
    assert found.net is not None and exact.net is not None
    cost = Reader(ran).level(OTHER, "programme_cost")
    assert cost is not None
    off = abs(found.net.value - exact.net.value) / cost.value
    print(f"{moved}: {found.net.value:.2f} read, {exact.net.value:.2f} run, off by {off:.2%} of the cost")
    assert off <= (ONE if len(moved) == 1 else TWO)
    posts = sum(value.value for row in found.posts for value in row)
    assert posts == pytest.approx(exact.posts_totals[1].value, rel=TWO)


def test_what_cannot_be_read_is_run(tried):
    around = tried.around(**FOLLOWS)
    estimates, last = tried.estimates(around), tried.ran(around)
    assert estimates.read(last, around) is None
    assert estimates.read(last, replace(around, mode="given")) is None
    assert estimates.read(last, replace(around, norm=15.0)) is None
    assert estimates.read(tried.ran(tried.around()), replace(around, norm=41.0)) is None
    assert Estimates(tried.workshop).read(last, replace(around, norm=41.0)) is None


@pytest.mark.parametrize("moved", [{"norm": 43.0}, {"places": 1800.0}], ids=str)
def test_runs_steadied_by_the_picture_before_are_as_narrow_as_all_but_for_a_few_per_cent(tried, moved):
    start = tried.around(**FOLLOWS)
    settings = replace(start, **moved)
    *_, few_runs, all_runs = BATCHES
    known, whole, few = (
        tried.ran(*one) for one in ((start, all_runs), (settings, all_runs), (settings, few_runs))
    )
    years = [period.key for period in whole.results.periods if period.kind == "year"]
    at = ("net_cost", years[0], "all", "all")
    many = Reader(whole).found(*at)
    steady, plain = Reader(replace(few, control=known.results)).found(*at), Reader(few).found(*at)
    assert many is not None and steady is not None and plain is not None
    wide, narrow, exact = (one.upper - one.lower for one in (plain, steady, many))
    print(f"{moved}: {few_runs} runs {wide / exact:.2f}, steadied {narrow / exact:.2f} as wide as {all_runs}")
    assert narrow < wide
    assert narrow < 1.05 * exact
    assert abs(steady.mean - many.mean) < exact
