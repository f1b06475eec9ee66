"""The figure of a chain of counts: counts and rates as labels, and a reason for what is missing."""

import re
from html import unescape

import pytest

from evalkit.reporting.elements.figures import Drawing
from evalkit.reporting.language import words
from evalkit.reporting.region import cascade_figures

STEPS = {"listed": "登记人数", "seen": "初筛人数", "tested": "精筛人数"}
INDICATORS = "rate: {name: {en: Rate}, unit: percent}\n" + "".join(
    f"{name}: {{name: {{en: {name}, zh: {chinese}}}, unit: count, unit_name: {{zh: 人, en: people}}}}\n"
    for name, chinese in STEPS.items()
)
REGION = """
region: a
cascades:
  - id: colorectal
    name: {en: Screening, zh: 大肠癌筛查}
    steps: [listed, seen, tested]
    goal: {en: "task of the year exceeded <b>"}
    source: press
    phrase: 超额完成
"""
HEAD = "unit | period | indicator | value | source | phrase | status\n"
COUNTS = ("2019 | listed | 142184", "2019 | seen | 35913", "2019 | tested | 3935")


@pytest.fixture
def drawn(project):
    def make(*rows: str, status: str = "published"):
        project.indicators(INDICATORS)
        project.region("a", REGION)
        project.table("published", HEAD + "".join(f"a | {row} | press | … | {status}\n" for row in rows))
        (made,) = cascade_figures.cascades(project.read("a"), project.load("a"))
        return made

    return make


def labels(drawing):
    return [unescape(one) for one in re.findall(r"<text[^>]*>(.*?)</text>", drawing.svg(), re.DOTALL)]


def test_each_bar_has_its_count_and_its_share_of_the_step_before(drawn):
    figure = drawn(*COUNTS)
    assert isinstance(figure, Drawing)
    assert figure.name == "cascade-colorectal"
    assert figure.title == "Screening, 2019: of 142,184 people, 3,935 people come to “tested” (2.8%)"
    assert labels(figure) == [
        "listed",
        "142,184 people",
        "seen",
        "35,913 people, 25.3% of the step before",
        "tested",
        "3,935 people, 11.0% of the step before",
    ]


def test_the_table_has_both_denominators_and_the_caption_the_goal(drawn):
    figure = drawn(*COUNTS)
    cells = re.findall(r'<td class="n">(.*?)</td>', str(figure.table))
    assert cells[3:6] == ["35,913 people", "25.3%", "25.3%"]
    assert cells[6:9] == ["3,935 people", "11.0%", "2.8%"]
    assert "Goal: task of the year exceeded &lt;b&gt;." in figure.caption


def test_a_step_without_a_figure_is_told_with_its_reason(drawn):
    figure = drawn(*COUNTS[:2], "2018 | tested | 100")
    assert "tested: no figure for 2019; the latest is 100 people (2018)." in figure.caption
    assert "tested: no figure in the sources used." in drawn(*COUNTS[:2]).caption


def test_one_count_alone_gives_a_sentence_and_no_figure(drawn):
    told = drawn(COUNTS[0])
    assert told.startswith('<p id="cascade-colorectal" class="withheld">Screening: no rate can be given.')
    assert "listed: 142,184 people (2019)." in told
    assert "seen: no figure in the sources used." in told


def test_a_step_larger_than_the_one_before_is_questioned(drawn):
    figure = drawn("2019 | listed | 100", "2019 | seen | 120")
    assert "A step larger than the one before cannot be a part of it" in figure.caption
    assert "larger than the one before" not in drawn(*COUNTS).caption


@pytest.mark.parametrize(("status", "labelled"), [("simulated", True), ("published", False)])
def test_simulated_counts_are_called_so_in_the_drawing_itself(drawn, status, labelled):
    assert ("Demonstration data (fictional regions)." in labels(drawn(*COUNTS, status=status))) is labelled


def test_the_same_counts_give_the_same_bytes(drawn):
    assert drawn(*COUNTS)._repr_html_() == drawn(*COUNTS)._repr_html_()


def test_the_figure_speaks_chinese(drawn):
    words.use("zh")
    assert drawn(*COUNTS).title == "大肠癌筛查（2019年）：142,184 人中，“精筛人数”3,935 人（2.8%）"
