"""A process that is killed or stopped, whatever it was doing, costs its own job and no other."""

import importlib
import multiprocessing
import signal
import sys
import time
from pathlib import Path

import pytest

from evalkit.publishing.run.process_pool import Processes, ProcessLostError

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="signals as Linux has them")
PATIENCE = 60.0


#: What the processes are asked to do, in a module that they can import.
JOBS = """
import os
import signal
from multiprocessing import connection
from pathlib import Path


def begin(text):
    os.environ["BEGUN"] = text


def begun():
    return os.environ["BEGUN"], os.getpid()


def fails():
    raise ValueError("a mistake of the job")


def unsendable():
    return lambda: None


def cut_short(size):
    # Killed in the middle of its answer.
    def half(self, buf):
        os.write(self._handle, bytes(buf[: len(buf) // 2]))
        os.kill(os.getpid(), signal.SIGKILL)

    connection.Connection._send = half
    return b"x" * size


def stopped(pid_file, ignored=()):
    for number in ignored:
        signal.signal(number, signal.SIG_IGN)
    Path(pid_file).write_text(str(os.getpid()), encoding="ascii")
    os.kill(os.getpid(), signal.SIGSTOP)
"""


@pytest.fixture(scope="module")
def jobs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("jobs")
    (folder / "jobs_of_processes.py").write_text(JOBS, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield importlib.import_module("jobs_of_processes")


@pytest.fixture
def pool(jobs):
    made = []

    def of(count=1, seconds=PATIENCE, jobs_each=100):
        context = multiprocessing.get_context("spawn")
        made.append(Processes(context, count, jobs_each, seconds, jobs.begin, ("begun",)))
        return made[-1]

    yield of
    for one in made:
        one.shutdown()
        assert [thread for _, thread in one._slots if thread.is_alive()] == []


def test_jobs_are_done_and_their_mistakes_are_told(pool, jobs):
    made = pool(count=2)
    answers = [made.submit(pow, 2, number) for number in range(5)]
    assert [one.result(PATIENCE) for one in answers] == [1, 2, 4, 8, 16]
    with pytest.raises(ValueError, match="a mistake of the job"):
        made.submit(jobs.fails).result(PATIENCE)
    for make in (jobs.unsendable, lambda: None):
        with pytest.raises(Exception, match=r"lambda|local object|pickle"):
            made.submit(make).result(PATIENCE)
    assert made.submit(int, "7", base=8).result(PATIENCE) == 7


def test_a_process_is_prepared_and_replaced_after_some_jobs(pool, jobs):
    made = pool(jobs_each=2)
    seen = [made.submit(jobs.begun).result(PATIENCE) for _ in range(5)]
    assert {text for text, _ in seen} == {"begun"}
    pids = [pid for _, pid in seen]
    assert pids[0] == pids[1] != pids[2] == pids[3] != pids[4]


@linux
@pytest.mark.parametrize("size", [10, 10_000_000])
def test_a_process_killed_in_the_middle_of_its_answer_is_lost_at_once(pool, jobs, size):
    made = pool()
    with pytest.raises(ProcessLostError):
        made.submit(jobs.cut_short, size).result(PATIENCE)
    assert made.submit(pow, 2, 3).result(PATIENCE) == 8


@linux
def test_a_stopped_process_is_killed_after_its_time(pool, jobs, tmp_path):
    made = pool(seconds=3.0)
    with pytest.raises(ProcessLostError):
        made.submit(jobs.stopped, tmp_path / "pid").result(PATIENCE)
    assert not Path("/proc", (tmp_path / "pid").read_text(encoding="ascii")).exists()
    assert made.submit(pow, 2, 3).result(PATIENCE) == 8


@linux
@pytest.mark.parametrize("ignored", [(), (signal.SIGTERM,)])
def test_the_end_waits_for_no_process_that_is_stopped(pool, jobs, tmp_path, ignored):
    made = pool()
    lost = made.submit(jobs.stopped, tmp_path / "pid", ignored)
    until = time.monotonic() + PATIENCE
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text(encoding="ascii"):
        assert time.monotonic() < until
        time.sleep(0.02)
    made.shutdown()
    with pytest.raises(ProcessLostError):
        lost.result(0)
