"""What is held back from the public, and what a report for a narrower circle says of itself."""

from html import unescape

import pytest

from evalkit.publishing.downloads import imprint
from evalkit.reporting.elements import prose
from evalkit.reporting.language import audience, words
from evalkit.reporting.region import evaluator_words

TOLD = """
problems: [{id: p1, name: {en: Beds}}]
recommendations: [{name: {en: Beds}, owner: Bureau, due: 2023}]
evidence:
  - {name: {en: Own report}, basis: self_reported, document: 自评报告.docx}
  - {name: {en: Plan}, basis: documented, document: 金政发〔2020〕1号}
comments:
  - {by: Health bureau, date: 2023-01-05, text: {en: We disagree}, reply: {en: Noted}}
  - {by: Insurance bureau, date: 2023-01-06, text: {en: Costs rise everywhere}}
signatures:
  - {name: Reviewer Wang, date: 2023-02-01, conclusion: {en: Agrees with the report}}
"""
KEPT = ("We disagree", "Noted", "Health bureau", "Costs rise everywhere", "自评报告")


@pytest.fixture
def shown(project):
    """The section on evidence as a page shows it, by what the assessment says about its readers."""

    def show(who, state="final"):
        project.assessment(f"audience: {who}\nstate: {state}\n")
        project.write("params/narrative/a/a.yml", TOLD)
        evaluation = project.load("a")
        parts = (
            str(evaluator_words.evidence(evaluation)),
            str(evaluator_words.comments(evaluation)),
            str(evaluator_words.signatures(evaluation)),
        )
        return unescape("".join(parts))

    return show


def test_the_public_does_not_read_what_the_assessed_bodies_wrote(shown):
    page = shown("public")
    assert [text for text in KEPT if text in page] == []
    assert "Comments of the assessed bodies: 2, answered: 1. Comments and replies are not published." in page
    assert "kept by the evaluator, not published" in page


def test_the_public_reads_on_what_a_report_rests(shown):
    page = shown("public")
    assert [text for text in ("Own report", "Plan", "金政发〔2020〕1号") if text not in page] == []


def test_an_internal_report_holds_everything(shown):
    page = shown("internal", "draft")
    assert [text for text in (*KEPT, "Reviewer Wang", "Agrees with the report") if text not in page] == []


@pytest.mark.parametrize("state", ["draft", "review"])
def test_who_signed_is_public_in_the_final_version_only(shown, state):
    assert "Reviewer Wang" in shown("public", "final")
    page = shown("public", state)
    assert "Reviewer Wang" not in page
    assert "Agrees with the report" not in page
    assert "Signatures are published with the final version." in page


@pytest.mark.parametrize(("lang", "label"), [("zh", "内部资料，不得公开"), ("en", "Internal: not for publication")])
def test_everything_internal_says_so_first(project, lang, label):
    project.assessment("audience: internal\n")
    evaluation = project.load("a")
    words.use(lang)
    assert prose.kicker(evaluation).startswith(f"{label} · ")
    assert str(prose.notices(evaluation)).startswith(f'<p class="notice internal"><strong>{label}</strong></p>')
    assert imprint.of(evaluation).labels == (label,)
    assert imprint.of(evaluation).line.count(label) == 1


def test_nothing_public_says_that_it_is_internal(project):
    project.write("params/narrative/a/a.yml", TOLD)
    project.assessment("state: final\nrequested: true\n")
    evaluation = project.load("a")
    assert audience.label(evaluation) == ""
    assert "internal" not in str(prose.notices(evaluation))
    assert prose.kicker(evaluation) == "Final assessment report · Final version"
    assert imprint.of(evaluation).labels == ()
