"""The plan on the page: questions and where they are answered, the logic model, and what was frozen when."""

import datetime as dt
import re

import pytest
from bs4 import BeautifulSoup

from evalkit.panel import observations as panels
from evalkit.publishing.run import freezing
from evalkit.reporting.language import words
from evalkit.reporting.region import plan

PLAN = """
targets:
  - {indicator: rate, operator: ">=", value: 65, source: plan, phrase: 达到65%}
plan:
  inputs: [{text: {zh: 财政补助, en: Subsidies}, source: plan, phrase: 给予补助}]
  activities: [ACTIVITIES]
  outcomes: [{text: {en: More care near home}, indicators: [rate]}]
  assumptions: [{text: {en: Residents trust primary care}}]
  questions:
    - {text: {en: Was it built}, kind: process}
    - {text: {en: Did it help}, kind: impact, indicators: [rate]}
    - {text: {en: Was it worth it}, kind: value, indicators: [cost]}
  stakeholders: [{name: {en: Health office}, role: {en: leads}}]
  guards: [{indicator: cost, operator: no_increase, source: plan, phrase: 负担不增加}]
"""
BASE = "dataset: d\nregions: [a]\nindicators: {primary: [rate]}\n"
ACTIVITY = "{text: {en: Step}, source: plan, phrase: 第一步}"


@pytest.fixture
def evaluate(project):
    """A region file in; the evaluation out."""
    project.indicators("rate: {name: {en: Rate}, unit: percent}\ncost: {name: {en: Cost}, unit: yuan, better: lower}")
    project.table("sources", "source | title_en | standing\nplan | The plan | press")

    def make(text=PLAN, activities=1, assessment="as_of: 2022-12-31\n", base=BASE):
        project.assessment(assessment, base)
        project.region("a", "region: a\n" + text.replace("ACTIVITIES", ", ".join([ACTIVITY] * activities)))
        return project.load("a")

    return make


def rows(html, name):
    table = BeautifulSoup(html, "html.parser").find(id=name)
    return [[cell.get_text(" ") for cell in row.find_all(["th", "td"])] for row in table.tbody.find_all("tr")]


def drawn(html):
    """Headings and texts of the diagram."""
    return [
        part.get_text() for part in BeautifulSoup(html, "html.parser").select(".flow strong, .around strong, li li")
    ]


def test_every_question_says_its_kind_and_where_it_is_answered(evaluate):
    page = str(plan.table(evaluate()))
    assert rows(page, "plan-table") == [
        ["Was it built", "Process: was it done?", "—", "What was done"],
        ["Did it help", "Impact: did it make a difference?", "Rate", "Did the reform do it? Were the goals met?"],
        ["Was it worth it", "Value: was it worth it?", "Cost",
         "Not answered here: the data at hand hold no figure that could answer it."],
    ]  # fmt: skip
    assert [link["href"] for link in BeautifulSoup(page, "html.parser").find_all("a")] == [
        "#implementation", "#effects", "#goals",
    ]  # fmt: skip


def test_guard_indicators_are_named_with_their_direction(evaluate):
    assert "must not get worse: Cost: no increase." in str(plan.table(evaluate()))


def test_an_empty_plan_is_said_once(evaluate):
    evaluation = evaluate("")
    assert str(plan.table(evaluation)) == "<p>The evaluation plan has not been filled in.</p>"
    assert (str(plan.stakeholders(evaluation)), str(plan.logic_model(evaluation))) == ("", "")


def test_a_plan_without_questions_says_so(evaluate):
    assert "names no questions yet" in str(plan.table(evaluate("plan: {inputs: [{text: {en: Money}}]}\n")))


def test_stakeholders_stand_with_their_part(evaluate):
    assert rows(str(plan.stakeholders(evaluate())), "stakeholders-table") == [["Health office", "leads"]]


def test_the_logic_model_draws_what_the_plan_says_and_what_it_leaves_open(evaluate):
    page = str(plan.logic_model(evaluate()))
    assert BeautifulSoup(page, "html.parser").find(id="fig-logic-model")
    texts = drawn(page)
    headings = [one for one in texts if one in ("Inputs", "Activities", "Outputs", "Intended outcomes")]
    assert headings == ["Inputs", "Activities", "Outputs", "Intended outcomes"]
    assert "not filled in" in texts  # the plan names no outputs
    assert "Assumptions" in texts
    assert "Outside factors" not in texts
    assert "How the reform is meant to work: 1 inputs, 1 activities, 0 outputs, 1 intended outcomes" in page


def test_everything_is_drawn_and_stands_in_the_table(evaluate):
    page = str(plan.logic_model(evaluate(activities=9)))
    assert drawn(page).count("Step") == 9
    assert [row[0] for row in rows(page, "logic-model-table")].count("Step") == 9


def test_every_element_stands_in_the_table_with_its_source_and_indicators(evaluate):
    shown = str(plan.logic_model(evaluate()))
    listed = rows(shown, "logic-model-table")
    assert shown.count("press report, not independently verified") == 1  # one source, named above the table
    assert ["Subsidies", "Inputs", "—", "给予补助"] in listed
    assert ["More care near home", "Intended outcomes", "Rate", "evaluator; no source given"] in listed


def test_a_fictional_plan_is_labelled(evaluate, project):
    assert "Demonstration" not in str(plan.logic_model(evaluate()))
    project.table("sources", "source | title_en | standing\nplan | The plan | fictional")
    evaluation = evaluate()
    assert str(plan.logic_model(evaluation)).count("Demonstration") == 2  # the diagram and its table
    assert all("Demonstration" in part for part in (str(plan.table(evaluation)), str(plan.stakeholders(evaluation))))


def test_text_of_the_plan_never_becomes_markup(evaluate):
    evaluation = evaluate(PLAN.replace("en: Subsidies", 'en: "<b>Money</b>"'))
    assert "<b>Money" not in str(plan.logic_model(evaluation))


def test_in_chinese_headings_and_texts_are_chinese(evaluate):
    words.use("zh")
    texts = drawn(str(plan.logic_model(evaluate())))
    assert {"投入", "举措", "产出", "预期成效", "财政补助"} <= set(texts)
    assert str(plan.table(evaluate(""))) == "<p>评估方案尚未填写。</p>"


@pytest.fixture
def publish(project):
    """Writes the region's published rates, by year."""

    def write(**rates):
        cells = "".join(f"a | {year[1:]} | rate | {rate} | plan | …\n" for year, rate in rates.items())
        project.table("published", "unit | period | indicator | value | source | phrase\n" + cells)

    return write


@pytest.fixture
def frozen(project, evaluate, publish):
    """Freezes the plan on a day, changes the project, and reads what the report says of it."""

    def make(date=dt.date(2020, 12, 1), change=lambda: None, **later):
        publish(y2018=52, y2021=60)
        evaluate()
        freezing.freeze(project.load(), date)
        change()
        evaluation = evaluate(**later)
        page = plan.frozen(evaluation, panels.read(evaluation))
        return BeautifulSoup(page, "html.parser").find(id="frozen").get_text()

    return make


def test_what_was_never_frozen_is_said_so(evaluate):
    evaluation = evaluate()
    told = plan.frozen(evaluation, panels.read(evaluation))
    assert told.startswith('<p id="frozen">Plan, baseline and primary indicators were not frozen')


def test_a_freeze_without_a_change_says_date_and_hash(frozen):
    told = frozen()
    assert re.search(r"were frozen on 1 Dec 2020 \(SHA-256 [0-9a-f]{12}…\) and have not been changed since\.$", told)


def test_a_changed_plan_is_named(frozen):
    assert frozen(text=PLAN.replace("Did it help", "Did it hurt")).endswith("Changed since then: evaluation plan.")


def test_changed_targets_and_design_are_named(frozen):
    told = frozen(text=PLAN.replace("value: 65", "value: 60"), assessment="design: {anticipation: 1}\n")
    assert told.endswith("Changed since then: targets, design of the comparison.")


def test_a_revised_baseline_is_named_with_both_values(frozen, publish):
    told = frozen(change=lambda: publish(y2018=53.5, y2021=60))
    assert told.endswith("Changed since then: baseline. Baseline of Rate: frozen 52%, now 53.5%.")


def test_other_primary_indicators_are_named_with_those_of_the_freeze(frozen):
    told = frozen(assessment="", base="dataset: d\nregions: [a]\nindicators: {primary: [cost]}\n")
    assert told.endswith("Changed since then: primary indicators. Primary indicators as frozen: Rate.")


def test_a_figure_that_came_later_is_no_change(frozen, publish):
    assert "Changed" not in frozen(change=lambda: publish(y2018=52, y2021=60, y2022=61))


def test_an_exploratory_indicator_that_was_added_is_no_change(frozen):
    more = "dataset: d\nregions: [a]\nindicators: {primary: [rate], exploratory: [cost]}\n"
    assert "Changed" not in frozen(assessment="", base=more)


def test_a_freeze_after_the_cut_off_is_not_registered_beforehand(frozen):
    told = frozen(date=dt.date(2023, 1, 1))
    assert told.endswith("This is later than the data cut-off and cannot count as registered beforehand.")


def test_a_region_that_joined_after_the_freeze_is_not_frozen(frozen, project):
    frozen()
    project.assessment(base="dataset: d\nregions: [a, b]\nindicators: {primary: [rate]}\n")
    evaluation = project.load("b")
    assert "were not frozen" in plan.frozen(evaluation, panels.read(evaluation))
