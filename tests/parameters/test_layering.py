from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.parameters import InputErrors, load_library

CENTRES, ROLES = ("north", "south"), ("coach", "adviser", "clerk")


def posts(resolved):
    return resolved.scenario.dated_array("staff.posts", CENTRES, ROLES)


def test_base_values_have_a_name(small):
    base = small.resolve("base")
    assert set(base.marks.values()) == {"base"}
    assert base.scenario.number("people.no_show") == 0.3


def test_an_overlay_lies_on_its_baselines(small, overlay):
    norm = small.resolve("norm-40")
    assert norm.marks["staff.mode"] == "plan"
    assert norm.marks["staff.norm"] == "norm-40"
    assert norm.marks["people.no_show"] == "base"
    assert norm.scenario.name == "norm-40"
    path = overlay("staff.mode: follows").rename(overlay("staff.mode: follows").with_name("mine.yaml"))
    assert small.resolve(path).scenario.name == "mine"
    assert small.resolve(str(path)).marks["staff.mode"] == "mine"


def test_overlays_stack(small, overlay):
    path = overlay("staff.norm: 60\npeople.no_show: 0.2", name="b")
    both = small.resolve(f"norm-40+{path}")
    assert both.scenario.name == "norm-40+b"
    assert both.scenario.series("staff.norm").tolist() == [60.0] * 24
    assert both.scenario.number("people.no_show") == 0.2
    assert posts(both)[6, 0, 0] == 11.0
    assert both.marks["staff.norm"] == "b"
    assert both.marks["staff.posts"] == "norm-40"
    # the other way round the overlay with a date lies on top
    other = small.resolve(f"{path}+norm-40")
    assert other.scenario.series("staff.norm").tolist() == [60.0] * 6 + [40.0] * 18


def test_a_stacked_overlay_leaves_its_own_baseline_alone(copy, small):
    scenarios = copy / "scenarios"
    text = (scenarios / "half.yaml").read_text(encoding="utf-8")
    (scenarios / "top.yaml").write_text(text.replace("baseline: plan", "baseline: norm-40"), encoding="utf-8")
    library = load_library(copy)
    assert library.resolve("top").scenario.series("staff.norm")[-1] == 40.0
    assert library.resolve("plan+top").scenario.series("staff.norm")[-1] == 50.0


def test_before_its_date_an_overlay_changes_nothing(small):
    plan, norm = small.resolve("plan"), small.resolve("norm-40")
    assert norm.scenario.series("staff.norm").tolist() == [50.0] * 6 + [40.0] * 18
    assert np.array_equal(posts(norm)[:6], posts(plan)[:6])
    # both centres' coaches from July, also in the rows that hold from January 2009; nobody else
    assert (posts(norm)[6:, :, 0] == 11.0).all()
    assert np.array_equal(posts(norm)[..., 1:], posts(plan)[..., 1:])
    assert norm.marks["staff.norm[2008-07-01]"] == "norm-40"
    assert norm.marks["staff.posts[2008-07-01,north,coach]"] == "norm-40"
    assert norm.marks["staff.posts[2008-07-01,north,adviser]"] == "base"


def test_a_dated_value_from_a_date(small, overlay):
    path = overlay("staff.norm:\n  2008-09-01: 45\n  2009-01-01: 40", extra="from: 2008-07-01\n")
    assert small.resolve(path).scenario.series("staff.norm").tolist() == [50.0] * 8 + [45.0] * 4 + [40.0] * 12


def test_a_whole_table_from_a_date(small, overlay):
    path = overlay("staff.posts:\n  - {centre: north, role: clerk, value: 3}", extra="from: 2008-07-01\n")
    found = posts(small.resolve(path))
    assert np.array_equal(found[:6], posts(small.resolve("plan"))[:6])
    assert (found[6:] == [[0, 0, 3], [0, 0, 0]]).all()


def test_rows_are_added_from_a_date(small, overlay):
    path = overlay(
        "staff.posts:\n  add: [{centre: north, role: clerk, value: 3}]", extra="from: 2008-07-01\n"
    )
    found, plan = posts(small.resolve(path)), posts(small.resolve("plan"))
    assert found[6].tolist() == [[10, 2, 3], [5, 0, 0]]
    assert np.array_equal(found[:6], plan[:6])


def test_a_cell_that_is_missing_as_zero_can_be_set(small):
    found = posts(small.resolve("plan", ("staff.posts[south,clerk]=2",)))
    assert (found[:, 1, 2] == 2.0).all()


def test_a_table_is_replaced_by_a_file(small, overlay, tmp_path):
    (tmp_path / "cost.csv").write_text("centre,value\nnorth,1\nsouth,2\n", encoding="utf-8")
    resolved = small.resolve(overlay("staff.cost: {file: cost.csv}"))
    assert resolved.scenario.array("staff.cost", CENTRES).tolist() == [1.0, 2.0]
    assert resolved.marks["staff.cost"] == "try"


def test_a_table_of_an_overlay_keeps_the_range_of_evidence(small, overlay):
    path = overlay("exits.hazard: [{needs: near, value: 0.2}, {needs: far, value: 0.2}]")
    resolved = small.resolve(path)
    assert resolved.scenario.table("exits.hazard").by_key("upper") == {"near": 0.45, "far": 0.055}
    assert resolved.outside_evidence == ("exits.hazard[far]",)


def test_settings_lie_on_top(small):
    settings = ("staff.norm = 45", "exits.hazard[ near ]=0.2", "staff.mode=follows", "period.end=2008-12-31")
    resolved = small.resolve("norm-40", settings)
    scenario = resolved.scenario
    assert scenario.months == 12
    assert scenario.series("staff.norm").tolist() == [45.0] * 12
    assert scenario.array("exits.hazard", ("near", "far")).tolist() == [0.2, 0.03]
    assert scenario.texts("staff.mode") == ("follows",) * 12
    assert resolved.marks["staff.norm"] == "--set"
    assert resolved.marks["exits.hazard[near]"] == "--set"
    assert resolved.marks["exits.hazard[far]"] == "base"
    assert small.resolve("plan", ("staff.norm=45", "staff.norm=46")).scenario.series("staff.norm")[0] == 46.0


def test_a_setting_may_be_dated(small):
    scenario = small.resolve("plan", ("staff.norm={2008-01-01: 50, 2009-01-01: 40}",)).scenario
    assert scenario.series("staff.norm").tolist() == [50.0] * 12 + [40.0] * 12


def test_all_faults_of_settings_are_told_by_their_number(small):
    with pytest.raises(InputErrors) as caught:
        small.resolve(
            "plan", ("staff.norm", "staff.nrm=4", "staff.norm=4000", "staff.norm=x", "staff.norm=40")
        )
    told = [(problem.file, problem.line, problem.rule) for problem in caught.value.problems]
    assert told == [
        ("--set", 1, "bad-setting"),
        ("--set", 2, "unknown-key"),
        ("--set", 3, "outside-allowed"),
        ("--set", 4, "number-expected"),
    ]


def test_a_value_outside_evidence_is_kept_and_told(small):
    resolved = small.resolve("plan", ("staff.norm=30", "exits.hazard[far]=0.2"))
    assert resolved.scenario.series("staff.norm")[0] == 30.0
    assert {(item.key, item.rule) for item in resolved.warnings} == {
        ("staff.norm", "outside-evidence"),
        ("exits.hazard[far]", "outside-evidence"),
    }


def test_a_value_that_a_higher_layer_makes_idle_is_no_fault(small):
    assert small.resolve("half").warnings == ()
    warned = small.resolve(
        "half", ("levers.outsourcing_basis=places", "levers.outsourcing_share=0.4")
    ).warnings
    assert [item.rule for item in warned] == ["no-effect"]


selections = st.tuples(st.sampled_from(("*", *CENTRES)), st.sampled_from(("*", "coach", "adviser")))


@given(st.lists(st.tuples(selections, st.integers(0, 90)), max_size=5))
def test_selectors_set_what_they_select_and_nothing_else(small, wanted):
    settings = [f"staff.posts[{centre},{role}]={value}" for (centre, role), value in wanted]
    expected = posts(small.resolve("plan")).copy()
    there = expected > 0
    for (centre, role), value in wanted:
        for c, name in enumerate(CENTRES):
            for r, other in enumerate(ROLES):
                if centre in ("*", name) and role in ("*", other):
                    # a star selects the rows that there are; a name makes its row
                    named = (centre, role) == (name, other)
                    mask = np.ones(24, bool) if named else there[:, c, r]
                    expected[mask, c, r] = value
                    there[mask, c, r] = True
    assert np.array_equal(posts(small.resolve("plan", settings)), expected)


@given(st.integers(0, 23), st.integers(0, 23), st.integers(1, 1000), st.integers(1, 1000))
def test_series_before_a_policy_are_identical(small, tmp_path_factory, first, second, low, high):
    folder = tmp_path_factory.mktemp("policy")
    layers = []
    for name, month, value in (("a", first, low), ("b", second, high)):
        since = date(2008 + month // 12, month % 12 + 1, 1)
        path = folder / f"{name}.yaml"
        path.write_text(
            f"title: t\nauthor: a\ndate: 2026-11-21\nbaseline: ''\nschema: 1\nfrom: {since}\nset:\n"
            f"  staff.norm: {value}\n  staff.posts[north,coach]: {value % 100}\n",
            encoding="utf-8",
        )
        layers.append(str(path))
    below, both = small.resolve(layers[0]), small.resolve("+".join(layers))
    series = both.scenario.series("staff.norm")
    assert np.array_equal(series[:second], below.scenario.series("staff.norm")[:second])
    assert (series[second:] == high).all()
    assert np.array_equal(posts(both)[:second], posts(below)[:second])
    assert (posts(both)[second:, 0, 0] == high % 100).all()


def test_a_run_may_be_cut_short_of_a_step(small, overlay):
    path = overlay("staff.norm: {2008-01-01: 50, 2009-01-01: 40}")
    cut = small.resolve(path, ("period.end=2008-12-31",))
    assert cut.warnings == ()
    assert cut.scenario.series("staff.norm").tolist() == [50.0] * 12
