"""Run-scoped cache: filled once by the runner, shared with all its processes through a pickle file.

Outside a run nothing is cached, since files may change between two reads; a run works on one state of the files.
"""

import ctypes
import os
import pickle
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, Any, TypeVar

import pyarrow

FILE = "EVALKIT_HELD"  # environment variable that names the file to a run's processes
PREFIX = ".held."
ON_LINUX = sys.platform.startswith("linux")
PARAMETERS = "parameters"  # the file's first part: workers need it for every page, but none of the data
Made = TypeVar("Made")
_held: dict[tuple[str, str, str], Any] = {}
_is_on = False
_taken = ""  # the file whose first part, at least, this process has loaded
_read = 0  # bytes of it loaded so far


@contextmanager
def for_a_while() -> Iterator[None]:
    """Switch the cache on until the end of the outermost such block."""
    global _is_on
    was_on, _is_on = _is_on, True
    try:
        yield
    finally:
        _is_on = was_on
        if not was_on:
            _held.clear()


@contextmanager
def shared(folder: Path, across_machines: bool = False) -> Iterator[None]:
    """Write the cache to a file for the processes started in this block; free this process's own copy meanwhile.

    Args:
        folder: a folder on a disk with enough space.
        across_machines: whether processes on other machines need it; it then needs a name.
    """
    global _taken
    with ExitStack() as kept:
        try:
            file, address = kept.enter_context(_private(folder, across_machines or not ON_LINUX))
            for is_first in (True, False):
                pickle.dump(_part(is_first), file, pickle.HIGHEST_PROTOCOL)
            file.flush()
        except OSError:  # on a full disk each process reads the files itself
            yield
            return
        os.environ[FILE] = address
        _held.clear()  # reference counting frees it all: there are no cycles that need gc.collect()
        _release()  # kernels need the memory
        try:
            yield
        finally:
            take(with_data=True)
            _taken = ""
            del os.environ[FILE]


def _release() -> None:
    """Give memory that is free back to the system, which the allocators of C keep otherwise."""
    pyarrow.default_memory_pool().release_unused()
    if ON_LINUX and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):  # not in every C library
        trim(0)


@contextmanager
def _private(folder: Path, has_name: bool) -> Iterator[tuple[IO[bytes], str]]:
    """A file that only this user can read, with its address: it has all data of the run, without disclosure control.

    Without a name, the file disappears with this process, even if that is killed.
    """
    if not has_name:
        with tempfile.TemporaryFile(dir=folder) as file:
            yield file, f"/proc/{os.getpid()}/fd/{file.fileno()}"
        return
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=folder) as private:
        path = Path(private) / "data"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file, str(path)


def remove_left(folder: Path) -> None:
    """Remove the files of a killed run."""
    for path in folder.glob(f"{PREFIX}*"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _part(is_first: bool) -> dict[tuple[str, str, str], Any]:
    return {key: made for key, made in _held.items() if (key[0] == PARAMETERS) == is_first}


def take(with_data: bool = False) -> None:
    """In a process of a run: load the runner's parameters from the shared file; `with_data`: the data too.

    Values of an earlier run are dropped: a worker of a cluster serves many runs.
    Nothing is read from a file that another user could have written.
    """
    global _is_on, _taken, _read
    _taken, _read = os.environ[FILE], 0
    _is_on = bool(_taken)
    _held.clear()
    _take_next()
    if with_data:
        _take_next()


def _take_next() -> None:
    """Load the file's next part. If the file is missing or damaged, this process reads the data itself."""
    global _read
    with suppress(Exception), Path(_taken).open("rb") as file:
        if not _is_private(os.fstat(file.fileno())):
            return
        file.seek(_read)
        _held.update(pickle.load(file))
        _read = file.tell()


def _is_private(status: os.stat_result) -> bool:
    """Whether it is a file that only this user can read or write."""
    if not hasattr(os, "geteuid"):
        return True  # Windows: the folder of its user is private
    return stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & 0o077


def once(name: str, root: Path, assessment: str, make: Callable[[], Made]) -> Made:
    """The value cached for an assessment under `name`, else the result of `make`, cached during a run.

    The value must not depend on the region: all regions of an assessment share it.
    """
    key = name, str(root), assessment
    if os.environ.get(FILE, _taken) != _taken:
        take()
    if key not in _held and name != PARAMETERS and _taken:
        _take_next()
    if key not in _held:
        made = make()
        if not _is_on:
            return made
        _held[key] = made
    value: Made = _held[key]
    return value
