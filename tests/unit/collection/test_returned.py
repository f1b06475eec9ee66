"""The collection workbook: what it asks, how it checks while being filled in, and that it comes back cell for cell."""

import datetime as dt
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from evalkit.collection import blank_forms, requested
from evalkit.collection import form as forms
from evalkit.collection import returned as template
from evalkit.errors import InputError
from evalkit.panel import observations
from evalkit.project import evaluation as project
from evalkit.workbooks import personal_data, reading

ROOT = Path(__file__).parents[3]
INDICATORS = """
rate: {name: {zh: 就诊率, en: Rate}, unit: percent, definition: {zh: 甲占乙的比例。另注。, en: A as a share of B.}}
visits: {name: {zh: 人次, en: Visits}, unit: count, unit_name: {zh: 人次, en: visits}}
growth: {name: {zh: 增长, en: Growth}, unit: percent}
yearly: {name: {zh: 年度, en: Yearly}, unit: per_100000}
"""
PANEL = """
unit | period | indicator | value | numerator | denominator
a    | 2020Q1 | rate      | 60    | 60        | 100
b    | 2020Q3 | visits    | 12    |           |
b    | 2020Q3 | growth    | -3    |           |
b    | 2019   | yearly    | 8     |           |
"""
ASKED = "as_of: 2020-12-31\ncollection: {due: 2021-03-01}\n"
WORDS = {code: word for word, code in forms.STATUSES.items()}


@pytest.fixture
def asking(project):
    """A project whose assessment asks for four indicators, one of them annual."""
    project.indicators(INDICATORS)
    project.table("units", "unit | name_zh | name_en | adoption\na | 演示县 | Demo | 2020Q1\nb | 演示乙 | Other |")
    project.table("panel", PANEL)
    project.assessment(ASKED, "dataset: d\nregions: [a]\nindicators: {primary: [rate, visits, growth, yearly]}\n")
    return project


@pytest.fixture
def sent(asking, tmp_path):
    """The workbook as it is sent out, opened in openpyxl."""
    [path] = blank_forms.write(asking.load(), ["a"], folder=tmp_path / "out")
    return openpyxl.load_workbook(path)


@pytest.fixture
def returned(sent, tmp_path):
    """What is read back once cells are filled in: {(code, part, period): content}."""

    def read(entries, change=None):
        for (code, part, period), content in entries.items():
            sheet, row, column = find(sent, code, part, period)
            sheet.cell(row, column).value = content
        if change:
            change(sent)
        sent.save(tmp_path / "back.xlsx")
        return template.read_template(reading.read(tmp_path / "back.xlsx", "back.xlsx"))

    return read


def find(book, code, part, period):
    """The cell of a form, looked for by its labels as a clerk would."""
    for sheet in book.worksheets[1:]:
        columns = [cell.column for cell in sheet[forms.PERIODS] if cell.value == period]
        rows = [
            row[0].row
            for row in sheet.iter_rows(min_row=forms.FIRST_LINE)
            if (row[forms.CODE - 1].value, row[forms.PART - 1].value) == (code, forms.PARTS[part])
        ]
        if columns and rows:
            return sheet, rows[0], columns[0]
    raise AssertionError((code, part, period))


def only(table):
    assert len(table) == 1
    return table.iloc[0].to_dict()


# ---- what is sent out


def test_one_sheet_per_frequency_follows_the_notes(sent):
    assert sent.sheetnames == ["说明 Notes", "季度 Quarterly", "年度 Annual"]


def test_periods_run_from_the_panels_first_to_the_as_of_date(asking):
    quarterly, yearly = requested.layouts(asking.load())["a"].forms
    assert (quarterly.periods[0], quarterly.periods[-1]) == ("2019Q1", "2020Q4")
    assert yearly.periods == ("2019", "2020")


def test_counts_behind_a_share_are_asked_where_the_panel_has_them(asking):
    lines = [line for form in requested.layouts(asking.load())["a"].forms for line in form.lines]
    assert [line.part for line in lines if line.code == "rate"] == [
        "value", "numerator", "denominator", "status", "note",
    ]  # fmt: skip
    assert [line.part for line in lines if line.code == "growth"] == ["value", "status", "note"]


def test_without_a_panel_three_years_before_the_first_adoption_are_asked_quarterly(asking):
    (asking.root / "data/d/panel.csv").unlink()
    [form] = requested.layouts(asking.load())["a"].forms
    assert (form.sheet, form.periods[0], form.periods[-1]) == ("季度 Quarterly", "2017Q1", "2020Q4")


def test_without_panel_and_date_nobody_knows_what_to_ask(asking):
    (asking.root / "data/d/panel.csv").unlink()
    asking.assessment("", "dataset: d\nregions: [a]\nindicators: {primary: [rate]}\n")
    with pytest.raises(InputError, match="as_of"):
        blank_forms.write(asking.load())


def test_member_institutions_are_asked_for_what_their_unit_is_computed_from(project):
    project.indicators(
        "share: {name: {en: Share}, unit: percent,"
        " from_members: {numerator: visits, denominator: visits, kinds: [x]}}\n"
        "visits: {name: {en: Visits}, unit: count}\n"
    )
    project.table("units", "unit | adoption\na | 2020Q1\nm1 |\nm2 |\nb |")
    project.table("members", "unit | of\nm1 | a\nm2 | a")
    project.assessment("as_of: 2020-12-31\n", "dataset: d\nregions: [a, b]\nindicators: {primary: [share]}\n")
    planned = requested.layouts(project.load())
    assert [form.sheet for form in planned["a"].forms] == [forms.MEMBERS]
    codes = dict.fromkeys(line.code for line in planned["a"].forms[0].lines)
    assert list(codes) == ["m1:visits", "m2:visits"]
    assert {line.code for line in planned["b"].forms[0].lines} == {"share"}


def test_every_cell_to_fill_in_is_open_and_checked_and_all_else_is_locked(sent):
    for sheet in sent.worksheets:
        assert sheet.protection.sheet
        assert sheet.protection.password is None
        open_cells = {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
        checked = {
            cell.coordinate
            for check in sheet.data_validations.dataValidation
            for part in check.sqref.ranges
            for row in sheet[part.coord]
            for cell in row
        }
        notes = {
            cell.coordinate
            for row in sheet.iter_rows(min_row=forms.FIRST_LINE)
            if row[forms.PART - 1].value == forms.PARTS["note"]
            for cell in row[forms.FIRST_PERIOD - 1 :]
        }
        assert open_cells - notes == checked
        assert notes <= open_cells


@pytest.mark.parametrize(
    ("code", "part", "period", "kind", "style", "bounds"),
    [
        ("rate", "value", "2020Q1", "decimal", "stop", ("0", "100")),
        ("rate", "numerator", "2020Q1", "decimal", "stop", ("0", "1E+15")),
        ("visits", "value", "2020Q1", "whole", "stop", ("0", "1E+15")),
        ("growth", "value", "2020Q1", "decimal", "warning", ("0", "100")),
        ("rate", "status", "2020Q1", "list", "stop", ('"上报数,初步数,缺失,不适用"', None)),
    ],
)
def test_a_spreadsheet_refuses_what_cannot_be(sent, code, part, period, kind, style, bounds):
    sheet, row, column = find(sent, code, part, period)
    at = sheet.cell(row, column).coordinate
    [check] = [one for one in sheet.data_validations.dataValidation if at in one.sqref]
    assert (check.type, check.errorStyle or "stop", check.showErrorMessage) == (kind, style, True)
    assert (check.formula1, check.formula2) == bounds
    assert len(check.error) <= 255
    assert len(check.errorTitle) <= 32


def test_headings_stay_in_view_and_on_every_page(sent):
    sheet = sent["季度 Quarterly"]
    assert sheet.freeze_panes == "F7"
    assert (sheet.print_title_rows, sheet.print_title_cols) == ("$1:$6", "$A:$E")


def test_the_notes_say_for_whom_until_when_and_what_is_meant(sent):
    told = "\n".join(str(cell.value) for row in sent["说明 Notes"].iter_rows() for cell in row if cell.value)
    for words in ("演示县", "Demo", "2020-12-31", "2021-03-01", "甲占乙的比例。另注。", "A as a share of B."):
        assert words in told
    assert "evalkit-template 1 unit=a assessment=a dataset=d layout=" in told


def test_the_form_itself_does_not_look_like_personal_data(asking, tmp_path):
    [path] = blank_forms.write(asking.load(), ["a"], folder=tmp_path)
    assert [personal_data.found(sheet) for sheet in reading.read(path, path.name).sheets] == [None, None, None]


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "@SUM(A1)", "-2", "<b>&"])
def test_names_are_texts_and_never_formulas(asking, tmp_path, name):
    asking.indicators(INDICATORS.replace("就诊率", f"'{name}'"))
    asking.write("data/d/units.csv", f"unit,name_zh,name_en,adoption\na,{name},{name},2020Q1\nb,,,\n")
    [path] = blank_forms.write(asking.load(), ["a"], folder=tmp_path / "out")
    book = openpyxl.load_workbook(path)
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}
    assert path.parent == tmp_path / "out"
    assert template.is_template(reading.read(path, path.name))


def test_a_name_that_cannot_be_a_files_is_left_out_of_it(asking):
    assert blank_forms.file_name(asking.load(), "a") == "a_演示县.xlsx"
    asking.table("units", "unit | name_zh | adoption\na | 甲/乙 | 2020Q1\nb | | ")
    assert blank_forms.file_name(asking.load(), "a") == "a.xlsx"


def test_comparison_units_can_be_asked_and_unknown_ones_are_a_mistake(asking, tmp_path):
    assert [path.name for path in blank_forms.write(asking.load(), ["b"], tmp_path)] == ["b_演示乙.xlsx"]
    with pytest.raises(InputError, match="has no unit 'bb'"):
        blank_forms.write(asking.load(), ["bb"], tmp_path)


# ---- what comes back


def test_an_empty_form_gives_no_row_and_every_cell_is_missing(returned):
    found = returned({})
    assert (len(found.rows), len(found.log), found.questions, found.refused) == (0, 0, (), ())
    assert dict(zip(found.progress["indicator"], found.progress["missing"], strict=True)) == {
        "rate": 24, "visits": 8, "growth": 8, "yearly": 2,
    }  # fmt: skip
    assert (found.progress["asked"] == found.progress["missing"]).all()


def test_value_counts_status_note_and_release_come_back(returned):
    def release(book):
        sheet, _, column = find(book, "rate", "value", "2020Q2")
        sheet.cell(forms.RELEASED, column).value = dt.date(2020, 8, 14)

    entries = {"value": 61.2, "numerator": 612, "denominator": 1000, "status": "初步数", "note": "口径调整"}
    found = returned({("rate", part, "2020Q2"): content for part, content in entries.items()}, release)
    assert only(found.rows) == {
        **{"unit": "a", "period": "2020Q2", "indicator": "rate", "value": 61.2, "numerator": 612, "denominator": 1000},
        **{"status": "provisional", "released": "2020-08-14", "source": "", "note": "口径调整"},
    }
    assert only(found.places) == {"sheet": "季度 Quarterly", "cell": "K7"}
    assert found.progress.loc[0, "missing"] == 21


def test_a_blank_status_means_reported(returned):
    assert only(returned({("visits", "value", "2020Q2"): 7}).rows)["status"] == "reported"


@pytest.mark.parametrize(("word", "reason"), [("缺失", "missing"), ("不适用", "not_applicable")])
def test_a_reason_instead_of_a_figure_is_an_answer(returned, word, reason):
    found = returned({("rate", "status", "2020Q1"): word, ("rate", "note", "2020Q1"): "停业"})
    assert len(found.rows) == 0
    gap = only(found.gaps)
    assert (gap["reason"], gap["mark"], gap["period"]) == (reason, f"{word}；停业", "2020Q1")
    assert found.progress.loc[0, "missing"] == 21


def test_a_value_follows_from_its_counts_and_is_logged(returned):
    found = returned({("rate", "numerator", "2020Q1"): 3, ("rate", "denominator", "2020Q1"): 8})
    assert only(found.rows)["value"] == 37.5
    assert only(found.log)["rule"] == "computed from numerator and denominator"


@pytest.mark.parametrize(
    ("typed", "value", "rule"),
    [("６４．４５％", 64.45, "full-width signs"), ("1,234", None, ""), (" 61.5 ", 61.5, "number stored as text")],
)
def test_numbers_stored_as_text_are_read_and_logged(returned, typed, value, rule):
    found = returned({("rate", "value", "2020Q1"): typed})
    if value is None:
        assert "breaks the form's rule 0–100 %" in found.refused[0].what
    else:
        assert only(found.rows)["value"] == value
        assert rule in only(found.log)["rule"]


def test_a_cell_formatted_as_a_percentage_is_read_as_it_shows(returned):
    def percentage(book):
        sheet, row, column = find(book, "rate", "value", "2020Q1")
        sheet.cell(row, column).number_format = "0.0%"

    found = returned({("rate", "value", "2020Q1"): 0.653}, percentage)
    assert only(found.rows)["value"] == 65.3
    assert only(found.log)["rule"] == "cell formatted as a percentage"


def test_a_bare_fraction_in_a_percent_row_is_asked_about(returned):
    found = returned({("rate", "value", "2020Q1"): 0.9})
    assert len(found.rows) == 0
    [refused] = found.refused
    assert refused.where == "back.xlsx, 季度 Quarterly!J7"
    assert refused.what == "0.9 in a percent row can be 0.9% or 90%"


@pytest.mark.parametrize(("numerator", "value"), [(90, 90.0), (0.9, 0.9)])
def test_counts_settle_what_a_fraction_means(returned, numerator, value):
    entries = {"value": 0.9, "numerator": numerator, "denominator": 100}
    found = returned({("rate", part, "2020Q1"): content for part, content in entries.items()})
    assert only(found.rows)["value"] == value


@pytest.mark.parametrize(
    ("entries", "what"),
    [
        ({("rate", "value"): 102.3}, "breaks the form's rule 0–100 %"),
        ({("visits", "value"): -5}, "breaks the form's rule ≥ 0 整数 whole"),
        ({("visits", "value"): 145.5}, "breaks the form's rule"),
        ({("growth", "value"): -3}, "breaks the form's rule 0–100 % *"),
        ({("visits", "value"): "约500"}, "is not a plain number"),
        ({("visits", "value"): "14.5万"}, "is not a plain number"),
        ({("visits", "value"): "500（预计）"}, "is not a plain number"),
        ({("visits", "value"): True}, "is not a number"),
        ({("visits", "value"): "=1+1"}, "is a formula without a result"),
        ({("visits", "value"): 5, ("visits", "status"): "缺失"}, "has a figure, and is marked 缺失"),
        ({("visits", "value"): 5, ("visits", "status"): "初报数"}, "is not a status of the form"),
        ({("rate", "numerator"): 5}, "has no value"),
        ({("rate", "numerator"): 5, ("rate", "denominator"): 0}, "has no value"),
        ({("rate", "value"): 50, ("rate", "numerator"): 9, ("rate", "denominator"): 3}, "larger than the denominator"),
    ],
)
def test_what_cannot_be_relied_on_is_refused_with_its_address(returned, entries, what):
    found = returned({(code, part, "2020Q1"): content for (code, part), content in entries.items()})
    assert len(found.rows) == 0
    [refused] = found.refused
    assert what in refused.what
    assert refused.where.startswith("back.xlsx, 季度 Quarterly!J")
    assert refused.cure


def test_a_figure_beyond_a_soft_bound_counts_where_the_note_says_why(returned):
    found = returned({("growth", "value", "2020Q1"): -3, ("growth", "note", "2020Q1"): "同比下降"})
    assert (only(found.rows)["value"], found.refused) == (-3, ())


@pytest.mark.parametrize("mark", ["—", "无", "暂无", "…"])
def test_marks_of_a_missing_figure_are_reasons_and_logged(returned, mark):
    found = returned({("visits", "value", "2020Q1"): mark})
    assert (only(found.gaps)["reason"], len(found.log), len(found.rows)) == ("missing", 1, 0)


def test_a_release_that_is_no_date_is_refused(returned):
    def release(book):
        sheet, _, column = find(book, "rate", "value", "2020Q2")
        sheet.cell(forms.RELEASED, column).value = "八月中旬"

    assert "'八月中旬' is not a date" in returned({}, release).refused[0].what


def test_cells_outside_the_form_are_told_and_not_read(returned):
    def scribble(book):
        book["季度 Quarterly"].cell(8, 40).value = 5
        book.create_sheet("Sheet2")["B3"] = "更多"

    found = returned({("visits", "value", "2020Q1"): 7}, scribble)
    assert [one.where for one in found.questions] == ["back.xlsx, 季度 Quarterly!AN8", "back.xlsx, Sheet2!B3"]
    assert only(found.rows)["value"] == 7


def move_rows(book):
    book["季度 Quarterly"].move_range("A8:N12", rows=1)


def swap_columns(book):
    sheet = book["季度 Quarterly"]
    sheet.cell(forms.PERIODS, 6).value, sheet.cell(forms.PERIODS, 7).value = "2019Q2", "2019Q1"


def rename_item(book):
    book["季度 Quarterly"].cell(8, forms.PART).value = "分子"


def drop_sheet(book):
    del book["年度 Annual"]


def rename_sheet(book):
    book["年度 Annual"].title = "年度"


def insert_row(book):
    book["季度 Quarterly"].insert_rows(9)


def other_unit(book):
    for row in book["说明 Notes"].iter_rows():
        for cell in row:
            if cell.value and "unit=a " in str(cell.value):
                cell.value = cell.value.replace("unit=a ", "unit=b ")


def no_marker(book):
    del book["说明 Notes"]


@pytest.mark.parametrize(
    "change",
    [move_rows, swap_columns, rename_item, drop_sheet, rename_sheet, insert_row, other_unit, no_marker],
    ids=lambda change: change.__name__,
)
def test_a_changed_layout_is_one_clear_error(sent, tmp_path, change):
    change(sent)
    sent.save(tmp_path / "back.xlsx")
    book = reading.read(tmp_path / "back.xlsx", "back.xlsx")
    assert template.is_template(book)
    with pytest.raises(InputError) as caught:
        template.read_template(book)
    [mistake] = caught.value.mistakes
    assert mistake.where == "back.xlsx"
    assert "fresh workbook" in mistake.cure


def test_another_name_of_the_file_changes_nothing(sent, tmp_path):
    sent.save(tmp_path / "b_演示乙.xlsx")
    found = template.read_template(reading.read(tmp_path / "b_演示乙.xlsx", "b"))
    assert found.layout.unit == "a"


def test_an_ordinary_workbook_is_no_template(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["编码 Code", "指标 Indicator", "2020"])
    book.save(tmp_path / "x.xlsx")
    assert not template.is_template(reading.read(tmp_path / "x.xlsx", "x.xlsx"))


# ---- there and back


def fill(path: Path, unit: str, rows: pd.DataFrame) -> None:
    """Type a panel's rows into a unit's workbook."""
    book = openpyxl.load_workbook(path)
    known = {(row.unit, row.period, row.indicator): row for row in rows.itertuples()}
    for sheet in book.worksheets[1:]:
        columns = {cell.value: cell.column for cell in sheet[forms.PERIODS][forms.FIRST_PERIOD - 1 :]}
        for cells in sheet.iter_rows(min_row=forms.FIRST_LINE, max_col=forms.PART):
            code, words = cells[forms.CODE - 1].value, cells[forms.PART - 1].value
            if code is None:
                continue
            part = next(name for name, told in forms.PARTS.items() if told == words)
            member, _, indicator = code.rpartition(":")
            for period, column in columns.items():
                row = known.get((member or unit, period, indicator))
                if row is None:
                    continue
                content = WORDS[row.status] if part == "status" else getattr(row, part)
                number = part in forms.NUMBERS and content != ""
                sheet.cell(cells[0].row, column).value = float(content) if number else content or None
                sheet.cell(forms.RELEASED, column).value = dt.date.fromisoformat(row.released)
    book.save(path)


@pytest.mark.parametrize(("assessment", "cells"), [("demo-final-2022", 1049), ("demo-consortia-final-2022", 2570)])
def test_the_demonstration_panel_goes_out_and_comes_back_cell_for_cell(tmp_path, assessment, cells):
    evaluation = project.load(assessment, project=ROOT)
    stored = observations.stored(evaluation)
    found = []
    for path, region in zip(
        blank_forms.write(evaluation, evaluation.regions, tmp_path), evaluation.regions, strict=True
    ):
        fill(path, region, stored)
        back = template.read_template(reading.read(path, path.name))
        assert (len(back.log), back.questions, back.refused, len(back.gaps)) == (0, (), (), 0)
        found.append(back.rows)
    key = ["indicator", "unit", "period"]
    rows = pd.concat(found).sort_values(key, ignore_index=True)
    wanted = stored[stored["unit"].isin(rows["unit"]) & stored["indicator"].isin(rows["indicator"])]
    wanted = wanted.reindex(columns=list(observations.COLUMNS), fill_value="")
    wanted = wanted.assign(**{name: pd.to_numeric(wanted[name]) for name in forms.NUMBERS})
    assert len(rows) == cells
    pd.testing.assert_frame_equal(rows, wanted.sort_values(key, ignore_index=True), check_dtype=False, check_exact=True)
