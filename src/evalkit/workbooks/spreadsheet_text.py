"""What a text may hold in a spreadsheet, and how wide it is there: rules that need no library to write one."""

import re

CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # no XML file may hold them
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # the wide ones in East Asian spreadsheets


def without_formula(cell: str) -> str:
    """A cell of a CSV file, marked as text where a spreadsheet would read it as a formula.

    >>> without_formula("=1+1")
    "'=1+1"
    """
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def wide(line: str) -> int:
    """The width of a line in Latin characters; Chinese ones count twice."""
    return len(line.encode("gb18030", "replace"))
