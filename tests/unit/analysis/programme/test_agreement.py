"""Whether other estimators say the same: by their intervals, and by the test of their difference."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from evalkit.analysis.programme import long_base, pooled_effect, staggered
from evalkit.analysis.programme.agreement import compare
from evalkit.analysis.programme.samples import Sample
from evalkit.analysis.results import Estimate
from evalkit.project.params import Design, Indicator

ABOUT = Indicator.model_validate({"id": "rate", "name": {"en": "Rate"}, "unit": "percent", "better": "higher"})


def made(cohort, effect=0.0, seed=1) -> Sample:
    """A panel of independent noise with a constant effect."""
    random, cohort, times = np.random.default_rng(seed), np.array(cohort, dtype=np.int64), np.arange(1, 15)
    values = random.normal(50, 5, (len(cohort), 1)) + random.normal(size=(len(cohort), 14))
    values += effect * ((cohort[:, None] > 0) & (times >= cohort[:, None]))
    names = [str(p) for p in pd.period_range("2016Q1", periods=14, freq="Q")]
    starts = {int(start): names[start - 1] for start in set(cohort.tolist()) - {0}}
    return Sample(ABOUT, "", "percent", "reported", Design(), pd.DataFrame(values, columns=names), times, cohort,
                  np.full(len(cohort), ""), starts)  # fmt: skip


def estimate(low, high):
    return Estimate("att", 0.0, conf_low=low, conf_high=high)


@pytest.mark.parametrize(
    ("headline", "check", "found"),
    [
        ((1, 2), (0.5, 3), "agree"),
        ((-1, 2), (-2, 3), "agree"),
        ((-1, 2), (0.5, 3), "only_check"),
        ((1, 2), (-0.5, 3), "only_headline"),
        ((1, 2), (-3, -1), "opposite"),
        ((1, 2), (None, None), "agree"),
        ((0.0, 2), (0.1, 3), "only_check"),
    ],
)
def test_what_two_intervals_say_about_zero(headline, check, found):
    assert compare(estimate(*headline), estimate(*check)) == found


FEW, MANY = [7, 7, 10, 10, 10, *[0] * 20], [7] * 15 + [10] * 15 + [0] * 30


@pytest.mark.parametrize("cohort", [FEW, MANY])
def test_other_estimators_of_the_same_effect_differ_by_chance_only(cohort):
    found = long_base.estimate(made(cohort, effect=3.0, seed=2))
    for difference in (found.other_base, found.other_estimator):
        assert difference.p_value > 0.05
        assert abs(difference.estimate) < 1
    other = staggered.imputation(made(cohort, effect=3.0, seed=2))["simple"].estimate
    assert found.other_estimator.estimate == pytest.approx(found["simple"].estimate - other, abs=1e-7)


@pytest.mark.parametrize("cohort", [FEW, MANY])
def test_imputation_that_differs_beyond_chance_is_seen_and_stops_the_conclusion(cohort):
    """A cohort that rose before its start moves the fit of imputation, as all its periods are compared."""
    sample = made(cohort, effect=3.0)
    early = (sample.cohort == 10)[:, None] & (sample.times <= 6)
    found = pooled_effect.find(replace(sample, outcome=sample.outcome - 4 * early), "_programme")
    assert found.headline.other_estimator.p_value <= 0.05
    assert found.conclusion.verdict == "cannot_judge"
    row = found.by("other_estimators", found.headline.inference)
    assert (row.analysis, row.method) == ("check", "other_estimators")
    assert row["imputation"] == found.headline.other_estimator


@pytest.mark.parametrize("cohort", [[8] * 4 + [0] * 20, [8] * 25 + [0] * 25])
def test_with_one_cohort_and_no_holes_imputation_is_the_headline_and_nothing_is_tested(cohort):
    difference = long_base.estimate(made(cohort)).other_estimator
    assert difference.estimate == pytest.approx(0, abs=1e-7)
    assert difference.p_value is None
    assert difference.reason.code == "no_variance"


def test_cells_that_are_missing_where_effects_grow_are_no_difference():
    """Both estimators count the treated cells that are observed."""
    sample = made(MANY)
    since = np.where(sample.cohort[:, None] > 0, sample.times - sample.cohort[:, None], -1)
    values = np.arange(60)[:, None] + sample.times + 3.0 * np.maximum(since + 1, 0)
    lost = np.random.default_rng(3).random(values.shape) < np.where(since > 2, 0.4, 0.05)
    table = pd.DataFrame(np.where(lost, np.nan, values), columns=sample.outcome.columns)
    found = long_base.estimate(replace(sample, outcome=table))
    assert found.other_estimator.estimate == pytest.approx(0, abs=1e-7)


@pytest.mark.parametrize("size", [3, 25])
def test_where_imputation_has_no_counterfactual_the_reason_is_given(size):
    """Everybody starts in the end, and the baseline of the last to start is one period without a value."""
    sample = made([7] * size + [12] * size)
    values = sample.outcome.mask((sample.cohort == 12)[:, None] & (sample.times == 11))
    sample = replace(sample, outcome=values, parameters=Design.model_validate({"baseline_periods": 1}))
    difference = long_base.estimate(sample).other_estimator
    assert difference.estimate is difference.p_value is None
    assert difference.reason.code == "no_comparison_units"


def test_differences_are_significant_in_five_of_a_hundred_panels_without_any():
    """Of 60 panels at most 8 (99.7 % of such counts), for each of the two differences."""
    alike = [long_base.estimate(made(FEW, seed=seed)) for seed in range(60)]
    for name in ("other_base", "other_estimator"):
        assert sum(getattr(one, name).p_value <= 0.05 for one in alike) <= 8
