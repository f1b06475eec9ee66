"""Relative magnitudes: the moments are the optimum of the linear program, and intervals hold the effect."""

from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from evalkit.analysis.programme import long_base, relative_magnitudes
from evalkit.analysis.programme.relative_magnitudes import Path, breakdown, interval
from evalkit.analysis.programme.samples import Sample
from evalkit.project.params import Design, Indicator

BEFORE, AFTER = 3, 4
PERIODS = [str(period) for period in pd.period_range("2016Q1", periods=16, freq="Q")]
RATE = Indicator.model_validate({"id": "rate", "name": {"en": "Rate"}, "unit": "percent", "better": "higher"})


def random_path(seed, effect=0.0, noise=1.0, weights=None):
    random = np.random.default_rng(seed)
    scores = random.normal(0, noise, (60, BEFORE + AFTER)) @ random.normal(0, 1, (BEFORE + AFTER, BEFORE + AFTER))
    effects = scores.mean(axis=0) + np.r_[np.zeros(BEFORE), np.full(AFTER, effect)]
    covariance = np.cov(scores.T) / len(scores)
    return Path(effects, covariance, BEFORE, np.full(AFTER, 1 / AFTER) if weights is None else np.array(weights))


def smallest_excess(path, multiple, change, sign, value):
    """The linear program of Andrews, Roth & Pakes: the least studentised excess over all paths of effects."""
    effects = np.r_[path.effects[:BEFORE], 0.0, path.effects[BEFORE:]]
    rows, limits, full = [], [], np.insert(np.insert(path.covariance, BEFORE, 0, axis=0), BEFORE, 0, axis=1)
    bound = np.zeros(len(effects))
    bound[[change, change + 1]] = -sign * multiple, sign * multiple
    for time, side in product(range(AFTER), (1, -1)):
        step = np.zeros(len(effects))
        step[[BEFORE + time, BEFORE + time + 1]] = -side, side
        moment = step - bound
        row = np.zeros(1 + AFTER)
        row[0] = -np.sqrt(moment @ full @ moment)
        row[1 + time] = -side
        if time:
            row[time] = side
        rows.append(row)
        limits.append(-moment @ effects)
    least = linprog(
        np.eye(1 + AFTER)[0], rows, limits, [np.r_[0, path.weights]], [value], bounds=[(None, None)] * (1 + AFTER)
    )
    return least.fun


@pytest.mark.parametrize("weights", [None, [1, 0, 0, 0], [0.1, 0.2, 0.3, 0.4]], ids=str)
def test_the_largest_moment_is_the_optimum_of_the_linear_program(weights):
    for seed, multiple in product(range(3), (0.0, 0.7, 2.0)):
        path = random_path(seed, 1.0, weights=weights)
        tests = list(relative_magnitudes._tests(path, multiple))
        for place, value in product(range(2 * BEFORE), (-1.0, 0.3, 2.0)):
            test, (sign, change) = tests[place], (1 if place < BEFORE else -1, place % BEFORE)
            largest = (test.at_zero - test.slope * value).max()
            assert largest == pytest.approx(smallest_excess(path, multiple, change, sign, value), abs=1e-6)


def test_intervals_widen_with_the_multiple_until_they_hold_zero():
    path = random_path(1, 4.0)
    limits = [interval(path, multiple) for multiple in (0.0, 0.5, 1.0, 2.0)]
    assert all(wide[0] < narrow[0] and narrow[1] < wide[1] for narrow, wide in pairwise(limits))
    multiple = breakdown(path)
    assert interval(path, multiple - 0.02)[0] > 0 > interval(path, multiple + 0.02)[0]


def test_an_effect_that_noise_explains_breaks_down_at_once_and_a_huge_one_never():
    assert breakdown(random_path(2, 0.01)) == 0
    assert breakdown(random_path(2, 1e4)) == relative_magnitudes.LARGEST


def sample_of(cohort, effect):
    """Units in 16 quarters, with noise of 1 around their own level and a common path."""
    random, cohort, times = np.random.default_rng(1), np.array(cohort, dtype=np.int64), np.arange(1, 17)
    values = random.normal(50, 5, (len(cohort), 1)) + random.normal(0, 3, 16) + random.normal(size=(len(cohort), 16))
    values += effect * ((cohort[:, None] > 0) & (times >= cohort[:, None]))
    starts = {int(start): PERIODS[start - 1] for start in set(cohort.tolist()) - {0}}
    none, outcome = np.full(len(cohort), ""), pd.DataFrame(values, columns=PERIODS)
    return Sample(RATE, "", "percent", "reported", Design(), outcome, times, cohort, none, starts)


def test_with_few_treated_clusters_the_nearer_limit_is_a_multiple_of_the_largest_gap():
    sample = sample_of([9] * 6 + [0] * 30, 4.0)
    headline = long_base.estimate(sample)
    row = relative_magnitudes.check(sample, headline)
    gap = max(abs(point.estimate) for time, point in headline.path if time < 0)
    assert (row.inference, len(row.estimates)) == ("randomization", 1)
    assert row["breakdown"].estimate == pytest.approx(headline["group"].conf_low / gap)


def test_an_effect_that_is_indistinguishable_from_zero_has_no_breakdown():
    sample = sample_of([9] * 6 + [0] * 30, 0.0)
    row = relative_magnitudes.check(sample, long_base.estimate(sample))
    assert (row["breakdown"].estimate, row["breakdown"].reason.code) == (None, "not_told_from_zero")


def test_only_event_times_of_at_least_half_the_treated_clusters_enter():
    path = relative_magnitudes.path_of(sample_of([5] * 15 + [11] * 25 + [0] * 30, 2.0))
    assert (path.before, len(path.weights)) == (9, 6)  # with all event times: 9 and 12


def test_without_one_base_period_for_all_there_is_a_reason():
    sample = sample_of([9] * 25 + [12] * 25 + [0] * 30, 2.0)
    kept = [place for place, time in enumerate(sample.times) if time != 8]  # the last period before the first start
    outcome = sample.outcome.iloc[:, kept]
    masked = replace(sample, outcome=outcome, times=sample.times[kept])
    assert relative_magnitudes.path_of(masked).code == "bases_differ"


@pytest.mark.slow
@pytest.mark.parametrize("multiple", [0.5, 1.0])
def test_intervals_hold_the_effect_under_the_worst_bias_that_they_allow(multiple):
    inside = 0
    for seed in range(400):
        path = random_path(seed, noise=0.2)
        bias = np.r_[-2.0, -1.0, -1.0, multiple * np.arange(1, AFTER + 1)]  # of at most 1 from period to period
        biased = Path(path.effects + bias, path.covariance, BEFORE, path.weights)
        tests = list(relative_magnitudes._tests(biased, multiple))
        inside += bool(relative_magnitudes._accepted(tests, np.zeros(1))[0])
    assert inside / 400 >= 0.95 - 3 * np.sqrt(0.05 * 0.95 / 400)
