"""Published figures on the page: source said once, wording or calculation with each, derived ones apart."""

import re

import pytest

from evalkit.reporting.elements import published_table
from evalkit.reporting.language import words


def texts(markup):
    """The cells of a table, row by row."""
    rows = re.findall("<tr[^>]*>(.*?)</tr>", markup, re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[re.sub("<[^>]*>", "", cell.replace("<br>", " ")) for cell in row] for row in cells]


def page(project, *rows):
    heading = "unit|period|indicator|value|status|source|phrase|note_en"
    project.table("published", "\n".join([heading, *rows]))
    return str(published_table.published(project.read("a"), project.load("a")))


def test_one_source_is_named_once_above_the_table(project):
    shown = page(project, "a|2018|rate|40||press|四成|", "a|2019|rate|41||press|四成一|")
    assert shown.startswith('<p class="source">Source: press')
    assert shown.count("press") == 1
    assert texts(shown)[1] == ["Rate", "2018", "40%", "四成"]


def test_of_several_sources_each_row_names_its_own(project):
    shown = page(project, "a|2018|rate|40||press|四成|", "a|2019|rate|41||plan|四成一|")
    assert 'class="source"' not in shown
    assert [row[3] for row in texts(shown)[1:]] == ["press 四成", "plan 四成一"]


def test_derived_figures_are_apart_with_their_calculation_and_a_remark(project):
    shown = page(project, "a|2018|rate|40||press|四成|", "a|2019|rate|57.2|derived|press|91 / 159|nested")
    _, *rows = texts(shown)
    assert rows == [
        ["Published"],
        ["Rate", "2018", "40%", "四成"],
        ["Derived from published figures"],
        ["Rate", "2019", "57.2%", "Calculation: 91 ÷ 159 nested"],
    ]


def test_a_published_text_is_quoted_in_its_own_language(project):
    project.table("published", "unit|period|indicator|value|text|source|phrase\na|2018|rate||创历史新低|press|…")
    table = str(published_table.published(project.read("a"), project.load("a")))
    assert '<q lang="zh-CN">创历史新低</q>' in table


@pytest.mark.parametrize(
    ("operator", "told"), [("~", "about 40%"), ("<~", "just under 40%"), (">=", "at least 40%"), ("", "40%")]
)
def test_a_published_figure_says_how_exact_it_is(project, operator, told):
    project.table("published", f"unit|period|indicator|value|operator|source|phrase\na|2018|rate|40|{operator}|press|…")
    assert texts(str(published_table.published(project.read("a"), project.load("a"))))[1][2] == told


def test_a_published_figure_is_set_beside_the_panels_of_the_same_period(project):
    project.table(
        "published", "unit | period | indicator | value | source | phrase\na | 2019 | rate | 66 | press | …\n"
    )
    project.table("panel", "unit | period | indicator | value\na | 2019 | rate | 64.5\na | 2020 | rate | 65\n")
    words.use("en")
    shown = str(published_table.published(project.read(), project.load("a")))
    assert shown.count("reconciliation-table") == 1
    assert "−1.5 percentage points" in shown
    assert shown.count("64.5%") == 1


def test_every_source_is_listed_with_publisher_date_and_place(project):
    project.table(
        "sources",
        "source | title_en | publisher_en | date | place_en | standing\n"
        "press | The news | Daily | 2020-08-14 | page 3 | press\n"
        "plan | The plan | | | | secondary\nother | Unused | | | | press",
    )
    project.table(
        "published", "unit|period|indicator|value|source|phrase\na|2018|rate|40|press|四成\na|2019|rate|4|plan|四"
    )
    project.read("a")
    _, *rows = texts(str(published_table.sources(project.load("a"))))
    assert rows == [
        ["The news", "Daily", "14 Aug 2020", "page 3", "press report, not independently verified"],
        ["The plan", "not stated", "not stated", "—", "quoted at second hand; the original was not consulted"],
    ]
