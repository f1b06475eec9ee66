"""Cells that fail, never end or take all memory; Ctrl-C and SIGTERM; a second run of one project."""

import os
import signal

import psutil
import pytest


@pytest.fixture(
    params=["1", "0"] if "EVALKIT_KILLS" in os.environ else ["1"], ids=lambda way: {"1": "forked"}.get(way, "started")
)
def preload(request):
    """Kernels forked from a warm parent; also such as are started, in the long form of `make faults`."""
    return request.param


@pytest.mark.parametrize(
    ("cell", "given", "told"),
    [
        ("raise KeyError('no such column')", (), "KeyError: 'no such column'"),
        ("while True: pass", ("--timeout", "20"), "the notebook exceeded its time limit"),
        ("x = bytearray(8 * 2**30)", ("--memory", "2"), "MemoryError"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", (), "Kernel died"),
    ],
    ids=["raises", "never ends", "8 GiB", "kills its kernel"],
)
def test_a_cell_that_goes_wrong_fails_its_region_only(small, cell, given, told):
    project = small(f"if region == 'r1':\n    {cell}")
    run = project.run(*given)
    errors = run.told[1]
    assert run.process.returncode == 1
    assert "failed r1: " in errors
    assert told in errors
    assert not run.has_traceback(), run.told
    assert project.has_all("r1")
    # papermill writes no notebook whose kernel it has lost or given up
    assert (project.reports / "work/r1/small.en.ipynb").exists() == ("Error" in told)
    run.is_gone()


STAINS = """
import random, sys, matplotlib, numpy as np
with open(evaluation.root / "drawn.txt", "a") as drawn:
    print(random.random(), np.random.rand(), os.getcwd(), file=drawn)
assert "stain" not in sys.modules and "STAIN" not in os.environ and os.getcwd() != "/"
assert matplotlib.rcParams["font.size"] != 99
sys.modules["stain"], os.environ["STAIN"], matplotlib.rcParams["font.size"] = sys, "1", 99
random.seed(1), np.random.seed(1), os.chdir("/")
"""


def test_regions_that_come_one_after_another_share_nothing(small):
    project = small(STAINS)
    run = project.run("--jobs", "1")
    assert run.process.returncode == 0, run.told
    lines = [line.split() for line in (project.root / "drawn.txt").read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 6
    assert len({drawn for *both, _ in lines for drawn in both}) == 12
    assert len({cwd for *_, cwd in lines}) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_run_in_good_order_and_the_next_one_goes_on(small, wait, plain, number):
    project = small()
    run = project.start(PAUSE="1.5")
    wait(project.pages, "no page was made")
    os.kill(run.process.pid, number)
    assert run.end() == 128 + number, run.told
    assert "regions are left. To resume, run the same command" in run.told[1]
    assert not run.has_traceback(), run.told
    run.is_gone()
    made = len(project.pages())
    assert 0 < made < 6
    again = project.run()
    assert f"{6 - made} made, {made} up to date, 0 failed" in again.told[0]
    assert project.published() == plain


LIMITS = """
from evalkit.publishing.run import kernels, workers
workers.AROUND, kernels.ANSWER_SECONDS = 60, 20
"""
SOME = ("r0", "r1", "r2")


#: A kernel that works on its notebook says so: one that is stopped before is only replaced.
AT_WORK = "open(evaluation.root / f'at-work-{os.getpid()}', 'w').close()\ntime.sleep(3)"


@pytest.mark.parametrize("kind", ["worker", "warm parent", "kernel"])
def test_a_process_that_is_stopped_ends_in_its_time_limit_and_costs_no_other_page(small, wait, plain, preload, kind):
    if kind == "warm parent" and preload == "0":
        pytest.skip("there is none")
    project = small(AT_WORK)
    run = project.start(*SOME, "--timeout", "40", "--jobs", "2", before=LIMITS)
    wait(lambda: list(project.root.glob("at-work-*")) and run.one_of(kind), f"there is no {kind}")
    working = int(next(project.root.glob("at-work-*")).name.rpartition("-")[2])
    (psutil.Process(working) if kind == "kernel" else run.one_of(kind)).suspend()
    status, failed = run.end(), {"kernel": 1}.get(kind, 0)
    assert status == failed, run.told
    assert not run.has_traceback(), run.told
    run.is_gone()
    assert run.told[1].count("the notebook exceeded its time limit") == failed
    assert project.unfinished() == []
    assert len(project.pages()) == len(SOME) - failed
    found = project.published()
    assert [name for name in found if name.startswith("site/r") and found[name] != plain[name]] == []
    assert project.run(*SOME).process.returncode == 0
    assert project.pages() == {name: name for name in SOME}


def test_a_second_run_of_the_project_says_so_and_stops(small, wait, plain):
    project = small()
    first = project.start(PAUSE="300")
    wait(lambda: first.one_of("kernel"), "nothing was begun")
    second = project.run()
    assert second.process.returncode == 2
    assert second.told[1].startswith("reports/: another `evalkit run` is active in this project")
    os.kill(first.process.pid, signal.SIGTERM)
    assert first.end() == 128 + signal.SIGTERM
    first.is_gone()
    assert project.run().process.returncode == 0
    assert project.published() == plain


def test_a_signal_ends_a_run_on_a_cluster_and_leaves_nothing_at_work_there(small, wait, plain, monkeypatch):
    distributed = pytest.importorskip("distributed", reason="the extra `cluster`")
    project = small()
    monkeypatch.setenv("PAUSE", "1.5")
    monkeypatch.setenv("EVALKIT_PRELOAD", project.preload)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, memory_limit=0
    ) as cluster:
        run = project.start("--scheduler", cluster.scheduler_address)
        wait(project.pages, "no page was made")
        os.kill(run.process.pid, signal.SIGINT)
        assert run.end() == 128 + signal.SIGINT, run.told
        assert not run.has_traceback(), run.told
        run.is_gone()
        made = project.pages()
        assert 0 < len(made) < 6
        assert kernels_of(cluster) == []
        again = project.run("--scheduler", cluster.scheduler_address)
        assert f"{6 - len(made)} made, {len(made)} up to date, 0 failed" in again.told[0], again.told
    assert project.published() == plain


def kernels_of(cluster):
    """What still runs a notebook there: a usual kernel, or a child of a warm parent."""
    below = [one for worker in cluster.workers.values() for one in psutil.Process(worker.pid).children(recursive=True)]
    told = {one: " ".join(one.cmdline()) for one in below if one.status() != psutil.STATUS_ZOMBIE}
    warm = {one.pid for one, text in told.items() if "evalkit.publishing.run.warm_parent" in text}
    return [one for one, text in told.items() if "ipykernel_launcher" in text or one.ppid() in warm]
