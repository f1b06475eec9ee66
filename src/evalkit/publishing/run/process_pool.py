"""A pool of processes that share no lock and no pipe: one that is killed or stopped costs only the job it has.

In pools whose processes read from one pipe, a process that is killed while it holds the lock of the pipe blocks all
others.
"""

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from queue import SimpleQueue
from typing import Any

KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
END_SECONDS = 3  # for a process to end after SIGTERM; then it is killed


class ProcessLostError(Exception):
    """The process of a job was killed, could not start, or did not answer in time."""


@dataclass(frozen=True, slots=True)
class _Job:
    future: Future[Any]
    make: Callable[..., Any]
    given: tuple[Any, ...]
    named: dict[str, Any]


class Processes(Executor):
    """Runs each job in one of `count` processes; a job whose process is lost fails with `ProcessLostError`.

    Args:
        context: how processes start.
        count: number of processes; each starts with its first job.
        jobs_each: number of jobs after which a process is replaced.
        seconds: time limit of a job, including the start of its process; the process is then killed.
        begin, given: called first in each process.
    """

    def __init__(
        self,
        context: Any,
        count: int,
        jobs_each: int,
        seconds: float,
        begin: Callable[..., None],
        given: tuple[Any, ...] = (),
    ) -> None:
        self._context, self._jobs_each, self._seconds, self._begin = context, jobs_each, seconds, (begin, given)
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._over = False
        slots = [_Slot(self) for _ in range(count)]
        self._slots = [(slot, threading.Thread(target=slot.serve, daemon=True)) for slot in slots]
        for _, thread in self._slots:
            thread.start()

    def submit(self, make: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        """Queue a job."""
        future: Future[Any] = Future()
        self._jobs.put(_Job(future, make, given, named))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End all processes, also those at work."""
        self._over = True
        for slot, _ in self._slots:
            self._jobs.put(None)
            slot.signal(signal.SIGTERM)
        for slot, thread in self._slots if wait else ():
            thread.join(END_SECONDS)
            if thread.is_alive():  # its process is stopped, or ignores SIGTERM
                slot.signal(KILL)
                thread.join(END_SECONDS)


class _Slot:
    """One process at a time, and the thread that gives it jobs."""

    def __init__(self, pool: Processes) -> None:
        self._pool = pool
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._done = 0

    def serve(self) -> None:
        while (job := self._pool._jobs.get()) is not None:
            if self._pool._over or not job.future.set_running_or_notify_cancel():
                continue
            try:
                succeeded, answer = self._answer(job)
            except Exception as error:  # a job that cannot be sent
                succeeded, answer = False, error
            (job.future.set_result if succeeded else job.future.set_exception)(answer)
        self.end()

    def _answer(self, job: _Job) -> tuple[bool, Any]:
        late = threading.Timer(self._pool._seconds, self.signal, [KILL])
        late.daemon = True
        late.start()
        try:
            pipe = self._pipe or self._start()
            pipe.send((job.make, job.given, job.named))
            succeeded, answer = pipe.recv()
        except (OSError, EOFError) as error:
            self.end()
            return False, ProcessLostError(str(error))
        finally:
            late.cancel()
        self._done += 1
        if self._done >= self._pool._jobs_each:
            self.end()
        return succeeded, answer

    def _start(self) -> Connection:
        own: Connection
        own, other = self._pool._context.Pipe()
        try:
            process = self._pool._context.Process(target=_serve, args=(other, *self._pool._begin), daemon=False)
            process.start()
        finally:
            other.close()  # so that the pipe ends with the process
        self._process, self._pipe, self._done = process, own, 0
        if self._pool._over:
            self.end()
        return own

    def signal(self, number: int) -> None:
        """Send it to the process, if there is one."""
        process = self._process
        if process is not None and process.pid is not None and process.is_alive():
            with suppress(OSError):
                os.kill(process.pid, number)

    def end(self) -> None:
        """End the process, which then is at no job."""
        process, pipe, self._process, self._pipe = self._process, self._pipe, None, None
        if process is not None and pipe is not None:
            pipe.close()
            process.terminate()
            process.join(END_SECONDS)
            process.kill()
            process.join()


def _serve(pipe: Connection, begin: Callable[..., None], given: tuple[Any, ...]) -> None:
    """In the process: do jobs until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the runner handles Ctrl-C
    begin(*given)
    while True:
        try:
            make, arguments, named = pipe.recv()
        except EOFError:
            return
        try:
            answer = True, make(*arguments, **named)
        except Exception as error:
            answer = False, error
        try:
            pipe.send(answer)
        except OSError:
            return
        except Exception as error:  # an answer that cannot be sent
            pipe.send((False, TypeError(f"{type(error).__name__}: {error}")))
