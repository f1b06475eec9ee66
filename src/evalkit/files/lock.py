"""File locks: the operating system releases a lock when its process ends, even if it is killed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from evalkit.errors import InputError, Mistake


@contextmanager
def held(path: Path, busy: Mistake, wait: float = 0) -> Iterator[None]:
    """Hold a lock file.

    Args:
        path: the lock file; its folder is created.
        busy: the mistake to report if another process holds the lock.
        wait: seconds to wait for the other process.

    Raises:
        InputError: if another process still holds the lock, or if the path is not a regular file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink() or path.is_dir():
        raise InputError([Mistake(str(path), "is a link or a folder, but the lock is a file", "Remove it.")])
    try:
        with FileLock(path, timeout=wait):
            yield
    except Timeout:
        raise InputError([busy]) from None
