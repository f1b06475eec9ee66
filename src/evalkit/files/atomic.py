"""Atomic file writes: write next to the target, then rename; a killed writer leaves the old file."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

UNFINISHED = re.compile(r"\..+\.\d+")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A place beside a file; what is written there takes the file's place, unless writing it fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield new
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def write_text(path: Path, text: str, encoding: str = "utf-8") -> None:
    """Write a file whole or not at all, with the same ends of lines everywhere."""
    write_bytes(path, text.encode(encoding))


def write_bytes(path: Path, content: bytes) -> None:
    """The same for what is no text."""
    with replacing(path) as new:
        new.write_bytes(content)


def remove_unfinished(folder: Path, pattern: str = ".*") -> None:
    """Remove what a killed process had begun to write in a folder (`**/.*`: and below it)."""
    for path in folder.glob(pattern):
        if UNFINISHED.fullmatch(path.name) and path.is_file():
            path.unlink(missing_ok=True)
