"""200 damaged or hostile workbooks: each gives exactly the right cells or a one-line error; none stops the others.

`EVALKIT_MUTATIONS=2000` tries more of them. Three kinds of damage nobody can see in a file, and none is asked for: a
legacy .xls has no checksums (a changed byte may be another number), a CSV may end between two rows, and a stray sign in
a cell of a CSV stays there, where whoever reads the figure meets it.
"""

import io
import os
import random
import re
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
import xlwt
from odf import table, text
from odf.opendocument import OpenDocumentSpreadsheet
from openpyxl.comments import Comment
from xlwt.CompoundDoc import XlsDoc

from evalkit.errors import InputError
from evalkit.workbooks import reading, sandbox
from evalkit.workbooks.cells import Cell, Workbook

COUNT = int(os.environ.get("EVALKIT_MUTATIONS", "200"))
PATIENCE = 300.0  # seconds of wall time, in which a busy machine too gives ten seconds of processor time
LINUX = sys.platform.startswith("linux")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"
QUARTERS = [f"{year}Q{quarter}" for year in range(2016, 2023) for quarter in range(1, 5)]


def rows() -> list[list[str | float]]:
    """A county's table as it is filled in: title, unit, header, sixteen indicators in 28 quarters, a note."""
    values = random.Random(6)
    body = [[f"指标{i:02}", *(round(values.uniform(30, 95), 2) for _ in QUARTERS)] for i in range(1, 17)]
    return [["演示市甲监测表"], ["单位：%"], ["指标名称", *QUARTERS], *body, ["注：演示数据"]]


@dataclass(frozen=True)
class Case:
    """One file; `same`: the cells must be those of the original (True), must not be read (False), or either (None)."""

    name: str
    data: bytes
    original: str = "xlsx"
    same: bool | None = None
    uncached: int = 0


def xlsx() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows():
        sheet.append(row)
    sheet.merge_cells("A1:AC1")
    sheet.row_dimensions[7].hidden = True
    sheet["B5"].number_format = "0.0%"
    sheet["C4"].comment = Comment("口径", "演示")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def xls() -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("表")
    for r, row in enumerate(rows()):
        for c, value in enumerate(row):
            sheet.write(r, c, value)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def ods(repeated: int = 1) -> bytes:
    book = OpenDocumentSpreadsheet()
    sheet = table.Table(name="表")
    for row in [*rows(), [""]]:
        line = table.TableRow(**({} if row != [""] else {"numberrowsrepeated": repeated}))
        for value in row:
            kind = {"valuetype": "float", "value": value} if isinstance(value, float) else {"valuetype": "string"}
            cell = table.TableCell(**(kind if value else {}))
            if value:
                cell.addElement(text.P(text=str(value)))
            line.addElement(cell)
        sheet.addElement(line)
    book.spreadsheet.addElement(sheet)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def csv(ends: str = "\r\n") -> str:
    return "".join(",".join(map(str, row)) + ends for row in rows())


ORIGINALS: dict[str, Callable[[], bytes]] = {
    "xlsx": xlsx,
    "xls": xls,
    "ods": ods,
    "csv": lambda: csv().encode(),
    "gb18030.csv": lambda: csv("\n").encode("gb18030"),
}


def flipped(data: bytes, chance: random.Random) -> bytes:
    found = bytearray(data)
    for _ in range(chance.choice([1, 1, 1, 2, 8])):
        found[chance.randrange(len(found))] ^= 1 << chance.randrange(8)
    return bytes(found)


def cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(1, len(data))]


def replaced(part: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx())) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, content if name == part else old.read(name))
        if part not in old.namelist():
            new.writestr(part, content)
    return stream.getvalue()


def sheet_xml(rows: str, before: str = "", after: str = "") -> bytes:
    return f'{before}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'.encode()


def original_rows() -> str:
    """The rows of the original's sheet, as XML."""
    with zipfile.ZipFile(io.BytesIO(xlsx())) as opened:
        return opened.read(SHEET).decode().partition("<sheetData>")[2].partition("</sheetData>")[0]


def compound(stream: str) -> bytes:
    made = io.BytesIO()
    XlsDoc().save(made, random.Random(1).randbytes(8000))
    names = [name.encode("utf-16-le").ljust(64, b"\0") for name in ("Workbook", stream)]
    return made.getvalue().replace(*names)


def overlapping() -> bytes:
    """Many entries of the list of parts that lead to the same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/workbook.xml", b" " * 2**20)
        for i in range(300):
            one = zipfile.ZipInfo(f"xl/{i}.xml")
            first = made.filelist[0]
            one.header_offset, one.file_size, one.compress_size = 0, first.file_size, first.compress_size
            one.CRC, one.compress_type = first.CRC, first.compress_type
            made.filelist.append(one)
            made.NameToInfo[one.filename] = one
    return stream.getvalue()


def bombs() -> Iterator[Case]:
    yield Case("zeros in the sheet.xlsx", replaced(SHEET, b" " * 100 * 2**20), same=False)
    yield Case("zeros in a picture.xlsx", replaced("xl/media/a.png", b"\0" * 100 * 2**20), same=False)
    yield Case("overlapping parts.xlsx", overlapping(), same=False)
    laughs = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12))
    declared = f'<!DOCTYPE x [<!ENTITY a0 "ha">{laughs}]>'
    yield Case("entities.xlsx", replaced(SHEET, sheet_xml("<row><c><v>&a11;</v></c></row>", declared)), same=False)
    long = '<c t="inlineStr"><is><t>' + "x" * 32_000 + "</t></is></c>"
    yield Case("long texts.xlsx", replaced(SHEET, sheet_xml(f"<row>{long * 5}</row>" * 1_000)), same=False)
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    yield Case("far corner.xlsx", replaced(SHEET, sheet_xml(far)), same=False)
    yield Case(
        "many cells.xlsx", replaced(SHEET, sheet_xml(f"<row>{'<c><v>1</v></c>' * 100}</row>" * 9_000)), same=False
    )
    deep = "<a>" * 200_000 + "</a>" * 200_000
    yield Case("deep.xlsx", replaced(SHEET, sheet_xml(original_rows(), after=deep)))
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(ods())) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            more = b'<table:table-row table:number-rows-repeated="1048576"><table:table-cell '
            more += (
                b'table:number-columns-repeated="16384" office:value-type="float" office:value="1"/></table:table-row>'
            )
            content = old.read(name).replace(b"</table:table>", more + b"</table:table>")
            new.writestr(name, content if name == "content.xml" else old.read(name))
    yield Case("repeated cells.ods", stream.getvalue(), "ods", same=False)
    yield Case("long line.csv", b"a," * 20 * 2**20, "csv", same=False)
    yield Case("many lines.csv", b"a\n" * 20 * 2**20, "csv", same=False)
    yield Case("one quote.csv", b'a,b\n"' + b"x" * 20 * 2**20, "csv", same=False)


def wrong_endings() -> Iterator[Case]:
    yield Case("csv under another name.xlsx", csv().encode(), "csv", same=True)
    yield Case("csv under another name.xls", csv("\n").encode("gb18030"), "gb18030.csv", same=True)
    yield Case("xlsx under another name.csv", xlsx(), same=True)
    yield Case("xlsx under another name.xls", xlsx(), same=True)
    yield Case("xls under another name.xlsx", xls(), "xls", same=True)
    yield Case("ods under another name.xlsx", ods(), "ods", same=True)
    page = "<html><body><table>" + csv().replace(",", "<td>") + "</table></body></html>"
    yield Case("html.xls", page.encode(), same=False)
    yield Case("html in gb18030.xlsx", page.encode("gb18030"), same=False)
    yield Case("word.xlsx", compound("WordDocument"), same=False)
    yield Case("pdf.xlsx", b"%PDF-1.4" + bytes(1000), same=False)
    yield Case("noise.xlsx", random.Random(2).randbytes(20_000), same=False)
    yield Case("noise.csv", random.Random(3).randbytes(20_000), same=False)
    yield Case("a zip of workbooks.xlsx", _zip_of({"a.xlsx": xlsx()}), same=False)
    yield Case("nothing.xlsx", b"", same=False)


def _zip_of(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return stream.getvalue()


def empty_rows() -> Iterator[Case]:
    last = range(22, 1_048_577)
    for name, row in {
        "bare": '<row r="{0}"/>',
        "formatted": '<row r="{0}" ht="15"><c r="A{0}" s="0"/><c r="B{0}" s="0"/></row>',
        "hidden": '<row r="{0}" hidden="1"></row>',
    }.items():
        yield Case(
            f"{name} rows.xlsx", replaced(SHEET, sheet_xml(original_rows() + "".join(map(row.format, last)))), same=True
        )
    yield Case("repeated rows.ods", ods(1_048_556), "ods", same=True)
    yield Case("empty rows.csv", csv().encode() + (b"," * 28 + b"\r\n") * 1_048_556, "csv", same=True)


def locked_and_uncomputed() -> Iterator[Case]:
    yield Case("locked.xlsx", compound("EncryptedPackage"), same=False)
    yield Case("locked.xls", compound("EncryptedPackage"), same=False)
    for count in (1, 5, 50):
        dropped = re.sub(r"<v>[0-9.]+</v>", "<f>1+1</f>", original_rows(), count=count)
        data = replaced(SHEET, sheet_xml(dropped))
        yield Case(f"{count} formulas without values.xlsx", data, same=True, uncached=count)


def broken_csv(data: bytes, chance: random.Random) -> bytes:
    """Separators, quotes and line ends lost, gained or moved; never a digit changed by itself."""
    how = chance.randrange(6)
    at = chance.randrange(1, len(data))
    if how == 0:
        return data[: at - (data[at - 1 : at] == b"\n")]
    if how == 1:
        return data[:at] + chance.choice([b",", b'"', b"\n", b"\r\n", b";", b"\t", b"\0", b"\x80", b",,"]) + data[at:]
    marks = [i for i, byte in enumerate(data) if byte in b",\n\r"]
    at = chance.choice(marks)
    if how in (2, 3):
        return data[:at] + data[at + 1 :]
    if how == 4:
        return data[:at] + chance.choice([b";", b"\t", b"\n", b'"']) + data[at + 1 :]
    start = data.rfind(b"\n", 0, at) + 1
    end = data.find(b"\n", at) + 1 or len(data)
    return data[:start] + data[start:end].replace(b",", b";") + data[end:]


def cases() -> list[Case]:
    fixed = [*bombs(), *wrong_endings(), *empty_rows(), *locked_and_uncomputed()]
    chance = random.Random(20221231)
    shares = [("xlsx", flipped, 8), ("xlsx", cut, 3), ("ods", flipped, 2), ("ods", cut, 1), ("xls", flipped, 2)]
    shares += [("xls", cut, 2), ("csv", broken_csv, 4), ("gb18030.csv", broken_csv, 4)]
    originals = {name: make() for name, make in ORIGINALS.items()}
    kinds = [(name, change) for name, change, share in shares for _ in range(share)]
    drawn = [
        Case(f"{change.__name__} {i}.{name}", change(originals[name], chance), name)
        for i in range(COUNT - len(fixed))
        for name, change in [kinds[i % len(kinds)]]
    ]
    return fixed + drawn


def judged(case: Case, found: Workbook | InputError, right: Workbook) -> str:
    """What is wrong with an outcome; empty where nothing is."""
    if isinstance(found, InputError):
        (mistake,) = found.mistakes
        if case.same:
            return f"refused: {mistake}"
        whole = mistake.where.startswith(case.name) and mistake.cure and "\n" not in mistake.where + mistake.what
        return "" if whole else f"not one line that names the file: {mistake}"
    if case.original == "xls" and case.same is None:
        return ""
    if case.same is False or not alike(found, right, case):
        return "read, but not the right cells"
    return ""


def alike(found: Workbook, right: Workbook, case: Case) -> bool:
    if found.kind == "csv":
        return len(rows_of(found)) == len(rows_of(right)) and all(map(row_alike, rows_of(found), rows_of(right)))
    cells, expected = ([dict(sheet.cells) for sheet in book.sheets] for book in (found, right))
    uncached = {at for sheet in cells for at, cell in sheet.items() if cell.uncached and cell.value is None}
    if len(uncached) != case.uncached:
        return False
    return [{**sheet, **{at: right.sheets[0].cells[at] for at in uncached}} for sheet in cells] == expected


def rows_of(book: Workbook) -> list[tuple[Cell, ...]]:
    """The table, without titles and notes."""
    return [row for row in book.sheets[0].rows() if len(row) > 2]


def row_alike(found: tuple[Cell, ...], right: tuple[Cell, ...]) -> bool:
    """The same cells; one with a stray sign is no number any more, which is where a figure's reader stops."""
    places = [cell.column for cell in found] == [cell.column for cell in right]
    return places and all(
        a.value == b.value or number(a.value) in (None, number(b.value)) for a, b in zip(found, right, strict=True)
    )


def number(value: object) -> float | None:
    try:
        return float(str(value))
    except ValueError:
        return None


@dataclass(frozen=True)
class Outcomes:
    """What is wrong with each case, the processor time that each took, and the most memory that a child ever had."""

    wrong: dict[str, str]
    seconds: dict[str, float]
    peak: int


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory) -> Iterator[Outcomes]:
    """All cases, one after another in one child, which a busy machine may slow down as it likes."""
    folder, right = tmp_path_factory.mktemp("mutations"), {}
    wrong, seconds, peak = {}, {}, 0
    with sandbox.Guard(children=1, seconds=PATIENCE) as guard, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "shared", lambda: guard)
        for name, make in ORIGINALS.items():
            (folder / f"right.{name}").write_bytes(make())
            right[name] = reading.read_guarded(folder / f"right.{name}", "right")
        for case in cases():
            path = folder / case.name
            path.write_bytes(case.data)
            pid, before = guard.call(os.getpid), guard.call(time.process_time)
            found = attempt(path)
            spent = guard.call(time.process_time)
            # Where the child died of it and another answers, all of its time is counted, its start too.
            seconds[case.name] = spent - (before if guard.call(os.getpid) == pid else 0)
            if LINUX:
                peak = max(peak, kib(guard.call(Path.read_text, Path("/proc/self/status"))))
            path.unlink()
            if told := judged(case, found, right[case.original]):
                wrong[case.name] = told
        yield Outcomes(wrong, seconds, peak)


def kib(status: str) -> int:
    """The most memory that a process has had: of its own, while `ru_maxrss` also knows that of its parent."""
    return int(re.search(r"VmHWM:\s*(\d+) kB", status)[1])


def attempt(path: Path) -> Workbook | InputError:
    try:
        return reading.read_guarded(path, path.name)
    except InputError as error:
        return error


def test_each_is_refused_in_one_line_or_gives_exactly_the_right_cells(outcomes):
    assert outcomes.wrong == {}


def test_none_takes_longer_than_a_reader_waits(outcomes):
    assert len(outcomes.seconds) == COUNT
    assert {name: spent for name, spent in outcomes.seconds.items() if spent >= sandbox.SECONDS} == {}


@pytest.mark.skipif(not LINUX, reason="only Linux tells the peak of one process")
def test_none_uses_more_than_a_gigabyte(outcomes):
    assert 0 < outcomes.peak < 2**20
