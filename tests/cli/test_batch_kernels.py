"""Batches with real kernels: what goes wrong is named, and nothing is lost, doubled or half written."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from sim import places
from sim.experiment.provenance import file_hash
from sim.parameters import load_library
from sim.reports.committee.spread import variations

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL and no full device"),
]

PROGRAM = Path(__file__).with_name("batch_program.py")
REPOSITORY = places.REPOSITORY

HEAD = 'title: "A batch"\nauthor: me\ndate: 2026-11-22\nschema: 1\nreports:\n'
REPORT = (
    "  - name: {name}\n    template: {template}\n"
    "    baseline: plan-2008\n    scenarios: [history-2008-2018]\n"
    "    period: {{from: 2008-01-01, to: 2008-04-30}}\n    date: 2008-03-13\n    runs: 2\n"
    "    languages: [{language}]\n    formats: [{formats}]\n"
)
TOWN = (
    "title: A town\nauthor: me\ndate: 2026-11-22\nschema: 1\nkind: assumption\ngrade: none\nnote: Made up.\n"
)
SOUND = "tertial_report"

FAULTS = {
    # In a kernel: an exception, a death, a worker's death, a cell without end, and a disk without room.
    "cell-error": "raise ValueError('no such thing')",
    "kernel-killed": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    "worker-killed": "import os, signal, time\nos.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(True)",
    "without-end": "import threading\nthreading.Event().wait()",
    "disk-full": "(folder / f'.{spec.name}.en.html.new').symlink_to('/dev/full')",
}
TOLD = {
    "cell-error": "failed: The notebook of the report cell-error stopped: ValueError: no such thing",
    "kernel-killed": "failed: The notebook of the report kernel-killed stopped: its kernel died.",
    "worker-killed": "failed: signal 9",
    "without-end": "stopped, it took too long",
    "disk-full": "failed: The notebook of the report disk-full stopped: "
    "OSError: [Errno 28] No space left on device",
}
REPORTS = 30
SLOWER = 6.0
"""How many times the first report's time, runs included, any report may take: only a hung one comes to it."""


def report(name: str, template: str = SOUND, language: str = "en", formats: str = "html") -> str:
    return REPORT.format(name=name, template=template, language=language, formats=formats)


def template(folder: Path, name: str, cell: str = "") -> Path:
    """Write a template of the office's own: the shipped one, with a cell before its last but one."""
    notebook = json.loads((places.NOTEBOOKS / f"{SOUND}.ipynb").read_text(encoding="utf-8"))
    if cell:
        fault = {**notebook["cells"][2], "id": "fault", "source": cell.splitlines(keepends=True)}
        notebook["cells"].insert(3, fault)
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """The made-up town, its single numbers as they are but without ranges: half as much to move about."""
    folder = tmp_path_factory.mktemp("town")
    below = places.PARAMETERS / "cities" / "ekvik"
    library = load_library(below)
    plan = library.resolve("plan-2008").scenario
    moved = [item.key for item in variations(library, plan) if not library.passports[item.key].table]
    lines = [f"  {key}: {float(plan.series(key)[0])!r}\n" for key in moved]
    (folder / "city.yaml").write_text(f"{TOWN}based_on: {below}\nset:\n{''.join(lines)}", encoding="utf-8")
    return folder


@contextmanager
def started(outputs: Path, file: Path, town: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a batch in a process of its own; it is dead when the block is left."""
    process = subprocess.Popen(
        [sys.executable, str(PROGRAM), str(outputs), str(file), "--parameters", str(town)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONUTF8": "1"},
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def whole(folder: Path) -> bool:
    """Tell whether a published report is what its manifest vouches for, to the byte, and nothing besides."""
    written = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"]
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return found == {*written, "manifest.json"} and all(
        file_hash(folder / name) == digest for name, digest in written.items()
    )


def products(folder: Path) -> dict[str, Any]:
    """Every product of every report, to the byte; of manifests all but the times."""
    return {
        path.relative_to(folder).as_posix(): (
            _without_times(json.loads(path.read_bytes()))
            if path.name == "manifest.json"
            else path.read_bytes()
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _without_times(manifest: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in manifest.items() if key not in ("started", "finished", "seconds")}
    kept["files"] = {
        name: digest for name, digest in manifest["files"].items() if not name.endswith("manifest.json")
    }
    return kept


def at_work(folder: Path) -> list[int]:
    """The processes that still make something below a folder."""
    return [
        process.pid
        for process in psutil.process_iter(["cmdline", "cwd"])
        if any(str(folder) in part for part in (*(process.info["cmdline"] or ()), process.info["cwd"] or ""))
    ]


def wait_until(true: Callable[[], object], seconds: float = 60.0) -> None:
    limit = time.monotonic() + seconds
    while not true() and time.monotonic() < limit:
        time.sleep(0.05)
    assert true()


def test_thirty_reports_with_every_fault(jobbtorg, outputs, town, tmp_path):
    templates = {name: template(tmp_path, name, cell) for name, cell in FAULTS.items()}
    good = [f"good-{number}" for number in range(REPORTS - len(FAULTS))]
    # The cell without end comes first: it takes up one of two places until its time is over.
    order = ["without-end", *good[:8], *(name for name in FAULTS if name != "without-end"), *good[8:]]
    listed = HEAD + "".join(report(name, templates.get(name, SOUND)) for name in order)
    file = tmp_path / "batch.yaml"
    out = outputs / "batches" / "batch"
    ask = ("batch", file, "--at-a-time", "2", "--parameters", town)

    # A scenario that is not there: told before anything starts.
    file.write_text(listed.replace("[history-2008-2018]", "[history-2008-2081]", 1), encoding="utf-8")
    refused = jobbtorg(*ask)
    assert refused.status == 2
    assert "history-2008-2081" in refused.err
    assert not out.exists()

    # Two batches at once in one folder: the second is refused, the first does not notice. Ctrl-C ends it.
    file.write_text(listed, encoding="utf-8")
    before = time.monotonic()
    with started(outputs, file, town) as other:
        wait_until((out / ".batch.lock").exists)
        refused = jobbtorg(*ask)
        assert refused.status == 1
        assert "Another batch" in refused.err
        wait_until((out / good[0]).exists, seconds=1800.0)
        first = time.monotonic() - before
        other.send_signal(signal.SIGINT)
        said = other.communicate()[1]
    assert other.returncode == 3
    assert "Traceback" not in said
    assert not at_work(out / ".making")
    assert {path.name for path in out.iterdir()} <= set(good)

    done = jobbtorg(*ask, "--minutes", f"{SLOWER * first / 60.0:.2f}")
    assert done.status == 3
    assert f"{len(good)} of {REPORTS} reports" in done.out
    lines = done.err.splitlines()
    for name, reason in TOLD.items():
        (line,) = (line for line in lines if line.startswith(f"{name}: "))
        assert reason in line
        partial = out / "failed" / name / "report" / f"{name}.partial.ipynb"
        assert json.loads(partial.read_text(encoding="utf-8"))["cells"][0]["cell_type"] == "markdown"
    assert {path.name for path in out.iterdir()} == {*good, "failed"}
    assert {path.name for path in (out / "failed").iterdir()} == set(FAULTS)
    assert all(whole(out / name) for name in good)
    wait_until(lambda: not at_work(out / ".making"))

    # Mended: what is there stays as it is, and only the rest is made.
    stamps = {name: (out / name / "manifest.json").stat().st_mtime_ns for name in good}
    for name in FAULTS:
        template(tmp_path, name)
    mended = jobbtorg(*ask)
    assert mended.status == 0
    assert {name: (out / name / "manifest.json").stat().st_mtime_ns for name in good} == stamps
    assert {path.name for path in out.iterdir()} == set(order)
    assert all(whole(out / name) for name in order)


KILLS = 10


def test_killed_at_random_moments_and_started_again_it_comes_to_the_same(town, tmp_path):
    file = tmp_path / "batch.yaml"
    names = {"one": "html, pdf, docx, xlsx", "two": "html"}
    file.write_text(HEAD + "".join(report(n, formats=f) for n, f in names.items()), encoding="utf-8")

    before = time.monotonic()
    with started(tmp_path / "undisturbed", file, town) as process:
        process.communicate()
    length = time.monotonic() - before
    assert process.returncode == 0
    wanted = products(tmp_path / "undisturbed" / "batches")
    assert {name.split("/")[1] for name in wanted} == set(names)

    moments = np.random.default_rng(2008)
    kills, folders = 0, [tmp_path / "killed-0"]
    while kills < KILLS:
        batch = folders[-1] / "batches" / "batch"
        with started(folders[-1], file, town) as process:
            try:
                process.wait(moments.uniform(0.0, length))
            except subprocess.TimeoutExpired:
                kills += 1
            else:  # it came to its end first: that is no kill, and the next begin anew
                assert process.returncode == 0
                folders.append(tmp_path / f"killed-{len(folders)}")
        # Whatever stands in its place is whole.
        published = [path for path in batch.glob("*") if not path.name.startswith(".")]
        assert all(whole(path) for path in published)

    for folder in folders:
        with started(folder, file, town) as process:
            process.communicate()
        assert process.returncode == 0
        assert products(folder / "batches") == wanted
    wait_until(lambda: not at_work(tmp_path))
