"""What cells say: numbers, marks of missing values, units of measure, names with markers."""

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.scaffold import recognise
from evalkit.workbooks import cell_text, period_labels

NUMBERS = {
    "65.3": "65.3",
    "６４．４５": "64.45",
    "－5": "-5",
    "−5": "-5",
    "1,455,180": "1455180",
    "１，４５５，１８０": "1455180",
    "1 455 180": "1455180",
    " 65.30 ": "65.30",
    "1.2E5": "120000",
    "64.45①": "64.45",
    "64.45²": "64.45",
    "12*": "12",
    "65.3（预计）": "65.3",
    "65.3初步数": "65.3",
}


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_is_read_exactly_as_written(text):
    found = cell_text.number(text)
    assert found is not None
    assert found.value == Decimal(NUMBERS[text])


@pytest.mark.parametrize(
    "text", ["约65", "近40%", "≥90", "1,45", "1.455.180", "6 5", "65左右", "", "—", "(123)", "**90%**"]
)
def test_what_is_no_plain_number_is_none(text):
    assert cell_text.number(text) is None


def test_a_footnote_mark_is_no_digit_although_normal_form_makes_it_one():
    found = cell_text.number("64.45①")
    assert found is not None
    assert (found.value, found.footnote) == (Decimal("64.45"), "①")


@pytest.mark.parametrize(
    ("text", "kind", "factor"),
    [
        ("万人次", "count", 10_000),
        ("人次", "count", 1),
        ("%", "percent", 1),
        ("‰", "per_1000", 1),
        ("1/10万", "per_100000", 1),
        ("亿元", "yuan", 10**8),
        ("天", "days", 1),
        ("万", "", 10_000),
        ("单位：万人", "count", 10_000),
    ],
)
def test_units_of_measure(text, kind, factor):
    found = cell_text.measure(text)
    assert found is not None
    assert (found.kind, found.factor) == (kind, factor)


@pytest.mark.parametrize("text", ["儿童", "2019年第一季度", "预计", "万能", ""])
def test_what_is_no_unit_of_measure_is_none(text):
    assert cell_text.measure(text) is None


def test_rates_are_converted_and_other_measures_must_fit():
    permille = cell_text.measure("‰")
    assert permille is not None
    assert permille.to("percent") == Decimal("0.1")
    assert permille.to("count") is None


def test_a_unit_line_may_name_several_measures():
    assert [one.text for one in cell_text.unit_line("单位：人次、%")] == ["人次", "%"]
    assert cell_text.unit_line("单位负责人：演示") == ()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("门急诊人次（万人次）", "门急诊人次"),
        ("1.基层就诊率（%）", "基层就诊率"),
        ("　　基层就诊率%", "基层就诊率"),
        ("（一）有序就医", "有序就医"),
        ("门急诊人次（累计）", "门急诊人次"),
        ("基层就诊率（含村卫生站）", "基层就诊率(含村卫生站)"),
        ("2.5级医院", "2.5级医院"),
        ("就诊率①", "就诊率"),
    ],
)
def test_names_lose_unit_numbering_and_markers_and_nothing_else(text, name):
    assert cell_text.label(text).name == name


def test_markers_and_indentation_are_kept():
    found = cell_text.label("　　门急诊人次（累计）（万人次）")
    assert found.markers == {"cumulative"}
    assert found.indent == 2
    assert found.measure is not None
    assert found.measure.factor == 10_000


@pytest.mark.parametrize("text", ["合计", "　小计", "东省小计", "总计", "其中：", "其中：儿童"])
def test_totals_are_recognised(text):
    assert cell_text.label(text).total


@pytest.mark.parametrize("text", ["演示市甲", "总诊疗人次", "共计划生育", "计划完成率"])
def test_names_that_only_resemble_totals_are_none(text):
    assert not cell_text.label(text).total


@pytest.mark.parametrize(
    ("mark", "reason"),
    [
        ("—", "missing"),
        ("——", "missing"),
        ("－", "missing"),
        ("／", "missing"),
        ("…", "missing"),
        ("……", "missing"),
        ("..", "missing"),
        ("无", "missing"),
        ("未统计", "missing"),
        ("不适用", "not_applicable"),
        ("N/A", "not_applicable"),
        ("#DIV/0!", "error"),
        ("#REF!", "error"),
        ("0", None),
        ("65", None),
    ],
)
def test_marks_of_missing_values_have_reasons(mark, reason):
    assert cell_text.missing(mark, {}) == reason


def test_a_declared_mark_goes_before_what_is_commonly_meant():
    assert cell_text.missing("无", {cell_text.key("无"): "not_applicable"}) == "not_applicable"


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_every_number_survives_full_width_and_thousands_separators(value):
    text = f"{value:,f}"
    wide = text.translate(str.maketrans("0123456789.,-", "０１２３４５６７８９．，－"))
    for written in (text, wide):
        found = cell_text.number(written)
        assert found is not None
        assert found.value == value


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
def test_a_stored_number_keeps_the_fifteen_digits_that_a_spreadsheet_shows(value):
    assert float(cell_text.exact(value)) == pytest.approx(value, rel=1e-14, abs=1e-300)


def test_noise_of_binary_fractions_is_no_digit():
    assert cell_text.plain(cell_text.exact(0.1 + 0.2)) == "0.3"
    assert cell_text.plain(cell_text.exact(1455180.0)) == "1455180"
    assert cell_text.plain(cell_text.exact(1e-7)) == "0.0000001"


@given(st.text(max_size=30))
def test_no_text_makes_a_label_fail(text):
    cell_text.label(text)
    cell_text.number(text)
    cell_text.measure(text)
    cell_text.unit_line(text)


@pytest.mark.parametrize(
    "text",
    [
        *("," * 32_767, " " * 32_766 + "[", "x" + " " * 32_760 + "[1]", "jantojan" * 4_000, "(" * 32_767, "*" * 32_767),
        *("[1]" * 10_000, "1," * 16_000, "2018" + "a " * 16_000, "in" * 16_000, "x, " * 10_000, "1 " * 16_000),
    ],
    ids=lambda text: repr(text[:8]),
)
def test_the_longest_cell_of_a_workbook_is_read_within_a_second(text):
    readers = (cell_text.label, cell_text.number, cell_text.measure, cell_text.unit_line, cell_text.as_named)
    begun = time.process_time()
    for read in (*readers, period_labels.period, period_labels.reform_date, recognise.kind_of, recognise.split):
        read(text)
    period_labels.together([text])
    assert time.process_time() - begun < 1
