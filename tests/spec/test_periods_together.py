"""Labels of periods are read together: one reading for the whole column, or a question."""

import datetime as dt

import openpyxl
import pytest

from evalkit.workbooks import period_labels
from evalkit.workbooks.period_labels import PeriodLabel

WIDE = "{layout: periods_wide, unit: {column: 县}, indicator: {fixed: primary_visits}}"
LONG = "{layout: indicators_wide, unit: {column: 县}, period: {column: 年份}}"
TWO = "{layout: periods_wide, unit: {column: 县}, indicator: {fixed: primary_visits}, header: {levels: 2}}"


def read(labels):
    found = period_labels.together(labels)
    meant = {label: found.period(label) for label in labels}
    return {key: one.period if isinstance(one, PeriodLabel) else getattr(one, "why", "") for key, one in meant.items()}


@pytest.mark.parametrize(
    ("labels", "periods"),
    [
        (["2006/07", "2007/08", "2012/13"], ["2006", "2007", "2012"]),
        (["2006-07", "2007-08"], ["2006", "2007"]),
        (["2006/2007", "2007/2008"], ["2006", "2007"]),
        (["2019/20"], ["2019"]),
        (["FY2016", "FY2017"], ["2016", "2017"]),
        (["2006/07", "2006/08", "2006/09"], ["2006-07", "2006-08", "2006-09"]),
        (["2017年上半年", "2017年下半年"], ["2017H1", "2017H2"]),
        (["2017H1", "2017 H2"], ["2017H1", "2017H2"]),
        (["H1 2017", "H2 2017"], ["2017H1", "2017H2"]),
        (["First half of 2017", "Second half of 2017"], ["2017H1", "2017H2"]),
        (["2008-01-01", "2009-01-01", "2011-01-01"], ["2008", "2009", "2011"]),
        (["2008-12-31", "2009-12-31"], ["2008", "2009"]),
        (["2008-01-01", "2008-04-01", "2009-01-01"], ["2008Q1", "2008Q2", "2009Q1"]),
        (["2008/3/31", "2008/6/30"], ["2008Q1", "2008Q2"]),
        (["2008-01-01", "2008-07-01"], ["2008H1", "2008H2"]),
        (["2008-01-01", "2008-02-01"], ["2008-01", "2008-02"]),
        ([dt.date(2008, 1, 1), dt.date(2010, 1, 1)], ["2008", "2010"]),
        ([dt.datetime(2008, 10, 1), dt.datetime(2008, 7, 1)], ["2008Q4", "2008Q3"]),
        (["2001", "2003", "2005", "2009"], ["2001", "2003", "2005", "2009"]),
        (["2018", "2019r", "2020*", "2021p"], ["2018", "2019", "2020", "2021"]),
        (["Jan 2019", "February 2019", "Mar-2019"], ["2019-01", "2019-02", "2019-03"]),
        (["1Q2019", "2019 2Q", "Q3 2019"], ["2019Q1", "2019Q2", "2019Q3"]),
    ],
)
def test_one_reading_for_all(labels, periods):
    assert list(read(labels).values()) == periods


@pytest.mark.parametrize(
    ("labels", "why"),
    [
        (["2006/07"], "may be a month or a fiscal year"),
        (["2006/07", "2007/09", "2012/13"], "is a fiscal year or a month, as others beside it differ"),
        (["2015-2017", "2016-2018"], "covers several years, or twelve months that are no calendar year"),
        (["Year ending March 2016", "Year ending March 2017"], "covers several years, or twelve months that are no"),
        (["2008-01-01"], "may be a month, quarter or year"),
        (["2008-05-03", "2008-06-01"], "is a day, not a period"),
        (["2015/18", "2016/19"], "covers several years"),
    ],
)
def test_or_each_of_them_is_asked(labels, why):
    assert all(text.startswith(why) for text in read(labels).values())


def sheet(raw, *rows):
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    raw.folder.mkdir(parents=True, exist_ok=True)
    made.save(raw.folder / "表.xlsx")


def test_fiscal_years_in_headings_are_years_and_it_is_asked_once(raw, told):
    labels = [f"{year}/{(year + 1) % 100:02}" for year in range(2006, 2016)]
    sheet(raw, ["县", *labels], ["演示市甲", *range(100, 110)], ["演示市乙", *range(200, 210)])
    found = raw.ingest(WIDE)
    assert found.refused == ()
    assert found.rows["period"].tolist() == [str(year) for year in range(2006, 2016)] * 2
    assert told(found.questions).count("'2006/07' and the like were read as the years in which they begin") == 1


def test_what_the_mapping_declares_goes_before(raw):
    sheet(raw, ["县", "2006/07", "2007/08"], ["演示市甲", 1, 2])
    found = raw.ingest(WIDE, more="periods: {2006/07: '2007', 2007/08: '2008'}")
    assert (found.rows["period"].tolist(), found.questions) == (["2007", "2008"], ())


def test_half_years_in_headings(raw):
    labels = [f"{year}年{half}" for year in (2017, 2018) for half in ("上半年", "下半年")]
    sheet(raw, ["县", *labels], ["演示市甲", 1, 2, 3, 4])
    assert raw.rows(WIDE) == {
        ("jia", period, "primary_visits"): str(value)
        for value, period in enumerate(["2017H1", "2017H2", "2018H1", "2018H2"], start=1)
    }


def test_half_years_below_a_year(raw):
    sheet(raw, ["县", "2017年", None, "2018年", None], [None, *["上半年", "下半年"] * 2], ["演示市甲", 1, 2, 3, 4])
    assert [period for _, period, _ in raw.rows(TWO)] == ["2017H1", "2017H2", "2018H1", "2018H2"]


def test_a_first_half_among_quarters_stays_a_running_total(raw, told):
    sheet(raw, ["县", "2017年一季度", "2017年上半年", "2017年前三季度"], ["演示市甲", 1, 2, 3])
    assert "runs from January to 2017Q2" in told(raw.ingest(WIDE).refused)


def test_first_days_in_a_column_are_what_all_of_them_are(raw):
    days = [dt.date(2018, month, 1) for month in (1, 4, 7, 10)]
    sheet(
        raw,
        ["县", "年份", "门急诊人次"],
        *(["演示市甲", day, value] for value, day in zip([5, 4, 5, 4], days, strict=True)),
    )
    assert [period for _, period, _ in raw.rows(LONG)] == ["2018Q1", "2018Q2", "2018Q3", "2018Q4"]
    (raw.folder / "表.xlsx").unlink()
    lines = "".join(f"演示市甲,{year}-01-01,{year}\n" for year in (2008, 2010, 2012))
    (raw.folder / "表.csv").write_text("县,年份,门急诊人次\n" + lines, encoding="utf-8")
    assert [period for _, period, _ in raw.rows(LONG)] == ["2008", "2010", "2012"]


def test_half_years_are_no_running_totals_where_all_counts_are_said_to_run(raw):
    sheet(raw, ["县", "2017年上半年", "2017年下半年"], ["演示市甲", 1000, 1001])
    found = raw.rows(WIDE.replace("{layout", "{cumulative: ['*'], layout"))
    assert list(found.values()) == ["1000", "1001"]


def test_running_totals_of_half_years_that_are_declared_are_differenced(raw):
    sheet(raw, ["县", "2017年上半年", "2017年下半年", "2018年上半年"], ["演示市甲", 1000, 2100, 900])
    found = raw.rows(WIDE.replace("{layout", "{cumulative: [primary_visits], layout"))
    assert list(found.values()) == ["1000", "1100", "900"]
