"""Sweeps: points as the file says, one tidy table, levers in one world and uncertainties in both."""

import csv
from datetime import UTC, datetime

import numpy as np
import pyarrow.parquet as pq
import pytest

from sim.experiment import run as running
from sim.experiment.differences import paired_difference
from sim.experiment.errors import ExperimentError
from sim.experiment.folder import MANIFEST, Making
from sim.experiment.run import run_scenarios
from sim.experiment.store import Store
from sim.experiment.sweep import COLUMNS, check_asked, design_points, run_sweep
from sim.experiment.sweep_output import CSV, KIND, PARQUET, write_sweep
from sim.parameters import InputErrors, read_sweep

HEAD = (
    'title: "A sweep"\nauthor: me\ndate: 2026-11-22\nschema: 1\nbaseline: caseload-50\n'
    "settings: {period.end: 2008-04-30}\nruns: 3\nseed: 7\n"
)
GRID = (
    "design: grid\nover:\n  levers.caseload_norm: [40, 50]\n  exits.cycle_elasticity: [0.1, 0.2]\n"
    "measures: [net_cost, exits_work]\nperiods: [2008-02, total]\nsegments: [near, all]\n"
)


@pytest.fixture
def read(library, tmp_path):
    def of(text: str):
        path = tmp_path / "mine.yaml"
        path.write_text(HEAD + text, encoding="utf-8")
        return read_sweep(path, library)

    return of


@pytest.fixture
def resolve(library):
    return lambda name, settings: library.resolve(name, settings).scenario


@pytest.fixture
def making() -> Making:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    return Making(("jobbtorg",), "s" * 64, now, now)


@pytest.fixture
def grid(read):
    return read(GRID)


@pytest.fixture
def table(grid, resolve):
    return run_sweep(grid, resolve, jobs=1)


def test_a_grid_goes_through_all_combinations(grid):
    values = [tuple(point.values()) for point in design_points(grid)]
    assert values == [(40, 0.1), (40, 0.2), (50, 0.1), (50, 0.2)]


def test_a_list_takes_its_lists_side_by_side(read):
    points = design_points(read(GRID.replace("grid", "list")))
    assert [tuple(point.values()) for point in points] == [(40, 0.1), (50, 0.2)]


@pytest.mark.parametrize("design", ["latin_hypercube", "sobol"])
def test_drawn_points_fill_the_stretch_and_are_the_same_every_time(read, design):
    text = (
        f"design: {design}\npoints: 16\npoints_seed: 5\nmeasures: [net_cost]\nover:\n"
        "  levers.caseload_norm: {from: 40, to: 60}\n  levers.staffing_mode: [given, follows]\n"
    )
    points = design_points(read(text))
    norms = np.array([point["levers.caseload_norm"] for point in points])
    assert len(points) == 16
    assert sorted(np.floor((norms - 40.0) / 20.0 * 16).astype(int)) == list(range(16))  # one in each part
    assert sorted(point["levers.staffing_mode"] for point in points) == ["follows"] * 8 + ["given"] * 8
    assert design_points(read(text)) == points
    assert design_points(read(text.replace("points_seed: 5", "points_seed: 6"))) != points


def test_one_row_for_each_point_and_cell_asked_for(table):
    assert table.columns == ("point", "levers.caseload_norm", "exits.cycle_elasticity", *COLUMNS)
    assert table.points == 4
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    asked = {(r["point"], r["measure"], r["period"], r["centre"], r["segment"]) for r in rows}
    assert len(asked) == len(rows) == 4 * 2 * 2 * 2
    assert {r["runs"] for r in rows} == {3}
    assert all(r["lower"] <= r["mean"] <= r["upper"] for r in rows)


def test_levers_are_pulled_in_one_world_and_uncertainties_in_both(table, library):
    settings = ("period.end=2008-04-30", "exits.cycle_elasticity=0.1")
    base = library.resolve("caseload-50", settings).scenario
    other = library.resolve("caseload-50+caseload-40", settings).scenario
    results = run_scenarios([base, other], 3, 7, jobs=1)
    before, after = (results.cell(name, "net_cost") for name in results.names)
    found = paired_difference(before, after)
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    (row,) = [
        r
        for r in rows
        if (r["point"], r["measure"], r["period"], r["segment"]) == (1, "net_cost", "total", "all")
    ]
    assert (row["difference"], row["difference_sd"], row["base_mean"]) == (
        (found.mean, found.sd, found.base_mean)
    )
    assert row["mean"] == pytest.approx(after.mean(), rel=1e-12)
    same_as_base = [r for r in rows if r["levers.caseload_norm"] == 50.0]
    assert {(r["difference"], r["difference_sd"]) for r in same_as_base} == {(0.0, 0.0)}


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_sweep_that_was_stopped_goes_on_and_ends_alike(grid, resolve, table, tmp_path, monkeypatch, jobs):
    made = []
    one = running._one
    monkeypatch.setattr(running, "_one", lambda task: (made.append(task.run), one(task))[1])

    def interrupt(done, total):
        assert total == 4 * 3  # half of the points are their own baseline
        if done == 5:
            raise KeyboardInterrupt

    store = Store(tmp_path / "store")
    with pytest.raises(KeyboardInterrupt):
        run_sweep(grid, resolve, jobs=jobs, store=store, progress=interrupt)
    made.clear()
    assert run_sweep(grid, resolve, jobs=jobs, store=store) == table
    assert len(made) == 12 - 5
    assert run_sweep(grid, resolve, jobs=jobs, store=store) == table
    assert len(made) == 12 - 5


def test_what_there_is_not_is_told_before_any_run(read, resolve, monkeypatch):
    monkeypatch.setattr(running, "simulate", None)
    sweep = read(
        "design: grid\nover:\n  levers.caseload_norm: [40]\nmeasures: [net_costs]\nperiods: [2009]\n"
        "centres: [jarva, norrort]\n"
    )
    assert [problem.line for problem in check_asked(sweep)] == [12, 13, 14]
    with pytest.raises(InputErrors) as raised:
        run_sweep(sweep, resolve)
    assert [problem.found for problem in raised.value.problems] == ["net_costs", "2009", "norrort"]
    assert raised.value.problems[0].nearest == "net_cost"


def test_values_that_do_not_go_together_are_told(read, resolve):
    """Each alone is fine, but their periods differ."""
    sweep = read(
        "design: grid\nmeasures: [net_cost]\nover:\n  staff.factor: [1.0]\n"
        "  period.end: [2008-04-30, 2008-05-31]\n"
    )
    with pytest.raises(ExperimentError, match="can't stand in one table"):
        run_sweep(sweep, resolve)


def test_the_folder_holds_the_table_twice_and_how_it_came_to_be(grid, table, tmp_path, making):
    folder = write_sweep(tmp_path / "out", grid, table, "compiled", making)
    with (folder / CSV).open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert tuple(rows[0]) == table.columns
    assert len(rows) == len(table.rows) + 1
    assert all(cell for row in rows for cell in row)  # never blank
    parquet = pq.read_table(folder / PARQUET)
    assert parquet.column_names == list(table.columns)
    assert [tuple(row.values()) for row in parquet.to_pylist()] == [
        tuple(float(v) if i in (1, 2) else v for i, v in enumerate(row)) for row in table.rows
    ]
    before = [(folder / name).read_bytes() for name in (CSV, PARQUET)]
    write_sweep(folder, grid, table, "compiled", making)  # its own folder is replaced
    assert [(folder / name).read_bytes() for name in (CSV, PARQUET)] == before
    assert f'"kind": "{KIND}"' in (folder / MANIFEST).read_text(encoding="utf-8")
    (folder / "note.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ExperimentError, match=r"note\.txt"):
        write_sweep(folder, grid, table, "compiled", making)


def test_words_and_numbers_in_one_column_are_words(read, resolve, tmp_path, making):
    sweep = read(
        "design: list\nmeasures: [stock]\nover:\n  levers.staffing_mode: [given, follows]\n"
        "  staff.factor: [1.0, 0.9]\n"
    )
    table = run_sweep(sweep, resolve, jobs=1)
    folder = write_sweep(tmp_path / "out", sweep, table, "compiled", making)
    parquet = pq.read_table(folder / PARQUET)
    assert parquet.column("levers.staffing_mode").to_pylist() == ["given", "follows"]
    assert parquet.column("staff.factor").to_pylist() == [1.0, 0.9]
