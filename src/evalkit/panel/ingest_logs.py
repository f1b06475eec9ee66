"""What `evalkit ingest` left beside a panel: gaps with their reason, values that were replaced, changes, questions."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Literal

import pandas as pd

from evalkit import periods
from evalkit.project import dataset
from evalkit.project.evaluation import Evaluation

FOLDER = "ingest"
NEEDED = {
    "missing": ("unit", "period", "indicator", "reason"),
    "revisions": ("unit", "period", "indicator", "part", "before", "after"),
    "log": ("file", "rule"),
    "questions": ("where", "what", "cure"),
    "workbooks": ("file", "units"),
}
File = Literal["missing", "revisions", "log", "questions", "workbooks"]


def read(evaluation: Evaluation, name: File) -> pd.DataFrame:
    """One of the tables, every cell as text; without rows where no workbook was ever read.

    Rows that name a period enter once it has ended by the as-of date.

    Raises:
        InputError: where the file cannot be read or lacks a column.
    """
    path = evaluation.root / "data" / evaluation.assessment.dataset / FOLDER / f"{name}.csv"
    if not path.is_file():
        return pd.DataFrame(columns=list(NEEDED[name]), dtype="str")
    table = dataset.read_text(path, evaluation.show(path))
    dataset.require(table, NEEDED[name], evaluation.show(path))
    # By `loc`: without rows, `table[[]]` would choose no column.
    return table.loc[_ended(table["period"], evaluation)] if "period" in table else table


def normalised(evaluation: Evaluation) -> dict[str, tuple[int, int]]:
    """By unit, how many cells of the workbooks that hold its figures were read otherwise than written, in how many."""
    books, log = read(evaluation, "workbooks"), read(evaluation, "log")
    cells = Counter(log["file"])
    files: dict[str, list[str]] = {}
    for file, units in zip(books["file"], books["units"], strict=True):
        for unit in units.split():
            files.setdefault(unit, []).append(file)
    return {unit: (sum(cells[file] for file in own), len(own)) for unit, own in files.items()}


def fingerprint(evaluation: Evaluation) -> str:
    """sha256 of all the tables; the same where no workbook was ever read."""
    digest = hashlib.sha256()
    folder = evaluation.root / "data" / evaluation.assessment.dataset / FOLDER
    for path in (folder / f"{name}.csv" for name in NEEDED):
        digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()


def _ended(named: Iterable[str], evaluation: Evaluation) -> list[bool]:
    date = evaluation.assessment.as_of
    return [date is None or not periods.valid(text) or periods.last_day(text) <= date for text in named]
