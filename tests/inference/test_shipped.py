"""The shipped ensemble is what the model makes of it; what these years can't teach was not learned."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from sim.figures import Labels, Setting
from sim.figures import validation_tables as tables
from sim.figures.validation import figure_data, forecast_beside_observed
from sim.inference import keeping
from sim.inference.calibration import prior_values
from sim.inference.forecast import Forecast, changes, score, stale
from sim.inference.sensitivity import Input
from sim.parameters import load_library
from sim.parameters.ensembles import FORECAST, RECORD, Kept, read_ensemble, read_numbers, read_record
from sim.parameters.studies import Study, read_study
from sim.places import PARAMETERS
from sim.words import Words

HOME = PARAMETERS / "ensembles" / "history"
KEPT = read_ensemble(HOME)
FOUND = Forecast(*read_numbers(HOME / FORECAST))


@cache
def study() -> Study:
    return read_study(HOME, load_library())


def redrawn(draws: list[int]) -> None:
    moved = stale(study(), KEPT, FOUND, draws)
    assert not moved, (
        f"Draws {moved} of the shipped ensemble no longer give what was recorded: the model or its numbers "
        "have changed. Make it anew (`jobbtorg calibrate parameters/ensembles/history`, about twenty "
        "minutes), then `python -m tests.house.history`; read what moved, and say so in CHANGELOG.md."
    )


def test_a_draw_run_again_gives_what_was_recorded() -> None:
    redrawn([0])


@pytest.mark.long
def test_draws_all_over_the_ensemble_run_again_give_what_was_recorded() -> None:
    redrawn([1, len(KEPT.ensemble) // 2, len(KEPT.ensemble) - 1])


def test_there_are_enough_draws_and_each_agrees_with_every_target() -> None:
    low, high = np.array([target.accepted for target in study().calibrate]).T
    assert len(KEPT.ensemble) >= 200
    assert KEPT.targets == tuple(target.key for target in study().calibrate)
    assert ((KEPT.fit >= low) & (KEPT.fit <= high)).all()
    assert len(set(KEPT.runs.tolist())) == len(KEPT.runs)


def test_it_was_made_from_the_study_as_it_stands() -> None:
    assert KEPT.facts["seed"] == study().seed
    assert KEPT.facts["prior_digest"] == study().prior_digest
    assert KEPT.facts["targets_digest"] == study().targets.digest
    assert KEPT.facts["command"].startswith("jobbtorg calibrate")


def test_what_may_not_be_learned_has_its_prior_to_the_bit() -> None:
    """Above all the caseload's elasticity: mandate, cycle, needs and definitions moved with the trend."""
    before, learned = prior_values(study()), set(study().learn)
    kept = [d for d in study().dimensions if d.name not in learned]
    assert {d.name for d in kept if d.key == "exits.elasticity"} == {
        d.name for d in study().dimensions if d.key == "exits.elasticity"
    }
    assert len([d for d in kept if d.key == "exits.elasticity"]) >= 3
    for place, dimension in enumerate(study().dimensions):
        if dimension.name not in learned:
            assert np.array_equal(before[:, place], KEPT.ensemble.column(dimension.name)), dimension.name


def test_the_frozen_forecast_stands() -> None:
    record = keeping.record_of(read_record(HOME / RECORD))
    assert changes(record, study().targets, KEPT, FOUND) == ()
    assert FOUND.found.shape[0] == len(KEPT.ensemble)


def test_synthetic_cities_are_many_and_cover_as_promised() -> None:
    """At every level: 99 % of exact procedures come to `expected_low`, so of 66 cells one may lie below."""
    rows = keeping.read_rows(HOME / keeping.SYNTHETIC)
    assert {int(row["cities"]) for row in rows} == {120}
    assert {float(row["level"]) for row in rows} == {0.50, 0.80, 0.95}
    short = [row for row in rows if float(row["held"]) < float(row["expected_low"])]
    assert len(short) <= 1, short


def test_nothing_in_it_tells_of_the_machine_that_made_it() -> None:
    for path in HOME.iterdir():
        text = path.read_text(encoding="utf-8")
        assert "/tmp" not in text and "/work" not in text and "/home" not in text, path
    assert sum(path.stat().st_size for path in HOME.iterdir()) < 1_500_000


@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_table_is_told_in_words(language: str) -> None:
    words, library = Words(language), load_library()
    kept: Kept = KEPT
    passports = library.passports
    labels = Labels(
        words,
        tuple(Input(d, passports[d.key].kind, passports[d.key].grade) for d in kept.ensemble.dimensions),
    )
    learned = [str(name) for name in kept.facts["learned"]]
    record = keeping.record_of(read_record(HOME / RECORD))
    scores = score(record, study().targets, FOUND)
    told = [
        tables.scores_told(words, scores, len(kept.ensemble), "history"),
        tables.learned_told(words, kept.ensemble, learned, labels),
        tables.trade_offs_told(words, kept.ensemble, learned, labels),
        tables.coverage_told(words, keeping.read_rows(HOME / keeping.SYNTHETIC), labels),
        tables.explained_told(words, keeping.read_rows(HOME / keeping.EXPLAINED)),
        tables.placebo_told(words, keeping.read_rows(HOME / keeping.PLACEBO)),
    ]
    for table in told:
        assert table.rows and table.note
        assert all(len(row) == len(table.columns) for row in table.rows)
    missed = [item for item in scores if item.target.role == "hold-out" and not item.holds[0.95]]
    figure = forecast_beside_observed(figure_data(scores, FOUND), Setting(words))
    for item in missed:  # a miss is published as a miss
        assert str(item.target.last[:4]) in figure.title
