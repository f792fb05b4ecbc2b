"""What the explorer's tests share."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from tests.explorer import browsing


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Function, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell with a failure in a browser what the page showed, and what it and its kernel last said."""
    report = yield
    shown = getattr(item, "funcargs", {}).get("shown")
    if report.failed and call.when == "call" and shown is not None:
        report.sections.append(("the page", browsing.account(shown.page, shown.wire)))
    return report


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
