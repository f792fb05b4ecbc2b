"""The report's files: the results computed once, then one page for each language by way of the notebook."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from sim import places
from sim.experiment.provenance import source_hash
from sim.parameters import Library, load_library
from sim.reports.blocks import Figure, Report
from sim.reports.checks import faults
from sim.reports.committee.compose import compose
from sim.reports.committee.data import FILE, ReportData, read_data, write_data
from sim.reports.committee.gather import gather, parameter_cards
from sim.reports.committee.study import PLAN, Study, committee_study, run_study
from sim.reports.errors import ReportError
from sim.reports.html import write_html
from sim.words import Words, languages

NOTEBOOK = places.NOTEBOOKS / "committee_report.ipynb"
NAME = "committee_report"
DATA = "data"
FIGURES = "figures"

RUNS = 20
SEED = 2008
CELL_SECONDS = 1800
"""A cell that takes longer has hung: the results are there before the notebook starts."""

WATCH_SECONDS = 2400
"""After this the notebook's whole process is stopped, should its own limit fail."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Made:
    """What `make_report` wrote: the pages and the executed notebooks by language, in the order asked for."""

    folder: Path
    pages: tuple[Path, ...]
    notebooks: tuple[Path, ...]


def make_report(
    out: Path,
    languages: Sequence[str] = ("sv", "en"),
    runs: int = RUNS,
    seed: int = SEED,
    jobs: int | None = None,
    parameters: Path | None = None,
    day: date | None = None,
    case_number: str = "",
    progress: Progress | None = None,
) -> Made:
    """Compute the results once, then execute the notebook for each language.

    Parameters
    ----------
    out : Path
        Folder to write; made if it is not there. Holds ``committee_report.LANGUAGE.html``, the executed
        notebooks, ``figures/*.csv`` and ``data/``, from which the pages can be made again without running.
    languages : sequence of str
    runs, seed, jobs
        As for `run_study`.
    parameters : Path, optional
        Folder of parameters; the shipped ones by default.
    day, case_number
        What the report bears.
    progress : callable, optional
        Called with runs done and runs in all.

    Raises
    ------
    ReportError
        With a sentence, when a page could not be made or does not pass its checks. Pages made before stay.
    InputErrors, ExperimentError
        When the parameters or the runs asked for are wrong.
    """
    for language in languages:
        _known(language)
    out = out.resolve()
    prepared(out, runs, seed, jobs, parameters, day, case_number, progress)
    pages, executed = [], []
    for language in languages:
        settings = {
            "language": language,
            "runs": runs,
            "seed": seed,
            "out": str(out),
            "parameters": "" if parameters is None else str(parameters.resolve()),
            "day": "" if day is None else day.isoformat(),
            "case_number": case_number,
        }
        executed.append(_execute(out, language, settings))
        pages.append(page_path(out, language))
    return Made(out, tuple(pages), tuple(executed))


def prepared(
    out: Path,
    runs: int = RUNS,
    seed: int = SEED,
    jobs: int | None = None,
    parameters: Path | None = None,
    day: date | None = None,
    case_number: str | None = None,
    progress: Progress | None = None,
) -> ReportData:
    """Return the report's data: what the folder holds when it was made from the same, else computed and kept.

    Parameters
    ----------
    out, runs, seed, jobs, parameters, progress
        As for `make_report`.
    day, case_number
        What the report bears; None keeps what the folder's data bears.
    """
    library = load_library(parameters)
    study = committee_study(library)
    kept = _kept(out / DATA, library, study, runs, seed)
    if kept is None:
        findings = run_study(library, study, runs, seed, jobs, progress)
        data = gather(library, study, findings, day, case_number or "")
    else:
        data = replace(
            kept,
            day=kept.day if day is None else day,
            case_number=kept.case_number if case_number is None else case_number,
        )
    if data != kept:
        _write(out / DATA, data)
    return data


def _kept(folder: Path, library: Library, study: Study, runs: int, seed: int) -> ReportData | None:
    """Return the folder's data when code, parameters, scenarios, runs and seed are the same; else None."""
    if not (folder / FILE).is_file():
        return None
    try:
        data = read_data(folder)
    except ValueError:  # written by another version
        return None
    facts = data.manifest
    resolved = {side.name: library.resolve(side.overlay, side.settings).scenario for side in study.sides}
    same = (
        (facts.runs.value, facts.seed.value, facts.source_hash) == (runs, seed, source_hash())
        and {side.name: side.digest for side in data.sides}
        == {name: scenario.digest for name, scenario in resolved.items()}
        and data.parameters == parameter_cards(library, resolved[PLAN])
    )
    return data if same else None


def _write(folder: Path, data: ReportData) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as shelter:
        os.replace(write_data(data, Path(shelter)), folder / FILE)


def page_path(out: Path, language: str) -> Path:
    """Return where a language's page is."""
    return out / f"{NAME}.{language}.html"


def publish(data: ReportData, language: str, out: Path) -> Path:
    """Write one language's page and the figures' data, after they have passed their checks.

    Raises
    ------
    ReportError
        When the language is unknown or the page does not pass.
    """
    _known(language)
    report = compose(data, language)
    page = write_html(report, Words(language))
    found = faults(report, page)
    if found:
        raise ReportError("faulty", language=language, faults=" ".join(found))
    out.mkdir(parents=True, exist_ok=True)
    _write_figures(report, out / FIGURES)
    _replace(page_path(out, language), page)
    return page_path(out, language)


def _write_figures(report: Report, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for block in report.blocks:
        if isinstance(block, Figure):
            _replace(
                folder / f"{block.figure.key}.csv", block.figure.data.to_csv(index=False, lineterminator="\n")
            )


def _replace(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text(text, encoding="utf-8", newline="\n")
    os.replace(temporary, path)


def _known(language: str) -> None:
    if language not in languages():
        raise ReportError("no-language", found=language, allowed=", ".join(languages()))


def _execute(out: Path, language: str, settings: Mapping[str, object]) -> Path:
    """Execute the notebook in a process of its own and return where it is kept.

    A process of its own, because papermill changes the working folder and a hanging kernel must not hang us.
    """
    final = out / f"{NAME}.{language}.ipynb"
    with tempfile.TemporaryDirectory(prefix="jobbtorg-report-") as shelter:
        values, executed = Path(shelter) / "settings.yaml", Path(shelter) / final.name
        values.write_text(json.dumps(settings), encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "papermill",
            str(NOTEBOOK),
            str(executed),
            "--parameters_file",
            str(values),
        ]
        command += ["--execution-timeout", str(CELL_SECONDS), "--no-progress-bar", "--no-log-output"]
        try:
            done = subprocess.run(
                command, cwd=out, capture_output=True, encoding="utf-8", errors="replace",
                timeout=WATCH_SECONDS, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise ReportError("too-slow", language=language, seconds=WATCH_SECONDS) from None
        if done.returncode != 0:
            raise ReportError("stopped", language=language, reason=_reason(executed, done.stderr))
        new = final.with_name(f".{final.name}.new")
        shutil.copyfile(executed, new)
        os.replace(new, final)
    return final


def _reason(executed: Path, stderr: str) -> str:
    """Return what stopped a notebook: the error its cell shows, or the last line that papermill wrote."""
    if executed.is_file():
        cells = json.loads(executed.read_text(encoding="utf-8"))["cells"]
        for output in (output for cell in cells for output in cell.get("outputs", ())):
            if output["output_type"] == "error":
                return f"{output['ename']}: {output['evalue']}"
    lines = [line for line in stderr.splitlines() if line.strip()]
    return lines[-1].strip() if lines else "papermill"
