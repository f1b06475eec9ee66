"""Problems, recommendations, risks and suggested changes as a page shows them."""

import re

import pytest

from evalkit.analysis.goals import attainment
from evalkit.reporting.language import words
from evalkit.reporting.region import problems

BEFORE = "dataset: d\nregions: [a]\nindicators: {primary: [rate]}\nas_of: 2019-12-31\n"
TARGET = (
    "region: a\ntargets:\n"
    "  - {id: t1, indicator: rate, operator: '>=', value: 65, deadline: 2020, source: s, phrase: …}\n"
    "tasks:\n"
    "  - {name: {en: Late task}, due: 2020-06, source: s, phrase: …, reports: [{date: 2020-09-01, status: not_done}]}\n"
)
NOW = """
problems:
  - {id: p1, name: {en: "No <data>"}, cause: {en: Old system}, owner: Bureau, due: 2020-06, evidence: {en: Letter}}
  - {id: p2, name: {en: Closed later}, due: 2021-06, closed: 2021-01-01, evidence: {en: Photo}}
  - {id: p3, name: {en: Closed}, closed: 2020-05-01, evidence: {en: Minutes}}
recommendations:
  - {name: {en: Join the systems}, owner: Bureau, due: 2021-06, problems: [p1, old]}
risks:
  - {name: {en: Staff leave}, level: high, response: {en: Pay}}
target_changes:
  - {target: t1, proposal: {en: at least 60%}, why: {en: Baseline was too high}}
"""
SILENT = "problems: [{id: old, name: {en: Old one}}]"


def texts(markup):
    rows = re.findall("<tr>(.*?)</tr>", markup, re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[re.sub("<[^>]*>", "", cell.replace("<br>", " | ")) for cell in row] for row in cells]


@pytest.fixture
def told(project):
    def make(now="", before=SILENT, stage="midterm"):
        project.region("a", TARGET)
        project.table("published", "unit|period|indicator|value|source|phrase\na|2020|rate|60|s|…")
        project.write("params/assessments/before.yml", BEFORE)
        for name, text in {"a": now, "before": before}.items():
            if text:
                project.write(f"params/narrative/{name}/a.yml", text)
        project.assessment(f"stage: {stage}\nas_of: 2020-12-31\n" + "previous: before\n" * bool(before))
        return project.load("a")

    return make


def test_the_ledger_tells_cause_owner_due_and_how_each_problem_stands(told):
    rows = texts(str(problems.problems(told(NOW))))
    assert rows[1] == [
        *("No &lt;data&gt;", "Old system", "Bureau", "31 Dec 2020", "June 2020"),
        "Past its due date; no material on its closing received | Letter",
    ]
    assert rows[-1][0] == "Closed"
    assert rows[-1][-1] == "Closed on 1 May 2020 | Minutes"


def test_a_closing_after_the_as_of_date_is_not_known_nor_its_evidence(told):
    (row,) = [row for row in texts(str(problems.problems(told(NOW)))) if row[0] == "Closed later"]
    assert row[-1] == "Not closed yet"


def test_a_problem_of_the_previous_assessment_is_carried_on(told):
    (row,) = [row for row in texts(str(problems.problems(told(NOW)))) if row[0] == "Old one"]
    assert row[3] == "31 Dec 2019"
    assert row[-1] == ("Not closed yet | Raised by the previous assessment; nothing was received about it this time.")


def test_without_any_narrative_one_sentence_says_so(told):
    shown = str(problems.problems(told(before="")))
    assert "has not filled in problems, recommendations and evidence yet" in shown
    assert "<table" not in shown
    evaluation = told(before="")
    assert [part(evaluation) for part in (problems.recommendations, problems.target_changes)] == ["", ""]


def test_an_empty_ledger_beside_other_words_is_told_as_such(told):
    assert "has entered no problem" in str(problems.problems(told("lessons: [{en: One}]", before="")))


def test_recommendations_name_owner_date_and_the_problems_also_older_ones(told):
    assert texts(str(problems.recommendations(told(NOW))))[1] == [
        *("Join the systems", "Bureau", "June 2021", "No &lt;data&gt; | Old one")
    ]


def test_risks_found_stand_before_those_of_the_evaluator(told, project):
    evaluation = told(NOW)
    rows = texts(str(problems.risks(evaluation, attainment.judge(project.read("a"), evaluation))))[1:]
    assert [row[0] for row in rows] == [
        "Rate: target not met by its deadline; latest 60%, target at least 65%, 2020",
        "Task overdue by dated evidence: Late task (due June 2020, report of 1 Sept 2020)",
        "Problem not closed by its due date (June 2020): No &lt;data&gt;",
        "Staff leave",
    ]
    assert [row[1:] for row in rows[-2:]] == [["figures and ledgers", "—", "—"], ["evaluator", "high risk", "Pay"]]


def test_after_the_final_report_only_the_evaluators_risks_remain(told, project):
    evaluation = told(NOW, stage="final")
    rows = texts(str(problems.risks(evaluation, attainment.judge(project.read("a"), evaluation))))[1:]
    assert [row[0] for row in rows] == ["Staff leave"]
    assert str(problems.risks(told("lessons: [{en: One}]", stage="final"), ())) == ""


def test_changes_of_targets_are_suggested_half_way_only(told):
    assert texts(str(problems.target_changes(told(NOW))))[1] == [
        *("Rate: at least 65%", "at least 60%", "Baseline was too high")
    ]
    assert str(problems.target_changes(told(NOW, stage="final"))) == ""


def test_in_chinese(told):
    words.use("zh")
    shown = str(problems.problems(told(NOW)))
    assert "已过期限，未收到销号材料" in shown
    assert "上次评估提出，本次未收到整改情况。" in shown


def test_that_nothing_was_filled_in_is_said_in_chinese(told):
    words.use("zh")
    assert str(problems.problems(told(before=""))) == '<p class="withheld">评估者尚未填写问题、建议和证据。</p>'
