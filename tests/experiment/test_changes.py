import numpy as np
import pytest

from sim.experiment.changes import ParameterChange, changes, parameter_changes
from sim.experiment.output import write_results
from sim.experiment.run import run_scenarios
from sim.parameters import load_library
from tests.experiment.test_reproduce import a_record

LIBRARY = load_library()
END = "period.end=2008-04-30"


def canonical(*settings: str, name: str = "plan-2008"):
    return LIBRARY.resolve(name, settings).scenario.canonical()["values"]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Make a folder of results: name, settings, runs, seed."""
    home = tmp_path_factory.mktemp("changes")

    def write(name: str, *settings: str, runs: int = 2, seed: int = 5):
        resolved = LIBRARY.resolve(name, (END, *settings))
        results = run_scenarios([resolved.scenario], runs, seed, jobs=1)
        return write_results(home / str(len(list(home.iterdir()))), results, a_record(resolved))

    return write


def test_a_number_a_row_and_a_date_are_each_one_change():
    found = parameter_changes(
        canonical(),
        canonical("people.no_show=0.31", "exits.hazard[near]=0.2", name="history-2008-2018"),
    )
    by_place = {(item.key, item.where): (item.before, item.after) for item in found}
    assert by_place["people.no_show", ""] == (0.3, 0.31)
    before, after = by_place["exits.hazard", "near"]
    assert (before, after) == (0.15, 0.2) or after == 0.2
    assert by_place["period.end", ""] == ("2010-12-31", "2018-12-31")
    dated = [item for item in by_place if item[0] == "people.inflow_needs_share"]
    assert any(where.startswith("20") for _, where in dated)


def test_equal_values_have_no_change():
    assert list(parameter_changes(canonical(), canonical())) == []


def test_a_parameter_that_only_one_has_is_told_with_nothing_on_the_other_side():
    before = {"people.no_show": 0.3}
    assert list(parameter_changes(before, {})) == [ParameterChange("people.no_show", "", 0.3, None)]


def test_the_same_folder_has_no_change(written):
    folder = written("plan-2008")
    assert changes(folder, folder).same


def test_a_changed_parameter_and_what_it_moves(written):
    found = changes(written("plan-2008"), written("plan-2008", "people.no_show=0.5"))
    assert found.paired
    assert (found.made, found.libraries) == ((), ())
    (scenario,) = found.scenarios
    assert scenario.parameters == (ParameterChange("people.no_show", "", 0.3, 0.5),)
    figures = {figure.measure.key: figure for figure in scenario.figures}
    no_shows = figures["no_shows"]
    assert no_shows.difference is not None
    assert no_shows.difference.verdict == "higher"
    assert no_shows.after - no_shows.before == pytest.approx(no_shows.difference.mean)
    assert "posts" not in figures  # given, so nobody's staying away moves them
    assert scenario.same_figures > 0


def test_where_runs_differ_in_number_those_that_both_hold_are_compared(written):
    found = changes(written("plan-2008", runs=2), written("plan-2008", runs=3))
    assert [made.what for made in found.made] == ["runs"]
    assert found.runs == 2
    (scenario,) = found.scenarios
    assert (scenario.parameters, scenario.figures) == ((), ())
    assert not found.same


def test_where_seeds_differ_there_is_no_verdict(written):
    found = changes(written("plan-2008", seed=5), written("plan-2008", seed=6))
    assert not found.paired
    (scenario,) = found.scenarios
    assert scenario.figures
    assert all(figure.difference is None for figure in scenario.figures)
    assert all(np.isfinite([figure.before, figure.after]).all() for figure in scenario.figures)


def test_lone_scenarios_of_other_names_are_set_side_by_side(written):
    found = changes(written("plan-2008"), written("caseload-40"))
    (scenario,) = found.scenarios
    assert (scenario.before, scenario.after) == ("plan-2008", "caseload-40")
    assert {item.key for item in scenario.parameters} == {"levers.caseload_norm", "levers.staffing_mode"}
