"""A frozen forecast beside what was observed, and beside forecasts that know no model."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import typer

from sim import places
from sim.cli.actions.drawn import open_ensemble
from sim.cli.errors import FAILED, PARTLY, say
from sim.cli.inputs import open_library
from sim.cli.screen import Screen
from sim.experiment.output import check_replaceable, replaced_folder, write_csv
from sim.figures.result import Setting
from sim.figures.validation import Observed, Panel, ValidationData, forecast_beside_observed
from sim.inference import keeping
from sim.inference.forecast import LEVELS, NAIVE, Forecast, Score, changes, score
from sim.parameters import Library
from sim.parameters.ensembles import FORECAST, RECORD, read_ensemble, read_numbers, read_record
from sim.parameters.targets import Target, Targets, read_targets
from sim.words import Interval, Name, Quantity, Trace, Words

KIND = "jobbtorg-validation"
HEAD = ("target", "role", "observed", "predicted", "inside", "naive")
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
    home = open_ensemble(library, ensemble)
    kept = read_ensemble(home)
    targets = _targets(library, str(kept.facts["targets"]), more)
    columns, values = read_numbers(home / FORECAST)
    found = Forecast(columns, values)
    record = keeping.record_of(read_record(home / RECORD))
    changed = changes(record, targets, kept, found)
    scores = score(record, targets, found)
    words = screen.words
    screen.table(
        str(words.text("inference.scores.title", ensemble=Name(kept.ensemble.name))),
        [words.raw(f"inference.scores.{key}") for key in HEAD],
        [_row(words, scored) for scored in scores],
        numbers_from=2,
    )
    held = [item for item in scores if item.target.role == "hold-out" and not item.later]
    misses = [item for item in held if not item.holds[LEVELS[-1]]]
    screen.line(str(words.text("inference.scores.caption", draws=Name(words.plain(len(kept.ensemble))))))
    screen.line(
        str(
            words.text(
                "inference.scores.misses",
                missed=Name(words.plain(len(misses))),
                number=Name(words.plain(len(held))),
                which=Name(", ".join(target_name(words, item.target.key) for item in misses) or "–"),
            )
        )
    )
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


def target_name(words: Words, key: str) -> str:
    """What people call a target; its key where it is one of a reader's own."""
    place = f"inference.targets.{key}"
    return words.raw(place) if words.has(place) else key


def _row(words: Words, scored: Score) -> list[str]:
    target = scored.target
    unit = "share" if target.sort == "share" else target.counts
    trace = Trace(measure=target.terms[0].measures[0], period=target.terms[0].periods[0])

    def number(value: float) -> str:
        return words.quantity(Quantity(value, unit, trace, exact=True), "")

    low, high = target.low, target.high
    if low == high:
        observed = number(low)
    elif high == float("inf"):
        observed = str(words.text("inference.scores.at_least", value=Name(number(low))))
    else:
        observed = f"{number(low)}–{number(high)}"
    wide = Interval(*scored.intervals[LEVELS[-1]], LEVELS[-1])
    predicted = words.quantity(Quantity(scored.median, unit, trace, wide), "interval")
    inside = next((f"{level:.0%}".replace("%", " %") for level in LEVELS if scored.holds[level]), "")
    role = words.raw(f"inference.roles.{target.role}")
    if scored.later:
        role = str(words.text("inference.scores.later", role=Name(role)))
    naive = [_signed(words, scored.naive_misses[name], unit) for name in NAIVE if name in scored.naive_misses]
    return [
        *(target_name(words, target.key), role, observed, predicted),
        inside or words.raw("inference.scores.outside"),
        " / ".join([_signed(words, scored.miss, unit), *naive]),
    ]


def _signed(words: Words, value: float, unit: str) -> str:
    """A miss, in people or in percentage points."""
    rounded = round(value, 3) if unit == "share" else float(round(value))
    shown = "share_points" if unit == "share" else unit
    return words.quantity(Quantity(rounded, shown, Trace(manifest="runs"), exact=True), "bare_signed")


def _keep(screen: Screen, folder: Path, scores: Sequence[Score], found: Forecast, stands: bool) -> None:
    try:
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
            keeping.write_manifest(new, KIND)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        screen.complain(say(screen.words, "errors.write-failed", folder=folder, reason=reason))
        raise typer.Exit(PARTLY) from None
    screen.say("wrote", folder=folder)


PANELS = {"people": ("aspirants_year", "people"), "share": ("self_support_share_year", "share")}
"""The figure's panels: measure and unit of each."""


def figure_data(scores: Sequence[Score], found: Forecast) -> ValidationData:
    """A forecast and its scores as the figure takes them."""
    panels = tuple(_panel(key, *PANELS[key], scores, found) for key in PANELS)
    fitted = [int(s.target.last[:4]) for s in scores if s.target.role == "calibrate"]
    return ValidationData(panels, max(fitted))


def _panel(key: str, measure: str, unit: str, scores: Sequence[Score], found: Forecast) -> Panel:
    years = [int(name.partition(":")[2]) for name in found.columns if name.startswith(f"{measure}:")]
    predicted = []
    for year in years:
        values = found.column(f"{measure}:{year}")
        low, q1, middle, q3, high = (float(q) for q in np.quantile(values, (0.025, 0.25, 0.5, 0.75, 0.975)))
        trace = Trace(measure=measure, period=str(year))
        predicted.append(Quantity(middle, unit, trace, Interval(low, high, 0.95), Interval(q1, q3, 0.5)))
    observed = [
        Observed(int(when), *_ends(s.target, unit), s.target.role, s.holds[LEVELS[-1]])
        for s in scores
        if (when := _year_of(s.target, measure))
    ]
    return Panel(key, tuple(years), tuple(predicted), tuple(observed))


def _ends(target: Target, unit: str) -> tuple[Quantity, Quantity]:
    """The ends of what was observed."""
    trace = Trace(measure=target.terms[0].measures[0])
    return Quantity(target.low, unit, trace, exact=True), Quantity(target.high, unit, trace, exact=True)


def _year_of(target: Target, measure: str) -> str | None:
    """The year of a target that is about one measure in one year, and that has two ends."""
    term = target.terms[0]
    alone = len(target.terms) == 1 and term.measures == (measure,) and target.high < float("inf")
    return term.period if alone and term.period is not None and term.period.isdigit() else None


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
