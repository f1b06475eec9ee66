"""One matrix of starts: indicators with the same numbers share a column, what differs has its own."""

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from evalkit.analysis.programme import verdict
from evalkit.analysis.programme.pooled_effect import evaluate
from evalkit.analysis.results import Estimate
from evalkit.reporting.overview import pooled, pooled_cohorts


@pytest.fixture
def programme(project, make_values):
    """One indicator pooled over four regions that start in two periods, and twenty that never do."""
    values = make_values(n=23, pre=12, post=8)
    project.values(values)
    starts = dict(zip(values.index, ["2019Q1", "2019Q1", "2019Q1", "2019Q3"], strict=False))
    rows = [f"{unit} | {starts.get(unit, '')}" for unit in values.index]
    project.table("units", "\n".join(["unit | adoption", *rows]))
    (found,) = evaluate(project.read(), project.load())
    return found


def text_of(piece):
    return BeautifulSoup(str(piece), "html.parser").get_text(" ").replace("\u00a0", " ")


def shown(found, names, project):
    page = BeautifulSoup(str(pooled_cohorts.cohorts(found, names, project.load())), "html.parser")
    cells = [[cell.get_text(" ") for cell in row.find_all(["th", "td"])] for row in page.find_all("tr")]
    return page.caption.get_text(), cells


def test_indicators_with_the_same_numbers_share_one_column(programme, project):
    caption, (head, *rows) = shown([programme, programme], ["Rate", "Days"], project)
    assert caption == "Regions by the period in which they started; the same for all 2 indicators"
    assert head == ["First treated period", "Regions", "Note"]
    assert [row[:2] for row in rows] == [["2019 Q1", "3"], ["2019 Q3", "1"], ["not treated", "20"]]


def test_an_indicator_with_other_numbers_has_a_column_of_its_own(programme, project):
    headline = replace(programme.headline, cohorts={"2019Q1": 2})
    other = replace(programme, results=(headline, *programme.results[1:]))
    caption, (head, *rows) = shown([programme, programme, other], ["Rate", "Days", "Beds"], project)
    assert caption == "Regions by the period in which they started"
    assert head == ["First treated period", "Rate, Days", "Beds", "Note"]
    assert [row[1:3] for row in rows] == [["3", "2"], ["1", "—"], ["20", "20"]]


def test_many_names_are_folded_behind_their_number():
    names = [f"County {i}" for i in range(pooled_cohorts.FEW + 1)]
    assert str(pooled_cohorts._named(names)).startswith("<details><summary>regions: 13</summary>County 0, ")
    assert "<details>" not in pooled_cohorts._named(names[:2])


def test_the_page_says_when_a_check_disagrees_and_that_nothing_is_concluded(programme):
    headline = replace(programme.headline["group"], estimate=0.5, conf_low=-1.0, conf_high=2.0)
    check = replace(programme.by("imputation")["simple"], estimate=6.0, conf_low=3.0, conf_high=9.0)
    results = [
        replace(one, estimates=tuple(headline if e.term == "group" else e for e in one.estimates))
        if one is programme.headline
        else replace(one, estimates=(check,))
        if one.method == "imputation"
        else one
        for one in programme.results
    ]
    conclusion = replace(programme.conclusion, verdict="uncertain")
    told = pooled._disagreements(replace(programme, results=tuple(results), conclusion=conclusion))
    (said,) = [text for text in told if "6.0" in text]
    assert "the check disagrees, so no conclusion is drawn" in said
    assert "95% interval +3.0 to +9.0 percentage points" in said


def apart(programme, p_value):
    """The programme with a difference from imputation of four, by the verdict's rule."""
    gap = Estimate("imputation", 4.0, p_value=p_value)
    headline = replace(programme.headline, other_estimator=gap)
    drawn = verdict.draw(programme.indicator, headline, programme.by("imputation"))
    return replace(programme, results=(headline, *programme.results[1:]), conclusion=drawn)


def test_an_estimator_that_differs_beyond_chance_is_named_with_its_p_and_leaves_no_judgement(programme, project):
    far, near = apart(programme, 0.01), apart(programme, 0.3)
    said = text_of(pooled.conclusions([far], project.load()))
    assert "differs from the mean over region-periods by +4.0 percentage points (p = 0.010), beyond chance" in said
    assert "Conditions for a judgement not met" in said
    assert "beyond chance" not in text_of(pooled.conclusions([near], project.load()))
    for one in (far, near):
        cells = text_of(pooled._averages([(one, one.headline)], simulated=False))
        assert f"differs by +4.0 (p = {one.headline.other_estimator.p_value:.3f})" in cells


def test_the_table_of_few_clusters_holds_the_plain_regression_only(programme):
    assert programme.headline.inference == "randomization"
    rows = pooled.few_clusters([programme]).rows
    assert len(rows) == sum(one.method == "twfe" and one.inference != "cluster" for one in programme.results) == 2


def test_the_page_says_how_far_trends_may_differ(programme):
    none, some = (
        replace(programme, results=(programme.headline, _sensitivity(programme, multiple))) for multiple in (0.0, 2.4)
    )
    assert "no drift can be ruled out" in text_of(pooled._sensitivity(none))
    assert "by more than 2.4 times the largest gap" in text_of(pooled._sensitivity(some))
    assert pooled._sensitivity(replace(programme, results=(programme.headline, _sensitivity(programme, None)))) == ""


def _sensitivity(programme, multiple):
    return programme.sample.result("sensitivity", programme.headline.inference, [Estimate("breakdown", multiple)])
