"""One process at a time: the system releases a lock with its process, however that ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from evalkit.errors import InputError, Mistake


@contextmanager
def held(path: Path, busy: Mistake, wait: float = 0) -> Iterator[None]:
    """Hold a lock file.

    Args:
        path: the lock file; its folder is made.
        busy: what to say while another process holds it.
        wait: for how many seconds to wait for the other.

    Raises:
        InputError: another process still holds it, or something else has the name of the lock file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink() or path.is_dir():
        raise InputError([Mistake(str(path), "is a link or a folder, but the lock is a file", "Remove it.")])
    try:
        with FileLock(path, timeout=wait):
            yield
    except Timeout:
        raise InputError([busy]) from None
