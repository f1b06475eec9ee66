"""Work that is asked for comes back: what is asked for late as well, and what a killed process had in hand."""

import os
import signal
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from evalkit.publishing.run import workers as module
from evalkit.publishing.run.workers import ATTEMPTS, Workers


class Breaking(Executor):
    """A pool that is killed by certain jobs, and refuses everything from then on or fails all that it has."""

    def __init__(self, kills, refuses, in_hand):
        self.kills, self.refuses, self.in_hand, self.broken = kills, refuses, in_hand, False

    def submit(self, make, job):
        if self.broken and self.refuses:
            raise BrokenProcessPool("terminated abruptly")
        future = Future()
        self.in_hand.append((job, future))
        self.broken = self.broken or job in self.kills
        if self.broken:
            for _, other in self.in_hand:
                other.set_exception(BrokenProcessPool("terminated abruptly"))
            self.in_hand.clear()
        elif len(self.in_hand) == 2:
            self.finish(make)
        return future

    def finish(self, make):
        for job, future in self.in_hand:
            future.set_result(make(job))
        self.in_hand.clear()


@pytest.fixture
def ask():
    """Asks for ten times each number of pools that certain numbers kill; the answers, and how many pools it took."""

    def answers(numbers, kills=(), refuses=False, at_once=1):
        pools = []

        class Pool(Breaking):
            def __init__(self):
                super().__init__(kills, refuses, [])
                pools.append(self)

            def submit(self, make, job):
                future = super().submit(make, job)
                self.finish(make)
                return future

        workers = Workers(Pool, at_once)
        for number in numbers:
            workers.ask(lambda given: given * 10, number, lost=-number)
        return sorted(workers.answers()), len(pools)

    return answers


def test_every_answer_comes_and_more_may_be_asked_for():
    workers = Workers(lambda: ThreadPoolExecutor(2), at_once=2)
    for number in (1, 2, 3):
        workers.ask(lambda given: given * 10, number, lost=0)
    seen = []
    for answer in workers.answers():
        seen.append(answer)
        if answer == 20:
            workers.ask(lambda given: given + 1, answer, lost=0)
    workers.close()
    assert sorted(seen) == [10, 20, 21, 30]


@pytest.mark.parametrize("refuses", [True, False])
def test_only_what_kills_its_process_every_time_is_lost(ask, refuses):
    answers, pools = ask(range(1, 8), kills=(3,), refuses=refuses, at_once=3)
    assert answers == [-3, 10, 20, 40, 50, 60, 70]
    assert pools == 1 + ATTEMPTS


def test_two_that_kill_their_processes_take_no_other_with_them(ask):
    assert ask(range(1, 7), kills=(2, 5), at_once=2)[0] == [-5, -2, 10, 30, 40, 60]


def test_what_is_asked_for_first_is_made_first():
    made = []
    workers = Workers(lambda: ThreadPoolExecutor(1), at_once=1)
    for number in (1, 2, 3):
        workers.ask(made.append, number, lost=None, first=number == 3)
    assert list(workers.answers()) == [None] * 3
    workers.close()
    assert made == [3, 1, 2]


def test_after_a_stop_nothing_comes_and_nothing_is_begun():
    workers = Workers(lambda: ThreadPoolExecutor(1), at_once=1)
    for number in range(5):
        workers.ask(lambda given: given, number, lost=None)
    seen = []
    for answer in workers.answers():
        seen.append(answer)
        workers.stop()
    workers.close()
    assert seen == [0]


def test_nothing_asked_nothing_answered():
    workers = Workers(lambda: ThreadPoolExecutor(1), at_once=1)
    assert list(workers.answers()) == []
    workers.close()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_killed_process_costs_its_own_work_only(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "PRELOADED", ())
    monkeypatch.setenv("EVALKIT_PRELOAD", "0")
    monkeypatch.setattr(module, "SUSPECT", ATTEMPTS + 1)  # what kills its process always runs next to the other work
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with module.workers(2, timeout=600) as workers:
        workers.ask(Path.read_text, pipe, lost="lost")
        workers.ask(signal.raise_signal, signal.SIGKILL, lost="killed every time")
        answers = workers.answers()
        assert next(answers) == "killed every time"
        pipe.write_text("finished")
        assert list(answers) == ["finished"]
