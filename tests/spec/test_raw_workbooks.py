"""Workbooks as counties send them, case by case: tests/data/raw_input_fixtures.csv says what each demands."""

import csv
import hashlib
import pickle
import re
import shutil
from pathlib import Path

import pytest

from evalkit.errors import InputError
from evalkit.ingest import mapping, pipeline, read_workbook
from evalkit.workbooks import reading

DATA = Path(__file__).parents[1] / "data"
IN_ROWS = "{layout: indicators_wide, unit: {column: 地区}, period: {column: 年份}}"
BY_QUARTER = "{layout: indicators_wide, unit: {column: 地区}, period: {column: 期间}}"
BY_FILE = "{layout: periods_wide, unit: {file: '^(.+?)_'}, indicator: {column: 指标名称}}"
SHARE, RATE, VISITS = "primary_visit_share", "county_visit_rate", "primary_visits"


def logged(found, cell):
    """Before, after and rule of one cell."""
    lines = found.log[found.log["cell"] == cell]
    return [tuple(line) for line in lines[["before", "after", "rule"]].itertuples(index=False)]


def test_every_case_has_a_workbook_and_a_test(workbooks):
    with (DATA / "raw_input_fixtures.csv").open(encoding="utf-8") as file:
        cases = [row["fixture_id"] for row in csv.DictReader(file)]
    tested = {found.upper() for found in re.findall(r"^def test_(f\d\d)", Path(__file__).read_text("utf-8"), re.M)}
    assert set(cases) == set(workbooks.CASES) == tested


def test_f01_two_level_headings_are_read_cleanly_and_title_unit_and_notes_are_kept(raw):
    raw.case("F01")
    found = raw.ingest(BY_FILE.replace("}}", "}, header: {levels: 2}}"))
    assert found.refused == ()
    assert found.rows["value"].tolist() == [
        *["60.1", "60.2", "60.3", "60.4", "61.1", "61.2", "61.3", "61.4"],
        *["1001", "1002", "1003", "1004", "1101", "1102", "1103", "1104"],
    ]
    assert found.rows["period"].tolist()[:8] == [
        f"{year}Q{quarter}" for year in (2018, 2019) for quarter in range(1, 5)
    ]
    about = found.workbooks.iloc[0]
    assert about["title"] == "演示市乙医共体运行监测表"
    assert about["unit_line"] == "单位：人次、%"
    assert about["notes"] == "注：基层就诊率不含村卫生站。 | 填报单位：演示卫生健康局"


def test_f02_years_in_columns_become_rows_and_an_expected_year_is_provisional(raw):
    raw.case("F02")
    found = raw.ingest(BY_FILE)
    assert found.rows["period"].tolist() == ["2016", "2017", "2018", "2019", "2020"]
    assert found.rows["status"].tolist() == ["reported"] * 3 + ["provisional", "reported"]


def test_f03_three_spellings_of_a_percentage_are_one_and_the_rule_is_counted(raw):
    raw.case("F03")
    found = raw.ingest(IN_ROWS)
    assert found.rows["value"].tolist() == ["65.3", "65.3", "65.3", "66"]
    assert logged(found, "C4") == [("0.653", "65.3", "percent format: times 100")]
    assert re.search(r"1 +percent format: times 100", pipeline.summary(found))


def test_f03_nine_tenths_in_a_percent_column_is_asked_about_and_never_guessed(raw, told):
    raw.case("F03", doubtful=True)
    message = told(raw.ingest(IN_ROWS).refused)
    assert "data/raw/d/百分比.xlsx, 表!C5: 0.9 in a percent column may be 0.9 % or 90 %" in message


def test_f03_an_answer_in_the_mapping_settles_it_and_says_why(raw):
    raw.case("F03", doubtful=True)
    answer = "answers: [{file: 百分比.xlsx, sheet: 表, cell: C5, value: 90, why: asked by telephone}]"
    found = raw.ingest(IN_ROWS, more=answer)
    assert found.rows["value"].tolist()[-1] == "90"
    assert logged(found, "C5") == [("0.9", "90", "answer: asked by telephone")]


def test_f03_an_answer_for_a_cell_that_is_not_read_is_a_mistake(raw, told):
    raw.case("F03")
    answer = "answers: [{file: 百分比.xlsx, sheet: 表, cell: C55, value: 90, why: asked}]"
    assert "百分比.xlsx, 表!C55 holds no value that is read" in told(raw.ingest(IN_ROWS, more=answer).refused)


def test_f04_ten_thousands_are_scaled_exactly_and_what_was_rounded_is_told(raw, told):
    raw.case("F04")
    found = raw.ingest(BY_FILE)
    assert found.rows["value"].tolist() == ["1455180", "1455200"]
    assert logged(found, "B2")[0] == ("145.52", "1455200", "万人次: times 10000; rounded to 100")
    assert "演示市乙_门诊.xlsx, 表!B2: 1 values in 门急诊人次 are rounded to 100" in told(found.questions)
    assert "演示市甲" not in told(found.questions)


def test_f05_full_width_signs_are_normalised_and_logged(raw, told):
    raw.case("F05")
    found = raw.ingest(IN_ROWS)
    assert logged(found, "C2") == [("６４．４５％", "64.45", "full-width signs; unit of measure % in the cell")]
    assert logged(found, "D2") == [("１，４５５，１８０", "1455180", "full-width signs; thousands separators")]
    assert "全角.xlsx, 表!D3: -5 is negative" in told(found.refused)


def test_f06_missing_not_applicable_and_error_are_told_apart_and_zero_stays_zero(raw, told):
    raw.case("F06")
    found = raw.ingest(IN_ROWS)
    shares = found.gaps[found.gaps["indicator"] == SHARE]
    assert shares["reason"].tolist() == ["missing"] * 8 + ["not_applicable"] * 2 + ["missing", "error", "error"]
    assert shares["mark"].tolist()[7:12] == ["未统计", "不适用", "N/A", "", "#DIV/0!"]
    assert found.rows.loc[found.rows["indicator"] == SHARE, "value"].tolist() == ["0"]
    assert "表!C13: holds #DIV/0!: taken as missing" in told(found.questions)


def test_f06_zero_is_missing_where_the_mapping_says_so(raw):
    raw.case("F06")
    names = "indicators: {primary_visit_share: {zero: missing}, primary_visits: {}}"
    found = raw.ingest(IN_ROWS, names=names)
    assert SHARE not in set(found.rows["indicator"])


def test_f07_gb18030_and_utf8_give_the_same_rows_and_the_encoding_is_told(raw):
    raw.case("F07")
    hashes = []
    for name in ("国标", "统一码"):
        raw.project.write("params/mappings/d.yml", "")
        raw.mapping(IN_ROWS)
        read = mapping.read(raw.project.root, "d").model_copy(update={"files": (f"d/{name}/*",)})
        found = pipeline.ingest(
            raw.project.root, read, pipeline.files(raw.project.root, read), lambda done, total: None
        )
        assert found.refused == ()
        assert found.rows["unit"].tolist() == ["jia", "yan"]
        hashes.append((found.fingerprint, found.workbooks["encoding"].iloc[0].casefold()))
    assert hashes[0][0] == hashes[1][0]
    assert [encoding for _, encoding in hashes] == ["gb18030", "utf-8-sig"]


def test_f08_every_way_to_write_a_county_is_one_unit(raw):
    raw.case("F08")
    rows = raw.rows(IN_ROWS)
    assert {unit for unit, _, _ in rows} == {"bing"}
    assert len(rows) == 5


def test_f08_a_mistyped_county_blocks_and_the_nearest_names_are_suggested(raw, told):
    raw.case("F08", typo=True)
    message = told(raw.ingest(IN_ROWS).refused)
    assert "data/raw/d/名称.xlsx, 表!A7: unknown unit '演示市柄'" in message
    assert "演示市丙" in message


def test_f09_a_formula_without_a_value_blocks_with_its_cell(raw, told):
    raw.case("F09")
    found = raw.ingest(IN_ROWS)
    assert "公式.xlsx, 表!D4: holds a formula without its value" in told(found.refused)


def test_f09_hidden_rows_are_read_like_the_others_and_reported_with_comments(raw, told):
    raw.case("F09", cached=True)
    found = raw.ingest(IN_ROWS, more="ignore_sheets: [旧表]")
    assert found.refused == ()
    assert len(found.rows) == 6
    assert found.workbooks["hidden"].iloc[0] == "表: rows 3 | 旧表: the whole sheet"
    assert "表: hidden: rows 3; read like the others" in told(found.questions)
    assert "旧表" not in told(found.questions)
    assert "1 comments on cells (C2) are not read" in told(found.questions)


def test_f09_hidden_rows_stay_out_where_the_mapping_says_so(raw):
    raw.case("F09", cached=True)
    assert len(raw.rows(IN_ROWS, more="hidden: skip")) == 4


def test_f10_mixed_labels_of_quarters_are_read(raw):
    raw.case("F10")
    rows = raw.rows(BY_FILE)
    assert [period for _, period, _ in rows] == ["2020Q1", "2020Q2", "2020Q3", "2020Q4"]


def test_f10_a_running_total_that_nobody_declared_blocks(raw, told):
    raw.case("F10", ["2020年1-3月", "2020年1-6月", "2020年1-9月"])
    message = told(raw.ingest(BY_FILE).refused)
    assert "演示市甲_期间.xlsx, 表!C2: primary_visits runs from January to 2020Q2" in message


def test_f10_declared_running_totals_are_differenced_and_logged(raw):
    raw.case("F10", ["2020年1-3月", "2020年1-6月", "2020年1-9月"])
    found = raw.ingest(BY_FILE.replace("{layout", "{cumulative: [primary_visits], layout"))
    assert found.rows["value"].tolist() == ["100", "10", "10"]
    assert logged(found, "D2") == [("120", "10", "running total: 2020Q3 less 2020Q2")]


def test_f10_a_month_among_quarters_is_asked_about(raw, told):
    raw.case("F10", ["2020Q1", "2020Q2", "2020-09"])
    message = told(raw.ingest(BY_FILE).refused)
    assert "表!D2: 2020-09 stands among values of primary_visits by the quarter" in message


def test_f10_years_in_chinese_numerals_and_year_ends_are_years(raw):
    raw.case("F10", ["二〇一九年", "截至2020年底"])
    assert [period for _, period, _ in raw.rows(BY_FILE)] == ["2019", "2020"]


def test_f10_quarters_that_grow_as_running_totals_do_are_asked_about(raw, told):
    raw.folder.mkdir(parents=True)
    quarters = [f"{year}Q{quarter}" for year in (2018, 2019) for quarter in range(1, 5)]
    raw.make._table(
        raw.folder / "演示市甲_季.xlsx", [["指标名称", *quarters], ["门急诊人次", 10, 20, 30, 40, 11, 22, 33, 44]]
    )
    assert "grows from quarter to quarter in every year: a running total?" in told(raw.ingest(BY_FILE).refused)


def test_f11_another_order_of_columns_and_a_new_name_are_read_and_a_break_is_suggested(raw, told):
    raw.case("F11")
    found = raw.ingest(BY_QUARTER)
    assert found.refused == ()
    assert len(found.rows) == 16
    message = told(found.questions)
    assert "primary_visit_share is called 基层就诊率 before 2020Q1 and 基层诊疗量占比 from then on" in message
    assert "breaks: [{from: 2020Q1}]" in message


TOTALS = "{layout: periods_wide, unit: {column: 地区}, indicator: {sheet: .+}}"


def test_f12_totals_stay_out_of_the_panel_and_are_checked_against_their_parts(raw, told):
    raw.case("F12")
    found = raw.ingest(TOTALS)
    assert found.refused == ()
    assert found.rows["unit"].tolist() == ["bing", "bing", "jia", "jia", "yi", "yi"]
    checked = found.totals[found.totals["cell"].isin(["B2", "B3", "B6"])]
    assert checked["label"].tolist() == ["合计", "西省小计", "东省小计"]
    assert checked["level"].tolist() == [0, 1, 1]
    assert checked["agrees"].tolist() == [True, True, True]
    assert "表" not in told(found.refused)
    assert "其中：中医 is 400, more than the 330 it belongs to" in told(found.questions)


def test_f12_a_total_that_is_not_the_sum_of_its_parts_is_told(raw, told):
    raw.case("F12", total=700)
    assert "门急诊人次!B2: 合计 is 700, its parts add up to 600" in told(raw.ingest(TOTALS).questions)


REPORTED = "revision: {date: {cell: B1}}"


@pytest.mark.parametrize("rule", [REPORTED, "revision: {order: [上报, 修订]}"])
def test_f13_the_later_report_counts_and_the_difference_is_listed(raw, rule):
    raw.case("F13")
    found = raw.ingest(BY_FILE, more=rule)
    assert found.refused == ()
    assert found.rows["value"].tolist() == ["90.5", "66.1"]
    [revision] = found.revisions.to_dict("records")
    assert (revision["before"], revision["after"], revision["indicator"]) == ("64.4", "66.1", SHARE)
    assert "演示市丙_修订.xlsx" in revision["after_at"]


def test_f13_two_reports_without_a_rule_block(raw, told):
    raw.case("F13")
    message = told(raw.ingest(BY_FILE).refused)
    assert "演示市丙_上报.xlsx, 表!B3: bing, 2019, primary_visit_share is 64.4 here and 66.1 in" in message


def test_f14_a_legacy_workbook_is_read_and_a_web_page_is_named_as_one(raw, told):
    raw.case("F14")
    found = raw.ingest(IN_ROWS)
    assert by_unit(found) == {"jia": "64.5", "yi": "65.5"}
    assert "网页.xlsx" in told(found.refused)
    assert "Traceback" not in told(found.refused)
    assert len(found.refused) == 1


def by_unit(found):
    return dict(zip(found.rows["unit"], found.rows["value"], strict=True))


def test_f15_word_documents_are_refused_with_an_instruction(raw, told):
    raw.case("F15")
    found = raw.ingest(IN_ROWS)
    assert "data/raw/d/说明.docx" in told(found.refused)
    assert "data/raw/d/说明.wps" in told(found.refused)
    assert all(one.cure for one in found.refused)


DATES = "{layout: adoption, unit: {column: 地区}, value: 启动时间}"


def test_f16_dates_of_reform_get_a_date_and_its_precision(raw):
    raw.case("F16")
    found = raw.ingest(DATES)
    assert found.adoptions[["unit", "adoption", "adoption_precision"]].values.tolist() == [
        ["jia", "2019-02", "month"],
        ["yi", "2019-02", "month"],
        ["bing", "2019-02", "month"],
        ["ding", "2019-02-14", "day"],
    ]


def test_f16_a_month_without_a_year_is_asked_about(raw, told):
    raw.case("F16", doubtful=True)
    assert "启动时间.xlsx, 表!B6: '二月份' names no year" in told(raw.ingest(DATES).refused)


def test_f17_values_that_cannot_be_block_with_their_cells(raw, told):
    raw.case("F17")
    message = told(raw.ingest(BY_QUARTER).refused)
    assert "超范围.xlsx, 表!C3: 102.3 is above 100" in message
    assert "超范围.xlsx, 表!E4: -5 is negative" in message


def test_f17_a_slip_of_the_decimal_point_is_asked_about(raw, told):
    raw.case("F17", blocking=False)
    found = raw.ingest(BY_QUARTER)
    assert found.refused == ()
    assert "表!D6: 6.445 is among values around 63.5: a slip of the decimal point (64.45)?" in told(found.questions)
    assert ("jia", "2019Q1", SHARE, "6.445") in set(
        found.rows[["unit", "period", "indicator", "value"]].itertuples(index=False, name=None)
    )


@pytest.mark.parametrize("kind", ["headings", "numbers", "phones"])
def test_f18_a_file_with_personal_data_is_refused_and_none_of_it_is_repeated(raw, told, kind):
    raw.case("F18", kind=kind)
    found = raw.ingest(IN_ROWS)
    message = told(found.refused)
    assert "looks like personal data" in message
    assert "aggregate data only" in message
    assert not re.search(r"1101011900|139000|演示人", message + found.log.to_csv())


def test_the_same_content_in_another_order_of_sheets_and_columns_is_the_same_panel(raw):
    raw.case("F11")
    first = raw.ingest(BY_QUARTER).fingerprint
    book = raw.make.Book()
    book.row("2020", 1, ["期间", "基层诊疗量占比", "门急诊人次", "地区"])
    book.row("2019", 1, ["门急诊人次", "期间", "地区", "基层就诊率"])
    for quarter in range(4, 0, -1):
        book.row("2020", 6 - quarter, [f"2020Q{quarter}", 63 + quarter, 2000 + quarter, "演示市甲"])
        book.row("2019", 6 - quarter, [1000 + quarter, f"2019Q{quarter}", "演示市甲", 60 + quarter])
    (raw.folder / "两年.xlsx").unlink()
    book.save(raw.folder / "另一份.xlsx")
    assert raw.ingest(BY_QUARTER).fingerprint == first


def contents(folder):
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


def test_nothing_below_data_raw_is_written(raw):
    for name in ("F01", "F11", "F14"):
        raw.case(name)
    before = contents(raw.project.root / "data/raw")
    raw.ingest(BY_QUARTER)
    assert contents(raw.project.root / "data/raw") == before


def test_one_bad_workbook_keeps_the_old_panel_and_the_others_are_still_checked(raw, told):
    raw.project.write("data/d/panel.csv", "the old panel")
    raw.case("F03", doubtful=True)
    raw.case("F08", typo=True)
    found = raw.ingest(IN_ROWS)
    assert {"百分比.xlsx", "名称.xlsx"} <= set(re.findall(r"\w+\.xlsx", told(found.refused)))
    with pytest.raises(InputError):
        pipeline.write(raw.project.root, mapping.read(raw.project.root, "d"), found)
    assert (raw.project.root / "data/d/panel.csv").read_text("utf-8") == "the old panel"
    assert not (raw.project.root / "data/d/ingest").exists()


def test_the_demonstration_workbooks_give_the_committed_panel_cell_for_cell(project, workbooks):
    import pandas as pd

    root = workbooks.ROOT
    shutil.copy(root / "params/indicators.yml", project.root / "params/indicators.yml")
    (project.root / "data/demonstration").mkdir(parents=True)
    shutil.copy(root / "data/demonstration/units.csv", project.root / "data/demonstration/units.csv")
    assert len(workbooks.demonstration(project.root)) == 93
    read = mapping.read(project.root, "demonstration")
    found = pipeline.ingest(project.root, read, pipeline.files(project.root, read), lambda done, total: None)
    assert [str(one) for one in found.refused] == []
    committed = pd.read_csv(root / "data/demonstration/panel.csv", dtype=str, keep_default_na=False)
    committed = committed.sort_values(["indicator", "unit", "period"], ignore_index=True)
    pd.testing.assert_frame_equal(found.rows[list(committed.columns)].astype(committed.dtypes), committed)
    assert {"xlsx", "xls", "ods", "csv"} == set(found.workbooks["kind"])
    assert unexplained(project.root, read, found) == []


def unexplained(root, read, found):
    """Values that do not stand in their cell as the panel has them, and that the log says nothing of."""
    logged = set(found.log[["file", "sheet", "cell"]].itertuples(index=False, name=None))
    panel = by_part(found.rows)
    context = pickle.dumps(pipeline.context(root, read))
    missing = []
    for path in pipeline.files(root, read)[::4]:
        shown = path.relative_to(root).as_posix()
        sheets = reading.read(path, shown).sheets
        cells = {(sheet.name, cell.address): cell.value for sheet in sheets for cell in sheet.cells.values()}
        for row in read_workbook.read(read_workbook.Task(path, shown, context)).rows:
            stands = cells[row.sheet, row.cell]
            key = (row.unit, row.period, row.indicator, row.part)
            same = isinstance(stands, (str, float)) and str(stands).rstrip("0") == f"{panel.get(key, '')}".rstrip("0")
            same = same or (isinstance(stands, float) and key in panel and float(panel[key]) == stands)
            if not same and (shown, row.sheet, row.cell) not in logged and not row.whole_year:
                missing.append((shown, row.sheet, row.cell))
    return missing


def by_part(rows):
    """The panel's numbers by unit, period, indicator and part."""
    keys = ["unit", "period", "indicator"]
    parts = ["value", "numerator", "denominator"]
    return {
        (*key, part): row[part]
        for row in rows.to_dict("records")
        for part in parts
        for key in [tuple(row[k] for k in keys)]
    }
