"""A report's files: the results computed once, then every page by way of its template notebook."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from html import escape
from pathlib import Path
from typing import Any

from sim.experiment.output import Record, write_results
from sim.experiment.provenance import file_hash, library_versions, source_hash
from sim.experiment.store import Store
from sim.parameters import Library, load_library
from sim.reports.committee.compose import compose
from sim.reports.committee.data import FILE, ReportData, read_data, write_data
from sim.reports.committee.gather import LEVEL, gather, parameter_cards
from sim.reports.committee.kinds import KINDS
from sim.reports.committee.study import Findings, run_study
from sim.reports.errors import ReportError
from sim.reports.formats import written
from sim.reports.spec import ReportSpec
from sim.reports.templates import read_template
from sim.words import Words

DATA, RESULTS = "data", "results"
MANIFEST = "manifest.json"
KIND, FORMAT = "jobbtorg-report", 1

PARTIAL = ".partial.ipynb"
"""How the notebook's name ends until it is finished."""

INJECTED = "injected-parameters"
"""papermill's tag for the cell that it adds; the cell's own name would be another each time."""

CELL_SECONDS = 900
"""A cell that takes longer has hung: the results are there before the notebook starts."""

COMPUTED_FROM = ("baseline", "scenarios", "settings", "period", "runs", "seed", "ensemble")
"""What of a report's description decides its numbers; the rest decides how they are shown."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Products:
    """What `make_one` wrote: the report by language and format, the executed notebook, the manifest."""

    folder: Path
    files: tuple[Path, ...]
    notebook: Path
    manifest: Path


def make_one(
    spec: ReportSpec,
    out: Path,
    parameters: Path | None = None,
    jobs: int | None = None,
    store: Store | None = None,
    progress: Progress | None = None,
    cell_seconds: int = CELL_SECONDS,
) -> Products:
    """Make one report: compute its results, then run its template in a kernel that writes every format.

    papermill changes the working folder, so no two of these may run in threads of one process.

    Parameters
    ----------
    spec : ReportSpec
        Held against parameters and templates before, as `read_batch` does.
    out : Path
        Folder to write; made if it is not there. Holds ``NAME.LANGUAGE.FORMAT``, the report's description
        ``NAME.json``, the executed notebook ``NAME.ipynb``, ``manifest.json``, ``data/`` (from which the
        pages can be made again without running) and ``results/`` (what every scenario gave in every run).
        Nothing in it is ever half written.
    parameters : Path, optional
        Folder of parameters; the shipped ones by default.
    jobs, store
        As for `run_scenarios`.
    progress : callable, optional
        Called with runs done and runs in all.
    cell_seconds : int
        Longest that a cell of the notebook may take.

    Raises
    ------
    ReportError
        With a sentence. What the notebook came to is kept as ``NAME.partial.ipynb``.
    InputErrors, ExperimentError
        When the parameters or the runs asked for are wrong.
    """
    started = datetime.now(UTC)
    out = out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    library = load_library(parameters)
    origin = made_from(spec, library)
    day = spec.day or date.today()
    spec = spec.model_copy(update={"day": day, "review": spec.review or _a_year_after(day)})
    (out / MANIFEST).unlink(missing_ok=True)  # what is there from now on is not what it vouched for
    data = prepared(spec, out, parameters, jobs, store, progress)
    described = described_path(spec, out)
    _replace(described, _json(spec.model_dump(mode="json", by_alias=True)))
    notebook = _execute(spec, out, parameters, cell_seconds)
    files = tuple(
        product_path(spec, language, form, out) for language in spec.languages for form in spec.formats
    )
    missing = [path.name for path in files if not path.is_file()]
    if missing:
        raise ReportError("not-made", name=spec.name, missing=", ".join(missing))
    manifest = _manifest(spec, origin, data, library, (*files, notebook, described), out, started)
    _replace(out / MANIFEST, _json(manifest))
    return Products(out, files, notebook, out / MANIFEST)


def prepared(
    spec: ReportSpec,
    out: Path,
    parameters: Path | None = None,
    jobs: int | None = None,
    store: Store | None = None,
    progress: Progress | None = None,
) -> ReportData:
    """Return a report's data: what the folder holds when it was made from the same, else computed and kept.

    Parameters
    ----------
    spec, out, parameters, jobs, store, progress
        As for `make_one`.
    """
    library = load_library(parameters)
    kind = read_template(spec.template).kind
    kept = _kept(out / DATA, library, spec, kind)
    if kept is None:
        study = KINDS[kind].study(library, spec)
        started = datetime.now(UTC)
        findings = run_study(library, study, spec.runs, spec.seed, jobs, progress, store)
        _keep_results(out / RESULTS, findings, spec, started)
        data = gather(library, spec, kind, study, findings)
        data = replace(data, manifest=replace(data.manifest, asked=asked(spec, kind)))
    else:
        data = kept
    data = replace(
        data,
        name=spec.name,
        titles=dict(spec.title),
        opinions=_opinions(spec),
        day=spec.day,
        review=spec.review,
        case_number=spec.case_number,
        city=library.title,
        shown=spec.centres or tuple(key for key, _ in data.centres),
    )
    if data != kept:
        _write(out / DATA, data)
    return data


def publish(data: ReportData, spec: ReportSpec, out: Path) -> tuple[Path, ...]:
    """Write a report in every language and format, each after it has passed its checks.

    Raises
    ------
    ReportError
        When one does not pass; those before it stay.
    """
    out.mkdir(parents=True, exist_ok=True)
    made = []
    for language in spec.languages:
        report = compose(data, language)
        for form in spec.formats:
            path = product_path(spec, language, form, out)
            _replace(path, written(report, form, Words(language)))
            made.append(path)
    return tuple(made)


def product_path(spec: ReportSpec, language: str, form: str, out: Path) -> Path:
    """Return where a report is in a language and a format."""
    return out / f"{spec.name}.{language}.{form}"


def described_path(spec: ReportSpec, out: Path) -> Path:
    """Return where a report's description is kept, which its notebook reads."""
    return out / f"{spec.name}.json"


def asked(spec: ReportSpec, kind: str) -> str:
    """Return a hash of all in a report's description that decides its numbers."""
    content = spec.model_dump(mode="json", include=set(COMPUTED_FROM))
    return _hashed({"kind": kind, **content})


def made_from(spec: ReportSpec, library: Library) -> str:
    """Return a hash of all that a report is made from: description, template, opinion, parameters, code."""
    template = read_template(spec.template)
    study = KINDS[template.kind].study(library, spec)
    described = spec.model_dump(mode="json", exclude={"day", "template", "opinion"})
    digests = {name: resolved.scenario.digest for name, resolved in study.resolved(library).items()}
    passports = {key: passport.model_dump(mode="json") for key, passport in library.passports.items()}
    sources = {key: source.model_dump(mode="json") for key, source in library.sources.items()}
    return _hashed(
        {
            "described": described,
            "city": library.title,
            "template": file_hash(template.path),
            "opinions": _opinions(spec),
            "scenarios": digests,
            "drawn": study.drawn_digest(library),
            "passports": passports,
            "sources": sources,
            "code": source_hash(),
            "versions": library_versions(),
        }
    )


def _a_year_after(day: date) -> date:
    """Return the first of the month a year on."""
    return date(day.year + 1, day.month, 1)


def _keep_results(folder: Path, findings: Findings, spec: ReportSpec, started: datetime) -> None:
    """Keep what every scenario of the report gave, so that it can be made anew and held against it."""
    record = Record(
        resolved=findings.resolved,
        settings=spec.all_settings,
        engine="compiled",
        level=LEVEL,
        command=("jobbtorg", "batch"),
        source=source_hash(),
        started=started,
        finished=datetime.now(UTC),
        report_from=spec.period.first,
        policy_from=spec.period.first,
    )
    write_results(folder, findings.results, record)


def _opinions(spec: ReportSpec) -> dict[str, str]:
    found = {}
    for language in spec.languages:
        path = spec.opinion_file(language)
        if path is not None:
            try:
                found[language] = path.read_text(encoding="utf-8")
            except OSError:
                raise ReportError("no-opinion", file=path) from None
    return found


def _kept(folder: Path, library: Library, spec: ReportSpec, kind: str) -> ReportData | None:
    """Return the folder's data when code, parameters, scenarios and all that is asked are the same."""
    if not (folder / FILE).is_file():
        return None
    try:
        data = read_data(folder)
    except ValueError:  # written by another version
        return None
    if (data.manifest.source_hash, data.manifest.asked) != (source_hash(), asked(spec, kind)):
        return None
    study = KINDS[kind].study(library, spec)
    resolved = {name: found.scenario for name, found in study.resolved(library).items()}
    same = {side.name: side.digest for side in data.sides} == {
        name: scenario.digest for name, scenario in resolved.items()
    } and data.parameters == parameter_cards(library, resolved[study.reference])
    drawn = data.drawn.digest if data.drawn else ""
    return data if same and drawn == study.drawn_digest(library) else None


def _write(folder: Path, data: ReportData) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as shelter:
        os.replace(write_data(data, Path(shelter)), folder / FILE)


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    temporary = path.with_name(f".{path.name}.new")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode("utf-8")


def _hashed(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, ensure_ascii=True, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _manifest(
    spec: ReportSpec,
    origin: str,
    data: ReportData,
    library: Library,
    files: Iterable[Path],
    out: Path,
    started: datetime,
) -> dict[str, Any]:
    """Return what an archived report needs to be made again, and to be held against it."""
    study = KINDS[data.kind].study(library, spec)
    results = sorted(path for path in (out / RESULTS).rglob("*") if path.is_file())
    kept = (*files, out / DATA / FILE, *results)
    return {
        "kind": KIND,
        "format": FORMAT,
        "report": spec.model_dump(mode="json", by_alias=True),
        "report_kind": data.kind,
        "day": spec.day.isoformat() if spec.day else "",
        "started": started.isoformat(timespec="seconds"),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "runs": spec.runs,
        "seed": spec.seed,
        "made_from": origin,
        "source_hash": data.manifest.source_hash,
        "versions": dict(data.manifest.versions),
        "scenarios": {
            name: {"digest": found.scenario.digest, "parameters": found.scenario.canonical()}
            for name, found in study.resolved(library).items()
        },
        "files": {path.relative_to(out).as_posix(): file_hash(path) for path in kept},
    }


def _execute(spec: ReportSpec, out: Path, parameters: Path | None, cell_seconds: int) -> Path:
    """Execute the template in a kernel of its own and return where the notebook is kept.

    The notebook is told names inside its own folder, so that it can be run again wherever the folder goes.
    """
    # papermill takes two seconds to load, and only this needs it
    import papermill  # noqa: PLC0415
    from nbclient.exceptions import CellTimeoutError, DeadKernelError  # noqa: PLC0415

    final, partial = out / f"{spec.name}.ipynb", out / f"{spec.name}{PARTIAL}"
    settings = {
        "report": described_path(spec, out).name,
        "out": ".",
        "parameters": "" if parameters is None else str(parameters.resolve()),
    }
    try:
        papermill.execute_notebook(
            str(read_template(spec.template).path),
            str(partial),
            settings,
            progress_bar=False,
            log_output=False,
            execution_timeout=cell_seconds,
            cwd=str(out),
        )
    except papermill.exceptions.PapermillExecutionError as error:
        raise ReportError("stopped", name=spec.name, reason=f"{error.ename}: {error.evalue}") from None
    except CellTimeoutError:
        raise ReportError("cell-too-long", name=spec.name, seconds=cell_seconds) from None
    except DeadKernelError:
        raise ReportError("kernel-died", name=spec.name) from None
    _replace(final, _timeless(json.loads(partial.read_bytes())))
    partial.unlink()
    return final


def _timeless(notebook: dict[str, Any]) -> bytes:
    """Return an executed notebook without when and where it ran: the manifest says that, once."""
    for part in (notebook, *notebook["cells"]):
        for noted in _NOTED:
            part["metadata"].pop(noted, None)
    for cell in notebook["cells"]:
        if INJECTED in cell["metadata"].get("tags", ()):
            cell["id"] = INJECTED
    return _json(notebook)


_NOTED = ("papermill", "execution")
"""What an execution notes about itself: times, and the paths of files that have moved since."""


def shown(page: Path) -> str:
    """Return HTML that shows a page inside a notebook."""
    inside = escape(page.read_text(encoding="utf-8"))
    return (
        f'<iframe title="{escape(page.name)}" style="width: 100%; height: 60rem" srcdoc="{inside}"></iframe>'
    )
