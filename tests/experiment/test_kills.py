"""A sweep that is killed at random moments loses nothing, doubles nothing, and ends as if it never was."""

import hashlib
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from sim.experiment.store import Store
from sim.experiment.sweep_output import CSV, PARQUET

PROGRAM = Path(__file__).with_name("killed_sweep.py")
REPOSITORY = Path(__file__).resolve().parents[2]
KILLS = 20
POINTS, RUNS = 6, 20
SWEEP = (
    'title: "A sweep"\nauthor: me\ndate: 2026-11-22\nschema: 1\nbaseline: caseload-50\n'
    "settings: {period.end: 2009-12-31}\ndesign: grid\n"
    "over:\n  levers.caseload_norm: [35, 40, 45, 55, 60, 65]\n"
    f"runs: {RUNS}\nmeasures: [net_cost, stock, wait_days]\nperiods: [2008, total]\n"
)
WORLDS = POINTS + 1


def start(folder: Path, sweep: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(PROGRAM), str(sweep), str(folder / "store"), str(folder / "out")],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def kept(folder: Path) -> dict[str, str]:
    """Every run that can be read by its name, with the hash of its bytes."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (folder / "store").glob("*/run-*.parquet")
    }


@pytest.mark.long
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no process can be killed outright here")
def test_a_sweep_killed_at_random_moments_ends_as_if_it_never_was(tmp_path):
    sweep = tmp_path / "sweep.yaml"
    sweep.write_text(SWEEP, encoding="utf-8")
    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"

    before = time.monotonic()
    process = start(undisturbed, sweep)
    out, err = process.communicate()
    length = time.monotonic() - before
    assert (out, err) == ("done\n", "")

    moments = np.random.default_rng(2008)
    kills, whole = 0, {}
    while kills < KILLS:
        process = start(killed, sweep)
        done = len(whole)
        # Some kills while it starts, most while it works, some while a file is being written.
        aim = done + int(moments.integers(0, WORLDS * RUNS // KILLS))
        while process.poll() is None and len(list((killed / "store").glob("*/run-*.parquet"))) < aim:
            time.sleep(0.002)
        time.sleep(moments.uniform(0.0, length / (4 * KILLS)))
        process.kill()
        process.communicate()
        assert process.returncode == -signal.SIGKILL  # it was at work
        kills += 1
        now = kept(killed)
        assert whole.items() <= now.items()  # none lost, none made again
        whole = now
        store = Store(killed / "store", pytest.fail)
        assert [file for found in store.kept() for file in store.broken(found.key)] == []

    process = start(killed, sweep)
    out, err = process.communicate()
    assert (out, err) == ("done\n", "")
    assert kept(killed) == kept(undisturbed)
    assert len(kept(killed)) == WORLDS * RUNS
    assert whole.items() <= kept(killed).items()
    for name in (CSV, PARQUET):
        assert (killed / "out" / name).read_bytes() == (undisturbed / "out" / name).read_bytes()
    # What the killed left half-written has no name that is read, and goes when it is pruned.
    assert all(path.name.startswith(".new-") for path in (killed / "store").glob("*/*/"))
