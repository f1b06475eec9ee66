"""What the cells of a sheet are: rows of headings, roles of columns, names that join a period."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from evalkit.scaffold import recognise

forms = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "data" / "make_forms.py")))


def shape(rows, merged=(), name="表"):
    (sheet,) = forms.as_workbook([forms.Page(name, rows, list(merged))]).sheets
    return recognise.shape("w.xlsx", sheet)


def roles(found):
    return {one.heading: one.role for one in found.columns.values()}


def test_headings_are_below_titles_and_above_the_first_values():
    found = shape(
        [["监测表"], ["填报单位：甲", "单位：人次"], ["县", "年份", "门诊"], ["甲县", 2018, 5], ["乙县", 2018, 6]]
    )
    assert (found.rows, found.levels) == ((3,), ("name",))
    assert roles(found) == {"县": "unit", "年份": "period", "门诊": "data"}
    assert found.above == ["监测表", "填报单位:甲", "单位:人次"]


def test_two_rows_of_headings_without_merged_cells():
    found = shape([["县", 2018, None, 2019, None], [None, "门诊", "住院", "门诊", "住院"], ["甲县", 1, 2, 3, 4]])
    assert (found.rows, found.levels) == ((1, 2), ("period", "name"))


def test_values_that_look_like_years_are_no_headings():
    found = shape([["县", "年份", "门诊"], ["甲县", 2018, 1990], ["乙县", 2018, 2010]])
    assert found.rows == (1,)


def test_a_sheet_of_text_has_no_table():
    assert shape([["说明"], ["各县上报", "每季一次"]]) is None


@pytest.mark.parametrize(
    ("heading", "parts"),
    [
        ("基层就诊率（%）2017年", ("基层就诊率(%)", "2017年")),
        ("2017年基层就诊率", ("基层就诊率", "2017年")),
        ("Visits_2017", ("Visits", "2017")),
        ("Visits 2017Q3", ("Visits", "2017Q3")),
        ("Visits", None),
        ("2017", None),
        ("Visits 2017 and 2018", None),
    ],
)
def test_a_heading_that_joins_a_name_and_a_period(heading, parts):
    assert recognise.split(heading) == parts


def test_names_of_regions_and_of_indicators():
    assert recognise.are_regions(["甲县", "乙市", "合计"])
    assert recognise.are_regions(["Northmoor", "Ashby"], known_regions={"northmoor", "ashby"})
    assert not recognise.are_regions(["门诊人次", "住院人次"])
    assert recognise.are_indicators(["smoking_rate", "Beds", "次均费用"])
    assert not recognise.are_indicators(["Northmoor", "Ashby", "Corfe"])
