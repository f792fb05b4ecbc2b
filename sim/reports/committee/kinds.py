"""The kinds of report: what each runs, and what its own part says. A template names its kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sim.parameters import Library
from sim.reports.blocks import Block
from sim.reports.committee import motion, options, tertial
from sim.reports.committee.naming import Namer
from sim.reports.committee.study import Study
from sim.reports.spec import ReportSpec


@dataclass(frozen=True)
class Kind:
    """A kind of report.

    Attributes
    ----------
    study : callable
        From parameters and what is asked to what is run; raises `ReportError` where the kind can't use the
        scenarios, without running anything.
    blocks : callable
        Page one, and what follows before the assumptions.
    """

    study: Callable[[Library, ReportSpec], Study]
    blocks: Callable[[Namer], tuple[tuple[Block, ...], tuple[Block, ...]]]


KINDS = {
    "options": Kind(options.study, options.blocks),
    "tertial": Kind(tertial.study, tertial.blocks),
    "motion": Kind(motion.study, motion.blocks),
}
