"""What `evalkit ingest` left beside a panel: gaps with their reason, values that were replaced, changes, questions."""

from collections.abc import Iterable
from typing import Literal

import pandas as pd

from evalkit.inputs import periods, tables
from evalkit.inputs.project import Evaluation

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
    table = tables.read_text(path, evaluation.show(path))
    tables.require(table, NEEDED[name], evaluation.show(path))
    # By `loc`: without rows, `table[[]]` would choose no column.
    return table.loc[_ended(table["period"], evaluation)] if "period" in table else table


def _ended(named: Iterable[str], evaluation: Evaluation) -> list[bool]:
    date = evaluation.assessment.as_of
    return [date is None or not periods.valid(text) or periods.last_day(text) <= date for text in named]
