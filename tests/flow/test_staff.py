"""From posts to staff at work, exactly: hiring, turnover, absence, offices of a centre, whose load it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.flow import History, Stage, simulate
from tests.flow.limits import library, scenario

RISE_AND_FALL = "staff.factor={2008-01-01: 1, 2008-07-01: 1.2, 2009-01-01: 0.8}"


def planned() -> NDArray[np.float64]:
    """The plan's posts by office and role, as the run has them when every post is filled."""
    return simulate(scenario(end="2008-01-31"), 0, 1).posts[0]


def followed(*settings: str) -> History:
    return simulate(scenario(*settings), 0, 1)


@pytest.mark.parametrize(("hiring", "filled_in"), [("3", 9), ("2.5", 9), ("0.1", 7), ("0", 6)])
def test_a_new_post_is_filled_when_hiring_is_done_and_a_cut_one_is_gone_at_once(
    hiring: str, filled_in: int
) -> None:
    posts = followed(RISE_AND_FALL, f"staff.hiring_months={hiring}").posts / np.where(
        planned(), planned(), 1.0
    )
    there = planned() > 0.0
    for month in range(14):
        factor = 0.8 if month >= 12 else 1.2 if month >= filled_in else 1.0
        np.testing.assert_allclose(posts[month][there], factor, rtol=1e-12)


def test_hiring_waits_for_the_role_that_has_a_new_post_alone(tmp_path: Path) -> None:
    path = tmp_path / "more.yaml"
    path.write_text(
        "title: Coaches for advisers\nauthor: tests\ndate: 2008-01-01\nbaseline: plan-2008\nschema: 1\n"
        "from: 2008-07-01\nset:\n  staff.posts[jarva,coach]: 20\n  staff.posts[jarva,study_adviser]: 3\n",
        encoding="utf-8",
    )
    history = simulate(library().resolve(path, ["staff.hiring_months=2"]).scenario, 0, 1)
    jarva = history.posts[:, history.office_centre == history.centres.index("jarva")].sum(axis=1)
    for role, expected in (("coach", (18, 18, 18, 20)), ("study_adviser", (5, 3, 3, 3))):
        np.testing.assert_allclose(jarva[5:9, history.roles.index(role)], expected, rtol=1e-12)


def test_posts_that_are_empty_at_the_start_are_filled_when_hiring_is_done() -> None:
    posts = followed("staff.hiring_months=2", "staff.filled_at_start=0.8").posts
    for month, share in enumerate((0.8, 0.8, 1.0, 1.0)):
        np.testing.assert_allclose(posts[month], share * planned(), rtol=1e-12)


def test_turnover_keeps_a_share_of_posts_vacant() -> None:
    """24 % leave in a year, a post is empty for 3 months: to 100 filled posts 6 are vacant, always."""
    posts = followed("staff.turnover_per_year=0.24", "staff.hiring_months=3").posts
    np.testing.assert_allclose(posts, np.broadcast_to(planned() / 1.06, posts.shape), rtol=1e-12)


def test_who_is_absent_is_paid_and_carries_no_cases() -> None:
    plain, absent = followed(), followed("staff.absence_share={2008-01-01: 0, 2008-06-01: 0.1}")
    assert absent.posts.tobytes() == plain.posts.tobytes()
    before, after = absent.office_months[4], absent.office_months[5]
    np.testing.assert_allclose(after["caseworkers"], 0.9 * before["caseworkers"], rtol=1e-12)
    which = scenario()
    cap = 0.9 * before["caseworkers"] * 50 * which.number("intake.headroom")
    np.testing.assert_allclose(after["capacity"], np.floor(2 * cap + 1e-6) / 2)
    # the same month's load, of those who are there
    scale = before["load"] / (before["held"] / before["caseworkers"])
    np.testing.assert_allclose(after["load"], scale * after["held"] / after["caseworkers"], rtol=1e-12)


def test_staff_that_follows_the_cases_carries_more_when_some_are_away() -> None:
    follows = ("levers.staffing_mode=follows", "levers.caseload_norm=40")
    plain, absent = followed(*follows), followed(*follows, "staff.absence_share=0.2")
    np.testing.assert_allclose(absent.office_months["load"], plain.office_months["load"] / 0.8, rtol=1e-12)
    # posts are what the norm asks for, the slower pace then asks for more of them
    np.testing.assert_allclose(absent.posts[0], plain.posts[0], rtol=1e-12)
    assert absent.posts[-1].sum() > plain.posts[-1].sum()


def test_staff_that_follows_the_cases_is_hired_too() -> None:
    """A centre's filled posts are the fewest that its cases have asked for since hiring began."""
    history = followed("levers.staffing_mode=follows", "staff.hiring_months=4")
    at_the_centre = [
        np.array([history.office_centre == centre for centre in range(len(history.centres))], dtype=float)
        @ rows
        for rows in (history.posts[:, :, history.roles.index("coach")].T, _asked_for(history).T)
    ]
    filled, asked = at_the_centre
    for month in range(history.months):
        fewest = asked[:, max(month - 4, 0) : month + 1].min(axis=1)
        np.testing.assert_allclose(filled[:, month], fewest, rtol=1e-9)
    assert (filled < asked * 0.999).any()


def _asked_for(history: History) -> NDArray[np.float64]:
    """Coaches by month and office that the norm asks for: nobody waits when staff follows."""
    mix = planned()
    caseworker = np.array([role not in ("team_leader", "administrator") for role in history.roles])
    coach = mix[:, history.roles.index("coach")] / mix[:, caseworker].sum(axis=1)
    asked: NDArray[np.float64] = history.office_months["held"] / 50.0 * coach
    return asked


def test_a_manager_moves_posts_to_where_the_cases_are_and_hires_nobody() -> None:
    """Each month the offices of a centre have the same cases, waiting included, to a caseworker."""
    history = followed("staff.division=by_cases", "staff.hiring_months=6", "staff.factor=0.8")
    stays = history.stays[history.stays["stage"] == Stage.WAITING]
    jarva = history.office_centre == history.centres.index("jarva")
    for month in range(1, history.months):
        waiting = stays[(stays["begin"] < month) & (stays["end"] >= month)]
        cases = history.office_months["held"][month] + np.bincount(
            waiting["office"], minlength=len(history.offices)
        )
        load = cases / history.office_months["caseworkers"][month]
        np.testing.assert_allclose(load[jarva], load[jarva][0], rtol=1e-12)
        np.testing.assert_allclose(history.posts[month][~jarva], 0.8 * planned()[~jarva], rtol=1e-12)
        np.testing.assert_allclose(
            history.posts[month][jarva].sum(axis=0), 0.8 * planned()[jarva].sum(axis=0), rtol=1e-12
        )
    shares = history.posts[:, jarva, history.roles.index("coach")]
    assert np.ptp(shares[:, 0]) > 0.5


def test_the_load_of_the_month_before_is_the_mean_of_what_was_held() -> None:
    """Counted from the stays, by the share of a slot that each stage holds."""
    which = scenario("exits.load_basis=month_before", "staff.factor={2008-01-01: 1, 2009-01-01: 0.8}")
    history = simulate(which, 0, 1)
    own = which.array("measures.own_staff_share", history.measures)
    stays = history.stays
    share = np.isin(stays["stage"], (Stage.ASSESSMENT, Stage.COACHING, Stage.HANDOVER)).astype(float)
    at_measure = stays["stage"] == Stage.MEASURE
    share[at_measure] = own[stays["measure"][at_measure]]
    plain = simulate(scenario(), 0, 1).office_months[0]
    scale = plain["load"] / (plain["held"] / plain["caseworkers"])
    assert history.office_months[0].tobytes() == plain.tobytes()
    for month in range(1, history.months):
        there = np.clip(stays["end"], month - 1, month) - np.clip(stays["begin"], month - 1, month)
        mean = np.bincount(stays["office"], weights=share * there, minlength=len(history.offices))
        now = history.office_months[month]
        np.testing.assert_allclose(now["load"], scale * mean / now["caseworkers"], rtol=1e-9)
        assert (np.abs(mean - now["held"]) > 0.01).any()
