"""Atomic file writes: write next to the target, then rename; a killed writer leaves the old file."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

UNFINISHED = re.compile(r"\..+\.\d+")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path next to `path`; it replaces the file when the block ends without an error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
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
