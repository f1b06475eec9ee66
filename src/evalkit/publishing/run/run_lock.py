"""The project lock: only one run per project at a time, since two would mix their pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from evalkit.errors import InputError, Mistake

LOCK = "reports/.lock"


@contextmanager
def taken(root: Path) -> Iterator[None]:
    """Hold the project lock; the operating system releases it even if the process is killed.

    Raises:
        InputError: if another run holds it.
    """
    (root / LOCK).parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(root / LOCK, timeout=0):
            yield
    except Timeout:
        told = "another `evalkit run` is active in this project"
        raise InputError([Mistake("reports/", told, "Wait until it has ended, or stop it.")]) from None
