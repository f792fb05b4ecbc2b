"""Scenarios under an ensemble: what chance does, what is not known does, and a folder of results."""

from __future__ import annotations

import hashlib
import json
import math
import re
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

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
from sim.experiment.draws import DrawnResults, run_ensemble, structured_difference
from sim.experiment.errors import ExperimentError
from sim.experiment.output import Record, check_replaceable
from sim.experiment.provenance import source_hash
from sim.experiment.statistics import t_quantile
from sim.experiment.variance import Parts
from sim.inference.study import STACK
from sim.outcomes import Measure
from sim.parameters import Library, Scenario, structural_alternatives
from sim.parameters.ensembles import ensemble_names, find_ensemble, read_ensemble
from sim.parameters.uncertain import DrawError, Ensemble
from sim.words import Interval, Name, Quantity, Trace


def open_ensemble(library: Library, name: str) -> Path:
    """An ensemble's folder by its name, or by a path."""
    found = find_ensemble(name, library.folder)
    if found is None:
        known = ", ".join(ensemble_names(library.folder)) or "-"
        raise ExperimentError("unknown-ensemble", found=name, allowed=known)
    return found


def show(screen: Screen, request: Request, kind: str) -> None:
    """Run the request's scenarios under its ensemble, show and keep; the first of them is the base."""
    started, source = datetime.now(UTC), source_hash()
    t_quantile(request.level, 1)
    report_from = as_first_of_month(request.start)
    settings = all_settings(request.settings, request.end)
    library = open_library(request.parameters)
    resolved = resolve_all(library, request.names, settings)
    assert request.ensemble is not None
    whole = read_ensemble(open_ensemble(library, request.ensemble)).ensemble
    ensemble = _asked(whole, request, settings)
    folder = request.out or places.OUTPUTS / _folder_name(kind, list(resolved), ensemble, request, settings)
    check_replaceable(folder, KIND)
    for warning in dict.fromkeys(str(w) for found in resolved.values() for w in found.warnings):
        screen.complain(say(screen.words, "check.warning", sentence=warning))
    store = open_store(screen, request.store)
    scenarios = [found.scenario for found in resolved.values()]
    policy_from = policy_date(library, request.names)
    ways = [(scenarios, ensemble)]
    if request.structures:
        ways += _built(library, request, settings, scenarios, ensemble)
    with usable_when_interrupted(screen, store), screen.progress() as progress:
        try:
            built = [
                run_ensemble(
                    laid,
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
                for laid, drawn in ways
            ]
        except DrawError as error:
            raise CommandError("draw-not-laid", reason=error) from None
    results = built[0]
    _tell(screen, built, request.level, kind)
    record = Record(
        *(resolved, settings, request.engine, request.level, ("jobbtorg", *sys.argv[1:]), source),
        *(started, datetime.now(UTC)),
        report_from=report_from,
        policy_from=policy_from,
    )
    with written(screen, folder):
        write_drawn(folder, results, record)


def _built(
    library: Library,
    request: Request,
    settings: tuple[str, ...],
    scenarios: list[Scenario],
    ensemble: Ensemble,
) -> list[tuple[list[Scenario], Ensemble]]:
    """The same scenarios under their own names, built in each of the other ways; what a way sets is held."""
    return [
        (
            [
                replace(library.resolve(f"{name}{STACK}{way.name}", settings).scenario, name=scenario.name)
                for name, scenario in zip(request.names, scenarios, strict=True)
            ],
            ensemble.holding(way.keys),
        )
        for way in structural_alternatives(library)
    ]


def _asked(whole: Ensemble, request: Request, settings: tuple[str, ...]) -> Ensemble:
    """The draws asked for; what is set by hand is held."""
    held = {setting.partition("=")[0].partition("[")[0].strip() for setting in settings}
    if request.draws is not None and request.draws > len(whole):
        raise CommandError("too-many-draws", found=request.draws, most=len(whole))
    return whole.first(request.draws or len(whole)).holding(held)


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
