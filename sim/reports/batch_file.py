"""Batch files: which reports to make. All that is wrong with one is told at once, before anything is run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, Strict, ValidationError

from sim import places
from sim.experiment.errors import ExperimentError
from sim.parameters import InputErrors, Library, load_library, month_start
from sim.parameters.ensembles import ensemble_names, find_ensemble
from sim.parameters.passports import tell, whole_file
from sim.parameters.problems import Collector
from sim.parameters.reading import Document, read_text, read_yaml, shown
from sim.parameters.sweeps import at
from sim.reports.committee.drawn import drawn_faults, drawn_plan
from sim.reports.committee.kinds import KINDS
from sim.reports.committee.study import Study
from sim.reports.errors import ReportError
from sim.reports.spec import FORMATS, ReportSpec
from sim.reports.templates import read_template
from sim.words import languages

BATCHES = places.PARAMETERS / "batches"
"""The batch files that are shipped."""

CENTRES = "organisation.centres"


@dataclass(frozen=True)
class Batch:
    """A batch file.

    Attributes
    ----------
    name : str
        The file's name without its ending.
    title, author, date : str, str, date
    reports : tuple of ReportSpec
        With different names; each opinion is a path that leads to a file from anywhere.
    """

    name: str
    title: str
    author: str
    date: date
    reports: tuple[ReportSpec, ...]

    def report(self, name: str) -> ReportSpec:
        """Return a report by its name."""
        return next(report for report in self.reports if report.name == name)


class _File(BaseModel):
    """The fields of the file itself; its reports are read one by one, so that all faults are told."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    title: Annotated[str, Field(min_length=1)]
    author: Annotated[str, Field(min_length=1)]
    date: Annotated[date, Strict()]
    version: Literal[1] = Field(alias="schema")
    reports: Annotated[list[dict[str, Any]], Field(min_length=1)]


def read_batch(path: Path, library: Library, elsewhere: bool = False) -> Batch:
    """Return the batch that a file describes, held against parameters, templates and words.

    Parameters
    ----------
    path : Path
    library : Library
        The parameters that the reports will be made with.
    elsewhere : bool
        Whether they may be another city's than those that the file was written for: an ensemble that they
        don't have is then left out, as it says nothing of them.

    Raises
    ------
    InputErrors
        With everything that is wrong, all at once.
    """
    problems = Collector()
    document = read_yaml(path, problems)
    batch = None if document is None else _batch(document, path, library, problems, elsewhere)
    problems.raise_errors()
    assert batch is not None
    return batch


def report_named(name: str = "", batch: str = "options-2008", parameters: Path | None = None) -> ReportSpec:
    """Return a report by the file that describes it alone, or the first of a batch that is shipped.

    For a template that is opened by hand: `make_one` hands it a file.
    """
    if name:
        return ReportSpec.model_validate_json(Path(name).read_bytes())
    return read_batch(shipped(batch), load_library(parameters), elsewhere=True).reports[0]


def shipped(name: str) -> Path:
    """Return the file of a batch that is shipped."""
    return BATCHES / f"{name}.yaml"


def _batch(
    document: Document, path: Path, library: Library, problems: Collector, elsewhere: bool
) -> Batch | None:
    fields = whole_file(
        document, _File, "A batch is a mapping: title, author, date, schema, reports.", problems
    )
    if fields is None:
        return None
    reports = []
    for number, data in enumerate(fields.reports):
        spec = _report(document, number, data, path.parent, library, problems, elsewhere)
        if spec is not None:
            reports.append(spec)
    names = [spec.name for spec in reports]
    for number, name in enumerate(names):
        if name in names[:number]:
            sentence = f"Two reports are called {name}; their files would overwrite each other."
            place = document.place("reports", number, "name")
            problems.add("wrong-shape", place, "name", sentence, found=name, allowed="different names")
    return Batch(path.stem, fields.title, fields.author, fields.date, tuple(reports))


def _report(
    document: Document,
    number: int,
    data: dict[str, Any],
    folder: Path,
    library: Library,
    problems: Collector,
    elsewhere: bool,
) -> ReportSpec | None:
    where = ("reports", number)
    name = str(data.get("name", number + 1))
    try:
        spec = ReportSpec.model_validate(data)
    except ValidationError as error:
        tell(error, ReportSpec, document, where, name, problems)
        return None
    if spec.opinion is not None:
        spec = spec.model_copy(update={"opinion": str((folder / spec.opinion).resolve())})
    if not Path(spec.template).is_absolute() and spec.template.endswith(".ipynb"):
        spec = spec.model_copy(update={"template": str((folder / spec.template).resolve())})
    asked = spec.ensemble
    if asked is not None and (folder / asked.name).exists():
        asked = asked.model_copy(update={"name": str((folder / asked.name).resolve())})
    elif asked is not None and elsewhere and find_ensemble(asked.name, library.folder) is None:
        asked = None
    spec = spec.model_copy(update={"ensemble": asked})
    before = len(problems.errors)
    _check_words(document, where, spec, problems)
    _check_opinion(document, where, spec, problems)
    _check_scenarios(document, where, spec, library, problems)
    resolved = len(problems.errors) == before
    study = _check_template(document, where, spec, library, problems, resolved)
    _check_ensemble(document, where, spec, library, problems, study)
    return spec


def _check_words(
    document: Document, where: tuple[object, ...], spec: ReportSpec, problems: Collector
) -> None:
    """Languages and formats are known, and a title is there in every language if there is one at all."""
    for field, asked, known in (
        ("languages", spec.languages, languages()),
        ("formats", spec.formats, FORMATS),
    ):
        for position, word in enumerate(asked):
            if word not in known:
                sentence = f"{spec.name}: there is no {word} among the {field}."
                place, allowed = document.place(*where, field, position), ", ".join(known)
                problems.add("unknown-word", place, field, sentence, found=word, allowed=allowed, known=known)
    missing = [language for language in spec.languages if spec.title and language not in spec.title]
    if missing:
        sentence = f"{spec.name}: the title is missing in: {', '.join(missing)}."
        problems.add(
            "missing-field", document.place(*where, "title"), "title", sentence, allowed=", ".join(missing)
        )


def _check_opinion(
    document: Document, where: tuple[object, ...], spec: ReportSpec, problems: Collector
) -> None:
    for language in spec.languages:
        path = spec.opinion_file(language)
        if path is not None:
            own = Collector()
            read_text(path, own)
            for problem in own.errors:
                told = replace(problem, sentence=f"{spec.name}: {shown(path)}: {problem.sentence}")
                problems.problems.append(at(told, document, (*where, "opinion")))


def _check_scenarios(
    document: Document, where: tuple[object, ...], spec: ReportSpec, library: Library, problems: Collector
) -> None:
    """Every scenario can be resolved with the settings, and has the centres asked for."""
    asked: list[tuple[str, tuple[int, ...], str]] = [("baseline", (), spec.baseline)]
    asked += [("scenarios", (position,), name) for position, name in enumerate(spec.scenarios)]
    keys = (*spec.settings, "period")
    for field, position, name in asked:
        own = Collector()
        resolved = library.try_resolve(name, spec.all_settings, own)
        for problem in own.errors:
            if problem.file == "--set" and problem.line is not None:
                key = keys[problem.line - 1]
                inside = (*where, key) if key == "period" else (*where, "settings", key)
                problems.problems.append(at(problem, document, inside))
            elif not problem.file:
                problems.problems.append(at(problem, document, (*where, field, *position)))
            else:  # a fault in the scenario's own file stands there
                problems.problems.append(problem)
        if resolved is None:
            continue
        known = resolved.scenario.keys(CENTRES)
        for number, centre in enumerate(spec.centres):
            if centre not in known:
                sentence = f"{spec.name}: there is no centre {centre} in {name}."
                place, allowed = document.place(*where, "centres", number), ", ".join(known)
                problems.add(
                    "unknown-centre", place, "centres", sentence, found=centre, allowed=allowed, known=known
                )
        first = spec.period.first
        last = month_start(resolved.scenario.months - 1, resolved.scenario.start)
        if first is not None and not resolved.scenario.start <= first <= last:
            sentence = f"{spec.name}: the period begins on {first}, outside {name}."
            place = document.place(*where, "period")
            allowed = f"{resolved.scenario.start} to {last}"
            problems.add("policy-date", place, "period", sentence, found=first, allowed=allowed)


def _check_template(
    document: Document,
    where: tuple[object, ...],
    spec: ReportSpec,
    library: Library,
    problems: Collector,
    resolved: bool,
) -> Study | None:
    """The template is there, types no number, is of a known kind, and its kind can use these scenarios."""
    place = document.place(*where, "template")
    try:
        kind = read_template(spec.template).kind
        if kind not in KINDS:
            raise ReportError("unknown-kind", found=kind, allowed=", ".join(KINDS))
    except ReportError as error:
        problems.add("unknown-word", place, "template", f"{spec.name}: {error}", found=spec.template)
        return None
    if not resolved:
        return None
    try:
        # what is wrong with an ensemble is told apart, so that no other fault waits for it
        return KINDS[kind].study(library, spec.model_copy(update={"ensemble": None}))
    except ReportError as error:
        problems.add("wrong-shape", document.place(*where, "scenarios"), "scenarios", f"{spec.name}: {error}")
        return None


def _check_ensemble(
    document: Document,
    where: tuple[object, ...],
    spec: ReportSpec,
    library: Library,
    problems: Collector,
    study: Study | None,
) -> None:
    """The ensemble is there, has the draws asked for, and they can be laid on all that is compared."""
    asked = spec.ensemble
    if asked is None:
        return
    try:
        plan = drawn_plan(library, spec)
        wrong = drawn_faults(plan, study.laid(library), study.pairs) if plan and study else []
    except ExperimentError as error:
        few = error.rule == "too-many-draws"
        field, rule = ("draws", "outside-allowed") if few else ("name", "unknown-word")
        place, known = document.place(*where, "ensemble", field), ensemble_names(library.folder)
        sentence, found = f"{spec.name}: {error}", error.values["found"]
        allowed = str(error.values["most" if few else "allowed"])
        problems.add(rule, place, field, sentence, found=found, allowed=allowed, known=known)
        return
    except InputErrors as errors:  # a fault in the ensemble's own files, or in another way to build the model
        problems.problems += errors.problems
        return
    for reason in wrong:
        place = document.place(*where, "ensemble", "name")
        sentence = f"{spec.name}: {ReportError('not-drawn', reason=reason)}"
        problems.add("wrong-shape", place, "ensemble", sentence, found=reason)
