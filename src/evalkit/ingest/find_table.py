"""Find the tables in a sheet: headings in one row or more, rows of data, titles, unit lines, footnotes.

A sheet may hold its table in parts, below each other (续表) or side by side, each with its own headings.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from evalkit.errors import nearest
from evalkit.ingest.layouts import FACTS, WHOLE_COLUMN, Table
from evalkit.workbooks import cell_text, lexicon
from evalkit.workbooks.cells import Cell, Sheet, address
from evalkit.workbooks.labels import spellings

#: A merged range larger than this is not a heading; filling it would only take memory.
LARGEST_MERGE = 20_000
#: a) Data of 2018 are adjusted.
MARKED_LINE = re.compile(r"\(?[a-z0-9]{1,2}[)）]\s*\S.{5,}|[*†‡※]+\s*\S.*", re.DOTALL)
YEAR = re.compile(rf"{spellings.YEAR}年?")


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
    """The first cell of a column that is not read; `declarable` if the column may be ignored."""

    cell: Cell
    declarable: bool


@dataclass(slots=True)
class TableBlock:
    """A table in a sheet, or one of its parts.

    Attributes:
        columns: the declared columns by what they hold (`unit`, `value`, `note`).
        headings: the other columns, which hold values.
        header: the rows of the headings.
        titles, unit_lines, notes: the lines above and below.
        repeated: rows that repeat the headings, as after a page break.
        strangers: columns with content that is not read.
    """

    columns: dict[str, int]
    headings: list[Heading]
    header: tuple[int, ...]
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

    def between(self, first: int, last: int) -> "Grid":
        """The grid of some columns; without `last`, of all columns from the first on."""
        part = Grid.__new__(Grid)
        inside = {column for cells in self.rows.values() for column in cells if first <= column <= (last or column)}
        kept = {row: {at: cell for at, cell in cells.items() if at in inside} for row, cells in self.rows.items()}
        part.rows = {row: cells for row, cells in kept.items() if cells}
        part._filled = {at: cell for at, cell in self._filled.items() if at[1] in inside}
        return part

    def _fill(self, merge: tuple[int, int, int, int]) -> Iterator[tuple[tuple[int, int], Cell]]:
        top, left, bottom, right = merge
        first = self.rows.get(top, {}).get(left)
        if first is not None and (bottom - top + 1) * (right - left + 1) <= LARGEST_MERGE:
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    yield (row, column), first


def find(grid: Grid, table: Table) -> list[TableBlock]:
    """The parts of the table that the mapping describes, in the order of the sheet.

    Raises:
        NoTableError: the headings are missing, or a column of values has none.
    """
    rows = _header_rows(grid, table)
    blocks: list[TableBlock] = []
    for part, columns in _beside(grid, rows, table):
        first = len(blocks)
        blocks += _downwards(part, rows, columns, table)
        _inherit(blocks[0], blocks[first])
    notes = list(dict.fromkeys(note for part in blocks for note in part.notes))
    for block in blocks:
        block.notes = notes
    return blocks


def is_footnote(text: str) -> bool:
    """Whether a line below a table is a remark on it (Source: …, 注：…, a) …)."""
    beginning = rf"(?:{lexicon.pattern('footnote')})\d{{0,2}}[:：.、].*"
    return bool(re.fullmatch(beginning, lexicon.normal(text)) or MARKED_LINE.fullmatch(text.strip()))


def _text(cell: Cell | None) -> str:
    return cell_text.as_text(cell.value) if cell else ""


def name_of(text: str) -> str:
    """The normal form of a heading, equal for all its spellings."""
    return cell_text.label(text).name


def _header_rows(grid: Grid, table: Table) -> tuple[int, ...]:
    if table.header.rows:
        return table.header.rows
    wanted = {name_of(label) for label in table.columns.values()}
    best: tuple[int, set[str]] = (0, set())
    for row, cells in grid.rows.items():
        window = [cells, *(grid.rows.get(row + below, {}) for below in range(1, table.header.levels))]
        present = {name_of(_text(cell)) for level in window for cell in level.values()} & wanted
        first_row = {name_of(_text(cell)) for cell in cells.values()} & wanted
        if first_row and present == wanted:
            return tuple(range(row, row + table.header.levels))
        best = max(best, (row, present), key=lambda candidate: len(candidate[1]))
    missing = sorted(label for label in table.columns.values() if name_of(label) not in best[1])
    seen = [_text(cell).strip() for cell in grid.rows.get(best[0], next(iter(grid.rows.values()), {})).values()]
    cure = nearest(missing[0], filter(None, seen), "Check the table's columns in the mapping.")
    raise NoTableError(f"no row holds the heading {missing[0]!r}", cure)


def _beside(grid: Grid, rows: tuple[int, ...], table: Table) -> Iterator[tuple[Grid, dict[str, int]]]:
    """The sheet, or its parts from left to right if each of them has every declared heading.

    Raises:
        NoTableError: a declared heading is missing, or there is a duplicate of it and none of the others.
    """
    columns = {what: _columns_of(grid, rows, label) for what, label in table.columns.items()}
    for what, label in table.columns.items():
        if not columns[what]:
            seen = [_text(cell) for row in rows for cell in grid.rows.get(row, {}).values()]
            raise NoTableError(f"no heading is {label!r}", nearest(label, seen, "Check `header` in the mapping."))
    number = max(map(len, columns.values()), default=1)
    uneven = next((what for what, places in columns.items() if number > 1 and len(places) != number), "")
    starts = (
        [min(places[part] for places in columns.values()) for part in range(number)] if columns and not uneven else []
    )
    crossed = any(places[part] >= starts[part + 1] for places in columns.values() for part in range(len(starts) - 1))
    if uneven or crossed:
        what, places = next((what, places) for what, places in columns.items() if len(places) > 1)
        both = " and ".join(address(rows[-1], column) for column in places)
        raise NoTableError(f"duplicate heading {table.columns[what]!r} ({both})", "Give one of them another name.")
    if number == 1:
        yield grid, {what: places[0] for what, places in columns.items()}
        return
    for part, start in enumerate(starts):
        end = starts[part + 1] - 1 if part + 1 < number else 0
        yield grid.between(start if part else 1, end), {what: places[part] for what, places in columns.items()}


def _columns_of(grid: Grid, rows: Iterable[int], label: str) -> list[int]:
    """The columns under a heading; `A:A` is a column without one."""
    if match := WHOLE_COLUMN.fullmatch(label):
        return [sum((ord(sign) - 64) * 26**place for place, sign in enumerate(reversed(match[1])))]
    texts = [(column, name_of(_text(cell))) for row in rows for column, cell in grid.rows.get(row, {}).items()]
    return sorted({column for column, name in texts if name == name_of(label)})


def _downwards(grid: Grid, rows: tuple[int, ...], columns: dict[str, int], table: Table) -> Iterator[TableBlock]:
    """The table, then those below it with further headings."""
    block = _begin(grid, rows, columns, table)
    for row, cells in grid.rows.items():
        if row < rows[0]:
            _above(block, (_text(cell).strip() for cell in cells.values()))
        elif row > block.header[-1]:
            again = _headings_again(grid, row, block, table)
            if again:
                before, block = block, _begin(grid, again, block.columns, table)
                _above(block, _captions(before))
                _inherit(before, block)
                yield _finished(before, grid, table)
            else:
                _below(block, grid, row, cells)
    yield _finished(block, grid, table)


def _begin(grid: Grid, rows: tuple[int, ...], columns: dict[str, int], table: Table) -> TableBlock:
    return TableBlock(columns, _headings(grid, rows, set(columns.values()), table), rows)


def _finished(block: TableBlock, grid: Grid, table: Table) -> TableBlock:
    block.strangers = list(_strangers(block, table, _ignored(grid, block.header, table)))
    return block


def _headings_again(grid: Grid, row: int, block: TableBlock, table: Table) -> tuple[int, ...]:
    """The rows of further headings: the declared columns hold their headings again, next to other texts."""
    rows = tuple(range(row, row + len(block.header)))
    labels = {what: label for what, label in table.columns.items() if not WHOLE_COLUMN.fullmatch(label)}
    same = any(_same(grid.rows[row], grid.rows.get(level, {})) for level in block.header)
    if _only_periods(grid.rows[row], block, table) and not same:
        return rows
    if not labels or len(grid.rows[row]) < 2 or (same and not _captions(block)):
        return ()
    for what, label in labels.items():
        texts = [_text(grid.at(level, block.columns[what])) for level in rows]
        if not any(name_of(text) == name_of(label) or (what in FACTS and lexicon.says(what, text)) for text in texts):
            return ()
    return rows if len(grid.rows[row]) > len(labels) or len(rows) > 1 else ()


def _only_periods(cells: dict[int, Cell], block: TableBlock, table: Table) -> bool:
    """Whether a row holds other years in the places of the first ones, and nothing else."""
    headings = {heading.column for heading in block.headings}
    years = all(YEAR.fullmatch(cell_text.as_text(cell.value).strip()) for cell in cells.values())
    return (
        table.layout == "periods_wide"
        and len(block.header) == 1
        and len(cells) > 1
        and years
        and set(cells) <= headings
    )


def _captions(block: TableBlock) -> list[str]:
    """Texts alone in their rows at the end of the lines so far: captions of the headings that follow."""
    alone: list[str] = []
    for line in reversed(block.lines):
        if len(line.cells) > 1:
            break
        alone[:0] = [_text(cell).strip() for cell in line.cells.values()]
    return [text for text in alone if not lexicon.says("continued", text.strip("()（）"))]


def _inherit(first: TableBlock, other: TableBlock) -> None:
    if not any(cell_text.label(title).measure for title in other.titles):
        other.unit_lines = other.unit_lines or first.unit_lines
    other.titles = other.titles or first.titles


def _headings(grid: Grid, rows: tuple[int, ...], declared: set[int], table: Table) -> list[Heading]:
    if table.layout in ("long", "adoption"):
        return []
    headings: list[Heading] = []
    columns = {column for row in rows for column in grid.rows.get(row, {})}
    for column in sorted(columns - declared - _ignored(grid, rows, table)):
        levels = tuple(_levels(grid, rows, column, declared))
        if levels:
            headings.append(Heading(column, levels))
    return headings


def _ignored(grid: Grid, rows: tuple[int, ...], table: Table) -> set[int]:
    names = {name_of(label) for label in table.ignore_columns}
    columns = {
        at for label in table.ignore_columns if WHOLE_COLUMN.fullmatch(label) for at in _columns_of(grid, rows, label)
    }
    return columns | {
        column for row in rows for column, cell in grid.rows.get(row, {}).items() if name_of(_text(cell)) in names
    }


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


def _above(block: TableBlock, texts: Iterable[str]) -> None:
    for text in texts:
        (block.unit_lines if cell_text.unit_line(text) else block.titles).append(text)


def _below(block: TableBlock, grid: Grid, row: int, cells: dict[int, Cell]) -> None:
    first = _text(next(iter(cells.values()))).strip()
    if is_footnote(first):
        block.notes.extend(_text(cell).strip() for cell in cells.values())
    elif any(_same(cells, grid.rows.get(level, {}), row - 1 in block.repeated) for level in block.header):
        block.repeated.append(row)
    else:
        facts = {what: grid.at(row, column) for what, column in block.columns.items()}
        here = {what: replace(cell, row=row) if cell.row != row else cell for what, cell in facts.items() if cell}
        block.lines.append(Line(row, here, cells))


def _same(cells: dict[int, Cell], header: dict[int, Cell], goes_on: bool = False) -> bool:
    """Whether a row repeats a row of headings; a single cell does so only below another such row."""
    texts = {column: cell_text.key(_text(cell)) for column, cell in cells.items()}
    return (goes_on or len(texts) > 1) and texts == {
        column: cell_text.key(_text(cell)) for column, cell in header.items()
    }


def _strangers(block: TableBlock, table: Table, ignored: set[int]) -> Iterator[Stranger]:
    """The first value of every column without a heading, or with an undeclared one; captions are alone in their row."""
    read_columns = {*block.columns.values(), *(heading.column for heading in block.headings)} | ignored
    reported: set[int] = set()
    for line in block.lines:
        alone = len(line.cells) == 1 and all(isinstance(cell.value, str) for cell in line.cells.values())
        for column, cell in {}.items() if alone else line.cells.items():
            if column not in read_columns | reported and _text(cell).strip():
                reported.add(column)
                yield Stranger(cell, table.layout in ("long", "adoption"))
