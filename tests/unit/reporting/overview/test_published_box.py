"""What others published stands next to the report's own figures, with the reason for the judgement."""

from types import SimpleNamespace

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from evalkit.analysis.effects.conclusion import Condition
from evalkit.project.params import Indicator
from evalkit.project.published_answers import PublishedAnswer
from evalkit.reporting.overview import published_box

RATE = Indicator.model_validate({"id": "rate", "name": {"en": "Rate", "zh": "率"}, "unit": "days"})


def found(*answers, own=None, conditions=(), verdict="uncertain", status="reported"):
    """A bundle of one indicator with the report's own estimate of `did_mean`."""
    row = {"indicator": "rate", "analysis": "did", "method": "did_mean", "term": "att"}
    results = pd.DataFrame([{**row, "estimate": own, "data_status": status}])
    finding = SimpleNamespace(indicator=RATE, conclusion=SimpleNamespace(verdict=verdict, conditions=conditions))
    evaluation = SimpleNamespace(
        region="a", indicators={"rate": RATE}, assessment=SimpleNamespace(indicators=SimpleNamespace(primary=["rate"]))
    )
    return SimpleNamespace(
        answers=answers, evaluation=evaluation, results=results, primary=[finding], programme=[finding]
    )


def answer(value, decimals, region="a", source="Someone (2021)"):
    return PublishedAnswer(region, "rate", "did_mean", "att", value, decimals, source)


def cells(piece):
    table = BeautifulSoup(str(piece), "html.parser").find(id="published-answers-table")
    return [cell.get_text() for cell in table.tbody.find_all(["th", "td"])]


@pytest.mark.parametrize(
    ("value", "decimals", "own", "told"),
    [
        (-27.3, 1, -27.349, "the same to the digits printed"),
        (-27.3, 1, -27.351, "differs by −0.05 days"),
        (-19.6, 1, -19.51, "differs by +0.09 days"),
        (3.0, 0, None, "not estimated in this report"),
    ],
)
def test_a_figure_is_the_same_where_it_rounds_to_the_published_one(value, decimals, own, told):
    assert cells(published_box.region(found(answer(value, decimals), own=own)))[3] == told


def test_it_names_value_method_and_source_and_why_nothing_is_concluded():
    failed = (Condition("p_value", False), Condition("pre_gap", True))
    made = str(published_box.region(found(answer(-27.3, 1, source="A & B"), own=-27.349, conditions=failed)))
    assert cells(made)[:3] == ["Difference-in-differences of means", "−27.3 days", "−27.3 days"]
    assert "A &amp; B" in made
    assert "Rate: Evidence not sufficient to tell, as these conditions do not hold: " in made
    assert "fixed for all reports before results are known" in made


def test_answers_on_all_regions_are_on_the_programme_page_alone():
    bundle = found(answer(1.0, 1, region="_programme"), own=1.0)
    assert published_box.region(bundle) == ""
    assert "published-answers-table" in str(published_box.programme(bundle))


def test_without_answers_there_is_no_box():
    assert published_box.region(found(own=1.0)) == ""
    assert published_box.programme(found(own=1.0)) == ""


def test_a_hostile_source_is_text():
    assert "<script>" not in str(published_box.region(found(answer(1.0, 1, source="<script>x</script>"), own=1.0)))
