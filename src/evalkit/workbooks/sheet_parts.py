"""What a workbook says besides the values of its cells, and how large a sheet may be."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from evalkit.errors import InputError, Mistake
from evalkit.workbooks.cells import Range, Shown, address

MOST_CELLS = 250_000
MOST_SHEETS = 500
MOST_COMMENTS, LONGEST_COMMENT = 10_000, 2_000
LARGEST_AREA = 8_000_000
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384

At = tuple[int, int]


@dataclass(slots=True)
class SheetParts:
    """What one sheet says besides values; rows and columns count from one.

    Attributes:
        shown: cells that show their number differently from how it is stored.
        numbers: the text of each number, to compare with what the library made of it (xlsx).
        texts: texts with superscripts, which are footnote marks, not digits.
        filled: how many cells hold something.
        first: the topmost row and leftmost column that hold a value; `last` the other end.
    """

    percent: set[At] = field(default_factory=set)
    shown: dict[At, Shown] = field(default_factory=dict)
    numbers: dict[At, str] = field(default_factory=dict)
    texts: dict[At, str] = field(default_factory=dict)
    errors: dict[At, str] = field(default_factory=dict)
    uncached: set[At] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    merged: list[Range] = field(default_factory=list)
    comments: dict[At, str] = field(default_factory=dict)
    filled: int = 0
    first: At = (LAST_ROW, LAST_COLUMN)
    last: At = (0, 0)

    def count(self, where: str) -> None:
        """One more cell that holds something.

        Raises:
            InputError: they are too many.
        """
        self.filled += 1
        if self.filled > MOST_CELLS:
            raise too_many_cells(where)

    def reach(self, at: At) -> None:
        """Extend the used area to this cell."""
        self.first = min(self.first[0], at[0]), min(self.first[1], at[1])
        self.last = max(self.last[0], at[0]), max(self.last[1], at[1])

    def check_area(self, where: str) -> None:
        """Readers hold every cell between the first and the last, filled or not.

        Raises:
            InputError: a cell far from the table makes them too many.
        """
        area = (self.last[0] - self.first[0] + 1) * (self.last[1] - self.first[1] + 1)
        if self.last[0] and area > LARGEST_AREA:
            what = "the sheet is filled in as far as here, much further than its table"
            cure = "Delete everything below and to the right of the table, save and hand it in again."
            raise InputError([Mistake(f"{where}!{address(*self.last)}", what, cure)])


@dataclass(frozen=True, slots=True)
class Parts:
    """What the workbook says besides values, sheets by name."""

    sheets: dict[str, SheetParts] = field(default_factory=dict)
    date_1904: bool = False


def remark(pieces: Iterable[str]) -> str:
    """A comment on a cell, on one line."""
    return " ".join("".join(pieces).split())[:LONGEST_COMMENT]


def too_many_cells(where: str) -> InputError:
    """More than a workbook of one region can hold."""
    return InputError([Mistake(where, f"has more than {MOST_CELLS:,} filled cells", "Hand in one file per region.")])
