"""What the explorer's tests share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def folder(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped parameters with one year of the plan, a third of the work."""
    copy = tmp_path_factory.mktemp("explorer") / "parameters"
    shutil.copytree(repository / "parameters", copy)
    plan = copy / "scenarios" / "plan-2008.yaml"
    text = plan.read_text(encoding="utf-8")
    assert "period.end: 2010-12-31" in text
    plan.write_text(text.replace("period.end: 2010-12-31", "period.end: 2008-12-31"), encoding="utf-8")
    return copy
