"""What all reports of a run read: made once by the runner, and found by each of its processes in a file.

Outside a run nothing is held, as files may change between two looks at them; a run sees one state of them.
"""

import gc
import os
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import pyarrow

from evalkit.inputs import whole_files
from evalkit.inputs.project import Evaluation

FILE = "EVALKIT_HELD"  # of the environment of a run's processes: the file
Made = TypeVar("Made")
_held: dict[tuple[str, str, str], Any] = {}
_is_on = False
_taken = ""  # the file that this process has read


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
        with whole_files.replacing(path) as new, new.open("wb") as file:
            pickle.dump(_held, file, pickle.HIGHEST_PROTOCOL)
    except OSError:  # a full disk is no reason to stop: each process then reads for itself
        yield
        return
    os.environ[FILE] = str(path)
    _held.clear()
    gc.collect()
    pyarrow.default_memory_pool().release_unused()  # kernels need the memory
    try:
        yield
    finally:
        take()
        del os.environ[FILE]
        path.unlink(missing_ok=True)


def take() -> None:
    """In a process of a run: hold what its runner holds. Where the file is gone or damaged, this process reads itself.

    What it held of an earlier run goes: a worker of a cluster serves many.
    The file is the runner's own, of this minute: whoever could put another in its place could also change notebooks.
    """
    global _is_on, _taken
    _taken = os.environ[FILE]
    _is_on = bool(_taken)
    _held.clear()
    with suppress(Exception), Path(_taken).open("rb") as file:
        _held.update(pickle.load(file))


def once(name: str, evaluation: Evaluation, make: Callable[[], Made]) -> Made:
    """What is held for the assessment under this name, else made; it must be the same for every region."""
    key = name, str(evaluation.root), evaluation.assessment.name
    if os.environ.get(FILE, _taken) != _taken:
        take()
    if key not in _held:
        made = make()
        if not _is_on:
            return made
        _held[key] = made
    held: Made = _held[key]
    return held
