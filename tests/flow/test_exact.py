"""What holds exactly, in every run: people, slots, places, policy dates."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.flow import EndedBy, History, Stage, simulate
from sim.outcomes import balance
from tests.flow.limits import enrolled, library, scenario

SHIPPED = ("plan-2008", "caseload-40", "outsourcing-0", "outsourcing-50-people", "history-2008-2018")


@pytest.fixture(scope="module", params=SHIPPED)
def history(request: pytest.FixtureRequest) -> History:
    """One run of each kind of shipped scenario."""
    return simulate(library().resolve(request.param).scenario, 0, 1)


def test_people_are_conserved_at_every_date(history: History) -> None:
    """Initial + enrolments + returns = exits + inside, at every 1st and in every centre."""
    counted = balance(history)
    assert (counted.missing == 0).all()
    assert counted.exits[-1].sum() > 1000


def test_a_persons_stays_follow_each_other_without_gap(history: History) -> None:
    """From referral (or the start) to the horizon, nobody is in two places or in none."""
    stays = history.stays[np.lexsort((np.arange(len(history.stays)), history.stays["person"]))]
    same = stays["person"][1:] == stays["person"][:-1]
    assert (stays["begin"][1:][same] == stays["end"][:-1][same]).all()
    assert (stays["end"] >= stays["begin"]).all()
    last = np.append(~same, True)
    ended = stays["ended_by"][last]
    never_came = ended == EndedBy.NO_SHOW
    assert (stays["end"][last][~never_came] == history.months).all()
    assert (ended[~never_came] == EndedBy.UNFINISHED).all()
    assert len(np.unique(stays["person"])) == len(history.people)


def test_stays_stand_by_month_office_and_time(history: History) -> None:
    """As `STAY` says: those moved on the 1st first in their month, those cut by the horizon last of all."""
    stays = history.stays
    cut = stays["ended_by"] == EndedBy.UNFINISHED
    assert cut[-cut.sum() :].all()
    stays = stays[~cut]
    month = stays["end"].astype(np.int64)
    moved = np.isin(stays["ended_by"], (EndedBy.MANDATE, EndedBy.RELEASED))
    place = np.where(moved, 0, 1 + stays["office"]) + month * (1 + len(history.offices))
    assert (np.diff(place) >= 0).all()
    assert (np.diff(stays["end"])[np.diff(place) == 0] >= 0.0).all()


def test_places_are_never_exceeded(history: History) -> None:
    """Counted from the stays at every 1st: places within what is open, unless places have just been cut."""
    stays = history.stays
    using = np.isin(stays["stage"], (Stage.HANDOVER, Stage.MEASURE))
    for month in range(1, history.months):
        now = stays[using & (stays["begin"] <= month - 0.5) & (stays["end"] > month - 0.5)]
        used = np.zeros(history.places.shape[1:])
        np.add.at(used, (now["office"], now["measure"]), 1)
        cut = history.places[month - 1] < history.places[max(month - 13, 0) : month].max(axis=0)
        assert ((used <= history.places[month - 1]) | cut).all()


def test_no_slot_is_granted_beyond_what_staff_can_hold() -> None:
    """At every grant the slots held, counted from stays, fit the capacity; where people queue, just so."""
    which = scenario("staff.factor=0.9")
    history = simulate(which, 0, 1)
    share = {Stage.ASSESSMENT: 1.0, Stage.COACHING: 1.0, Stage.HANDOVER: 1.0}
    own = which.array("measures.own_staff_share", history.measures)
    weight = np.array([share.get(Stage(stage), 0.0) for stage in history.stays["stage"].tolist()])
    at_measure = history.stays["stage"] == Stage.MEASURE
    weight[at_measure] = own[history.stays["measure"][at_measure]]
    full = []
    for office in range(len(history.offices)):
        here = history.stays["office"] == office
        stays, weights = history.stays[here], weight[here]
        grants = stays["end"][stays["ended_by"] == EndedBy.SLOT]
        held = np.zeros(len(grants))
        for moment, sign in (("begin", 1.0), ("end", -1.0)):
            order = np.argsort(stays[moment], kind="stable")
            summed = np.concatenate([[0.0], np.cumsum(weights[order])])
            held += sign * summed[np.searchsorted(stays[moment][order], grants, side="right")]
        capacity = history.office_months["capacity"][grants.astype(np.int64), office]
        assert len(grants) > 100
        assert (held <= capacity).all()
        full.append(bool((held > capacity - 1.0).any()))
    assert sum(full) >= 3  # the limit is met, so it is a limit


def test_statutory_assessment_is_own_staffs_alone(history: History) -> None:
    """Nobody is at a measure before the assessment is done: who leaves the queue is assessed next."""
    stays = history.stays[np.lexsort((np.arange(len(history.stays)), history.stays["person"]))]
    granted = np.flatnonzero(stays["ended_by"] == EndedBy.SLOT)
    assert (stays["stage"][granted] == Stage.WAITING).all()
    assert (stays["stage"][granted + 1] == Stage.ASSESSMENT).all()
    assert (history.stays["measure"][history.stays["stage"] == Stage.ASSESSMENT] == -1).all()


def test_first_come_first_served_within_an_office() -> None:
    """Slots are granted in the order of enrolment; those who leave while waiting aside."""
    history = simulate(scenario("staff.factor=0.8"), 0, 1)
    waited = history.stays[history.stays["stage"] == Stage.WAITING]
    granted = waited[waited["ended_by"] == EndedBy.SLOT]
    assert (granted["end"] - granted["begin"]).max() > 1.0
    for office in range(len(history.offices)):
        begins = granted["begin"][granted["office"] == office]
        assert (np.diff(begins) >= 0).all()


def test_a_priority_class_goes_first() -> None:
    """With the young in a class before the others, they wait less than in the plan, and the others more."""
    young_first = (
        "staff.factor=0.8",
        *(f"intake.priority[*,{band}]=2" for band in ("25-29", "30-49", "50-64")),
    )
    plain, ranked = (simulate(scenario(*s), 0, 1) for s in (("staff.factor=0.8",), young_first))

    def mean_wait(history: History, young: bool) -> float:
        waited = history.stays[history.stays["stage"] == Stage.WAITING]
        mask = (history.people["age"][waited["person"]] == 0) == young
        return float((waited["end"] - waited["begin"])[mask].mean())

    assert mean_wait(ranked, young=True) < mean_wait(plain, young=True)
    assert mean_wait(ranked, young=False) > mean_wait(plain, young=False)


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """An overlay whose levers hold from 1 July 2009."""
    path = tmp_path / "later.yaml"
    path.write_text(
        "title: Staff follows at 40 from July 2009\nauthor: tests\ndate: 2008-01-01\nbaseline: plan-2008\n"
        "schema: 1\nfrom: 2009-07-01\nset:\n  levers.staffing_mode: follows\n  levers.caseload_norm: 40\n"
        "  levers.outsourcing_places: 500\n  staff.factor: 0.5\n",
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize("engine", ["compiled", "simpy"])
def test_before_a_policys_date_two_scenarios_are_identical_to_the_bit(later: Path, engine: str) -> None:
    policy = 18
    base = simulate(library().resolve("plan-2008").scenario, 0, 1, engine)
    other = simulate(library().resolve(later).scenario, 0, 1, engine)
    before = [h.stays[h.stays["end"] < policy] for h in (base, other)]
    assert len(before[0]) > 10_000
    assert before[0].tobytes() == before[1].tobytes()
    for name in ("posts", "places", "office_months"):
        assert getattr(base, name)[:policy].tobytes() == getattr(other, name)[:policy].tobytes()
    assert base.posts[policy:].tobytes() != other.posts[policy:].tobytes()
    assert other.places[policy].sum() < base.places[policy].sum()


def test_with_elasticity_zero_the_pace_ignores_load() -> None:
    """Staff follows without elasticity: the norm moves posts and nothing else, to the bit."""
    settings = ("levers.staffing_mode=follows", "exits.elasticity[*,*]=0")
    few, many = (simulate(scenario(*settings, f"levers.caseload_norm={norm}"), 0, 1) for norm in (60, 30))
    assert few.stays.tobytes() == many.stays.tobytes()
    np.testing.assert_allclose(many.posts, 2.0 * few.posts, rtol=1e-12)


def test_more_staff_never_makes_the_queue_longer() -> None:
    """Paired: in every run the mean wait is no longer with a tenth more posts."""
    for run in range(5):
        waits = []
        for factor in (0.8, 0.9, 1.0):
            stays = simulate(scenario(f"staff.factor={factor}"), run, 1).stays
            waited = stays[stays["stage"] == Stage.WAITING]
            waits.append(float((waited["end"] - waited["begin"]).mean()))
        assert waits[0] > waits[1] > waits[2]


def test_share_zero_means_nobody_at_a_provider() -> None:
    history = simulate(library().resolve("outsourcing-0").scenario, 0, 1)
    procured = [history.measures.index(key) for key in ("procured_coaching", "vocational_course")]
    assert history.places[:, :, procured].sum() == 0
    at_measures = history.stays["measure"][history.stays["stage"] == Stage.MEASURE]
    assert not np.isin(at_measures, procured).any()


def test_runs_differ_and_repeat() -> None:
    which = scenario()
    first, again, second = simulate(which, 0, 1), simulate(which, 0, 1), simulate(which, 1, 1)
    assert first.stays.tobytes() == again.stays.tobytes()
    assert first.stays.tobytes() != second.stays.tobytes()


def test_when_the_mandate_ends_newcomers_leave_for_another_authority() -> None:
    """July 2012: every enrolled newcomer leaves on the 1st, nobody of the group comes or returns later."""
    history = simulate(library().resolve("history-2008-2018").scenario, 0, 1)
    newcomer = history.groups.index("newcomer")
    of_group = history.people["group"][history.stays["person"]] == newcomer
    left = history.stays[history.stays["ended_by"] == EndedBy.MANDATE]
    assert len(left) > 100
    assert (left["end"] == 54.0).all()
    assert (history.people["group"][left["person"]] == newcomer).all()
    assert (left["destination"] == history.destinations.index("other_authority")).all()
    assert not (of_group & enrolled(history.stays) & (history.stays["end"] > 54.0)).any()


def test_when_staff_fall_open_cases_stay_and_none_start() -> None:
    """With cases that follow staff, the newest go back first in the queue, down to what staff can hold."""
    cut = "levers.staffing_mode=given"
    stay, release = (
        simulate(scenario(cut, "staff.factor=0.6", f"staff.cases_on_cut={word}"), 0, 1)
        for word in ("stay", "release")
    )
    assert not (stay.stays["ended_by"] == EndedBy.RELEASED).any()
    # over capacity on the first day: no slot is granted until the office has fallen to its capacity
    held, capacity = stay.office_months["held"], stay.office_months["capacity"]
    granted = stay.stays[stay.stays["ended_by"] == EndedBy.SLOT]
    for office in range(len(stay.offices)):
        above = np.flatnonzero(held[:, office] > capacity[:, office])
        assert 0 in above
        first_grant = granted["end"][granted["office"] == office].min()
        assert first_grant > 1.0
    released = release.stays[release.stays["ended_by"] == EndedBy.RELEASED]
    assert len(released) > 100
    assert (released["stage"] == Stage.COACHING).all()


def test_half_posts_are_real() -> None:
    """Innerstaden's half IT teacher counts: capacity 13.5 × 50 × headroom."""
    which = scenario()
    history = simulate(which, 0, 1)
    office = history.offices.index("innerstaden")
    assert history.office_months["caseworkers"][0, office] == 13.5
    exact = 13.5 * 50 * which.number("intake.headroom")
    assert history.office_months["capacity"][0, office] == np.floor(2 * exact + 1e-6) / 2
