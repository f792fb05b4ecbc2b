"""What is not known, as quantities: intervals over chance and all that is drawn, and what weighs how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.experiment.differences import Verdict
from sim.experiment.draws import DrawnResults, structured_difference
from sim.experiment.results import TOTAL
from sim.experiment.variance import Parts
from sim.explorer.runs import BASE, OTHER
from sim.words import Interval, Quantity, Trace, exact


@dataclass(frozen=True)
class Unknown:
    """A comparison over an ensemble.

    Attributes
    ----------
    headline : Quantity
        Its intervals hold 90 and 50 % of the worlds: chance, and what is not known.
    expected : Quantity
        The same mean; its interval holds 90 % of what the draws expect: what is not known, without chance.
    verdict : str
        Of what the draws expect.
    side : str
        ``higher`` or ``lower``: where most worlds lie.
    worlds : Quantity
        The share of worlds that lie there.
    parts : tuple of (str, Quantity)
        Shares of the variance of one world: of ``chance``, of ``parameters``, and of ``structure`` where the
        model is built in other ways too; empty when all worlds are alike.
    net : Quantity or None
    net_verdict : str
    years, lines : tuple of (str, Quantity)
        As the answer's, over worlds.
    draws, runs, ways : Quantity
        Draws, runs of each, and ways of building the model.
    ensemble : str
    """

    headline: Quantity
    expected: Quantity
    verdict: Verdict
    side: Verdict
    worlds: Quantity
    parts: tuple[tuple[str, Quantity], ...]
    net: Quantity | None
    net_verdict: Verdict
    years: tuple[tuple[str, Quantity], ...]
    lines: tuple[tuple[str, Quantity], ...]
    draws: Quantity
    runs: Quantity
    ways: Quantity
    ensemble: str

    @property
    def kind(self) -> str:
        """What its intervals cover beside chance, as keys of words have it."""
        return "unknown_structures" if self.ways.value > 1 else "unknown"


@dataclass(frozen=True)
class _Reader:
    """Reads differences over worlds, in one place."""

    built: Sequence[DrawnResults]
    centre: str
    segment: str
    levels: tuple[float, float]

    def parts(self, measure: str, period: str, level: float) -> Parts | None:
        return structured_difference(
            self.built, BASE, OTHER, measure, period, level, self.centre, self.segment
        )

    def quantity(self, measure: str, period: str = TOTAL) -> Quantity | None:
        wide, narrow = (self.parts(measure, period, level) for level in self.levels)
        if wide is None or narrow is None:
            return None
        return Quantity(
            wide.mean,
            self.unit(measure),
            self.trace(measure, period),
            Interval(wide.world_lower, wide.world_upper, wide.level),
            Interval(narrow.world_lower, narrow.world_upper, narrow.level),
        )

    def unit(self, measure: str) -> str:
        return next(str(one.unit) for one in self.built[0].measures if one.key == measure)

    def trace(self, measure: str, period: str = TOTAL) -> Trace:
        return Trace(measure, OTHER, BASE, period, self.centre, self.segment)

    def share_above(self, measure: str) -> float:
        """Return the share of worlds in which the other costs more."""
        at = (measure, TOTAL, self.centre, self.segment)
        each = np.array([results.cell(OTHER, *at) - results.cell(BASE, *at) for results in self.built])
        return float(np.mean(each[~np.isnan(each)] > 0.0))


def unknown(
    built: Sequence[DrawnResults],
    headline: str,
    lines: Mapping[str, str],
    levels: tuple[float, float],
    centre: str,
    segment: str,
) -> Unknown | None:
    """Return what worlds under draws say; None where too few of them define the headline.

    Parameters
    ----------
    built : sequence of DrawnResults
        One for each way of building the model.
    headline : str
        A measure.
    lines : mapping of str to str
        Measures of the lines of cost, and what they are called.
    levels : (float, float)
        Of the wide and the narrow interval.
    centre, segment : str
        Of which costs are told.
    """
    reader = _Reader(built, centre, segment, levels)
    wide, found = reader.parts(headline, TOTAL, levels[0]), reader.quantity(headline)
    if wide is None or found is None:
        return None
    above = reader.share_above(headline)
    trace = reader.trace(headline)
    net = reader.parts("net_cost", TOTAL, levels[0])
    results = built[0]
    years = [period.key for period in results.periods if period.kind == "year"]
    return Unknown(
        headline=found,
        expected=Quantity(wide.mean, found.unit, trace, Interval(wide.lower, wide.upper, wide.level)),
        verdict=wide.verdict,
        side="higher" if above >= 0.5 else "lower",
        # in whole per cents: no ensemble of this size knows more
        worlds=exact(round(max(above, 1.0 - above), 2), "share", trace),
        parts=tuple((source, exact(share, "share", trace)) for source, share in wide.shares),
        net=reader.quantity("net_cost"),
        net_verdict="cannot_tell" if net is None else net.verdict,
        years=tuple((year, one) for year in years if (one := reader.quantity("net_cost", year)) is not None),
        lines=tuple(
            (key, one) for key_of, key in lines.items() if (one := reader.quantity(key_of)) is not None
        ),
        draws=exact(float(results.draws), "draws", Trace(manifest="draws")),
        runs=exact(float(results.runs), "runs", Trace(manifest="runs")),
        ways=exact(float(len(built)), "number", Trace(manifest="ways")),
        ensemble=results.ensemble.name,
    )
