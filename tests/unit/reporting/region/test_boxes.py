"""What was not received stands in one box, and what concerns a citizen in another, without a word on causes."""

import re

import pytest
from bs4 import BeautifulSoup

from evalkit.analysis.effects import findings
from evalkit.analysis.goals import attainment
from evalkit.errors import InputError
from evalkit.reporting.language import words
from evalkit.reporting.region import boxes

RATE = "rate: {name: {en: Rate}, unit: percent, plain: {zh: 近处看病的比例, en: Share treated nearby}}\n"
COST = "cost: {name: {en: Cost}, unit: yuan}\n"
PUBLISHED = "unit | period | indicator | value | source | phrase\n"
TASKS = """
tasks:
  - {name: {en: Silent}, source: plan, phrase: …}
  - {name: {en: Done}, source: plan, phrase: …, done: 2019-06-30}
milestones:
  - {name: {en: Opening}, source: plan, phrase: …}
"""


def items(box):
    return [one.get_text() for one in BeautifulSoup(box, "html.parser").find_all("li")]


@pytest.fixture
def read(project):
    """A region's evaluation and panel, with published figures and what its file says."""

    def make(published="", region="", more="", channel=""):
        project.indicators(RATE + COST)
        project.table("published", PUBLISHED + published)
        project.region("a", "region: a\n" + region)
        project.assessment(more)
        if channel:
            project.write("params/narrative/a/a.yml", f"channel: {channel}\n")
        return project.read("a"), project.load("a")

    return make


def not_received(panel, evaluation):
    judged, found = attainment.judge(panel, evaluation), findings.evaluate(panel, evaluation)
    return str(boxes.not_received(judged, found, panel, evaluation))


TARGET = "targets:\n  - {indicator: cost, operator: decrease, source: plan, phrase: …}\n"


def test_what_was_not_received_is_listed_once(read):
    told = not_received(*read("a | 2019 | rate | 60 | s | …\n", TARGET + TASKS))
    assert items(told) == [
        "figures of 1 of 2 indicators: Cost",
        "Rate: quarterly, of this region and of at least 19 comparison regions (kept in: not stated)",
        "material on 1 of 2 tasks",
        "reports on 1 of 1 milestones",
    ]
    assert 'id="not-received"' in told
    assert "neither “not done” nor “not met”" in told


def test_where_everything_was_received_there_is_no_box(report):
    made = report()
    assert str(boxes.not_received(made.goals, made.findings, made.panel, made.evaluation)) == ""


def test_citizens_read_everyday_words_with_the_figure_before_and_now(read):
    published = "a | 2018 | rate | 60 | s | …\na | 2019 | rate | 62.5 | s | …\n"
    told = str(boxes.for_you(*read(published)))
    assert items(told) == ["Share treated nearby: 62.5% (2019), up 2.5 percentage points since 2018 (60%)"]
    assert "not yet an effect of the reform" in told
    assert "comments" not in told  # nobody named a place for them


def test_without_an_earlier_figure_there_is_no_change(read):
    assert items(str(boxes.for_you(*read("a | 2019 | rate | 62.5 | s | …\n")))) == [
        "Share treated nearby: 62.5% (2019)"
    ]


def test_the_assessment_says_which_indicators_concern_citizens(read):
    published = "a | 2019 | rate | 62.5 | s | …\na | 2019 | cost | 120 | s | …\n"
    told = str(boxes.for_you(*read(published, more="citizens: [cost]\n")))
    assert items(told) == ["Cost: 120 yuan (2019)"]


def test_an_indicator_for_citizens_must_exist(read):
    with pytest.raises(InputError, match="citizens"):
        read(more="citizens: [costs]\n")


def test_without_figures_there_is_no_box(read):
    assert str(boxes.for_you(*read())) == ""


def test_the_evaluator_says_where_to_comment_and_it_is_text(read):
    told = str(boxes.for_you(*read(channel="{en: '<b>Bureau</b>.'}")))
    assert "Comments on this report: &lt;b&gt;Bureau&lt;/b&gt;." in told


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_word_on_causes_stands_in_the_box_for_citizens(read, lang):
    words.use(lang)
    told = str(boxes.for_you(*read("a | 2018 | rate | 60 | s | …\na | 2019 | rate | 62.5 | s | …\n")))
    assert not re.search(r"\b(caused|led to|thanks to|because)\b|导致|使得|归功|由于", told)


@pytest.mark.parametrize("standing", ["fictional", "press"])
def test_the_box_of_a_fictional_region_says_so(read, project, standing):
    project.write("data/d/sources.csv", f"source,title_en,standing\nplan,Plan,{standing}\n")
    told = str(boxes.for_you(*read("a | 2019 | rate | 62.5 | s | …\n")))
    assert ("Demonstration data" in told) == (standing == "fictional")
