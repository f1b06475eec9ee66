"""What `evalkit demo` writes: a project with the demonstration's parameters, data and notebooks."""

import shutil
from pathlib import Path

from evalkit.errors import InputError, Mistake
from evalkit.project import suite


def write(folder: Path) -> int:
    """Copy the demonstration project into a new or empty folder.

    Returns:
        The number of files.

    Raises:
        InputError: if the folder has contents, or cannot be written to; nothing is overwritten.
    """
    files = suite.demonstration()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise InputError([Mistake(str(folder), "is not empty", "Name a folder that is new or empty.")])
        for name, source in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, folder / name)
    except OSError as error:
        what = f"cannot be written ({error.strerror})"
        raise InputError([Mistake(str(folder), what, "Name a folder that you may write to.")]) from None
    return len(files)
