"""A second opinion on an xlsx: openpyxl reads a sample of its cells, and a difference is asked."""

import datetime as dt
import io
import unicodedata
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from itertools import islice

from evalkit.workbooks.cells import Cell, Sheet, address

ROWS, COLUMNS = 200, 100
MOST_CELLS, MOST_DOUBTS = 2_000, 5
#: openpyxl walks through all rows of a sheet that does not say how large it is; larger files are left to one reader.
LARGEST = 10 * 2**20


def doubts(data: bytes, sheets: Sequence[Sheet]) -> tuple[tuple[str, str, str], ...]:
    """Sheet, cell and what openpyxl finds in it, where that differs; nothing where it cannot open the file.

    Args:
        data: the file.
        sheets: what was read from it.
    """
    import openpyxl  # half a second to load, which only this needs

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(part.file_size for part in archive.infolist()) > LARGEST:
            return ()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # on parts of a file that it does not support
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            return tuple(islice(_differences(book, {sheet.name: sheet for sheet in sheets}), MOST_DOUBTS))
    except Exception:  # it refuses workbooks that spreadsheets open, such as with odd styles
        return ()


def _differences(book: object, sheets: dict[str, Sheet]) -> Iterator[tuple[str, str, str]]:
    seen = 0
    for name, sheet in sheets.items():
        if name not in book.sheetnames:  # type: ignore[attr-defined]
            yield name, "", "no such sheet"
            continue
        rows = book[name].iter_rows(max_row=ROWS, max_col=COLUMNS, values_only=True)  # type: ignore[index]
        for row, values in enumerate(rows, start=1):
            for column, value in enumerate(values, start=1):
                cell = sheet.cells.get((row, column))
                seen += value is not None
                if not _alike(cell, value):
                    yield name, address(row, column), repr(value)[:60]
            if seen > MOST_CELLS:
                return


def _alike(cell: Cell | None, value: object) -> bool:
    """Whether both readers saw the same; errors, uncomputed formulas and times are compared elsewhere or not at all."""
    if cell is None or cell.value is None:
        return value is None or bool(cell and (cell.error or cell.uncached)) or not str(value).strip()
    read = cell.value
    if any(isinstance(value_seen, dt.date | dt.time | dt.timedelta) for value_seen in (read, value)):
        return _day(read) == _day(value) or not (isinstance(read, dt.date) and isinstance(value, dt.date))
    if isinstance(read, bool) or isinstance(value, bool):
        return read is value
    if isinstance(read, float) or isinstance(value, int | float):
        return isinstance(read, float) and isinstance(value, int | float) and read == float(value)
    return _plain(str(read)) == _plain(str(value or "")) or "_x" in str(value)


def _day(value: object) -> object:
    return value.date() if isinstance(value, dt.datetime) else value


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
