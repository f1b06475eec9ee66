"""Only one run per project at a time: two that write into the same reports would mix their pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from evalkit.errors import InputError, Mistake

LOCK = "reports/.lock"


@contextmanager
def taken(root: Path) -> Iterator[None]:
    """Take the project lock; the system releases it when the process ends, however it ends.

    Raises:
        InputError: while another run holds it, or where no file can be kept for it.
    """
    lock = root / LOCK
    lock.parent.mkdir(parents=True, exist_ok=True)
    if lock.is_symlink() or lock.is_dir():
        what = "is a link or a folder, but runs keep a file there"
        raise InputError([Mistake(LOCK, what, "Remove it.")])
    try:
        with FileLock(lock, timeout=0):
            yield
    except Timeout:
        what = "another `evalkit run` is at work in this project"
        raise InputError([Mistake("reports/", what, "Wait until it has ended, or stop it.")]) from None
