"""What all reports of a run read: made once by the runner, and once in the process from which kernels are forked.

Outside a run nothing is held, as files may change between two looks at them; a run sees one state of them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from evalkit.inputs.project import Evaluation

Made = TypeVar("Made")
_held: dict[tuple[str, str, str], Any] = {}
_is_on = False


def start() -> None:
    """From now on what is made once is held, here and in every process forked from this one."""
    global _is_on
    _is_on = True


@contextmanager
def for_a_while() -> Iterator[None]:
    """The same until the end of the block."""
    global _is_on
    start()
    try:
        yield
    finally:
        _is_on = False
        _held.clear()


def once(name: str, evaluation: Evaluation, make: Callable[[], Made]) -> Made:
    """What is held for the assessment under this name, else made; it must be the same for every region."""
    key = name, str(evaluation.root), evaluation.assessment.name
    if key not in _held:
        made = make()
        if not _is_on:
            return made
        _held[key] = made
    held: Made = _held[key]
    return held
