"""The pages on a Dask cluster: the same as without one, whatever becomes of its workers."""

import os
import signal
import sys
from concurrent.futures import Executor, Future
from pathlib import Path

import pandas as pd
import pytest

from evalkit.errors import InputError
from evalkit.publishing.run import batch, cluster
from evalkit.publishing.run.run_keys import run_keys
from evalkit.publishing.run.workers import Workers
from evalkit.publishing.site import index_page

distributed = pytest.importorskip("distributed", reason="the extra `cluster`")
REGIONS = [f"r{i}" for i in range(4)]
BASE = f"dataset: d\nregions: [{', '.join(REGIONS)}]\nindicators: {{primary: [rate]}}\ndownloads: []\n"
CELLS = (
    "ek.prose.title(evaluation)",
    "panel = ek.panel.read(evaluation)\ngoals = ek.attainment.judge(panel, evaluation)",
    "ek.record.record(evaluation, goals, [], panel=panel)",
)


@pytest.fixture(scope="module")
def two():
    """A cluster of two processes."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, memory_limit=0
    ) as made:
        yield made


@pytest.fixture
def counties(project, notebook):
    """Four regions, two years and a target each; a small notebook that says whether they meet it."""
    notebook(*CELLS)
    project.table("units", "\n".join(["unit", *REGIONS]))
    values = pd.DataFrame({"2019": range(60, 64), "2020": range(62, 66)}, index=REGIONS, dtype=float)
    project.values(values)
    for region in REGIONS:
        target = (
            f"{{indicator: rate, operator: '>=', value: {values.loc[region, '2020'] - 1}, source: plan, phrase: p}}"
        )
        project.region(region, f"region: {region}\ntargets:\n  - {target}\n")
    project.assessment("notebooks: [small]\nlanguages: [zh, en]\n", base=BASE)
    return project.load()


def publish(evaluation, scheduler="", tell=lambda outcome, total: None):
    languages = evaluation.assessment.languages
    order = batch.Order(evaluation, run_keys(evaluation, evaluation.regions), languages)
    [done] = batch.publish([order], jobs=2, force=True, tell=tell, scheduler=scheduler)
    index_page.write(evaluation)
    return done


def published(root: Path) -> dict[str, bytes]:
    folder = root / "reports/a"
    paths = [folder / "results.csv", *(folder / "site").rglob("*.*")]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths if path.is_file()}


@pytest.mark.faults
def test_pages_and_results_are_the_same_bytes_though_a_worker_is_killed(counties, two):
    assert publish(counties).failed == {}
    plain = published(counties.root)
    assert len([name for name in plain if name.endswith("small.zh.html")]) == len(REGIONS)
    assert len(plain["results.csv"].splitlines()) > len(REGIONS)
    victims = [two.workers[0].pid]

    def kill(outcome, total):
        if outcome and victims:
            os.kill(victims.pop(), signal.SIGKILL)

    assert publish(counties, two.scheduler_address, kill).made == tuple(REGIONS)
    assert victims == []
    assert published(counties.root) == plain
    assert not list((counties.root / "reports").rglob(".cluster*"))


class Refusing(Executor):
    """A cluster whose workers are killed by certain jobs, and which is gone for others."""

    def get_executor(self, **_):
        return self

    def submit(self, make, run, job):
        future = Future()
        if job.args == ("killed",):
            future.set_exception(distributed.KilledWorker("page", None, 3))
        elif job.args == ("cancelled",):
            future.cancel()
            future.set_running_or_notify_cancel()
        elif job.args == ("gone",):
            raise RuntimeError("closed")
        else:
            future.set_result(job())
        return future


def test_what_the_cluster_gives_up_is_lost_and_the_others_come():
    workers = Workers(lambda: cluster._Cluster(Refusing(), cluster.Run("1", "4")), at_once=2)
    for job in ("killed", "x", "cancelled", "y", "gone"):
        workers.ask(str.upper, job, lost=f"lost: {job}")
    assert sorted(workers.answers()) == ["X", "Y", "lost: cancelled", "lost: gone", "lost: killed"]


def refused(address, folder):
    with pytest.raises(InputError) as caught, cluster.workers(address, folder):
        pass
    return str(caught.value)


def test_without_the_package_it_says_how_to_install_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert "pip install '.[cluster]'" in refused("tcp://127.0.0.1:8786", tmp_path)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense", "abc://127.0.0.1:1"])
def test_where_nobody_answers_it_says_so(address, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    assert refused(address, tmp_path).startswith(f"--scheduler {address}: no scheduler answers there")


def test_a_scheduler_without_workers_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    with distributed.LocalCluster(n_workers=0, processes=False, dashboard_address=None, protocol="tcp") as empty:
        assert "the scheduler has no workers" in refused(empty.scheduler_address, tmp_path)


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        (ModuleNotFoundError("No module named 'evalkit'"), "cannot import evalkit: ModuleNotFoundError"),
        (("another", "1"), "runs another version of evalkit"),
        ((cluster.SOURCE, ""), "does not see"),
    ],
)
def test_a_worker_that_cannot_make_pages_is_named(seen, told, tmp_path):
    mistake = cluster._mistake("tcp://10.0.0.7:40001", seen, cluster.Run("1", "4"), tmp_path)
    assert str(mistake).startswith("tcp://10.0.0.7:40001: this worker")
    assert told in str(mistake)
    assert cluster._mistake("w", (cluster.SOURCE, "1"), cluster.Run("1", "4"), tmp_path) is None
