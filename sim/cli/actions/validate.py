"""A frozen forecast beside what was observed, and beside forecasts that know no model."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import typer

from sim import places
from sim.cli.errors import FAILED
from sim.cli.inputs import open_library
from sim.cli.screen import Screen
from sim.cli.writing import written
from sim.experiment.draws import ensemble_folder
from sim.experiment.folder import check_replaceable, replaced_folder, write_csv, write_manifest
from sim.figures import Labels, Setting
from sim.figures.validation import figure_data, forecast_beside_observed
from sim.figures.validation_tables import (
    Told,
    coverage_told,
    explained_told,
    learned_told,
    placebo_told,
    scores_told,
    target_name,
    trade_offs_told,
)
from sim.inference import keeping
from sim.inference.forecast import LEVELS, NAIVE, Forecast, Score, changes, score
from sim.inference.identify import trade_offs
from sim.inference.sensitivity import Input
from sim.parameters import Library
from sim.parameters.ensembles import FORECAST, RECORD, Kept, read_ensemble, read_numbers, read_record
from sim.parameters.targets import Targets, read_targets
from sim.parameters.uncertain import Ensemble
from sim.words import Name

KIND = "jobbtorg-validation"
SCORES = "scores.csv"

COLUMNS = (
    *("target", "role", "added_later", "unit", "observed_low", "observed_high", "error", "median"),
    *(f"{end}_{level:.0%}".replace("%", "") for level in LEVELS for end in ("lower", "upper", "inside")),
    *("share_of_draws_agreeing", "miss", *(f"miss_{name}" for name in NAIVE), "frozen"),
)


def validate(
    screen: Screen, ensemble: str, more: Sequence[Path], out: Path | None, parameters: Path | None
) -> None:
    """Score the ensemble's frozen forecast, show and keep; end with 1 when the forecast is void."""
    library = open_library(parameters)
    home = ensemble_folder(library.folder, ensemble)
    kept = read_ensemble(home)
    targets = _targets(library, str(kept.facts["targets"]), more)
    columns, values = read_numbers(home / FORECAST)
    found = Forecast(columns, values)
    record = keeping.record_of(read_record(home / RECORD))
    changed = changes(record, targets, kept, found)
    scores = score(record, targets, found)
    words = screen.words
    _show(screen, scores_told(words, scores, len(kept.ensemble), kept.ensemble.name))
    _study_tables(screen, library, home, kept)
    for change in changed:
        fills = {"target": Name(target_name(words, change.key))} if change.key else {}
        screen.complain(str(words.text(f"inference.void.{change.rule}", **fills)))
    folder = out or places.OUTPUTS / _folder_name(kept.ensemble.digest, targets, home.name)
    _keep(screen, folder, scores, found, not changed)
    if changed:
        screen.complain(words.raw("inference.void.said"))
        raise typer.Exit(FAILED)


def _targets(library: Library, names: str, more: Sequence[Path]) -> Targets:
    own = [library.folder / "targets" / f"{name}.yaml" for name in names.split("+")]
    return read_targets([*own, *more], None if more else library.sources)


def _show(screen: Screen, told: Told) -> None:
    screen.table(told.title, list(told.columns), [list(row) for row in told.rows], numbers_from=told.texts)
    screen.line(told.note)


def _study_tables(screen: Screen, library: Library, home: Path, kept: Kept) -> None:
    """What the targets taught, and what the study's other steps left behind."""
    words = screen.words
    labels = Labels(words, inputs_of(library, kept.ensemble))
    learned = [str(name) for name in kept.facts.get("learned", ())]
    if learned:
        _show(screen, learned_told(words, kept.ensemble, learned, labels))
        if trade_offs(kept.ensemble, learned):
            _show(screen, trade_offs_told(words, kept.ensemble, learned, labels))
    if (home / keeping.SYNTHETIC).is_file():
        _show(screen, coverage_told(words, keeping.read_rows(home / keeping.SYNTHETIC), labels))
    for name, told in ((keeping.EXPLAINED, explained_told), (keeping.PLACEBO, placebo_told)):
        if (home / name).is_file():
            _show(screen, told(words, keeping.read_rows(home / name)))


def inputs_of(library: Library, ensemble: Ensemble) -> tuple[Input, ...]:
    """An ensemble's dimensions with the kind of evidence behind each and how sure it is."""
    passports = library.passports
    return tuple(Input(d, passports[d.key].kind, passports[d.key].grade) for d in ensemble.dimensions)


def _keep(screen: Screen, folder: Path, scores: Sequence[Score], found: Forecast, stands: bool) -> None:
    with written(screen, folder):
        check_replaceable(folder, KIND)
        with replaced_folder(folder, KIND) as new:
            write_csv(new / SCORES, COLUMNS, [_flat(item, stands) for item in scores])
            figure = forecast_beside_observed(figure_data(scores, found), Setting(screen.words))
            picture = new / f"validation.{screen.words.language}.svg"
            picture.write_text(figure.svg, encoding="utf-8", newline="\n")
            (new / f"validation.{screen.words.language}.txt").write_text(
                f"{figure.title}\n\n{figure.subtitle}\n\n{figure.alternative_text}\n",
                encoding="utf-8",
                newline="\n",
            )
            write_manifest(new, KIND)


def _flat(item: Score, stands: bool) -> list[object]:
    target = item.target
    spans = [cell for level in LEVELS for cell in (*item.intervals[level], str(item.holds[level]).lower())]
    ends = ["" if abs(end) == float("inf") else end for end in (target.low, target.high)]
    return [
        *(target.key, target.role, str(item.later).lower()),
        *("share" if target.sort == "share" else target.counts, *ends, target.error, item.median),
        *(*spans, item.agreeing, item.miss),
        *(item.naive_misses.get(name, "") for name in NAIVE),
        str(stands and not item.later).lower(),
    ]


def _folder_name(digest: str, targets: Targets, name: str) -> str:
    text = f"{digest}/{targets.digest}"
    return f"validation-{name}-{hashlib.sha256(text.encode('ascii')).hexdigest()[:8]}"
