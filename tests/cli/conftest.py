"""The command line inside the test's own process, writing only under the test's folder."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from sim import places
from sim.cli.entry import status_of

QUICK = ("--end", "2008-04-30", "--runs", "2", "--jobs", "1")
"""Options for a small run: the City for four months, twice."""


@dataclass(frozen=True)
class Done:
    """What a command came to."""

    status: int
    out: str
    err: str


@pytest.fixture
def outputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where commands write when they are told nothing else."""
    monkeypatch.setattr(places, "OUTPUTS", tmp_path / "outputs")
    return tmp_path / "outputs"


@pytest.fixture
def jobbtorg(
    outputs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Done]:
    """Run a command as it would be typed; in English unless told otherwise, and never with a traceback."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG", "COLUMNS", "FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("JOBBTORG_LANGUAGE", "en")

    def run(*arguments: str) -> Done:
        capsys.readouterr()
        status = status_of([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.out + captured.err
        return Done(status, captured.out, captured.err)

    return run
