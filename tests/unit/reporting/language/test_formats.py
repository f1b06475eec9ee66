"""Numbers, units and periods as readers write them."""

import datetime as dt

import pytest

from evalkit.project.params import Indicator
from evalkit.reporting.language import formats, words

NAN = float("nan")


def measured_in(unit, **more):
    return Indicator.model_validate({"id": "x", "name": {"en": "X"}, "unit": unit, **more})


@pytest.mark.parametrize(
    ("value", "decimals", "signed", "told"),
    [
        (1455180, 0, False, "1,455,180"),
        (21.63, 2, False, "21.63"),
        (0.5, 2, False, "0.5"),
        (-3.55, 2, False, "−3.55"),
        (3.55, 2, True, "+3.55"),
        (-0.001, 2, True, "0"),
        (None, 2, False, "—"),
        (NAN, 2, False, "—"),
        (float("inf"), 2, False, "—"),
    ],
)
def test_a_number_has_at_most_so_many_decimals_and_a_true_minus(value, decimals, signed, told):
    assert formats.number(value, decimals, signed) == told


@pytest.mark.parametrize(
    ("value", "decimals", "signed", "told"),
    [(2, 1, False, "2.0"), (-27.349, 1, True, "−27.3"), (1234.4, 0, False, "1,234"), (-0.04, 1, True, "0.0")],
)
def test_a_fixed_number_has_exactly_so_many_decimals_and_zero_no_sign(value, decimals, signed, told):
    assert formats.fixed(value, decimals, signed) == told


@pytest.mark.parametrize(
    ("unit", "zh", "en"),
    [
        ("percent", "64.45%", "64.45%"),
        ("count", "64", "64"),
        ("share", "64.45", "64.45"),
        ("per_1000", "64.45‰", "64.45 per 1,000"),
        ("days", "64.45 天", "64.45 days"),
    ],
)
def test_a_value_carries_its_unit(unit, zh, en):
    assert formats.value(64.45, measured_in(unit)) == en
    words.use("zh")
    assert formats.value(64.45, measured_in(unit)) == zh


def test_a_unit_of_its_own_stands_before_the_usual_one():
    assert formats.value(2557, measured_in("count", unit_name={"zh": "人次", "en": "referrals"})) == "2,557 referrals"


def test_percentages_differ_by_points():
    assert formats.difference(-0.55, measured_in("percent")) == "−0.55 percentage points"
    words.use("zh")
    assert formats.difference(-0.55, measured_in("percent")) == "−0.55 个百分点"


@pytest.mark.parametrize(
    ("amount", "unit", "told"),
    [
        (0.0953, "count", "+10.0%"),
        (-8.0, "percent", "−8.0 percentage points"),
        (0.0123, "share", "+0.012"),
        (1.5, "days", "+1.50 days"),
    ],
)
def test_an_effect_is_told_in_points_or_per_cent(amount, unit, told):
    assert formats.effect(amount, measured_in(unit)) == told


@pytest.mark.parametrize("show", [formats.value, formats.difference, formats.effect, formats.mean])
def test_what_is_no_number_is_a_dash_without_a_unit(show):
    assert show(NAN, measured_in("percent")) == "—"


@pytest.mark.parametrize(("amount", "told"), [(0.64, "0.640"), (5.31, "5.3"), (1234.5, "1,234")])
def test_a_mean_keeps_the_decimals_that_its_size_asks_for(amount, told):
    assert formats.mean(amount, measured_in("share")) == told


@pytest.mark.parametrize(
    ("unit", "told"),
    [("percent", "−1.0 to +2.0 percentage points"), ("count", "−63.2 to +638.9%"), ("share", "−1.000 to +2.000")],
)
def test_an_interval_names_its_unit_once(unit, told):
    assert formats.interval(-1.0, 2.0, measured_in(unit)) == told


@pytest.mark.parametrize(
    ("unit", "low", "high", "told"),
    [
        ("days", -1.1, -0.106, "−1.10 to −0.11 days"),
        ("percent", -0.25, 2.4, "−0.2 to +2.4 percentage points"),
        ("other", -89.8, 35.12, "−89.8 to +35.1"),
    ],
)
def test_both_ends_of_an_interval_have_the_same_number_of_decimals(unit, low, high, told):
    assert formats.interval(low, high, measured_in(unit)) == told


def test_a_standard_error_has_unit_and_decimals_of_its_estimate():
    assert formats.error(0.113, -0.011, measured_in("count")) == "11.2%"
    assert formats.error(0.94, 1.4, measured_in("percent")) == "0.9 percentage points"
    assert formats.error(None, 1.4, measured_in("percent")) == "—"


def test_an_unbounded_interval_is_a_dash():
    assert formats.interval(None, None, measured_in("percent")) == "—"


@pytest.mark.parametrize(
    ("p", "alone", "inside"), [(0.0256, "0.026", "=\u00a00.026"), (0.0004, "< 0.001", "<\u00a00.001")]
)
def test_a_p_value_alone_and_in_a_sentence(p, alone, inside):
    assert formats.probability(p) == alone
    assert formats.equal_to(p) == inside


@pytest.mark.parametrize(
    ("period", "zh", "en"),
    [
        ("2019", "2019年", "2019"),
        ("2019Q3", "2019年第三季度", "2019 Q3"),
        ("2019-02", "2019年2月", "February 2019"),
        ("2020-12-31", "2020年12月31日", "31 Dec 2020"),
        ("", "—", "—"),
    ],
)
def test_a_period_in_words(period, zh, en):
    assert formats.period(period) == en
    words.use("zh")
    assert formats.period(period) == zh


def test_a_day_that_nobody_named_is_a_dash():
    assert formats.date(None) == "—"
    assert formats.date(dt.date(2021, 3, 31)) == "31 Mar 2021"
