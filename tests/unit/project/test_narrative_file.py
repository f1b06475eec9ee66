"""The evaluator's files: read with their mistakes, by region, and never about somebody else."""

import pytest

from evalkit.errors import InputError
from evalkit.project.narrative_file import Narrative

NARRATIVE = """
problems:
  - {id: p1, name: {zh: 问题}}
recommendations:
  - {name: {zh: 建议}, owner: 卫健局, due: 2022-06, problems: [p1]}
"""


def test_a_region_without_a_file_has_an_empty_narrative(project):
    evaluation = project.load("a")
    assert evaluation.narrative == Narrative()
    assert evaluation.own_words("zh") == ""


def test_a_narrative_is_read_for_its_region(project):
    project.write("params/narrative/a/a.yml", NARRATIVE)
    project.write("params/narrative/a/a.zh.md", "\ufeff# 主要做法\n")
    evaluation = project.load("a")
    assert [one.id for one in evaluation.narrative.problems] == ["p1"]
    assert evaluation.own_words("zh") == "# 主要做法\n"
    assert evaluation.own_words("en") == ""


@pytest.mark.parametrize(
    ("file", "text"), [("params/narrative/a/a.yml", NARRATIVE), ("params/narrative/a/a.zh.md", "新的一段")]
)
def test_what_the_evaluator_adds_is_part_of_what_a_page_rests_on(project, file, text):
    before = project.load("a").key
    project.write(file, text)
    assert project.load("a").key != before


@pytest.mark.parametrize(
    ("region", "text", "told"),
    [
        ("aa", NARRATIVE, "params/narrative/a: has a file about 'aa', which gets no report\n    Did you mean \"a\"?"),
        ("a", NARRATIVE.replace("[p1]", "[p2]"), "params/narrative/a/a.yml: there is no problem 'p2'\n    Known: p1."),
        ("a", NARRATIVE.replace("[p1]", "[p1, p1]") + "targets: []", "unknown key `targets`"),
        ("a", "problems:\n  - {id: x, name: {zh: 甲}}\n  - {id: x, name: {zh: 乙}}", "duplicate problem 'x'"),
        ("a", "target_changes:\n  - {target: t9, proposal: {zh: 改}, why: {zh: 因}}", "there is no target 't9'"),
        ("a", "risks:\n  - {name: {zh: 风险}, level: hihg}", "`risks.0.level`"),
        ("a", "revised:\n  - {indicator: rtae, period: 2020, why: {zh: 因}}", "the indicator `rtae` is not in"),
    ],
)
def test_a_mistake_is_told_with_its_file(project, region, text, told):
    project.write(f"params/narrative/a/{region}.yml", text)
    with pytest.raises(InputError) as caught:
        project.load()
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("b.zh.md", "params/narrative/a: has a file about 'b', which gets no report"),
        ("a.cn.md", "params/narrative/a/a.cn.md: names no language"),
        ("a.md", "params/narrative/a/a.md: names no language"),
    ],
)
def test_a_text_that_no_report_would_show_is_a_mistake(project, file, told):
    project.write(f"params/narrative/a/{file}", "Words.")
    with pytest.raises(InputError) as caught:
        project.load()
    assert told in str(caught.value)


def test_a_recommendation_may_be_for_a_problem_that_an_earlier_assessment_raised(project):
    project.write(
        "params/assessments/before.yml", "dataset: d\nas_of: 2019-12-31\nregions: [a]\nindicators: {primary: [rate]}"
    )
    project.assessment("as_of: 2020-12-31\nprevious: before\n")
    project.write("params/narrative/before/a.yml", "problems: [{id: old, name: {zh: 旧}}]")
    project.write("params/narrative/a/a.yml", NARRATIVE.replace("[p1]", "[p1, old]"))
    assert project.load("a").narrative.recommendations[0].problems == ("p1", "old")
