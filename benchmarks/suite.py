"""What is timed, and against what. Each function is one comparison and returns its rows."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.cities import full_city, larger_city, more_offices
from benchmarks.plain_simpy import SMALL_CASES, SmallFlow
from benchmarks.plain_simpy import run as run_plain
from benchmarks.small_flow import as_scenario, comparable
from benchmarks.timing import Laps, PeakMemory, Seconds, in_turns, median, stopwatch
from sim.economy.catalogue import catalogue
from sim.economy.money import account
from sim.experiment.run import measure, reported_periods, run_scenarios, simulate
from sim.flow.building import build_history, build_world, with_longer_log
from sim.flow.engine_compiled import run_compiled
from sim.flow.handle import take
from sim.flow.steps import room_needed
from sim.flow.transitions import unfinished
from sim.outcomes import evaluate, tally
from sim.parameters import Library, Scenario
from sim.places import REPOSITORY
from sim.population import draw_population

SEED = 2008


@dataclass(frozen=True)
class Size:
    """How much is done.

    Attributes
    ----------
    name : str
    tries : int
        Of which the median is taken.
    end : str
        Last day of the city's runs.
    flow : float
        Times the small flow that the plain model runs.
    larger : int
        Times the city, for the cost of people.
    offices : int
        Times seven, for the cost of offices.
    runs : int
        To share among threads.
    pairs : int
        Paired runs of two scenarios.
    """

    name: str
    tries: int
    end: str
    flow: float
    larger: int
    offices: int
    runs: int
    pairs: int


USUAL = Size("usual", 5, "2018-12-31", 4.0, 8, 10, 20, 50)
FULL = replace(USUAL, name="full", pairs=1000)
TINY = Size("tiny", 1, "2008-12-31", 0.5, 2, 2, 2, 1)
"""Only to see that everything works: its ratios say nothing."""

SIZES = {size.name: size for size in (TINY, USUAL, FULL)}


@dataclass(frozen=True)
class Row:
    """One figure.

    Attributes
    ----------
    key : str
        Its column in the file of results.
    says : str
    value : float
    unit : str
        ``s``, ``times`` or ``MB``.
    processor : float or None
        The same in processors' time instead of time by the clock.
    least, most : float or None
        What is aimed at.
    """

    key: str
    says: str
    value: float
    unit: str
    processor: float | None = None
    least: float | None = None
    most: float | None = None


def seconds(key: str, says: str, took: Seconds, most: float | None = None) -> Row:
    """Return a row of seconds."""
    return Row(key, says, took.wall, "s", took.processor, most=most)


def times(
    key: str,
    says: str,
    slow: Seconds,
    fast: Seconds,
    *,
    least: float | None = None,
    most: float | None = None,
    share: float = 1.0,
) -> Row:
    """Return a row that says how many times longer one thing took than a share of another."""
    by_processor = slow.processor / (share * fast.processor) if fast.processor > 0.0 else None
    return Row(key, says, slow.wall / (share * fast.wall), "times", by_processor, least, most)


def small_flow(size: Size) -> SmallFlow:
    """Return one office with a provider and returns, so many times as large, with staff for nearly all."""
    case, years = comparable(SMALL_CASES["queue_provider_returns"]), int(size.end[:4]) - 2007
    return replace(
        case,
        referrals_per_month=size.flow * case.referrals_per_month,
        caseworkers=2 * size.flow * case.caseworkers,
        places=round(size.flow * case.places),
        initial=round(size.flow * case.initial),
        months=12.0 * years,
    )


def against_plain_simpy(library: Library, size: Size) -> Iterator[Row]:
    """Both engines against a newcomer's SimPy model, on the small flow that all can run."""
    flow = small_flow(size)
    scenario = as_scenario(library, flow)
    simulate(scenario, 0, SEED)
    took = in_turns(
        {
            "compiled": lambda: simulate(scenario, 0, SEED),
            "simpy": lambda: simulate(scenario, 0, SEED, "simpy"),
            "plain": lambda: run_plain(flow, np.random.default_rng(SEED)),
        },
        size.tries,
    )
    yield seconds("small_plain", "small flow, a newcomer's SimPy", took["plain"])
    yield seconds("small_simpy", "small flow, SimPy engine", took["simpy"])
    yield times(
        "small_simpy_ratio", "… times as fast as a newcomer's SimPy", took["plain"], took["simpy"], least=5
    )
    yield seconds("small_compiled", "small flow, compiled engine", took["compiled"])
    yield times(
        "small_ratio", "… times as fast as a newcomer's SimPy", took["plain"], took["compiled"], least=150
    )


def against_our_simpy(library: Library, size: Size) -> Iterator[Row]:
    """The compiled engine against SimPy with the same rules, on the full city."""
    city = full_city(library, size.end)
    works: dict[str, Callable[[], object]] = {
        "compiled": lambda: simulate(city, 0, SEED),
        "simpy": lambda: simulate(city, 0, SEED, "simpy"),
    }
    for work in works.values():
        work()
    took = in_turns(works, size.tries)
    yield seconds("city_simpy", "full city, SimPy engine", took["simpy"])
    yield seconds(
        "city_compiled", "full city, compiled engine, drawing included", took["compiled"], most=0.060
    )
    yield times(
        "city_ratio", "… times as fast as the SimPy engine", took["simpy"], took["compiled"], least=20
    )


def parts_of_a_run(library: Library, size: Size) -> Iterator[Row]:
    """Where the time of one run of the full city goes."""
    city = full_city(library, size.end)
    measure(city, simulate(city, 0, SEED))
    tries = [_parts(city) for _ in range(size.tries)]
    for name, says in (
        ("draw", "of it drawing everybody"),
        ("build", "of it setting the world up"),
        ("run", "of it events"),
        ("history", "of it closing the history"),
        ("tally", "then counting the history"),
        ("account", "then money"),
        ("evaluate", "then measures by period, centre and segment"),
    ):
        yield seconds(f"part_{name}", says, median([parts[name] for parts in tries]))


def _parts(city: Scenario) -> dict[str, Seconds]:
    """Do one run in the steps of `sim.flow.simulate` and time each."""
    laps = Laps()
    people = draw_population(city, 0, SEED)
    laps.lap("draw")
    world = build_world(city, people)
    laps.lap("build")
    world = run_compiled(world)
    laps.lap("run")
    if room_needed(take(world)):
        world = with_longer_log(world)
    unfinished(take(world))
    history = build_history(city, people, world)
    laps.lap("history")
    tallies = tally(city, history)
    laps.lap("tally")
    tallies = account(city, history, tallies)
    laps.lap("account")
    evaluate(tallies, reported_periods(city), catalogue(history.destinations, history.measures))
    laps.lap("evaluate")
    return laps.took


FIRST_CALL = """
from sim.experiment.run import measure, simulate
from sim.parameters import load_library
plan = load_library().resolve("plan-2008").scenario
measure(plan, simulate(plan, 0, 2008))
"""


def first_call(_: Library, size: Size) -> Iterator[Row]:
    """A new process, from its start to the measures of its first run, everything compiled before."""

    def call() -> None:
        subprocess.run([sys.executable, "-c", FIRST_CALL], cwd=REPOSITORY, check=True)

    call()
    took = in_turns({"call": call}, size.tries)["call"]
    yield Row("first_call", "first run in a new process, compiled before", took.wall, "s", most=3.0)


ONE_RUN = """
import sys
from benchmarks.cities import full_city
from benchmarks.suite import SEED
from benchmarks.timing import PeakMemory
from sim.experiment.run import measure, simulate
from sim.parameters import load_library
with PeakMemory() as memory:
    city = full_city(load_library(), sys.argv[1])
    measure(city, simulate(city, 0, SEED))
print(memory.megabytes)
"""


def memory_of_a_run(_: Library, size: Size) -> Iterator[Row]:
    """The full city, simulated and measured once in a process of its own."""
    command = [sys.executable, "-c", ONE_RUN, size.end]
    told = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, encoding="utf-8")
    yield Row("city_memory", "full city, peak memory of a process", float(told.stdout), "MB", most=500)


def on_two_threads(library: Library, size: Size) -> Iterator[Row]:
    """The same runs in one thread and in two."""
    city = full_city(library, size.end)

    def runs(jobs: int) -> Callable[[], object]:
        return lambda: run_scenarios([city], size.runs, SEED, jobs)

    took = in_turns({"one": runs(1), "two": runs(2)}, size.tries)
    yield seconds("runs_one_thread", f"{size.runs} runs, measured, in one thread", took["one"])
    yield seconds("runs_two_threads", f"{size.runs} runs, measured, in two", took["two"])
    yield replace(
        times("threads_ratio", "… times as fast in two", took["one"], took["two"], least=1.7),
        processor=None,  # two threads take as much of processors' time as one
    )


def paired_runs(library: Library, size: Size) -> Iterator[Row]:
    """Two scenarios, the same people in each run of both, on two cores; once."""
    pair = [
        library.resolve(name, (f"period.end={size.end}",)).scenario for name in ("caseload-50", "caseload-40")
    ]
    run_scenarios(pair, 1, SEED, 1)  # compiled before, like all that is timed here
    with PeakMemory() as memory:
        took = stopwatch(lambda: run_scenarios(pair, size.pairs, SEED, 2))
    yield seconds("pairs", f"{size.pairs} paired runs of two scenarios on two cores", took)
    a_pair = Seconds(took.wall / size.pairs, took.processor / size.pairs)
    yield seconds("pair", "… each pair", a_pair)
    yield Row("pairs_memory", "… peak memory of the process", memory.megabytes, "MB")
    yield Row("pairs_memory_more", "… above what it held before", memory.megabytes - memory.before, "MB")


def cost_of_people(library: Library, size: Size) -> Iterator[Row]:
    """The city, and one several times as large: a ratio of 1 is a cost in proportion."""
    cities = {
        "once": larger_city(library, 1, size.end),
        "larger": larger_city(library, size.larger, size.end),
    }
    took = _runs(cities, size.tries)
    yield seconds("people_once", "the plan's city, one run", took["once"])
    yield seconds("people_larger", f"the plan's city {size.larger} times as large", took["larger"])
    yield times(
        "people_ratio",
        "… times the cost by person",
        took["larger"],
        took["once"],
        most=1.5,
        share=size.larger,
    )


def cost_of_offices(library: Library, size: Size) -> Iterator[Row]:
    """The same people on seven offices and on several times as many."""
    with tempfile.TemporaryDirectory() as folder:
        cities = {
            "few": more_offices(library, 1, Path(folder), size.end),
            "many": more_offices(library, size.offices, Path(folder), size.end),
        }
    took = _runs(cities, size.tries)
    yield seconds("offices_few", "the plan's people on 7 offices, one run", took["few"])
    yield seconds("offices_many", f"the same people on {7 * size.offices} offices", took["many"])
    yield times("offices_ratio", "… times the cost of 7 offices", took["many"], took["few"], most=1.5)


def _runs(cities: Mapping[str, Scenario], tries: int) -> dict[str, Seconds]:
    """Time one run of each city on the compiled engine."""
    works = {name: partial(simulate, city, 0, SEED) for name, city in cities.items()}
    for work in works.values():
        work()
    return in_turns(works, tries)


# Memory first: later parts leave the process larger.
PARTS: tuple[Callable[[Library, Size], Iterator[Row]], ...] = (
    paired_runs,
    against_our_simpy,
    parts_of_a_run,
    against_plain_simpy,
    first_call,
    memory_of_a_run,
    on_two_threads,
    cost_of_people,
    cost_of_offices,
)


def rows(library: Library, size: Size, only: Collection[str]) -> Iterator[Row]:
    """Do the parts of some names; return each row as it is ready."""
    for part in PARTS:
        if part.__name__ in only:
            yield from part(library, size)
