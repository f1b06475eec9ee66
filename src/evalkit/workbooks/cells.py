"""The raw content of a workbook: cells with their addresses, not interpreted."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import Literal

Value = str | float | bool | dt.date | dt.datetime | None
Kind = Literal["xlsx", "xls", "xlsb", "ods", "csv", "dta", "sav", "parquet"]
Range = tuple[int, int, int, int]


def address(row: int, column: int) -> str:
    """The address a spreadsheet shows for a cell counted from one: (7, 2) is B7."""
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row}"


def place(file: str, sheet: str = "", cell: str = "") -> str:
    """A file, one of its sheets or one of its cells, as messages name it."""
    return file + (f", {sheet}" if sheet else "") + (f"!{cell}" if cell else "")


@dataclass(frozen=True, slots=True)
class Shown:
    """How the number that a cell shows differs from the stored one.

    Attributes:
        scale: it shows the number divided by this: 14551800 as 1455.2.
        suffix: what it writes behind the number, such as 万人次.
        precision: of a date: `year`, `month` or `day`; empty for a number.
        zero: what it shows for zero, if not a number; `unsigned`: it hides the minus sign.
        hidden: it shows no number at all.
    """

    scale: int = 1
    suffix: str = ""
    precision: str = ""
    zero: str | None = None
    unsigned: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell that is not empty.

    Attributes:
        row: counted from one, as spreadsheets do; so is `column`.
        value: as stored: 0.653 where 65.3% is shown. None for an error and for a formula that was never computed.
        percent: the cell's number format is a percentage (xlsx, ods).
        error: `#DIV/0!` and the like (xlsx, ods), else empty.
        uncached: a formula whose result the file does not hold (xlsx).
        shown: what its number format shows otherwise than stored (xlsx, ods); None where it shows the value.
    """

    row: int
    column: int
    value: Value
    percent: bool = False
    error: str = ""
    uncached: bool = False
    shown: Shown | None = None

    def __reduce__(self) -> tuple[type["Cell"], tuple[object, ...]]:
        """Twice as fast as what a dataclass does; cells travel between processes by the hundred thousand."""
        return Cell, (self.row, self.column, self.value, self.percent, self.error, self.uncached, self.shown)

    @property
    def address(self) -> str:
        """For example B7; empty for a text from outside the cells (row 0)."""
        return address(self.row, self.column) if self.row else ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet; `cells` by (row, column) holds only what is not empty.

    Attributes:
        merged: first row, first column, last row, last column; the first cell holds the value.
        hidden_rows: those that hold cells; so do `hidden_columns`.
        comments: remarks by (row, column), also on cells that are empty (xlsx).
    """

    name: str
    cells: Mapping[tuple[int, int], Cell]
    merged: tuple[Range, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    hidden: bool = False
    comments: Mapping[tuple[int, int], str] = field(default_factory=dict)

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """The cells of each row that is not empty, from the left; rows from the top."""
        in_order = sorted(self.cells.values(), key=attrgetter("row", "column"))
        for _, cells in groupby(in_order, key=attrgetter("row")):
            yield tuple(cells)


@dataclass(frozen=True, slots=True)
class Workbook:
    """A file as received.

    Attributes:
        name: as shown to users, in messages and logs.
        checksum: SHA-256 of the file's bytes, in hexadecimal.
        kind: by content, whatever the name's ending says.
        encoding: of a csv (`utf-8`, `utf-8-sig`, `gb18030`, `utf-16`); empty for the others.
        date_1904: day numbers count from 1904 (xlsx); dates are converted already, bare numbers are not.
        notes: what the user may want to know, such as an ending that does not fit the content.
        doubts: sheet, cell and what a second reader finds there instead.
    """

    name: str
    checksum: str
    kind: Kind
    encoding: str
    sheets: tuple[Sheet, ...]
    date_1904: bool = False
    notes: tuple[str, ...] = ()
    doubts: tuple[tuple[str, str, str], ...] = ()
