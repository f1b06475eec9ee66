"""Worker processes: what is asked for comes back as it gets done, and more may be asked for in between."""

import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Any, TypeVar

from evalkit.publishing import kernels

LOST = "the process that made the page was killed; run again with fewer --jobs"
PRELOADED = ("papermill", "evalkit.publishing.task", "evalkit.publishing.html", "evalkit.publishing.downloads")
Job = TypeVar("Job")
Answer = TypeVar("Answer")


class Workers:
    """Hands out work and gives the answers in the order in which they get done."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._lost: dict[Future[Any], Any] = {}  # what is answered where the process is killed
        self._done: SimpleQueue[Future[Any]] = SimpleQueue()

    def ask(self, make: Callable[[Job], Answer], job: Job, lost: Answer) -> None:
        """Have something made.

        Args:
            lost: the answer where the process that was to make it is killed.
        """
        try:
            future = self._executor.submit(make, job)
        except BrokenProcessPool as error:  # one killed process takes the whole pool with it
            future = Future()
            future.set_exception(error)
        self._lost[future] = lost
        future.add_done_callback(self._done.put)

    def answers(self) -> Iterator[Any]:
        """Every answer, also to what is asked for while they come."""
        while self._lost:
            future = self._done.get()
            lost = self._lost.pop(future)
            try:
                yield future.result()
            except BrokenProcessPool:
                yield lost


@contextmanager
def workers(jobs: int) -> Iterator[Workers]:
    """Processes with one numerical thread each, forked from a server that has papermill imported."""
    with kernels.warm_parent() as address, _pool(jobs, address) as pool:
        yield Workers(pool)


def _pool(jobs: int, address: str | None) -> Executor:
    os.environ.update({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1"})
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(list(PRELOADED))
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=kernels.use, initargs=(address,))
