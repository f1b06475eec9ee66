"""What an xlsx says about its cells beside their values: formats, errors, formulas never computed, what is hidden.

One pass over the XML of each sheet that builds no tree: memory does not grow with the sheet.
"""

import posixpath
import re
import zipfile

from evalkit.errors import InputError, Mistake
from evalkit.workbooks import file_kind
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

_PERCENT_IDS = {9, 10}
_NOT_SHOWN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


def read(archive: zipfile.ZipFile, shown: str) -> Parts:
    """Walk through the parts of a verified archive.

    Raises:
        InputError: a part is missing or is no XML, or a sheet is larger than any filled-in table.
    """
    named, date_1904 = _sheets(archive, shown)
    percent = _percent_styles(archive, shown)
    return Parts({name: _sheet(archive, path, percent, name, shown) for name, path in named.items()}, date_1904)


def is_percent(code: str) -> bool:
    """Whether a number format multiplies by a hundred: `0.0%` does, `0.0"%"` only writes the sign."""
    return "%" in _NOT_SHOWN.sub("", code)


def position(reference: str) -> At | None:
    """Row and column of B7; None where it is no address of a cell."""
    found = _REFERENCE.fullmatch(reference.replace("$", ""))
    if not found:
        return None
    column = 0
    for letter in found[1]:
        column = 26 * column + ord(letter) - ord("A") + 1
    row = int(found[2])
    return (row, column) if row <= LAST_ROW and column <= LAST_COLUMN else None


def _sheets(archive: zipfile.ZipFile, shown: str) -> tuple[dict[str, str], bool]:
    """The part of each worksheet by the sheet's name, and whether days count from 1904."""
    targets = _relations(archive, "xl/workbook.xml", shown)
    found: dict[str, str] = {}
    dates = []

    def start(name: str, attributes: Attributes) -> None:
        if name == "workbookPr":
            dates.append(attributes.get("date1904", "0") in ("1", "true"))
        elif name == "sheet":
            identifier = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            kind, path = targets.get(identifier, ("worksheet", f"relation {identifier}"))
            if kind == "worksheet":
                found[attributes.get("name", "")] = path

    parse(archive, "xl/workbook.xml", shown, start)
    for kind, path in targets.values():
        if kind in ("worksheet", "styles", "sharedStrings") and path not in archive.NameToInfo:
            raise file_kind.damaged(shown, f"its part {path!a} is missing")
    if len(found) > MOST_SHEETS:
        cure = "Hand in the sheets that are asked for only."
        raise InputError([Mistake(shown, f"has {len(found)} sheets, more than {MOST_SHEETS}", cure)])
    return found, any(dates)


def _relations(archive: zipfile.ZipFile, part: str, shown: str) -> dict[str, tuple[str, str]]:
    """Kind and path of what a part refers to, by identifier; empty where it refers to nothing."""
    folder, name = posixpath.split(part)
    path = f"{folder}/_rels/{name}.rels"
    found: dict[str, tuple[str, str]] = {}

    def start(element: str, attributes: Attributes) -> None:
        if element == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", ""))).lstrip("/")
            found[attributes.get("Id", "")] = attributes.get("Type", "").rpartition("/")[2], target

    if path in archive.NameToInfo:
        parse(archive, path, shown, start)
    return found


def _percent_styles(archive: zipfile.ZipFile, shown: str) -> frozenset[str]:
    """The style numbers of cells whose number format is a percentage."""
    custom: set[int] = set()
    found: set[str] = set()
    count = 0
    inside = False

    def start(name: str, attributes: Attributes) -> None:
        nonlocal inside, count
        if name == "numFmt" and is_percent(attributes.get("formatCode", "")):
            custom.add(_number(attributes.get("numFmtId")))
        elif name == "cellXfs":
            inside = True
        elif name == "xf" and inside:
            if _number(attributes.get("numFmtId")) in _PERCENT_IDS | custom:
                found.add(str(count))
            count += 1

    def end(name: str) -> None:
        nonlocal inside
        inside = inside and name != "cellXfs"

    if "xl/styles.xml" in archive.NameToInfo:
        parse(archive, "xl/styles.xml", shown, start, end)
    return frozenset(found)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


def _sheet(archive: zipfile.ZipFile, path: str, percent: frozenset[str], name: str, shown: str) -> SheetParts:
    where = f"{shown}, {name}"
    walk = _Walk(percent, where)
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

    def __init__(self, percent: frozenset[str], where: str) -> None:
        self.percent, self.where = percent, where
        self.parts = SheetParts()
        self.row = self.column = 0
        self.cell: Attributes = {}
        self.formula = self.inside = False
        self.content: list[str] = []

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
            if name == "f":
                self.formula = True
            elif name == "col" and _hidden(attributes, "width"):
                self.parts.hidden_columns.append((_number(attributes.get("min")), _number(attributes.get("max"))))

    def text(self, content: str) -> None:
        if self.inside:
            self.content.append(content)

    def _start_row(self, attributes: Attributes) -> None:
        self.row = _number(attributes.get("r")) or self.row + 1
        self.column = 0
        if _hidden(attributes, "ht"):
            self.parts.hidden_rows.add(self.row)

    def finish(self) -> None:
        """Note what is particular about the cell before."""
        content, formula = "".join(self.content).strip(), self.formula
        self.content, self.formula, self.inside = [], False, False
        if not (content or formula):
            return
        at = position(self.cell.get("r", "")) or (self.row, self.column)
        self.column = at[1]
        if content:
            self._note(at, content)
        elif self.cell.get("t") != "str":  # ="" leaves an empty text, which is a result
            self.parts.uncached.add(at)
        self.parts.count(self.where)

    def _note(self, at: At, content: str) -> None:
        self.parts.reach(at)
        if self.cell.get("t") == "e":
            self.parts.errors[at] = content
        if self.cell.get("s") in self.percent:
            self.parts.percent.add(at)


def _hidden(attributes: Attributes, size: str) -> bool:
    """Hidden by command, or by being drawn together to nothing."""
    if attributes.get("hidden") in ("1", "true"):
        return True
    return bool(re.fullmatch(r"0+(\.0*)?", attributes.get(size, "")))


def _comments(archive: zipfile.ZipFile, path: str, shown: str) -> dict[At, str]:
    found: dict[At, list[str]] = {}
    inside: list[list[str]] = []

    def start(name: str, attributes: Attributes) -> None:
        at = position(attributes.get("ref", "")) if name == "comment" else None
        if at and len(found) < MOST_COMMENTS:
            inside[:] = [found.setdefault(at, [])]
        elif name in ("author", "rPh"):
            inside.clear()

    parse(archive, path, shown, start, None, lambda content: inside[0].append(content) if inside else None)
    return {at: remark(pieces) for at, pieces in found.items()}
