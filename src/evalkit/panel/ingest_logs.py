"""Logs that `evalkit ingest` writes: missing values with reasons, revisions, normalised cells, open questions."""

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
    """One of the logs, every cell as text; empty if no workbook was ever ingested.

    Rows about periods that end after the as-of date are left out.

    Raises:
        InputError: if the file cannot be read or lacks a column.
    """
    path = evaluation.root / "data" / evaluation.assessment.dataset / FOLDER / f"{name}.csv"
    if not path.is_file():
        return pd.DataFrame(columns=list(NEEDED[name]), dtype="str")
    table = dataset.read_text(path, evaluation.show(path))
    dataset.require(table, NEEDED[name], evaluation.show(path))
    # `loc`, because `table[[]]` of an empty list would select columns.
    return table.loc[_ended(table["period"], evaluation)] if "period" in table else table


def normalised(evaluation: Evaluation) -> dict[str, tuple[int, int]]:
    """By unit: the number of normalised cells in the workbooks with its figures, and the number of these workbooks."""
    books, log = read(evaluation, "workbooks"), read(evaluation, "log")
    cells = Counter(log["file"])
    files: dict[str, list[str]] = {}
    for file, units in zip(books["file"], books["units"], strict=True):
        for unit in units.split():
            files.setdefault(unit, []).append(file)
    return {unit: (sum(cells[file] for file in own), len(own)) for unit, own in files.items()}


def fingerprint(evaluation: Evaluation) -> str:
    """SHA-256 of all logs; a constant if no workbook was ever ingested."""
    digest = hashlib.sha256()
    folder = evaluation.root / "data" / evaluation.assessment.dataset / FOLDER
    for path in (folder / f"{name}.csv" for name in NEEDED):
        digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()


def _ended(named: Iterable[str], evaluation: Evaluation) -> list[bool]:
    date = evaluation.assessment.as_of
    return [date is None or not periods.valid(text) or periods.last_day(text) <= date for text in named]
