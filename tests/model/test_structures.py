"""Every structural alternative moves a result where it is asked about; codes of the flow have their words."""

from __future__ import annotations

import numpy as np
import pytest

from sim.figures import style
from sim.flow import EndedBy, Stage
from sim.parameters import structural_alternatives
from sim.words import Words
from tests.model.city import cube, library

ALTERNATIVES = [alternative.name for alternative in structural_alternatives(library())]
QUESTION = {
    # more cases than slots, so that people wait and a cap binds
    "waiting-pace-0": ("staff.factor=0.8",),
    "waiting-pace-half": ("staff.factor=0.8",),
    "no-headroom": ("staff.factor=0.9",),
    "premises-marginal": ("staff.factor=0.9",),
    "saturation-30": ("levers.staffing_mode=follows", "levers.caseload_norm=20"),
    "release-on-cut": ("staff.factor={2008-01-01: 1, 2008-04-01: 0.7}",),
}
"""Where the plan of 2008 itself does not put the question."""


@pytest.mark.parametrize("name", ALTERNATIVES)
def test_it_moves_a_result(name: str) -> None:
    settings = ("period.end=2008-06-30", *QUESTION.get(name, ()))
    plain, other = (
        cube(library().resolve(asked, settings).scenario) for asked in ("plan-2008", f"plan-2008+{name}")
    )
    net = [measure.key for measure in plain.measures].index("net_cost")
    assert not np.array_equal(plain.values[net], other.values[net], equal_nan=True)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_stage_and_every_end_of_one_has_a_word(language: str) -> None:
    words = Words(language)
    for stage in Stage:
        assert words.has(f"person.stages.{stage.name.lower()}")
    for end in EndedBy:
        assert words.has(f"person.ended_by.{end.name.lower()}")


def test_every_stage_that_lasts_can_be_drawn() -> None:
    assert [stage.name.lower() for stage in Stage if stage != Stage.REFERRED] == list(style.STAGES)
