"""A tornado and shares of a spread say what they know, and no more."""

from __future__ import annotations

import numpy as np
import pytest

from sim.experiment.differences import paired_difference
from sim.figures import Labels, Setting, shares_data, sobol, tornado, tornado_data
from sim.figures.sensitivity import NAMED_ROWS
from sim.inference.sensitivity import Bar, Input, Shares, Tornado
from sim.inference.sobol import Indices
from sim.parameters.uncertain import Dimension
from sim.words import Name, Words

LANGUAGES = ("sv", "en")


def pace(needs: str) -> Input:
    name = f"exits.hazard[{needs}]"
    return Input(Dimension(name, "exits.hazard", 0.1, 0.2, 0.3, rows=((needs,),), how="move"), "study", "low")


NEAR, COMPOUND = pace("near"), pace("compound")
RENT = Input(Dimension("costs.pay_growth", "costs.pay_growth", 0.0, 0.1, 0.2), "assumption", "none")
INPUTS = (NEAR, COMPOUND, RENT)


def answer(mean: float, spread: float = 0.1):
    found = paired_difference(np.zeros(4), mean + spread * np.array([-1.5, -0.5, 0.5, 1.5]))
    assert found is not None
    return found


def bar(entry: Input, low: float, high: float, spread: float = 0.1) -> Bar:
    return Bar(entry, answer(low, spread), answer(high, spread), answer(high - low, spread))


def about(words: Words) -> dict[str, object]:
    return {
        "measure": Name("Nettokostnad"),
        "base": Name("planen"),
        "other": Name("förslaget"),
        "period": words.period("2008"),
    }


def drawn(bars: tuple[Bar, ...], language: str = "en", central: float = -10.0):
    words = Words(language)
    found = Tornado("net_cost", "total", answer(central), bars)
    labels = Labels(words, INPUTS)
    return tornado(tornado_data(found, labels, "MSEK", **about(words)), Setting(words))


def plain(text: str) -> str:
    return text.replace("\xa0", " ")


def test_the_title_says_what_turns_the_answer():
    found = drawn((bar(NEAR, -30.0, -5.0), bar(COMPOUND, -14.0, 3.0)))
    title = "Pace of leaving: compound needs alone turns the answer: from −14.0 MSEK to +3.00 MSEK"
    assert plain(found.title) == title


def test_the_title_says_that_nothing_turns_it_only_where_every_end_is_sure():
    sure = drawn((bar(NEAR, -30.0, -5.0), bar(COMPOUND, -14.0, -8.0)))
    assert sure.title.endswith("no single input turns it")
    open_ = drawn((bar(NEAR, -30.0, -5.0), bar(COMPOUND, -14.0, 0.05)))
    assert open_.title.endswith("cannot be told yet")
    assert drawn((bar(RENT, -10.0, -9.9, 5.0),)).title == "No single input surely moves the answer"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_moves_nothing_is_left_out_and_the_rest_is_said(language):
    still = Bar(RENT, answer(-10.0), answer(-10.0), answer(0.0, 0.0))
    found = drawn((bar(NEAR, -30.0, -5.0), still), language)
    assert list(found.data["input"]) == [NEAR.name]
    assert f'aria-label="{found.alternative_text}"' in found.svg
    kind = Words(language).raw("report.assumptions.kinds.study")
    assert kind in found.alternative_text
    assert drawn((), language).data.empty


def shared(first, total, half, language="en"):
    words = Words(language)
    names = (NEAR.name, RENT.name, "rest", "structure", "chance")
    halves = np.full(5, half)
    indices = Indices(names, np.array(first), halves, np.array(total), halves, 0.9, -10.0, 2.0, 70)
    labels = Labels(words, INPUTS)
    found = Shares("net_cost", "total", indices, names, 0.9)
    return sobol(shares_data(found, labels, **about(words)), Setting(words))


def test_the_largest_share_is_named_only_where_it_is_surely_largest():
    sure = shared([0.6, 0.1, 0.1, 0.1, 0.1], [0.6, 0.1, 0.1, 0.1, 0.1], 0.05)
    assert plain(sure.title).startswith("Pace of leaving: near the labour market makes most of the spread")
    open_ = shared([0.3, 0.25, 0.1, 0.1, 0.1], [0.3, 0.25, 0.1, 0.1, 0.1], 0.05)
    assert open_.title.startswith("Cannot tell yet which input")
    luck = shared([0.1, 0.1, 0.0, 0.1, 0.7], [0.1, 0.1, 0.0, 0.1, 0.7], 0.05)
    assert luck.title.startswith("Chance makes most")
    assert luck.data["input"].iloc[0] == "chance"
    assert shared([0.0] * 5, [0.0] * 5, 0.0).title == "Nothing moves the answer"


@pytest.mark.parametrize("language", LANGUAGES)
def test_shares_are_said_in_per_cent_with_their_intervals(language):
    found = shared([0.6, 0.1, 0.1, 0.1, 0.1], [0.7, 0.1, 0.1, 0.1, 0.1], 0.05, language)
    assert "60" in found.alternative_text
    assert "70" in found.alternative_text
    assert Words(language).raw("sensitivity.chance").lower() in found.alternative_text.lower()
    assert found.data["total_upper"].iloc[0] == pytest.approx(0.75)


def test_inputs_of_one_parameter_are_told_apart_by_their_rows():
    labels = Labels(Words("en"), INPUTS)
    assert labels.label(NEAR.name) == "Pace of leaving: near the labour market"
    assert labels.label(COMPOUND.name) == "Pace of leaving: compound needs"
    assert ":" not in labels.label(RENT.name)
    assert labels.evidence(RENT.name) == "assumption, support: none"
    assert labels.evidence("chance") == ""


def test_many_rows_are_counted_not_listed():
    rows = tuple((measure,) for measure in ("a", "b", "c", "d", "e", "f"))
    many = Input(Dimension("x", "measures.effect", 0.9, 1.0, 1.1, rows=rows), "assumption", "low")
    one = Input(Dimension("y", "measures.effect", 0.9, 1.0, 1.2, rows=(("g",),)), "assumption", "low")
    label = Labels(Words("en"), (many, one)).label("x")
    assert label.endswith(f"a, b, c and {len(rows) - NAMED_ROWS} more")
