"""Only one run per project at a time: two that write into the same reports would mix their pages."""

from contextlib import AbstractContextManager
from pathlib import Path

from evalkit.errors import Mistake
from evalkit.files import lock

LOCK = "reports/.lock"


def taken(root: Path) -> AbstractContextManager[None]:
    """Take the project lock; the system releases it when the process ends, however it ends.

    Raises:
        InputError: while another run holds it, or where no file can be kept for it.
    """
    told = "another `evalkit run` is at work in this project"
    return lock.held(root / LOCK, Mistake("reports/", told, "Wait until it has ended, or stop it."))
