"""Atomic file writes: write next to the target, then rename; a killed writer leaves the old file.

The temporary name cannot be predicted: a project that comes from a stranger may hold links under names that can, and
what is written would follow them.
"""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evalkit.errors import InputError, Mistake

UNFINISHED = re.compile(r"\..+\.[0-9a-f]{16}\.unfinished")
LONGEST = 60  # characters of a file's own name in the other one, which must not be too long for the disk


def beside(path: Path) -> Path:
    """A temporary name in the same folder; `remove_unfinished` removes such files after a kill."""
    return path.with_name(f".{path.name[:LONGEST]}.{secrets.token_hex(8)}.unfinished")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A new, empty file next to `path`; it replaces the file when the block ends without an error.

    Raises:
        InputError: if there is a folder of this name.
    """
    if path.is_dir() and not path.is_symlink():
        raise InputError([Mistake(str(path), "is a folder, but a file is to be written there", "Remove the folder.")])
    path.parent.mkdir(parents=True, exist_ok=True)
    new = beside(path)
    os.close(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o666))
    try:
        yield new
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def write_text(path: Path, text: str, encoding: str = "utf-8") -> None:
    """Write a text file atomically, with the same line endings on every system."""
    write_bytes(path, text.encode(encoding))


def write_bytes(path: Path, content: bytes) -> None:
    """Write a binary file atomically."""
    with replacing(path) as new:
        new.write_bytes(content)


def remove_unfinished(folder: Path, pattern: str = ".*") -> None:
    """Remove the temporary files that a killed process left in a folder (pattern `**/.*`: in subfolders too)."""
    for path in folder.glob(pattern):
        if UNFINISHED.fullmatch(path.name) and path.is_file():
            path.unlink(missing_ok=True)
