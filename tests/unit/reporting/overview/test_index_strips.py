"""Dots on a line: only figures that compare, the target at its place, how many reach it."""

import json
import re

import pytest
from bs4 import BeautifulSoup

from evalkit.project.params import Indicator
from evalkit.reporting.overview import index_strips
from evalkit.reporting.overview.index_table import Row


def indicator(**more):
    about = {"id": "rate", "name": {"en": "Rate", "zh": "率"}, "unit": "percent", "better": "higher"}
    return Indicator.model_validate(about | more)


def row(value, period="2022", kind="county", alike=("county",), target=65.0):
    summary = {"latest": {"rate": [period, value]}, "targets": {} if target is None else {"rate": target}}
    return Row(f"R{value}", kind, "", "published", summary, "r/report.en.html", {"rate": alike} if alike else {})


def drawn(rows, about=None):
    page = BeautifulSoup(str(index_strips.strips(rows, [about or indicator()])), "html.parser")
    return page.select(".strips > div")


def places(strip):
    """Places of the dots, from the left in thousandths."""
    path = strip.find("path", class_=False)
    return [int(x) for x in re.findall(r"M(\d+) ", path["d"])]


def test_it_says_how_many_reach_the_target_and_where_the_middle_is():
    (strip,) = drawn([row(60.0), row(65.0), row(70.0)])
    assert strip.p.get_text() == "Rate, 2022: 2 of 3 regions reach 65%, median 65%"
    assert strip.svg["aria-label"] == strip.p.get_text()
    assert [one.get_text() for one in strip.select(".scale span")] == ["60%", "70%"]


def test_where_lower_is_better_the_lower_figures_reach_it():
    (strip,) = drawn([row(60.0), row(65.0), row(80.0), row(90.0)], indicator(better="lower"))
    assert "2 of 4 regions reach 65%" in strip.p.get_text()


def test_dots_and_target_lie_on_one_scale():
    (strip,) = drawn([row(60.0), row(70.0)])
    low, high = (float(strip.select_one(".strip")[f"data-{end}"]) for end in ("low", "high"))
    assert (low, high) == (59.6, 70.4)
    assert places(strip) == pytest.approx([1000 * (value - low) / (high - low) for value in (60, 70)], abs=4)
    assert strip.find("path", class_="t")["d"].startswith("M500 0")


def test_figures_that_lie_close_are_stacked_and_all_are_drawn():
    (strip,) = drawn([*(row(60.0) for _ in range(200)), row(70.0)])
    assert len(places(strip)) == 201
    assert int(strip.svg["height"]) <= index_strips.TALLEST + index_strips.DOT + 2


def test_another_period_another_definition_and_what_never_compares_are_left_out():
    rows = [row(60.0), row(61.0), row(62.0, period="2021"), row(63.0, alike=("county", "new")), row(64.0, alike=())]
    (strip,) = drawn(rows)
    assert "of 2 regions" in strip.p.get_text()


def test_each_kind_has_a_line_of_its_own_and_says_which_rows_it_holds():
    about = indicator(comparable={"same": ["kind"]})
    rows = [row(60.0), row(61.0), row(62.0), *(row(v, kind="city", alike=("city",)) for v in (70.0, 71.0))]
    first, second = drawn(rows, about)
    assert "Rate (county), 2022" in first.p.get_text()
    assert "Rate (city), 2022" in second.p.get_text()
    assert [json.loads(one.select_one(".strip")["data-same"]) for one in (first, second)] == [
        {"1": "county"},
        {"1": "city"},
    ]


def test_without_a_common_target_there_is_no_line_and_no_count():
    (strip,) = drawn([row(60.0, target=65.0), row(61.0, target=70.0), row(62.0, target=None)])
    assert strip.find("path", class_="t") is None
    assert strip.p.get_text() == "Rate, 2022: 3 regions, median 61%"


@pytest.mark.parametrize("rows", [[], [row(60.0)]])
def test_one_region_is_no_distribution(rows):
    assert index_strips.strips(rows, [indicator()]) == ""


def test_a_hostile_name_of_an_indicator_is_text():
    name = '"><script>alert(1)</script>'
    made = str(index_strips.strips([row(60.0), row(61.0)], [indicator(name={"en": name, "zh": name})]))
    assert "<script>" not in made
    assert 'aria-label=""' not in made
