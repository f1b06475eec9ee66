"""What has changed: against the previous assessment, against its frozen figures, against the last published run."""

import datetime as dt
import re
from dataclasses import replace

import pytest

from evalkit.analysis.effects import findings
from evalkit.analysis.goals import attainment, stamps
from evalkit.analysis.revisions import extended, headline
from evalkit.panel import observations as panels
from evalkit.project import evaluation as projects
from evalkit.project import frozen, last_run
from evalkit.project.last_run import Figure, Run
from evalkit.reporting.language import words
from evalkit.reporting.region import changes

BEFORE = "title: {en: Mid-term}\ndataset: d\nregions: [a]\nindicators: {primary: [rate]}\nas_of: 2021-03-31\n"
TARGET = "region: a\ntargets: [{indicator: rate, operator: '>=', value: 65, deadline: 2022, source: s, phrase: …}]\n"
FIRST = ("2020Q4 61.5", "2022Q4 66")


def texts(markup):
    rows = re.findall("<tr>(.*?)</tr>", markup, re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[re.sub("<[^>]*>", "", cell.replace("<br>", " | ")) for cell in row] for row in cells]


@pytest.fixture
def told(project):
    """Goals, findings, panel and evaluation of region `a`, from figures `period value`."""

    def make(*figures, previous="before", regions="[a]", standing="official"):
        project.region("a", TARGET)
        rows = [f"a|{when}|rate|{value}" for when, value in (figure.split() for figure in figures)]
        project.table("panel", "\n".join(["unit|period|indicator|value", "b|2019Q4|rate|50", *rows]))
        project.write("data/d/sources.csv", f"source,title_en,standing\ns,Title,{standing}\n")
        project.write("params/assessments/before.yml", BEFORE.replace("[a]", regions))
        project.assessment("as_of: 2022-12-31\n" + f"previous: {previous}\n" * bool(previous))
        evaluation, panel = project.load("a"), project.read("a")
        return attainment.judge(panel, evaluation), findings.evaluate(panel, evaluation), panel, evaluation

    return make


@pytest.fixture
def freeze(project):
    """Stamps the previous assessment as it is now."""

    def stamp():
        evaluation = projects.load("before", project=project.root)
        made = stamps.freeze(evaluation, panels.read(evaluation), dt.date(2021, 4, 1))
        project.write(frozen.file_of("before"), frozen.as_yaml(made))

    return stamp


def final(made):
    """The same as a final report, which alone counts as published."""
    *results, evaluation = made
    assessment = evaluation.assessment.model_copy(update={"state": "final"})
    return *results, replace(evaluation, assessment=assessment)


def since(made):
    judged, _, panel, evaluation = made
    return str(changes.since(judged, panel, evaluation))


def revised(made):
    return str(changes.revised(*made[2:]))


def test_figures_and_statuses_then_and_now_with_the_difference_in_points(told):
    shown = since(told(*FIRST))
    assert "Compared with “Mid-term” (data cut-off 31 Mar 2021)" in shown
    assert texts(shown)[1] == [
        *("Rate | target: at least 65%", "61.5% | 2020 Q4 | ◇ Cannot be determined"),
        *("66% | 2022 Q4 | ● Target met", "+4.5 percentage points", "—"),
    ]


def test_figures_of_the_same_quarter_are_compared_where_both_are_known(told):
    row = texts(since(told("2020Q3 61", "2020Q4 61.5", "2022Q3 66")))[1]
    assert [cell.rpartition(" | ")[0] for cell in row[1:3]] == ["61% | 2020 Q3", "66% | 2022 Q3"]
    assert row[3:] == ["+5 percentage points", "—"]
    row = texts(since(told("2020Q4 61.5", "2022Q3 66")))[1]
    assert row[1].startswith("61.5% | 2020 Q4")
    assert row[4] == "different quarters: not comparable"


def test_where_no_figure_is_newer_one_sentence_says_so(told):
    shown = since(told("2020Q4 61.5"))
    assert "<table" not in shown
    assert shown.startswith("<p>Since “")
    assert "hold no newer figure.</p>" in shown


def test_a_region_without_a_figure_then_says_so(told):
    assert texts(since(told("2022Q4 66")))[1][1].startswith("no figure | ")


def test_where_there_is_no_figure_at_all_one_sentence_says_so_and_names_no_indicator(told):
    assert since(told()) == ("<p>Neither assessment has a figure of these indicators, so nothing can be compared.</p>")


def test_without_a_previous_assessment_there_is_nothing(told):
    made = told(*FIRST, previous="")
    assert (since(made), revised(made)) == ("", "")


def test_a_region_that_the_previous_assessment_left_out_is_told(told):
    made = told(*FIRST, regions="[b]")
    assert since(made) == "<p>The previous assessment did not cover this region.</p>"
    assert revised(made) == ""


def test_a_fictional_region_says_so_in_the_caption(told):
    assert "Demonstration data" in since(told(*FIRST, standing="fictional"))


def test_where_nothing_was_frozen_the_page_says_that_nobody_can_check(told):
    assert "were not frozen" in revised(told(*FIRST))


def test_figures_that_stand_are_told_as_such(told, freeze):
    told(*FIRST)
    freeze()
    assert "No figure of the previous assessment was revised" in revised(told(*FIRST))


def test_a_revised_figure_stands_with_old_new_difference_and_explanation(told, project, freeze):
    told(*FIRST)
    freeze()
    made = told("2020Q4 60.25", "2022Q4 66")
    assert texts(revised(made))[1] == [
        "Rate",
        "2020 Q4",
        "61.5%",
        "60.25%",
        "−1.25 percentage points",
        "No explanation yet",
    ]
    project.write("params/narrative/a/a.yml", "revised: [{indicator: rate, period: 2020Q4, why: {en: Late <returns>}}]")
    assert texts(revised(told("2020Q4 60.25")))[1][-1] == "Late &lt;returns&gt;"
    assert texts(revised(told("2022Q4 66")))[1][3:5] == ["no figure", "—"]


def publish(project, made):
    """What a run leaves after it has published these results."""
    judged, found, panel, _ = made
    run = extended(last_run.read(project.root, "a", "a"), panel.fingerprint, headline(judged, found))
    project.write(f"reports/a/work/a/{last_run.FILE}", run.model_dump_json())


def test_first_publication_and_a_run_without_changes_read_the_same(told, project):
    made = final(told(*FIRST))
    first = str(changes.revisions(*made))
    assert first == "<p>Since this report was published, no figure in it has been revised.</p>"
    publish(project, made)
    assert str(changes.revisions(*made)) == first


def test_a_changed_figure_is_told_before_it_is_logged_and_ever_after(told, project):
    publish(project, told(*FIRST))
    made = told("2020Q4 61.5", "2022Q4 67")
    shown = str(changes.revisions(*made))
    assert texts(shown)[1] == ["1", "Rate", "latest figure", "66% | 2022 Q4", "67% | 2022 Q4", "the data changed"]
    publish(project, made)
    assert str(changes.revisions(*made)) == shown
    again = str(changes.revisions(*told("2020Q4 61.5", "2022Q4 68")))
    assert [row[0] for row in texts(again)[1:]] == ["1", "2"]


def test_an_effect_that_came_or_went_with_the_parameters_is_told(told, project):
    made = told(*FIRST)
    lost = Figure(indicator="rate", analysis="did", method="did_mean", term="att", value=1.5)
    run = Run(data=made[2].fingerprint, figures=(*headline(*made[:2]), lost))
    project.write(f"reports/a/work/a/{last_run.FILE}", run.model_dump_json())
    assert texts(str(changes.revisions(*made)))[1] == [
        *("1", "Rate", "Difference-in-differences of means: effect", "+1.5 percentage points", "no figure"),
        "same data: parameters or methods changed",
    ]


def test_an_indicator_that_is_gone_keeps_its_code(told, project):
    made = told(*FIRST)
    gone = Figure(indicator="<beds>", analysis="attainment", method="panel", term="value", period="2020", value=5)
    run = Run(data="x", figures=(*headline(*made[:2]), gone))
    project.write(f"reports/a/work/a/{last_run.FILE}", run.model_dump_json())
    assert texts(str(changes.revisions(*made)))[1][1:5] == ["&lt;beds&gt;", "latest figure", "5", "no figure"]


def test_figures_that_are_only_counted_are_mentioned(told, project):
    made = told(*FIRST)
    many = [
        Figure(indicator=f"i{n:02}", analysis="attainment", method="panel", term="value", value=n) for n in range(25)
    ]
    run = Run(data="x", figures=(*headline(*made[:2]), *many))
    project.write(f"reports/a/work/a/{last_run.FILE}", run.model_dump_json())
    shown = str(changes.revisions(*made))
    assert len(texts(shown)) == 21
    assert "Further revised figures that are not listed: 5." in shown


def test_in_chinese(told, freeze):
    words.use("zh")
    made = final(told(*FIRST))
    assert str(changes.revisions(*made)) == "<p>本报告发布以来，数字没有修订。</p>"
    assert revised(made) == "<p>上次评估的数据未冻结，无法核对是否修订。</p>"
    assert "+4.5 个百分点" in since(made)
    freeze()
    assert revised(told(*FIRST)) == "<p>上次评估的数据此后没有修订。</p>"
    assert "尚无说明" in revised(told("2020Q4 60"))
