"""The program as a process of its own: bytes, signals and the system's settings."""

import os
import re
import signal
import subprocess
import sys
import time

import psutil
import pytest

from sim.cli import entry

PROGRAM = (sys.executable, "-m", "sim")
QUICK = ("--end", "2008-02-29", "--runs", "2")


def environment(**changes: str) -> dict[str, str]:
    """The test's environment without what decides language and looks."""
    decided = {"LC_ALL", "LC_MESSAGES", "LANG", "JOBBTORG_LANGUAGE", "NO_COLOR", "FORCE_COLOR", "PYTHONUTF8"}
    return {key: value for key, value in os.environ.items() if key not in decided} | changes


def started(*arguments: object, **changes: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*PROGRAM, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(**changes),
        start_new_session=True,
        preexec_fn=None if os.name == "nt" else hear_interrupts,  # noqa: PLW1509 - no other thread here
    )


def hear_interrupts() -> None:
    """Let the child hear Ctrl-C as in a terminal, even when the tests themselves run in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def processor_seconds(pid: int) -> float:
    """Return the processor's time that a program and its workers have taken."""
    program = psutil.Process(pid)
    times = [process.cpu_times() for process in (program, *program.children(recursive=True))]
    return sum(time.user + time.system for time in times)


def done(*arguments: object, **changes: str) -> tuple[int, str, str]:
    process = started(*arguments, **changes)
    out, err = process.communicate(timeout=300)
    return process.returncode, out.decode("utf-8"), err.decode("utf-8")


@pytest.mark.long
def test_the_order_of_sets_changes_no_byte(tmp_path):
    folders = []
    for seed in ("0", "1"):
        folder = tmp_path / seed
        status, _, err = done(
            "compare", "caseload-50", "caseload-40", *QUICK, "--out", folder, PYTHONHASHSEED=seed
        )
        assert status == 0, err
        folders.append(folder)
    files = [{path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders]
    for contents in files:
        contents.pop("manifest.json")  # tells when, and what was typed
    assert len(files[0]) == 4
    assert files[0] == files[1]


def test_output_is_utf8_whatever_the_system_says():
    status, out, _ = done("glossary", "--language", "sv", LC_ALL="C", PYTHONIOENCODING="ascii")
    assert status == 0
    assert "försörjningsstöd" in out


def test_the_system_chooses_the_language():
    assert "Svenska" in done("glossary", "coach", LC_ALL="sv_SE.UTF-8")[1]
    assert "Swedish" in done("glossary", "coach", LC_ALL="C")[1]


def test_colour_only_where_it_is_wanted():
    colour = re.compile(r"\x1b\[[0-9;]*3[0-7]")
    assert "\x1b" not in done("sources", "headroom")[1]
    assert not colour.search(done("sources", "headroom", FORCE_COLOR="1", NO_COLOR="1")[1])


def test_help_loads_no_compiler():
    """Whoever only asks what there is should not wait for what computes."""
    code = (
        "import sys; sys.argv = ['jobbtorg', '--help']\n"
        "from sim.cli.entry import status_of\n"
        "status_of(['--help'])\n"
        "print(sorted({'numba', 'pandas', 'matplotlib', 'scipy'} & set(sys.modules)))"
    )
    process = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", env=environment(), check=True
    )
    assert process.stdout.splitlines()[-1] == "[]"


@pytest.mark.skipif(os.name == "nt", reason="signals are sent in another way there")
def test_ctrl_c_is_known_even_where_a_library_makes_an_error_of_it(monkeypatch, capsys):
    """A compiled module that is interrupted while it is loaded raises ImportError."""

    def load(*_):
        try:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(60)
        except KeyboardInterrupt:
            raise ImportError("initialization failed") from None

    monkeypatch.setattr(entry, "_status", load)
    heard = signal.signal(signal.SIGINT, signal.default_int_handler)  # as in a terminal, wherever tests run
    try:
        assert entry.status_of(["check"]) == 1
        assert capsys.readouterr().err == "Interrupted. Nothing was written.\n"
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, heard)


@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="signals are sent in another way there")
@pytest.mark.parametrize("engine", ["compiled", "simpy"])
def test_ctrl_c_ends_all_workers_and_leaves_nothing(engine, tmp_path):
    process = started(
        "run", "plan-2008", "--runs", "2000", "--jobs", "2", "--engine", engine, "--no-store",
        "--out", tmp_path / "r",
    )  # fmt: skip
    while processor_seconds(process.pid) < 12:  # its workers are at work, however slow the machine
        assert process.poll() is None
        time.sleep(0.2)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the program and its workers
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert err.decode("utf-8") == "Interrupted. Nothing was written.\n"
    assert out == b""
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        for _ in range(100):
            os.killpg(process.pid, 0)
            time.sleep(0.1)
