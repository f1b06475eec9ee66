"""Where a cell shows other than the file stores, what is shown is read or asked, never silently what is stored."""

import datetime as dt
import io
import pickle
import zipfile

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from evalkit.errors import InputError
from evalkit.ingest import mapping, pipeline, read_workbook
from evalkit.workbooks import reading
from evalkit.workbooks.kinds import second_reader

WIDE = "{layout: periods_wide, unit: {column: 县}, indicator: {fixed: %s}}"
LONG = "{layout: indicators_wide, unit: {column: 县}, period: {column: 年份}}"
MORE = "indicators:\n  county_visit_rate: {}\n  primary_visits: {}\n  income: {}\n"
SUPER = InlineFont(vertAlign="superscript")


@pytest.fixture
def book(raw):
    """Writes a workbook of rows with a number format for all numbers, and reads it by a table of the mapping."""
    raw.project.indicators(
        "county_visit_rate: {name: {zh: 县域就诊率}, unit: percent}\n"
        "primary_visits: {name: {zh: 门急诊人次}, unit: count}\n"
        "income: {name: {zh: 医疗收入}, unit: yuan}\n"
    )

    def make(*rows, code="General", table=WIDE % "income", more=MORE):
        made = openpyxl.Workbook()
        made.active.title = "表"
        for row in rows:
            made.active.append(row)
        for row in made.active.iter_rows(min_row=2):
            for cell in row:
                if isinstance(cell.value, int | float) and cell.column > 1:
                    cell.number_format = code
        raw.folder.mkdir(parents=True, exist_ok=True)
        made.save(raw.folder / "表.xlsx")
        return raw.ingest(table, names=more)

    return make


def values(found):
    assert [str(one) for one in found.refused] == []
    return found.rows["value"].tolist()


HEAD = ["县", "2018", "2019"]


@pytest.mark.parametrize(
    ("code", "unit"),
    [
        ("0!.0,", "万元"),
        ('0"."0,', "万元"),
        ("0,", "千元"),
        ("#,##0.0,", "千元"),
        ("0.00,,", "百万元"),
        ("0!.00,,", "亿元"),
    ],
)
def test_a_number_shown_in_the_unit_of_its_table_is_read_unrounded(book, code, unit):
    found = book([f"单位：{unit}"], HEAD, ["演示市甲", 1_455_180_000, 1_486_180_000], code=code)
    assert values(found) == ["1455180000", "1486180000"]
    assert found.questions == ()


def test_typed_and_shown_ten_thousands_in_one_table_are_the_same(book, raw):
    made = openpyxl.Workbook()
    for row in (["单位：万元"], HEAD, ["演示市甲", 1455.2, 1486.2], ["演示市乙", 14_551_800, 14_861_800]):
        made.active.append(row)
    made.active["B4"].number_format = made.active["C4"].number_format = "0!.0,"
    raw.folder.mkdir(parents=True)
    made.save(raw.folder / "表.xlsx")
    assert values(raw.ingest(WIDE % "income", names=MORE)) == ["14552000", "14862000", "14551800", "14861800"]


@pytest.mark.parametrize("line", ["单位：元", "医疗收入", "单位：亿元"])
def test_a_scale_that_the_unit_does_not_explain_is_asked(book, told, line):
    message = told(book([line], HEAD, ["演示市甲", 14_551_800, 14_861_800], code="0!.0,").refused)
    assert "表!B3: shows 1455.18 but stores 14551800, with" in message
    assert "the unit 10,000 would fit" in message


def test_a_unit_that_only_the_format_writes_is_read(book):
    table = WIDE % "primary_visits"
    assert values(book(HEAD, ["演示市甲", 145.5, 148], code='0.0"万人次"', table=table)) == ["1455000", "1480000"]
    assert values(book(HEAD, ["演示市甲", 1455, 1480], code='0"人次"', table=table)) == ["1455", "1480"]
    assert values(book(HEAD, ["演示市甲", 0.5, 65.3], code='0.0"%"', table=WIDE % "county_visit_rate")) == [
        "0.5",
        "65.3",
    ]


@pytest.mark.parametrize(
    ("code", "number", "asked"),
    [
        ('0;-0;"—"', 0, "1 cells of income show '—' and store 0"),
        ("0;-0;;@", 0, "1 cells of income show '' and store 0"),
        (";;;", 12, "2 cells of income show nothing of the number they store"),
    ],
)
def test_a_number_that_is_not_shown_is_asked(book, told, code, number, asked):
    found = book(HEAD, ["演示市甲", number, 5], code=code)
    assert values(found) == [str(number), "5"]
    assert asked in told(found.questions)


@pytest.mark.parametrize(
    ("code", "periods"),
    [
        ('yyyy"年"', ["2018", "2019"]),
        ("yyyy", ["2018", "2019"]),
        ('yyyy"年"m"月"', ["2018-03", "2019-03"]),
        ("mmm-yy", ["2018-03", "2019-03"]),
    ],
)
def test_a_date_is_the_period_that_it_shows(raw, code, periods):
    made = openpyxl.Workbook()
    for row in (["县", "年份", "门急诊人次"], *(["演示市甲", dt.date(year, 3, 15), 5] for year in (2018, 2019))):
        made.active.append(row)
    for cell in made.active["B"][1:]:
        cell.number_format = code
    raw.folder.mkdir(parents=True)
    made.save(raw.folder / "表.xlsx")
    assert raw.ingest(LONG).rows["period"].tolist() == periods


@pytest.mark.parametrize(
    ("cell", "value", "note", "foot"),
    [
        (CellRichText("62.2", TextBlock(SUPER, "2")), "62.2", "2016年起含村卫生室", "注：2 2016年起含村卫生室。"),
        (CellRichText("62.2", TextBlock(SUPER, "1")), "62.2", "口径调整", "注：¹口径调整"),
        (CellRichText(TextBlock(InlineFont(b=True), "62"), TextBlock(SUPER, "a")), "62", "", "注：演示"),
        (CellRichText("6", "2.2"), "62.2", "", "注：演示"),
    ],
)
def test_a_superscript_is_a_footnote_mark_and_no_digit(book, cell, value, note, foot):
    found = book(HEAD, ["演示市甲", cell, 63], [foot], table=WIDE % "county_visit_rate")
    assert values(found) == [value, "63"]
    assert found.rows["note"].tolist()[0] == note


def test_a_superscript_in_counts_and_in_a_heading(book):
    head = ["县", CellRichText("2018", TextBlock(SUPER, "1")), "2019"]
    row = ["演示市甲", CellRichText("1348", TextBlock(SUPER, "1")), 1350]
    found = book(head, row, ["注：¹含村站"], table=WIDE % "primary_visits")
    assert (values(found), found.rows["period"].tolist()) == (["1348", "1350"], ["2018", "2019"])


SHEET = "xl/worksheets/sheet1.xml"
CHANGES = {
    "CDATA": lambda text: text.replace(b"<v>61.25</v>", b"<v><![CDATA[61.25]]></v>"),
    "CDATA in part": lambda text: text.replace(b"<v>61.25</v>", b"<v>6<![CDATA[1.25]]></v>"),
    "a character reference": lambda text: text.replace(b"<v>61.25</v>", b"<v>&#54;1.25</v>"),
    "a comment": lambda text: text.replace(b"<v>61.25</v>", b"<v>61<!-- -->.25</v>"),
    "a processing instruction": lambda text: text.replace(b"<v>61.25</v>", b"<v>61<?a b?>.25</v>"),
    "two values": lambda text: text.replace(b"<v>61.25</v>", b"<v>61.25</v><v>7</v>"),
    "UTF-16": lambda text: text.decode().replace('encoding="UTF-8"', "").encode("utf-16"),
    "UTF-16 that says so": lambda text: (
        b'<?xml version="1.0" encoding="UTF-16"?>'.decode().encode("utf-16") + text.decode().encode("utf-16")[2:]
    ),
    "another encoding": lambda text: b'<?xml version="1.0" encoding="ISO-8859-1"?>' + text,
    "a cell twice": lambda text: text.replace(b"</row>", b'<c r="B2"><v>7</v></c></row>', 2),
}


@pytest.mark.parametrize("name", CHANGES)
def test_values_written_as_no_spreadsheet_writes_them_are_refused(tmp_path, name):
    made, stream = openpyxl.Workbook(), io.BytesIO()
    for row in (["县", "2018"], ["甲县", 61.25]):
        made.active.append(row)
    made.save(stream)
    path = tmp_path / "表.xlsx"
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            changed = CHANGES[name](content) if part == SHEET else content
            assert part != SHEET or changed != content
            new.writestr(part, changed)
    with pytest.raises(InputError, match="is damaged"):
        reading.read(path, "表.xlsx")


@pytest.mark.parametrize("twin", ["xl/worksheets/SHEET1.xml", "XL/worksheets/sheet1.xml", "xl/Styles.xml"])
def test_parts_whose_names_differ_in_case_only_are_refused(tmp_path, twin):
    made, stream = openpyxl.Workbook(), io.BytesIO()
    made.active.append(["县", "2018"])
    made.save(stream)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(twin, b"<a/>")
    (tmp_path / "a.xlsx").write_bytes(stream.getvalue())
    with pytest.raises(InputError, match="it holds a part twice"):
        reading.read(tmp_path / "a.xlsx", "a.xlsx")


def test_a_second_reader_tells_differences(book, raw):
    book(HEAD, ["演示市甲", 61, 63])
    path = raw.folder / "表.xlsx"
    sheet = reading.read(path, "表.xlsx").sheets[0]
    assert second_reader.doubts(path.read_bytes(), [sheet]) == ()
    other = openpyxl.load_workbook(path)
    other.active["B2"] = 62
    other.save(path)
    assert second_reader.doubts(path.read_bytes(), [sheet]) == (("表", "B2", "62"),)


def test_what_a_second_reader_finds_is_asked_with_its_cell(book, raw, told, monkeypatch):
    monkeypatch.setattr(reading.second_reader, "doubts", lambda data, sheets: (("表", "B2", "62"),))
    book(HEAD, ["演示市甲", 61, 63])
    task = read_workbook.Task(raw.folder / "表.xlsx", "表.xlsx", pickle.dumps(context(raw)))
    asked = told(read_workbook.read(task).questions)
    assert "表.xlsx, 表!B2: another reader finds 62 here" in asked


def context(raw):
    return pipeline.context(raw.project.root, mapping.read(raw.project.root, "d"))
