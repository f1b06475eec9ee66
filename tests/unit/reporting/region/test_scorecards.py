"""Scorecards on the page: the empty form, scores with what they cannot say, years, and ranks as ranges."""

import re
from html import unescape

import pytest
from bs4 import BeautifulSoup

from evalkit.reporting.elements import parts
from evalkit.reporting.elements.parts import OnlyInWorkbook
from evalkit.reporting.language import words
from evalkit.reporting.region import scorecard_figures, scorecards

CARD = """
scorecards:
  - id: overall
    name: {zh: 综合绩效考核, en: Overall appraisal}
    source: plan
    phrase: 突出职责履行、医疗质量等考核指标
    open_list: true
    units: [{en: North}, {en: South}]
    dimensions:
      - {id: duty, name: {zh: 职责履行, en: Duties}WEIGHT}
      - {id: care, name: {zh: 医疗质量, en: Quality}WEIGHT}
"""
RATED = """
    rated:
      - {name: {en: North}, year: "2020", scores: {duty: 80, care: 70}}
      - {name: {en: North}, year: "2021", scores: {duty: 86.5, care: 69}, appeal: {en: "Corrected from 85"}}
      - {name: {en: South}, year: "2021", scores: {duty: 75}}
      - {name: {en: Herbal}, year: "2021", norms: {zh: 中医医院标准, en: TCM norms}, scores: {duty: 90, care: 90}}
      - {name: {en: South}, year: "2022", scores: {duty: 1, care: 1}}
"""
EMPTY = CARD.replace("WEIGHT", "")
SCORED = CARD.replace("WEIGHT", ", weight: 2") + RATED


@pytest.fixture
def shown(project):
    """A region file in; the evaluation, as of the end of 2021."""

    def make(text, standing="fictional"):
        project.assessment("as_of: 2021-12-31\n")
        project.table("sources", f"source | title_en | standing\nplan | The plan | {standing}")
        project.region("a", "region: a\n" + text)
        return project.load("a")

    return make


def grid(html, name):
    """The cells of a table by row heading and column heading."""
    table = BeautifulSoup(html, "html.parser").find(id=name)
    heads = [cell.get_text(" ") for cell in table.thead.find_all("th")]
    rows = [[cell.get_text(" ") for cell in row.find_all(["th", "td"])] for row in table.tbody.find_all("tr")]
    return {row[0]: dict(zip(heads[1:], row[1:], strict=True)) for row in rows}


def text(html):
    return BeautifulSoup(html, "html.parser").get_text(" ")


def forms(piece):
    """The tables of what only the workbook holds, as markup."""
    hidden = [one for one in parts.flat([piece]) if isinstance(one, OnlyInWorkbook)]
    return "".join(str(table) for one in hidden for table in one.parts)


def test_without_scores_the_form_is_in_the_workbook_only(shown):
    made = scorecards.cards(shown(EMPTY))
    page = str(made)
    assert "<table" not in page
    assert "Overall appraisal : 2 dimensions (Duties, Quality). Units to be appraised: North, South." in text(page)
    assert grid(forms(made), "scorecard-overall") == {
        name: {"Weight": "not set", "North": "not at hand", "South": "not at hand"} for name in ("Duties", "Quality")
    }
    assert "No scores are at hand" in text(page)
    assert "no total is computed and no rank is claimed" in text(page)


def test_the_form_needs_no_named_unit(shown):
    made = scorecards.cards(shown(EMPTY.replace("    units: [{en: North}, {en: South}]\n", "")))
    assert grid(forms(made), "scorecard-overall")["Duties"] == {"Weight": "not set", "Score": "not at hand"}


def test_the_source_its_wording_and_its_open_list_are_said(shown):
    page = text(str(scorecards.cards(shown(EMPTY))))
    assert "The plan" in page
    assert "突出职责履行、医疗质量等考核指标" in page
    assert "there may be more" in page


def test_scores_totals_and_ranks_stand_under_their_unit(shown):
    page = str(scorecards.cards(shown(SCORED)))
    rows = grid(page, "scorecard-overall")
    assert [rows[name]["North"] for name in ("Duties", "Quality", "Total score")] == ["86.5", "69.0", "77.8"]
    assert [rows[name]["Weight"] for name in ("Duties", "Quality")] == ["50%", "50%"]
    assert rows["Rank with these weights"]["North"] == "1 to 2 of 2"
    assert "Weights were filled in by the evaluator; the source sets none." in text(page)


def test_a_missing_score_gives_bounds_and_is_said(shown):
    page = str(scorecards.cards(shown(SCORED)))
    rows = grid(page, "scorecard-overall")
    assert rows["Quality"]["South"] == "not at hand"
    assert rows["Total score"]["South"] == "75.0 37.5 to 87.5"
    assert "South: no score at hand for Quality." in text(page)


def test_a_unit_with_norms_of_its_own_is_not_ranked_with_the_others(shown):
    page = str(scorecards.cards(shown(SCORED)))
    rows = grid(page, "scorecard-overall")
    assert rows["Norms of appraisal"]["Herbal"] == "TCM norms"
    assert rows["Ranks over all weightings"]["Herbal"] == "not ranked the only one by its norms"
    assert "Units appraised by different norms are not ranked together." in text(page)
    assert "Herbal is ahead" not in text(page)


def test_without_weights_there_is_no_total_on_the_page(shown):
    page = str(scorecards.cards(shown(EMPTY + RATED)))
    rows = grid(page, "scorecard-overall")
    assert "Total score" not in rows
    assert "Rank with these weights" not in rows
    assert rows["Ranks over all weightings"]["North"] == "1 to 2 of 2"
    assert "drawn evenly from all there are" in text(page)


def test_a_year_after_the_cut_off_is_not_known(shown):
    evaluation = shown(SCORED)
    assert "2022" not in str(scorecards.cards(evaluation)) + str(scorecards.years(evaluation))


def test_scores_are_kept_apart_from_effects(shown):
    assert "no estimate of what the reform changed" in str(scorecards.cards(shown(SCORED)))


def test_scores_of_a_fictional_plan_carry_the_label(shown):
    evaluation = shown(SCORED)
    label = "Demonstration data"
    drawing = scorecard_figures.ranks(evaluation)[0]
    assert all(
        label in part for part in (str(scorecards.cards(evaluation)), str(scorecards.years(evaluation)), drawing.svg())
    )
    assert label not in str(scorecards.cards(shown(SCORED, standing="press")))


def test_years_show_each_score_with_its_change_and_the_appeal(shown):
    page = str(scorecards.years(shown(SCORED)))
    table = BeautifulSoup(page, "html.parser").find(id="scorecard-years-overall")
    rows = [[cell.get_text(" ") for cell in row.find_all(["th", "td"])] for row in table.tbody.find_all("tr")]
    assert ["North", "2020", "80.0", "70.0", "75.0", "not at hand", "none"] in rows
    assert ["North", "2021", "86.5 +6.5", "69.0 −1.0", "77.8 +2.8", "not at hand", "Corrected from 85"] in rows
    assert [row[:2] for row in rows] == [["North", "2020"], ["North", "2021"], ["South", "2021"], ["Herbal", "2021"]]


def test_years_without_scores_are_an_empty_form(shown):
    rows = grid(forms(scorecards.years(shown(EMPTY))), "scorecard-years-overall")
    assert set(rows) == {"North", "South"}
    assert rows["North"]["Appeal or correction"] == "not at hand"


def test_a_region_without_a_scorecard_shows_nothing(shown):
    evaluation = shown("")
    assert (str(scorecards.cards(evaluation)), str(scorecards.years(evaluation))) == ("", "")
    assert [str(one) for one in scorecard_figures.ranks(evaluation)] == [""]


def test_ranks_are_drawn_only_where_two_units_can_be_ranked(shown):
    assert [str(one) for one in scorecard_figures.ranks(shown(EMPTY))] == [""]
    (drawing,) = scorecard_figures.ranks(shown(SCORED))
    assert drawing.name == "fig-ranks-overall"
    drawn = [unescape(one) for one in re.findall(r"<text[^>]*>(.*?)</text>", drawing.svg(), re.DOTALL)]
    assert {"North", "South"} <= set(drawn)
    assert "Herbal" not in drawn


def test_the_figure_s_table_holds_the_share_of_weightings_for_each_rank(shown):
    (drawing,) = scorecard_figures.ranks(shown(EMPTY + RATED))
    rows = grid(str(drawing.table), "ranks-overall")
    shares = [float(cell.rstrip("%")) for cell in rows["North"].values()]
    assert sum(shares) == pytest.approx(100, abs=0.2)


def test_a_lead_in_every_dimension_is_said_and_so_is_its_absence(shown):
    ahead = SCORED.replace("scores: {duty: 75}}", "scores: {duty: 75, care: 60}}")
    assert "North is ahead of South in every dimension" in text(str(scorecards.cards(shown(ahead))))
    assert "No unit is ahead of another in every dimension" in text(str(scorecards.cards(shown(SCORED))))


def test_names_from_data_never_become_markup(shown):
    page = str(scorecards.cards(shown(SCORED.replace("en: North", 'en: "<b>North</b>"'))))
    assert "<b>North" not in page


def test_in_chinese_every_word_is_chinese(shown):
    words.use("zh")
    page = text(str(scorecards.cards(shown(SCORED))))
    assert "权重由评估者填写；来源未规定。" in page
    assert "中医医院标准" in page
    assert "综合绩效考核：2021年得分（0至100分）" in page
    assert "原文所列维度以“等”结尾" in page
