"""What meets a target, on the boundary."""

import math

import pytest

from evalkit.analysis.goals.bounds import around, beyond, bounds_of
from evalkit.project.params import Indicator
from evalkit.project.region_file import Target


def rate(better):
    return Indicator.model_validate({"id": "rate", "name": {"en": "Rate"}, "unit": "percent", "better": better})


def meets(value, operator, wanted, better="none"):
    target = Target(indicator="rate", operator=operator, value=wanted, source="plan", phrase="…")
    low, high = bounds_of(target, rate(better))
    return low <= value <= high


@pytest.mark.parametrize(
    ("operator", "inside", "outside"),
    [
        (">=", (65, 66), (64.99,)),
        (">", (65.001,), (65,)),
        ("<=", (65, 0), (65.01,)),
        ("<", (64.999,), (65,)),
        ("=", (65,), (64.9, 65.1)),
        ("rank", (1, 65), (66,)),
        ("~", (61.75, 68.25), (61.7, 68.3)),
        ("<~", (61.75, 64.999), (65, 61.7)),
        (">~", (65.001, 68.25), (65, 68.3)),
    ],
)
def test_a_number_meets_its_operator(operator, inside, outside):
    assert all(meets(value, operator, 65) for value in inside)
    assert not any(meets(value, operator, 65) for value in outside)


@pytest.mark.parametrize(
    ("operator", "better", "value", "met"),
    [
        ("~", "higher", 90, True),
        ("~", "higher", 61, False),
        ("~", "lower", 10, True),
        ("~", "lower", 69, False),
        ("<~", "higher", 70, True),
        ("<~", "lower", 65, False),
        (">~", "higher", 65, False),
        (">~", "lower", 60, True),
    ],
)
def test_better_than_about_a_value_meets_it_too(operator, better, value, met):
    assert meets(value, operator, 65, better) is met


@pytest.mark.parametrize("better", ["higher", "lower", "none"])
def test_a_range_is_met_inside_it_only(better):
    assert [meets(value, "range", [3, 5], better) for value in (2.9, 3, 5, 5.1)] == [False, True, True, False]


def test_an_exact_figure_is_one_value_and_a_rough_one_several():
    assert around("", 40) == (40, 40)
    assert around("~", 40) == (38, 42)
    assert around("<~", 40) == (38, math.nextafter(40, 0))
    assert around(">~", -40) == (math.nextafter(-40, 0), -38)


def test_beyond_a_value_lies_what_is_better():
    assert beyond(5, rate("higher")) == (5, float("inf"))
    assert beyond(5, rate("lower")) == (float("-inf"), 5)
