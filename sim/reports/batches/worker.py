"""One report made in a process of its own: what a batch starts, by ``python -m sim.reports.batches.worker``.

What it has to say goes to standard output, one JSON value a line: ``[done, total]`` for runs, and
``{"failed": sentence}`` before it ends with 1.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import psutil

from sim.experiment.errors import ExperimentError
from sim.experiment.store import Store
from sim.parameters import InputErrors
from sim.reports.committee import make_one
from sim.reports.errors import ReportError
from sim.reports.spec import ReportSpec
from sim.words import Words

LOOK_SECONDS = 0.5


def order_of(
    spec: ReportSpec, day: date, parameters: Path | None, store: Path | None, language: str
) -> dict[str, Any]:
    """What a worker is told, as JSON can hold it.

    Parameters
    ----------
    spec : ReportSpec
    day : date
        What the report bears when its description leaves that open.
    parameters, store : Path, optional
    language : str
        Of the sentence that says why it failed.
    """
    dated = spec if spec.day else spec.model_copy(update={"day": day})
    return {
        "report": dated.model_dump(mode="json", by_alias=True),
        "parameters": None if parameters is None else str(parameters.resolve()),
        "store": None if store is None else str(store),
        "language": language,
        "parent": os.getpid(),
    }


def main(arguments: Sequence[str]) -> int:
    """Make the report that an order describes; returns the process's exit status."""
    order = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    threading.Thread(target=_end_with, args=(order["parent"],), daemon=True).start()
    spec = ReportSpec.model_validate_json(json.dumps(order["report"]))
    parameters, store = order["parameters"], order["store"]
    try:
        make_one(
            spec,
            Path(order["out"]),
            None if parameters is None else Path(parameters),
            store=None if store is None else Store(Path(store), lambda error: None),
            progress=lambda done, total: _say([done, total]),
        )
    except ReportError as error:
        return _failed(error.sentence(Words(order["language"])))
    except InputErrors as error:
        return _failed(" ".join(problem.sentence for problem in error.problems))
    except ExperimentError as error:
        return _failed(str(error))
    except OSError as error:
        return _failed(error.strerror or type(error).__name__)
    return 0


def _failed(sentence: str) -> int:
    _say({"failed": sentence})
    return 1


def _say(value: object) -> None:
    print(json.dumps(value), flush=True)


def _end_with(parent: int) -> None:
    """End at once when the batch is no more: what it would have made has nobody to publish it."""
    try:
        batch = psutil.Process(parent)
        while batch.is_running() and batch.status() != psutil.STATUS_ZOMBIE:
            time.sleep(LOOK_SECONDS)
    except psutil.Error:
        pass
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
