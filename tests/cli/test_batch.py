"""``jobbtorg batch``: what is wrong is told before anything starts."""

import shutil
from collections import namedtuple

import pytest

from sim.cli.actions import batch as action
from sim.reports.batches import Outcome, State, only_one

SOUND = """\
title: "A title"
author: a
date: 2026-11-22
schema: 1
reports:
  - name: one
    template: options_report
    baseline: plan-2008
    scenarios: [caseload-40, caseload-50, outsourcing-0]
  - name: two
    template: options_report
    baseline: plan-2008
    scenarios: [caseload-40, caseload-50, outsourcing-0]
"""


@pytest.fixture
def described(tmp_path):
    path = tmp_path / "batch.yaml"
    path.write_text(SOUND, encoding="utf-8")
    return path


@pytest.fixture
def never(monkeypatch):
    """Fail when a report is started."""

    def start(*_, **__):
        raise AssertionError("a report was started")

    monkeypatch.setattr(action, "run_jobs", start)


@pytest.fixture
def ending(monkeypatch):
    """Let reports end as a test says, without making them."""

    def ends(*states):
        def run(jobs, folder, at_a_time, seconds, progress, ended):
            outcomes = [
                Outcome(job.name, state, "why" if state is State.FAILED else "", folder / job.name, 3.0)
                for job, state in zip(jobs, states, strict=True)
            ]
            for outcome in outcomes:
                ended(outcome)
            return outcomes

        monkeypatch.setattr(action, "run_jobs", run)

    return ends


def test_every_fault_is_told_and_nothing_is_started(jobbtorg, described, never):
    text = SOUND.replace("plan-2008", "plan-2009", 1).replace("name: two", "name: two\n    runs: some")
    described.write_text(text, encoding="utf-8")
    done = jobbtorg("batch", described)
    assert done.status == 2
    assert "plan-2009" in done.err
    assert "runs" in done.err
    assert done.out == ""


def test_a_full_disk_is_found_before_anything_is_started(jobbtorg, described, never, monkeypatch):
    usage = namedtuple("usage", "total used free")(10**9, 10**9 - 10**6, 10**6)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    done = jobbtorg("batch", described)
    assert done.status == 1
    assert "1 MB free" in done.err
    assert "Nothing was started" in done.err


def test_a_second_batch_in_the_same_folder_is_refused(jobbtorg, described, never, tmp_path):
    out = tmp_path / "out"
    with only_one(out):
        done = jobbtorg("batch", described, "--out", out)
    assert done.status == 1
    assert "Another batch" in done.err


@pytest.mark.parametrize(
    ("states", "status", "said"),
    [
        ((State.MADE, State.FRESH), 0, "2 of 2 reports"),
        ((State.MADE, State.FAILED), 3, "1 of 2 reports"),
        ((State.TOO_SLOW, State.FAILED), 1, "0 of 2 reports"),
        ((State.MADE, State.NOT_WHOLE), 3, "not whole"),
    ],
)
def test_the_status_says_how_much_was_made(jobbtorg, described, ending, states, status, said):
    ending(*states)
    done = jobbtorg("batch", described)
    assert done.status == status
    assert said in done.out
    assert ("failed: why" in done.out) == (State.FAILED in states)
    assert all(f"{name}: " in done.err for name in ("one", "two"))


def test_reports_go_to_a_folder_named_by_the_batch(jobbtorg, described, ending, outputs):
    ending(State.MADE, State.MADE)
    done = jobbtorg("batch", described, "--language", "sv")
    assert str(outputs / "batches" / "batch" / "one") in done.out
    assert "2 av 2 rapporter" in done.out
