"""Files that a reader meets whole or not at all, and that stay the old ones where whoever writes them is killed."""

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


def remove_unfinished(folder: Path, pattern: str = ".*") -> None:
    """Remove what a killed process had begun to write in a folder (`**/.*`: and below it)."""
    for path in folder.glob(pattern):
        if UNFINISHED.fullmatch(path.name) and path.is_file():
            path.unlink(missing_ok=True)
