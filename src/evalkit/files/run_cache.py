"""Run-scoped cache: filled once by the runner, shared with all its processes through a pickle file.

Outside a run nothing is cached, since files may change between two reads; a run works on one state of the files.
"""

import os
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import pyarrow

from evalkit.files import atomic

FILE = "EVALKIT_HELD"  # environment variable that names the file to a run's processes
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
def shared(path: Path) -> Iterator[None]:
    """Write the cache to a file for the processes started in this block; free this process's own copy meanwhile."""
    try:
        with atomic.replacing(path) as new, new.open("wb") as file:
            for is_first in (True, False):
                pickle.dump(_part(is_first), file, pickle.HIGHEST_PROTOCOL)
    except OSError:  # on a full disk each process reads the files itself
        yield
        return
    os.environ[FILE] = str(path)
    _held.clear()  # reference counting frees it all: there are no cycles that need gc.collect()
    pyarrow.default_memory_pool().release_unused()  # kernels need the memory
    try:
        yield
    finally:
        take(whole=True)
        del os.environ[FILE]
        path.unlink(missing_ok=True)


def _part(is_first: bool) -> dict[tuple[str, str, str], Any]:
    return {key: made for key, made in _held.items() if (key[0] == PARAMETERS) == is_first}


def take(whole: bool = False) -> None:
    """In a process of a run: load the runner's parameters from the shared file; with `whole`, the data too.

    Drops the cache of an earlier run first: a cluster's worker serves many runs.
    Unpickling is safe here: only the runner's own account can replace the file, and it could also change notebooks.
    """
    global _is_on, _taken, _read
    _taken, _read = os.environ[FILE], 0
    _is_on = bool(_taken)
    _held.clear()
    _take_next()
    if whole:
        _take_next()


def _take_next() -> None:
    """Load the file's next part. If the file is missing or damaged, this process reads the data itself."""
    global _read
    with suppress(Exception), Path(_taken).open("rb") as file:
        file.seek(_read)
        _held.update(pickle.load(file))
        _read = file.tell()


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
    held: Made = _held[key]
    return held
