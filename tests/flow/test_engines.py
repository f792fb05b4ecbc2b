"""Identical, not similar: the same scenario and run give the same history on both engines, to the bit."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.flow import EndedBy, History, Stage, simulate
from sim.parameters import Scenario
from sim.population import source_hash
from tests.flow.limits import library

TABLES = ("stays", "people", "office_months", "posts", "places")


def assert_identical(one: History, other: History) -> None:
    """Every table equal, byte for byte."""
    for name in TABLES:
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes(), name


@pytest.mark.parametrize("name", ["plan-2008", "caseload-40", "outsourcing-50-people"])
def test_shipped_scenarios_are_identical_on_both_engines(name: str) -> None:
    which = library().resolve(name, ("period.end=2008-12-31",)).scenario
    assert_identical(simulate(which, 0, 1, "compiled"), simulate(which, 0, 1, "simpy"))


@pytest.mark.long
@pytest.mark.parametrize("name", ["plan-2008", "history-2008-2018"])
def test_a_full_city_is_identical_on_both_engines(name: str) -> None:
    which = library().resolve(name).scenario
    for run in range(2):
        assert_identical(simulate(which, run, 1, "compiled"), simulate(which, run, 1, "simpy"))


SHARE = st.sampled_from((0.0, 0.1, 0.35, 0.6, 0.95))
BASES = ("places", "people", "budget", "staff_and_purchases")


@st.composite
def small_cities(draw: st.DrawFn) -> Scenario:
    """A small city with random people, staff, policies and measures, extremes included.

    Months 6 and 12 may bring new staff, norms and purchases; durations of whole months make events tie.
    """
    people = draw(st.integers(0, 60))
    base = {
        "period.end": draw(st.sampled_from(("2008-10-31", "2009-06-30", "2012-12-31"))),
        "people.target_group[*,*]": people,
        "people.initial_enrolled_share": draw(SHARE),
        "people.inflow_per_year": draw(st.sampled_from((0, 120, 900))),
        "people.initial_elapsed_months[*]": draw(st.sampled_from((0, 1, 12))),
        "people.no_show": draw(SHARE),
        "staff.factor": draw(st.sampled_from((0.0, 0.02, 0.05, 0.2))),
        "staff.hiring_months": draw(st.sampled_from((0, 0, 1, 5))),
        "staff.turnover_per_year": draw(st.sampled_from((0, 0.3))),
        "staff.filled_at_start": draw(st.sampled_from((1, 0.5, 0))),
        "staff.absence_share": draw(st.sampled_from((0, 0.1))),
        "staff.division": draw(st.sampled_from(("as_planned", "by_cases"))),
        "exits.load_basis": draw(st.sampled_from(("on_the_first", "month_before"))),
        "staff.leader_effect": draw(st.sampled_from((1, 1.2, 0.5))),
        "intake.approval_months": draw(st.sampled_from((0, 0, 0.5, 1))),
        "exits.duration_shape": draw(st.sampled_from((1, 1, 0.7, 1.5))),
        "cooperation.transfer_share[*,*]": draw(st.sampled_from((0, 0, 0.3))),
        "cooperation.transfer_months[*]": draw(st.sampled_from((0, 1, 4))),
        "staff.cases_on_cut": draw(st.sampled_from(("stay", "release"))),
        "levers.caseload_norm": draw(st.sampled_from((1, 20, 50))),
        "levers.staffing_mode": draw(st.sampled_from(("given", "given", "follows"))),
        "levers.outsourcing_basis": draw(st.sampled_from(BASES)),
        "levers.outsourcing_places": draw(st.sampled_from((0, 7, 300))),
        "levers.outsourcing_share": draw(st.sampled_from((0.0, 0.3, 0.9))),
        "intake.assessment_months": draw(st.sampled_from((0, 0.5, 1, 2))),
        "intake.headroom": draw(st.sampled_from((1, 1.1))),
        "measures.ready_months": draw(st.sampled_from((0, 1, 1.5))),
        "measures.own_staff_share[*]": draw(st.sampled_from((0, 0.5, 1))),
        "measures.handover_months[*]": draw(st.sampled_from((0, 0.5, 1))),
        "measures.duration_months[*]": draw(st.sampled_from((0.5, 1, 3))),
        "measures.municipal_places[*]": draw(st.sampled_from((0, 5, 50))),
        "measures.end_exit_share[*]": draw(SHARE),
        "measures.effect[*]": draw(st.sampled_from((0.8, 1, 1.3))),
        "exits.hazard[*]": draw(st.sampled_from((0, 0.05, 0.5))),
        "exits.elasticity[*,*]": draw(st.sampled_from((0, 0.15))),
        "exits.waiting_pace_mode": draw(st.sampled_from(("by_load", "fixed"))),
        "exits.waiting_pace": draw(st.sampled_from((0, 0.5, 1))),
        "returns.months_to_none": draw(st.sampled_from((6, 24))),
        "intake.priority[sfi,*]": draw(st.sampled_from((1, 2))),
        "world.mandate": draw(st.sampled_from(("frozen", "observed"))),
        "world.labour_market": draw(st.sampled_from(("frozen", "observed"))),
    }
    return library().resolve("plan-2008", [f"{key}={value}" for key, value in base.items()]).scenario


seen: Counter[tuple[str, str]] = Counter()


def compare(which: Scenario) -> None:
    """Run on both engines, compare, and note what happened."""
    one, other = (simulate(which, 0, 3, engine) for engine in ("compiled", "simpy"))
    assert_identical(one, other)
    happened = set(zip(one.stays["stage"].tolist(), one.stays["ended_by"].tolist(), strict=True))
    seen.update((Stage(stage).name, EndedBy(end).name) for stage, end in happened)
    seen["runs", ""] += 1
    waited = one.stays[one.stays["stage"] == Stage.WAITING]
    seen["queue", ""] += bool(((waited["end"] - waited["begin"]) > 0).any())


TRANSITIONS = {
    ("REFERRED", "NO_SHOW"),
    ("REFERRED", "ENROLLED"),
    ("WAITING", "SLOT"),
    ("WAITING", "EXIT"),
    ("ASSESSMENT", "PLANNED"),
    ("ASSESSMENT", "EXIT"),
    ("APPROVAL", "APPROVED"),
    ("APPROVAL", "EXIT"),
    ("COACHING", "TRANSFER"),
    ("MEASURE", "TRANSFER"),
    ("COACHING", "PLACED"),
    ("COACHING", "EXIT"),
    ("COACHING", "RELEASED"),
    ("HANDOVER", "HANDED_OVER"),
    ("MEASURE", "MEASURE_END"),
    ("MEASURE", "EXIT"),
    ("OUTSIDE", "RETURN"),
    ("COACHING", "MANDATE"),
}


@given(small_cities())
@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def check_fifty(which: Scenario) -> None:
    """Fifty random small cities."""
    compare(which)


@given(small_cities())
@settings(max_examples=1000, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def check_a_thousand(which: Scenario) -> None:
    """A thousand random small cities."""
    compare(which)


@pytest.mark.parametrize("check", [check_fifty, pytest.param(check_a_thousand, marks=pytest.mark.long)])
def test_random_cities_are_identical_on_both_engines(check: object) -> None:
    """Random scenarios reach every transition, and a queue in at least a fifth of them."""
    seen.clear()
    assert callable(check)
    check()
    assert set(seen) >= TRANSITIONS
    assert seen["queue", ""] >= seen["runs", ""] / 5


EDIT = """
import sys
sys.path.insert(0, sys.argv[1])
from sim.flow import simulate
from sim.parameters import load_library
import sim
assert sim.__file__.startswith(sys.argv[1])
library = load_library()
which = library.resolve("plan-2008", ("period.end=2008-03-31",)).scenario
print(*(len(simulate(which, 0, 1, engine).stays) for engine in ("compiled", "simpy")))
"""


@pytest.mark.long
def test_an_edited_rule_changes_both_engines_at_once(repository: Path, tmp_path: Path) -> None:
    """The compile cache never serves an old rule: a rule edited in a file that others import takes effect."""
    copy = tmp_path / "copy"
    ignored = shutil.ignore_patterns("__pycache__")
    for folder in ("sim", "parameters"):
        shutil.copytree(repository / folder, copy / folder, ignore=ignored)

    def stays() -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", EDIT, str(copy)],
            cwd=copy,
            check=True,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        return done.stdout.split()

    before = stays()
    assert before == stays()
    assert before[0] == before[1]
    rules = copy / "sim" / "flow" / "rules.py"
    text = rules.read_text(encoding="utf-8")
    edited = text.replace("return now + remaining / speed", "return now + remaining / speed / 2.0")
    assert edited != text
    hashed = source_hash(copy / "sim")
    rules.write_text(edited, encoding="utf-8")
    assert source_hash(copy / "sim") != hashed
    after = stays()
    assert after[0] == after[1]
    assert after != before
