import pandas as pd
import pytest

from evalkit.analysis.goals import cross_region
from evalkit.reporting.language import words
from evalkit.reporting.overview import cross_region_table as told

INDICATORS = """
rate: {name: {en: Rate}, unit: percent, comparable: {same: [kind], note: {en: A city is not a county.}}}
paid: {name: {en: Paid}, unit: percent, comparable: {family: contracts}}
signed: {name: {en: Signed}, unit: percent, comparable: {family: contracts}}
papers: {name: {en: Papers}, unit: count, comparable: {never: true}}
alone: {name: {en: Alone}, unit: count}
"""
UNITS = """
unit | kind
a    | county
b    | county
c    | city
"""
PUBLISHED = """
unit | period | indicator | value | status | source | phrase
a | 2020 | rate   | 64 |  | press | …
b | 2020 | rate   | 61 |  | press | …
c | 2020 | rate   | 80 |  | press | …
a | 2019 | paid   | 15 |  | press | …
b | 2019 | signed | 40 |  | press | …
a | 2019 | papers | 8  |  | press | …
b | 2019 | papers | 9  |  | press | …
b | 2019 | alone  | 3  |  | press | …
"""


@pytest.fixture
def compare(project):
    project.indicators(INDICATORS)
    project.table("units", UNITS)
    project.assessment(base="dataset: d\nregions: [a, b, c]\nindicators: {primary: [rate]}\n")

    def comparing(published=PUBLISHED):
        project.table("published", published)
        evaluation = project.load()
        return cross_region.compare(project.read(), evaluation), evaluation

    return comparing


def reasons(found, indicator):
    return {region: cell.reason.code if cell.reason else "" for region, cell in found.cells[indicator].items()}


def test_counties_compare_and_a_city_does_not(compare):
    found, _ = compare()
    assert reasons(found, "rate") == {"a": "", "b": "", "c": "other_kind"}


def test_rates_of_other_definitions_are_shown_and_not_compared(compare):
    found, _ = compare()
    assert reasons(found, "paid") == {"a": "other_definition", "b": "no_figure", "c": "no_figure"}
    assert reasons(found, "signed")["b"] == "other_definition"


def test_what_never_compares_never_does(compare):
    found, _ = compare()
    assert reasons(found, "papers") == {"a": "never_comparable", "b": "never_comparable", "c": "no_figure"}


def test_figures_of_different_years_do_not_compare(compare):
    found, _ = compare(PUBLISHED.replace("b | 2020", "b | 2021"))
    assert reasons(found, "rate") == {"a": "other_period", "b": "other_period", "c": "other_kind"}


def test_an_indicator_of_one_region_alone_is_left_out(compare):
    found, _ = compare()
    assert sorted(one.id for one in found.indicators) == ["paid", "papers", "rate", "signed"]


def test_the_table_says_why(compare):
    words.use("en")
    page = str(told.table(*compare()))
    assert 'id="crossing-table"' in page
    assert "64%<br><small>2020</small>" in page
    assert "not comparable: no other region of this kind" in page
    assert "A city is not a county." in page
    assert "Demonstration" not in page


def test_one_region_has_nothing_beside_it(project):
    project.values(pd.DataFrame([[1.0, 2.0]], index=["a"], columns=["2019", "2020"]))
    evaluation = project.load()
    assert str(told.table(cross_region.compare(project.read(), evaluation), evaluation)) == ""


def test_a_large_table_is_folded_behind_its_size(compare, monkeypatch):
    found, evaluation = compare()
    shown = str(told.table(found, evaluation))
    assert str(told.folded(found, evaluation)) == shown
    monkeypatch.setattr(told, "OPEN", (12, 3))
    folded = str(told.folded(found, evaluation))
    assert folded == f"<details><summary>Show the table (3 regions, 4 indicators)</summary>{shown}</details>"


def test_nothing_is_folded_where_there_is_nothing(project):
    project.assessment()
    evaluation = project.load()
    assert str(told.folded(cross_region.compare(project.read(), evaluation), evaluation)) == ""
