"""What each body owes: tasks, recommendations and open problems, by all the names of the body, by due date."""

import pytest

from evalkit.analysis.goals import obligations

DUTIES = """
duties:
  - id: d
    name: {en: Duties}
    source: plan
    phrase: …
    owners:
      - {name: {zh: 市卫生健康委, en: Health}, aliases: [市卫健委]}
"""
NARRATIVE = """
problems:
  - {id: p, name: {en: Beds}, owner: 市卫健委, due: 2020-06}
  - {id: q, name: {en: Solved}, owner: 市卫健委, closed: 2020-01-31}
  - {id: r, name: {en: Nobody's}}
recommendations:
  - {name: {en: Recruit}, owner: 市卫生健康委, due: 2021-12}
"""


def task(name, lead, due=""):
    return f"  - {{name: {{en: {name}}}, lead: {lead}, source: plan, phrase: …{', due: ' + due if due else ''}}}\n"


@pytest.fixture
def owed(project):
    """Bodies with what they owe (kind, name), in the order of the table."""

    def make(tasks, narrative=NARRATIVE):
        project.region("a", f"region: a\ntasks:\n{tasks}{DUTIES}")
        project.assessment("as_of: 2021-06-30\n")
        project.write("params/narrative/a/a.yml", narrative)
        return [
            (body.name, bool(body.owner), [(one.kind, one.name["en"]) for one in body.owed])
            for body in obligations.bodies(project.load("a"))
        ]

    return make


def test_a_body_is_one_by_all_its_names_and_joint_leads_are_told_apart(owed):
    tasks = task("T0", "市卫健委") + task("T1", "市卫生健康委、市医保局") + task("T2", "市编办")
    assert owed(tasks, "{}") == [
        ("市卫生健康委", True, [("task", "T0"), ("task", "T1")]),
        ("市医保局", False, [("task", "T1")]),
        ("市编办", False, [("task", "T2")]),
    ]


def test_tasks_recommendations_and_open_problems_stand_together_by_due_date(owed):
    ((_, _, listed),) = owed(task("Late", "市卫健委") + task("Early", "市卫健委", "2019"))
    assert listed == [("task", "Early"), ("problem", "Beds"), ("recommendation", "Recruit"), ("task", "Late")]


def test_the_body_that_has_to_act_first_stands_first(owed):
    found = owed(task("A", "市医保局", "2022") + task("B", "市编办", "2019"))
    assert [name for name, _, _ in found] == ["市编办", "市卫生健康委", "市医保局"]
