"""Sandbox for untrusted files: warm child processes with limits of computing time and memory.

A hostile workbook can make a library loop, allocate without end or abort its whole process. Here that costs one child,
never the run: the next call gets a new one.

Why not a pool of `multiprocessing` or Pebble: their children start with the current folder on the import path and run
the caller's main module again, and all children of a pool share one pipe and its lock, so that one that is killed
while it sends a large result holds up the others. These children start with `-P`, and each has its own pipes.
"""

import atexit
import contextlib
import functools
import gc
import math
import os
import pickle
import queue
import signal
import struct
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any, Self, TypeVar, cast

from evalkit.errors import InputError

try:
    import resource
except ImportError:  # Windows: only the limit on the clock holds
    resource = None  # type: ignore[assignment]

SECONDS = 10.0  # of computing time: a busy machine makes no file too slow
WALL = 120.0  # seconds on the clock in which a child must compute something, however busy the machine is
LEAST = 0.002  # of that time: a child that computes less is waiting
BYTES = 1 << 30
CHILDREN = 2

_SERVE = "from evalkit.workbooks import sandbox; sandbox.serve({}, {})"
_STARTING = 60.0
_LENGTH = struct.Struct("<Q")

Argument = TypeVar("Argument")
Result = TypeVar("Result")


class StoppedError(Exception):
    """The work was given up; the message says why, as the end of a sentence about the file."""


class Guard:
    """A few child processes, started when first needed and kept warm; may be called from several threads.

    Args:
        children: how many calls may run at once.
        seconds: computing time that one call may take (where the system can limit it); its child is killed then.
        memory: bytes of address space of one child (the same).
        wall: seconds on the clock that one call may pass without computing.
    """

    def __init__(
        self, children: int = CHILDREN, seconds: float = SECONDS, memory: int = BYTES, wall: float = WALL
    ) -> None:
        self.children, self.seconds, self.memory, self.wall = children, seconds, memory, wall
        self._idle: queue.LifoQueue[_Child | None] = queue.LifoQueue()
        for _ in range(children):
            self._idle.put(None)

    def call(self, function: Callable[..., Result], *arguments: Any) -> Result:
        """What the function returns; it and its arguments must be picklable (a function of a module).

        Raises:
            InputError: the function raised it.
            StoppedError: it took too long or too much memory, its process died, or it failed in any other way.
        """
        child = self._idle.get()
        try:
            if child is None or child.process.poll() is not None:
                child = _Child(self.memory, self.seconds)
            kind, content = child.ask(pickle.dumps((function, arguments)), self.wall)
        except BaseException:
            if child is not None:
                child.end()
            child = None
            raise
        finally:
            self._idle.put(child)
        if kind == "result":
            return cast(Result, content)
        raise InputError(content) if kind == "mistakes" else StoppedError(content)

    def each(
        self, function: Callable[[Argument], Result], arguments: Iterable[Argument]
    ) -> Iterator[tuple[Argument, Result | InputError | StoppedError]]:
        """Call the function on each argument; results in order, errors among them, at most a handful held at once."""
        waiting: deque[tuple[Argument, Future[Result]]] = deque()
        with ThreadPoolExecutor(self.children) as threads:
            for argument in arguments:
                waiting.append((argument, threads.submit(self.call, function, argument)))
                if len(waiting) > 2 * self.children:
                    first, future = waiting.popleft()
                    yield first, _outcome(future)
            for first, future in waiting:
                yield first, _outcome(future)

    def close(self) -> None:
        """End the children; the guard can still be used and starts new ones."""
        for child in [self._idle.get() for _ in range(self.children)]:
            if child is not None:
                child.end()
            self._idle.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@functools.cache
def shared() -> Guard:
    """The guard of this process, with the usual limits."""
    guard = Guard()
    atexit.register(guard.close)
    return guard


class _Child:
    """One process that answers calls until it is killed or its input ends."""

    def __init__(self, memory: int, seconds: float) -> None:
        self._seconds = seconds
        # Numerical libraries reserve address space for each thread; one thread stays far below the limit.
        surroundings = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "RUST_BACKTRACE": "0"}
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", _SERVE.format(memory, seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **surroundings, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        kind, content = self.ask(None, _STARTING)
        if kind != "ready":
            raise RuntimeError(f"a child process of {sys.executable} did not start: it {content}")

    def ask(self, request: bytes | None, wall: float) -> tuple[str, Any]:
        """The child's answer, or the reason why it gave none."""
        late, answered = threading.Event(), threading.Event()
        clock = threading.Thread(target=self._watch, args=(wall, late, answered), daemon=True)
        clock.start()
        try:
            answer = self._exchange(request)
        finally:
            answered.set()
            clock.join()  # it may be killing right now
        if answer is not None and not late.is_set():
            kind, content = pickle.loads(answer)
            return kind, content
        self.end()
        if late.is_set():
            return "stopped", _why(wall)
        computed_too_long = self.process.returncode == -getattr(signal, "SIGXCPU", 0)
        return "stopped", _why(self._seconds if computed_too_long else None)

    def end(self) -> None:
        """Kill the process and let go of its pipes."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                _open(pipe).close()

    def _watch(self, wall: float, late: threading.Event, answered: threading.Event) -> None:
        """Kill the child when it has passed its time on the clock and has computed next to nothing in it."""
        before = _computed(self.process.pid)
        while not answered.wait(wall):
            now = _computed(self.process.pid)
            if now - before < LEAST * wall:
                late.set()
                self.process.kill()
                return
            before = now

    def _exchange(self, request: bytes | None) -> bytes | None:
        try:
            if request is not None:
                _send(_open(self.process.stdin), request)
            return _receive(_open(self.process.stdout))
        except OSError:  # it died
            return None


def serve(memory: int, seconds: float) -> None:
    """The life of a child: answer calls from standard input until it ends."""
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    silent = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):  # so that nothing a library reads or prints gets between the messages
        os.dup2(silent, stream)
    _limit(memory)
    gc.set_threshold(50_000)  # a workbook is many small objects and no circles
    _send(outgoing, pickle.dumps(("ready", None)))
    while (request := _receive(incoming)) is not None:
        _grant(seconds)
        _send(outgoing, _answer(request))


def _answer(request: bytes) -> bytes:
    try:
        function, arguments = pickle.loads(request)
        return pickle.dumps(("result", function(*arguments)), pickle.HIGHEST_PROTOCOL)
    except InputError as error:
        return pickle.dumps(("mistakes", error.mistakes))
    except MemoryError:
        return pickle.dumps(("stopped", _why()))
    except BaseException as error:  # a panic in a Rust library is not an Exception
        return pickle.dumps(("stopped", f"cannot be read ({type(error).__name__}: {_line(str(error))})"))


def _computed(pid: int) -> float:
    """Computing time of a process in seconds; 0 where the system has no /proc or limits no computing time."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="latin-1").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError, ValueError, AttributeError):
        return 0.0


def _outcome(future: Future[Any]) -> Any:
    try:
        return future.result()
    except (InputError, StoppedError) as error:
        return error


def _why(seconds: float | None = None) -> str:
    return (
        f"takes longer than {seconds:g} seconds to read" if seconds else "is damaged, or takes too much memory to read"
    )


def _limit(memory: int) -> None:
    if resource is None:
        return
    for limit, value in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ValueError, OSError):  # a lower limit is in force, or the system knows none
            resource.setrlimit(limit, (value, value))


def _grant(seconds: float) -> None:
    """Computing time for one more call, in whole seconds from what the process has used; beyond it SIGXCPU kills."""
    if resource is None:
        return
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time() + seconds), hard))


def _send(stream: IO[bytes], message: bytes) -> None:
    stream.write(_LENGTH.pack(len(message)) + message)
    stream.flush()


def _receive(stream: IO[bytes]) -> bytes | None:
    """The next message; None where the other side is gone."""
    length = stream.read(_LENGTH.size)
    if len(length) < _LENGTH.size:
        return None
    size = _LENGTH.unpack(length)[0]
    message = stream.read(size)
    return message if len(message) == size else None


def _open(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None  # asked for at the start
    return pipe


def _line(text: str) -> str:
    return " ".join(text.split())[:200]
