"""The report to the committee: computed once, then written in each language."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import typer

from sim import places
from sim.cli.errors import FAILED, PARTLY, say
from sim.cli.inputs import as_date
from sim.cli.screen import Screen
from sim.reports.committee import make_report
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
    """Make the pages one language after the other; the first computes the results that all share.

    A report bears the date it is made unless another is given.
    """
    dated = as_date("--date", day) or date.today()
    folder = places.OUTPUTS / "report" if out is None else out
    made: list[str] = []
    try:
        with screen.progress() as progress:
            for language in languages:
                pages = make_report(
                    folder, (language,), runs, seed, jobs, parameters, dated, case_number, progress
                ).pages
                made.append(language)
                for page in pages:
                    screen.say("report.wrote", file=page)
    except ReportError as error:
        screen.complain(error.sentence(screen.words))
        missing = [language for language in languages if language not in made]
        screen.complain(say(screen.words, "report.partly", missing=", ".join(missing)))
    except KeyboardInterrupt:
        screen.complain(say(screen.words, "errors.interrupted-report", folder=folder))
    else:
        return
    raise typer.Exit(PARTLY if made else FAILED)
