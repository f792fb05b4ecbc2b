import json
from pathlib import Path

import pytest

from sim.cli.actions import store as actions
from sim.experiment import run as running

QUICK = ("--end", "2008-02-29", "--runs", "2", "--jobs", "1")


@pytest.fixture
def kept(jobbtorg, outputs, tmp_path) -> list[Path]:
    """Runs that are kept from one command."""
    assert jobbtorg("run", "plan-2008", *QUICK, "--out", tmp_path / "r").status == 0
    return sorted((outputs / "store").rglob("run-*.parquet"))


def test_a_command_typed_again_computes_nothing(jobbtorg, kept, tmp_path, monkeypatch):
    assert len(kept) == 2
    first = (tmp_path / "r" / "summary.csv").read_bytes()
    monkeypatch.setattr(running, "_one", None)
    assert jobbtorg("run", "plan-2008", *QUICK, "--out", tmp_path / "again").status == 0
    assert (tmp_path / "again" / "summary.csv").read_bytes() == first


def test_a_follow_up_typed_again_computes_nothing(jobbtorg, outputs, tmp_path, monkeypatch):
    asked = ("follow-up", "plan-2008", *QUICK)
    first = jobbtorg(*asked, "--out", tmp_path / "f")
    assert first.status == 0
    assert len(list((outputs / "store").rglob("run-*.parquet"))) == 2
    monkeypatch.setattr(running, "_one", None)
    again = jobbtorg(*asked, "--out", tmp_path / "again")
    assert (again.status, again.err) == (0, first.err)
    for name in ("follow-up.csv", "follow-up.parquet"):
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "f" / name).read_bytes()
    kept = again.out.replace(str(tmp_path / "again"), str(tmp_path / "f"))
    assert kept == first.out


def test_posts_asked_for_again_are_not_computed(jobbtorg, outputs, monkeypatch):
    first = jobbtorg("staffing", "plan-2008", *QUICK)
    assert first.status == 0
    assert len(list((outputs / "store").rglob("run-*.parquet"))) == 2
    monkeypatch.setattr(running, "_one", None)
    assert jobbtorg("staffing", "plan-2008", *QUICK) == first


@pytest.mark.parametrize("command", ["follow-up", "staffing"])
def test_what_is_counted_otherwise_is_no_run_of_another_command(jobbtorg, outputs, kept, tmp_path, command):
    """The same scenario, seed and run: measures, posts and follow-ups stand under names of their own."""
    out = ("--out", tmp_path / "f") if command == "follow-up" else ()
    assert jobbtorg(command, "plan-2008", *QUICK, *out).status == 0
    found = sorted((outputs / "store").rglob("run-*.parquet"))
    assert set(kept) < set(found)
    assert len({path.parent for path in found}) == 2


@pytest.mark.parametrize("command", ["follow-up", "staffing"])
def test_both_do_without_the_store(jobbtorg, outputs, tmp_path, command):
    out = ("--out", tmp_path / "f") if command == "follow-up" else ()
    assert jobbtorg(command, "plan-2008", *QUICK, "--no-store", *out).status == 0
    assert not list(outputs.rglob("run-*.parquet"))


def test_without_the_store_nothing_is_kept_and_nothing_else_comes_out(jobbtorg, outputs, kept, tmp_path):
    for path in kept:
        path.unlink()
    assert jobbtorg("run", "plan-2008", *QUICK, "--no-store", "--out", tmp_path / "n").status == 0
    assert not list((outputs / "store").rglob("run-*.parquet"))
    assert (tmp_path / "n" / "summary.csv").read_bytes() == (tmp_path / "r" / "summary.csv").read_bytes()


def test_a_damaged_run_is_told_in_the_readers_language(jobbtorg, kept, tmp_path):
    kept[0].write_bytes(b"half")
    done = jobbtorg("run", "plan-2008", *QUICK, "--out", tmp_path / "s", "--language", "sv")
    assert done.status == 0
    assert done.err == f"{kept[0]} är skadad eller inte vår; den hoppas över och körningen görs om.\n"


def test_list_shows_what_is_kept(jobbtorg, kept):
    done = jobbtorg("store", "list")
    assert done.status == 0
    (line,) = [line for line in done.out.splitlines() if "plan-2008" in line]
    assert line.split()[:4] == [kept[0].parent.name[:12], "plan-2008", "2008", "2"]
    assert "yes" in line
    assert "2 runs, " in done.out


def test_an_empty_store_is_a_sentence(jobbtorg, outputs):
    done = jobbtorg("store", "list")
    assert (done.status, done.out) == (0, f"Nothing is kept in {outputs / 'store'}.\n")
    assert not outputs.exists()


def test_show_tells_what_a_key_stands_for(jobbtorg, kept):
    key = kept[0].parent.name
    done = jobbtorg("store", "show", key[:6])
    assert done.status == 0
    first, *middle, last = done.out.splitlines()
    assert (first, last) == (key, "2 runs, all whole.")
    what = json.loads("\n".join(middle))
    assert (what["scenario"], what["seed"], what["draw"]) == ("plan-2008", 2008, 0)
    kept[1].write_bytes(kept[1].read_bytes()[:-20])
    broken = jobbtorg("store", "show", key)
    assert broken.status == 1
    assert f"Damaged or not ours: {kept[1]}" in broken.out


def test_prune_takes_what_this_code_cannot_use(jobbtorg, kept, monkeypatch):
    assert jobbtorg("store", "prune").out == "0 runs removed, 0 MB.\n"
    monkeypatch.setattr(actions, "CODE", "other")
    assert jobbtorg("store", "prune").out.startswith("2 runs removed")
    assert not kept[0].parent.exists()


@pytest.mark.parametrize(
    ("option", "removed"), [(["--older", "1"], 0), (["--older", "0"], 2), (["--all"], 2)]
)
def test_prune_takes_what_is_old_or_all(jobbtorg, kept, option, removed, monkeypatch):
    now = max(path.stat().st_mtime for path in kept[0].parent.iterdir()) + 1.0
    monkeypatch.setattr("time.time", lambda: now)
    assert jobbtorg("store", "prune", *option).out.startswith(f"{removed} runs removed")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["show"], "Say which"),
        (["show", "x"], "nothing whose key begins with x"),
        (["list", "x"], "KEY does not go with store list"),
        (["list", "--all"], "--all does not go with store list"),
        (["show", "x", "--older", "3"], "--older does not go with store show"),
        (["empty"], "prune"),
        ([], "Missing argument"),
    ],
)
def test_wrong_input_is_a_sentence(jobbtorg, outputs, arguments, sentence):
    done = jobbtorg("store", *arguments)
    assert done.status == 2
    assert sentence in " ".join(done.err.split())
    assert not outputs.exists()


def test_an_interrupt_says_what_is_kept(jobbtorg, tmp_path, monkeypatch):
    one = running._one

    def stop_at_one(task):
        if task.run == 1:
            raise KeyboardInterrupt
        return one(task)

    monkeypatch.setattr(running, "_one", stop_at_one)
    done = jobbtorg("run", "plan-2008", *QUICK, "--out", tmp_path / "r")
    assert done.status == 3
    assert done.err == "Interrupted. 1 finished runs are kept: the same command goes on from there.\n"
    assert not (tmp_path / "r").exists()
