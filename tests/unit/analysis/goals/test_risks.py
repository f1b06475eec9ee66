"""Signs of risk: only what figures, dated evidence and due dates show."""

import pytest

from evalkit.analysis.goals import attainment
from evalkit.analysis.goals.risks import signs

REGION = """
region: a
targets:
  - {indicator: rate, operator: ">=", value: 65, deadline: 2020, source: s, phrase: "…"}
  - {indicator: beds, operator: increase, source: s, phrase: "…"}
  - {indicator: cost, operator: no_increase, source: s, phrase: "…"}
tasks:
  - {id: late, name: {en: Late}, due: 2020-06, source: s, phrase: "…", reports: [{date: 2020-09-01, status: not_done}]}
  - {id: silent, name: {en: Silent}, due: 2020-06, source: s, phrase: "…"}
"""
INDICATORS = """
rate: {name: {en: Rate}, unit: percent, better: higher}
beds: {name: {en: Beds}, unit: count, better: higher}
cost: {name: {en: Cost}, unit: yuan, better: lower}
"""
YEARS = range(2012, 2021)
SERIES = {"rate": lambda year: 60, "beds": lambda year: 2100 - year, "cost": lambda year: year - 1900}
NARRATIVE = "problems:\n  - {id: p, name: {en: Old problem}, due: 2020-03}\n  - {id: q, name: {en: Open problem}}\n"


@pytest.fixture
def found(project):
    project.indicators(INDICATORS)
    project.table("units", "unit | adoption\n a | 2019\n b |\n")
    rows = [f"a|{year}|{name}|{value(year)}|s|…" for name, value in SERIES.items() for year in YEARS]
    project.table("published", "\n".join(["unit|period|indicator|value|source|phrase", *rows]))
    project.region("a", REGION)
    project.write("params/narrative/a/a.yml", NARRATIVE)
    project.assessment("stage: midterm\nas_of: 2020-12-31\n")
    evaluation = project.load("a")
    return evaluation, attainment.judge(project.read("a"), evaluation)


def test_targets_missed_tasks_late_and_problems_past_their_date_are_signs(found):
    evaluation, judged = found
    told = [(one.code, getattr(one.subject, "indicator", "")) for one in signs(evaluation, judged, ())]
    assert told == [("missed", "rate"), ("wrong_way", "beds"), ("wrong_way", "cost"), ("task", ""), ("problem", "")]


def test_a_task_that_nobody_reported_on_is_no_sign(found):
    evaluation, judged = found
    tasks = [one.subject.task.id for one in signs(evaluation, judged, ()) if one.code == "task"]
    assert tasks == ["late"]


def test_a_guard_that_got_worse_is_told_once_even_where_it_is_a_target_too(found):
    evaluation, judged = found
    guards = [one for one in judged if one.indicator == "cost"]
    told = [(one.code, getattr(one.subject, "indicator", "")) for one in signs(evaluation, judged, guards)]
    assert told == [("missed", "rate"), ("wrong_way", "beds"), ("guard", "cost"), ("task", ""), ("problem", "")]


def test_a_guard_that_held_is_no_sign(found):
    evaluation, judged = found
    held = [one for one in judged if one.goal == "direction_met"]
    assert [one for one in signs(evaluation, (), held) if one.code == "guard"] == []
