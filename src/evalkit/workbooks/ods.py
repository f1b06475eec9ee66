"""What an ods says about its cells besides values: percentages, errors, remarks, what is hidden or merged."""

import re
import zipfile
from decimal import Decimal, InvalidOperation

from evalkit.workbooks import cell_text
from evalkit.workbooks.cells import Shown
from evalkit.workbooks.sheet_parts import LAST_COLUMN, LAST_ROW, MOST_COMMENTS, At, Parts, SheetParts, remark
from evalkit.workbooks.xml_walk import Attributes, parse

#: What a number format may divide by.
_SCALES = (10**3, 10**4, 10**6, 10**8, 10**9)
#: Where cells of these types keep their value.
_VALUES = {"date": "date-value", "time": "time-value", "boolean": "boolean-value"}
_ERROR = re.compile(r"#[A-Z/0!?]+|Err:[0-9]+")


def read(archive: zipfile.ZipFile, shown: str) -> Parts:
    """Walk through the content of a verified archive.

    Raises:
        InputError: the content is missing or is not XML, or a sheet is larger than any filled-in table.
    """
    walk = _Walk(shown)
    parse(archive, "content.xml", shown, walk.start, walk.end, walk.text)
    for name, parts in walk.sheets.items():
        parts.check_area(f"{shown}, {name}")
    return Parts(walk.sheets)


class _Walk:
    """Follows the sheets from cell to cell; one row or cell element may be repeated many times."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.sheets: dict[str, SheetParts] = {}
        self.parts, self.where = SheetParts(), shown
        self.row = self.column = 0
        self.rows = self.columns = 1
        self.cell: Attributes = {}
        self.content: list[str] = []
        self.remark: list[str] | None = None
        self.style, self.raising = "", set[str]()
        self.high = self.any_high = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name in ("table-cell", "covered-table-cell"):
            self.column += self.columns
            self.columns = _times(attributes, "columns", LAST_COLUMN)
            self.cell, self.content, self.any_high = attributes, [], False
        elif name == "table-row":
            self.row += self.rows
            self.rows, self.column, self.columns = _times(attributes, "rows", LAST_ROW), 1, 0
            self.hidden = _hidden(attributes)
        elif name == "table":
            self._start_sheet(attributes.get("table:name", ""))
        elif name == "table-column":
            self._start_column(attributes)
        elif name == "annotation":
            self.remark = []
        elif name == "span":
            self.high = attributes.get("text:style-name", "") in self.raising
        elif name == "style":
            self.style = attributes.get("style:name", "")
        elif name == "text-properties" and attributes.get("style:text-position", "").startswith("super"):
            self.raising.add(self.style)

    def text(self, content: str) -> None:
        if self.remark is None:
            self.any_high = self.any_high or self.high
            self.content.append(cell_text.raised(content) if self.high else content)
        else:
            self.remark.append(content)

    def end(self, name: str) -> None:
        if name in ("table-cell", "covered-table-cell"):
            self._finish()
        elif name == "span":
            self.high = False
        elif name == "annotation":
            if self.remark and len(self.parts.comments) < MOST_COMMENTS:
                self.parts.comments[self.row, self.column] = remark(self.remark)
            self.remark = None

    def _start_sheet(self, name: str) -> None:
        self.parts = self.sheets.setdefault(name, SheetParts())
        self.where = f"{self.shown}, {name}"
        self.row, self.rows, self.column, self.columns = 1, 0, 1, 0

    def _start_column(self, attributes: Attributes) -> None:
        self.column += self.columns
        self.columns = _times(attributes, "columns", LAST_COLUMN)
        if _hidden(attributes):
            self.parts.hidden_columns.append((self.column, self.column + self.columns - 1))

    def _finish(self) -> None:
        content = "".join(self.content).strip()
        kind = self.cell.get("office:value-type", "")
        formula = "table:formula" in self.cell
        if not (content or kind or formula):
            return
        self.parts.reach((self.row, self.column))
        self.parts.reach((self.row + self.rows - 1, self.column + self.columns - 1))
        if self.hidden:
            self.parts.hidden_rows.update(range(self.row, min(self.row + self.rows, LAST_ROW + 1)))
        self._merge()
        shown = _shown(self.cell.get("office:value", ""), content) if kind in ("float", "currency") else None
        failed = self.cell.get("calcext:value-type") == "error" or (formula and bool(_ERROR.fullmatch(content)))
        failed = failed or _contradicts_itself(kind, self.cell)
        for row in range(self.row, self.row + self.rows):
            for column in range(self.column, self.column + self.columns):
                self.parts.count(self.where)
                self._note((row, column), kind, content if failed else "", formula and not (content or kind))
                if self.any_high and kind == "string":
                    self.parts.texts[row, column] = content
                if shown and not failed:
                    self.parts.shown[row, column] = shown

    def _note(self, at: At, kind: str, error: str, uncached: bool) -> None:
        if kind == "percentage":
            self.parts.percent.add(at)
        if error:
            self.parts.errors[at] = error
        elif uncached:
            self.parts.uncached.add(at)

    def _merge(self) -> None:
        down, across = (self.cell.get(f"table:number-{way}-spanned", "1") for way in ("rows", "columns"))
        if (down, across) != ("1", "1") and down.isdecimal() and across.isdecimal():
            last = self.row + int(down[:7]) - 1, self.column + int(across[:5]) - 1
            self.parts.merged.append((self.row, self.column, *last))


def _contradicts_itself(kind: str, cell: Attributes) -> bool:
    """Whether a cell lacks the value of its type, or has one of another: readers differ in what they take it for."""
    if kind == "string":
        return "office:value" in cell
    return kind in _VALUES and f"office:{_VALUES[kind]}" not in cell


def _shown(stored: str, text: str) -> Shown | None:
    """How a cell shows its number otherwise than stored; the file holds both."""
    try:
        value = Decimal(stored)
    except InvalidOperation:
        return None
    if not value.is_finite():
        return None
    number = cell_text.number(text)
    if number is None:
        return Shown(zero=text) if value == 0 and text else None
    suffix = number.suffix.text if number.suffix else ""
    half = Decimal(1).scaleb(-number.decimals) / 2
    if abs(value) >= 1000 and abs(value - number.value) > half:
        for scale in _SCALES:
            if abs(value / scale - number.value) <= half:
                return Shown(scale, suffix)
    return Shown(suffix=suffix) if suffix else None


def _times(attributes: Attributes, way: str, most: int) -> int:
    text = attributes.get(f"table:number-{way}-repeated", "1")
    return min(max(int(text[:9]), 1), most) if text.isdecimal() else 1


def _hidden(attributes: Attributes) -> bool:
    return attributes.get("table:visibility", "visible") != "visible"
