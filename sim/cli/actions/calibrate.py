"""From a study to its ensemble, a frozen forecast, the cities that try the procedure, and what explains."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import typer

from sim.cli.errors import PARTLY, CommandError, say
from sim.cli.inputs import open_library
from sim.cli.screen import Screen
from sim.experiment.folder import write_csv
from sim.experiment.run import cube_axes
from sim.inference import keeping
from sim.inference.calibration import Design, design
from sim.inference.calibration import calibrate as find_draws
from sim.inference.explain import explain, placebos
from sim.inference.forecast import forecast, freeze, yearly
from sim.inference.quantities import inside
from sim.inference.synthetic import coverage
from sim.parameters.ensembles import ensemble_texts, read_ensemble
from sim.parameters.studies import Study, read_study
from sim.words import Name

STEPS = ("draws", "forecast", "cities", "explain")
"""In their order; each but the first and the third needs the draws."""

CITIES = 120
EXPLAINED_DRAWS = 20
PLACEBO_DRAWS = 20
PLACEBO_SHIFTS = (-24, -12, -6)


def calibrate(
    screen: Screen,
    path: Path,
    steps: tuple[str, ...],
    jobs: int | None,
    out: Path | None,
    parameters: Path | None,
) -> None:
    """Do the steps asked for, each written beside the study as it is done."""
    unknown = [step for step in steps if step not in STEPS]
    if unknown:
        raise CommandError("unknown-step", found=unknown[0], allowed=", ".join(STEPS))
    study = read_study(path, open_library(parameters))
    home = out or (path if path.is_dir() else path.parent)
    wanted = steps or STEPS
    known: list[Design] = []

    def first() -> Design:
        if not known:
            with screen.progress() as progress:
                known.append(design(study, jobs, _told(progress)))
        return known[0]

    if "draws" in wanted:
        with screen.progress() as progress:
            found = find_draws(study, jobs, _told(progress), first())
        kept = keeping.kept_of(study, found, ("jobbtorg", *sys.argv[1:]))
        _write(screen, home, ensemble_texts(kept))
        _say(screen, "drawn", draws=len(kept.ensemble), simulated=found.simulated, dropped=found.dropped)
    if "forecast" in wanted:
        kept = read_ensemble(home)
        with screen.progress() as progress:
            ahead = forecast(study, kept, jobs, progress)
        _write(screen, home, keeping.forecast_texts(ahead, freeze(study.targets, kept, ahead)))
        _say(screen, "frozen", digest=ahead.digest[:12])
    if "cities" in wanted:
        tried = first()
        with screen.progress() as progress:
            cities = coverage(study, tried, CITIES, jobs, progress)
        rows = keeping.coverage_rows(cities)
        _table(screen, home, keeping.SYNTHETIC, keeping.SYNTHETIC_COLUMNS, list(rows))
    if "explain" in wanted and study.parts:
        _explain(screen, study, home, jobs)


def _explain(screen: Screen, study: Study, home: Path, jobs: int | None) -> None:
    kept = read_ensemble(home)
    draws = min(EXPLAINED_DRAWS, len(kept.ensemble))
    with screen.progress() as progress:
        taken = explain(study, kept, draws, jobs, progress)
    _table(screen, home, keeping.EXPLAINED, keeping.EXPLAINED_COLUMNS, list(keeping.explained_rows(taken)))
    quantities = inside(yearly(study.until), cube_axes(study.until))
    draws = min(PLACEBO_DRAWS, len(kept.ensemble))
    with screen.progress() as progress:
        moved = placebos(study, kept, quantities, PLACEBO_SHIFTS, draws, jobs, progress)
    rows = list(keeping.placebo_rows(moved, quantities))
    _table(screen, home, keeping.PLACEBO, keeping.PLACEBO_COLUMNS, rows)


def _told(progress: Callable[[int, int], None] | None) -> Callable[[str, int, int], None]:
    return lambda what, done, total: None if progress is None else progress(done, total)


def _say(screen: Screen, key: str, **values: object) -> None:
    fills = {place: Name(str(value)) for place, value in values.items()}
    screen.line(str(screen.words.text(f"inference.calibrate.{key}", **fills)))


def _table(
    screen: Screen, home: Path, name: str, columns: tuple[str, ...], rows: list[tuple[object, ...]]
) -> None:
    with tempfile.TemporaryDirectory() as shelter:
        file = Path(shelter) / name
        write_csv(file, columns, rows)
        _write(screen, home, {name: file.read_text(encoding="utf-8")})


def _write(screen: Screen, home: Path, texts: Mapping[str, str]) -> None:
    """Write files, each whole or not at all, the one that describes the others last."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            with tempfile.TemporaryDirectory(prefix=".new-", dir=home) as shelter:
                new = Path(shelter) / name
                new.write_text(text, encoding="utf-8", newline="\n")
                os.replace(new, home / name)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        screen.complain(say(screen.words, "errors.write-failed", folder=home, reason=reason))
        raise typer.Exit(PARTLY) from None
    for name in texts:
        screen.say("wrote", folder=home / name)
