"""What the report calls things, and how it fills cells: the small change that every section uses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sim.figures import Setting
from sim.reports.blocks import Column
from sim.reports.committee.data import Comparison, ReportData, Side, Sweep, SweepPoint, Verdict
from sim.words import Name, Number, Prose, Quantity, Words
from sim.words.numbers import step as step_of

_SIDE_FIELDS = {
    "plan": (),
    "norm": ("norm",),
    "norm_given": ("norm",),
    "share": ("share",),
    "places": ("places",),
    "both": ("norm",),
}
_COMPARISON_FIELDS = {
    "caseload": {"few": ("other", "norm"), "many": ("base", "norm")},
    "caseload_given": {"few": ("other", "norm"), "many": ("base", "norm")},
    "outsourcing": {"share": ("other", "share"), "places": ("base", "places")},
    "outsourcing_places": {"few": ("other", "places"), "places": ("base", "places")},
    "mode": {},
}
"""Places in the words of a comparison, to a side and its lever."""


@dataclass(frozen=True)
class Namer:
    """One report's data in one language."""

    data: ReportData
    words: Words

    def text(self, key: str, **values: Quantity | Prose | Name | date) -> Prose:
        """Return a text of the report: its kind's own where there is one, else what all kinds say."""
        own = f"{self.data.kind}.{key}"
        return self.words.text(own if self.words.has(own) else f"report.{key}", **values)

    @property
    def period(self) -> Prose:
        """The years that the report covers."""
        return self.words.period("total", self.data.start, self.data.end)

    def side(self, name: str, length: str = "side") -> Prose:
        """Return what a scenario is called inside a sentence; ``short`` for heads and legends."""
        side: Side = self.data.side(name)
        own = f"{self.data.kind}.baseline"
        if side.label == "scenario" and name == self.data.comparisons[0].base and self.words.has(own):
            return self.words.text(own)
        if side.label == "scenario":
            return Prose((self.words.name("scenarios", side.overlay).lower(),))
        values = {field: getattr(side, field) for field in _SIDE_FIELDS[side.label]}
        return self.text(f"{length}.{side.label}", **values)

    def side_name(self, name: str, length: str = "short") -> Name:
        """Return a scenario's name for a figure."""
        return Name(str(self.side(name, length)))

    def comparison(self, comparison: Comparison) -> Prose:
        """Return what is compared with what."""
        if comparison.words == "scenario":
            return self.text(
                "comparison.scenario", other=self.side(comparison.other), base=self.side(comparison.base)
            )
        values = {
            place: getattr(self.data.side(getattr(comparison, which)), lever)
            for place, (which, lever) in _COMPARISON_FIELDS[comparison.words].items()
        }
        return self.text(f"comparison.{comparison.words}", **values)

    def assumption(self, sweep: Sweep, form: str = "name") -> Prose:
        """Return what an assumption is called: ``name``, ``plain`` (with what it means), ``axis``."""
        return self.text(f"assumption.{sweep.key}.{form}")

    def centre(self, key: str) -> str:
        """Return a centre's name as the data has it; ``all`` is the city."""
        return dict(self.data.centres).get(key) or self.words.name("centres", key)

    def parameter(self, key: str) -> Prose:
        """Return a parameter's title; its key when the language has none."""
        place = f"parameters.{key}.title"
        return Prose((self.words.raw(place),)) if self.words.has(place) else Prose((key,))

    @property
    def ensemble(self) -> Name:
        """What the ensemble is called that the comparisons were run under."""
        drawn = self.data.drawn
        return Name(self.words.name("ensembles", drawn.ensemble, drawn.ensemble) if drawn else "")

    def verdict(self, verdict: Verdict) -> Prose:
        """Return the fixed words of a verdict."""
        return Prose((self.words.verdict(verdict),))

    def setting(self, *sides: str) -> Setting:
        """Return the setting of a figure about some scenarios: stamped when one lies outside the evidence."""
        return Setting(self.words, outside=any(self.data.side(name).outside for name in sides))

    # --- cells

    @property
    def dash(self) -> Prose:
        """The cell of what is not defined."""
        return self.text("dash")

    def cell(self, quantity: Quantity | None, form: str = "bare", step: float | None = None) -> Prose:
        """Return a table's cell."""
        if quantity is None:
            return self.dash
        return Prose((Number(self.words.quantity(quantity, form, step), quantity),))

    def difference(self, quantity: Quantity | None, step: float | None = None) -> Prose:
        """Return a cell with a signed difference and its interval."""
        return self.cell(quantity, "bare_signed_interval", step)

    def head(self, key: str, **values: Quantity | Prose | Name | date) -> Column:
        """Return a column of numbers by the key of its head."""
        return Column(self.text(key, **values))

    def word_head(self, key: str) -> Column:
        """Return a column of words by the key of its head."""
        return Column(self.text(key), numeric=False)


def common_step(quantities: Sequence[Quantity | None], figures: int = 4) -> float | None:
    """Return the step that a column of money shares, so that small lines show beside large ones."""
    values = [quantity.value for quantity in quantities if quantity is not None]
    return step_of(values, figures=figures) if values else None


def robust_verdict(namer: Namer, comparison: Comparison) -> tuple[Verdict, Sweep | None] | None:
    """Return the verdict over all that evidence covers, and the assumption that turns it if one does.

    It holds when the answer and every point inside every range say the same. None: nothing was tried.
    """
    sweeps = namer.data.sweeps_of(comparison.key)
    if not sweeps:
        return None
    for sweep in sweeps:
        if any(sweep.evidence[0] <= turn.value <= sweep.evidence[1] for turn in sweep.turns):
            return "cannot_tell", sweep
    said = {comparison.answer.verdict, *(point.answer.verdict for sweep in sweeps for point in inside(sweep))}
    return (said.pop() if len(said) == 1 else "cannot_tell"), None


def inside(sweep: Sweep) -> tuple[SweepPoint, ...]:
    """Return the points that lie in the range of the evidence, rules that are no number included."""
    low, high = sweep.evidence
    return tuple(point for point in sweep.points if point.at is None or low <= point.at <= high)
