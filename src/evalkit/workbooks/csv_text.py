"""CSV files as received: which encoding, which separator, and whether every row is whole."""

import codecs
import csv
import io
import re
from collections import Counter

from evalkit.errors import InputError, Mistake
from evalkit.workbooks import file_kind
from evalkit.workbooks.sheet_parts import LAST_ROW, MOST_CELLS, too_many_cells

SEPARATORS = (",", ";", "\t", "|")
SAVE_AS_UTF8 = "Open it in Excel or WPS, choose “Save as” and the type “CSV UTF-8”, and hand in that file."
CHECK_ROW = "Check separators and quotes of this row, or hand in the workbook as .xlsx."
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    b"\x84\x31\x95\x33": "gb18030",
}
#: 60,1 and 1.234,5; a number that has a point where decimals begin, or commas where thousands do.
COMMA_NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:[.\s']\d{3})+),\d+\s?%?|[+-]?\d{1,3}(?:\.\d{3})+")
POINT_NUMBER = re.compile(r"[+-]?\d+\.(?:\d{1,2}|\d{4,})%?|[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+|,\d{3})%?|[+-]?0\.\d+")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def decode(data: bytes, shown: str) -> tuple[str, str]:
    """The text and its encoding: what the mark at the beginning says, else UTF-8, else GB18030; never with losses.

    Raises:
        InputError: it is text in neither, or UTF-8 text with damage.
    """
    encoding = next((name for mark, name in _MARKS.items() if data.startswith(mark)), "")
    text = _strict(data, encoding) if encoding else None
    for candidate in () if encoding else ("utf-8", "gb18030"):
        if text is None and not (candidate == "gb18030" and _mostly_utf8(data)):
            text, encoding = _strict(data, candidate), candidate
    if text is None:
        raise InputError([Mistake(shown, _undecodable(data), SAVE_AS_UTF8)])
    text = text.removeprefix("\ufeff")
    if control := _CONTROL.search(text):
        line = text.count("\n", 0, control.start()) + 1
        what = f"is damaged: the character U+{ord(control[0]):04X} in line {line} belongs to no text"
        raise InputError([Mistake(shown, what, file_kind.ASK_AGAIN)])
    return text, encoding


def rows(text: str, shown: str) -> list[list[str]]:
    """The cells of every row, blank rows among them, so that row numbers are those a spreadsheet shows.

    Raises:
        InputError: quotes do not match, a row has another number of cells than the table, or the end is cut off.
    """
    separator = _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    table: list[list[str]] = []
    filled = 0
    try:
        for cells in reader:
            table.append(cells if any(map(str.strip, cells)) else [])
            filled += sum(map(bool, cells))
            if filled > MOST_CELLS or len(table) > LAST_ROW:
                raise too_many_cells(shown)
    except csv.Error as error:
        where = f"{shown}, row {len(table) + 1}"
        raise InputError([Mistake(where, f"is not readable as CSV ({error})", CHECK_ROW)]) from None
    _check_quotes(text, separator, shown)
    if table and re.fullmatch(r"sep=.?", text.splitlines()[0]):
        table[0] = []  # it tells Excel the separator
    _check_end(text, table, shown)
    _check_widths(table, separator, shown)
    return _with_points(table, shown) if separator != "," else table


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _mostly_utf8(data: bytes) -> bool:
    """UTF-8 with a few damaged bytes: read as GB18030 it would silently become other characters."""
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    characters = sum(character > "\x7f" for character in text) - broken
    return characters > 3 * broken


def _undecodable(data: bytes) -> str:
    if data.startswith(codecs.BOM_UTF8) or _mostly_utf8(data):
        start = data.decode("utf-8", errors="replace").split("\ufffd")[0]
        line = start.count("\n") + 1
        return f"is UTF-8 text with damage in line {line}"
    return "is neither UTF-8 nor GB18030 text"


def _separator(text: str) -> str:
    """The one that gives the most rows of one width; a comma where none does."""
    lines = [re.sub(r'"[^"]*"', "", line) for line in text.splitlines()[:1000]]

    def rows_alike(separator: str) -> tuple[int, int]:
        counts = Counter(count for line in lines if (count := line.count(separator)))
        return max(((often, count) for count, often in counts.items()), default=(0, 0))

    return max(SEPARATORS, key=rows_alike)


def _check_quotes(text: str, separator: str, shown: str) -> None:
    """Quotes enclose whole cells; one in the middle of a cell got there by damage."""
    cut = re.escape(separator)
    bare = re.sub(rf'(?<![^{cut}\r\n])"(?:[^"]|"")*"(?=[{cut}\r\n]|\Z)', "", text) if '"' in text else ""
    if '"' in bare:
        line = bare.count("\n", 0, bare.index('"')) + 1
        raise InputError([Mistake(f"{shown}, row {line}", "has a quote in the middle of a cell", CHECK_ROW)])


def _check_end(text: str, table: list[list[str]], shown: str) -> None:
    """A last line without a line break is whole only where it is as wide as the table and its last cell is filled."""
    widths = Counter(len(cells) for cells in table[:-1] if len(cells) > 1)
    is_complete = bool(widths) and len(table[-1]) == max(widths, key=lambda number: (widths[number], number))
    if not text.endswith("\n" if "\n" in text else "\r") and not (is_complete and table[-1][-1].strip()):
        cure = "Check that the last row is whole and press Enter at its end, or hand in the workbook as .xlsx."
        raise InputError([Mistake(shown, "may be cut off: its last line does not end", cure)])


def _with_points(table: list[list[str]], shown: str) -> list[list[str]]:
    """Decimal commas as points, where the file has them: semicolons separate its cells, and no number has a point.

    Raises:
        InputError: nothing tells whether 1,455 is a thousand or one and a half.
    """
    cells = [cell.strip() for row in table for cell in row]
    commas = [cell for cell in cells if "," in cell and COMMA_NUMBER.fullmatch(cell)]
    if not commas or any(POINT_NUMBER.fullmatch(cell) for cell in cells):
        return table
    if all(re.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}", cell) for cell in commas):
        what = f"{commas[0]} may have a decimal comma or a thousands separator"
        raise InputError([Mistake(shown, what, "Save it as .xlsx, or write the numbers without thousands separators.")])
    return [
        [
            re.sub(r"[.\s']", "", cell).replace(",", ".") if COMMA_NUMBER.fullmatch(cell.strip()) else cell
            for cell in row
        ]
        for row in table
    ]


def _check_widths(table: list[list[str]], separator: str, shown: str) -> None:
    """A lost or additional separator shifts figures to another column, so rows must be as wide as the table.

    Only titles above the first full row and notes below the last one may have a single cell.
    """
    widths = Counter(len(cells) for cells in table if len(cells) > 1)
    if not widths:
        return
    width = max(widths, key=lambda number: (widths[number], number))
    full = [row for row, cells in enumerate(table) if len(cells) == width]
    mistakes = [
        Mistake(f"{shown}, row {row + 1}", f"has {len(cells)} cells where the table has {width}", CHECK_ROW)
        for row, cells in enumerate(table)
        if cells and len(cells) != width and not _remark(cells, row < full[0], row > full[-1], separator)
    ]
    if mistakes:
        raise InputError(mistakes[:1])


def _remark(cells: list[str], above: bool, below: bool, separator: str) -> bool:
    written = [cell for cell in cells if cell.strip()]
    if not written:
        return True
    if len(written) > (2 if above else 1) or len(cells) > 3 or not (above or below):
        return False
    others = sum(written[0].count(other) for other in SEPARATORS if other != separator)
    return others < 2 and any(character.isalpha() for character in written[0])
