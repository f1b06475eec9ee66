"""The imputation estimator as sums over units: diff-diff's numbers, for one sample, all draws, and unit by unit."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from evalkit.analysis.programme import imputed, randomize, staggered
from evalkit.analysis.programme.few_clusters import error_of
from evalkit.analysis.programme.runs import levelled
from evalkit.analysis.programme.samples import Sample
from evalkit.project.params import Design, Indicator

PERIODS = [str(p) for p in pd.period_range("2016Q1", periods=14, freq="Q")]
ABOUT = Indicator.model_validate({"id": "rate", "name": {"en": "Rate"}, "unit": "percent", "better": "higher"})


def made(cohort, seed=1, missing=0.0, design=None, **changes) -> Sample:
    random, cohort, times = np.random.default_rng(seed), np.array(cohort, dtype=np.int64), np.arange(1, 15)
    values = random.normal(50, 5, (len(cohort), 1)) + random.normal(0, 3, 14) + random.normal(size=(len(cohort), 14))
    values[random.random(values.shape) < missing] = np.nan
    starts = {int(start): PERIODS[start - 1] for start in set(cohort.tolist()) - {0}}
    whole, parameters = pd.DataFrame(values, columns=PERIODS), Design.model_validate(design or {})
    sample = Sample(ABOUT, "", "percent", "reported", parameters, whole, times, cohort,
                    np.full(len(cohort), ""), starts, whole=whole, **changes)  # fmt: skip
    outside = [(cohort == start)[:, None] & ~randomize.enters(sample, start) for start in starts]
    return replace(sample, outcome=whole.mask(np.any(outside, axis=0)))


COHORTS = [6, 6, 9, 9, 9, *[0] * 15]
SAMPLES = {
    "complete": made(COHORTS),
    "holes": made(COHORTS, missing=0.15),
    "clusters": made(np.repeat([6, 9, 0, 0, 0, 0], [3, 2, 4, 3, 2, 2]), missing=0.1,
                     cluster=np.repeat(list("abcdef"), [3, 2, 4, 3, 2, 2])),
    "never treated only": made(COHORTS, missing=0.1, design={"comparison": {"eligible": "never_treated"}}),
    "anticipation": made(COHORTS, design={"anticipation": 1, "transition": 1}),
    "strata": replace(
        made(COHORTS, missing=0.1), stratum=np.array(["x", "y"] * 10)),
    "all start in the end": made([6, 6, 9, 9, 12, 12]),
}  # fmt: skip


@pytest.mark.parametrize("name", SAMPLES)
def test_the_estimate_is_that_of_diff_diff(name):
    sample = SAMPLES[name]
    arms, (values, seen) = randomize.arms(sample), levelled(sample)
    expected = staggered.imputation(sample)["simple"].estimate
    drawn = imputed.effects(sample, arms, values, seen, arms.treated[None, :])
    assert drawn[0] == pytest.approx(expected, abs=1e-7)
    assert imputed.scores(sample, values, seen)[0] == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("name", ["complete", "holes", "clusters", "strata"])
def test_a_draw_has_the_estimate_of_a_sample_that_started_so(name):
    sample = SAMPLES[name]
    arms, (values, seen) = randomize.arms(sample), levelled(sample)
    places = randomize.draws(arms)[:5]
    drawn = imputed.effects(sample, arms, values, seen, places)
    for own, estimate in zip(places, drawn, strict=True):
        cohort = np.zeros(len(arms.cohort), dtype=np.int64)
        cohort[own] = arms.cohort[arms.treated]
        other = staggered.imputation(replace(sample, cohort=cohort[arms.of_unit]))["simple"]
        assert estimate == pytest.approx(other.estimate, abs=1e-7)


def test_the_shares_of_units_give_diff_diffs_error():
    sample = made([6] * 12 + [9] * 12 + [0] * 20)
    values, seen = levelled(sample)
    _, shares = imputed.scores(sample, values, seen)
    assert shares.sum() == pytest.approx(0, abs=1e-9)
    assert error_of(shares, sample) == pytest.approx(staggered.imputation(sample)["simple"].std_error, rel=0.02)


def test_a_draw_that_leaves_a_period_without_an_untreated_cell_has_no_estimate():
    sample = made([9, *[0] * 4])
    values = sample.whole.copy()
    values.iloc[[0, 2, 3, 4], 12] = np.nan
    sample = replace(sample, whole=values, outcome=values)
    arms, (levels, seen) = randomize.arms(sample), levelled(sample)
    drawn = imputed.effects(sample, arms, levels, seen, np.array([[0], [1], [2]]))
    assert np.isnan(drawn).tolist() == [False, True, False]
