"""The notebooks of this room run clean from their first cell to their last."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from sim.words import Name, Words

SMALL = 'end, points, keys = "2008-02-29", 2, ["exits.hazard"]'


@pytest.mark.long
def test_the_study_runs_clean(repository: Path):
    notebook = nbformat.read(repository / "notebooks" / "sensitivity.ipynb", as_version=4)
    parameters = next(cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", []))
    parameters.source += f"\n{SMALL}"
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(repository)}}).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert all(output.output_type in {"execute_result", "display_data"} for output in outputs)
    html = " ".join(output.data.get("text/html", "") for output in outputs)
    assert html.count("<svg role=") == 2
    assert "waiting-pace-0" in html
    assert "measures.price_per_year" in html


@pytest.mark.long
@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_validation_runs_clean_and_tells_everything(repository: Path, language: str):
    notebook = nbformat.read(repository / "notebooks" / "validation_2008_2018.ipynb", as_version=4)
    parameters = next(cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", []))
    parameters.source += f'\nlanguage, redraw = "{language}", 1'
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(repository)}}).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    html = " ".join(output.get("data", {}).get("text/html", "") for output in outputs)
    printed = " ".join(output.text for output in outputs if output.output_type == "stream")
    words = Words(language)
    assert html.count("<svg role=") == 2
    for table in ("learned", "trade_offs", "coverage", "explained", "placebo"):
        assert words.raw(f"inference.{table}.title") in html
    assert str(words.text("inference.stale.same", draws=Name("1"))) in printed
