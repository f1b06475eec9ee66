"""Keeps processes of a run from importing from the folder in which it was started, which may contain foreign code."""

import os
import sys
import tempfile
from pathlib import Path

LONGEST, SHORT = 50, "/tmp"


def environment() -> dict[str, str]:
    """The environment for child processes: they import only installed packages and folders in PYTHONPATH."""
    return {"PYTHONSAFEPATH": "1", **({"PYTHONPATH": os.pathsep.join(_named())} if "PYTHONPATH" in os.environ else {})}


def shorten_temporary_folder() -> None:
    """Use /tmp where the folder for temporary files has a long name: a socket's address takes a hundred characters."""
    if len(tempfile.gettempdir()) > LONGEST and os.access(SHORT, os.W_OK):
        os.environ["TMPDIR"] = tempfile.tempdir = SHORT


def leave_working_folder() -> None:
    """Import nothing more from it in this process, nor in those that inherit its path."""
    named = _named()
    try:
        here = str(Path.cwd())
    except OSError:  # the folder was removed since
        here = ""
    sys.path[:] = [folder for folder in sys.path if folder and (folder != here or folder in named)]


def _named() -> list[str]:
    """The folders of PYTHONPATH, absolute. An empty one (a colon too many leaves it) would be the working folder."""
    return [str(Path(folder).absolute()) for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if folder]
