"""How wide the columns of a printed table must be: a text processor would make them all alike."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from evalkit.reporting.elements.parts import Spark
from evalkit.reporting.elements.table import Cell, Column, Table
from evalkit.reporting.language.plain_text import text_of
from evalkit.workbooks.spreadsheet_text import wide

# Widths are counted in Chinese characters (two Latin ones) of the size in which tables are set.
UPRIGHT, ACROSS = 49, 73  # what fits across a page in portrait and landscape
MARGIN = 0.8  # of a column's cells, both sides
LEAST, ENOUGH, MOST = 2.5, 8.0, 40.0  # a column narrower cannot be read; figures want no more; nothing wants more
SPARE = 0.5  # what a piece that must not be broken needs more than its characters: fonts differ
GAP = 0.25  # that a text processor leaves between a digit and a Chinese character
MET = re.compile(r"(?<=\d)(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=\d)")
DRAWING = 7.8  # of a small drawing
SHORT = ("n", "s")  # kinds of columns whose lines are kept whole where there is room
TALLEST = 13  # lines of a row; where one would be taller, the page is turned
# What is not broken over two lines: dates, words, numbers.
SOLID = re.compile(r"\d{4}年(?:\d+月(?:\d+日)?|第.季度)?|[!-~\u00a0-\u02af\u2010-\u2027\u2212]+")

Lines = tuple[float, ...]  # the widths of a cell's lines


@dataclass(frozen=True, slots=True)
class Layout:
    """Each column's share of the width, and whether the table needs a page across."""

    shares: tuple[float, ...]
    across: bool


class _Text(NamedTuple):
    """What must find room: a text, whether of a column of numbers or dates, and whether with a small drawing."""

    text: str
    short: bool
    drawn: bool = False


def _text(cell: Cell, column: Column) -> _Text:
    return _Text(cell.text, column.kind in SHORT, any(isinstance(line, Spark) for line in cell.lines))


def layout(table: Table) -> Layout:
    """Columns as wide as keeps the rows low, but never narrower than their longest word or number."""
    rows = [
        tuple(_Text(text_of(column.label), column.kind in SHORT) for column in table.columns),
        *(tuple(map(_text, row, table.columns)) for row in table.rows if isinstance(row, tuple)),
    ]
    least = _least(rows, keep_units=True)
    if sum(least) > UPRIGHT - MARGIN * len(least):
        least = _least(rows, keep_units=False)
    lines = [tuple(tuple(map(_width, cell.text.split("\n"))) for cell in row) for row in rows]
    upright = _spread(least, lines, UPRIGHT - MARGIN * len(least))
    across = sum(upright) > UPRIGHT - MARGIN * len(least) or max(_height(row, upright) for row in lines) > TALLEST
    widths = _spread(least, lines, ACROSS - MARGIN * len(least)) if across else upright
    total = sum(width + MARGIN for width in widths)
    return Layout(tuple((width + MARGIN) / total for width in widths), across)


def _spread(least: Sequence[float], rows: Sequence[tuple[Lines, ...]], room: float) -> list[float]:
    """Give away what is left, a character at a time, to the column that it takes most lines from."""
    widths, columns = list(least), list(zip(*rows, strict=True))
    heights = [[_lines(cell, width) for cell in column] for column, width in zip(columns, widths, strict=True)]
    while sum(widths) + 1 <= room:
        tallest = [max(row) for row in zip(*heights, strict=True)]
        gains = [_gain(*column, tallest) for column in zip(columns, widths, heights, strict=True)]
        chosen = gains.index(max(gains))
        if not gains[chosen]:
            break
        widths[chosen] += 1
        heights[chosen] = [_lines(cell, widths[chosen]) for cell in columns[chosen]]
    return widths


def _gain(column: Sequence[Lines], width: float, heights: Sequence[int], tallest: Sequence[int]) -> float:
    """How many lines a column would lose by a character more; those of a row's tallest cell count most."""
    longer = [sum(line for line in cell if line > width) for cell in column]
    return sum(
        length / width**2 * (height / most) ** 2
        for length, height, most in zip(longer, heights, tallest, strict=True)
        if length
    )


def _height(row: Sequence[Lines], widths: Sequence[float]) -> int:
    return max(_lines(cell, width) for cell, width in zip(row, widths, strict=True))


def _lines(cell: Lines, width: float) -> int:
    return sum(max(math.ceil(line / width), 1) for line in cell)


def _least(rows: Sequence[Sequence[_Text]], keep_units: bool) -> list[float]:
    return [max(LEAST, *(_solid(cell, keep_units) for cell in column)) for column in zip(*rows, strict=True)]


def _solid(cell: _Text, keep_units: bool) -> float:
    """The widest piece that cannot be broken; figures keep their unit on the line where there is room for it."""
    lines = cell.text.split("\n")
    kept = lines if keep_units and cell.short and max(map(_width, lines)) <= ENOUGH else SOLID.findall(cell.text)
    return min(
        max(
            [DRAWING if cell.drawn else 0.0, *(_width(piece) + GAP * len(MET.findall(piece)) + SPARE for piece in kept)]
        ),
        MOST,
    )


def _width(text: str) -> float:
    return wide(text) / 2
