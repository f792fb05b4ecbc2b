import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from sim.experiment.differences import difference, differences, paired_difference, runs_needed, steadied
from sim.experiment.errors import ExperimentError
from sim.experiment.results import Results
from sim.experiment.statistics import t_quantile

numbers = st.floats(-1e6, 1e6, allow_nan=False)
series = st.integers(2, 40).flatmap(
    lambda runs: st.tuples(
        arrays(np.float64, runs, elements=numbers), arrays(np.float64, runs, elements=numbers)
    )
)


@given(series, st.floats(0.05, 0.99))
def test_verdict_says_on_which_side_of_zero_the_interval_lies(pair, level):
    found = paired_difference(*pair, level)
    assert found.lower <= found.mean <= found.upper
    assert (found.verdict == "lower") == (found.upper < 0)
    assert (found.verdict == "higher") == (found.lower > 0)
    assert (found.verdict == "cannot_tell") == (found.lower <= 0 <= found.upper)


@given(series)
def test_exchanging_the_scenarios_turns_the_verdict_round(pair):
    base, other = pair
    there, back = paired_difference(base, other), paired_difference(other, base)
    assert there.mean == -back.mean
    turned = {"lower": "higher", "higher": "lower", "cannot_tell": "cannot_tell"}
    assert turned[there.verdict] == back.verdict


@given(series)
def test_more_runs_are_asked_for_only_when_the_question_is_open(pair):
    found = paired_difference(*pair)
    if found.verdict == "cannot_tell":
        assert (found.runs_needed is None) == found.beyond_maximum
        assert found.more_runs > 0
        if found.runs_needed is not None:
            assert found.runs_needed > found.runs
    else:
        assert found.runs_needed is None
        assert not found.beyond_maximum
        assert found.more_runs == 0


@given(series)
def test_a_wider_interval_never_settles_what_a_narrower_leaves_open(pair):
    narrow, wide = paired_difference(*pair, level=0.5), paired_difference(*pair, level=0.9)
    if narrow.verdict == "cannot_tell":
        assert wide.verdict == "cannot_tell"
    assert wide.interval(0.5) == pytest.approx((narrow.lower, narrow.upper))


@given(
    st.floats(-100, 100, allow_subnormal=False).filter(lambda mean: abs(mean) > 1e-3),
    st.floats(0.0, 50.0),
    st.sampled_from([0.5, 0.9, 0.95]),
)
def test_runs_needed_is_the_first_number_that_settles(mean, sd, level):
    def half(runs):
        return t_quantile(level, runs - 1) * sd / math.sqrt(runs)

    needed = runs_needed(mean, sd, level, runs_maximum=5000)
    if needed is None:
        assert half(5000) >= abs(mean)
    else:
        assert half(needed) < abs(mean)
        assert needed == 2 or half(needed - 1) >= abs(mean)


def test_runs_needed_approaches_the_normal_formula():
    # For many runs: n = (z·sd/mean)², z = 1.645 at 90 %.
    assert runs_needed(1.0, 20.0, 0.90) == pytest.approx((1.6449 * 20) ** 2, rel=0.005)


def test_too_many_runs_to_be_worth_it_is_said_as_data():
    rng = np.random.default_rng(3)
    base = rng.normal(size=20)
    noise = rng.normal(size=20)
    found = paired_difference(base, base + noise - noise.mean() + 1e-6)
    assert found.verdict == "cannot_tell"
    assert found.beyond_maximum
    assert found.runs_needed is None
    assert found.more_runs == found.runs_maximum - 20


def test_the_same_in_every_run_is_no_difference_and_says_so():
    values = np.random.default_rng(4).normal(size=10)
    found = paired_difference(values, values)
    assert found.identical
    assert found.verdict == "cannot_tell"
    assert (found.mean, found.lower, found.upper, found.sd) == (0.0, 0.0, 0.0, 0.0)
    assert found.pairing_gain is None


def test_the_same_shift_in_every_run_is_settled_at_once():
    found = paired_difference(np.array([5.0, 7.0]), np.array([4.0, 6.0]))
    assert (found.verdict, found.mean, found.lower, found.upper) == ("lower", -1.0, -1.0, -1.0)


def test_pairing_gain_is_the_ratio_of_variances():
    rng = np.random.default_rng(5)
    shared = rng.normal(0, 10, 4000)
    base, other = shared + rng.normal(0, 1, 4000), shared + rng.normal(0, 1, 4000)
    # Independent runs: 101 + 101; paired: 1 + 1.
    assert paired_difference(base, other).pairing_gain == pytest.approx(101, rel=0.1)
    apart = paired_difference(rng.normal(size=4000), rng.normal(size=4000))
    assert apart.pairing_gain == pytest.approx(1, rel=0.1)


@given(series, st.floats(0.05, 0.99))
def test_interval_is_that_of_the_paired_t_test(pair, level):
    base, other = pair
    found = paired_difference(base, other, level)
    each = other - base
    half = stats.t.ppf((1 + level) / 2, len(each) - 1) * each.std(ddof=1) / len(each) ** 0.5
    expected = (each.mean() - half, each.mean() + half)
    assert (found.lower, found.upper) == pytest.approx(expected, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("level", [0.5, 0.9])
def test_coverage_of_paired_differences(level):
    worlds, runs, true = 4000, 12, 0.7
    rng = np.random.default_rng(6)
    shared = rng.normal(0, 10, (worlds, runs))
    base = shared + rng.normal(0, 1, (worlds, runs))
    other = shared + true + rng.normal(0, 1, (worlds, runs))
    found = [paired_difference(b, o, level) for b, o in zip(base, other, strict=True)]
    covered = np.mean([d.lower <= true <= d.upper for d in found])
    assert abs(covered - level) <= 4 * math.sqrt(level * (1 - level) / worlds)


def test_only_runs_that_both_define_count():
    nan = math.nan
    found = paired_difference(np.array([1.0, nan, 3.0, 4.0]), np.array([2.0, 5.0, nan, 6.0]))
    assert (found.runs, found.mean) == (2, 1.5)
    assert paired_difference(np.array([1.0, nan]), np.array([1.0, 2.0])) is None


class _Named:
    def __init__(self, key):
        self.key = key


def _results(values):
    return Results(
        names=("base", "other"),
        values=values,
        measures=(_Named("wait"), _Named("cost")),
        periods=(_Named("2008"), _Named("total")),
        centres=("jarva", "all"),
        segments=("near", "all"),
        seed=1,
    )


def test_cells_are_found_by_name():
    values = np.random.default_rng(7).normal(size=(2, 6, 2, 2, 2, 2))
    results = _results(values)
    found = difference(results, "base", "other", "cost", period="2008", centre="jarva", segment="near")
    expected = values[1, :, 1, 0, 0, 0] - values[0, :, 1, 0, 0, 0]
    assert found.mean == pytest.approx(expected.mean())
    everything = list(differences(results, "base", ["other"]))
    assert len(everything) == 16
    some = list(differences(results, "base", ["other"], ["cost"], ["total"], ["all"], ["all"]))
    assert len(some) == 1
    assert (some[0][0].measure, some[0][0].period) == ("cost", "total")


def test_an_unknown_cell_lists_the_known_ones():
    results = _results(np.zeros((2, 3, 2, 2, 2, 2)))
    with pytest.raises(ExperimentError, match=r"no measure waits .* wait, cost"):
        difference(results, "base", "other", "waits")
    with pytest.raises(ExperimentError, match="no scenario plan"):
        difference(results, "plan", "other", "wait")


def test_a_cell_that_is_not_defined_has_no_difference():
    values = np.zeros((2, 3, 2, 2, 2, 2))
    values[:, :, 0, 0] = math.nan
    results = _results(values)
    with pytest.raises(ExperimentError, match="wait is not defined for 2008"):
        difference(results, "base", "other", "wait", period="2008")
    assert len(list(differences(results, "base", ["other"], ["wait"]))) == 4


def test_summary_keeps_undefined_cells_apart():
    values = np.ones((2, 3, 2, 2, 2, 2))
    values[0, :, 0, 0, 0, 0] = math.nan
    summary = _results(values).summary(0.9)
    assert math.isnan(summary.mean[0, 0, 0, 0, 0])
    assert summary.runs[0, 0, 0, 0, 0] == 0
    assert summary.mean[1, 0, 0, 0, 0] == 1.0


def test_the_last_bits_of_a_sum_are_no_difference() -> None:
    """The same amounts added up in another order: no verdict comes from rounding."""
    amounts = np.random.default_rng(1).uniform(1.0, 9.0, (30, 50))
    base, other = (np.array([sum(run) for run in runs]) for runs in (amounts, amounts[:, ::-1]))
    assert (base != other).any()
    found = paired_difference(base, other)
    assert found is not None
    assert found.identical
    assert paired_difference(base, base * (1.0 + 1e-9)).verdict == "higher"


def worlds(chance, correlation, few=24, many=64):
    """Differences of a new change in few runs, of its neighbour in many, and the new change's in all."""
    shared, own = chance.normal(size=(2, many))
    new = 3.0 + 2.0 * (correlation * shared + math.sqrt(1.0 - correlation**2) * own)
    return new[:few], 1.0 + shared, new


@pytest.mark.parametrize("correlation", [0.0, 0.7, 0.95])
@pytest.mark.parametrize("few", [8, 24])
def test_a_steadied_interval_covers_as_often_as_it_says(correlation, few):
    chance = np.random.default_rng(3)
    tries, inside, widths = 1000, 0, []
    for _ in range(tries):
        new, control, all_of_it = worlds(chance, correlation, few)
        found = paired_difference(np.zeros(few), new, control=control)
        inside += found.lower <= 3.0 <= found.upper
        whole = paired_difference(np.zeros(64), all_of_it)
        widths.append((found.upper - found.lower) / (whole.upper - whole.lower))
    # three standard errors of a share of 0.9, and a degree of freedom that is spent on the neighbour
    assert inside / tries > 0.9 - 3.0 * math.sqrt(0.09 / tries) - (0.01 if few == 8 else 0.0)
    error = math.sqrt(correlation**2 / 64 + (1.0 - correlation**2) / few)
    expected = error * t_quantile(0.9, few - 1) / (t_quantile(0.9, 63) / 8.0)
    assert np.median(widths) == pytest.approx(expected, rel=0.08)


def test_what_a_neighbour_cannot_steady_stays_as_it_is():
    each = np.arange(9.0)
    assert steadied(each, np.ones(64)) is None
    assert steadied(each, np.arange(9.0)) is None
    assert steadied(each[:4], np.arange(64.0)) is None
    assert steadied(each, np.full(64, np.nan)) is None


def test_a_neighbour_that_is_the_same_gives_what_its_runs_give():
    control = np.random.default_rng(1).normal(size=64)
    mean, sd = steadied(2.0 * control[:24] + 1.0, control)
    assert mean == pytest.approx(2.0 * control.mean() + 1.0)
    assert sd / math.sqrt(24) == pytest.approx(2.0 * control.std(ddof=1) / 8.0)
