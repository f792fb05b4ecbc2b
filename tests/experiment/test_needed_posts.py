"""Posts that keep a promise: what is promised holds in the runs, and theory has the same number of slots."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest

from sim.experiment.errors import ExperimentError
from sim.experiment.needed_posts import Promise, needed_posts, with_posts
from sim.experiment.run import measure, simulate
from sim.experiment.store import Store
from sim.flow import Stage
from tests.flow.limits import ONE_SEGMENT, PLAIN, one_office

SEED, RUNS = 7, 4


def waits(*runs: tuple[float, float]) -> np.ndarray:
    """Mean and nine-in-ten wait of each run, at one centre."""
    return np.array(runs, dtype=float)[:, :, None]


def test_a_promise_holds_in_a_run_when_every_part_of_it_does():
    both = Promise(5.0, 20.0)
    assert both.holds(waits((5.0, 20.0), (5.1, 20.0), (4.0, 20.1), (math.nan, math.nan))).tolist() == [
        [True],
        [False],
        [False],
        [True],  # nobody enrolled: nobody waited too long
    ]
    assert Promise(5.0, None).holds(waits((5.0, 99.0))).all()
    assert Promise(None, 20.0).holds(waits((99.0, 20.0))).all()


@pytest.mark.parametrize(("good", "kept"), [(10, True), (9, True), (8, False)])
def test_ninety_in_a_hundred_runs_is_nine_in_ten(good, kept):
    runs = [(1.0, 1.0)] * good + [(9.0, 9.0)] * (10 - good)
    assert Promise(5.0, None, 0.9).kept(waits(*runs)).tolist() == [kept]


@pytest.fixture(scope="module")
def plan(resolve):
    return resolve("plan-2008").scenario


@pytest.fixture(scope="module")
def found(plan):
    return needed_posts(plan, Promise(21.0, 35.0, 0.8), RUNS, SEED, jobs=1)


def test_a_search_that_was_stopped_goes_on_from_the_store(resolve, tmp_path):
    quarter = resolve("plan-2008", "period.end=2008-03-31").scenario
    written = []
    for _ in range(2):
        store = Store(tmp_path)
        needed_posts(quarter, Promise(25.0, 45.0, 0.5), 2, SEED, jobs=1, store=store)
        written.append(store.written_runs)
    assert written[0] > 0
    assert written[1] == 0


def test_the_answer_keeps_the_promise_and_half_a_post_less_breaks_it(found):
    assert found.reached.all()
    assert found.promise.kept(found.answer.waits).all()
    assert (found.held(found.answer) >= math.ceil(0.8 * RUNS)).all()
    assert (found.tightest == ((found.answer.posts == 0.0) | ~found.promise.kept(found.fewer.waits))).all()
    assert found.tightest.any()
    assert found.answer.posts - found.fewer.posts == pytest.approx(0.5)


def test_roles_keep_their_mix_in_halves_of_a_post(found):
    whole = found.posts.sum(axis=1)
    assert whole * 2 == pytest.approx(np.round(whole * 2))
    assert found.posts / whole[:, None] == pytest.approx(found.given / found.given.sum(axis=1)[:, None])
    assert found.caseworkers == pytest.approx(found.posts[:, 1:5].sum(axis=1))


def test_the_answer_s_waits_are_those_of_the_runs(plan, found):
    """Run again by hand: the promise is about what a run of these posts shows."""
    again = with_posts(plan, found.posts)
    for run in (0, RUNS - 1):
        cube = measure(again, simulate(again, run, SEED))
        for centre, waits_of in zip(found.centres, found.answer.waits[run].T, strict=True):
            told = [cube.cell(key, centre=centre) for key in ("plan_days", "plan_days_p90")]
            assert waits_of.tolist() == told


def test_a_plan_takes_the_queue_and_the_assessment(plan, found):
    """The same posts, told to the caseworker: shorter by the assessment, which an exit may cut short."""
    assessment = plan.number("intake.assessment_months") * 365.25 / 12.0
    again = with_posts(plan, found.posts)
    cube = measure(again, simulate(again, 0, SEED))
    for centre in found.centres:
        plan_days, wait_days = (cube.cell(key, centre=centre) for key in ("plan_days", "wait_days"))
        assert 0.8 * assessment < plan_days - wait_days < assessment
        assert cube.cell("unplanned", centre=centre) >= cube.cell("unserved", centre=centre)


def test_fresh_runs_are_other_runs(found):
    assert found.fresh.waits.shape == found.answer.waits.shape
    assert not np.array_equal(found.fresh.waits, found.answer.waits)
    assert found.fresh.posts.tolist() == found.answer.posts.tolist()


def test_a_looser_promise_needs_no_more_posts(plan, found):
    looser = needed_posts(plan, Promise(28.0, 56.0, 0.8), RUNS, SEED, jobs=1)
    assert (looser.answer.posts <= found.answer.posts).all()
    assert looser.answer.posts.sum() < found.answer.posts.sum()


def test_more_posts_never_make_people_wait_longer(plan):
    """What the bisection rests on: over a grid, the mean wait of every run and centre falls with posts."""
    given = with_posts(plan, np.zeros((5, 6)))
    posts = plan.dated_array(
        "staff.posts", plan.keys("organisation.centres"), plan.keys("organisation.roles")
    )
    means = []
    for share in (0.6, 0.8, 1.0, 1.2):
        tried = with_posts(given, posts[0] * share)
        means.append([_mean_wait(simulate(tried, run, SEED)) for run in range(3)])
    assert (np.diff(np.array(means), axis=0) <= 0.0).all()


def _mean_wait(history):
    stays = history.stays[history.stays["stage"] == Stage.WAITING]
    return float((stays["end"] - stays["begin"]).sum())


def test_the_posts_given_are_the_plans_own(plan):
    """Laying the plan's posts on the plan changes nothing, to the last bit."""
    given = plan.dated_array(
        "staff.posts", plan.keys("organisation.centres"), plan.keys("organisation.roles")
    )[0]
    before, after = (simulate(which, 0, SEED) for which in (plan, with_posts(plan, given)))
    assert before.stays.tobytes() == after.stays.tobytes()


def test_what_cannot_be_kept_is_said(resolve):
    """Nobody is served before the assessment of those before them: no posts at all would still be too few."""
    hopeless = resolve("plan-2008", "intake.headroom=1", "levers.caseload_norm=1").scenario
    found = needed_posts(hopeless, Promise(0.0, 0.0, 1.0), 2, SEED, jobs=1)
    assert not found.reached.any()
    assert found.posts.sum(axis=1) == pytest.approx(16.0 * found.given.sum(axis=1), rel=0.05)


@pytest.mark.parametrize(
    ("promise", "sentence"),
    [
        ((None, None, 0.9), "Nothing is promised"),
        ((-1.0, None, 0.9), "Days are -1"),
        ((math.nan, None, 0.9), "Days are nan"),
        ((5.0, None, 0.0), "must lie above 0"),
        ((5.0, None, 1.5), "must lie above 0"),
    ],
)
def test_promises_that_cannot_be_made(promise, sentence):
    with pytest.raises(ExperimentError, match=sentence):
        Promise(*promise)


def erlang_wait(slots: int, arrivals: float, hazard: float) -> float:
    """Mean wait in an M/M/c queue, in months (Erlang C); infinite where arrivals outrun the slots."""
    offered = arrivals / hazard
    if offered >= slots:
        return math.inf
    busy = offered**slots / math.factorial(slots) * slots / (slots - offered)
    waits = busy / (sum(offered**k / math.factorial(k) for k in range(slots)) + busy)
    return waits / (slots * hazard - arrivals)


@pytest.mark.long
def test_the_search_finds_erlangs_number_of_slots():
    """One queue, one kind of people, nobody leaving while they wait: slots are M/M/c's servers.

    The promise lies half-way, as a ratio, between theory's wait with that number of slots and with one less.
    The waits with both are theory's, within 4 standard errors of the runs' means.
    """
    arrivals, hazard, theory = 34.0, 2.0, 22
    which = one_office(
        *PLAIN,
        *ONE_SEGMENT,
        "exits.waiting_pace_mode=fixed",
        "exits.waiting_pace=0",
        f"exits.hazard[*]={hazard}",
        "intake.assessment_months=0",
        "intake.headroom=1",
        "levers.caseload_norm=2",
        "staff.posts[*,*]=0",
        "staff.posts[innerstaden,coach]=5",
        "staff.posts[innerstaden,study_adviser]=5",
        f"people.inflow_per_year={12 * arrivals}",
        end="2013-12-31",
    )
    enough, short = (erlang_wait(slots, arrivals, hazard) * 365.25 / 12 for slots in (theory, theory - 1))
    days = math.sqrt(enough * short)
    promise = Promise(days, None, 0.5, "caseworker")
    found = needed_posts(which, promise, 30, SEED, jobs=2, report_from=date(2009, 1, 1))
    here = found.centres.index("innerstaden")
    for tried, wait in ((found.answer, enough), (found.fewer, short)):
        means = tried.waits[:, 0, here]
        error = float(means.std(ddof=1)) / math.sqrt(len(means))
        assert abs(means.mean() - wait) <= 4.0 * error
    assert found.posts[here].sum() * 2.0 == pytest.approx(theory)
    # nobody comes to the other centres, so nothing is needed there
    assert found.posts.sum() * 2.0 == pytest.approx(theory)
