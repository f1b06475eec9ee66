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

from evalkit.publishing.run import kernels
from evalkit.publishing.run.process_pool import Processes, ProcessLostError

LOST = (
    "the process that made the page was killed, or did not answer in time, three times; "
    "run again with fewer --jobs or a longer --timeout"
)
ATTEMPTS = 3
SUSPECT = 2  # after this many lost attempts, a job runs alone, so that it cannot break others
AROUND = 180  # seconds to start a process and a kernel, and to write the page, besides the time of the notebook
PAGES_PER_PROCESS = 200  # a process is replaced after this many pages, which bounds memory leaks of libraries
PRELOADED = (
    "evalkit.publishing.run.task",  # first: `evalkit.publishing` spares papermill the grammars of addresses
    "papermill",
    "evalkit.publishing.page.exporter",
    "evalkit.publishing.downloads.docx",
    "evalkit.publishing.downloads.report_workbook",
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
    """Submits jobs to an executor and yields results in completion order.

    Jobs whose process was killed are retried. If the executor breaks as a whole (`BrokenExecutor`), all running jobs
    are resubmitted to a new one; therefore only as many jobs are submitted as the processes can hold, and a job lost
    repeatedly runs alone.

    Args:
        pool: makes an executor, and a replacement when that one breaks.
        at_once: maximum number of submitted jobs.
    """

    def __init__(self, pool: Callable[[], Executor], at_once: int) -> None:
        self._pool, self._at_once = pool, at_once
        self._executor: Executor | None = None
        self._waiting: deque[_Asked] = deque()
        self._in_hand: dict[Future[Any], tuple[_Asked, Executor]] = {}
        self._done: SimpleQueue[Future[Any] | None] = SimpleQueue()
        self._stopped = False

    def ask(self, make: Callable[[Job], Answer], job: Job, lost: Answer, first: bool = False) -> None:
        """Queue a job.

        Args:
            make: function to call, in a worker process, with `job`.
            lost: the result if its process is killed in every attempt.
            first: put it at the head of the queue.
        """
        (self._waiting.appendleft if first else self._waiting.append)(_Asked(make, job, lost))

    def answers(self) -> Iterator[Any]:
        """Results in completion order, including jobs queued meanwhile; ends after `stop`."""
        while self._waiting or self._in_hand:
            self._hand_out()
            future = self._done.get()
            if self._stopped or future is None:
                return
            job, executor = self._in_hand.pop(future)
            try:
                answer = future.result()
            except (BrokenExecutor, ProcessLostError) as error:
                if isinstance(error, BrokenExecutor):
                    self._replace(executor)
                job.attempts += 1
                if job.attempts < ATTEMPTS:
                    self._waiting.append(job)
                    continue
                answer = job.lost
            yield answer

    def stop(self) -> None:
        """End `answers`; safe to call from a signal handler."""
        self._stopped = True
        self._done.put(None)

    def close(self) -> None:
        """End the processes and cancel their jobs."""
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)

    def _hand_out(self) -> None:
        while self._waiting and len(self._in_hand) < self._at_once:
            in_hand = [job.attempts for job, _ in self._in_hand.values()]
            if in_hand and max(self._waiting[0].attempts, *in_hand) >= SUSPECT:
                return
            job = self._waiting.popleft()
            executor = self._executor = self._executor or self._pool()
            try:
                future = executor.submit(job.make, job.job)
            except BrokenExecutor as error:
                future = Future()
                future.set_exception(error)
            self._in_hand[future] = job, executor
            future.add_done_callback(self._done.put)

    def _replace(self, broken: Executor) -> None:
        if broken is self._executor:
            broken.shutdown(wait=False, cancel_futures=True)
            self._executor = None


@contextmanager
def workers(jobs: int, timeout: float) -> Iterator[Workers]:
    """A pool of processes with one numerical thread each, forked from a server that has imported papermill.

    Args:
        jobs: number of processes.
        timeout: seconds for a notebook; a process that takes much longer is stuck, and replaced.
    """
    os.environ.update(kernels.ONE_THREAD)
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(list(PRELOADED))
    with kernels.warm_parent() as address:
        made = Workers(
            lambda: Processes(context, jobs, PAGES_PER_PROCESS, timeout + AROUND, _begin, (address,)), jobs + 1
        )
        try:
            yield made
        finally:
            made.close()


def _begin(address: str | None) -> None:
    """Initialise a worker: it ends with the runner, and starts kernels through the warm parent."""
    gc.freeze()  # keeps memory shared: the collector would write to, and so copy, every page
    threading.Thread(target=_end_with_runner, daemon=True).start()
    kernels.use(address)


def _end_with_runner() -> None:
    """End this worker when the runner ends, even if it is killed; otherwise the worker would wait forever."""
    if runner := multiprocessing.parent_process():
        wait([runner.sentinel])
        os._exit(1)
