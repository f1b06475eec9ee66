"""Run-scoped cache: filled once by the runner, shared with all its processes through a pickle file.

Outside a run nothing is held, as files may change between two looks at them; a run sees one state of them.
"""

import os
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import pyarrow

from evalkit.files import atomic

FILE = "EVALKIT_HELD"  # of the environment of a run's processes: the file
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
def shared(path: Path) -> Iterator[None]:
    """What is held so far, in a file for every process started in the block; this one lets go of it meanwhile."""
    try:
        with atomic.replacing(path) as new, new.open("wb") as file:
            for is_first in (True, False):
                pickle.dump(_part(is_first), file, pickle.HIGHEST_PROTOCOL)
    except OSError:  # a full disk is no reason to stop: each process then reads for itself
        yield
        return
    os.environ[FILE] = str(path)
    _held.clear()  # counting references frees it: no cycles, so a full collection finds nothing more
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
    """In a process of a run: hold the parameters that its runner holds; with `whole`, everything else too.

    What it held of an earlier run goes: a worker of a cluster serves many.
    The file is the runner's own, of this minute: whoever could put another in its place could also change notebooks.
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
        file.seek(_read)
        _held.update(pickle.load(file))
        _read = file.tell()


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
