"""The report to the committee: computed once, then written in each language and format."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import typer

from sim import places
from sim.cli.errors import FAILED
from sim.cli.inputs import as_date
from sim.cli.screen import Screen
from sim.cli.storing import open_store, usable_when_interrupted
from sim.experiment.errors import ExperimentError
from sim.reports.batch_file import report_named
from sim.reports.committee import make_one
from sim.reports.errors import ReportError
from sim.reports.spec import LEAST_RUNS, Drawn


def report(
    screen: Screen,
    languages: tuple[str, ...],
    runs: int,
    seed: int,
    jobs: int | None,
    out: Path | None,
    day: str | None,
    case_number: str,
    parameters: Path | None,
    drawn: tuple[str, int | None, int, bool] | None,
) -> None:
    """Make the report that is shipped, in the languages asked for.

    A report bears the date it is made unless another is given, and is run under the ensemble that its
    description names unless another is given: name, draws, runs of each, whether built otherwise too.
    """
    dated = as_date("--date", day) or date.today()
    folder = places.OUTPUTS / "report" if out is None else out
    changed: dict[str, object] = {"languages": languages, "runs": runs, "seed": seed, "day": dated}
    if case_number or parameters is not None:  # another city's report doesn't bear the number of this one's
        changed["case_number"] = case_number
    if drawn is not None:
        changed["ensemble"] = _ensemble(*drawn)
    spec = report_named(parameters=parameters).model_copy(update=changed)
    store = open_store(screen)
    try:
        with screen.progress() as progress, usable_when_interrupted(screen, store):
            made = make_one(spec, folder, parameters, jobs, store, progress)
    except ReportError as error:
        screen.complain(error.sentence(screen.words))
        raise typer.Exit(FAILED) from None
    for file in made.files:
        screen.say("report.wrote", file=file)


def _ensemble(name: str, draws: int | None, runs: int, structures: bool) -> Drawn:
    """What is drawn; a path holds wherever the report's notebook runs."""
    if runs < LEAST_RUNS:
        raise ExperimentError("too-few-runs", found=runs, least=LEAST_RUNS)
    folder = Path(name)
    return Drawn(
        name=str(folder.resolve()) if folder.exists() else name,
        draws=draws,
        runs_per_draw=runs,
        structures=structures,
    )
