"""Graceful shutdown on Ctrl-C, SIGTERM and SIGHUP: complete the current write, start nothing new."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else []))


def _leave(number: int, _: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _forget() -> None:
    """In a forked child, which has nothing to clean up: let signals end it."""
    for number in SIGNALS:
        if signal.getsignal(number) is _leave:
            signal.signal(number, signal.SIG_DFL)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


@contextmanager
def leaving() -> Iterator[None]:
    """Exit instead of being killed by a signal, so that temporary files are removed."""
    deadly = [number for number in SIGNALS if signal.getsignal(number) == signal.SIG_DFL]
    for number in deadly:
        signal.signal(number, _leave)
    try:
        yield
    finally:
        for number in deadly:
            signal.signal(number, signal.SIG_DFL)


@dataclass(slots=True)
class Interruption:
    """The signal received; 0 if none."""

    number: int = 0


@contextmanager
def interruptible(stop: Callable[[], None]) -> Iterator[Interruption]:
    """Call `stop` on the first signal; a second one terminates the program as usual."""
    came = Interruption()

    def note(number: int, _: FrameType | None) -> None:
        came.number = number
        for which, handler in before.items():
            signal.signal(which, handler)
        stop()

    is_main = threading.current_thread() is threading.main_thread()  # only it may set handlers
    # nohup ignores SIGHUP
    heard = [which for which in SIGNALS if is_main and signal.getsignal(which) != signal.SIG_IGN]
    before = {which: signal.signal(which, note) for which in heard}
    try:
        yield came
    finally:
        for which, handler in before.items():
            signal.signal(which, handler)
