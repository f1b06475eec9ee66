"""What a page prints as a number is a number to a spreadsheet; everything else stays text."""

import pytest

from evalkit.publishing.downloads.plain_numbers import number


@pytest.mark.parametrize(
    ("text", "value", "form"),
    [
        ("12", 12, '0;"−"0;0'),
        ("65.30%", 65.3, '0.00"%";"−"0.00"%";0.00"%"'),
        ("1,455,180 人次", 1455180, '#,##0" 人次";"−"#,##0" 人次";#,##0" 人次"'),
        ("+1.2 个百分点", 1.2, '"+"0.0" 个百分点";"−"0.0" 个百分点";0.0" 个百分点"'),
        ("−3.4 points", -3.4, '0.0" points";"−"0.0" points";0.0" points"'),
        ("-5", -5, '0;"−"0;0'),
        ("0.026", 0.026, '0.000;"−"0.000;0.000'),
    ],
)
def test_a_plain_number_keeps_its_decimals_its_sign_and_its_unit(text, value, form):
    found = number(text)
    assert (found.value, found.form) == (value, form)
    assert type(found.value) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "", "—", "< 0.001", "010101", "1 of 3", "57.2 → 63.1", "+0.4 to +3.1 points", "65.3%\n2022", "2019 Q1",
        '5 "x', "5 \\x", "=5", "1,23", "Target met", "5 " + "x" * 30,
    ],
)  # fmt: skip
def test_anything_else_is_no_number(text):
    assert number(text) is None
