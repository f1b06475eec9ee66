"""Flags behind numbers and years, and marks of withheld numbers: read, logged, and asked about once for a column."""

import openpyxl
import pytest

WIDE = "{layout: periods_wide, unit: {column: 县}, indicator: {fixed: primary_visits}}"
NAMES = "indicators: {primary_visits: {}}"


@pytest.fixture
def read(raw):
    """Reads one CSV file of visits by county and year."""

    def go(*lines, more="", head="县,2018,2019"):
        raw.folder.mkdir(parents=True, exist_ok=True)
        (raw.folder / "表.csv").write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
        return raw.ingest(WIDE, names=NAMES, more=more)

    return go


def asked(found):
    assert [str(one) for one in found.refused] == []
    return [one.what for one in found.questions]


def noted(found):
    return found.rows[["value", "status", "note"]].to_numpy().tolist()


@pytest.mark.parametrize(
    ("cell", "value", "status", "note", "letters"),
    [
        ("607 b", "607", "reported", "flag b", "b"),
        ("607b", "607", "reported", "flag b", "b"),
        ("1 607 (b)", "1607", "reported", "flag b", "b"),
        ("607 [u]", "607", "reported", "flag u", "u"),
        ("607 p", "607", "provisional", "", "p"),
        ("607e", "607", "provisional", "", "e"),
        ("607 r", "607", "reported", "", "r"),
        ("607 bp", "607", "provisional", "flag b", "bp"),
        ("６０７　ｂ", "607", "reported", "flag b", "b"),
    ],
)
def test_a_flag_behind_a_number_is_logged_and_asked_about_once(read, cell, value, status, note, letters):
    found = read(f"演示市甲,{cell},{cell}", f"演示市乙,500,{cell}")
    assert noted(found)[0] == [value, status, note]
    assert sum("flag" in rule for rule in found.log["rule"] if isinstance(rule, str)) == 3
    wanted = [f"3 cells of primary_visits have the flag {one!r}; the numbers were read without it" for one in letters]
    assert asked(found) == wanted


def test_a_declared_flag_is_no_question(read):
    found = read("演示市甲,607 b,608 p", "演示市乙,500,501 b", more="flags: {b: 口径调整, p: provisional}")
    assert asked(found) == []
    assert noted(found) == [
        ["607", "reported", "口径调整"],
        ["608", "provisional", ""],
        ["500", "reported", ""],
        ["501", "reported", "口径调整"],
    ]


@pytest.mark.parametrize("cell", ["607 xyz", "607 q", "607 bz", "b 607", "6 07 b", "607 b 2"])
def test_what_is_no_flag_is_refused(read, cell):
    found = read(f"演示市甲,{cell},600")
    assert ["is not a number" in str(one) for one in found.refused] == [True]


@pytest.mark.parametrize(
    "mark",
    ["<5", "＜5", "≤10", "fewer than 5", "少于5", "5例以下", ":", "x", "c", "s", "[x]", "(c)", ": c", "*", "保密"],
)
def test_a_mark_of_a_withheld_number_gives_no_value_and_one_question(read, mark):
    found = read(f"演示市甲,{mark},600", f"演示市乙,{mark},601")
    assert found.rows["value"].tolist() == ["600", "601"]
    assert found.gaps["reason"].tolist() == ["withheld"] * 2
    (question,) = asked(found)
    assert question.startswith("2 cells of primary_visits hold ")
    assert "withheld" in question


def test_a_declared_mark_is_no_question_and_may_mean_something_else(read):
    found = read("演示市甲,<5,x", "演示市乙,1,2", more="missing: {'<5': withheld, x: not_applicable}")
    assert asked(found) == []
    assert found.gaps["reason"].tolist() == ["withheld", "not_applicable"]


@pytest.mark.parametrize("mark", ["..", "-", "—", "…"])
def test_common_marks_of_missing_values_are_logged(read, mark):
    found = read(f"演示市甲,{mark},600")
    assert asked(found) == []
    assert found.gaps["reason"].tolist() == ["missing"]
    assert "mark of a missing value: missing" in found.log["rule"].tolist()


def test_flags_and_marks_behind_years_are_asked_about_once(read):
    found = read("演示市甲,1,2,3,4", head="县,2018,2019r,2020*,2021 (p)")
    assert found.rows["period"].tolist() == ["2018", "2019", "2020", "2021"]
    assert found.rows["status"].tolist() == ["reported"] * 3 + ["provisional"]
    assert asked(found) == ["2019r, 2020*, 2021 (p): read as periods with a flag"]
    declared = "periods: {2019r: '2019', '2020*': '2020', 2021 (p): '2021'}"
    assert asked(read("演示市甲,1,2,3,4", head="县,2018,2019r,2020*,2021 (p)", more=declared)) == []


def test_a_mark_is_no_start_of_a_reform(raw):
    raw.folder.mkdir(parents=True, exist_ok=True)
    (raw.folder / "表.csv").write_text("县,启动时间\n演示市甲,x\n演示市乙,2019\n", encoding="utf-8")
    table = "{layout: adoption, unit: {column: 县}, value: 启动时间}"
    assert ["'x' is no date" in str(one) for one in raw.ingest(table, names=NAMES).refused] == [True]


def test_cells_of_several_sheets_are_asked_about_once(raw):
    book = openpyxl.Workbook()
    for year in ("2018", "2019"):
        sheet = book.create_sheet(year)
        for row in (["县", "门急诊人次（万人次）"], ["演示市甲", 12.3], ["演示市乙", "4.5 b"]):
            sheet.append(row)
    book.remove(book["Sheet"])
    raw.folder.mkdir(parents=True)
    book.save(raw.folder / "表.xlsx")
    found = raw.ingest("{layout: indicators_wide, unit: {column: 县}, period: {sheet: '(.+)'}}", names=NAMES)
    assert asked(found) == [
        "2 cells of 门急诊人次 have the flag 'b'; the numbers were read without it",
        "4 values in 门急诊人次 are rounded to 1000, this one among them",
    ]
