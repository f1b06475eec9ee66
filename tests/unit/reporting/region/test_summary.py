"""The first screen: few sentences with number, period and certainty, and one row per primary indicator."""

import re
from dataclasses import replace
from html import unescape

import pytest
from bs4 import BeautifulSoup

from evalkit.analysis.effects import findings
from evalkit.analysis.goals import attainment
from evalkit.reporting.language import words
from evalkit.reporting.region import summary

TWO = "rate: {name: {en: Rate}, unit: percent}\nstay: {name: {en: Stay}, unit: days}"


def plain(markup):
    return unescape(re.sub("<[^>]*>", "", str(markup)))


def concluded(made):
    return plain(summary.conclusions(made.goals, made.findings, made.panel, made.evaluation))


def row(made):
    """The one row of the glance, by column."""
    table = BeautifulSoup(str(summary.glance(made.goals, made.findings, made.panel, made.evaluation)), "html.parser")
    (found,) = table.tbody.find_all("tr")
    names = [cell.get_text() for cell in table.thead.find_all("th")]
    texts = [" ".join(cell.get_text(" ").split()) for cell in found.find_all(["th", "td"])]
    return dict(zip(names, texts, strict=True))


def test_the_effect_sentence_has_number_period_interval_comparison_judgement_and_certainty(report):
    told = plain(summary.effect_sentence(report().finding))
    assert re.match(
        r"After the start \(2019 Q1 to 2020 Q4\) its change was \+\d\.\d percentage points more than in 40 ", told
    )
    assert re.search(r"\(95% interval \+\d\.\d to \+\d+\.\d percentage points\)", told)
    assert re.search(r"Judgement: Evidence supports an effect; certainty of the evidence: \w+( \w+)?\.$", told)


def test_with_few_regions_there_is_no_interval(report, make_values):
    made = report(make_values(n=10, effect=8))
    told = plain(summary.effect_sentence(made.finding))
    assert "too few for a 95% interval" in told
    assert "Judgement" not in told
    assert "(no 95% interval)" in row(made)["Effect of the reform?"]


def test_an_exploratory_indicator_gets_no_judgement(report):
    assert "Judgement" not in summary.effect_sentence(replace(report().finding, primary=False))


def test_a_withheld_effect_is_said_once_with_its_reason(refused):
    told = concluded(refused)
    assert told.count("Whether the reform made a difference cannot be estimated.") == 1
    assert "(2019 Q1) by the cut-off date: 1; needed: at least 4." in told
    assert "After the start it changed" not in told
    assert row(refused)["Effect of the reform?"] == "□ Conditions for a judgement not met"


def test_a_judgement_that_is_withheld_has_no_sentence(refused):
    assert summary.effect_sentence(replace(refused.finding, primary=False)) == ""


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (64.45, "Rate: 64.45% (2020 Q4), 0.55 percentage points below the target (to reach 65%)."),
        (66.5, "Rate: 66.5% (2020 Q4), 1.5 percentage points above the target (to reach 65%)."),
        (65.0, "Rate: 65% (2020 Q4), level with the target (to reach 65%)."),
    ],
)
def test_the_conclusions_tell_the_latest_figure_against_its_target(report, make_values, value, told):
    values = make_values(effect=8, noise=0)
    values.loc["a", "2020Q4"] = value
    assert told in concluded(report(values))


def test_figure_and_effect_of_an_only_indicator_have_a_sentence_each(report):
    made = report()
    told = summary.conclusions(made.goals, made.findings, made.panel, made.evaluation)
    assert [item.get_text().split(" ")[0] for item in BeautifulSoup(told, "html.parser").find_all("li")] == [
        *("Targets", "Rate:", "Rate:")
    ]
    two = plain(summary.conclusions(made.goals, made.findings * 2, made.panel, made.evaluation))
    assert two.count("Rate:") == 2


def test_goals_that_are_missed_are_named_and_come_first(report, make_values):
    values = make_values(effect=8, noise=0)
    values.loc["a", "2020Q4"] = 64.45
    assert concluded(report(values)).startswith("Targets (1): Target not met: 1 (Rate).")
    dated = report(values, more="as_of: 2021-01-31\n")
    assert concluded(dated).startswith("Targets (1) on 31 Jan 2021: Target not met: 1 (Rate).")


def test_of_many_missed_goals_three_are_named(report, make_values):
    made = report(make_values(effect=8, noise=0))
    (goal,) = made.goals
    names = "pqrs"
    known = {name: made.finding.indicator.model_copy(update={"name": {"en": name.upper()}}) for name in names}
    evaluation = replace(made.evaluation, indicators={**made.evaluation.indicators, **known})
    judged = [replace(goal, indicator=name, goal="not_met") for name in names]
    told = plain(summary.conclusions(judged, made.findings, made.panel, evaluation))
    assert "Target not met: 4 (P, Q, R and others)." in told


def judged_again(made, project, deadline, as_of):
    """What the conclusions say of the same findings under another target and date."""
    target = f"indicator: rate, operator: '>=', value: 99, deadline: {deadline}, source: s, phrase: …"
    project.region("a", f"region: a\ntargets:\n  - {{{target}}}\n")
    project.assessment(f"as_of: {as_of}\n")
    evaluation = project.load("a")
    judged = attainment.judge(made.panel, evaluation)
    return plain(summary.conclusions(judged, made.findings, made.panel, evaluation))


def test_a_target_that_cannot_be_judged_is_told_with_its_reason(report, make_values, project):
    told = judged_again(report(make_values(effect=8, noise=0)), project, 2021, "2022-01-31")
    assert "Targets (1) on 31 Jan 2022: Cannot be determined: 1." in told
    assert (
        "Cannot be determined: The latest figure is of 2020 Q4; none of the target year 2021 or later is at hand."
        in told
    )


def test_before_the_deadline_the_conclusions_say_what_is_to_be_expected(report, make_values, project):
    told = judged_again(report(make_values(effect=8)), project, 2022, "2020-12-31")
    expected = r"Behind schedule: if it goes on like this, \d\d\.\d% is to be expected at the deadline, 2022 Q4 "
    assert re.search(expected + r"\(80% interval \d\d\.\d% to \d\d\.\d%\)\.", told)


def without_figures(project):
    """A region with two primary indicators of which there is no figure, and no target."""
    project.indicators(TWO)
    project.assessment(base="dataset: d\nregions: [a]\nindicators: {primary: [rate, stay]}\n")
    evaluation, panel = project.load("a"), project.read("a")
    return (), findings.evaluate(panel, evaluation), panel, evaluation


def test_indicators_without_any_figure_share_one_sentence(project):
    assert "Rate, Stay: no figure in the sources used." in plain(summary.conclusions(*without_figures(project)))


def test_an_indicator_without_figures_has_its_row_all_the_same(project):
    table = BeautifulSoup(str(summary.glance(*without_figures(project))), "html.parser")
    rows = [[cell.get_text() for cell in found.find_all(["th", "td"])] for found in table.tbody.find_all("tr")]
    assert [found[:4] for found in rows] == [[name, "—", "—", "no target stated"] for name in ("Rate", "Stay")]


@pytest.mark.parametrize("noise", [0.3, 3])
def test_there_are_at_most_five_sentences(report, make_values, noise):
    made = report(make_values(effect=8, noise=noise))
    told = summary.conclusions(made.goals, made.findings * 4, made.panel, made.evaluation)
    assert 3 <= told.count("<li>") <= 5


def test_no_sentence_about_an_effect_uses_a_causal_verb(report):
    assert not re.search(r"\b(caused|led to|resulted in|thanks to|because of)\b", concluded(report()))


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


def test_chinese_sentences_name_the_day_first(report):
    words.use("zh")
    made = report(more="as_of: 2021-01-31\n")
    assert concluded(made).startswith("截至2021年1月31日，目标共 1 项：")
