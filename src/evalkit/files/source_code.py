"""A hash of the code that pages rest on: a page made by other code is not up to date."""

import hashlib
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
DATA_STAIR = ("scaffold", "ingest", "collection", "cli.py", "terminal.py")  # no page rests on these
#: Of the workbooks: downloads are written, and the dates of units.csv are read as in workbooks.
WORKBOOKS = (
    "writing.py", "spreadsheet_text.py", "cell_text.py", "lexicon.py", "lexicon.yml", "period_labels.py",
    "labels/measures.py", "labels/spellings.py",
)  # fmt: skip


def source_hash(folder: Path = PACKAGE) -> str:
    """sha256 of the code that a page rests on.

    The data stair (reading workbooks, new projects, the command line) is left out: no page depends on it.
    """
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".pyc" and _is_report_code(path.relative_to(folder)):
            digest.update(path.read_bytes())
    return digest.hexdigest()


@cache
def own_hash() -> str:
    """The same of the code that this process has imported, worked out once."""
    return source_hash()


def _is_report_code(path: Path) -> bool:
    if path.parts[0] == "workbooks":
        return path.relative_to("workbooks").as_posix() in WORKBOOKS
    return path.parts[0] not in DATA_STAIR
