"""Run-scoped cache: filled once by the runner, shared with all its processes through a pickle file.

Outside a run nothing is held, as files may change between two looks at them; a run sees one state of them.
"""

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

FILE = "EVALKIT_HELD"  # of the environment of a run's processes: the file
PREFIX = ".held."
ON_LINUX = sys.platform.startswith("linux")
PARAMETERS = "parameters"  # stand first in it: workers need them for every page, and nothing of the data
Made = TypeVar("Made")
_held: dict[tuple[str, str, str], Any] = {}
_is_on = False
_taken = ""  # the file of which this process has read at least the first part
_read = 0  # bytes of it


@contextmanager
def for_a_while() -> Iterator[None]:
    """From now on what is made once is held, until the end of the outermost such block."""
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
    """What is held so far, in a file for every process started in the block; this one lets go of it meanwhile.

    Args:
        folder: where the disk has room for it.
        across_machines: whether processes of other machines have to find it; it then needs a name.
    """
    global _taken
    with ExitStack() as kept:
        try:
            file, address = kept.enter_context(_private(folder, across_machines or not ON_LINUX))
            for is_first in (True, False):
                pickle.dump(_part(is_first), file, pickle.HIGHEST_PROTOCOL)
            file.flush()
        except OSError:  # a full disk is no reason to stop: each process then reads for itself
            yield
            return
        os.environ[FILE] = address
        _held.clear()  # counting references frees it: no cycles, so a full collection finds nothing more
        pyarrow.default_memory_pool().release_unused()  # kernels need the memory
        try:
            yield
        finally:
            take(whole=True)
            _taken = ""
            del os.environ[FILE]


@contextmanager
def _private(folder: Path, has_name: bool) -> Iterator[tuple[IO[bytes], str]]:
    """A file that only this user can read, with its address: all data of the run are in it, small numbers not hidden.

    Without a name it is gone with this process, however that ends.
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
    """Remove what a killed run could not."""
    for path in folder.glob(f"{PREFIX}*"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _part(is_first: bool) -> dict[tuple[str, str, str], Any]:
    return {key: made for key, made in _held.items() if (key[0] == PARAMETERS) == is_first}


def take(whole: bool = False) -> None:
    """In a process of a run: hold the parameters that its runner holds; with `whole`, everything else too.

    What it held of an earlier run goes: a worker of a cluster serves many.
    Nothing is read from a file that another user could have written.
    """
    global _is_on, _taken, _read
    _taken, _read = os.environ[FILE], 0
    _is_on = bool(_taken)
    _held.clear()
    _take_next()
    if whole:
        _take_next()


def _take_next() -> None:
    """The file's next part. Where the file is gone or damaged, this process reads for itself."""
    global _read
    with suppress(Exception), Path(_taken).open("rb") as file:
        if not _is_private(os.fstat(file.fileno())):
            return
        file.seek(_read)
        _held.update(pickle.load(file))
        _read = file.tell()


def _is_private(about: os.stat_result) -> bool:
    """Whether it is a file of this user that nobody else may read or write."""
    if not hasattr(os, "geteuid"):
        return True  # Windows: the folder of its user is private
    return stat.S_ISREG(about.st_mode) and about.st_uid == os.geteuid() and not about.st_mode & 0o077


def once(name: str, root: Path, assessment: str, make: Callable[[], Made]) -> Made:
    """What is held for an assessment under this name, else made; it must be the same for every region."""
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
    held: Made = _held[key]
    return held
