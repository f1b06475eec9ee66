"""The project lock: only one run per project at a time, since two would mix their pages."""

from contextlib import AbstractContextManager
from pathlib import Path

from evalkit.errors import Mistake
from evalkit.files import lock

LOCK = "reports/.lock"


def taken(root: Path) -> AbstractContextManager[None]:
    """Hold the project lock; the operating system releases it even if the process is killed.

    Raises:
        InputError: if another run holds it, or if the lock file cannot be created.
    """
    what = "another `evalkit run` is active in this project"
    return lock.held(root / LOCK, Mistake("reports/", what, "Wait until it has ended, or stop it."))
