"""What an answer hangs on, and what would turn it."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sim import places
from sim.cli import tables
from sim.cli.batch import LONGEST_NAME
from sim.cli.errors import CommandError, say
from sim.cli.inputs import all_settings, open_library, policy_date, resolve_all
from sim.cli.request import Request
from sim.cli.screen import Screen
from sim.cli.storing import open_store, usable_when_interrupted
from sim.cli.writing import written
from sim.experiment.differences import Difference
from sim.experiment.folder import check_replaceable
from sim.experiment.provenance import source_hash
from sim.experiment.run import cube_axes
from sim.figures import Labels, Setting, shares_data, sobol, tornado, tornado_data
from sim.figures.sensitivity import SHOWN, wrapped
from sim.inference.sensitivity_output import KIND, Study, StudyRecord, write_study
from sim.inference.study import run_study
from sim.inference.turning import Turn
from sim.parameters import Resolved, Scenario, month_start, structural_alternatives
from sim.parameters.priors import evidence_ranges, priors
from sim.parameters.uncertain import Dimension, DrawError
from sim.words import Interval, Name, Prose, Quantity, Trace, Words

ENOUGH_POINTS = 32
"""With fewer points in the design the shares and their intervals are a preview: they may pass 100 %."""


def sensitivity(
    screen: Screen, request: Request, measure: str, keys: tuple[str, ...], points: int, named: int
) -> None:
    """Study, show, draw and keep; whatever is wrong with the request is found before the first run."""
    started, source = datetime.now(UTC), source_hash()
    library = open_library(request.parameters)
    dimensions = _moved(priors(library), keys)
    settings = all_settings(request.settings, request.end)
    resolved = resolve_all(library, request.names, settings)
    folder = request.out or places.OUTPUTS / _folder_name(resolved, request, [measure, *keys, points, named])
    check_replaceable(folder, KIND)
    for warning in dict.fromkeys(str(w) for found in resolved.values() for w in found.warnings):
        screen.complain(say(screen.words, "check.warning", sentence=warning))
    typed = dict(zip(resolved, request.names, strict=True))
    base, other = resolved

    def resolve(name: str, laid: tuple[str, ...]) -> Scenario:
        """By the name that tables give a scenario, which of a file is not what was typed."""
        known = next(known for known in typed if name == known or name.startswith(f"{known}+"))
        return library.resolve(typed[known] + name.removeprefix(known), laid).scenario

    store = open_store(screen, request.store)
    with usable_when_interrupted(screen, store), screen.progress() as progress:
        try:
            study = run_study(
                resolve,
                base,
                other,
                dimensions=dimensions,
                evidence={key: (found.kind, found.grade) for key, found in library.passports.items()},
                ranges=evidence_ranges(library),
                alternatives=[found.name for found in structural_alternatives(library)],
                runs=request.runs,
                points=points,
                seed=request.seed,
                measure=measure,
                named=named,
                level=request.level,
                settings=settings,
                jobs=request.jobs,
                progress=progress,
                policy_from=policy_date(library, request.names),
                store=store,
            )
        except DrawError as error:
            raise CommandError("draw-not-laid", reason=error) from None
    told = _Told(screen, study, resolved)
    drawings = told.everything()
    command = ("jobbtorg", *sys.argv[1:])
    finished = datetime.now(UTC)
    record = StudyRecord(command, source, started, finished, resolved=resolved, settings=settings)
    with written(screen, folder):
        write_study(folder, study, record, drawings)


def _moved(dimensions: tuple[Dimension, ...], keys: tuple[str, ...]) -> tuple[Dimension, ...]:
    """The uncertain numbers of some parameters; of all where none is named."""
    known = tuple(dict.fromkeys(dimension.key for dimension in dimensions))
    for key in keys:
        if key not in known:
            raise CommandError("no-input", found=key, allowed=", ".join(known))
    return tuple(dimension for dimension in dimensions if not keys or dimension.key in keys)


def _folder_name(resolved: dict[str, Resolved], request: Request, more: list[object]) -> str:
    digests = [found.scenario.digest for found in resolved.values()]
    inputs = [*digests, request.runs, request.seed, request.level, *more]
    digest = hashlib.sha256(json.dumps(inputs).encode("utf-8")).hexdigest()[:8]
    names = re.sub(r"[^\w+.-]", "-", "_".join(resolved))[:LONGEST_NAME]
    return f"sensitivity-{names}-{digest}"


class _Told:
    """A study in the reader's language: its tables on the screen, its figures as drawings."""

    def __init__(self, screen: Screen, study: Study, resolved: dict[str, Resolved]) -> None:
        self.screen, self.study, self.words = screen, study, screen.words
        scenario = resolved[study.base].scenario
        self.labels = Labels(self.words, study.inputs)
        measures = {measure.key: measure for measure in cube_axes(scenario).measures}
        self.measure = Name(tables.measure_text(self.words, measures[study.asked.measure], "name"))
        self.names = {"measure": self.measure, "base": Name(study.base), "other": Name(study.other)}
        last = month_start(scenario.months, scenario.start) - timedelta(days=1)
        self.period = self.words.text("sensitivity.period", start=scenario.start, end=last)
        self.setting = Setting(self.words, outside=any(found.outside_evidence for found in resolved.values()))

    def everything(self) -> dict[str, str]:
        """Show all tables; return the drawings by the names of their files."""
        self._tornado()
        self._structures()
        drawings = {"tornado.svg": self._drawn_tornado()}
        if self.study.shares:
            self._shares()
            drawings["sobol.svg"] = self._drawn_shares()
        self._turning()
        return drawings

    def _say(self, key: str, **values: object) -> str:
        filled = {place: value if isinstance(value, Name | Prose | Quantity) else Name(str(value))
                  for place, value in values.items()}  # fmt: skip
        return str(self.words.text(f"sensitivity.{key}", **filled))

    def _title(self, part: str) -> str:
        return f"{self._say(f'{part}.title', **self.names)}; {self.period}"

    def _head(self, *keys: str) -> list[str]:
        return [self.words.raw(f"sensitivity.{key}") for key in keys]

    def _quantity(self, found: Difference) -> Quantity:
        trace = Trace(self.study.asked.measure, self.study.other, self.study.base)
        return Quantity(found.mean, self.study.unit, trace, Interval(found.lower, found.upper, found.level))

    def _written(self, found: Difference) -> str:
        return self.words.quantity(self._quantity(found), "bare_signed_interval")

    def _tornado(self) -> None:
        table = self.study.tornados[-1]
        shown = table.moving[:SHOWN]
        rows = (
            [
                wrapped(self.labels.label(bar.input.name)),
                self.labels.evidence(bar.input.name),
                self._written(bar.low),
                self._written(bar.high),
                self._written(bar.swing),
                self.words.raw(f"sensitivity.{'yes' if bar.turns else 'no'}"),
            ]
            for bar in shown
        )
        head = self._head("input", "evidence", "at_low", "at_high", "swing", "turns")
        self.screen.table(self._title("tornado"), head, rows, numbers_from=2)
        still = len(table.bars) - len(table.moving)
        level = tables.percent(self.words, self.study.level)
        self.screen.line(
            self._say(
                "tornado.caption",
                **{"shown": len(shown), "all": len(table.bars), "still": still},
                runs=self.study.runs,
                level=level,
            )
        )

    def _drawn_tornado(self) -> str:
        table = self.study.tornados[-1]
        data = tornado_data(table, self.labels, self.study.unit, **self.names, period=self.period)
        return tornado(data, self.setting).svg + "\n"

    def _structures(self) -> None:
        table = self.study.structures[-1]
        central = [self.words.raw("sensitivity.structures.central"), self._written(table.central)]
        rows = [[*central, tables.verdict(table.central, self.words), ""]]
        for found in table.alternatives:
            key = f"structures.{found.name}.title"
            title = self.words.raw(key) if self.words.has(key) else found.name
            change = (
                self.words.raw("cli.tables.identical")
                if found.change.identical
                else self._written(found.change)
            )
            verdict = tables.verdict(found.answer, self.words)
            rows.append([title, self._written(found.answer), verdict, change])
        head = self._head(*(f"structures.{key}" for key in ("alternative", "answer", "verdict", "change")))
        self.screen.table(self._title("structures"), head, rows)

    def _shares(self) -> None:
        found = self.study.shares[-1]
        data = shares_data(found, self.labels, **self.names, period=self.period)
        rows = (
            [
                wrapped(label),
                self.labels.evidence(name),
                *(self.words.quantity(share, "bare_interval") for share in (first, total)),
            ]
            for name, label, first, total in zip(data.names, data.labels, data.first, data.total, strict=True)
        )
        head = self._head("input", "evidence", "sobol.first", "sobol.total")
        self.screen.table(self._title("sobol"), head, rows, numbers_from=2)
        below = self.words.plain(round(100.0 * found.below, 1))
        pairs = found.indices.evaluations
        self.screen.line(
            self._say("sobol.caption", pairs=pairs, below=below, base=self.study.base, other=self.study.other)
        )

    def _drawn_shares(self) -> str:
        data = shares_data(self.study.shares[-1], self.labels, **self.names, period=self.period)
        setting = replace(self.setting, preview=self.study.points < ENOUGH_POINTS)
        return sobol(data, setting).svg + "\n"

    def _turning(self) -> None:
        rows = [list(self._turn_cells(turn)) for turn in self.study.turns]
        keys = ("assumption", "period", "at", "tried", "central", "evidence")
        head = self._head(*(f"turning.{key}" for key in keys))
        self.screen.table(self._title_of_turning(), head, rows, numbers_from=2)

    def _title_of_turning(self) -> str:
        return self._say("turning.title", **self.names)

    def _turn_cells(self, turn: Turn) -> Iterator[str]:
        yield self.words.raw(f"sensitivity.assumptions.{turn.key.replace('.', '_')}")
        yield str(self.words.period(turn.period))
        yield self._at(turn)
        yield self._range(turn.first, turn.last)
        yield "" if turn.central is None else self.words.plain(turn.central)
        yield "" if turn.evidence is None else self._range(*turn.evidence)

    def _at(self, turn: Turn) -> str:
        if turn.x is None:
            return self.words.raw(f"sensitivity.turning.{turn.verdict}")
        trace = Trace(parameters=(turn.key,))
        whole = turn.lower is not None and turn.upper is not None
        interval = Interval(turn.lower, turn.upper, turn.level) if whole else None  # type: ignore[arg-type]
        at = Quantity(turn.x, "number", trace, interval)
        written = self.words.quantity(at, "bare_interval")
        return self._say(f"turning.{'turns' if whole else 'open'}", at=written)

    def _range(self, low: float, high: float) -> str:
        return self._say("turning.range", **{"from": _plain(low, self.words), "to": _plain(high, self.words)})


def _plain(value: float, words: Words) -> str:
    return words.plain(float(f"{value:.6g}"))
