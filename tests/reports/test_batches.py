"""Batches: every report whole or not at all, each fault named, nothing made twice, nothing lost."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from sim.reports.batches import BusyError, Job, Kept, State, kept, only_one, run_jobs
from sim.reports.batches.lock import LOCK

WORKER = Path(__file__).with_name("quick_worker.py")


def command(order):
    return (sys.executable, "-S", str(WORKER), str(order))


def job(name: str, inputs: str = "one", **order) -> Job:
    return Job(name, inputs, {**order, "made_from": inputs})


def run(jobs, folder, at_a_time=2, seconds=60.0, **more):
    return run_jobs(jobs, folder, at_a_time, seconds, command=command, **more)


def content(folder: Path) -> dict[str, bytes]:
    """Every product by its name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }


def test_each_report_gets_a_folder_of_its_own(tmp_path):
    told, ended = [], []
    outcomes = run(
        [job("a"), job("b", text="b")],
        tmp_path,
        progress=lambda *said: told.append(said),
        ended=ended.append,
    )
    assert [(o.name, o.state) for o in outcomes] == [("a", State.MADE), ("b", State.MADE)]
    assert sorted(ended, key=lambda o: o.name) == list(outcomes)
    assert {("a", 1, 2), ("a", 2, 2), ("b", 1, 2), ("b", 2, 2)} == set(told)
    assert content(tmp_path) == {
        "a/deep/page.html": b"a page",
        "a/whole.ipynb": b"half a notebook",
        "b/deep/page.html": b"b",
        "b/whole.ipynb": b"half a notebook",
    }


def test_what_is_there_is_not_made_again(tmp_path):
    run([job("a"), job("b")], tmp_path)
    before = (tmp_path / "a" / "manifest.json").stat().st_mtime_ns
    outcomes = run([job("a"), job("b", inputs="two", text="new"), job("c")], tmp_path)
    assert [o.state for o in outcomes] == [State.FRESH, State.MADE, State.MADE]
    assert (tmp_path / "a" / "manifest.json").stat().st_mtime_ns == before
    assert content(tmp_path / "b")["deep/page.html"] == b"new"


def test_a_lost_file_makes_a_report_stale(tmp_path):
    run([job("a")], tmp_path)
    (tmp_path / "a" / "whole.ipynb").unlink()
    assert kept(tmp_path / "a", job("a")) is Kept.STALE
    assert [o.state for o in run([job("a")], tmp_path)] == [State.MADE]
    assert kept(tmp_path / "a", job("a")) is Kept.FRESH


@pytest.mark.parametrize("touch", ["change", "add", "record"])
def test_what_somebody_has_edited_is_moved_aside_and_never_overwritten(tmp_path, touch):
    run([job("a")], tmp_path)
    match touch:
        case "change":
            (tmp_path / "a" / "whole.ipynb").write_text("edited by hand", encoding="utf-8")
        case "add":
            (tmp_path / "a" / "notes.docx").write_text("mine", encoding="utf-8")
        case "record":
            (tmp_path / "a" / "manifest.json").write_text("{", encoding="utf-8")
    before = content(tmp_path / "a")
    assert kept(tmp_path / "a", job("a")) is Kept.EDITED
    (outcome,) = run([job("a")], tmp_path)
    assert outcome.state is State.MADE
    assert outcome.aside == tmp_path / "a.edited-1"
    assert content(outcome.aside) == before
    assert kept(tmp_path / "a", job("a")) is Kept.FRESH


def test_a_failed_report_keeps_what_it_has_and_the_others_go_on(tmp_path):
    faults = [
        job("tells", do="tell"),
        job("crashes", do="crash"),
        job("dies", do="die"),
        job("hangs", seconds=600.0),
    ]
    outcomes = {o.name: o for o in run([*faults, job("good")], tmp_path, seconds=6.0)}
    assert outcomes["good"].state is State.MADE
    assert outcomes["hangs"].state is State.TOO_SLOW
    reasons = {name: outcomes[name].reason for name in ("tells", "crashes", "dies")}
    assert reasons == {
        "tells": "The cell says so.",
        "crashes": "ValueError: a fault that nobody foresaw",
        "dies": "signal 9",
    }
    for name in ("tells", "crashes", "dies", "hangs"):
        assert outcomes[name].folder == tmp_path / "failed" / name
        assert (tmp_path / "failed" / name / "report" / "partial.ipynb").is_file()
        assert not (tmp_path / name).exists()
    assert not (tmp_path / ".making").exists()


def test_a_report_that_fails_leaves_the_one_before_it(tmp_path):
    run([job("a", text="old")], tmp_path)
    (outcome,) = run([job("a", inputs="two", do="tell")], tmp_path)
    assert outcome.state is State.FAILED
    assert content(tmp_path / "a")["deep/page.html"] == b"old"
    (outcome,) = run([job("a", inputs="two", text="new")], tmp_path)
    assert outcome.state is State.MADE
    assert not (tmp_path / "failed").exists()


def test_done_is_believed_only_of_files_that_the_manifest_vouches_for(tmp_path):
    (outcome,) = run([job("a", forgets=True)], tmp_path)
    assert outcome.state is State.NOT_WHOLE
    assert not (tmp_path / "a").exists()
    (outcome,) = run([Job("b", "one", {"made_from": "another"})], tmp_path)
    assert outcome.state is State.NOT_WHOLE


def test_another_day_makes_a_report_stale_where_a_day_is_asked_for(tmp_path):
    run([job("a")], tmp_path)
    folder = tmp_path / "a"
    assert kept(folder, Job("a", "one", day="2018-03-13")) is Kept.FRESH
    assert kept(folder, Job("a", "one", day="2018-03-14")) is Kept.STALE


def test_a_command_that_cannot_start_is_a_failed_report(tmp_path):
    (outcome,) = run_jobs([job("a")], tmp_path, 1, 10.0, command=lambda _: ("no-such-program",))
    assert outcome.state is State.FAILED
    assert outcome.reason


def test_no_more_than_so_many_at_a_time(tmp_path):
    most = 0

    def count(*_):
        nonlocal most
        most = max(most, len(list((tmp_path / ".making").iterdir())))

    run([job(f"r{n}", seconds=0.3) for n in range(5)], tmp_path, at_a_time=2, progress=count)
    assert most == 2


def test_stopping_leaves_nothing_half_made_and_nobody_at_work(tmp_path):
    def stop(outcome):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run([job("quick"), job("slow", seconds=600.0)], tmp_path, ended=stop)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["quick"]
    assert not [
        p for p in psutil.Process().children(recursive=True) if "quick_worker.py" in " ".join(p.cmdline())
    ]


def test_two_batches_do_not_share_a_folder(tmp_path):
    with only_one(tmp_path), pytest.raises(BusyError) as raised, only_one(tmp_path):
        pass
    assert raised.value.process == os.getpid()
    assert not (tmp_path / LOCK).exists()
    with only_one(tmp_path):
        assert json.loads((tmp_path / LOCK).read_text(encoding="utf-8"))["process"] == os.getpid()


@pytest.mark.parametrize("left", ["dead", "reused", "broken"])
def test_a_dead_batchs_lock_is_taken_over(tmp_path, left):
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    text = {
        "dead": json.dumps({"process": ended.pid, "started": time.time()}),
        "reused": json.dumps({"process": os.getpid(), "started": 1.0}),
        "broken": "{",
    }[left]
    (tmp_path / LOCK).write_text(text, encoding="utf-8")
    with only_one(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_after_a_kill_the_next_batch_comes_to_the_same(tmp_path):
    code = (
        "import sys, pathlib\n"
        "from sim.reports.batches import only_one\n"
        "from tests.reports.test_batches import job, run\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "with only_one(folder):\n"
        "    run([job(f'r{n}', seconds=0.2) for n in range(4)], folder)\n"
    )
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    subprocess.run([sys.executable, "-c", code, str(whole)], check=True)
    with subprocess.Popen([sys.executable, "-c", code, str(killed)]) as batch:
        limit = time.monotonic() + 60.0
        while not (killed / "r0").exists() and time.monotonic() < limit:
            time.sleep(0.02)
        batch.send_signal(signal.SIGKILL)
    subprocess.run([sys.executable, "-c", code, str(killed)], check=True)
    assert content(killed) == content(whole)
