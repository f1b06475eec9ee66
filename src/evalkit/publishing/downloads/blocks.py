"""Sheets of a workbook: texts that stay texts, numbers that stay numbers, widths, frozen headings, paper."""

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.cell.cell import Cell as Target
from openpyxl.styles import Alignment
from openpyxl.worksheet.worksheet import Worksheet

from evalkit.reporting.elements.table import Below, Cell, Datum, Group, Table, rounded
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

    Every value of a cell that shows several has a column of its own, as has the second line of a figure, and a text
    that the page shows below a row across all columns.
    """
    cells = [row for row in table.rows if isinstance(row, tuple)]
    headings = [_headings(label, [row[i] for row in cells]) for i, label in enumerate(table.labels)]
    heading = [text for own in headings for text in own]
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
            entries = (_entries(label, cell, own) for label, cell, own in zip(table.labels, row, headings, strict=True))
            rows.append([entry for own in entries for entry in own])
    return Block(tuple(heading), tuple(row if isinstance(row, str) else tuple(row) for row in rows))


def _headings(label: str, cells: Sequence[Cell]) -> list[str]:
    """The columns that a column of a page has in a spreadsheet."""
    if named := dict.fromkeys(datum.heading or label for cell in cells for datum in cell.data):
        return sorted(named, key=lambda heading: heading != label)
    has_notes = any(cell.number is not None and cell.note for cell in cells)
    return [label, plain("{column} (note)", column=label)] if has_notes else [label]


def _entries(label: str, cell: Cell, headings: Sequence[str]) -> list[Entry]:
    """A cell in the columns of its own; one without values has its text in the first of them."""
    values = {datum.heading or label: _entry(datum) for datum in cell.data}
    if not values and cell.number is not None:
        values = dict(zip(headings, (_entry(cell), Entry(cell.note)), strict=False))
    if not values:
        values = {headings[0]: Entry(cell.text)}
    return [values.get(heading, Entry("")) for heading in headings]


def _entry(shown: Cell | Datum) -> Entry:
    if shown.number is None:
        return Entry(shown.text)
    return Entry(shown.text, "n", rounded(shown.number, shown.decimals), shown.form)


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
