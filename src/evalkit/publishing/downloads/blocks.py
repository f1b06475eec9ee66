"""Sheets of a workbook: texts that stay texts, numbers that stay numbers, widths, frozen headings, paper."""

from dataclasses import dataclass

from openpyxl.cell.cell import Cell as Target
from openpyxl.styles import Alignment
from openpyxl.worksheet.worksheet import Worksheet

from evalkit.reporting.elements.table import Below, Cell, Column, Group, Table
from evalkit.reporting.language.plain_text import text_of
from evalkit.reporting.language.words import plain, translate
from evalkit.workbooks.writing import BOLD, LABEL, LINE, RIGHT, SHADE, TITLE, TOP, at, text


@dataclass(frozen=True, slots=True)
class Entry:
    """The content of a cell of a sheet: a number in its format, or a text; `kind` is that of its column."""

    text: str
    kind: str = ""
    number: float | int | None = None
    form: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle of cells under its heading, as a spreadsheet holds it; a row of a single text runs across."""

    heading: tuple[str, ...]
    rows: tuple[tuple[Entry, ...] | str, ...]


def block(table: Table) -> Block:
    """A published table as a rectangle.

    The second line of figures (a period, an interval) becomes a separate column, and so does a text that the page shows
    below a row across all columns.
    """
    split = {i for row in _cells(table) for i, cell in enumerate(row) if _has_note(cell, table.columns[i])}
    heading = [text for i, label in enumerate(table.labels) for text in _headings(label, i in split)]
    rows: list[list[Entry] | str] = []
    for row in table.rows:
        if isinstance(row, Group):
            rows.append(text_of(row.label))
        elif isinstance(row, Below):
            if heading[-1] != (further := translate("Further")):
                heading.append(further)
            if rows and isinstance(above := rows[-1], list):
                above.append(Entry(text_of(row.content)))
        else:
            columns = zip(row, table.columns, strict=True)
            rows.append([part for i, pair in enumerate(columns) for part in _entries(*pair, i in split)])
    return Block(tuple(heading), tuple(row if isinstance(row, str) else tuple(row) for row in rows))


def _cells(table: Table) -> list[tuple[Cell, ...]]:
    return [row for row in table.rows if isinstance(row, tuple)]


def _has_note(cell: Cell, column: Column) -> bool:
    return column.kind == "n" and cell.number is not None and bool(cell.note)


def _headings(text: str, split: bool) -> list[str]:
    return [text, plain("{column} (note)", column=text)] if split else [text]


def _entries(cell: Cell, column: Column, split: bool) -> list[Entry]:
    if column.kind != "n" or cell.number is None:
        return [Entry(cell.text, column.kind), *([Entry("")] if split else [])]
    number = Entry(text_of(cell.lines[0]), "n", cell.rounded, cell.form)
    return [number, *([Entry(cell.note)] if split else [])]


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
        if isinstance(cells, str):
            across = text(at(sheet, below, 1), cells)
            across.font, across.fill, across.border, across.alignment = BOLD, SHADE, LINE, Alignment(vertical="top")
            continue
        for column, entry in enumerate(cells, start=1):
            _fill(at(sheet, below, column), entry)
    return row + len(given.rows) + 1


def _fill(target: Target, entry: Entry) -> None:
    if entry.number is not None:
        target.value, target.number_format = entry.number, entry.form
    else:
        text(target, entry.text)
    target.alignment, target.border = (RIGHT if entry.kind == "n" else TOP), LINE
