"""Workbooks as received: whatever their state, cells with addresses or one mistake that says why."""

import datetime as dt
import hashlib
import io
import itertools
import os
import re
import signal
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlwt
from odf import table, text
from odf.opendocument import OpenDocumentSpreadsheet, OpenDocumentText
from openpyxl.comments import Comment
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet
from xlwt.CompoundDoc import XlsDoc

from evalkit.errors import InputError
from evalkit.workbooks import csv_text, reading, sandbox, xlsx
from evalkit.workbooks.cells import Cell, Sheet, Workbook, address

CSV = '演示指标表\r\n单位：%\r\n县,2019年,2020年,备注\r\n演示县䶮,1.5,2.5,"a,b"\r\n演示县乙,0.10,,\r\n注：演示\r\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"


def saved(fill: Callable[[Worksheet], None], epoch: dt.datetime | None = None) -> bytes:
    """An xlsx whose sheet 表 was filled by a function."""
    book = openpyxl.Workbook()
    if epoch:
        book.epoch = epoch
    book.active.title = "表"
    fill(book.active)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def edited(data: bytes, **changes: Callable[[bytes], bytes]) -> bytes:
    """The same archive with parts changed: `sheet1=…` changes xl/worksheets/sheet1.xml."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            change = changes.get(Path(name).stem, lambda content: content)
            new.writestr(name, change(old.read(name)))
    return stream.getvalue()


def sheet_of(rows: str) -> Callable[[bytes], bytes]:
    """Replaces a sheet's XML by these rows."""
    content = f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    return lambda _: content.encode()


def one(sheet: Worksheet) -> None:
    sheet["A1"] = 1


def compound(stream: str) -> bytes:
    """A file of the old Office with one stream of this name."""
    made = io.BytesIO()
    XlsDoc().save(made, b"\0" * 5000)
    workbook_entry, entry = "Workbook".encode("utf-16-le"), stream.encode("utf-16-le")
    return made.getvalue().replace(workbook_entry.ljust(64, b"\0"), entry.ljust(64, b"\0"))


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Workbook]:
    """Write bytes to a file and read it."""

    def reader(data: bytes, name: str = "演示.xlsx", guard: bool = False) -> Workbook:
        path = tmp_path / name
        path.write_bytes(data)
        return (reading.read_guarded if guard else reading.read)(path, name)

    return reader


@pytest.fixture
def refusal(read) -> Callable[..., str]:
    """What the user is told about a file: one mistake on one line, with what to do."""

    def refused(data: bytes, name: str = "演示.xlsx", guard: bool = False) -> str:
        with pytest.raises(InputError) as caught:
            read(data, name, guard)
        (mistake,) = caught.value.mistakes
        assert mistake.where.startswith(name)
        assert mistake.cure
        assert "\n" not in mistake.where + mistake.what
        return f"{mistake.where}: {mistake.what}"

    return refused


def values(sheet: Sheet) -> dict[str, object]:
    return {cell.address: cell.value for cell in sheet.cells.values()}


@pytest.mark.parametrize(("row", "column", "shown"), [(7, 2, "B7"), (1, 26, "Z1"), (3, 27, "AA3"), (1, 16384, "XFD1")])
def test_an_address_is_what_a_spreadsheet_shows(row, column, shown):
    assert address(row, column) == shown
    assert xlsx.position(shown) == (row, column)


def test_values_stand_as_they_are_stored(read):
    def fill(sheet):
        sheet["B2"], sheet["C2"], sheet["D2"], sheet["E2"] = "  演示县甲　", 65.3, True, "65.3%"
        sheet["B4"], sheet["C4"] = dt.date(2019, 2, 1), dt.datetime(2019, 2, 1, 8, 30)
        sheet["D4"], sheet["E4"] = dt.time(8, 30), 7

    book = read(saved(fill))
    (sheet,) = book.sheets
    expected = {"B2": "  演示县甲　", "C2": 65.3, "D2": True, "E2": "65.3%"}
    expected |= {"B4": dt.date(2019, 2, 1), "C4": dt.datetime(2019, 2, 1, 8, 30), "D4": "08:30:00", "E4": 7.0}
    assert values(sheet) == expected
    assert (book.kind, book.encoding, book.date_1904, book.notes) == ("xlsx", "", False, ())
    assert [[cell.address for cell in row] for row in sheet.rows()] == [
        ["B2", "C2", "D2", "E2"],
        ["B4", "C4", "D4", "E4"],
    ]


def test_the_checksum_is_that_of_the_bytes_and_the_file_is_not_touched(read, tmp_path):
    data = saved(one)
    book = read(data)
    assert book.checksum == hashlib.sha256(data).hexdigest()
    assert (tmp_path / "演示.xlsx").read_bytes() == data


def test_only_number_formats_that_multiply_by_a_hundred_are_percentages(read):
    formats = ["0%", "0.00%", "0.0%;[Red]-0.0%", '0.0"%"', r"0.0\%", "0.00", "General", '"占比"0.0%']

    def fill(sheet):
        for row, code in enumerate(formats, start=1):
            sheet.cell(row, 1, 0.653).number_format = code

    (sheet,) = read(saved(fill)).sheets
    assert [cell.percent for (cell,) in sheet.rows()] == [True, True, True, False, False, False, False, True]


def test_errors_and_formulas_that_were_never_computed_are_told_from_empty_cells(read):
    rows = (
        '<row r="1"><c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="B1"><f>1+1</f></c><c r="C1"><f>1+1</f><v></v></c>'
        '<c r="D1" t="str"><f>""</f><v></v></c><c r="E1"><f>1+1</f><v>2</v></c><c r="F1" s="0"/>'
        '<c r="G1" t="e"><v>#REF!</v></c><c r="H1"><v>1e999</v></c></row>'
    )
    (sheet,) = read(edited(saved(one), sheet1=sheet_of(rows))).sheets
    assert {cell.address: (cell.value, cell.error, cell.uncached) for cell in sheet.cells.values()} == {
        "A1": (None, "#DIV/0!", False),
        "B1": (None, "", True),
        "C1": (None, "", True),
        "E1": (2.0, "", False),
        "G1": (None, "#REF!", False),
        "H1": (None, "#NUM!", False),
    }


def test_hidden_rows_columns_and_sheets_merged_cells_and_comments_are_reported(read):
    def fill(sheet):
        sheet["A1"] = "标题"
        sheet.merge_cells("A1:C2")
        sheet["B4"], sheet["C5"], sheet["D6"] = 1, 2, 3
        sheet.row_dimensions[4].hidden = sheet.row_dimensions[9].hidden = True
        sheet.row_dimensions[6].height = 77  # drawn together to nothing below
        sheet.column_dimensions["C"].hidden = True
        sheet["B8"].comment = Comment("2021年\n口径调整", "演示")
        other = sheet.parent.create_sheet("藏")
        other.sheet_state = "veryHidden"
        other["D10"] = 1

    data = edited(saved(fill), sheet1=lambda content: content.replace(b'ht="77"', b'ht="0"'))
    shown, hidden = read(data).sheets
    assert shown.merged == ((1, 1, 2, 3),)
    assert (shown.hidden_rows, shown.hidden_columns) == ({4, 6}, {3})
    assert shown.comments == {(8, 2): "2021年 口径调整"}
    assert (shown.hidden, hidden.hidden, values(hidden)) == (False, True, {"D10": 1.0})


def test_dates_count_from_1904_where_the_workbook_says_so(read):
    def fill(sheet):
        sheet["A1"] = dt.date(2019, 2, 1)
        sheet["B1"] = 43497

    book = read(saved(fill, CALENDAR_MAC_1904))
    assert book.date_1904
    assert values(book.sheets[0]) == {"A1": dt.date(2019, 2, 1), "B1": 43497.0}


def test_parts_with_prefixes_and_cells_without_addresses_are_read(read):
    rows = '<x:row><x:c t="e"><x:v>#N/A</x:v></x:c><x:c/><x:c><x:f>1+1</x:f></x:c></x:row>'
    content = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{rows}</x:sheetData></x:worksheet>'
    (sheet,) = read(edited(saved(one), sheet1=lambda _: content.encode())).sheets
    assert {at: (cell.error, cell.uncached) for at, cell in sheet.cells.items()} == {
        (1, 1): ("#N/A", False),
        (1, 3): ("", True),
    }


def test_a_million_formatted_empty_rows_are_no_burden(read):
    rows = "".join(f'<row r="{i}" ht="15"><c r="A{i}" s="0"/></row>' for i in range(2, 1_048_577))
    data = edited(saved(one), sheet1=sheet_of('<row r="1"><c r="A1"><v>5</v></c></row>' + rows))
    start = time.process_time()
    (sheet,) = read(data).sheets
    assert time.process_time() - start < 5
    assert values(sheet) == {"A1": 5.0}


def test_a_value_far_outside_the_table_is_named(refusal):
    rows = '<row r="1"><c r="A1"><v>5</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert "演示.xlsx, 表!XFD1048576" in refusal(edited(saved(one), sheet1=sheet_of(rows)))


def test_more_cells_than_any_region_has_are_refused(refusal):
    rows = "".join(f'<row r="{i}">' + "<c><v>1</v></c>" * 30 + "</row>" for i in range(1, 8_500))
    assert "more than 250,000 filled cells" in refusal(edited(saved(one), sheet1=sheet_of(rows)))


def test_a_legacy_xls_is_read_with_its_limits_noted(read):
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("表")
    sheet.write_merge(0, 0, 0, 2, "标题")
    sheet.write(2, 1, 65.3)
    sheet.write(3, 1, dt.date(2019, 2, 1), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    stream = io.BytesIO()
    book.save(stream)
    found = read(stream.getvalue(), "演示.xls")
    assert values(found.sheets[0]) == {"A1": "标题", "B3": 65.3, "B4": dt.date(2019, 2, 1)}
    assert found.sheets[0].merged == ((1, 1, 1, 3),)
    assert found.kind == "xls"
    assert "legacy .xls" in found.notes[0]


def open_document() -> bytes:
    book = OpenDocumentSpreadsheet()
    sheet = table.Table(name="表")
    sheet.addElement(table.TableColumn())
    sheet.addElement(table.TableColumn(visibility="collapse"))
    rows = [
        ({}, [{"valuetype": "string", "numbercolumnsspanned": 2, "numberrowsspanned": 1}], ["标题"]),
        (
            {"visibility": "filter"},
            [{"valuetype": "percentage", "value": "0.653"}, {"valuetype": "float", "value": "2"}],
            ["", ""],
        ),
        ({}, [{"valuetype": "float", "value": "0", "formula": "of:=1/0"}, {"formula": "of:=1+1"}], ["#DIV/0!", ""]),
        ({"numberrowsrepeated": 1_048_000}, [{"numbercolumnsrepeated": 16_384}], [""]),
    ]
    for about, cells, contents in rows:
        row = table.TableRow(**about)
        for cell, content in zip(cells, contents, strict=True):
            made = table.TableCell(**cell)
            if content:
                made.addElement(text.P(text=content))
            row.addElement(made)
        sheet.addElement(row)
    book.spreadsheet.addElement(sheet)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_an_open_document_is_read_with_percentages_errors_and_what_is_hidden(read):
    found = read(open_document(), "演示.ods")
    (sheet,) = found.sheets
    assert {cell.address: (cell.value, cell.percent, cell.error, cell.uncached) for cell in sheet.cells.values()} == {
        "A1": ("标题", False, "", False),
        "A2": (0.653, True, "", False),
        "B2": (2.0, False, "", False),
        "A3": (None, False, "#DIV/0!", False),
        "B3": (None, False, "", True),
    }
    assert (sheet.hidden_rows, sheet.hidden_columns, sheet.merged) == ({2}, {2}, ((1, 1, 1, 2),))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("ends", ["\r\n", "\n"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_has_the_same_cells_in_any_encoding_with_any_separator(read, encoding, ends, separator):
    written = re.sub(r"(?<!a),(?!b)", separator, CSV).replace("\r\n", ends)
    found = read(written.encode(encoding), "演示.csv")
    assert found.encoding == encoding
    rows = [[cell.value for cell in row] for row in found.sheets[0].rows()]
    assert rows == [
        ["演示指标表"],
        ["单位：%"],
        ["县", "2019年", "2020年", "备注"],
        ["演示县䶮", "1.5", "2.5", "a,b"],
        ["演示县乙", "0.10"],
        ["注：演示"],
    ]
    assert found.sheets[0].cells[4, 1] == Cell(4, 1, "演示县䶮")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda s: s.replace("1.5,2.5", "1.52.5"), "row 4: has 3 cells where the table has 4"),
        (lambda s: s.replace("1.5,2.5", "1.5,,2.5"), "row 4: has 5 cells where the table has 4"),
        (lambda s: s.replace("2.5,", '2.5,"'), "row 4: is not readable as CSV"),
        (lambda s: s.replace("0.10,,", '"0.10,,'), "row 5: is not readable as CSV"),
        (lambda s: s.replace("演示县䶮,1.5,2.5,", "演示县䶮;1.5;2.5;"), "row 4: has"),
        (lambda s: s.replace('"a,b"\r\n', '"a,b"'), "row 4: is not readable as CSV"),
        (lambda s: s.replace("1.5,2.5", "1.5\r\n,2.5"), "row 4: has 2 cells where the table has 4"),
        (lambda s: s[:-2], "may be cut off"),
        (lambda s: s.replace("1.5", "1\x06.5"), "the character U+0006 in line 4 belongs to no text"),
    ],
)
def test_a_csv_whose_structure_is_broken_is_refused_with_its_row(refusal, change, told):
    assert told in refusal(change(CSV).encode(), "演示.csv")


def test_utf8_text_with_one_damaged_byte_is_not_taken_for_gb18030(refusal):
    data = CSV.encode()
    at = data.index("演示县乙".encode()) + 1
    assert "UTF-8 text with damage in line 5" in refusal(data[:at] + b"\xff" + data[at + 1 :], "演示.csv")


def test_text_in_neither_encoding_is_refused(refusal):
    assert "neither UTF-8 nor GB18030" in refusal("café, déjà\n".encode("latin-1"), "演示.csv")


def test_empty_rows_at_the_end_of_a_csv_are_no_burden(read):
    found = read(("a,b\r\n1,2\r\n" + ",\r\n" * 1_048_574).encode(), "演示.csv")
    assert values(found.sheets[0]) == {"A1": "a", "B1": "b", "A2": "1", "B2": "2"}
    assert len(csv_text.rows(",\n" * 5, "x")) == 5


def test_a_csv_under_the_name_of_a_workbook_is_read_with_a_note(read):
    found = read(CSV.encode("gb18030"), "演示.xlsx")
    assert found.kind == "csv"
    assert "its content is csv" in found.notes[0]


def test_a_workbook_under_the_name_of_a_csv_is_read_with_a_note(read):
    found = read(saved(one), "演示.csv")
    assert (found.kind, values(found.sheets[0])) == ("xlsx", {"A1": 1.0})
    assert "its content is xlsx" in found.notes[0]


def docx() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr("word/document.xml", "<document/>")
    return stream.getvalue()


def zipped(name: str = "a.txt", content: bytes = b"x") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, content)
    return stream.getvalue()


def odt() -> bytes:
    stream = io.BytesIO()
    OpenDocumentText().save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("演示.xlsx", b"", "is empty"),
        ("演示.xlsx", b"<html><table><tr><td>1</td></tr></table></html>", "is a web page"),
        ("演示.xls", b"\xef\xbb\xbf\r\n<!DOCTYPE html>\n<table></table>", "is a web page"),
        ("演示.xls", b'<?xml version="1.0"?><Workbook/>', "is XML"),
        ("演示.docx", docx(), "is a Word document"),
        ("演示.wps", compound("WordDocument"), "is a Word or WPS document"),
        ("演示.xlsx", compound("EncryptedPackage"), "is protected by a password"),
        ("演示.xls", compound("Something"), "is damaged"),
        ("演示.odt", odt(), "is an OpenDocument file, but no spreadsheet"),
        ("演示.pdf", b"%PDF-1.7", "is a PDF document"),
        ("演示.png", b"\x89PNG\r\n", "is a picture"),
        ("演示.zip", zipped(), "is a zip archive"),
        ("演示.xlsx", b"\x01\x00\x02" * 100, "is damaged, or is no workbook"),
        ("~$演示.xlsx", b"x", "is an Excel lock file"),
    ],
)
def test_what_is_no_table_is_named_by_its_content(refusal, name, data, told):
    assert told in refusal(data, name)


def test_a_file_that_is_not_there_or_too_large_is_said(tmp_path):
    with pytest.raises(InputError, match="cannot be opened"):
        reading.read(tmp_path / "none.xlsx", "none.xlsx")
    with (tmp_path / "large.csv").open("wb") as file:
        file.truncate(51 * 2**20)
    with pytest.raises(InputError, match="has 51 MB, more than 50 MB"):
        reading.read(tmp_path / "large.csv", "large.csv")


def test_zip_bombs_are_refused_before_they_are_unpacked(refusal):
    assert "times its size" in refusal(edited(saved(one), styles=lambda _: b" " * 50 * 2**20))
    huge = bytearray(zipped("xl/workbook.xml"))
    at = huge.index(b"PK\x01\x02") + 24
    huge[at : at + 4] = (2**31).to_bytes(4, "little")
    assert "unpacks to 2,048 MB" in refusal(bytes(huge))


def test_entities_are_never_expanded(refusal):
    declared = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    data = edited(saved(one), sheet1=lambda content: declared + content)
    assert "is not readable" in refusal(data)


def test_damage_is_found_by_the_checksum_of_each_part_and_harmless_damage_is_passed_over(read, refusal):
    data = saved(one)

    def flip(part: str) -> bytes:
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            at = opened.getinfo(part).header_offset + 30 + len(part) + 20
        return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]

    assert f"its part '{SHEET}' cannot be unpacked" in refusal(flip(SHEET))
    assert "cannot be unpacked" in refusal(flip("xl/styles.xml"))
    assert values(read(flip("docProps/app.xml")).sheets[0]) == {"A1": 1.0}
    assert "is damaged" in refusal(data[: len(data) // 2])


def test_a_missing_part_is_damage_not_an_empty_sheet(refusal):
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(one))) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            if name != "xl/styles.xml":
                new.writestr(name, old.read(name))
    assert "'xl/styles.xml' is missing" in refusal(stream.getvalue())


def test_a_panic_of_the_library_is_a_mistake(refusal, monkeypatch):
    panic = type("PanicException", (BaseException,), {})

    def fail(_):
        raise panic("range start index 1\nout of range")

    monkeypatch.setattr(reading.calamine, "load_workbook", fail)
    assert "is damaged (range start index 1 out of range)" in refusal(saved(one))


def test_guarded_reading_gives_what_plain_reading_gives(read):
    data = saved(one)
    assert read(data, guard=True) == read(data)


def test_guarded_reading_passes_mistakes_on(refusal):
    assert "is damaged" in refusal(b"PK\x03\x04", guard=True)


def test_a_child_that_computes_on_dies_or_swells_costs_one_call_only():
    with sandbox.Guard(children=1, seconds=1, memory=2**28) as guard:
        with pytest.raises(sandbox.StoppedError, match="is damaged"):
            guard.call(os.abort)
        with pytest.raises(sandbox.StoppedError, match="ZeroDivisionError"):
            guard.call(divmod, 1, 0)
        if os.name == "posix":
            with pytest.raises(sandbox.StoppedError, match="takes longer than 1 seconds"):
                guard.call(sum, range(10**12))
            with pytest.raises(sandbox.StoppedError, match="too much memory"):
                guard.call(bytearray, 2**29)
        assert guard.call(divmod, 7, 2) == (3, 1)


def test_computing_time_is_granted_anew_for_every_call():
    with sandbox.Guard(children=1, seconds=1) as guard:
        first = guard.call(os.getpid)
        while guard.call(time.process_time) < 2.5:
            guard.call(sum, range(10**6))
        assert guard.call(os.getpid) == first


def test_a_child_that_waits_for_ever_is_killed_by_the_clock():
    with sandbox.Guard(children=1, wall=1) as guard:
        with pytest.raises(sandbox.StoppedError, match="takes longer than 1 seconds"):
            guard.call(signal.pause if hasattr(signal, "pause") else input)
        assert guard.call(divmod, 7, 2) == (3, 1)


def test_a_child_that_still_computes_is_not_killed_by_the_clock(monkeypatch):
    seconds = itertools.count()
    with sandbox.Guard(children=1, wall=0.05) as guard:
        guard.call(divmod, 7, 2)
        monkeypatch.setattr(sandbox, "_computed", lambda pid: next(seconds))
        guard.call(time.sleep, 0.2)
    assert next(seconds) > 2


def test_a_child_imports_nothing_from_the_current_folder(tmp_path, monkeypatch):
    for name in ("pickle", "queue", "struct", "evalkit"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    with sandbox.Guard(children=1) as guard:
        assert guard.call(divmod, 7, 2) == (3, 1)


def test_many_calls_give_their_outcomes_in_order_with_errors_among_them():
    with sandbox.Guard(children=2) as guard:
        outcomes = list(guard.each(int, ["1", "x", *map(str, range(20))]))
    assert [given for given, _ in outcomes] == ["1", "x", *map(str, range(20))]
    assert isinstance(outcomes[1][1], sandbox.StoppedError)
    assert [found for _, found in outcomes[2:]] == list(range(20))
