"""Everything that the report to the committee says, without language: quantities, keys, verdicts.

A `ReportData` is written once, beside the results it was made from, and read for every language. It holds no
text but names that come from data.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

from sim.words import Quantity

Verdict = Literal["lower", "higher", "cannot_tell"]

FILE = "report.json"
BUDGET_STEP = 0.1
"""The budget is printed in tenths of a million."""


@dataclass(frozen=True)
class Answer:
    """A paired difference and what may be said of it.

    Attributes
    ----------
    difference : Quantity
        Other minus base.
    verdict : str
        ``lower``, ``higher`` or ``cannot_tell``, from the interval.
    runs_needed : Quantity or None
        Runs in all that would settle an open answer.
    beyond : bool
        Open, and no number of runs worth making would settle it.
    identical : bool
        No run differed at all.
    """

    difference: Quantity
    verdict: Verdict
    runs_needed: Quantity | None = None
    beyond: bool = False
    identical: bool = False


@dataclass(frozen=True)
class Side:
    """One scenario as the report names it.

    Attributes
    ----------
    name : str
        In the results.
    label : str
        Which words name it: ``plan``, ``norm``, ``norm_given``, ``share``, ``places``, ``both`` or
        ``scenario``.
    norm, share, places : Quantity
        The levers, as set at the start.
    outside : tuple of str
        Keys of values outside the range that evidence covers.
    digest : str
    overlay : str
        The scenario it is, settings apart.
    """

    name: str
    label: str
    norm: Quantity
    share: Quantity
    places: Quantity
    outside: tuple[str, ...]
    digest: str
    overlay: str


@dataclass(frozen=True)
class Line:
    """A measure in both scenarios and its paired difference; None where it is not defined."""

    key: str
    base: Quantity | None
    other: Quantity | None
    difference: Quantity | None

    @property
    def both(self) -> tuple[Quantity | None, Quantity | None]:
        """The two levels."""
        return self.base, self.other


@dataclass(frozen=True)
class Place:
    """One centre, or ``all``: the lines of it by measure."""

    key: str
    lines: tuple[Line, ...]

    def line(self, measure: str) -> Line:
        """Return the line of a measure."""
        return next(line for line in self.lines if line.key == measure)


@dataclass(frozen=True)
class Comparison:
    """One comparison, answered.

    Attributes
    ----------
    key, words : str
        What it is called in the report's data, and which words name it.
    base, other : str
        Names of sides.
    answer : Answer
        Of the present value with what remains at the end.
    net : Answer
        Of net cost in the period alone.
    costs : tuple of Line
        By line, in the order of the budget; then net cost and what lies beside it.
    years : tuple of (str, Quantity)
        The difference in net cost by year.
    centres, segments : tuple of Place
    shares : tuple of Line
        The three readings of the outsourced share.
    city : tuple of Line
        What the whole City did, over the whole period.
    """

    key: str
    words: str
    base: str
    other: str
    answer: Answer
    net: Answer
    costs: tuple[Line, ...]
    years: tuple[tuple[str, Quantity], ...]
    centres: tuple[Place, ...]
    segments: tuple[Place, ...]
    shares: tuple[Line, ...]
    city: tuple[Line, ...]

    def at_large(self, measure: str) -> Line:
        """Return the line of a measure over the whole City and period."""
        return next(line for line in self.city if line.key == measure)

    def place(self, key: str) -> Place:
        """Return a centre, or ``all``."""
        return next(place for place in self.centres if place.key == key)


@dataclass(frozen=True)
class SweepPoint:
    """A value of an assumption and the answer there; `at` is None for a rule that is no number."""

    at: float | None
    answer: Answer


@dataclass(frozen=True)
class Sweep:
    """One comparison's answer as one assumption moves.

    Attributes
    ----------
    key : str
        Which words name the assumption.
    comparison : str
    parameter, unit : str
    points : tuple of SweepPoint
        In rising order.
    turns : tuple of Quantity
        Where the answer passes zero.
    evidence : (float, float)
        What evidence covers.
    central : Quantity or None
        The value in use.
    """

    key: str
    comparison: str
    parameter: str
    unit: str
    points: tuple[SweepPoint, ...]
    turns: tuple[Quantity, ...]
    evidence: tuple[float, float]
    central: Quantity | None

    @property
    def line(self) -> tuple[SweepPoint, ...]:
        """The points that stand on the axis."""
        return tuple(point for point in self.points if point.at is not None)


@dataclass(frozen=True)
class GridCell:
    """Two levers at once: the side, and its difference in present value from the grid's base."""

    side: str
    share: Quantity
    answer: Answer


@dataclass(frozen=True)
class Grid:
    """Cells by row (cases a caseworker) and column (what is procured), both rising."""

    base: str
    cells: tuple[tuple[GridCell, ...], ...]


@dataclass(frozen=True)
class SpreadPart:
    """What one uncertain number does to an answer when it alone is moved over its range.

    `low` and `high` are the answers at its ends; `share` is its part of the whole spread.
    """

    key: str
    kind: str
    low: Quantity
    high: Quantity
    share: Quantity


@dataclass(frozen=True)
class SpreadCard:
    """What the spread of a comparison's answer rests on: shares by kind of source, and the widest parts."""

    comparison: str
    shares: tuple[tuple[str, Quantity], ...]
    parts: tuple[SpreadPart, ...]
    tried: Quantity

    def share(self, kind: str) -> Quantity:
        """Return the share of one kind."""
        return dict(self.shares)[kind]


@dataclass(frozen=True)
class DrawnAnswer:
    """One measure's difference over all draws of an ensemble.

    Attributes
    ----------
    difference : Quantity
        Mean over all worlds; its intervals hold what so many of the draws expect, chance left out.
    worlds : Quantity
        The same, with an interval that holds so many of the worlds, chance included.
    verdict : str
        From the interval of what the draws expect.
    higher, lower : Quantity
        Worlds in which it is higher, and lower.
    parts : tuple of (str, Quantity)
        Shares of one world's variance: ``chance``, ``parameters``, and ``structure`` if it was asked;
        none where nothing varies.
    """

    measure: str
    difference: Quantity
    worlds: Quantity
    verdict: Verdict
    higher: Quantity
    lower: Quantity
    parts: tuple[tuple[str, Quantity], ...]


@dataclass(frozen=True)
class DrawnCard:
    """What the draws say of one comparison: what it is answered by first, then net cost in the period."""

    comparison: str
    answers: tuple[DrawnAnswer, ...]

    @property
    def answer(self) -> DrawnAnswer:
        """What it is answered by."""
        return self.answers[0]


@dataclass(frozen=True)
class Drawn:
    """All that was run under an ensemble.

    Attributes
    ----------
    ensemble, digest : str
        Its name, and a hash of the draws and of the ways in which the model is built.
    moved, draws, runs, ways, worlds : Quantity
        Values that vary, draws, runs of each, ways in which the model is built, and worlds in all.
    people : Line or None
        People enrolled on average in the reference: as assumed (``base``) and over the draws (``other``).
    cards : tuple of DrawnCard
    """

    ensemble: str
    digest: str
    moved: Quantity
    draws: Quantity
    runs: Quantity
    ways: Quantity
    worlds: Quantity
    people: Line | None
    cards: tuple[DrawnCard, ...]

    @property
    def structures(self) -> bool:
        """Whether the model was built in more ways than one."""
        return self.ways.value > 1


@dataclass(frozen=True)
class Followed:
    """One measure followed up in one place: period, centre, target group and needs are keys or ``all``."""

    line: Line
    period: str
    centre: str
    group: str
    needs: str


@dataclass(frozen=True)
class FollowUp:
    """Results, costs and assistance together, by tertial, centre and target group.

    Attributes
    ----------
    tertials : tuple of str
        In order.
    groups : tuple of str
        Target groups.
    cells : tuple of Followed
    """

    tertials: tuple[str, ...]
    groups: tuple[str, ...]
    cells: tuple[Followed, ...]

    def line(
        self, measure: str, period: str = "total", centre: str = "all", group: str = "all", needs: str = "all"
    ) -> Line:
        """Return one measure in one place."""
        wanted = (period, centre, group, needs)
        return next(
            cell.line
            for cell in self.cells
            if cell.line.key == measure and (cell.period, cell.centre, cell.group, cell.needs) == wanted
        )


@dataclass(frozen=True)
class BudgetRow:
    """One line of the City's budget and the simulated year beside it."""

    line: str
    plan: Quantity
    run: Quantity
    difference: Quantity

    @property
    def same(self) -> bool:
        """Whether both read alike, to the budget's last digit."""
        return abs(self.difference.value) < BUDGET_STEP / 2


@dataclass(frozen=True)
class PaperRow:
    """One figure of the papers and what the model gives: `miss` is model minus paper.

    `role` says whether the figure set the model (``set``, ``calibrate``) or not (``hold_out``, ``compared``).
    """

    key: str
    year: str
    paper: Quantity
    paper_upper: Quantity | None
    model: Quantity | None
    miss: Quantity | None
    role: str


@dataclass(frozen=True)
class Flow:
    """People through the plan's centres in the whole period; means over a few runs."""

    at_start: Quantity
    referred: Quantity
    no_shows: Quantity
    returns: Quantity
    exits: tuple[tuple[str, Quantity], ...]
    inside: Quantity


@dataclass(frozen=True)
class Posts:
    """Posts by centre and role in the plan and in one scenario, means over the period."""

    comparison: str
    roles: tuple[str, ...]
    plan: tuple[tuple[Quantity, ...], ...]
    other: tuple[tuple[Quantity, ...], ...]
    plan_total: Quantity
    other_total: Quantity


@dataclass(frozen=True)
class MeasureCard:
    """A measure that the report uses: its words' key, the places to fill in them, its unit."""

    key: str
    words: str
    fills: tuple[tuple[str, str], ...]
    unit: str


@dataclass(frozen=True)
class ParameterCard:
    """A parameter's passport, as far as the report shows it.

    `value`, `lower` and `upper` are None for tables, words and dates.
    """

    key: str
    role: str
    unit: str
    kind: str
    grade: str
    sources: tuple[tuple[str, str], ...]
    value: Quantity | None
    text: str
    day: date | None
    lower: Quantity | None
    upper: Quantity | None


@dataclass(frozen=True)
class SourceCard:
    """A source: key, title, date, reference."""

    key: str
    title: str
    date: str
    reference: str


@dataclass(frozen=True)
class Manifest:
    """How the numbers came to be; `asked` is a hash of all in the report's description that decides them."""

    runs: Quantity
    sweep_runs: Quantity
    sample_runs: Quantity
    spread_runs: Quantity
    seed: Quantity
    level: Quantity
    engine: str
    source_hash: str
    asked: str
    versions: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ReportData:
    """The whole report, without language but for titles and opinions, which people wrote.

    Attributes
    ----------
    kind, name : str
        Which kind of report, and what its files are called.
    titles, opinions : mapping of str to str
        By language; empty where there is none.
    day, review : date or None
        When it was made and when it should be looked at anew.
    city : str
        What the parameters call the city; empty where they are the shipped ones.
    reference : str
        The side whose values the list of assumptions shows.
    shown : tuple of str
        Centres that its tables show.
    """

    kind: str
    name: str
    titles: dict[str, str]
    opinions: dict[str, str]
    day: date | None
    review: date | None
    case_number: str
    city: str
    reference: str
    answered: tuple[str, ...]
    shown: tuple[str, ...]
    start: date
    end: date
    centres: tuple[tuple[str, str], ...]
    sides: tuple[Side, ...]
    comparisons: tuple[Comparison, ...]
    sweeps: tuple[Sweep, ...]
    spreads: tuple[SpreadCard, ...]
    drawn: Drawn | None
    followed: FollowUp | None
    grid: Grid | None
    break_even_price: Quantity | None
    price: Quantity | None
    budget: tuple[BudgetRow, ...]
    papers: tuple[PaperRow, ...]
    flow: Flow | None
    posts: tuple[Posts, ...]
    measures: tuple[MeasureCard, ...]
    parameters: tuple[ParameterCard, ...]
    sources: tuple[SourceCard, ...]
    manifest: Manifest

    def comparison(self, key: str) -> Comparison:
        """Return a comparison."""
        return next(comparison for comparison in self.comparisons if comparison.key == key)

    def side(self, name: str) -> Side:
        """Return a side."""
        return next(side for side in self.sides if side.name == name)

    def spread(self, comparison: str) -> SpreadCard | None:
        """Return what the spread of a comparison's answer rests on, if it was asked."""
        return next((spread for spread in self.spreads if spread.comparison == comparison), None)

    def drawn_of(self, comparison: str) -> DrawnCard | None:
        """Return what an ensemble's draws say of a comparison, if any were made."""
        cards = self.drawn.cards if self.drawn else ()
        return next((card for card in cards if card.comparison == comparison), None)

    def sweeps_of(self, comparison: str) -> tuple[Sweep, ...]:
        """Return the sweeps of a comparison."""
        return tuple(sweep for sweep in self.sweeps if sweep.comparison == comparison)


_ADAPTER = TypeAdapter(ReportData)


def write_data(data: ReportData, folder: Path) -> Path:
    """Write the report's data into a folder; return the file."""
    path = folder / FILE
    path.write_bytes(_ADAPTER.dump_json(data, indent=1) + b"\n")
    return path


def read_data(folder: Path) -> ReportData:
    """Read what `write_data` wrote, equal to what was written.

    Raises
    ------
    FileNotFoundError
        When the folder holds no report's data.
    """
    return _ADAPTER.validate_json((folder / FILE).read_bytes())
