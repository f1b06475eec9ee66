"""Workbooks and CSV files as received, whatever state they are in: cells with addresses, or one mistake that says why.

Values are calamine's; what it does not tell comes from `xlsx_parts` and `ods_parts`. Files are never written.
"""

import datetime as dt
import hashlib
import io
import math
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any, cast

import python_calamine as calamine

from evalkit.errors import InputError, Mistake
from evalkit.workbooks import csv_text, file_kind, ods, sandbox, xlsx, zip_guard
from evalkit.workbooks.cells import Cell, Kind, Range, Sheet, Value, Workbook, address
from evalkit.workbooks.kinds import data_files, second_reader
from evalkit.workbooks.sheet_parts import Parts, SheetParts

LARGEST_FILE = 50 * 2**20


def read_guarded(path: Path, shown: str) -> Workbook:
    """`read` in a child process with limits of time and memory: for untrusted files.

    Raises:
        InputError: with one mistake, as in `read`, or because reading took too long or too much memory.
    """
    try:
        return sandbox.shared().call(read, path, shown)
    except sandbox.StoppedError as error:
        raise InputError([Mistake(shown, str(error), file_kind.ASK_AGAIN)]) from None


def read(path: Path, shown: str) -> Workbook:
    """Everything the file holds, nothing interpreted.

    Raises:
        InputError: with one mistake, which names the file: it is damaged, locked, no workbook or too large.
    """
    data = _bytes(path, shown)
    kind = file_kind.of(data, shown)
    encoding, parts = "", Parts()
    if kind == "csv":
        sheets, encoding = _csv(data, shown)
    elif kind in ("dta", "sav", "parquet"):
        sheets = data_files.read(data, kind, shown)
    else:
        parts = _parts(data, kind, shown)
        sheets = _sheets(data, parts, shown)
    checksum = hashlib.sha256(data).hexdigest()
    notes = file_kind.notes(kind, shown)
    doubts = second_reader.doubts(data, sheets) if kind == "xlsx" else ()
    return Workbook(shown, checksum, kind, encoding, sheets, parts.date_1904, notes, doubts)


def _bytes(path: Path, shown: str) -> bytes:
    if path.name.startswith("~$"):
        cure = "Close the workbook there and delete this file."
        raise InputError([Mistake(shown, "is an Excel lock file (~$…), not a workbook", cure)])
    try:
        size = path.stat().st_size
        if size <= LARGEST_FILE:
            return path.read_bytes()
    except OSError as error:
        what = f"cannot be opened ({error.strerror})"
        raise InputError([Mistake(shown, what, "Check that the file is there and may be read.")]) from None
    what = f"has {size / 2**20:,.0f} MB, more than {LARGEST_FILE // 2**20} MB"
    raise InputError([Mistake(shown, what, "Take pictures and other sheets out, or hand in one file per region.")])


def _csv(data: bytes, shown: str) -> tuple[tuple[Sheet, ...], str]:
    text, encoding = csv_text.decode(data, shown)
    cells = {
        (row, column): Cell(row, column, content)
        for row, line in enumerate(csv_text.rows(text, shown), start=1)
        for column, content in enumerate(line, start=1)
        if content
    }
    return (Sheet(PurePath(shown).stem, cells),), encoding


def _parts(data: bytes, kind: Kind, shown: str) -> Parts:
    if kind == "xls":
        return Parts()
    if kind == "xlsb":
        zip_guard.verified(data, shown).close()
        return Parts()
    with zip_guard.verified(data, shown) as opened:
        return xlsx.read(opened, shown) if kind == "xlsx" else ods.read(opened, shown)


def _sheets(data: bytes, parts: Parts, shown: str) -> tuple[Sheet, ...]:
    try:
        with calamine.load_workbook(io.BytesIO(data)) as book:
            return tuple(
                _sheet(book.get_sheet_by_name(data.name), data, parts.sheets.get(data.name, SheetParts()), shown)
                for data in book.sheets_metadata
                if data.typ == calamine.SheetTypeEnum.WorkSheet
            )
    except calamine.PasswordError:
        raise InputError([Mistake(shown, "is protected by a password", file_kind.UNLOCK)]) from None
    except (KeyboardInterrupt, MemoryError, InputError):
        raise
    except BaseException as error:  # a panic in calamine is not an Exception
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise file_kind.damaged(shown, " ".join(str(error).split())[:120]) from None


def _sheet(source: calamine.CalamineSheet, metadata: calamine.SheetMetadata, parts: SheetParts, shown: str) -> Sheet:
    cells = _cells(source, parts, f"{shown}, {metadata.name}")
    rows, columns = {row for row, _ in cells}, {column for _, column in cells}
    return Sheet(
        name=metadata.name,
        cells=cells,
        merged=(*_merged(source), *parts.merged),
        hidden_rows=frozenset(rows & parts.hidden_rows),
        hidden_columns=frozenset(c for c in columns if any(a <= c <= b for a, b in parts.hidden_columns)),
        hidden=metadata.visible != calamine.SheetVisibleEnum.Visible,
        comments=parts.comments,
    )


def _compare(cells: dict[tuple[int, int], Cell], parts: SheetParts, where: str) -> None:
    """Refuse a sheet whose numbers the library takes otherwise than they are written; dates have no text to compare."""
    for at, text in parts.numbers.items():
        cell = cells.get(at)
        if cell is None or (isinstance(cell.value, float) and not _same_number(cell.value, text)):
            raise file_kind.damaged(f"{where}!{address(*at)}", "its number is written as no spreadsheet writes one")


def _same_number(value: float, text: str) -> bool:
    try:
        return float(text) == value
    except ValueError:
        return False


def _cells(source: calamine.CalamineSheet, parts: SheetParts, where: str) -> dict[tuple[int, int], Cell]:
    """What calamine reads, and the cells it takes for empty: errors and formulas that were never computed."""
    top, left = source.start or (0, 0)
    cells = {
        (row, column): Cell(
            row,
            column,
            _value(parts.texts.get((row, column), content)),
            (row, column) in parts.percent,
            _overflow(content),
            shown=parts.shown.get((row, column)),
        )
        for row, line in enumerate(source.to_python(), start=top + 1)
        for column, content in enumerate(line, start=left + 1)
        if content != ""
    }
    _compare(cells, parts, where)
    cells.update({at: Cell(*at, None, at in parts.percent, error) for at, error in parts.errors.items()})
    cells.update({at: Cell(*at, None, at in parts.percent, uncached=True) for at in parts.uncached})
    return cells


def _value(content: Any) -> Value:
    """A number, text, truth or date; a time of day or a length of time as text, for want of a use."""
    if isinstance(content, dt.time | dt.timedelta):
        return str(content)
    if isinstance(content, int | float) and not isinstance(content, bool):
        return None if _overflow(content) else float(content)
    return cast(Value, content)


def _overflow(content: Any) -> str:
    """What a spreadsheet would show for a value that is not a number."""
    return "#NUM!" if isinstance(content, float) and not math.isfinite(content) else ""


def _merged(source: calamine.CalamineSheet) -> Iterator[Range]:
    for (top, left), (bottom, right) in source.merged_cell_ranges or ():
        yield top + 1, left + 1, bottom + 1, right + 1
