"""The first screen: an answer with few sentences, and one row per primary indicator with an estimate."""

import re
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from evalkit.analysis.bundle import Bundle
from evalkit.reporting.answer.card import MOST
from evalkit.reporting.language import words
from evalkit.reporting.language.plain_text import text_of
from evalkit.reporting.region import summary

TWO = "rate: {name: {en: Rate}, unit: percent}\nstay: {name: {en: Stay}, unit: days}"


def row(made):
    """The one row of the glance, by column."""
    table = BeautifulSoup(str(summary.glance(made.goals, made.findings, made.panel, made.evaluation)), "html.parser")
    (found,) = table.tbody.find_all("tr")
    names = [cell.get_text() for cell in table.thead.find_all("th")]
    texts = [" ".join(cell.get_text(" ").split()) for cell in found.find_all(["th", "td"])]
    return dict(zip(names, texts, strict=True))


def test_the_answer_tells_goals_effect_certainty_and_age(report, make_values):
    values = make_values(effect=0)
    values.loc["a"] += 66 - values.loc["a", "2020Q4"]
    told = summary.answer(Bundle(report(values).evaluation)).description
    answer, rest = told.split(" Certainty: ")
    assert answer == "1 of 1 targets met; whether the reform did this is not clear."
    assert rest == "very low. Newest figure: 2020 Q4."


def test_a_withheld_effect_is_told_with_its_reason_once(refused):
    answer = summary.answer(Bundle(refused.evaluation))
    assert "no verdict on the reform is possible yet" in answer.line
    assert text_of(answer).count("(2019 Q1) by the cut-off date: 1; needed: at least 4.") == 1


def test_there_are_at_most_five_sentences_and_the_own_estimate_comes_first(report):
    answer = summary.answer(Bundle(report().evaluation))
    assert 1 <= len(answer.sentences) <= MOST
    assert text_of(answer.sentences[0]).startswith("Rate came out ")


def test_without_any_figure_the_next_step_says_what_is_missing(project):
    project.indicators(TWO)
    project.assessment(base="dataset: d\nregions: [a]\nindicators: {primary: [rate, stay]}\n")
    answer = summary.answer(Bundle(project.load("a")))
    assert answer.description == (
        "No targets found; whether the reform worked cannot be answered. Certainty: none. Newest figure: none."
    )
    assert '<a href="#not-received">' in answer.sentences[-1]


def test_where_nothing_is_estimated_there_is_no_glance(refused):
    assert summary.glance(refused.goals, refused.findings, refused.panel, refused.evaluation) == ""


def test_with_few_regions_a_row_has_no_interval(report, make_values):
    assert "(no 95% interval)" in row(report(make_values(n=10, effect=8)))["Effect of the reform?"]


def test_a_row_has_figure_course_target_and_effect_with_both_chips(report, make_values):
    made = report(make_values(effect=0))
    shown = row(made)
    assert re.fullmatch(r"Rate \d\d\.\d+% 2020 Q4", shown["Primary indicator"] + " " + shown["Latest"])
    assert shown["Target met?"] == "○ Target not met target: to reach 65%"
    effect = r"◆ Evidence not sufficient to tell [−+]\d\.\d percentage points \(95% interval .* percentage points\) "
    effect += r"certainty: [\w ]+; detectable: \d+\.\d percentage points"
    assert re.fullmatch(effect, shown["Effect of the reform?"])
    assert '<svg class="spark"' in str(summary.glance(made.goals, made.findings, made.panel, made.evaluation))


def test_what_is_furthest_from_its_target_stands_first(report, make_values):
    made = report(make_values(effect=8))
    finding, (goal,) = made.finding, made.goals
    other = replace(finding, indicator=finding.indicator.model_copy(update={"id": "other"}))
    indicators = {**made.evaluation.indicators, "other": other.indicator}
    evaluation = replace(made.evaluation, indicators=indicators)
    judged = [replace(goal, goal="met"), replace(goal, indicator="other", goal="not_met")]
    table = str(summary.glance(judged, [finding, other], made.panel, evaluation))
    assert re.findall('href="#def-([a-z]+)"', table) == ["other", "rate"]


def test_further_targets_of_an_indicator_are_counted(report):
    made = report()
    (goal,) = made.goals
    table = str(summary.glance([goal, replace(goal, goal="not_met")], made.findings, made.panel, made.evaluation))
    assert "Target not met" in table
    assert "further targets: 1" in table


@pytest.mark.parametrize(("status", "labelled"), [("simulated", True), ("reported", False)])
def test_a_glance_on_simulated_values_says_so(report, status, labelled):
    made = report(status=status)
    table = str(summary.glance(made.goals, made.findings, made.panel, made.evaluation))
    assert ("Demonstration data" in table) == labelled


def test_chinese(report):
    words.use("zh")
    told = summary.answer(Bundle(report().evaluation)).description
    assert re.match(r"1 项目标中 [01] 项达标；.*。把握：\S+；最新数据：2020年第四季度。$", told)
