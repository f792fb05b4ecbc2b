"""A template says its kind and types no result."""

from __future__ import annotations

import json

import pytest

from sim import places
from sim.reports.committee import KINDS
from sim.reports.errors import ReportError
from sim.reports.templates import read_template, template_names, typed_numbers


def notebook(*cells, kind="options"):
    metadata = {"jobbtorg": {"kind": kind}} if kind else {}
    return {"cells": list(cells), "metadata": metadata}


def code(source, *tags):
    return {"cell_type": "code", "source": source, "metadata": {"tags": list(tags)}}


def text(source):
    return {"cell_type": "markdown", "source": source, "metadata": {}}


@pytest.mark.parametrize("name", template_names())
def test_every_template_that_is_shipped_may_be_used_and_is_short(name):
    assert read_template(name).kind in KINDS
    cells = json.loads((places.NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    parameters = next(cell for cell in cells if "parameters" in cell["metadata"].get("tags", ()))
    assert [line.split(" = ")[0] for line in parameters["source"]] == ["report", "out", "parameters", "batch"]
    assert sum(len(cell["source"]) for cell in cells if cell["cell_type"] == "code") < 40


def test_there_is_a_template_of_every_kind():
    assert {read_template(name).kind for name in template_names()} == set(KINDS)


@pytest.mark.parametrize(
    "cell",
    [
        text("The net cost falls by 12 MSEK."),
        code("saved = 12"),
        code("print(f'{name} saves 12')"),
        code("saved = -1.5e3"),
    ],
)
def test_a_typed_number_is_refused(cell, tmp_path):
    path = tmp_path / "typed.ipynb"
    path.write_text(json.dumps(notebook(cell)), encoding="utf-8")
    with pytest.raises(ReportError, match="Numbers are typed"):
        read_template(str(path))


@pytest.mark.parametrize(
    "cell",
    [
        text("Made by the batch `options-2008`."),
        code("runs = 20", "parameters"),
        code("found = data.comparison('caseload')\nopen_ = True"),
        code("not python ("),
    ],
)
def test_what_is_no_result_is_let_through(cell):
    assert typed_numbers(notebook(cell)) == []


def test_a_template_that_is_missing_or_says_no_kind_is_told(tmp_path):
    with pytest.raises(ReportError, match=r"no template no_such.*options_report"):
        read_template("no_such")
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps(notebook(kind="")), encoding="utf-8")
    with pytest.raises(ReportError, match="doesn't say which kind"):
        read_template(str(path))
