"""The pages on the machines of a Dask cluster instead of processes of this one: `evalkit run --scheduler`.

The cluster replaces workers that die and hands their pages to others. All of its machines have to see the project
folder under the same path, and to run the same evalkit.
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

from evalkit.errors import InputError, Mistake, one_line
from evalkit.files import atomic, run_cache, source_code
from evalkit.publishing.run import kernels
from evalkit.publishing.run.workers import Workers

if TYPE_CHECKING:
    from distributed import Client

PATIENCE = 10  # seconds to wait for the scheduler, and for its first worker
AHEAD = 2  # pages in hand for each thread, so that none waits for the network
SOURCE = source_code.own_hash()  # a worker keeps what it has imported until it is restarted
INSTALL = "Install it: pip install 'evalkit[cluster]'."


@dataclass(frozen=True, slots=True)
class Run:
    """What a worker on the cluster has to know of a run.

    Attributes:
        name: no other run has it.
        environment: what a kernel of the run finds in its environment.
    """

    name: str
    environment: Mapping[str, str]


@contextmanager
def workers(address: str, folder: Path) -> Iterator[Workers]:
    """Workers on the cluster whose scheduler listens at an address.

    On leaving, what is being made is finished first: nothing may still write when the next run begins.

    Args:
        address: as the scheduler prints it, tcp://host:8786.
        folder: of the project, where every worker has to find a file that is written here.

    Raises:
        InputError: `distributed` is not installed, nobody answers, no worker is there, or one cannot make pages.
    """
    told = {name: os.environ.get(name, "") for name in (kernels.MEMORY, run_cache.FILE)}
    run = Run(uuid.uuid4().hex, {**told, "PYTHONSAFEPATH": "1"})
    with _connected(address) as client:
        _check(client, folder, run)
        threads = sum(client.nthreads().values())
        try:
            yield Workers(lambda: _Cluster(client, run), AHEAD * max(threads, 1))
        finally:
            with suppress(Exception):  # a cluster that is gone needs no farewell
                client.run(_leave, run.name, on_error="ignore")


class _Cluster(Executor):
    """What `Workers` asks of an executor. `shutdown` does nothing: what is in hand elsewhere goes on there."""

    def __init__(self, client: "Client", run: Run) -> None:
        self._executor, self._run = client.get_executor(retries=1, pure=False), run

    def submit(self, make: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        made: Future[Any] = Future()
        try:
            asked = self._executor.submit(_make, self._run, partial(make, *given, **named))
        except Exception as error:
            raise BrokenExecutor("the cluster takes no more work") from error
        asked.add_done_callback(partial(_hand_over, made))
        return made


def _hand_over(made: Future[Any], asked: Future[Any]) -> None:
    """Pass an answer on; a page whose worker was killed again and again broke what was to make it."""
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
        # What was half begun ends when it is collected; while the next one begins, that would be a deadlock.
        gc.collect()
        cure = "Start one with `dask scheduler`, and give the address that it prints (tcp://host:8786)."
        raise InputError([Mistake(where, "no scheduler answers there", cure)])
    with client:
        yield client


def _check(client: "Client", folder: Path, run: Run) -> None:
    """Say of every worker why it could not make pages; all at once, before one is begun."""
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
        found = client.run(_look, sign, on_error="return")
    finally:
        sign.unlink()
    mistakes = [mistake for worker, seen in found.items() if (mistake := _mistake(worker, seen, run, folder))]
    if mistakes:
        raise InputError(mistakes)


def _mistake(worker: str, seen: Any, run: Run, folder: Path) -> Mistake | None:
    if isinstance(seen, BaseException):
        return Mistake(worker, f"this worker cannot import evalkit: {one_line(seen)}", INSTALL)
    source, name = seen
    if source != SOURCE:
        return Mistake(worker, "this worker runs another evalkit", "Install the same on every machine; restart it.")
    if name != run.name:
        cure = "Put the project on a file system that all machines share, under the same path."
        return Mistake(worker, f"this worker does not see {folder}", cure)
    return None


# What follows runs in the workers' processes.

_busy: Counter[str] = Counter()  # pages that are being made, by run
_over: set[str] = set()
_guard = threading.Lock()


def _look(sign: Path) -> tuple[str, str]:
    """Which evalkit this is, and what a file of the runner's says here."""
    try:
        return SOURCE, sign.read_text(encoding="utf-8")
    except OSError:
        return SOURCE, ""


def _make(run: Run, make: Callable[[], Any]) -> Any:
    with _guard:
        if run.name in _over:
            return None  # nobody waits for it
        _prepare()
        os.environ.update(run.environment)
        _busy[run.name] += 1
    try:
        return make()
    finally:
        with _guard:
            _busy[run.name] -= 1


async def _leave(run: str) -> None:
    """Begin nothing more of a run, and wait for what is being made."""
    with _guard:
        _over.add(run)
    while _busy[run]:
        await asyncio.sleep(0.05)


@cache
def _prepare() -> None:
    """Once in every process: one numerical thread, and a warm parent of its own, which ends with it."""
    os.environ.update(kernels.ONE_THREAD)
    kept = ExitStack()
    atexit.register(kept.close)
    kernels.use(kept.enter_context(kernels.warm_parent()))
