"""Makes pages on a Dask cluster instead of in local processes: `evalkit run --scheduler`.

The cluster replaces workers that die and reschedules their pages. All of its machines must share the project folder
under the same path and run the same version of evalkit.
"""

import asyncio
import atexit
import gc
import os
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalkit.errors import InputError, Mistake, install, one_line
from evalkit.files import atomic, run_cache, source_code
from evalkit.publishing.run import kernels
from evalkit.publishing.run.workers import Workers

if TYPE_CHECKING:
    from distributed import Client

PATIENCE = 10  # seconds to wait for the scheduler, and for its first worker
AHEAD = 2  # pages in hand for each thread, so that none waits for the network
SOURCE = source_code.own_hash()  # a worker keeps what it has imported until it is restarted
INSTALL = install("cluster")


@dataclass(frozen=True, slots=True)
class Run:
    """A run, as sent to workers of the cluster.

    Attributes:
        name: unique per run.
        environment: environment variables for the run's kernels.
    """

    name: str
    environment: Mapping[str, str]


@contextmanager
def workers(address: str, folder: Path) -> Iterator[Workers]:
    """Workers of the cluster whose scheduler listens at `address`.

    On exit, waits for pages in progress: none may still be writing when the next run begins.

    Args:
        address: as the scheduler prints it, tcp://host:8786.
        folder: a folder of the project; a test file in it must be visible to every worker.

    Raises:
        InputError: if `distributed` is not installed, the scheduler does not answer, it has no workers, or a worker
            cannot make pages.
    """
    settings = {name: os.environ.get(name, "") for name in (kernels.MEMORY, run_cache.FILE)}
    run = Run(uuid.uuid4().hex, {**settings, "PYTHONSAFEPATH": "1"})
    with _connected(address) as client:
        _check(client, folder, run)
        threads = sum(client.nthreads().values())
        try:
            yield Workers(lambda: _Cluster(client, run), AHEAD * max(threads, 1))
        finally:
            with suppress(Exception):  # the cluster may be gone
                client.run(_leave, run.name, on_error="ignore")


class _Cluster(Executor):
    """The executor interface that `Workers` needs. `shutdown` does nothing: submitted pages continue on the cluster."""

    def __init__(self, client: "Client", run: Run) -> None:
        self._executor, self._run = client.get_executor(retries=1, pure=False), run

    def submit(self, make: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        made: Future[Any] = Future()
        try:
            asked = self._executor.submit(_make, self._run, partial(make, *given, **named))
        except Exception as error:
            raise BrokenExecutor("the cluster accepts no more work") from error
        asked.add_done_callback(partial(_hand_over, made))
        return made


def _hand_over(made: Future[Any], asked: Future[Any]) -> None:
    """Copy the result of a Dask future; repeated kills of a page's workers count as a broken executor."""
    from distributed import KilledWorker

    error = CancelledError() if asked.cancelled() else asked.exception()
    if error is None:
        made.set_result(asked.result())
    elif isinstance(error, (KilledWorker, CancelledError)):
        made.set_exception(BrokenExecutor("workers of the cluster were killed"))
    else:
        made.set_exception(error)


@contextmanager
def _connected(address: str) -> Iterator["Client"]:
    where = f"--scheduler {address}"
    try:
        from distributed import Client
    except ImportError:
        raise InputError([Mistake(where, "the package distributed is not installed", INSTALL)]) from None
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError):
        client = None
    if client is None:
        # Collect the half-open client now; collecting it while the next one connects would deadlock.
        gc.collect()
        cure = "Start one with `dask scheduler`, and give the address that it prints (tcp://host:8786)."
        raise InputError([Mistake(where, "no scheduler answers there", cure)])
    with client:
        yield client


def _check(client: "Client", folder: Path, run: Run) -> None:
    """Check that every worker can make pages; raise an InputError with the problems of all of them."""
    where = f"--scheduler {client.scheduler.address if client.scheduler else ''}"
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        cure = "Start some, on every machine: dask worker ADDRESS --nthreads 1 --nworkers auto"
        raise InputError([Mistake(where, "the scheduler has no workers", cure)]) from None
    folder.mkdir(parents=True, exist_ok=True)
    sign = atomic.beside(folder / "cluster")  # `batch` removes what a killed run leaves under such a name
    with sign.open("x", encoding="utf-8") as file:
        file.write(run.name)
    try:
        views = client.run(_look, sign, on_error="return")
    finally:
        sign.unlink()
    mistakes = [mistake for worker, seen in views.items() if (mistake := _mistake(worker, seen, run, folder))]
    if mistakes:
        raise InputError(mistakes)


def _mistake(worker: str, seen: Any, run: Run, folder: Path) -> Mistake | None:
    if isinstance(seen, BaseException):
        return Mistake(worker, f"this worker cannot import evalkit: {one_line(seen)}", INSTALL)
    source, name = seen
    if source != SOURCE:
        cure = "Install the same version on every machine and restart the worker."
        return Mistake(worker, "this worker runs another version of evalkit", cure)
    if name != run.name:
        cure = "Put the project on a file system that all machines share, under the same path."
        return Mistake(worker, f"this worker does not see {folder}", cure)
    return None


# The code below runs in the workers' processes.

_busy: Counter[str] = Counter()  # number of pages in progress, by run
_over: set[str] = set()
_guard = threading.Lock()


def _look(sign: Path) -> tuple[str, str]:
    """The source hash of this worker's evalkit, and the content of the runner's test file as seen here."""
    try:
        return SOURCE, sign.read_text(encoding="utf-8")
    except OSError:
        return SOURCE, ""


def _make(run: Run, make: Callable[[], Any]) -> Any:
    with _guard:
        if run.name in _over:
            return None  # the run has ended
        _prepare()
        os.environ.update(run.environment)
        _busy[run.name] += 1
    try:
        return make()
    finally:
        with _guard:
            _busy[run.name] -= 1


async def _leave(run: str) -> None:
    """Start no more pages of a run, and wait for those in progress."""
    with _guard:
        _over.add(run)
    while _busy[run]:
        await asyncio.sleep(0.05)


@cache
def _prepare() -> None:
    """Once per process: limit numerical threads to one, and start a warm parent that ends with the process."""
    os.environ.update(kernels.ONE_THREAD)
    kept = ExitStack()
    atexit.register(kept.close)
    kernels.use(kept.enter_context(kernels.warm_parent()))
