"""The plain model against sums done by hand, in standard errors of at least 30 run means."""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.plain_simpy import CAUSES, NEEDS, SMALL_CASES, SmallFlow, months_to_return, run

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"

# Ample slots; floor and ceiling pin the load, so that the pace is a constant other than 1.
AMPLE = SmallFlow(
    referrals_per_month=20.0,
    waiting_pace=0.5,
    assessment_months=2.0,
    caseworkers=100.0,
    load_floor=60.0,
    load_ceiling=60.0,
    load_reference=40.0,
    places=0,
    returned_by_six=0.0,
    months=36.0,
    warm_up=12.0,
)
ONE_SEGMENT = {"near": 1.0, "middle": 0.0, "compound": 0.0}


def run_many(flow: SmallFlow, runs: int, seed: int) -> dict[str, np.ndarray]:
    """Each figure of `runs` independent runs."""
    results = [run(flow, generator) for generator in np.random.default_rng(seed).spawn(runs)]
    return {key: np.array([result[key] for result in results]) for key in results[0]}


def assert_agrees(values: Sequence[float] | np.ndarray, theory: float) -> None:
    """The mean of the run means is within four standard errors of the theory."""
    assert len(values) >= 30
    error = np.std(values, ddof=1) / math.sqrt(len(values))
    assert error > 0.0
    assert abs(np.mean(values) - theory) <= 4.0 * error, (np.mean(values), theory, error)


def one_cause_each(hazard: float) -> dict[str, dict[str, float]]:
    """Every segment leaves to work alone."""
    return {needs: {cause: hazard if cause == "work" else 0.0 for cause in CAUSES} for needs in NEEDS}


@pytest.mark.parametrize("places", [0, pytest.param(1000, marks=pytest.mark.long)])
def test_stock_and_exits_without_constraints(places: int) -> None:
    """M/G/infinity from empty, with competing risks; with ample places stages follow a timetable."""
    flow = replace(AMPLE, places=places, provider_factor=1.6)
    months, warm_up = flow.months, flow.warm_up
    arrivals = flow.referrals_per_month * (1.0 - flow.no_show)

    step = 0.001
    age = np.arange(step / 2, months, step)
    coached = age - flow.assessment_months
    in_cycle = np.mod(coached, flow.ready_months + flow.provider_months)
    at_provider = (coached > 0.0) & (in_cycle > flow.ready_months) & (places > 0)
    coaching_pace = (60.0 / 40.0) ** -flow.elasticity
    pace = np.where(coached < 0.0, flow.waiting_pace, coaching_pace)
    pace = np.where(at_provider, coaching_pace * flow.provider_factor, pace)
    clock = np.cumsum(pace) * step - pace * step / 2
    # A person of age u is seen in the window for entries between the start and the end less u.
    seen = arrivals * (months - np.maximum(age, warm_up)) / (months - warm_up) * step

    stock, in_provider = 0.0, 0.0
    exits = dict.fromkeys(CAUSES, 0.0)
    for needs, share in flow.needs_share.items():
        total = sum(flow.hazards[needs].values())
        inside = np.exp(-total * clock)
        stock += share * np.sum(seen * inside)
        in_provider += share * np.sum(seen * inside * at_provider)
        gone = np.mean(1.0 - inside[age > warm_up])
        for cause in CAUSES:
            exits[cause] += arrivals * share * flow.hazards[needs][cause] / total * gone

    seen_runs = run_many(flow, 40, seed=11)
    assert np.all(seen_runs["mean_waiting"] == 0.0)
    assert_agrees(seen_runs["mean_enrolled"], stock)
    if places > 0:
        assert_agrees(seen_runs["mean_in_provider"], in_provider)
    for cause in CAUSES:
        assert_agrees(seen_runs[f"exits_{cause}_per_month"], exits[cause])
    assert_agrees(seen_runs["enrolments_per_month"], arrivals)
    assert_agrees(seen_runs["no_shows_per_month"], flow.referrals_per_month * flow.no_show)


@pytest.mark.long
def test_exits_split_by_competing_risks() -> None:
    flow = replace(AMPLE, needs_share=ONE_SEGMENT, warm_up=0.0)
    seen = run_many(flow, 40, seed=12)
    exits = {cause: seen[f"exits_{cause}_per_month"] for cause in CAUSES}
    hazards = flow.hazards["near"]
    for cause in CAUSES:
        split = exits[cause] / np.sum(list(exits.values()), axis=0)
        assert_agrees(split, hazards[cause] / sum(hazards.values()))


@pytest.mark.long
def test_queue_with_exits_while_waiting() -> None:
    """M/M/c with impatience (Erlang A): those who wait leave too, at their own pace."""
    flow = SmallFlow(
        referrals_per_month=40.0,
        no_show=0.25,
        needs_share=ONE_SEGMENT,
        hazards=one_cause_each(1.0),
        waiting_pace=0.5,
        assessment_months=0.0,
        caseworkers=1.0,
        norm=25.0,
        elasticity=0.0,
        places=0,
        returned_by_six=0.0,
        initial=25,
        months=55.0,
        warm_up=15.0,
    )
    weight, waiting, held, total = 1.0, 0.0, 0.0, 1.0
    for people in range(1, 300):
        in_slots = min(people, 25)
        weight *= 30.0 / (in_slots + 0.5 * (people - in_slots))
        total += weight
        waiting += weight * (people - in_slots)
        held += weight * in_slots
    seen = run_many(flow, 40, seed=13)
    assert_agrees(seen["mean_waiting"], waiting / total)
    assert_agrees(seen["mean_slots_held"], held / total)
    assert_agrees(seen["exits_work_per_month"], 30.0)


def test_pace_is_fixed_on_the_first_from_the_slots_held() -> None:
    """A closed cohort: those left after a month are binomial, and their number sets the next pace."""
    people, hazard = 60, 0.5
    flow = SmallFlow(
        referrals_per_month=0.0,
        hazards=one_cause_each(hazard),
        caseworkers=1.0,
        elasticity=0.8,
        load_scale=1.5,
        load_floor=1.0,
        load_ceiling=1000.0,
        load_reference=40.0,
        places=0,
        returned_by_six=0.0,
        initial=people,
        months=2.0,
        warm_up=0.0,
    )

    def stays(held: int) -> float:
        return math.exp(-hazard * (max(1.5 * held, 1.0) / 40.0) ** -0.8)

    first = stays(people)
    left_at_end = sum(
        math.comb(people, held) * first**held * (1.0 - first) ** (people - held) * held * stays(held)
        for held in range(people + 1)
    )
    seen = run_many(flow, 200, seed=14)
    assert_agrees(seen["enrolled_at_end"], left_at_end)


@pytest.mark.parametrize(
    ("initial", "share", "held_after", "in_office_after"),
    [
        (2, 0.0, 2.0, 3.0),  # the slot let go of goes to somebody waiting; who comes back overfills
        (2, 0.5, 1.5, 2.0),  # half a slot is nobody's
        (2, 1.0, 2.0, 2.0),
        (3, 0.0, 2.0, 3.0),  # more people than slots at the start: nobody is let in
    ],
)
def test_slots_around_the_provider(
    initial: int, share: float, held_after: float, in_office_after: float
) -> None:
    """Nobody leaves, one place, two slots and a queue: from 2.5 months on everything is level."""
    flow = SmallFlow(
        referrals_per_month=30.0,
        hazards=one_cause_each(0.0),
        caseworkers=1.0,
        norm=2.0,
        places=1,
        own_staff_share=share,
        initial=initial,
        months=30.0,
        warm_up=0.0,
    )
    seen = run(flow, np.random.default_rng(15))
    before, after = 2.5 / 30.0, 27.5 / 30.0
    assert seen["mean_in_provider"] == pytest.approx(after)
    assert seen["mean_slots_held"] == pytest.approx(initial * before + held_after * after)
    in_office = seen["mean_enrolled"] - seen["mean_waiting"]
    assert in_office == pytest.approx(initial * before + in_office_after * after)


def test_one_person_goes_to_and_fro() -> None:
    """2.5 months in coaching and 3 at the provider, over and over: the last stage ends at 27.5."""
    flow = SmallFlow(
        referrals_per_month=0.0, hazards=one_cause_each(0.0), initial=1, months=30.0, warm_up=0.0
    )
    seen = run(flow, np.random.default_rng(20))
    assert seen["mean_in_provider"] == pytest.approx(15.0 / 30.0)
    assert seen["mean_slots_held"] == pytest.approx(1.0 - 0.5 * 15.0 / 30.0)


@pytest.mark.long
def test_returned_by_six_months() -> None:
    flow = replace(AMPLE, needs_share=ONE_SEGMENT, returned_by_six=0.3, warm_up=6.0)
    seen = run_many(flow, 40, seed=16)
    assert_agrees(seen["returned_within_six_share"], 0.3)


@pytest.mark.parametrize("horizon", [4.0, 18.0])
def test_return_times_follow_the_falling_hazard(horizon: float) -> None:
    flow = SmallFlow(returned_by_six=0.3, return_horizon_months=horizon)
    generator = np.random.default_rng(17)
    times = np.array([months_to_return(flow, generator) for _ in range(20_000)]).reshape(40, 500)

    def gathered(month: float) -> float:
        reached = min(month, horizon)
        return reached - reached**2 / (2.0 * horizon)

    r0 = -math.log(0.7) / gathered(6.0)
    for month in (1.0, 3.0, 6.0, 12.0, 100.0):
        assert_agrees(np.mean(times <= month, axis=1), 1.0 - math.exp(-r0 * gathered(month)))


@pytest.mark.parametrize("name", list(SMALL_CASES))
def test_nobody_is_lost(name: str) -> None:
    """People, slots and waits add up exactly in every single run."""
    flow = replace(SMALL_CASES[name], months=18.0, warm_up=0.0)
    seen = run(flow, np.random.default_rng(18))
    entered = seen["enrolments_per_month"] + seen["returns_per_month"]
    exits = sum(seen[f"exits_{cause}_per_month"] for cause in CAUSES)
    assert flow.initial + 18.0 * entered == pytest.approx(18.0 * exits + seen["enrolled_at_end"])

    lent = (1.0 - flow.own_staff_share) * seen["mean_in_provider"]
    held = seen["mean_enrolled"] - seen["mean_waiting"] - lent
    assert seen["mean_slots_held"] == pytest.approx(held)
    # Every wait of the run, cut short at its end: months waited per month are people waiting.
    assert seen["mean_wait_months"] * entered == pytest.approx(seen["mean_waiting"])


def test_the_queue_cases_have_a_queue_and_a_full_provider() -> None:
    queue = run(SMALL_CASES["queue"], np.random.default_rng(19))
    assert queue["mean_waiting"] > 50.0
    assert queue["mean_slots_held"] == pytest.approx(SMALL_CASES["queue"].capacity, abs=1.0)
    flow = SMALL_CASES["queue_provider_returns"]
    full = run(flow, np.random.default_rng(19))
    assert full["mean_waiting"] > 50.0
    assert 0.95 * flow.places < full["mean_in_provider"] <= flow.places


def test_the_plain_model_is_the_recorded_one() -> None:
    text = (BENCHMARKS / "plain_simpy.py").read_bytes().replace(b"\r\n", b"\n")
    recorded = (BENCHMARKS / "plain_simpy.sha256").read_text(encoding="utf-8").split()[0]
    assert hashlib.sha256(text).hexdigest() == recorded, (
        "benchmarks/plain_simpy.py has changed. It is the independent reference that the engines are held "
        "against: a change needs a reason in the changelog and a new benchmarks/plain_simpy.sha256."
    )
