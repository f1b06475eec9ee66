"""The forest of all indicators: one axis on which right is better, no row that says nothing, the reason of each."""

import dataclasses

import pytest

from evalkit.analysis.effects import did
from evalkit.reporting.elements.charts import indicator_forest
from evalkit.reporting.elements.charts.drawing import Drawing


@pytest.fixture
def two(report):
    """The finding of a rate that rises by 8, and the same as if lower were better."""
    found = report().finding
    return found, dataclasses.replace(found, indicator=found.indicator.model_copy(update={"better": "lower"}))


def with_interval(finding, low, high):
    (att,) = finding.effect.estimates
    made = dataclasses.replace(att, conf_low=low, conf_high=high)
    return dataclasses.replace(finding, effect=dataclasses.replace(finding.effect, estimates=(made,)))


def rows(findings):
    drawing = indicator_forest.indicators(findings)
    assert isinstance(drawing, Drawing)
    return drawing, drawing.table.flat[1:]


def test_effects_are_turned_so_that_right_is_better_and_divided_by_chance_variation(two):
    drawing, ((_, amount, _, first, _), (_, other, _, second, _)) = rows(two)
    spread = two[0].effect.placebos.std(ddof=1)
    assert amount == other  # as estimated
    assert first == pytest.approx(two[0].effect["att"].estimate / spread, abs=0.01) == -second
    assert "favours the reform →" in drawing.svg()
    assert drawing.title.endswith("of 2 indicators changed by more than chance variation")
    assert drawing.description.startswith("Rate: +")


def test_an_interval_above_a_factor_of_four_is_not_drawn_and_said(two):
    wild = with_interval(two[0], -55.0, 70.0)
    assert not wild.is_too_wide  # a level has no factor
    wild = dataclasses.replace(wild, effect=dataclasses.replace(wild.effect, unit="log"))
    assert wild.is_too_wide
    assert (wild.useful.reason.code, wild.useful.terms) == ("fluctuates_too_much", ("att",))
    assert not two[0].is_too_wide
    drawing, found = rows([*two, wild])
    assert len(found) == 2
    assert "Not drawn: Rate: The series fluctuates too much for a useful estimate" in drawing.caption


def test_fewer_than_two_estimates_make_no_forest(two, refused):
    assert indicator_forest.indicators([two[0], refused.finding]) == ""
    assert isinstance(two[0].effect, did.Effect)
