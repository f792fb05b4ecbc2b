"""Follow-up on the screen: by tertial, and by centre in one period; and all of it in a folder."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from sim import places
from sim.cli.inputs import all_settings, open_library
from sim.cli.request import Request
from sim.cli.screen import Screen
from sim.cli.storing import open_store, usable_when_interrupted
from sim.cli.tables import percent
from sim.cli.writing import written
from sim.economy.followup import INDICATORS
from sim.experiment.errors import ExperimentError
from sim.experiment.folder import check_replaceable
from sim.experiment.followup import follow_up_runs
from sim.experiment.followup_output import KIND, write_follow_up
from sim.experiment.provenance import source_hash
from sim.experiment.results import ALL, TOTAL, Results
from sim.experiment.statistics import t_quantile
from sim.words import Name, Quantity, Trace, Words

FINEST = {"days": 0.1, "share": 0.1, "MSEK": 0.1, "kr": 100.0}
"""Finest step in which a mean is written, by unit; a whole one in the others."""


def follow_up(screen: Screen, request: Request, period: str) -> None:
    """Run, show and keep."""
    words = screen.words
    t_quantile(request.level, 1)
    settings = all_settings(request.settings, request.end)
    scenario = open_library(request.parameters).resolve(request.names[0], settings).scenario
    inputs = json.dumps([scenario.digest, request.runs, request.seed, request.level])
    digest = hashlib.sha256(inputs.encode("utf-8")).hexdigest()[:8]
    folder = request.out or places.OUTPUTS / re.sub(r"[^\w+.-]", "-", f"follow-up-{scenario.name}-{digest}")
    check_replaceable(folder, KIND)
    store = open_store(screen, request.store)
    with usable_when_interrupted(screen, store), screen.progress() as progress:
        found = follow_up_runs(
            [scenario], request.runs, request.seed, request.jobs, progress=progress, store=store
        )
    results = found[ALL]
    _check_period(results, period)

    heads = [words.raw(f"follow_up.heads.{key}") for key in _shown(results)]
    tertials = [known.key for known in results.periods if known.kind == "tertial"] or [TOTAL]
    groups = [group for group in results.segments if _comes(results, group)]
    places_by_tertial = [(key, ALL, group) for key in tertials for group in groups]
    places_by_centre = [(period, centre, group) for centre in results.centres for group in groups]
    named = scenario.table("organisation.centres").by_key("name")
    centres = {key: words.name("centres", key, named.get(key)) for key in results.centres}
    name = Name(words.name("scenarios", scenario.name, scenario.name))
    screen.table(
        str(words.text("follow_up.by_tertial", scenario=name)),
        [words.raw("follow_up.period"), *heads],
        (_row(str(words.period(cell[0])), results, cell, words) for cell in places_by_tertial),
    )
    screen.table(
        str(words.text("follow_up.by_centre", scenario=name, period=words.period(period))),
        [words.raw("follow_up.centre"), *heads],
        (_row(centres[cell[1]], results, cell, words) for cell in places_by_centre),
    )
    caption = words.text(
        "follow_up.caption",
        runs=Name(words.plain(results.runs)),
        level=Name(percent(words, request.level)),
    )
    screen.line(str(caption))
    screen.line(words.raw("follow_up.synthetic"))
    _keep(screen, folder, found, request, settings)


def _comes(results: Results, group: str) -> bool:
    """Whether anybody of a group was enrolled in any run."""
    return bool(results.cell(results.names[0], "stock", segment=group).any())


def _check_period(results: Results, period: str) -> None:
    if period not in results.period_keys:
        allowed = ", ".join(results.period_keys)
        raise ExperimentError("unknown-cell", axis="period", found=period, allowed=allowed)


def _shown(results: Results) -> list[str]:
    """Return the indicators that the parameters know: a city without temporary jobs has none."""
    return [key for key in INDICATORS if key in results.measure_keys]


def _row(first: str, results: Results, cell: tuple[str, str, str], words: Words) -> list[str]:
    """Write where, for whom, and the mean of each indicator; nothing where no run defines it."""
    period, centre, group = cell
    row = [f"{first}, {words.raw('follow_up.everybody') if group == ALL else words.name('groups', group)}"]
    units = {measure.key: measure.unit for measure in results.measures}
    for key in _shown(results):
        values = results.cell(results.names[0], key, period, centre, group)
        values = values[~np.isnan(values)]
        if not len(values):
            row.append("")
            continue
        trace = Trace(measure=key, scenario=results.names[0], period=period, centre=centre)
        mean = Quantity(float(values.mean()), units[key], trace)
        row.append(words.quantity(mean, "bare", finest=FINEST.get(units[key], 1.0)))
    return row


def _keep(
    screen: Screen,
    folder: Path,
    found: Mapping[str, Results],
    request: Request,
    settings: tuple[str, ...],
) -> None:
    about = {
        "command": ["jobbtorg", *sys.argv[1:]],
        "scenario": request.names[0],
        "settings": list(settings),
        "seed": request.seed,
        "runs": request.runs,
        "source_hash": source_hash(),
    }
    with written(screen, folder):
        write_follow_up(folder, found, request.level, about)
