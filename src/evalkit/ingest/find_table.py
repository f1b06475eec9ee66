"""Where the table stands in a sheet: headings in one row or more, rows of data, titles, unit lines, footnotes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from evalkit.errors import nearest
from evalkit.ingest.layouts import Table
from evalkit.workbooks import cell_text
from evalkit.workbooks.cells import Cell, Sheet, address

#: A merged range larger than this is no heading; filling it would only take memory.
LARGEST_MERGE = 20_000
FOOTNOTE = re.compile(
    r"(?:注|备注|附注|说明|附|资料来源|数据来源|填报说明)\d{0,2}[:：.、].*|(?:填报人|填表人|制表人?|审核人?|负责人|填报单位|填报日期)[:：].*"
)


class NoTableError(Exception):
    """The sheet holds no table of the form that the mapping describes: what is wrong, and what to do."""

    def __init__(self, what: str, cure: str) -> None:
        super().__init__(what)
        self.what, self.cure = what, cure


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a column with values: its texts from the top down, and the cell of the lowest."""

    column: int
    levels: tuple[Cell, ...]

    @property
    def address(self) -> str:
        """The lowest cell of the heading."""
        return address(self.levels[-1].row, self.levels[-1].column)

    @property
    def text(self) -> str:
        """All of the heading, as messages show it."""
        return " / ".join(cell_text.as_text(cell.value).strip() for cell in self.levels)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table: the cells of the declared columns by what they hold, and all cells by column."""

    row: int
    facts: dict[str, Cell]
    cells: dict[int, Cell]


@dataclass(frozen=True, slots=True)
class Stranger:
    """The first cell of a column that is not read; `declarable` where the column may be one nobody needs."""

    cell: Cell
    declarable: bool


@dataclass(slots=True)
class Found:
    """A table in a sheet.

    Attributes:
        columns: the declared columns by what they hold (`unit`, `value`, `note`).
        headings: the other columns, which hold values.
        titles, unit_lines, notes: what stands above and below.
        repeated: rows in which the headings stand again, as after a page break.
        strangers: columns with content that nobody reads.
    """

    columns: dict[str, int]
    headings: list[Heading]
    lines: list[Line] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    unit_lines: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    strangers: list[Stranger] = field(default_factory=list)


class Grid:
    """The cells of a sheet, merged ranges filled from their first cell."""

    def __init__(self, sheet: Sheet, skip_hidden: bool) -> None:
        self.rows: dict[int, dict[int, Cell]] = {}
        for cells in sheet.rows():
            kept = {cell.column: cell for cell in cells if not (skip_hidden and cell.column in sheet.hidden_columns)}
            if kept and not (skip_hidden and cells[0].row in sheet.hidden_rows):
                self.rows[cells[0].row] = kept
        self._filled = {at: cell for merge in sheet.merged for at, cell in self._fill(merge)}

    def at(self, row: int, column: int) -> Cell | None:
        """The cell, or the one that a merged range shows there."""
        return self.rows.get(row, {}).get(column) or self._filled.get((row, column))

    def _fill(self, merge: tuple[int, int, int, int]) -> Iterator[tuple[tuple[int, int], Cell]]:
        top, left, bottom, right = merge
        first = self.rows.get(top, {}).get(left)
        if first is not None and (bottom - top + 1) * (right - left + 1) <= LARGEST_MERGE:
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    yield (row, column), first


def find(grid: Grid, table: Table) -> Found:
    """The table that the mapping describes.

    Raises:
        NoTableError: the headings are not there, or values stand under no heading.
    """
    rows = _header_rows(grid, table)
    columns = _declared(grid, rows, table)
    found = Found(columns, _headings(grid, rows, set(columns.values()), table))
    for row, cells in grid.rows.items():
        if row < rows[0]:
            _above(found, cells)
        elif row > rows[-1]:
            _below(found, grid, row, cells, rows)
    found.strangers = list(_strangers(found, table, _ignored(grid, rows, table)))
    return found


def _text(cell: Cell | None) -> str:
    return cell_text.as_text(cell.value) if cell else ""


def _name(text: str) -> str:
    return cell_text.label(text).name


def _header_rows(grid: Grid, table: Table) -> tuple[int, ...]:
    if table.header.rows:
        return table.header.rows
    wanted = {_name(label) for label in table.columns.values()}
    best: tuple[int, set[str]] = (0, set())
    for row, cells in grid.rows.items():
        window = [cells, *(grid.rows.get(row + below, {}) for below in range(1, table.header.levels))]
        present = {_name(_text(cell)) for level in window for cell in level.values()} & wanted
        first_row = {_name(_text(cell)) for cell in cells.values()} & wanted
        if first_row and present == wanted:
            return tuple(range(row, row + table.header.levels))
        best = max(best, (row, present), key=lambda one: len(one[1]))
    missing = sorted(label for label in table.columns.values() if _name(label) not in best[1])
    seen = [_text(cell).strip() for cell in grid.rows.get(best[0], next(iter(grid.rows.values()), {})).values()]
    cure = nearest(missing[0], filter(None, seen), "Check the table's columns in the mapping.")
    raise NoTableError(f"no row holds the heading {missing[0]!r}", cure)


def _declared(grid: Grid, rows: tuple[int, ...], table: Table) -> dict[str, int]:
    found: dict[str, int] = {}
    texts = [(column, _name(_text(cell))) for row in rows for column, cell in grid.rows.get(row, {}).items()]
    for what, label in table.columns.items():
        columns = sorted({column for column, name in texts if name == _name(label)})
        if not columns:
            seen = [_text(cell) for row in rows for cell in grid.rows.get(row, {}).values()]
            raise NoTableError(f"no heading is {label!r}", nearest(label, seen, "Check `header` in the mapping."))
        if len(columns) > 1:
            both = " and ".join(address(rows[-1], column) for column in columns)
            raise NoTableError(f"duplicate heading {label!r} ({both})", "Give one of them another name.")
        found[what] = columns[0]
    return found


def _headings(grid: Grid, rows: tuple[int, ...], declared: set[int], table: Table) -> list[Heading]:
    if table.layout in ("long", "adoption"):
        return []
    found: list[Heading] = []
    columns = {column for row in rows for column in grid.rows.get(row, {})}
    for column in sorted(columns - declared - _ignored(grid, rows, table)):
        levels = tuple(_levels(grid, rows, column, declared))
        if levels:
            found.append(Heading(column, levels))
    return found


def _ignored(grid: Grid, rows: tuple[int, ...], table: Table) -> set[int]:
    names = {_name(label) for label in table.ignore_columns}
    return {column for row in rows for column, cell in grid.rows.get(row, {}).items() if _name(_text(cell)) in names}


def _levels(grid: Grid, rows: tuple[int, ...], column: int, declared: set[int]) -> Iterator[Cell]:
    """The heading's cells from the top down; a blank upper one takes its left neighbour's, as merged cells look."""
    seen: set[Cell] = set()
    for level, row in enumerate(rows):
        cell, left = grid.at(row, column), column - 1
        while cell is None and level < len(rows) - 1 and left > 0 and left not in declared:
            cell, left = grid.at(row, left), left - 1
        if cell is not None and _text(cell).strip() and cell not in seen:
            seen.add(cell)
            yield cell


def _above(found: Found, cells: dict[int, Cell]) -> None:
    for cell in cells.values():
        text = _text(cell).strip()
        (found.unit_lines if cell_text.unit_line(text) else found.titles).append(text)


def _below(found: Found, grid: Grid, row: int, cells: dict[int, Cell], header: tuple[int, ...]) -> None:
    first = _text(next(iter(cells.values()))).strip()
    if FOOTNOTE.fullmatch(cell_text.key(first)):
        found.notes.extend(_text(cell).strip() for cell in cells.values())
    elif any(_same(cells, grid.rows.get(level, {})) for level in header):
        found.repeated.append(row)
    else:
        facts = {what: grid.at(row, column) for what, column in found.columns.items()}
        here = {what: replace(cell, row=row) if cell.row != row else cell for what, cell in facts.items() if cell}
        found.lines.append(Line(row, here, cells))


def _same(cells: dict[int, Cell], header: dict[int, Cell]) -> bool:
    texts = {column: cell_text.key(_text(cell)) for column, cell in cells.items()}
    return len(texts) > 1 and texts == {column: cell_text.key(_text(cell)) for column, cell in header.items()}


def _strangers(found: Found, table: Table, ignored: set[int]) -> Iterator[Stranger]:
    """The first value of every column that has no heading, or one that nobody has declared."""
    known = {*found.columns.values(), *(heading.column for heading in found.headings)} | ignored
    told: set[int] = set()
    for line in found.lines:
        for column, cell in line.cells.items():
            if column not in known | told and _text(cell).strip():
                told.add(column)
                yield Stranger(cell, table.layout in ("long", "adoption"))
