"""Runs that are kept: found again bit for bit, never taken on trust, and never made twice."""

import json
import os
import shutil
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.experiment import provenance
from sim.experiment import run as running
from sim.experiment import store as stores
from sim.experiment.errors import ExperimentError
from sim.experiment.run import CODE, cube_axes, measure, run_scenarios, simulate
from sim.experiment.store import (
    LEFT_BEHIND_AFTER,
    SECONDS_A_DAY,
    WHAT,
    Kept,
    Origin,
    Store,
    made_by_other_code,
    older_than,
)

SEED = 7
ORIGIN = Origin("d" * 64, SEED, "2008-01-01", "2008-01-01", "c" * 64)
SHAPE = (2, 3, 2, 2)


@pytest.fixture
def scenarios(pair):
    return [found.scenario for found in pair]


@pytest.fixture
def told() -> list[ExperimentError]:
    return []


@pytest.fixture
def store(tmp_path, told) -> Store:
    return Store(tmp_path / "store", told.append)


@pytest.fixture
def values():
    found = np.arange(24.0).reshape(SHAPE) / 7.0
    found[0, 1] = np.nan
    found[1, 2, 0, 0] = -0.0
    return found


@pytest.fixture
def made(monkeypatch) -> list[tuple[str, int]]:
    """What is computed while a test runs."""
    noted: list[tuple[str, int]] = []
    one = running._one

    def note(task):
        noted.append((task.scenario.name, task.run))
        return one(task)

    monkeypatch.setattr(running, "_one", note)
    return noted


def files(store: Store) -> list[Path]:
    return sorted(path for path in store.folder.rglob("*") if path.is_file())


def same(left, right) -> bool:
    return left.values.tobytes() == right.values.tobytes()


# --- one run


def test_a_run_comes_back_bit_for_bit(store, values, told):
    assert store.read(ORIGIN, 7, SHAPE) is None
    store.write(ORIGIN, 7, values, {"scenario": "plan"})
    assert store.read(ORIGIN, 7, SHAPE).tobytes() == values.tobytes()
    assert store.read(ORIGIN, 8, SHAPE) is None
    assert (store.written_runs, store.read_runs, told) == (1, 1, [])
    assert [path.name for path in files(store)] == ["run-00007.parquet", WHAT]


@pytest.mark.parametrize(
    "change",
    [
        {"digest": "e" * 64},
        {"seed": 8},
        {"report_from": "2008-02-01"},
        {"policy_from": "2008-02-01"},
        {"code": "f" * 64},
        {"draw": 1},
    ],
)
def test_whatever_decides_a_run_is_in_its_key(store, values, change):
    store.write(ORIGIN, 0, values, {})
    other = replace(ORIGIN, **change)
    assert other.key != ORIGIN.key
    assert store.read(other, 0, SHAPE) is None


def _cut(path):
    path.write_bytes(path.read_bytes()[:-9])


def _empty(path):
    path.write_bytes(b"")


def _no_parquet(path):
    path.write_text("run,value\n", encoding="utf-8")


def _other_parquet(path):
    pq.write_table(pa.table({"value": [0.0] * 24}), path)


def _changed_value(path):
    table = pq.read_table(path)
    column = table.column("value").to_numpy().copy()
    column[3] += 1e-9
    pq.write_table(pa.table({"value": column}).replace_schema_metadata(table.schema.metadata), path)


def _of_another_run(path):
    shutil.copy(path.with_name("run-00001.parquet"), path)


def _a_folder(path):
    path.unlink()
    path.mkdir()


FAULTS = (_cut, _empty, _no_parquet, _other_parquet, _changed_value, _of_another_run)


@pytest.mark.parametrize("spoil", FAULTS)
def test_what_is_damaged_or_foreign_is_passed_over_told_and_made_anew(store, values, told, spoil):
    for run in (0, 1):
        store.write(ORIGIN, run, values + run, {})
    path = store.folder / ORIGIN.key / "run-00000.parquet"
    spoil(path)
    assert store.read(ORIGIN, 0, SHAPE) is None
    assert [error.rule for error in told] == ["store-run-broken"]
    assert str(path) in str(told[0])
    assert store.broken(ORIGIN.key) == (path,)
    store.write(ORIGIN, 0, values, {})
    assert store.read(ORIGIN, 0, SHAPE).tobytes() == values.tobytes()
    assert store.broken(ORIGIN.key) == ()


def test_no_flipped_bit_ever_gives_other_values(store, values, told):
    store.write(ORIGIN, 0, values, {})
    path = store.folder / ORIGIN.key / "run-00000.parquet"
    good = path.read_bytes()
    for place in range(len(good)):
        path.write_bytes(good[:place] + bytes([good[place] ^ (1 << place % 8)]) + good[place + 1 :])
        found = store.read(ORIGIN, 0, SHAPE)
        assert found is None or found.tobytes() == values.tobytes()
    assert len(told) > len(good) // 2


def test_a_folder_in_a_runs_place_is_told(store, values, told):
    store.write(ORIGIN, 0, values, {})
    _a_folder(store.folder / ORIGIN.key / "run-00000.parquet")
    assert store.read(ORIGIN, 0, SHAPE) is None
    assert [error.rule for error in told] == ["store-run-broken"]


def test_values_of_another_shape_are_passed_over(store, values, told):
    store.write(ORIGIN, 0, values, {})
    assert store.read(ORIGIN, 0, (2, 3, 2, 3)) is None
    assert len(told) == 1


def test_a_store_without_listener_warns(tmp_path, values):
    store = Store(tmp_path)
    store.write(ORIGIN, 0, values, {})
    _cut(tmp_path / ORIGIN.key / "run-00000.parquet")
    with pytest.warns(UserWarning, match=r"run-00000\.parquet is damaged or not ours"):
        assert store.read(ORIGIN, 0, SHAPE) is None


@pytest.mark.parametrize("step", ["mkdir", "write_bytes", "replace"])
def test_a_write_that_stops_anywhere_leaves_nothing_that_could_be_read(
    store, values, told, step, monkeypatch
):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os if step == "replace" else Path, step, full)
        store.write(ORIGIN, 0, values, {})
        store.write(ORIGIN, 1, values, {})
    assert [error.rule for error in told] == ["store-not-written"]  # once
    assert "No space left on device" in str(told[0])
    assert [path for path in files(store) if path.suffix == ".parquet"] == []
    assert store.read(ORIGIN, 0, SHAPE) is None


def test_a_file_that_others_are_reading_stays(store, values, told, monkeypatch):
    """Windows refuses to replace it; it holds the same values."""
    store.write(ORIGIN, 0, values, {})

    def refuse(*_):
        raise PermissionError(13, "in use")

    monkeypatch.setattr(os, "replace", refuse)
    store.write(ORIGIN, 0, values, {})
    assert told == []
    store.write(ORIGIN, 1, values, {})
    assert [error.rule for error in told] == ["store-not-written"]


def test_many_writers_and_readers_of_the_same_runs(store, values, told):
    wrong = []

    def work():
        for run in range(20):
            store.write(ORIGIN, run, values + run, {"scenario": "plan"})
            found = store.read(ORIGIN, run, SHAPE)
            if found is None or found.tobytes() != (values + run).tobytes():
                wrong.append(run)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert told == []
    assert len(files(store)) == 21
    assert [path for path in store.folder.rglob(".new-*")] == []


# --- what a store holds, and what goes


def test_a_store_tells_what_it_holds(store, values):
    store.write(ORIGIN, 3, values, {"scenario": "plan"})
    store.write(ORIGIN, 1, values, {"scenario": "another name for the same"})
    store.write(replace(ORIGIN, seed=8), 0, values, {"scenario": "plan"})
    (store.folder / "notes").mkdir()
    kept = {found.key: found for found in store.kept()}
    assert set(kept) == {ORIGIN.key, replace(ORIGIN, seed=8).key}
    mine = kept[ORIGIN.key]
    assert mine.runs == (1, 3)
    assert mine.what["scenario"] == "plan"
    assert mine.what["seed"] == SEED
    assert mine.what["versions"].keys() >= {"numpy", "numba"}
    assert mine.size == sum(path.stat().st_size for path in (store.folder / ORIGIN.key).iterdir())
    assert store.find(ORIGIN.key[:6]) == mine
    with pytest.raises(ExperimentError, match="nothing whose key begins with x"):
        store.find("x")
    with pytest.raises(ExperimentError, match="2 keys in the store begin with"):
        store.find("")


def test_a_description_that_cannot_be_read_costs_no_run(store, values, told):
    store.write(ORIGIN, 0, values, {})
    (store.folder / ORIGIN.key / WHAT).write_bytes(b"\xff{")
    assert store.read(ORIGIN, 0, SHAPE) is not None
    assert next(store.kept()).what == {}
    assert told == []


def test_pruning_takes_what_is_named_and_nothing_of_others(store, values):
    other = replace(ORIGIN, code="f" * 64)
    for origin in (ORIGIN, other):
        store.write(origin, 0, values, {})
        store.write(origin, 1, values, {})
    note = store.folder / other.key / "note.txt"
    note.write_text("mine", encoding="utf-8")
    runs, size = store.prune(made_by_other_code(ORIGIN.code))
    assert runs == 2
    assert size > 0
    assert [found.key for found in store.kept() if found.runs] == [ORIGIN.key]
    assert note.read_text(encoding="utf-8") == "mine"
    note.unlink()
    assert store.prune(lambda _: True)[0] == 2
    assert not store.folder.exists()
    assert store.prune(lambda _: True) == (0, 0)


def test_age_counts_from_the_last_use(store, values):
    store.write(ORIGIN, 0, values, {})
    long_ago = 1_000_000_000.0
    for path in files(store):
        os.utime(path, (long_ago, long_ago))
    (kept,) = store.kept()
    now = long_ago + 10 * SECONDS_A_DAY
    assert older_than(9.0, now)(kept)
    assert not older_than(11.0, now)(kept)
    store.read(ORIGIN, 0, SHAPE)
    (kept,) = store.kept()
    assert not older_than(9.0, now)(kept)


def test_what_a_killed_process_left_goes_when_it_is_old(store, values):
    store.write(ORIGIN, 0, values, {})
    young, old = (store.folder / ORIGIN.key / f".new-{age}" for age in ("young", "old"))
    for left in (young, old):
        left.mkdir()
        (left / "run-00001.parquet").write_bytes(b"half")
    before = old.stat().st_mtime - LEFT_BEHIND_AFTER - 1.0
    os.utime(old, (before, before))
    assert next(store.kept()).runs == (0,)
    assert store.prune(lambda _: False) == (0, 0)
    assert young.exists()
    assert not old.exists()


def test_a_kept_run_of_unknown_code_is_unusable():
    assert made_by_other_code("c")(Kept("k", {}, (), 0, 0.0))


# --- whole experiments


def test_results_with_a_store_and_without_are_the_same_to_the_bit(results, scenarios, store, made):
    first = run_scenarios(scenarios, 4, SEED, jobs=2, store=store)
    assert len(made) == 8
    again = run_scenarios(scenarios, 4, SEED, jobs=1, store=store)
    assert len(made) == 8
    assert same(first, results)
    assert same(again, results)
    assert (again.measures, again.periods, again.centres, again.segments) == (
        (results.measures, results.periods, results.centres, results.segments)
    )
    assert (store.written_runs, store.read_runs) == (8, 8)


def test_the_axes_are_known_before_a_run(scenarios):
    cube = measure(scenarios[0], simulate(scenarios[0], 0, SEED))
    axes = cube_axes(scenarios[0])
    assert (axes.measures, axes.periods) == (cube.measures, cube.periods)
    assert (axes.centres, axes.segments) == (cube.centres, cube.segments)
    assert axes.shape == cube.values.shape


def test_only_what_is_missing_is_made(scenarios, store, made):
    run_scenarios(scenarios[:1], 2, SEED, jobs=1, store=store)
    made.clear()
    run_scenarios(scenarios, 3, SEED, jobs=1, store=store)
    first, second = (scenario.name for scenario in scenarios)
    assert made == [(first, 2), (second, 0), (second, 1), (second, 2)]


def test_both_engines_share_what_is_kept(scenarios, store, made):
    run_scenarios(scenarios[:1], 2, SEED, jobs=1, store=store)
    made.clear()
    run_scenarios(scenarios[:1], 2, SEED, jobs=1, store=store, engine="simpy")
    assert made == []


def test_the_same_values_under_two_names_are_made_once(scenarios, made):
    twin = replace(scenarios[0], name="twin")
    found = run_scenarios([scenarios[0], twin], 2, SEED, jobs=1)
    assert len(made) == 2
    assert found.values[0].tobytes() == found.values[1].tobytes()


def test_a_damaged_run_is_made_anew_and_the_results_stand(scenarios, store, made, told):
    first = run_scenarios(scenarios, 2, SEED, jobs=1, store=store)
    made.clear()
    _cut(next(path for path in files(store) if path.suffix == ".parquet"))
    assert same(run_scenarios(scenarios, 2, SEED, jobs=1, store=store), first)
    assert len(made) == 1
    assert len(told) == 1


def test_dates_that_say_the_same_share_their_runs(scenarios, store, made):
    run_scenarios(scenarios[:1], 2, SEED, jobs=1, store=store)
    run_scenarios(scenarios[:1], 2, SEED, jobs=1, store=store, report_from=scenarios[0].start)
    assert len(made) == 2


def test_what_was_finished_before_an_interrupt_is_kept(scenarios, store, made):
    def interrupt(done, total):
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_scenarios(scenarios, 3, SEED, jobs=1, store=store, progress=interrupt)
    made.clear()
    run_scenarios(scenarios, 3, SEED, jobs=1, store=store)
    assert len(made) == 3


def test_a_worker_with_other_code_is_refused(scenarios, store, monkeypatch):
    one = running._one
    monkeypatch.setattr(running, "_one", lambda task: replace(one(task), code="other"))
    with pytest.raises(ExperimentError, match="A worker has other code"):
        run_scenarios(scenarios, 2, SEED, jobs=1, store=store)
    assert not store.folder.exists()


def test_the_description_names_the_axes(scenarios, store):
    run_scenarios(scenarios[:1], 1, SEED, jobs=1, store=store)
    (kept,) = store.kept()
    what = json.loads((store.folder / kept.key / WHAT).read_text(encoding="utf-8"))
    assert what["scenario"] == scenarios[0].name
    assert what["digest"] == scenarios[0].digest
    assert what["code"] == CODE
    shape = [len(keys) for keys in what["axes"].values()]
    table = pq.read_table(store.folder / kept.key / "run-00000.parquet")
    assert table.num_rows == np.prod(shape)


# --- the code


@pytest.mark.parametrize(
    ("edited", "counts"),
    [
        ("flow/rules.py", True),
        ("population/people.py", True),
        ("parameters/scenario.py", True),
        ("outcomes/measures.py", True),
        ("economy/costs.py", True),
        ("experiment/run.py", True),
        ("experiment/output.py", False),
        ("cli/app.py", False),
        ("words/en/cli.yaml", False),
    ],
)
def test_an_edit_counts_where_it_can_move_a_number(tmp_path, edited, counts):
    package = tmp_path / "sim"
    shutil.copytree(provenance.PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    before = provenance.deciding_code(package)
    file = package / edited
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert provenance.deciding_code(package) == before
    file.write_bytes(file.read_bytes() + b"\n# changed\n")
    assert (provenance.deciding_code(package) != before) == counts


@pytest.mark.parametrize("library", ["numpy", "numba"])
def test_a_new_library_makes_everything_anew(library, monkeypatch):
    before = provenance.deciding_code()
    version = provenance._version
    monkeypatch.setattr(provenance, "_version", lambda name: "99" if name == library else version(name))
    assert provenance.deciding_code() != before


def test_a_key_has_the_form_that_folders_are_known_by():
    assert stores._KEY.fullmatch(ORIGIN.key)
