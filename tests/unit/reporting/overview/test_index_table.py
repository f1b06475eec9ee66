"""The table of an index: what a row says, what the page says in plain words, what may be filtered."""

import re

import pytest
from bs4 import BeautifulSoup

from evalkit.analysis.goals.attainment import ORDER
from evalkit.project.params import Indicator
from evalkit.publishing.page.exporter import TEMPLATES
from evalkit.reporting.language import chips, vocabulary, words
from evalkit.reporting.overview import index_table
from evalkit.reporting.overview.index_table import Row

RATE = Indicator.model_validate({"id": "rate", "name": {"en": "Rate", "zh": "就诊率"}, "unit": "percent"})
GOALS = [["rate", "met"], ["beds", "not_met"], ["days", "met"], ["papers", "not_measured"]]
SUMMARY = {
    "goals": GOALS,
    "effects": [["rate", "uncertain"]],
    "series": {"rate": [["2021", 60.0], ["2022", 64.4]]},
    "latest": {"rate": ["2022", 64.45]},
    "targets": {"rate": 65.0},
    "adoption": "2021-03",
    "coverage": [3, 4],
}


def row(name="A", kind="county", province="东省", state="published", report="a/report.en.html", **more):
    return Row(name, kind, province, state, SUMMARY | more if state == "published" else {}, report)


def cells(*rows, place=0):
    """Head and text of every cell of one row."""
    table = BeautifulSoup(str(index_table.table(rows, [RATE], simulated=False)), "html.parser")
    heads = [cell.get_text() for cell in table.thead.find_all("th")]
    texts = [" ".join(cell.get_text(" ").split()) for cell in table.tbody.find_all("tr")[place].find_all(["th", "td"])]
    return dict(zip(heads, texts, strict=True))


def test_a_row_says_who_which_targets_which_figure_which_effect_how_complete():
    assert cells(row()) == {
        "Region": "A",
        "Kind": "county",
        "Province": "东省",
        "Targets": "not met 1 met 2 not in sources 1",
        "Rate (latest: 2022)": "64.45%",
        "Effect of the reform on Rate": "uncertain",
        "Indicators with a figure": "3/4",
    }


def test_a_figure_of_another_period_says_so():
    late = row(latest={"rate": ["2021", 50.0]})
    assert cells(row(), row(), late, place=2)["Rate (latest: 2022)"] == "50% 2021"


def test_columns_that_no_row_fills_are_left_out():
    heads = list(cells(row(kind="", province="")))
    assert heads == [
        "Region",
        "Targets",
        "Rate (latest: 2022)",
        "Effect of the reform on Rate",
        "Indicators with a figure",
    ]


@pytest.mark.parametrize(
    ("state", "report", "told"),
    [
        ("missing", "", "not made yet"),
        ("failed", "", "report failed"),
        ("failed", "a/report.en.html", "report failed; the link leads to an earlier one"),
    ],
)
def test_a_region_without_a_report_says_why_and_claims_nothing(state, report, told):
    found = cells(row(), row(state=state, report=report), place=1)
    assert found.pop("Targets") == told
    assert set(found.values()) == {"A", "county", "东省", "—"}


def test_where_no_effect_can_be_judged_the_columns_say_what_the_sources_hold():
    known = {"effects": [["rate", "cannot_judge"]], "latest": {}, "years": ["2018", "2019"], "measured": 31}
    first, second = row(**known, tasks=[1, 4]), row(**known | {"years": [], "measured": 0}, tasks=[0, 0])
    assert cells(first, second) == {
        "Region": "A",
        "Kind": "county",
        "Province": "东省",
        "Targets": "not met 1 met 2 not in sources 1",
        "Years of the figures": "2018–2019",
        "Indicators with a figure": "31",
        "Tasks with material / listed": "1/4",
    }
    assert list(cells(first, second, place=1).values())[-3:] == ["—", "—", "—"]
    assert "effect" not in {one.code for one in index_table.filters([first, second], [RATE])}


def test_every_column_has_a_name_in_the_address():
    assert index_table.keys([row()], [RATE]) == (
        *("name", "kind", "province", "goals", "figure:rate", "effect:rate", "coverage"),
    )


def test_what_comes_from_data_is_text():
    text = "<script>alert(1)</script>"
    made = str(index_table.table([row(name=text, kind=text, province=text, report='"onclick="x')], [RATE], False))
    assert "<script>" not in made
    assert made.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 3
    assert 'href="&#34;onclick=&#34;x"' in made


@pytest.mark.parametrize(("lang", "marked"), [("en", True), ("zh", False)])
def test_a_chinese_name_of_a_province_says_its_language_on_an_english_page(lang, marked):
    words.use(lang)
    assert ('<span lang="zh-CN">东省</span>' in str(index_table.table([row()], [RATE], False))) is marked


def test_the_page_says_in_plain_words_how_many_with_not_met_first():
    assert index_table.overall([row(), row(), row(state="failed"), row(state="missing")]) == [
        "4 regions: 2 published, 1 failed, 1 not made yet.",
        "Targets (8): 2 not met, 4 met, 2 not in the sources used and not judged.",
        "Effects on primary indicators (2): 2 uncertain (evidence not sufficient to tell).",
        "Regions with a figure for every chosen indicator: 0 of 2.",
    ]


def test_in_chinese_the_sentences_have_full_width_marks():
    words.use("zh")
    assert index_table.overall([row()])[1] == "目标共 4 项：未达标 1 项，达标 2 项，所用资料未载、不予评价 1 项。"


def test_directions_count_with_levels():
    goals = [["a", "direction_met"], ["b", "direction_not_met"], ["c", "direction_unclear"], ["d", "met_early"]]
    assert index_table.counted_goals([row(goals=goals)]) == {"met": 2, "not_met": 1, "cannot_tell": 1}


def test_filters_offer_what_there_is_and_say_in_which_columns_it_stands():
    second = row(kind="city", effects=[["rate", "supported"]])
    assert [one.code for one in index_table.filters([row(), second], [RATE])] == ["kind", "goal", "effect"]
    found = {one.label: (one.columns, one.options, one.marks) for one in index_table.filters([row(), second], [RATE])}
    assert found == {
        "Kind": ("1", (("city", "city"), ("county", "county")), False),
        "With a target that is": (
            "3",
            (("o", "Target not met"), ("m", "Target met"), ("x", "Not in the sources used, not judged")),
            True,
        ),
        "With an effect that is": (
            "5",
            (("s", "Evidence supports an effect"), ("q", "Evidence not sufficient to tell")),
            True,
        ),
    }


def test_the_legend_has_the_full_words_of_what_the_rows_say_and_no_more():
    found = BeautifulSoup(index_table.legend([row()], [RATE]), "html.parser")
    assert [" ".join(one.get_text(" ").split()) for one in found.find_all("dd")] == [
        "not met Target not met",
        "met Target met",
        "not in sources Not in the sources used, not judged",
        "uncertain Evidence not sufficient to tell",
    ]
    assert "2021 to 2022" in found.p.get_text()


def test_every_status_has_a_short_word_a_mark_and_the_shape_of_its_chip():
    assert list(vocabulary.GOALS_IN_SHORT) == list(ORDER)
    assert set(vocabulary.EFFECTS_IN_SHORT) == set(chips.EFFECTS)
    marks = index_table.GOAL_MARKS | index_table.EFFECT_MARKS
    assert len(set(marks.values())) == len(marks)
    style = (TEMPLATES / "evalkit/index.css").read_text(encoding="utf-8")
    shapes = {}
    for shared, single, shape in re.findall(r'i(?::is\(([^)]*)\)|\.(\w))?::before \{ content: "(.) "', style):
        shapes |= dict.fromkeys(re.findall(r"\w", shared or single) or ["default"], shape)
    for code, mark in marks.items():
        assert shapes.get(mark, shapes["default"]) == {**chips.GOALS, **chips.EFFECTS}[code][0]
