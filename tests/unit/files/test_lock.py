"""A lock that one process holds at a time."""

from threading import Event, Thread

import pytest

from evalkit.errors import InputError, Mistake
from evalkit.files import lock

BUSY = Mistake("data/d", "another one is writing", "Wait.")


def test_a_second_one_is_refused_while_the_first_holds_it(tmp_path):
    path = tmp_path / "new" / ".lock"
    with lock.held(path, BUSY), pytest.raises(InputError, match="another one"), lock.held(path, BUSY):
        pass
    with lock.held(path, BUSY):
        pass


def test_a_second_one_waits_for_the_first(tmp_path):
    taken, order = Event(), []

    def first():
        with lock.held(tmp_path / ".lock", BUSY):
            taken.set()
            order.append("first")

    thread = Thread(target=first)
    thread.start()
    taken.wait()
    with lock.held(tmp_path / ".lock", BUSY, wait=30):
        order.append("second")
    thread.join()
    assert order == ["first", "second"]
