"""What an xlsx says about its cells besides values: formats, errors, formulas never computed, what is hidden.

Each sheet's XML is read in one streaming pass: memory does not grow with the sheet.
"""

import posixpath
import re
import zipfile
from dataclasses import dataclass

from evalkit.errors import InputError, Mistake
from evalkit.workbooks import file_kind
from evalkit.workbooks.cell_text import raised
from evalkit.workbooks.cells import address
from evalkit.workbooks.kinds import number_formats
from evalkit.workbooks.kinds.number_formats import NumberFormat
from evalkit.workbooks.sheet_parts import (
    LAST_COLUMN,
    LAST_ROW,
    MOST_COMMENTS,
    MOST_SHEETS,
    At,
    Parts,
    SheetParts,
    remark,
)
from evalkit.workbooks.xml_walk import Attributes, parse

#: Built-in formats, by number, that show something other than the stored value.
_BUILT_IN = {
    **{9: "0%", 10: "0.00%", 14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 22: "yyyy/m/d h:mm"},
    **{27: "yyyy年m月", 28: "m月d日", 31: "yyyy年m月d日", 36: "yyyy年m月", 50: "yyyy年m月", 57: "yyyy年m月"},
    **dict.fromkeys((41, 43), '0;-0;"-"'),
    **dict.fromkeys((42, 44), '0;-0;"-"'),
}
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


def read(archive: zipfile.ZipFile, shown: str) -> Parts:
    """Walk through the parts of a verified archive.

    Raises:
        InputError: a part is missing or is not XML, or a sheet is larger than any filled-in table.
    """
    named, date_1904 = _sheets(archive, shown)
    styles, texts = _styles(archive, shown), _texts_with_superscripts(archive, shown)
    sheets = {name: _sheet(archive, path, _Book(styles, texts), name, shown) for name, path in named.items()}
    return Parts(sheets, date_1904)


def position(reference: str) -> At | None:
    """Row and column of B7; None if it is not the address of a cell."""
    match = _REFERENCE.fullmatch(reference.replace("$", ""))
    if not match:
        return None
    column = 0
    for letter in match[1]:
        column = 26 * column + ord(letter) - ord("A") + 1
    row = int(match[2])
    return (row, column) if row <= LAST_ROW and column <= LAST_COLUMN else None


def _sheets(archive: zipfile.ZipFile, shown: str) -> tuple[dict[str, str], bool]:
    """The part of each worksheet by the sheet's name, and whether days count from 1904."""
    targets = _relations(archive, "xl/workbook.xml", shown)
    paths: dict[str, str] = {}
    dates = []

    def start(name: str, attributes: Attributes) -> None:
        if name == "workbookPr":
            dates.append(attributes.get("date1904", "0") in ("1", "true"))
        elif name == "sheet":
            identifier = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            kind, path = targets.get(identifier, ("worksheet", f"relation {identifier}"))
            if kind == "worksheet":
                paths[attributes.get("name", "")] = path

    parse(archive, "xl/workbook.xml", shown, start)
    for kind, path in targets.values():
        if kind in ("worksheet", "styles", "sharedStrings") and path not in archive.NameToInfo:
            raise file_kind.damaged(shown, f"its part {path!a} is missing")
    if len(paths) > MOST_SHEETS:
        cure = "Hand in the sheets that are asked for only."
        raise InputError([Mistake(shown, f"has {len(paths)} sheets, more than {MOST_SHEETS}", cure)])
    return paths, any(dates)


def _relations(archive: zipfile.ZipFile, part: str, shown: str) -> dict[str, tuple[str, str]]:
    """Kind and path of what a part refers to, by identifier; empty where it refers to nothing."""
    folder, name = posixpath.split(part)
    path = f"{folder}/_rels/{name}.rels"
    relations: dict[str, tuple[str, str]] = {}

    def start(element: str, attributes: Attributes) -> None:
        if element == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", ""))).lstrip("/")
            relations[attributes.get("Id", "")] = attributes.get("Type", "").rpartition("/")[2], target

    if path in archive.NameToInfo:
        parse(archive, path, shown, start)
    return relations


def _styles(archive: zipfile.ZipFile, shown: str) -> dict[str, NumberFormat]:
    """The number formats that show other than what is stored, by the number of the style."""
    custom: dict[int, str] = {}
    formats: dict[str, NumberFormat] = {}
    count = 0
    inside = False

    def start(name: str, attributes: Attributes) -> None:
        nonlocal inside, count
        if name == "numFmt":
            custom[_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            inside = True
        elif name == "xf" and inside:
            identifier = _number(attributes.get("numFmtId"))
            form = number_formats.of(custom.get(identifier) or _BUILT_IN.get(identifier, ""))
            if form != NumberFormat():
                formats[str(count)] = form
            count += 1

    def end(name: str) -> None:
        nonlocal inside
        inside = inside and name != "cellXfs"

    if "xl/styles.xml" in archive.NameToInfo:
        parse(archive, "xl/styles.xml", shown, start, end)
    return formats


def _texts_with_superscripts(archive: zipfile.ZipFile, shown: str) -> dict[str, str]:
    """Shared texts in which runs are set high, by their number; such digits become superscript characters."""
    texts: dict[str, str] = {}
    runs = _Runs()
    count = -1

    def start(name: str, attributes: Attributes) -> None:
        nonlocal count
        if name == "si":
            if runs.high:
                texts[str(count)] = runs.text()
            runs.clear()
            count += 1
        runs.start(name, attributes)

    if "xl/sharedStrings.xml" in archive.NameToInfo:
        parse(archive, "xl/sharedStrings.xml", shown, start, None, runs.add)
    if runs.high:
        texts[str(count)] = runs.text()
    return texts


class _Runs:
    """The runs of a text; those set high or low are kept as superscripts."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.pieces: list[str] = []
        self.inside = self.now = self.high = False

    def start(self, name: str, attributes: Attributes) -> None:
        self.inside = name == "t"
        if name == "vertAlign" and attributes.get("val") in ("superscript", "subscript"):
            self.now = True
        elif name in ("r", "rPh"):
            self.now = False

    def add(self, content: str) -> None:
        if self.inside:
            self.high = self.high or self.now
            self.pieces.append(raised(content) if self.now else content)

    def text(self) -> str:
        return "".join(self.pieces)


@dataclass(frozen=True, slots=True)
class _Book:
    """What the sheets of a workbook share."""

    styles: dict[str, NumberFormat]
    texts: dict[str, str]


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


def _sheet(archive: zipfile.ZipFile, path: str, book: _Book, name: str, shown: str) -> SheetParts:
    where = f"{shown}, {name}"
    walk = _Walk(book, where)
    parse(archive, path, shown, walk.start, None, walk.text)
    walk.finish()
    walk.parts.check_area(where)
    for kind, target in _relations(archive, path, shown).values():
        if kind == "comments" and target in archive.NameToInfo:
            walk.parts.comments.update(_comments(archive, target, shown))
    return walk.parts


class _Walk:
    """Follows one sheet from cell to cell; remembers only what is out of the ordinary.

    Only the start of an element is listened to, for speed: a cell is looked at when the next one starts.
    """

    def __init__(self, book: _Book, where: str) -> None:
        self.book, self.where = book, where
        self.parts = SheetParts()
        self.row = self.column = 0
        self.last: At = (0, 0)
        self.cell: Attributes = {}
        self.formula = self.inside = False
        self.content: list[str] = []
        self.runs = _Runs()

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            if self.content or self.formula:
                self.finish()
            if "r" not in attributes:
                self.column += 1
            self.cell = attributes
            self.inside = False
        elif name == "row":
            self.finish()
            self._start_row(attributes)
        else:
            self.inside = name in ("v", "t")
            self.runs.start(name, attributes)
            if name == "f":
                self.formula = True
            elif name == "col" and _hidden(attributes, "width"):
                self.parts.hidden_columns.append((_number(attributes.get("min")), _number(attributes.get("max"))))

    def text(self, content: str) -> None:
        if self.inside:
            self.content.append(content)
            self.runs.add(content)

    def _start_row(self, attributes: Attributes) -> None:
        self.row = _number(attributes.get("r")) or self.row + 1
        self.column = 0
        if _hidden(attributes, "ht"):
            self.parts.hidden_rows.add(self.row)

    def finish(self) -> None:
        """Note what is particular about the cell before."""
        content, formula, runs = "".join(self.content).strip(), self.formula, self.runs
        self.content, self.formula, self.inside = [], False, False
        if runs.pieces:
            self.runs = _Runs()
        if not (content or formula):
            return
        at = position(self.cell.get("r", "")) or (self.row, self.column)
        self.column = at[1]
        if at <= self.last:
            raise file_kind.damaged(f"{self.where}!{address(*at)}", "its cells are out of order, or one is there twice")
        self.last = at
        if content:
            self._note(at, content, runs)
        elif self.cell.get("t") != "str":  # ="" leaves an empty text, which is a result
            self.parts.uncached.add(at)
        self.parts.count(self.where)

    def _note(self, at: At, content: str, runs: _Runs) -> None:
        self.parts.reach(at)
        kind, form = self.cell.get("t", "n"), self.book.styles.get(self.cell.get("s", ""))
        if kind == "e":
            self.parts.errors[at] = content
        elif kind == "n":
            self.parts.numbers[at] = content
        elif kind == "s" and content in self.book.texts:
            self.parts.texts[at] = self.book.texts[content]
        elif runs.high:
            self.parts.texts[at] = runs.text()
        if form and form.percent:
            self.parts.percent.add(at)
        if form and form.shown:
            self.parts.shown[at] = form.shown


def _hidden(attributes: Attributes, size: str) -> bool:
    """Hidden by command, or by being drawn together to nothing."""
    if attributes.get("hidden") in ("1", "true"):
        return True
    return bool(re.fullmatch(r"0+(\.0*)?", attributes.get(size, "")))


def _comments(archive: zipfile.ZipFile, path: str, shown: str) -> dict[At, str]:
    by_cell: dict[At, list[str]] = {}
    inside: list[list[str]] = []

    def start(name: str, attributes: Attributes) -> None:
        at = position(attributes.get("ref", "")) if name == "comment" else None
        if at and len(by_cell) < MOST_COMMENTS:
            inside[:] = [by_cell.setdefault(at, [])]
        elif name in ("author", "rPh"):
            inside.clear()

    parse(archive, path, shown, start, None, lambda content: inside[0].append(content) if inside else None)
    return {at: remark(pieces) for at, pieces in by_cell.items()}
