"""Small worlds: the City of the plan, for some months only."""

from collections.abc import Callable

import pytest

from sim.experiment.results import Results
from sim.experiment.run import run_scenarios
from sim.parameters import Library, Resolved, load_library

SHORT = ("period.end=2008-06-30",)
SEED = 7


@pytest.fixture(scope="session")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="session")
def resolve(library: Library) -> Callable[..., Resolved]:
    """Resolve a scenario that is cut to half a year."""
    return lambda name, *settings: library.resolve(name, settings=(*SHORT, *settings))


@pytest.fixture(scope="session")
def pair(resolve) -> tuple[Resolved, Resolved]:
    return resolve("caseload-50"), resolve("caseload-40")


@pytest.fixture(scope="session")
def results(pair) -> Results:
    return run_scenarios([found.scenario for found in pair], runs=4, seed=SEED, jobs=1)
