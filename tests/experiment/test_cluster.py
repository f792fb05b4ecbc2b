"""The same sweep on an existing Dask cluster, by the three lines that `sim.experiment.parallel` tells."""

import warnings

import joblib
import pytest

from sim.experiment.parallel import each
from sim.experiment.run import run_scenarios
from sim.experiment.store import Store
from sim.experiment.sweep import run_sweep
from sim.parameters import read_sweep

distributed = pytest.importorskip("distributed")

pytestmark = pytest.mark.long

SWEEP = (
    'title: "A sweep"\nauthor: me\ndate: 2026-11-22\nschema: 1\nbaseline: caseload-50\n'
    "settings: {period.end: 2008-04-30}\ndesign: grid\nover:\n  levers.caseload_norm: [40, 50, 60]\n"
    "runs: 3\nmeasures: [net_cost, stock]\n"
)


def where(_) -> str:
    return distributed.get_worker().address


@pytest.fixture(scope="module")
def client():
    """Two workers, each a process of its own, on this machine; no dashboard, no port of a fixed number."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Dask says of itself while it starts and stops is not ours
        with (
            distributed.LocalCluster(
                n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
            ) as cluster,
            distributed.Client(cluster) as client,
        ):
            yield client


@pytest.fixture
def elsewhere(client):
    """Whatever runs meanwhile runs on the cluster."""
    with joblib.parallel_config(backend="dask"):
        yield


def test_tasks_are_done_by_the_workers(elsewhere, client):
    found = set(each(where, range(20), 1, "threads"))
    assert found <= set(client.scheduler_info()["workers"])
    assert len(found) == 2


@pytest.mark.parametrize("engine", ["compiled", "simpy"])
def test_a_cluster_changes_no_bit_of_any_run(elsewhere, pair, results, engine):
    found = run_scenarios([resolved.scenario for resolved in pair], 4, 7, engine=engine)
    assert found.values.tobytes() == results.values.tobytes()


def test_a_sweep_on_a_cluster_ends_with_the_same_table(client, library, tmp_path):
    path = tmp_path / "sweep.yaml"
    path.write_text(SWEEP, encoding="utf-8")
    sweep = read_sweep(path, library)

    def resolve(name, settings):
        return library.resolve(name, settings).scenario

    alone = run_sweep(sweep, resolve, jobs=1)
    store = Store(tmp_path / "store")
    with joblib.parallel_config(backend="dask"):
        assert run_sweep(sweep, resolve, store=store) == alone
    assert store.written_runs == 9  # kept here, though made elsewhere: the workers need no shared disk
    assert run_sweep(sweep, resolve, jobs=1, store=store) == alone
    assert store.written_runs == 9
