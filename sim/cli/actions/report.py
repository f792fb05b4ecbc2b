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
from sim.reports.batch_file import report_named
from sim.reports.committee import make_one
from sim.reports.errors import ReportError


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
) -> None:
    """Make the report that is shipped, in the languages asked for.

    A report bears the date it is made unless another is given.
    """
    dated = as_date("--date", day) or date.today()
    folder = places.OUTPUTS / "report" if out is None else out
    changed: dict[str, object] = {"languages": languages, "runs": runs, "seed": seed, "day": dated}
    if case_number or parameters is not None:  # another city's report doesn't bear the number of this one's
        changed["case_number"] = case_number
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
