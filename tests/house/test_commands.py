"""The commands that check a change: what they call, and that a slip in a test cannot pass unseen."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.reading import miniature


def ci_faults(folder: Path) -> list[str]:
    """List what the check of a change leaves out: the README's test command, and stopping at a failure."""
    script = (folder / ".ci" / "run").read_text(encoding="utf-8")
    code = [line.partition("#")[0].strip() for line in script.splitlines()]
    faults = [] if "set -euo pipefail" in code else [".ci/run goes on after a failure"]
    return faults + [
        f".ci/run does not call {command}"
        for command in ("make test", "make test-long")
        if not any(re.fullmatch(rf"(step )?{command}", line) for line in code)
    ]


def readme_faults(folder: Path) -> list[str]:
    """List the targets that the README tells people to make and the Makefile does not know."""
    readme = (folder / "README.md").read_text(encoding="utf-8")
    told = set(re.findall(r"\bmake ([a-z-]+)\b(?=`|\n|\s+#)", readme))
    known = set(re.findall(r"^([a-z-]+):", (folder / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    missing = {"report", "test"} - told
    return [f"the README does not tell of make {name}" for name in sorted(missing)] + [
        f"the README tells of make {name}, the Makefile does not know it" for name in sorted(told - known)
    ]


RULES = (ci_faults, readme_faults)


@pytest.mark.parametrize("rule", RULES)
def test_the_commands_are_as_told(rule, repository):
    assert rule(repository) == []


GOOD = {
    ".ci/run": "set -euo pipefail\nstep make test\nstep make test-long\n",
    "README.md": "```\nmake report\nmake test    # all\n```\n",
    "Makefile": "report: x\n\ntest:\n\trun\n",
}


@pytest.mark.parametrize("rule", RULES)
def test_commands_as_told_are_left_alone(rule, tmp_path):
    assert rule(miniature(tmp_path, GOOD)) == []


@pytest.mark.parametrize(
    ("rule", "file", "text"),
    [
        (ci_faults, ".ci/run", "set -euo pipefail\n# make test\nmake test-long\n"),
        (ci_faults, ".ci/run", "make test\nmake test-long\n"),
        (ci_faults, ".ci/run", "set -euo pipefail\nmake test || true\nmake test-long\n"),
        (readme_faults, "README.md", "make test\n"),
        (readme_faults, "README.md", "make report\nmake test\nmake coffee\n"),
    ],
)
def test_commands_not_as_told_are_seen(rule, file, text, tmp_path):
    assert rule(miniature(tmp_path, GOOD | {file: text})) != []


def test_a_slip_in_a_test_fails(tmp_path, repository):
    """Run small test files under the project's own settings; every one but the first two must be refused."""
    bodies = {
        "long": "import pytest\n@pytest.mark.long\ndef test_it(): pass\n",
        "browser": "import pytest\n@pytest.mark.browser\ndef test_it(): pass\n",
        "misspelt": "import pytest\n@pytest.mark.lnog\ndef test_it(): pass\n",
        "warns": "import warnings\ndef test_it(): warnings.warn('old', DeprecationWarning)\n",
        "mended": "import pytest\n@pytest.mark.xfail\ndef test_it(): pass\n",
    }
    folder = miniature(tmp_path, {f"tests/test_{name}.py": body for name, body in bodies.items()})
    shutil.copy(repository / "pyproject.toml", folder)
    command = [sys.executable, "-m", "pytest", "-rA", "-p", "no:cacheprovider", "-p", "no:xdist"]
    done = subprocess.run(
        [*command, "--continue-on-collection-errors", str(folder)],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    found = re.findall(r"^(PASSED|FAILED|ERROR) tests/test_(\w+)\.py", done.stdout, re.MULTILINE)
    said = {name: outcome for outcome, name in found}
    assert said == {
        "long": "PASSED",
        "browser": "PASSED",
        "misspelt": "ERROR",
        "warns": "FAILED",
        "mended": "FAILED",
    }, done.stdout


def test_warnings_are_failures_but_for_those_that_are_named(repository):
    """Every warning let through names its category or module, so none is let through by accident."""
    settings = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))
    first, *excused = settings["tool"]["pytest"]["ini_options"]["filterwarnings"]
    assert first == "error"
    assert [line for line in excused if not re.fullmatch(r"ignore:[^:]{8,}:\w+(:[\w.]+)?", line)] == []
