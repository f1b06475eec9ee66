"""The evaluator's own words, evidence, comments and signatures as a page shows them."""

import re

import pytest

from evalkit.reporting.language import words
from evalkit.reporting.region import evaluator_words

FULL = """
evidence:
  - {name: {en: Minutes}, basis: documented, date: 2020-06-01, document: No. 7, by: Bureau}
  - {name: {en: Visit}, basis: checked, date: 2020-12-31}
  - {name: {en: Later visit}, basis: checked, date: 2021-01-01}
  - {name: {en: Statement}, basis: self_reported}
comments:
  - {by: Bureau, date: 2021-02-01, text: {en: "Table <3> is wrong"}, reply: {en: Corrected}}
  - {by: Hospital, date: 2021-02-02, text: {en: Unclear}}
signatures:
  - {name: A. Reader, role: {en: Expert}, date: 2021-03-01, conclusion: {en: Agreed}}
  - {name: B. Writer}
lessons:
  - {en: Agree on definitions first}
"""


def texts(markup):
    rows = re.findall("<tr>(.*?)</tr>", markup, re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[re.sub("<[^>]*>", "", cell) for cell in row] for row in cells]


@pytest.fixture
def told(project):
    """The evaluation of region `a` with a narrative and free texts by language."""

    def make(text="", stage="final", standing="official", **free):
        project.write("data/d/sources.csv", f"source,title_en,standing\ns,Title,{standing}\n")
        if text:
            project.write("params/narrative/a/a.yml", text)
        for lang, words_of in free.items():
            project.write(f"params/narrative/a/a.{lang}.md", words_of)
        project.assessment(f"stage: {stage}\nas_of: 2020-12-31\naudience: internal\n")
        return project.load("a")

    return make


def test_free_text_stands_under_the_evaluators_name_and_below_the_sections(told):
    shown = str(evaluator_words.words(told(en="# Measures\n\nDone **well**.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")))
    assert shown.startswith('<div id="own-words"><p class="kicker">In the evaluator&#39;s own words</p><div lang="en">')
    assert "<h3>Measures</h3><p>Done <strong>well</strong>.</p>" in shown
    assert '<table id="own-words-1">' in shown
    assert "<caption>The evaluator's table 1</caption>" in shown


def test_hostile_free_text_stays_text(told):
    shown = str(
        evaluator_words.words(
            told(en="<script>alert(1)</script> {braces} [x](javascript:alert(2))\n\n|<b>|\n|---|\n|{x}|\n")
        )
    )
    assert not re.search("<script|<b>|<a ", shown)
    assert "{braces}" in shown


def test_a_text_in_the_other_language_only_is_shown_and_marked(told):
    assert '<div lang="zh-CN"><p>只有中文。</p>' in str(evaluator_words.words(told(zh="只有中文。")))


@pytest.mark.parametrize("text", ["", " \n\n"])
def test_without_free_text_there_is_nothing(told, text):
    assert str(evaluator_words.words(told(en=text))) == ""


def test_a_table_of_a_fictional_region_says_so(told):
    assert "Demonstration data" in str(evaluator_words.words(told(en="| a |\n|---|\n| 1 |\n", standing="fictional")))


def test_evidence_is_listed_and_counted_by_how_it_was_established(told):
    shown = str(evaluator_words.evidence(told(FULL)))
    assert "Pieces of evidence (3): self-reported: 1, documented: 1, checked on site: 1." in shown
    assert texts(shown)[1:] == [
        ["Minutes", "documented", "1 Jun 2020", "No. 7", "Bureau"],
        ["Visit", "checked on site", "31 Dec 2020", "—", "—"],
        ["Statement", "self-reported", "—", "—", "—"],
    ]


def test_evidence_from_after_the_as_of_date_is_not_known(told):
    assert "Later visit" not in str(evaluator_words.evidence(told(FULL)))


def test_comments_are_shown_with_their_reply_or_that_there_is_none(told):
    shown = str(evaluator_words.comments(told(FULL)))
    assert texts(shown)[1:] == [
        ["Bureau", "1 Feb 2021", "Table &lt;3&gt; is wrong", "Corrected"],
        ["Hospital", "2 Feb 2021", "Unclear", "Not answered yet"],
    ]


def test_that_nobody_commented_is_said_once_the_evaluator_has_written_anything(told):
    assert "No comment of the assessed body" in str(evaluator_words.comments(told("lessons: [{en: One}]")))


def test_who_signed_and_who_has_not(told):
    assert texts(str(evaluator_words.signatures(told(FULL))))[1:] == [
        ["Expert", "A. Reader", "Agreed", "1 Mar 2021"],
        ["Reviewer", "B. Writer", "—", "Not signed yet"],
    ]


def test_an_unsigned_report_says_so_in_a_sentence(told):
    assert str(evaluator_words.signatures(told())) == '<p id="signatures">Not signed yet.</p>'


def test_lessons_are_for_a_final_report(told):
    assert str(evaluator_words.lessons(told(FULL))) == (
        '<div id="lessons"><h3>Lessons</h3><ul><li>Agree on definitions first</li></ul></div>'
    )
    assert str(evaluator_words.lessons(told(FULL, stage="midterm"))) == ""


def test_without_any_narrative_only_the_form_is_shown(told):
    evaluation = told()
    assert evaluator_words.is_silent(evaluation)
    parts = (evaluator_words.words, evaluator_words.lessons, evaluator_words.evidence, evaluator_words.comments)
    assert [part(evaluation) for part in parts] == ["", "", "", ""]


def test_free_text_alone_breaks_the_silence(told):
    assert not evaluator_words.is_silent(told(zh="说明"))


def test_in_chinese(told):
    words.use("zh")
    evaluation = told(FULL)
    assert "评估证据共 3 件：" in str(evaluator_words.evidence(evaluation))
    assert "尚未答复" in str(evaluator_words.comments(evaluation))
    assert "尚未签署" in str(evaluator_words.signatures(evaluation))
