"""Signals that end a run in good order; one that is ignored stays so."""

import os
import signal

import pytest

from evalkit.publishing.run.signals import interruptible, leaving


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_is_heard_once_and_handlers_are_put_back(number):
    calls: list[int] = []
    before = signal.default_int_handler  # whatever started the tests may have left the signal ignored
    outer = signal.signal(number, before)
    with interruptible(lambda: calls.append(1)) as came:
        signal.raise_signal(number)
        assert (calls, came.number, signal.getsignal(number)) == ([1], number, before)
    assert signal.signal(number, outer) == before


def test_under_nohup_a_closed_terminal_is_none_of_its_business():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interruptible(lambda: None) as came:
            signal.raise_signal(signal.SIGHUP)
            assert came.number == 0
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_would_kill_a_command_exits_instead(number):
    outer = signal.signal(number, signal.SIG_DFL)
    try:
        with pytest.raises(SystemExit) as left, leaving():
            signal.raise_signal(number)
        assert (left.value.code, signal.getsignal(number)) == (128 + number, signal.SIG_DFL)
    finally:
        signal.signal(number, outer)


def test_a_forked_child_is_killed_by_signals_as_usual():
    outer = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        with leaving():
            if not (child := os.fork()):
                os._exit(signal.getsignal(signal.SIGTERM) != signal.SIG_DFL)
            assert os.waitpid(child, 0)[1] == 0
    finally:
        signal.signal(signal.SIGTERM, outer)
