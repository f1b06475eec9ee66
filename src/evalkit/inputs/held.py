"""What all reports of a run read: made once, in the process from which their kernels are forked.

Outside a run nothing is held, as files may change between two looks at them; a run sees one state of them.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from evalkit.inputs.project import Evaluation

Made = TypeVar("Made")
_held: dict[tuple[str, str, str], Any] = {}
_is_on = False


def start() -> None:
    """From now on what is made once is held, here and in every process forked from this one."""
    global _is_on
    _is_on = True


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
