"""Sheets of a workbook: texts that stay texts, numbers that stay numbers, widths, frozen headings, paper."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from openpyxl.cell.cell import Cell as Target
from openpyxl.styles import Alignment
from openpyxl.worksheet.worksheet import Worksheet

from evalkit.publishing.downloads.page_tables import Cell, Table
from evalkit.publishing.downloads.plain_numbers import number
from evalkit.reporting.language.words import say, translate
from evalkit.workbooks.writing import BOLD, LABEL, LINE, RIGHT, SHADE, TITLE, TOP, at, text


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle of cells under its heading, as a spreadsheet holds it."""

    heading: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def block(table: Table) -> Block:
    """A published table as a rectangle.

    Where figures have a second line (a period, an interval) it becomes a column of its own, and so does what the page
    says below a row across all columns.
    """
    split = {
        i
        for row in table.rows
        for i, cell in enumerate(row)
        if cell.kind == "n" and "\n" in cell.text and number(cell.text.split("\n")[0])
    }
    heading = [text for i, cell in enumerate(table.header) for text in _headings(cell.text, i in split)]
    rows = [list(_spread(row, split)) for row in table.rows]
    if any(map(_is_below, rows)):
        heading.append(translate("Further"))
        rows = _beside(rows)
    return Block(tuple(heading), tuple(map(tuple, rows)))


def _headings(text: str, split: bool) -> list[str]:
    return [text, str(say("{column} (note)", column=text).unescape())] if split else [text]


def _is_below(row: Sequence[Cell]) -> bool:
    return len(row) == 1 and row[0].span > 1 and not row[0].heading


def _beside(rows: Iterable[list[Cell]]) -> list[list[Cell]]:
    """Rows with what was said below them as their last cell."""
    joined: list[list[Cell]] = []
    for row in rows:
        if _is_below(row) and joined:
            joined[-1].append(Cell(row[0].text))
        else:
            joined.append(row)
    return joined


def _spread(row: Sequence[Cell], split: set[int]) -> Iterable[Cell]:
    for i, cell in enumerate(row):
        first, _, rest = cell.text.partition("\n")
        if i not in split:
            yield cell
        elif number(first):
            yield from (Cell(first, "n"), Cell(rest))
        else:
            yield from (cell, Cell(""))


def title(sheet: Worksheet, imprint: str, caption: str, labelled: bool) -> None:
    """The first two rows: what the workbook is, and what this sheet holds."""
    text(at(sheet, 1, 1), imprint).font = LABEL if labelled else BOLD
    text(at(sheet, 2, 1), caption).font = TITLE


def put(sheet: Worksheet, given: Block, row: int) -> int:
    """Write a block from a row on; returns the first row below it."""
    for column, heading in enumerate(given.heading, start=1):
        cell = text(at(sheet, row, column), heading)
        cell.font, cell.fill, cell.border, cell.alignment = BOLD, SHADE, LINE, TOP
    for below, cells in enumerate(given.rows, start=row + 1):
        for column, one in enumerate(cells, start=1):
            _fill(at(sheet, below, column), one)
    return row + len(given.rows) + 1


def _fill(target: Target, cell: Cell) -> None:
    found = number(cell.text) if cell.kind == "n" else None
    if found:
        target.value, target.number_format = found.value, found.form
    else:
        text(target, cell.text)
    target.alignment, target.border = (RIGHT if cell.kind == "n" else TOP), LINE
    if cell.heading and cell.span > 1:
        target.font, target.fill, target.alignment = BOLD, SHADE, Alignment(vertical="top")
