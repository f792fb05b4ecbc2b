"""One run's person histories, written into a folder."""

from __future__ import annotations

import hashlib
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from sim import places
from sim.cli.inputs import all_settings, open_library
from sim.cli.screen import Screen
from sim.cli.writing import written
from sim.experiment.export import KIND, write_export
from sim.experiment.folder import check_replaceable
from sim.experiment.persons import Told
from sim.experiment.provenance import source_hash
from sim.experiment.run import simulate


@dataclass(frozen=True)
class Asked:
    """What was asked for; see the help of ``jobbtorg export``."""

    scenario: str
    settings: tuple[str, ...]
    end: str | None
    run: int
    seed: int
    xes: bool
    out: Path | None
    parameters: Path | None


def export(screen: Screen, asked: Asked) -> None:
    """Make the run and write it."""
    settings = all_settings(asked.settings, asked.end)
    scenario = open_library(asked.parameters).resolve(asked.scenario, settings).scenario
    digest = hashlib.sha256(f"{scenario.digest}/{asked.seed}".encode("ascii")).hexdigest()[:8]
    name = re.sub(r"[^\w+.-]", "-", f"export-{scenario.name}-run-{asked.run}-{digest}")
    folder = asked.out or places.OUTPUTS / name
    check_replaceable(folder, KIND)
    told = Told(scenario, simulate(scenario, asked.run, asked.seed), asked.seed, asked.run)
    about = {
        "command": ["jobbtorg", *sys.argv[1:]],
        "settings": list(settings),
        "source_hash": source_hash(),
    }
    with written(screen, folder):
        write_export(folder, told, about, asked.xes)
        screen.line(screen.words.raw("follow_up.synthetic"))
