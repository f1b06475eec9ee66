"""Cells and sheets of a workbook, written safely: texts stay texts, widths, frozen headings, paper."""

import re
from collections.abc import Sequence
from typing import cast

from openpyxl.cell.cell import Cell as Target
from openpyxl.cell.cell import MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.worksheet import Worksheet

from evalkit.workbooks.spreadsheet_text import CONTROLS, FORMULA, wide

A4 = "9"  # Excel's number for the paper
NARROWEST, LEAST_WIDE, WIDEST = 8, 18, 46  # of a column, in characters
PAPER = 170  # characters that print legibly in one line
QUOTED = re.compile(r'"([^"]*)"')  # units in a number format
LINE_HEIGHT, HIGHEST = 14, 409  # points; the highest row is set by Excel
LONGEST_TEXT = 32_767  # of a cell, set by Excel
TITLE_ROWS = 3  # imprint, caption, heading
BOLD, TITLE, LABEL = Font(bold=True), Font(bold=True, size=13), Font(bold=True, color="8A4A00")
LINK = Font(color="0B5394", underline="single")
SHADE = PatternFill("solid", fgColor="E8ECF0")
LINE = Border(bottom=Side("thin", color="D5DBE1"))
TOP = Alignment(vertical="top", wrap_text=True)
RIGHT = Alignment(vertical="top", horizontal="right", wrap_text=True, indent=1)


def at(sheet: Worksheet, row: int, column: int) -> Target:
    """A cell that is not covered by a merged one."""
    return cast(Target, sheet.cell(row, column))


def text(target: Target, content: str) -> Target:
    """A text that no spreadsheet can read as a formula, an error or a number."""
    clean = CONTROLS.sub("", content)[:LONGEST_TEXT]
    if not clean:
        return target
    target.value = clean
    target.data_type = "s"
    if clean.startswith(FORMULA):
        target.quotePrefix = True
    return target


def link(target: Target, content: str, sheet: str) -> None:
    """A text that leads to another sheet."""
    text(target, content).font, target.alignment = LINK, TOP
    place = sheet.replace("'", "''")
    target.hyperlink = Hyperlink(ref=target.coordinate, location=f"'{place}'!A1")


def finish(sheet: Worksheet, imprint: str, frozen: int = TITLE_ROWS, widths: Sequence[int] = ()) -> None:
    """Widths of the columns, heights of the rows, frozen headings, and A4 across with the imprint on every page."""
    chosen = tuple(widths) or _widths(sheet)
    for i, width in enumerate(chosen, start=1):
        sheet.column_dimensions[get_column_letter(i)].width = width
    for row, values in enumerate(sheet.iter_rows(min_row=TITLE_ROWS, values_only=True), start=TITLE_ROWS):
        sheet.row_dimensions[row].height = min(_height(values, chosen) * LINE_HEIGHT + 3, HIGHEST)
    sheet.freeze_panes = f"A{frozen + 1}"
    sheet.print_title_rows = f"1:{frozen}"
    _paper(sheet, imprint)


def across(sheet: Worksheet, scale: int | None = None) -> None:
    """A4 across at a scale in per cent; without one, all columns on a page."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", A4
    if scale is not None:
        sheet.page_setup.scale = scale
        return
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]


def _paper(sheet: Worksheet, imprint: str) -> None:
    across(sheet)
    sheet.page_margins = PageMargins(left=0.5, right=0.5, top=0.75, bottom=0.75)
    sheet.oddHeader.left.text = imprint.replace("&", "&&")[:200]  # type: ignore[union-attr]
    sheet.oddFooter.center.text = "— &P —"  # type: ignore[union-attr]


def _widths(sheet: Worksheet) -> tuple[int, ...]:
    """As wide as the longest line, within bounds; wide columns give way where the sheet would print too small."""
    wanted = [
        max((wide(line) + 2 for cell in column if cell.value is not None for line in _shown(cell)), default=0)
        for column in sheet.iter_cols(min_row=TITLE_ROWS)
    ]
    widest = next((cap for cap in range(WIDEST, LEAST_WIDE, -4) if _sum(wanted, cap) <= PAPER), LEAST_WIDE)
    return tuple(min(max(width, NARROWEST), widest) for width in wanted)


def _sum(wanted: Sequence[int], widest: int) -> int:
    return sum(min(max(width, NARROWEST), widest) for width in wanted)


def _shown(cell: Target | MergedCell) -> list[str]:
    """The lines of a cell; of a number its digits and the unit of its format."""
    if isinstance(cell.value, str):
        return cell.value.split("\n")
    return [f"{cell.value:,.8g}" + "".join(QUOTED.findall(cell.number_format.split(";")[0]))]


def _height(values: Sequence[object], widths: Sequence[int]) -> int:
    """Lines of a row; a heading over the rows that follow runs across the columns."""
    if len(values) > 1 and not any(values[1:]):
        return 1
    return max(_lines(value, width) for value, width in zip(values, widths, strict=False))


def _lines(value: object, width: int) -> int:
    """How many lines a text fills in a column."""
    texts = value.split("\n") if isinstance(value, str) else [""]
    return sum(-(-max(wide(line), 1) // max(width - 1, 1)) for line in texts)
