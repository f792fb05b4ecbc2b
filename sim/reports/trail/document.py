"""The paper trail as blocks: STRESS-DES in its order, then the logs and the record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sim.experiment.provenance import library_versions
from sim.experiment.run import cube_axes
from sim.flow import EndedBy, Stage
from sim.parameters import Library, structural_alternatives
from sim.parameters.describe import SourceRow
from sim.reports.blocks import Block, Column, Heading, Note, Paragraph, Report, Row, Table
from sim.reports.trail import facts
from sim.words import Prose, Words

Cells = Sequence[str]

MEASURE_FIELDS = ("name", "unit", "definition", "equation")

NAMED = {
    "groups": ("people.groups", "groups"),
    "needs": ("people.needs", "segments"),
    "age_bands": ("people.age_bands", "age_bands"),
    "centres": ("organisation.centres", "centres"),
    "offices": ("organisation.offices", "offices"),
    "roles": ("organisation.roles", "roles"),
    "destinations": ("people.destinations", "destinations"),
    "measures": ("measures.catalogue", "measures"),
}
"""What the model consists of: by component, the table that defines it and the kind of its names."""


def paper_trail(
    library: Library, words: Words, day: date, effects: Mapping[str, facts.Effect], scenario: str
) -> Report:
    """The whole document in one language.

    Parameters
    ----------
    library : Library
    words : Words
    day : date
        The date it bears.
    effects : mapping of str to Effect
        What each parameter does to an answer, where a study has told.
    scenario : str
        Name of a scenario whose axes are taken.
    """
    writer = _Writer(library, words, effects, scenario)
    return Report(
        title=words.text("trail.title"),
        subtitle=words.text("trail.subtitle"),
        language=words.language,
        day=day,
        case_number="",
        front=(
            Paragraph(words.text("trail.about")),
            Note(words.text("trail.review", day=facts.REVIEW_BY), "warning"),
        ),
        body=tuple(writer.blocks()),
        foot=words.text("trail.foot"),
    )


class _Writer:
    """Writes one document."""

    def __init__(
        self, library: Library, words: Words, effects: Mapping[str, facts.Effect], scenario: str
    ) -> None:
        self.library, self.words, self.effects = library, words, effects
        self.scenario = library.resolve(scenario).scenario
        titles = {
            key: words.raw(f"parameters.{key}.title")
            for key in library.passports
            if words.has(f"parameters.{key}.title")
        }
        self.parameters = facts.parameters(library, titles)

    def blocks(self) -> Iterator[Block]:
        """Every chapter."""
        for chapter in ("objectives", "logic", "data", "experimentation", "implementation", "access"):
            yield self._heading(chapter)
            yield from getattr(self, f"_{chapter}")()
        for log in ("assumptions", "decisions", "record"):
            yield self._heading(log)
            yield from getattr(self, f"_{log}")()

    # --- STRESS-DES, sections 1 to 6

    def _objectives(self) -> Iterator[Block]:
        yield from self._said("purpose", "aims")
        yield self._table(
            "scenarios",
            ("scenario", "title"),
            [(name, self.library.overlay(name).title) for name in self.library.scenario_names],
        )
        yield from self._said("outputs")
        measures = cube_axes(self.scenario).measures
        yield self._table(
            "outputs",
            ("key", "name", "unit", "definition", "equation"),
            [
                (
                    m.key,
                    *(str(self.words.measure(m.words, field, m.fills)) for field in MEASURE_FIELDS),
                )
                for m in measures
            ],
        )

    def _logic(self) -> Iterator[Block]:
        yield from self._said("diagram")
        stages = [self.words.raw(f"person.stages.{stage.name.lower()}") for stage in Stage]
        yield Paragraph(Prose((" → ".join(stages),)), "answer")
        ends = [(end.name.lower(), self.words.raw(f"person.ended_by.{end.name.lower()}")) for end in EndedBy]
        yield self._table("ends", ("key", "end"), ends)
        yield from self._said("base", "algorithms", "scenario_logic")
        yield self._table(
            "levers",
            ("key", "name", "unit", "value"),
            [
                (p.key, p.title, self._unit(p), self._value(p))
                for p in self.parameters
                if p.role == facts.LEVER
            ],
        )
        rows = [
            (
                found.name,
                *(self.words.raw(f"structures.{found.name}.{field}") for field in ("title", "description")),
            )
            for found in structural_alternatives(self.library)
        ]
        yield self._table("structures", ("key", "title", "description"), rows)
        yield from self._said("components")
        yield self._table(
            "components",
            ("component", "members"),
            [
                (self.words.raw(f"trail.component.{name}"), ", ".join(self._members(table, kind)))
                for name, (table, kind) in NAMED.items()
            ],
        )
        yield from self._said("queues", "entry")

    def _data(self) -> Iterator[Block]:
        yield from self._said("sources")
        sources = [(key, s.title, s.date, s.reference) for key, s in self.library.sources.items()]
        yield self._table("sources", ("key", "title", "date", "reference"), sources)
        yield from self._said("preprocessing", "inputs")
        kinds = dict.fromkeys(p.kind for p in self.parameters)
        roles = dict.fromkeys(p.role for p in self.parameters)
        yield self._table(
            "kinds",
            ("kind", *(f"role_{role}" for role in roles)),
            [
                (
                    self._kind(kind),
                    *(str(sum(p.kind == kind and p.role == role for p in self.parameters)) for role in roles),
                )
                for kind in kinds
            ],
            numbers_from=1,
        )
        yield self._table(
            "inputs",
            ("key", "name", "kind", "grade", "value", "range"),
            [
                (p.key, p.title, self._kind(p.kind), self._grade(p), self._value(p), self._range(p))
                for p in self.parameters
            ],
        )

    def _experimentation(self) -> Iterator[Block]:
        yield from self._said("initialisation", "run_length", "estimation")

    def _implementation(self) -> Iterator[Block]:
        yield from self._said("software")
        versions = [(name, version) for name, version in library_versions().items()]
        yield self._table("versions", ("name", "version"), versions)
        yield from self._said("sampling")
        yield self._table(
            "streams",
            ("key", "what"),
            [(key, self.words.raw(f"trail.stream.{key}")) for key in facts.streams()],
        )
        yield self._table("chances", ("key",), [(key,) for key in facts.decisions()])
        yield from self._said("mechanism")
        yield self._table(
            "events", ("key", "what"), [(key, self.words.raw(f"trail.event.{key}")) for key in facts.events()]
        )
        yield from self._said("time")

    def _access(self) -> Iterator[Block]:
        yield from self._said("code")

    # --- logs

    def _assumptions(self) -> Iterator[Block]:
        yield from self._said("assumptions")
        yield self._table("assumptions", ASSUMPTION_COLUMNS, list(self.assumption_rows()))

    def assumption_rows(self) -> Iterator[tuple[str, ...]]:
        """One row for each parameter of the kind assumption."""
        for p in self.parameters:
            if p.kind == facts.ASSUMPTION:
                yield (
                    *(p.key, p.title, self._value(p), self._range(p), self._grade(p)),
                    *(self._owner(p), self._effect(p.key)),
                )

    def _decisions(self) -> Iterator[Block]:
        yield from self._said("decisions")
        rows = [(str(number), entry) for number, entry in enumerate(facts.decided(), start=1)]
        if rows:
            yield self._table("decisions", ("number", "decision"), rows)

    def _record(self) -> Iterator[Block]:
        yield from self._said("record")
        by_file: dict[str, list[facts.Check]] = {}
        for check in facts.checks():
            by_file.setdefault(check.file, []).append(check)
        rows = [
            (
                file,
                made[0].about or "; ".join(check.name for check in made),
                str(len(made)),
                str(sum(check.long for check in made)),
            )
            for file, made in by_file.items()
        ]
        if rows:
            yield self._table("record", ("file", "shows", "tests", "long"), rows)
        accepted = [(key, f"{within:.1%}", why) for key, within, why in facts.accepted()]
        if accepted:
            yield from self._said("accepted")
            yield self._table("accepted", ("key", "within", "because"), accepted)

    # --- small change

    def _heading(self, chapter: str) -> Heading:
        return Heading(self.words.text(f"trail.chapter.{chapter}"), 2, chapter)

    def _said(self, *parts: str) -> Iterator[Block]:
        for part in parts:
            yield Heading(self.words.text(f"trail.part.{part}.heading"), 3, f"part-{part}")
            yield Paragraph(self.words.text(f"trail.part.{part}.text"))

    def _table(self, caption: str, columns: Cells, rows: Sequence[Cells], numbers_from: int = 99) -> Table:
        heads = tuple(
            Column(self.words.text(f"trail.column.{key}"), numeric=place >= numbers_from)
            for place, key in enumerate(columns)
        )
        made = tuple(Row(tuple(Prose((cell,)) if cell else Prose() for cell in row)) for row in rows)
        return Table(self.words.text(f"trail.caption.{caption}"), heads, made)

    def _members(self, table: str, kind: str) -> list[str]:
        return [self.words.name(kind, key) for key in self.scenario.keys(table)]

    def _kind(self, kind: str) -> str:
        return self.words.raw(f"report.assumptions.kinds.{kind}")

    def _grade(self, p: SourceRow) -> str:
        return self.words.raw(f"report.assumptions.grades.{p.grade}")

    def _unit(self, p: SourceRow) -> str:
        return self.words.raw(f"units.{p.unit}.head")

    def _owner(self, p: SourceRow) -> str:
        return self.words.raw(f"trail.owner.{'committee' if p.role == facts.LEVER else 'authors'}")

    def _value(self, p: SourceRow) -> str:
        return "; ".join(p.value) or self.words.raw("trail.in_table").format(table=p.table)

    def _range(self, p: SourceRow) -> str:
        if p.range is None or None in p.range:
            return ""
        return "–".join(self.words.plain(float(end)) for end in p.range if end is not None)

    def _effect(self, key: str) -> str:
        found = self.effects.get(key)
        if found is None:
            return self.words.raw("trail.not_studied")
        ends = [self.words.plain(float(f"{v:.3g}")) for v in (found.swing, found.lower, found.upper)]
        return f"{ends[0]} ({ends[1]} {self.words.raw('language.to')} {ends[2]}) {found.unit}"


ASSUMPTION_COLUMNS = ("key", "name", "value", "range", "grade", "owner", "effect")


def assumption_rows(
    library: Library, words: Words, effects: Mapping[str, facts.Effect], scenario: str
) -> list[tuple[str, ...]]:
    """The assumptions log as rows."""
    return list(_Writer(library, words, effects, scenario).assumption_rows())
