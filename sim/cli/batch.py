"""What ``run`` and ``compare`` share: from a request to results, and to a folder that holds them."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType

from sim import places
from sim.cli.errors import CommandError, say
from sim.cli.inputs import (
    all_settings,
    as_first_of_month,
    open_library,
    policy_date,
    resolve_all,
)
from sim.cli.request import Request
from sim.cli.screen import Screen
from sim.cli.storing import open_store, usable_when_interrupted
from sim.cli.tables import measure_text
from sim.cli.writing import written
from sim.experiment.differences import Cell, Difference
from sim.experiment.enough import BUDGET, Enough, Target, run_until
from sim.experiment.folder import check_replaceable
from sim.experiment.output import KIND, Record, write_results
from sim.experiment.provenance import source_hash
from sim.experiment.results import Results
from sim.experiment.run import run_scenarios
from sim.experiment.statistics import t_quantile
from sim.parameters import Library, Resolved
from sim.words import Words

LONGEST_NAME = 60
"""Characters of a folder's name that tell what was run; a digest follows."""


@dataclass(frozen=True)
class Batch:
    """What came of it, and where it is to be kept."""

    resolved: dict[str, Resolved]
    results: Results
    record: Record
    folder: Path
    enough: Enough | None = None


def perform(
    screen: Screen,
    request: Request,
    kind: str,
    between: Callable[[Library, dict[str, Resolved]], dict[str, Resolved]] | None = None,
) -> Batch:
    """Resolve, run and measure; whatever is wrong with the request is found before the first run.

    Parameters
    ----------
    screen : Screen
    request : Request
    kind : str
        The command; the folder's name begins with it.
    between : callable, optional
        From the library and the resolved scenarios to further scenarios to run beside them.
    """
    started, source = datetime.now(UTC), source_hash()
    t_quantile(request.level, 1)
    report_from = as_first_of_month(request.start)
    targets = [as_target(text) for text in request.targets]
    settings = all_settings(request.settings, request.end)
    library = open_library(request.parameters)
    resolved = resolve_all(library, request.names, settings)
    if between is not None:
        resolved |= between(library, resolved)
    folder = request.out or places.OUTPUTS / _folder_name(kind, resolved, request, report_from)
    check_replaceable(folder, KIND)
    for warning in dict.fromkeys(str(w) for found in resolved.values() for w in found.warnings):
        screen.complain(say(screen.words, "check.warning", sentence=warning))
    store = open_store(screen, request.store)
    scenarios = [found.scenario for found in resolved.values()]
    policy_from = policy_date(library, request.names)
    enough = None
    with usable_when_interrupted(screen, store), screen.progress() as progress:
        if targets:
            enough = run_until(
                scenarios,
                targets,
                request.seed,
                BUDGET if request.budget is None else request.budget,
                request.runs,
                request.level,
                request.jobs,
                request.engine,
                progress,
                report_from,
                policy_from,
                store,
            )
            results = enough.results
        else:
            results = run_scenarios(
                scenarios,
                request.runs,
                request.seed,
                request.jobs,
                request.engine,
                progress,
                report_from,
                policy_from,
                store,
            )
    record = Record(
        *(("jobbtorg", *sys.argv[1:]), source, started, datetime.now(UTC)),
        resolved=resolved,
        settings=settings,
        engine=request.engine,
        level=request.level,
        report_from=report_from,
        policy_from=policy_from,
    )
    return Batch(resolved, results, record, folder, enough)


def as_target(text: str) -> Target:
    """How well a difference is to be known, as it is typed: MEASURE=HALFWIDTH."""
    measure, _, width = text.partition("=")
    try:
        return Target(measure.strip(), float(width))
    except ValueError:
        raise CommandError("bad-target", found=text) from None


def keep(
    screen: Screen,
    batch: Batch,
    differences: Iterable[tuple[Cell, Difference]] | None = None,
    more: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Write the folder and say where; when that fails, what was shown stands and the program ends with 3."""
    definitions = _definitions(batch.results, screen.words)
    with written(screen, batch.folder):
        write_results(batch.folder, batch.results, batch.record, differences, definitions, more)


def _definitions(results: Results, words: Words) -> Sequence[dict[str, str]]:
    """Every measure with its words, for the folder's own glossary."""
    return [
        {
            "measure": measure.key,
            "unit": measure.unit,
            "quantity": measure.quantity,
            **{field: measure_text(words, measure, field) for field in ("name", "definition", "equation")},
        }
        for measure in results.measures
    ]


def _folder_name(kind: str, resolved: dict[str, Resolved], request: Request, report_from: date | None) -> str:
    """A name that tells what was run, and a digest that keeps different inputs apart."""
    inputs = [
        *(found.scenario.digest for found in resolved.values()),
        request.runs,
        request.seed,
        request.level,
        str(report_from),
        *([request.targets, request.budget] if request.targets else []),
    ]
    digest = hashlib.sha256(json.dumps(inputs).encode("utf-8")).hexdigest()[:8]
    names = re.sub(r"[^\w+.-]", "-", "_".join(resolved))[:LONGEST_NAME]
    return f"{kind}-{names}-{digest}"
