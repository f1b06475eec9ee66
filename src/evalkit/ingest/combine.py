"""Readings of many workbooks as a few compact tables: every repeated text is kept once."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import pyarrow as pa

from evalkit.errors import Mistake
from evalkit.workbooks.log import Adoption, Change, Gap, Reading, Row, Total

WORKBOOKS = (
    "file",
    "checksum",
    "kind",
    "encoding",
    "rows",
    "units",
    "hidden",
    "returned_on",
    "title",
    "unit_line",
    "notes",
)
TABLES: dict[str, tuple[str, ...]] = {
    "rows": Row._fields,
    "log": Change._fields,
    "gaps": Gap._fields,
    "totals": Total._fields,
    "adoptions": Adoption._fields,
}
#: So many tables are kept before they are put together.
TOGETHER = 32


class Collection:
    """Collects readings as dictionary-encoded columns."""

    def __init__(self) -> None:
        self.refused: list[Mistake] = []
        self.questions: list[Mistake] = []
        self.answered: set[tuple[str, str, str]] = set()
        self._tables: dict[str, list[Any]] = {name: [] for name in TABLES}
        self._workbooks: list[tuple[object, ...]] = []

    def add(self, reading: Reading) -> None:
        """Take in what one workbook gave."""
        self.refused += reading.refused
        self.questions += reading.questions
        self.answered |= {(reading.file, sheet, cell) for sheet, cell in reading.answered}
        tables: dict[str, Sequence[Any]] = {name: getattr(reading, name) for name in TABLES}
        for name, lines in tables.items():
            if lines:
                self._append(name, _encoded(TABLES[name], lines, [reading.file] * len(lines)))
        texts = (reading.hidden, reading.titles, reading.unit_lines, reading.notes)
        hidden, title, unit_line, notes = (" | ".join(dict.fromkeys(text)) for text in texts)
        units = " ".join(sorted({row.unit for row in reading.rows}))
        facts = (reading.file, reading.checksum, reading.kind, reading.encoding, len(reading.rows), units)
        self._workbooks.append((*facts, hidden, reading.returned_on, title, unit_line, notes))

    def add_log(self, lines: Sequence[tuple[str, ...]]) -> None:
        """Take in lines of the change log that name their file first."""
        if lines:
            self._append("log", _encoded(TABLES["log"], [line[1:] for line in lines], [line[0] for line in lines]))

    def take(self, name: str) -> pd.DataFrame:
        """One of rows, log, gaps, totals, adoptions: its fields and `file`, as categories. The collection drops it."""
        columns = [*TABLES[name], "file"]
        if not self._tables[name]:
            return pd.DataFrame({column: pd.Series(dtype="category") for column in columns})
        table: pd.DataFrame = joined(self._tables[name]).to_pandas()
        self._tables[name] = []
        return table

    def workbooks(self) -> pd.DataFrame:
        """One row per file: checksum, kind, encoding, values and whose they are, hidden parts, titles, footnotes."""
        return pd.DataFrame(self._workbooks, columns=list(WORKBOOKS))

    def _append(self, name: str, table: Any) -> None:
        tables = self._tables[name]
        tables.append(table)
        if len(tables) >= TOGETHER:
            self._tables[name] = [joined(tables)]


def joined(tables: Sequence[Any]) -> Any:
    """One Arrow table, in which each text is kept once."""
    return pa.concat_tables(tables).unify_dictionaries().combine_chunks()


def encoded(table: pd.DataFrame) -> Any:
    """A table of texts as an Arrow table, in which each text is kept once."""
    arrays = {name: pa.array(table[name], type=pa.string()).dictionary_encode() for name in table.columns}
    return pa.table(arrays)


def _encoded(fields: Sequence[str], lines: Sequence[Any], files: Sequence[str]) -> Any:
    columns = {name: pa.array(list(column)) for name, column in zip(fields, zip(*lines, strict=True), strict=True)}
    columns["file"] = pa.array(files)
    texts = {
        name: array.dictionary_encode() if pa.types.is_string(array.type) else array for name, array in columns.items()
    }
    return pa.table(texts)
