"""Process pool that survives killed workers; results in completion order, and tasks may be added meanwhile."""

import gc
import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import wait
from queue import SimpleQueue
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from evalkit.publishing.run import kernels

LOST = "the process that made the page was killed three times; run again with fewer --jobs"
ATTEMPTS = 3
SUSPECT = 2  # so often lost, something is made by itself, so that it takes no other with it
PAGES_PER_PROCESS = 200  # then a fresh one takes over: what libraries never give back does not add up
PRELOADED = (
    "papermill",
    "evalkit.publishing.run.task",
    "evalkit.publishing.page.exporter",
    "evalkit.publishing.downloads.region_files",
)
Job = TypeVar("Job")
Answer = TypeVar("Answer")


@dataclass(slots=True, eq=False)
class _Asked:
    make: Callable[[Any], Any]
    job: Any
    lost: Any
    attempts: int = 0


class Workers:
    """Hands out work and gives the answers in the order in which they get done.

    Work whose process was killed is handed out again. An executor may break as a whole (`BrokenExecutor`); then all
    that was in hand goes to a new one. So no more is handed out than the processes can hold, and what is lost time and
    again is made by itself.

    Args:
        pool: makes the executor, and another one when that is broken.
        at_once: how much may be in hand.
    """

    def __init__(self, pool: Callable[[], Executor], at_once: int) -> None:
        self._pool, self._at_once = pool, at_once
        self._executor: Executor | None = None
        self._waiting: deque[_Asked] = deque()
        self._in_hand: dict[Future[Any], tuple[_Asked, Executor]] = {}
        self._done: SimpleQueue[Future[Any] | None] = SimpleQueue()
        self._stopped = False

    def ask(self, make: Callable[[Job], Answer], job: Job, lost: Answer, first: bool = False) -> None:
        """Have something made.

        Args:
            lost: the answer where the process that was to make it is killed every time.
            first: before everything that was asked for earlier.
        """
        (self._waiting.appendleft if first else self._waiting.append)(_Asked(make, job, lost))

    def answers(self) -> Iterator[Any]:
        """Every answer, also to what is asked for while they come; none after `stop`."""
        while self._waiting or self._in_hand:
            self._hand_out()
            future = self._done.get()
            if self._stopped or future is None:
                return
            one, executor = self._in_hand.pop(future)
            try:
                answer = future.result()
            except (BrokenExecutor, ProcessExpired) as error:
                if isinstance(error, BrokenExecutor):
                    self._replace(executor)
                one.attempts += 1
                if one.attempts < ATTEMPTS:
                    self._waiting.append(one)
                    continue
                answer = one.lost
            yield answer

    def stop(self) -> None:
        """No more answers; may be called by a signal's handler."""
        self._stopped = True
        self._done.put(None)

    def close(self) -> None:
        """End the processes, and with them what was left in hand."""
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)

    def _hand_out(self) -> None:
        while self._waiting and len(self._in_hand) < self._at_once:
            in_hand = [one.attempts for one, _ in self._in_hand.values()]
            if in_hand and max(self._waiting[0].attempts, *in_hand) >= SUSPECT:
                return
            one = self._waiting.popleft()
            executor = self._executor = self._executor or self._pool()
            try:
                future = executor.submit(one.make, one.job)
            except BrokenExecutor as error:
                future = Future()
                future.set_exception(error)
            self._in_hand[future] = one, executor
            future.add_done_callback(self._done.put)

    def _replace(self, broken: Executor) -> None:
        if broken is self._executor:
            broken.shutdown(wait=False, cancel_futures=True)
            self._executor = None


@contextmanager
def workers(jobs: int) -> Iterator[Workers]:
    """Processes with one numerical thread each, forked from a server that has papermill imported."""
    with kernels.warm_parent() as address:
        made = Workers(lambda: _Processes(jobs, address), jobs + 1)
        try:
            yield made
        finally:
            made.close()


class _Processes(Executor):
    """Pebble's pool as an executor: a killed process fails its own work only, with `ProcessExpired`."""

    def __init__(self, jobs: int, address: str | None) -> None:
        os.environ.update(kernels.ONE_THREAD)
        method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
        context = multiprocessing.get_context(method)
        if method == "forkserver":
            context.set_forkserver_preload(list(PRELOADED))
        self._pool = ProcessPool(jobs, PAGES_PER_PROCESS, _begin, (address,), context)

    def submit(self, make: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        try:
            return self._pool.schedule(make, given, named)
        except RuntimeError as error:  # no new process can be started: Pebble has given the pool up
            raise BrokenExecutor(str(error)) from error

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()


def _begin(address: str | None) -> None:
    """In a worker, for which Ctrl-C is the runner's affair: end with the runner however it ends, start kernels fast."""
    gc.freeze()  # what workers share stays shared: the collector would touch, and so copy, every page of it
    threading.Thread(target=_end_with_runner, daemon=True).start()
    kernels.use(address)


def _end_with_runner() -> None:
    """A runner that was killed tells nobody: the worker would wait for it for ever."""
    if runner := multiprocessing.parent_process():
        wait([runner.sentinel])
        os._exit(1)
