import datetime as dt

import pytest
from pydantic import ValidationError

from evalkit.project.params import Assessment, Indicator, Text
from evalkit.project.region_file import Region, Target

SMALLEST = {"name": "a", "dataset": "d", "regions": ["x"], "indicators": {"primary": ["rate"]}}
SOURCED = {"indicator": "rate", "source": "plan", "phrase": "…"}


def test_an_assessment_has_the_defaults_of_the_contract():
    assessment = Assessment.model_validate(SMALLEST)
    design = assessment.design
    assert (design.comparison.eligible, design.comparison.same, design.comparison.nearest) == (
        "not_yet_treated", (), None,
    )  # fmt: skip
    assert (design.comparison.exclude, design.mask) == ({}, {})
    assert (design.anticipation, design.transition, design.minimum_post_periods) == (0, 0, 4)
    assert (design.baseline_periods, design.post_periods) == (None, None)
    assert assessment.languages == ("zh", "en")
    assert assessment.notebooks == ("region_report",)
    assert (assessment.as_of, assessment.previous, assessment.programme) == (None, None, None)


def test_parameters_are_frozen():
    with pytest.raises(ValidationError, match="frozen"):
        Assessment.model_validate(SMALLEST).stage = "midterm"  # type: ignore[misc]


def test_an_unknown_key_is_an_error():
    with pytest.raises(ValidationError, match="stge"):
        Assessment.model_validate({**SMALLEST, "stge": "final"})


def test_texts_of_a_yaml_file_become_dates_and_numbers():
    design = {"minimum_post_periods": "2"}
    assessment = Assessment.model_validate({**SMALLEST, "as_of": "2022-12-31", "design": design})
    assert assessment.as_of == dt.date(2022, 12, 31)
    assert assessment.design.minimum_post_periods == 2


def test_primary_indicators_come_first():
    indicators = {"primary": ["z"], "exploratory": ["a"]}
    assert Assessment.model_validate({**SMALLEST, "indicators": indicators}).chosen == ("z", "a")


@pytest.mark.parametrize("name", ["", ".hidden", "_programme", "a/b", "a b", "a%20b", "con:1"])
def test_a_name_that_cannot_be_a_file_is_an_error(name):
    with pytest.raises(ValidationError, match="cannot be a file name"):
        Region(region=name)


def test_one_language_stands_in_for_the_other():
    assert Text(zh="就诊率")["en"] == "就诊率"
    assert Text(en="Rate")["zh"] == "Rate"
    assert Text(zh="就诊率", en="Rate")["zh"] == "就诊率"
    with pytest.raises(ValidationError, match="at least one"):
        Text()


@pytest.mark.parametrize(
    ("unit", "scale"), [("count", "log"), ("yuan", "log"), ("percent", "level"), ("per_1000", "level")]
)
def test_counts_and_money_are_analysed_in_logs_by_default(unit, scale):
    assert Indicator.model_validate({"id": "i", "name": {"en": "I"}, "unit": unit}).scale == scale


def test_a_written_scale_wins():
    given = {"id": "i", "name": {"en": "I"}, "unit": "count", "scale": "per_capita"}
    assert Indicator.model_validate(given).scale == "per_capita"


@pytest.mark.parametrize(
    ("operator", "value", "read"),
    [
        (">=", "65", 65.0),
        ("~", 65, 65.0),
        ("growth", "10", 10.0),
        ("range", ["3", "5"], (3.0, 5.0)),
        ("increase", None, None),
        ("status", {"en": "grade 3A"}, Text(en="grade 3A")),
    ],
)
def test_the_value_of_a_target_fits_its_operator(operator, value, read):
    assert Target.model_validate({**SOURCED, "operator": operator, "value": value}).value == read


@pytest.mark.parametrize(
    ("operator", "value", "wanted"),
    [
        (">=", None, "a number"),
        (">=", ["3", "5"], "a number"),
        ("range", "3", r"\[low, high\]"),
        ("increase", "3", "nothing"),
        ("benchmark", "3", "a text"),
    ],
)
def test_a_value_that_does_not_fit_is_an_error(operator, value, wanted):
    with pytest.raises(ValidationError, match=f"`value` must be {wanted}"):
        Target.model_validate({**SOURCED, "operator": operator, "value": value})


def test_a_target_without_a_source_is_an_error():
    with pytest.raises(ValidationError, match="source"):
        Target.model_validate({"indicator": "rate", "operator": "increase", "phrase": "…"})


def test_a_period_that_is_none_is_an_error():
    with pytest.raises(ValidationError, match="'2019/1' is not a period"):
        Target.model_validate({**SOURCED, "operator": "increase", "deadline": "2019/1"})
