"""What number formats show otherwise than what is stored."""

import pytest

from evalkit.workbooks.cells import Shown
from evalkit.workbooks.kinds import number_formats


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("General", None),
        ("0.00", None),
        ("#,##0", None),
        ("#,##0.00_);[Red](#,##0.00)", None),
        ("@", None),
        ("0.00E+00", None),
        ("0!.0,", Shown(10_000)),
        ("0\\.0,", Shown(10_000)),
        ('0"."0,', Shown(10_000)),
        ("0,", Shown(1_000)),
        ("#,##0,", Shown(1_000)),
        ("0.0,,", Shown(10**6)),
        ("0!.00,,", Shown(10**8)),
        ('0!.0,"万"', Shown(10_000, "万")),
        ('0"万人次"', Shown(suffix="万人次")),
        ('0.0"%"', Shown(suffix="%")),
        ('"约"0', None),
        ("[$¥-804]#,##0", None),
        ('yyyy"年"', Shown(precision="year")),
        ("[$-804]e年", Shown(precision="year")),
        ('yyyy"年"m"月"', Shown(precision="month")),
        ("mmm-yy", Shown(precision="month")),
        ("yyyy/m/d h:mm", Shown(precision="day")),
        ("h:mm", None),
        ('0;-0;"—"', Shown(zero="—")),
        ("0;-0;;@", Shown(zero="")),
        (";;;", Shown(hidden=True, zero="")),
        ("0;0", Shown(unsigned=True)),
        ("0;[Red]-0", None),
        ('_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ', Shown(zero="-")),
    ],
)
def test_number_formats(code, shown):
    assert number_formats.of(code).shown == shown


@pytest.mark.parametrize(("code", "percent"), [("0.0%", True), ('0.0"%"', False), ("0.0\\%", False), ("0%;-0%", True)])
def test_percent_formats(code, percent):
    assert number_formats.of(code).percent == percent


@pytest.mark.parametrize("code", ["", ";", '"', "\\", "[", "0;;;;;;0", '"' * 300, "!", ",", "0," * 100])
def test_odd_formats_are_taken_apart_too(code):
    number_formats.of(code)
