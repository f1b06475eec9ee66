"""Labels of periods and dates of reforms: what is clear is read, what is not is asked about."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.workbooks import period_labels
from evalkit.workbooks.period_labels import DateLabel, PeriodLabel, Unclear

PERIODS = {
    "2020Q1": "2020Q1",
    "2020年1季度": "2020Q1",
    "2020年第一季度": "2020Q1",
    "２０２０年Q３": "2020Q3",
    "2020-03": "2020-03",
    "2020.3": "2020-03",
    "2020年十二月": "2020-12",
    "202003": "2020-03",
    "二〇二〇年": "2020",
    "二○二○年": "2020",
    "2020年度": "2020",
    "截至2020年底": "2020",
    "2020年末": "2020",
    "4-6月": "2021Q2",
    "三季度末": "2021Q3",
}


@pytest.mark.parametrize("text", PERIODS)
def test_labels_of_single_periods(text):
    found = period_labels.period(text, "2021")
    assert isinstance(found, PeriodLabel)
    assert (found.period, found.cumulative) == (PERIODS[text], False)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2020年1-6月", "2020Q2"),
        ("2020年1—9月", "2020Q3"),
        ("2020年上半年", "2020Q2"),
        ("2020年前三季度", "2020Q3"),
        ("2020年1至12月", "2020Q4"),
        ("2020年1-5月", "2020-05"),
        ("2020年3季度累计", "2020Q3"),
        ("2020Q2（累计）", "2020Q2"),
    ],
)
def test_labels_of_running_totals_say_so(text, period):
    found = period_labels.period(text)
    assert isinstance(found, PeriodLabel)
    assert (found.period, found.cumulative) == (period, True)


@pytest.mark.parametrize("text", ["全年", "2020年合计", "小计"])
def test_a_column_for_the_whole_year_is_a_total(text):
    found = period_labels.period(text, "2020")
    assert isinstance(found, PeriodLabel)
    assert (found.period, found.total) == ("2020", True)


@pytest.mark.parametrize(
    "text", ["一季度", "二月份", "19年", "2020年2-5月", "2020.1", 2020.1, "2020-03-31", dt.date(2020, 3, 31)]
)
def test_what_may_mean_two_things_is_asked_about(text):
    assert isinstance(period_labels.period(text), Unclear)


@pytest.mark.parametrize("text", ["指标名称", "基层就诊率", "", "2020年2月30日的数", 65.3])
def test_what_is_no_period_is_none(text):
    assert period_labels.period(text) is None


def test_expected_values_are_marked_in_the_label():
    found = period_labels.period("2019年（预计）")
    assert found == PeriodLabel("2019", markers=frozenset({"provisional"}))


@pytest.mark.parametrize(
    ("value", "text", "precision"),
    [
        ("2019.2", "2019-02", "month"),
        (2019.2, "2019-02", "month"),
        ("2019年2月", "2019-02", "month"),
        (43497.0, "2019-02", "month"),
        ("43497", "2019-02", "month"),
        (43510.0, "2019-02-14", "day"),
        ("2019-02-14", "2019-02-14", "day"),
        ("2019年2月25日", "2019-02-25", "day"),
        (20190214.0, "2019-02-14", "day"),
        (2019.0, "2019", "year"),
        ("2019年第一季度", "2019Q1", "quarter"),
        (dt.date(2019, 2, 1), "2019-02", "month"),
    ],
)
def test_dates_of_reforms_with_their_precision(value, text, precision):
    assert period_labels.reform_date(value) == DateLabel(text, precision)


def test_a_workbook_that_counts_days_from_1904_gives_the_same_date():
    assert period_labels.reform_date(42035.0, date_1904=True) == period_labels.reform_date(43497.0)


@pytest.mark.parametrize("value", [2019.1, "二月份", "2019.1"])
def test_dates_that_may_mean_two_things_are_asked_about(value):
    assert isinstance(period_labels.reform_date(value), Unclear)


@pytest.mark.parametrize("value", ["25日", "未定", 12.0, 1e9])
def test_what_is_no_date_is_none(value):
    assert period_labels.reform_date(value) is None


@given(st.text(max_size=20) | st.floats(allow_nan=False, allow_infinity=False))
def test_no_content_makes_a_label_fail(value):
    period_labels.period(value)
    period_labels.reform_date(value)
