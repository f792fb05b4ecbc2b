"""The study in a notebook runs clean from its first cell to its last."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

SMALL = 'end, points, keys = "2008-02-29", 2, ["exits.hazard"]'


@pytest.mark.long
def test_the_notebook_runs_clean(repository: Path):
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
