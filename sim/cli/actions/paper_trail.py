"""The paper trail of the model, written in every language."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sim import places
from sim.cli.errors import CommandError
from sim.cli.inputs import as_date, open_library
from sim.cli.screen import Screen
from sim.cli.writing import written
from sim.experiment.folder import check_replaceable, replaced_folder, write_csv, write_manifest
from sim.inference.sensitivity_output import TORNADO
from sim.reports.html import write_html
from sim.reports.trail import facts
from sim.reports.trail.document import ASSUMPTION_COLUMNS, assumption_rows
from sim.reports.trail.document import paper_trail as document
from sim.words import Words, languages

KIND = "jobbtorg-paper-trail"
SCENARIO = "plan-2008"
"""Whose measures, centres and groups are told; all scenarios of one folder have the same."""


def paper_trail(
    screen: Screen, study: Path | None, day: str | None, out: Path | None, parameters: Path | None
) -> None:
    """Write one page a language, and the assumptions log as a table."""
    dated = as_date("--date", day) or date.today()
    library = open_library(parameters)
    if study is not None and not (study / TORNADO).is_file():
        raise CommandError("no-such-file", found=study / TORNADO)
    effects = facts.effects(study) if study else {}
    folder = out or places.OUTPUTS / "paper-trail"
    check_replaceable(folder, KIND)
    with written(screen, folder), replaced_folder(folder, KIND) as new:
        for language in languages():
            words = Words(language)
            report = document(library, words, dated, effects, SCENARIO)
            page = new / f"paper-trail.{language}.html"
            page.write_text(write_html(report, words), encoding="utf-8", newline="\n")
            rows = assumption_rows(library, words, effects, SCENARIO)
            write_csv(new / f"assumptions.{language}.csv", ASSUMPTION_COLUMNS, rows)
        write_manifest(new, KIND)
