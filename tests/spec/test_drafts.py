"""From `evalkit new --from` to a panel equal to the workbook, cell for cell, by answering only marked questions."""

import datetime as dt
import re
import runpy
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest

from evalkit.errors import InputError
from evalkit.ingest import mapping, pipeline
from evalkit.workbooks import cell_text, sandbox

forms = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "data" / "make_forms.py")))
COUNTIES = ["江　县", "临川县", "石桥区", "龙泉市"]


def truth(units, indicators, periods=(2017, 2018, 2019), **words):
    """Known values: rates between 10 and 90, counts with one decimal where they are in thousands."""
    values, number = {}, 0
    for unit in units:
        for period in periods:
            for name in indicators:
                number += 7
                rate = "%" in name or "rate" in name
                values[unit, str(period), name] = number % 80 + 10.5 if rate else number * 10 + 0.5
    return forms.Truth(units, periods, indicators, values, **words)


ZH = truth(COUNTIES, ["门诊人次（万人次）", "基层就诊率（%）"])
EN = truth(
    ["Northmoor", "Southmere", "Eastfold"],
    ["Visits (thousands)", "Admission rate (%)"],
    unit_word="District",
    period_word="Year",
)


def meant(truth):
    """What a panel should hold: clean names, values in the indicators' units."""
    found = {}
    for (unit, period, indicator), value in truth.values.items():
        about = cell_text.label(indicator)
        name = cell_text.as_named(indicator)
        key = name if re.search("[一-鿿]", name) else name.lower().replace(" ", "_")
        factor = about.measure.factor if about.measure else 1
        shown = cell_text.key(unit) if re.search("[一-鿿]", unit) else unit
        found[shown, period, key] = Decimal(str(value)) * factor
    return found


def of_form(form, truth):
    """The workbook's pages, and what they say."""
    if form in forms.SINGLE:
        kept = {key: value for key, value in truth.values.items() if key[2] == truth.indicators[0]}
        truth = forms.Truth(truth.units, truth.periods, truth.indicators[:1], kept, truth.unit_word, truth.period_word)
    return forms.FORMS[form](truth), truth


@pytest.mark.parametrize("told", [ZH, EN], ids=["zh", "en"])
@pytest.mark.parametrize("form", sorted(forms.FORMS))
def test_every_common_form_becomes_its_panel_with_at_most_four_questions_on_the_mapping(begin, form, told):
    pages, said = of_form(form, told)
    begun = begin(pages)
    assert len(begun.marks) <= 4, begun.marks
    assert begun.panel() == meant(said)


@pytest.mark.parametrize("told", [ZH, EN], ids=["zh", "en"])
@pytest.mark.parametrize(
    ("noise", "told_of"),
    [
        (
            lambda p: forms.shifted(p, [["监测情况表"], ["单位：万人次、%"]], [["注：来源于统计年报"]]),
            "titles and notes",
        ),
        (lambda p: forms.shifted(p, [["Table 3: Statistics"], []], [[], ["Source: Health office"]]), "Source: Health"),
        (lambda p: forms.with_total(p, "合计"), "合计 ("),
        (lambda p: forms.with_total(p, "Total"), "Total ("),
        (lambda p: forms.with_total(p, "全 国 National", first=True), "全 国 National ("),
        (lambda p: forms.with_total(p, "England"), "England ("),
        (lambda p: forms.in_two_parts(p, [[], ["续表"]]), "layout"),
        (lambda p: forms.in_two_parts(p, [["(continued)"]]), "layout"),
        (forms.side_by_side, "layout"),
        (forms.unmerged, "layout"),
        (lambda p: forms.shifted(p, serial=True), "left out"),
        (lambda p: forms.beside_text(p, "备注", ["停电两日"]), "layout"),
    ],
)
def test_what_stands_around_a_table_is_no_value_and_is_told(begin, told, noise, told_of):
    pages, said = of_form("periods over indicators" if told is ZH else "periods across", told)
    begun = begin([noise(page) for page in pages])
    mapped = begun.text("params/mappings/first.yml")
    assert any(told_of in line for line in mapped.splitlines() if "# ?" in line)
    assert begun.panel() == meant(said)


def test_the_preview_shows_ten_values_with_cell_region_period_indicator_and_unit(begin):
    begun = begin(forms.periods_over_indicators(ZH))
    assert begun.start.preview[0] == "24 values; for example:"
    assert begun.start.preview[1] == "  监测!B3: 江县 · 2017 · 门诊人次 = 705000 (count)"
    assert len(begun.start.preview) == 11


def test_start_dates_and_population_of_another_sheet_are_in_units_csv(begin):
    about = [
        ["县", "启动时间", "常住人口（万人）"],
        ["江　县", "2018年3月", 45.1],
        ["临川县", dt.datetime(2018, 7, 1), 33.2],
        ["石桥区", "—", 20.5],
        ["龙泉市", "未启动", 18.25],
    ]
    begun = begin([*forms.periods_over_indicators(ZH), forms.Page("启动", about)])
    assert begun.units[["name_zh", "adoption", "population"]].to_numpy().tolist() == [
        ["江县", "2018-03", "451000"],
        ["临川县", "2018-07", "332000"],
        ["石桥区", "", "205000"],
        ["龙泉市", "", "182500"],
    ]
    assert "regions: [江县, 临川县]" in begun.text("params/assessments/first.yml")
    assert begun.panel() == meant(ZH)


def test_a_date_that_may_mean_two_things_is_asked_for(begin):
    about = [["县", "启动时间"], ["江　县", 2018.1], ["临川县", "2019"], ["石桥区", None], ["龙泉市", None]]
    begun = begin([*forms.periods_over_indicators(ZH), forms.Page("启动", about)])
    assert list(begun.units["adoption"]) == ["?", "2019", "", ""]
    assert any("ingest refuses: '2018.1' may be January or October" in one for one in begun.marks)


def test_a_long_table_with_the_year_of_adoption_fills_units_csv(begin):
    rows = [["State", "Year", "Admission rate (%)", "first_treated"]]
    rows += [
        [u, y, 50.5, s] for u, s in (("Northmoor", 2018), ("Southmere", 0), ("Eastfold", 9999)) for y in (2017, 2018)
    ]
    begun = begin([forms.Page("Data", rows)])
    assert list(begun.units["adoption"]) == ["2018", "", ""]
    assert 'ignore_columns: ["first_treated"]  # ?' in begun.text("params/mappings/first.yml")
    assert len(begun.panel()) == 6


def test_tables_below_each_other_with_titles_of_their_own_are_two_indicators(begin):
    rows = [["表1 各县门诊人次（万人次）"], ["县", 2018, 2019], *([u, 10.5, 11.5] for u in COUNTIES), []]
    rows += [["表2 各县住院人次（人次）"], ["县", 2018, 2019], *([u, 105, 115] for u in COUNTIES)]
    panel = begin([forms.Page("统计", rows)]).panel()
    assert panel["江县", "2018", "门诊人次"] == 105000
    assert panel["江县", "2019", "住院人次"] == 115
    assert len(panel) == 16


def test_a_row_of_units_below_the_headings_is_read(begin):
    rows = [["县", "年份", "门诊", "就诊率"], [None, None, "万人次", "%"]]
    rows += [[u, y, 10.5, 60.1] for u in COUNTIES for y in (2018, 2019)]
    page = forms.Page("数据", rows, [(1, 1, 2, 1), (1, 2, 2, 2)])
    panel = begin([page]).panel()
    assert (panel["江县", "2018", "门诊"], panel["江县", "2018", "就诊率"]) == (105000, Decimal("60.1"))


def test_regions_over_indicators_with_periods_down(begin):
    rows = [["年份", "甲县", None, "乙县", None], [None, "门诊人次", "住院人次", "门诊人次", "住院人次"]]
    rows += [[2018, 1, 2, 3, 4], [2019, 5, 6, 7, 8]]
    panel = begin([forms.Page("数据", rows, [(1, 1, 2, 1), (1, 2, 1, 3), (1, 4, 1, 5)])]).panel()
    assert (panel["乙县", "2018", "门诊人次"], panel["甲县", "2019", "住院人次"]) == (3, 6)


def test_bilingual_yearbook(begin):
    rows = [["22-3  各地区医疗卫生机构诊疗人次"], ["单位：万人次"], ["地  区\nRegion", "2018", "2019"]]
    rows += [
        ["全  国 National", 831000.1, 872000.2],
        ["北  京 Beijing", 23512.4, 24887.6],
        ["天  津 Tianjin", 12010.3, 1.5],
    ]
    begun = begin([forms.Page("22-3", [*rows, ["a) Data of 2018 are adjusted."]])])
    assert begun.units[["name_zh", "name_en"]].to_numpy().tolist() == [["北京", "Beijing"], ["天津", "Tianjin"]]
    panel = begun.panel()
    assert panel["北京", "2018", "医疗卫生机构诊疗人次"] == 235124000
    assert len(panel) == 4


def test_a_renamed_county_is_asked_about(begin):
    rows = [["县", 2018, 2019], ["青岭市（2020年撤县设市）", 1, 2], ["云溪县", 3, 4]]
    begun = begin([forms.Page("门诊人次", rows)])
    assert list(begun.units["name_zh"]) == ["青岭市", "云溪县"]
    assert "is it the same region throughout?" in begun.marks
    assert begun.panel()["青岭市", "2019", "门诊人次"] == 2


@pytest.mark.parametrize(
    ("above", "heading", "value"),
    [
        (["Table 2: Outpatient attendances by district", "(thousands)"], "2015", 1455000),
        (["Table 2: Outpatient attendances by district", "Unit: '000"], "2015", 1455000),
        (["Outpatient attendances (in thousands)"], "2015", 1455000),
        (["指标：门诊人次（万人次）"], "2015", 14550000),
    ],
)
def test_a_measure_above_the_table_counts(begin, above, heading, value):
    rows = [
        *([line] for line in above),
        [],
        ["District", heading, "2016"],
        ["Northmoor", 1455.0, 1460.0],
        ["Ashby", 983, 9],
    ]
    assert begin([forms.Page("Table 2", rows)]).ingest().rows["value"].astype(float).max() in (
        value,
        value * 1460 / 1455,
    )


def test_english_measures_in_headings_are_units(begin):
    heads = [
        "Attendances ('000)",
        "Beds per 1,000 population",
        "Spending (£m)",
        "Seen in 4 hours (%)",
        "每千人口床位数（张）",
    ]
    rows = [
        ["District", "Year", *heads],
        ["Northmoor", 2015, 1455, 3.1, 120, 91.2, 5.5],
        ["Ashby", 2015, 983, 3.2, 1, 9.5, 6],
    ]
    begun = begin([forms.Page("data", rows)])
    assert re.findall(r"  unit: (\S+)", begun.text("params/indicators.yml"), re.MULTILINE) == [
        *("count", "per_1000", "other", "percent", "per_1000")
    ]
    found = begun.ingest().rows
    assert sorted(found[found["unit"] == "northmoor"]["value"]) == ["120000000", "1455000", "3.1", "5.5", "91.2"]


def test_a_project_adds_words_of_its_own(begin, tmp_path):
    words = tmp_path / "mine/params/words.yml"
    words.parent.mkdir(parents=True)
    words.write_text("total: [Whole county]\nunit: [Parish name]\n", encoding="utf-8")
    rows = [["Nr", "Parish name", 2018, 2019], [1, "Aby", 1, 2], [2, "Belt", 3, 4], [3, "Whole county", 4, 6]]
    begun = begin([forms.Page("Visits", rows)])
    assert list(begun.units["name_en"]) == ["Aby", "Belt"]
    assert len(begun.panel()) == 4
    words.write_text("totals: [Whole county]\nunit: 3\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"unknown key `totals`\n    Did you mean \"total\"") as caught:
        begun.ingest()
    assert "is no list of words" in str(caught.value)


def csv(tmp_path, text, name="w.csv"):
    path = tmp_path / name
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("sep=;\nregion;2016;2017\nNorthmoor;60,1;60,2\nAshby;61,1;61,2\n", "60.1"),
        ("region;2016;2017\nNorthmoor;1.234,5;60,2\nAshby;61,1;61,2\n", "1234.5"),
        ("region\t2016\t2017\nNorthmoor\t0,125\t1\nAshby\t0,5\t1\n", "0.125"),
        ("region,2016,2017\nNorthmoor,60.1,2\nAshby,3,4", "60.1"),
        ("region;2016;2017\nNorthmoor;60.1;1,234\nAshby;61.1;2", "60.1"),
    ],
)
def test_csv_of_other_countries(begin, tmp_path, text, value):
    panel = begin(csv(tmp_path, text)).panel(unit="index")
    assert panel["Northmoor", "2016", "indicator_1"] == Decimal(value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("region;2016;2017\nNorthmoor;1,455;2,310\n", "1,455 may have a decimal comma or a thousands separator"),
        ("region,2016,2017\nNorthmoor,1,2\nAshby,3", "may be cut off"),
        ("region,2016,2017\nNorthmoor,1,2\nAshby,3,", "may be cut off"),
    ],
)
def test_a_csv_that_may_mean_two_things_or_is_cut_off_is_refused(begin, tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        begin(csv(tmp_path, text))


def test_a_second_table_under_other_years_is_read_by_its_own_headings(begin):
    rows = [["县", 2016, 2017], ["甲县", 1000, 1010], ["乙县", 1100, 1110], [], ["续表"], ["县", 2019, 2020]]
    panel = begin([forms.Page("诊疗人次", [*rows, ["丁县", 1030, 1040], ["戊县", 1130, 1140]])]).panel()
    assert panel["丁县", "2019", "诊疗人次"] == 1030
    assert {period for unit, period, _ in panel if unit in ("丁县", "戊县")} == {"2019", "2020"}
    assert len(panel) == 8


def test_a_second_table_with_another_word_for_the_regions(begin):
    rows = [["District", 2016, 2017], ["Northmoor", 1000, 1010], ["Table 2"], ["Area", 2018, 2019], ["Northmoor", 9, 8]]
    panel = begin([forms.Page("Visits", rows)]).panel()
    assert panel == {
        ("Northmoor", y, "visits"): v for y, v in zip(("2016", "2017", "2018", "2019"), (1000, 1010, 9, 8), strict=True)
    }


def test_one_unknown_name_is_one_mistake_and_no_question_about_sums(begin):
    page = forms.with_total(forms.periods_over_indicators(ZH)[0], "合计")
    begun = begin([page])
    path = begun.root / "data/first/units.csv"
    text = path.read_text(encoding="utf-8-sig").replace("临川县,临川县", "林川县,林川县")
    path.write_text(text.replace("?", "2018"), encoding="utf-8")
    read = mapping.read(begun.root, "first")
    files = pipeline.files(begun.root, read)
    found = pipeline.ingest(begun.root, read, files, lambda done, total: None, sandbox.CHILDREN)
    assert [one.what for one in found.refused] == ["unknown unit '临川县'"]
    assert [one for one in found.questions if "add up to" in one.what] == []


@pytest.mark.parametrize("heading", ["visits", "Patients", "beds", "人次"])
def test_an_indicator_may_have_the_name_of_what_is_counted(begin, heading):
    rows = [["county", "year", heading], *([u, y, 5] for u in ("Aby", "Belt") for y in (2018, 2019))]
    assert len(begin([forms.Page("panel", rows)]).panel()) == 4


def test_names_of_what_is_counted_under_years_are_indicators(begin):
    rows = [["County", 2018, None, 2019, None], [None, "Visits", "Beds", "Visits", "Beds"]]
    rows += [["Aby", 1, 2, 3, 4], ["Belt", 5, 6, 7, 8]]
    panel = begin([forms.Page("data", rows, [(1, 1, 2, 1), (1, 2, 1, 3), (1, 4, 1, 5)])]).panel()
    assert (panel["Aby", "2019", "beds"], panel["Belt", "2018", "visits"]) == (4, 5)


@pytest.mark.parametrize(
    "labels",
    [
        ["2017年上半年", "2017年下半年", "2018年上半年"],
        ["2017H1", "2017H2", "2018H1"],
        ["H1 2017", "H2 2017", "H1 2018"],
    ],
)
def test_half_years_are_no_running_totals(begin, labels):
    begun = begin([forms.Page("门诊人次", [["县", *labels], ["甲县", 5, 4, 6], ["乙县", 3, 2, 4]])])
    assert "cumulative" not in begun.text("params/mappings/first.yml")
    assert begun.panel()["甲县", "2017H2", "门诊人次"] == 4


@pytest.mark.parametrize("heading", ["县（区）", "县（市、区）名称", "旗县区", "Health district", "Local area"])
def test_a_heading_of_regions_is_no_question(begin, heading):
    begun = begin([forms.Page("门诊人次", [[heading, 2018, 2019], ["甲某", 1, 2], ["乙某", 3, 4]])])
    assert not any("name the regions" in mark for mark in begun.marks)
    assert len(begun.panel()) == 4


def test_an_indicator_that_nothing_names_is_named_in_one_place(begin, tmp_path):
    begun = begin(csv(tmp_path, "region,2016,2017\nAby,60.1,60.2\nBelt,61,62\n"))
    assert '"?"' not in begun.text("params/mappings/first.yml")
    assert begun.panel(unit="index", replaced=[('{en: "?"}', "{en: Share seen, zh: 占比}")])[
        "Aby", "2016", "indicator_1"
    ]


def test_a_caption_beside_the_columns_is_no_value(begin):
    head = [None, "县", "年份", "门诊人次"]
    rows = [head, [None, "甲县", 2018, 1], [None, "乙县", 2018, 2], ["续表"], head, [None, "甲县", 2019, 3]]
    assert len(begin([forms.Page("数据", rows)]).panel()) == 3


def test_a_table_that_goes_on_after_every_row_keeps_its_column_of_periods(begin):
    head = ["年份", "门诊人次", "住院人次"]
    rows = [head, [2005, 11, 12], ["续表"], head, [2006, 13, 14], [], ["Source: Regional health statistics"]]
    assert len(begin([forms.Page(name, rows) for name in ("清河县", "白云县", "东湖区")]).panel()) == 12


def test_regions_that_never_began_are_no_notes(begin):
    about = [["县", "启动时间", "人口"], ["江　县", "2018年", 45.1], ["临川县", None, 33.2], ["石桥区", None, 20.5]]
    begun = begin([*forms.periods_over_indicators(ZH), forms.Page("启动", about)])
    assert not any("titles and notes" in mark for mark in begun.marks)


def test_a_row_of_withheld_numbers_below_the_headings_is_no_heading(begin):
    rows = [
        ["县", "年份", "门诊人次", "住院人次"],
        ["甲县", "2018", "c", "x"],
        ["甲县", "2019", 5, 6],
        ["乙县", "2018", 7, 8],
    ]
    begun = begin([forms.Page("数据", rows)])
    assert len(begun.panel()) == 4
