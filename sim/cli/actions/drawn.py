"""Scenarios under an ensemble: what chance does, what is not known does, and a folder of results."""

from __future__ import annotations

import hashlib
import json
import math
import re
import sys
from dataclasses import replace
from datetime import UTC, datetime

from sim import places
from sim.cli import tables
from sim.cli.batch import LONGEST_NAME
from sim.cli.errors import CommandError, say
from sim.cli.inputs import all_settings, as_first_of_month, open_library, policy_date, resolve_all
from sim.cli.request import Request
from sim.cli.screen import Screen
from sim.cli.storing import open_store, usable_when_interrupted
from sim.cli.writing import written
from sim.experiment.drawn_output import KIND, write_drawn
from sim.experiment.draws import (
    DrawnResults,
    asked_draws,
    built_otherwise,
    run_ensemble,
    structured_difference,
)
from sim.experiment.folder import check_replaceable
from sim.experiment.output import Record
from sim.experiment.provenance import source_hash
from sim.experiment.statistics import t_quantile
from sim.experiment.variance import Parts
from sim.outcomes import Measure
from sim.parameters import Scenario, structural_alternatives
from sim.parameters.overlays import STACK
from sim.parameters.uncertain import DrawError, Ensemble
from sim.words import Interval, Name, Quantity, Trace


def show(screen: Screen, request: Request, kind: str) -> None:
    """Run the request's scenarios under its ensemble, show and keep; the first of them is the base."""
    started, source = datetime.now(UTC), source_hash()
    t_quantile(request.level, 1)
    report_from = as_first_of_month(request.start)
    settings = all_settings(request.settings, request.end)
    library = open_library(request.parameters)
    resolved = resolve_all(library, request.names, settings)
    assert request.ensemble is not None
    ensemble = asked_draws(library.folder, request.ensemble, request.draws, settings)
    folder = request.out or places.OUTPUTS / _folder_name(kind, list(resolved), ensemble, request, settings)
    check_replaceable(folder, KIND)
    for warning in dict.fromkeys(str(w) for found in resolved.values() for w in found.warnings):
        screen.complain(say(screen.words, "check.warning", sentence=warning))
    store = open_store(screen, request.store)
    policy_from = policy_date(library, request.names)

    def laid(way: str) -> list[Scenario]:
        suffix = f"{STACK}{way}" if way else ""
        return [
            replace(library.resolve(f"{asked}{suffix}", settings).scenario, name=name)
            for asked, name in zip(request.names, resolved, strict=True)
        ]

    alternatives = structural_alternatives(library) if request.structures else ()
    with usable_when_interrupted(screen, store), screen.progress() as progress:
        try:
            built = [
                run_ensemble(
                    scenarios,
                    drawn,
                    request.runs_per_draw,
                    request.seed,
                    request.jobs,
                    request.engine,
                    progress,
                    report_from,
                    policy_from,
                    store,
                )
                for scenarios, drawn in built_otherwise(laid, ensemble, alternatives)
            ]
        except DrawError as error:
            raise CommandError("draw-not-laid", reason=error) from None
    results = built[0]
    _tell(screen, built, request.level, kind)
    record = Record(
        *(("jobbtorg", *sys.argv[1:]), source, started, datetime.now(UTC)),
        resolved=resolved,
        settings=settings,
        engine=request.engine,
        level=request.level,
        report_from=report_from,
        policy_from=policy_from,
    )
    with written(screen, folder):
        write_drawn(folder, results, record)


def _folder_name(
    kind: str, names: list[str], ensemble: Ensemble, request: Request, settings: tuple[str, ...]
) -> str:
    inputs = [names, settings, ensemble.digest, request.runs_per_draw, request.seed, request.level]
    digest = hashlib.sha256(json.dumps(inputs).encode("utf-8")).hexdigest()[:8]
    title = re.sub(r"[^\w+.-]", "-", "_".join(names))[:LONGEST_NAME]
    return f"{kind}-{title}-{ensemble.name}-{digest}"


def _tell(screen: Screen, built: list[DrawnResults], level: float, kind: str) -> None:
    words, results = screen.words, built[0]
    base, *others = results.names
    head = [words.raw(f"inference.spread.{key}") for key in ("measure", "unit", "mean", "chance", "unknown")]
    if len(built) > 1:
        head.append(words.raw("inference.spread.structure"))
    if kind == "compare":
        head.append(words.raw("inference.spread.verdict"))
    for name in others if kind == "compare" else results.names:
        rows = []
        for measure in (m for m in results.measures if m.key in tables.HEADLINE and "total" in m.kinds):
            parts = (
                structured_difference(built, base, name, measure.key, level=level)
                if kind == "compare"
                else results.parts(name, measure.key, level=level)
            )
            if parts is not None:
                rows.append(_row(screen, parts, measure, name, kind == "compare"))
        title = say(words, "tables.compare_title", other=name, base=base) if kind == "compare" else name
        screen.table(title, head, rows, numbers_from=2)
    caption = words.text(
        f"inference.spread.{'caption_structures' if len(built) > 1 else 'caption'}",
        draws=Name(words.plain(results.draws)),
        runs=Name(words.plain(results.runs)),
        level=Name(tables.percent(words, level)),
        ensemble=Name(results.ensemble.name),
        **({"ways": Name(words.plain(len(built)))} if len(built) > 1 else {}),
    )
    screen.line(str(caption))


def _row(screen: Screen, parts: Parts, measure: Measure, name: str, signed: bool) -> list[str]:
    words = screen.words
    trace = Trace(measure=measure.key, scenario=name, period="total")
    interval = Interval(parts.lower, parts.upper, parts.level)
    mean = Quantity(parts.mean, measure.unit, trace, interval)
    row = [
        tables.measure_text(words, measure, "name"),
        words.unit(measure.unit),
        words.quantity(mean, "bare_signed_interval" if signed else "bare_interval"),
        _share(screen, parts.chance, parts.total),
        _share(screen, parts.parameters, parts.total),
        *([_share(screen, parts.structure, parts.total)] if parts.structures > 1 else []),
    ]
    return [*row, words.verdict(parts.verdict)] if signed else row


def _share(screen: Screen, part: float, total: float) -> str:
    """A part's share of the variance of one world, in per cent."""
    if math.isnan(part) or total == 0.0:
        return ""
    return screen.words.plain(round(100.0 * part / total))
