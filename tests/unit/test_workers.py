"""Work that is asked for comes back: what is asked for late as well, and what a killed process had in hand."""

from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import pytest

from evalkit.publishing.workers import Workers


class Broken(Executor):
    """A pool that was killed: at once, or before anything could be handed in."""

    def __init__(self, refuses):
        self.refuses = refuses

    def submit(self, *given):
        if self.refuses:
            raise BrokenProcessPool("terminated abruptly")
        future = Future()
        future.set_exception(BrokenProcessPool("terminated abruptly"))
        return future


def test_every_answer_comes_and_more_may_be_asked_for():
    with ThreadPoolExecutor(2) as pool:
        workers = Workers(pool)
        for number in (1, 2, 3):
            workers.ask(lambda given: given * 10, number, lost=0)
        seen = []
        for answer in workers.answers():
            seen.append(answer)
            if answer == 20:
                workers.ask(lambda given: given + 1, answer, lost=0)
    assert sorted(seen) == [10, 20, 21, 30]


@pytest.mark.parametrize("refuses", [True, False])
def test_what_a_killed_process_had_in_hand_is_answered_as_lost(refuses):
    workers = Workers(Broken(refuses))
    workers.ask(str, 1, lost="lost 1")
    workers.ask(str, 2, lost="lost 2")
    assert sorted(workers.answers()) == ["lost 1", "lost 2"]


def test_nothing_asked_nothing_answered():
    with ThreadPoolExecutor(1) as pool:
        assert list(Workers(pool).answers()) == []
