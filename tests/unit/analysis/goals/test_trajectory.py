"""A line through a few figures: what it says, when it says nothing, and what must not move it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from evalkit.analysis.goals import trajectory

AT_LEAST = (65.0, float("inf"))
AT_MOST = (float("-inf"), 65.0)
few = settings(max_examples=40, deadline=None, derandomize=True)


def years(*values, start=2018):
    return {str(start + i): float(value) for i, value in enumerate(values)}


def quarters(values, start="2018Q1"):
    names = [str(period) for period in pd.period_range(start, periods=len(values), freq="Q")]
    return dict(zip(names, map(float, values), strict=True))


@pytest.mark.parametrize(
    ("freq", "start", "need"),
    [("Y", "2018", 3), ("Q", "2018Q1", 6), ("M", "2018-01", 12)],
    ids=["year", "quarter", "month"],
)
def test_a_line_needs_three_years_six_quarters_or_twelve_months(freq, start, need):
    names = [str(period) for period in pd.period_range(start, periods=need, freq=freq)]
    figures = {name: float(i % 3) for i, name in enumerate(names)}
    assert trajectory.trend(figures) is not None
    assert trajectory.trend(dict(list(figures.items())[:-1])) is None


def test_no_figures_have_no_trend():
    assert trajectory.trend({}) is None
    assert trajectory.towards({}, 60, AT_LEAST, "2022") is None


def test_the_pace_is_that_of_least_squares():
    figures = years(60, 61.5, 61, 63)
    found = trajectory.trend(figures)
    assert found.pace == pytest.approx(np.polyfit(range(4), list(figures.values()), 1)[0])
    assert (found.first, found.last, found.n) == ("2018", "2021", 4)


def test_without_persistence_the_interval_is_the_usual_one(monkeypatch):
    monkeypatch.setitem(trajectory.PERSISTENCE, "year", 0.0)
    figures = years(60, 61.5, 61, 63, 62)
    found, usual = trajectory.trend(figures), stats.linregress(range(5), list(figures.values()))
    assert found.pace_high - found.pace == pytest.approx(stats.t.ppf(0.975, 3) * usual.stderr)


def test_a_season_is_not_taken_for_a_trend():
    season = quarters([10, 0, 0, 20] * 3)
    found = trajectory.trend(season)
    assert found.pace == pytest.approx(0, abs=1e-9)
    assert found.pace_high - found.pace_low == pytest.approx(0, abs=1e-6)


def test_the_line_is_held_against_the_target():
    found = trajectory.towards(years(60, 61, 62), 62, AT_LEAST, "2022-12-31")
    assert (found.deadline, found.reached) == ("2022", "2023")
    assert found.expected == pytest.approx(64)
    assert found.pace == pytest.approx(1)
    assert found.needed == pytest.approx(1.5)


def test_a_target_from_above_is_reached_downwards():
    found = trajectory.towards(years(70, 69, 68), 68, AT_MOST, "2025")
    assert found.expected == pytest.approx(63)
    assert (found.reached, found.needed) == ("2023", pytest.approx(-0.6))


@pytest.mark.parametrize("values", [(62, 61, 60), (60, 60, 60), (60, 60.1, 60.2)])
def test_what_moves_away_stands_still_or_creeps_never_reaches_it(values):
    found = trajectory.towards(years(*values), values[-1], AT_LEAST, "2022")
    assert found.reached is None
    assert found.needed > found.pace


def test_where_the_target_is_met_nothing_is_needed():
    found = trajectory.towards(years(64, 65, 66), 66, AT_LEAST, "2022")
    assert (found.needed, found.reached) == (None, None)
    assert found.expected == pytest.approx(68)


def test_reaching_it_by_the_deadline_and_being_expected_to_meet_it_are_one():
    for last in (61.0, 61.9, 62.0, 62.4):
        found = trajectory.towards(years(60, 60.5, last), last, AT_LEAST, "2023")
        assert (found.expected >= 65) == (found.reached is not None and found.reached <= "2023")
        assert (found.expected >= 65) == (found.pace >= found.needed)


def test_the_deadline_is_looked_at_in_its_own_season():
    figures = quarters([0, 0, 0, 8] * 2)
    found = trajectory.towards(figures, 8, AT_LEAST, "2020-12-31")
    assert found.expected == pytest.approx(8)
    assert trajectory.towards(figures, 8, AT_LEAST, "2020-09").expected == pytest.approx(0, abs=1e-9)


def test_a_season_never_observed_is_the_mean_of_the_others():
    figures = {name: value for name, value in quarters([2, 4, 6, 9] * 4).items() if not name.endswith("Q4")}
    assert trajectory.towards(figures, 6, AT_LEAST, "2022-12").expected == pytest.approx(4)


def test_months_have_a_season_of_two_waves():
    names = [str(period) for period in pd.period_range("2018-01", periods=24, freq="M")]
    figures = {name: np.sin(2 * np.pi * i / 12) + 0.5 * i / 12 for i, name in enumerate(names)}
    assert trajectory.trend(figures).pace == pytest.approx(0.5)


@pytest.mark.parametrize(("count", "persistence"), [(6, 0.6), (8, 0.6), (12, 0.6), (12, 0.0)])
def test_the_interval_misses_the_pace_of_a_series_without_trend_in_no_more_than_seven_of_a_hundred(count, persistence):
    random = np.random.default_rng(3)
    missed, trials = 0, 800
    for _ in range(trials):
        noise = [random.normal()]
        for _ in range(count - 1):
            noise.append(persistence * noise[-1] + np.sqrt(1 - persistence**2) * random.normal())
        found = trajectory.trend(quarters(noise))
        missed += not found.pace_low <= 0 <= found.pace_high
    assert missed / trials <= 0.075


figures_of_quarters = st.lists(st.floats(-50, 150), min_size=6, max_size=16).map(quarters)


@few
@given(figures_of_quarters, st.floats(-1000, 1000))
def test_a_constant_added_to_figures_and_target_changes_nothing(figures, constant):
    latest = figures[max(figures)]
    one = trajectory.towards(figures, latest, (latest + 5, float("inf")), "2023-12-31")
    moved = {name: value + constant for name, value in figures.items()}
    other = trajectory.towards(moved, latest + constant, (latest + constant + 5, float("inf")), "2023-12-31")
    names = ("pace", "pace_low", "pace_high", "needed")
    assert [getattr(other, name) for name in names] == pytest.approx(
        [getattr(one, name) for name in names], rel=1e-6, abs=1e-6
    )
    for name in ("expected", "expected_low", "expected_high"):
        assert getattr(other, name) == pytest.approx(getattr(one, name) + constant, rel=1e-6, abs=1e-6)


@few
@given(figures_of_quarters, st.randoms(use_true_random=False))
def test_the_order_of_the_figures_does_not_matter(figures, random):
    mixed = list(figures.items())
    random.shuffle(mixed)
    assert trajectory.towards(dict(mixed), 0.0, AT_LEAST, "2023") == trajectory.towards(figures, 0.0, AT_LEAST, "2023")


@few
@given(figures_of_quarters, st.floats(0.01, 100))
def test_a_change_of_unit_changes_the_unit_only(figures, factor):
    one = trajectory.trend(figures)
    other = trajectory.trend({name: factor * value for name, value in figures.items()})
    assert [other.pace, other.pace_low, other.pace_high] == pytest.approx(
        [factor * one.pace, factor * one.pace_low, factor * one.pace_high], rel=1e-6, abs=1e-6 * factor
    )
