"""The headline against the mean of all periods before the start: value, inference, parts, judgement."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from evalkit.analysis.programme import group_time, long_base, pooled_effect, randomize, verdict
from evalkit.analysis.programme.samples import Sample
from evalkit.analysis.results import Estimate
from evalkit.project.params import Design, Indicator

PERIODS = [str(p) for p in pd.period_range("2016Q1", periods=16, freq="Q")]
ABOUT = Indicator.model_validate({"id": "rate", "name": {"en": "Rate"}, "unit": "percent", "better": "higher"})


def made(cohort, effect=0.0, seed=1, cluster=None, shared=0.0, **changes) -> Sample:
    random, cohort = np.random.default_rng(seed), np.array(cohort, dtype=np.int64)
    times = np.arange(1, 17)
    values = random.normal(50, 5, (len(cohort), 1)) + random.normal(0, 3, 16) + random.normal(size=(len(cohort), 16))
    values += effect * ((cohort[:, None] > 0) & (times >= cohort[:, None]))
    if cluster is not None:
        groups = np.unique(cluster, return_inverse=True)[1]
        values += shared * random.normal(size=(groups.max() + 1, 16))[groups]
        changes["cluster"] = np.array(cluster, dtype=str)
    starts = {int(c): PERIODS[c - 1] for c in set(cohort.tolist()) - {0}}
    none = np.full(len(cohort), "")
    return Sample(ABOUT, "", "percent", "reported", Design(), pd.DataFrame(values, columns=PERIODS), times, cohort,
                  none, starts, **changes)  # fmt: skip


FEW = [9, 9, 12, 12, 12, *[0] * 30]


def test_the_base_is_the_mean_of_all_periods_before_the_start():
    sample = made([9, 9, *[0] * 20])
    values = sample.outcome.to_numpy()
    change = values[:, 8:].mean(axis=1) - values[:, :8].mean(axis=1)
    assert long_base.estimate(sample)["group"].estimate == pytest.approx(change[:2].mean() - change[2:].mean())


def test_draws_and_cells_give_the_same_numbers():
    sample = made(FEW, effect=2)
    found, cells = long_base.estimate(sample), long_base.att_gt(sample)
    for one in (*group_time.heads(cells), *group_time.by_cohort(cells), *group_time.events(cells)):
        assert found[one.term].estimate == pytest.approx(one.estimate), one.term


def test_holes_in_the_panel_shift_no_mean_where_units_differ_in_level_only():
    sample = made(FEW)
    values = sample.outcome * 0 + np.linspace(0, 8, 16) + np.arange(35)[:, None]
    values.iloc[5:20, :3] = np.nan
    values.iloc[0, [2, 10]] = np.nan
    found = long_base.estimate(replace(sample, outcome=values, whole=values))
    np.testing.assert_allclose([e.estimate for e in found.estimates], 0, atol=1e-9)


def test_few_treated_clusters_are_judged_by_randomization_and_many_by_clustered_errors():
    assert long_base.estimate(made(FEW)).inference == "randomization"
    assert long_base.estimate(made([9] * 25 + [12] * 25 + [0] * 30)).inference == "cluster"
    assert long_base.estimate(made([9] * 25 + [12] * 25 + [0] * 3)).inference == "randomization"


def test_the_interval_holds_exactly_the_constant_effects_that_randomization_does_not_reject():
    sample = made(FEW, effect=1.0)
    found = long_base.estimate(sample)["group"]
    started = (sample.cohort[:, None] > 0) & (sample.times >= sample.cohort[:, None])
    for supposed in np.linspace(found.conf_low - 0.5, found.conf_high + 0.5, 21):
        without = sample.outcome - supposed * started
        p_value = long_base.estimate(replace(sample, outcome=without))["group"].p_value
        assert (p_value > 0.05) == (found.conf_low <= supposed <= found.conf_high)


@pytest.mark.parametrize("cohort", [FEW, [9] * 30 + [12] + [0] * 30])
def test_what_one_treated_unit_carries_has_no_error_no_p_and_no_band(cohort):
    cohort = [7, *cohort[1:]] if cohort is FEW else cohort
    found = long_base.estimate(made(cohort, effect=2))
    alone = "cohort=2017Q3" if cohort[0] == 7 else "cohort=2018Q4"
    assert found[alone] == Estimate(alone, found[alone].estimate, reason=found[alone].reason)
    assert found[alone].reason.code == "one_treated_cluster"
    alone = [e for t, e in found.path if e.reason and e.reason.code == "one_treated_cluster"]
    assert all(e.conf_low is None and e.std_error is None for e in alone)
    analytic = group_time.callaway_santanna(made(cohort, effect=2))
    carried = {e.term: e for one in analytic for e in one.estimates}
    assert all(e.p_value is None and e.conf_low is None for e in carried.values() if e.reason)


def test_analytic_rows_with_fewer_than_eight_treated_are_no_inference():
    analytic, band = group_time.callaway_santanna(made(FEW))
    assert {e.reason.code for e in analytic.estimates} == {"few_treated_clusters"}
    assert all(e.std_error > 0 and e.p_value is e.conf_low is None for e in analytic.estimates)
    assert all(e.conf_low is None for e in band.estimates)


def test_a_straight_differential_trend_is_drawn_as_a_line():
    sample = made([9, 9, 9, *[0] * 20])
    trend = np.where(sample.cohort[:, None] > 0, 0.3 * sample.times, 0.0) + np.arange(23)[:, None]
    values = pd.DataFrame(trend, columns=PERIODS)
    path = long_base.estimate(replace(sample, outcome=values)).path
    np.testing.assert_allclose(np.diff([estimate.estimate for _, estimate in path]), 0.3)


def test_clusters_adopt_and_are_permuted_as_a_whole():
    cluster = np.repeat(np.arange(16), 4)
    cohort = np.where(cluster < 6, 9, 0)
    alike = [long_base.estimate(made(cohort, seed=seed, cluster=cluster, shared=1.0)) for seed in range(60)]
    assert {one.inference for one in alike} == {"randomization"}
    assert {one.treated_clusters for one in alike} == {6}
    assert np.mean([one["group"].p_value <= 0.05 for one in alike]) <= 0.12
    units = [long_base.estimate(made(cohort, seed=seed, cluster=np.arange(64), shared=0.0)) for seed in (1,)]
    assert units[0].inference == "cluster"


def test_clusters_of_which_a_part_started_cannot_be_permuted():
    found = long_base.estimate(made(FEW, cluster=[*"ab", *"abc", *[str(n) for n in range(30)]]))
    assert found.reason.code == "mixed_clusters"


def test_other_cohorts_gains_are_no_noise_of_a_cohort():
    sample = made([9] * 4 + [12] * 6 + [0] * 20)
    values = sample.outcome + 8 * ((sample.cohort == 12)[:, None] & (sample.times >= 12))
    values += 1.5 * ((sample.cohort == 9)[:, None] & (sample.times >= 9))
    found = long_base.estimate(replace(sample, outcome=values))
    assert found["cohort=2018Q1"].p_value <= 0.01
    assert found["group"].conf_high - found["group"].conf_low < 4


def test_subgroups_have_an_effect_each_and_a_test_that_they_are_equal():
    cohort = [9] * 8 + [0] * 24
    kinds = pd.DataFrame({"terrain": ["hill"] * 4 + ["plain"] * 4 + ["hill"] * 24})
    sample = made(cohort, subgroups=kinds)
    alike = long_base.estimate(sample)
    assert alike["subgroup=terrain"].p_value > 0.05
    apart = sample.outcome + 4 * ((np.arange(32) < 4)[:, None] & (sample.times >= 9))
    found = long_base.estimate(replace(sample, outcome=apart))
    assert found["subgroup=terrain"].p_value <= 0.05
    assert found["subgroup=terrain:hill"].estimate > 3 > 1 > found["subgroup=terrain:plain"].estimate


def test_weights_by_residents_are_shown_beside_equal_ones():
    cohort = [9] * 5 + [0] * 20
    residents = np.array([100.0, 1, 1, 1, 1, *[1] * 20])
    values = made(cohort).outcome + 5 * ((np.arange(25) == 0)[:, None] & (np.arange(1, 17) >= 9))
    found = long_base.estimate(replace(made(cohort, population=residents), outcome=values))
    assert found["weighted=population"].estimate > found["group"].estimate + 2
    many = [9] * 25 + [0] * 25
    sample = made(many, population=np.linspace(1, 2, 50))
    change = sample.outcome.iloc[:, 8:].mean(axis=1) - sample.outcome.iloc[:, :8].mean(axis=1)
    sides = [np.average(change[side], weights=sample.population[side]) for side in (sample.treated, ~sample.treated)]
    assert long_base.estimate(sample)["weighted=population"].estimate == pytest.approx(sides[0] - sides[1])


def test_a_base_period_unlike_the_others_is_seen_and_stops_the_conclusion():
    sample = made([9] * 6 + [0] * 30, effect=2)
    assert pooled_effect.find(sample, "_programme").conclusion.verdict == "supported"
    dip = sample.outcome - 4 * ((sample.cohort == 9)[:, None] & (sample.times == 8))
    found = pooled_effect.find(replace(sample, outcome=dip), "_programme")
    assert found.headline.other_base.p_value <= 0.05
    assert found.conclusion.verdict == "cannot_judge"
    assert {one.code: one.holds for one in found.conclusion.conditions}["other_base"] is False


@pytest.mark.parametrize(("effect", "better", "expected"), [
    (2, "higher", "supported"), (-2, "higher", "opposite"), (-2, "lower", "supported"), (0, "higher", "uncertain"),
    (2, "none", "no_direction"),
])  # fmt: skip
def test_the_programmes_verdict(effect, better, expected):
    about = ABOUT.model_copy(update={"better": better})
    found = pooled_effect.find(replace(made(FEW, effect=effect), indicator=about), "_programme")
    assert found.conclusion.verdict == expected
    codes = [condition.code for condition in found.conclusion.conditions]
    assert codes == ([] if better == "none" else list(verdict.RULE))


def test_too_few_ways_of_assigning_the_reform_leave_no_interval_and_no_judgement():
    found = pooled_effect.find(made([9, 9, 0, 0], effect=9), "_programme")
    assert found.headline["group"].conf_low is None
    assert found.headline["group"].reason.code == "too_few_assignments"
    assert found.conclusion.verdict == "cannot_judge"


def test_draws_stay_within_strata():
    sample = made([9, 9, 12, *[0] * 9])
    arms = randomize.arms(replace(sample, stratum=np.array(["x", "x", "y"] + ["x", "y", "z"] * 3)))
    drawn = randomize.draws(arms)
    assert (arms.stratum[drawn] == arms.stratum[arms.treated]).all()
    assert (np.sort(drawn, axis=1)[:, 1:] != np.sort(drawn, axis=1)[:, :-1]).all()


def test_treated_regions_noisier_than_the_others_are_judged_by_their_own_noise():
    """With twice the noise draws of the effect alone claim an effect in a quarter of such panels."""
    claimed = []
    for seed in range(60):
        sample = made(FEW, seed=seed)
        values = sample.outcome.to_numpy().copy()
        noise = np.random.default_rng(1000 + seed).normal(0, np.sqrt(8), (5, 16))
        values[:5] += noise
        claimed.append(long_base.headline(replace(sample, outcome=pd.DataFrame(values, columns=PERIODS))).p_value)
    assert np.mean(np.array(claimed) <= 0.05) <= 0.1


@pytest.mark.parametrize("cohort", [FEW, [9] * 25 + [12] * 25 + [0] * 30])
def test_the_headline_alone_is_that_of_the_whole_and_what_is_detectable_is_found(cohort):
    sample = made(cohort)
    found = long_base.estimate(sample)
    assert long_base.headline(sample) == found["group"]
    started = (sample.cohort[:, None] > 0) & (sample.times >= sample.cohort[:, None])
    far = replace(sample, outcome=sample.outcome + 3 * found.detectable * started)
    assert long_base.headline(far).p_value <= 0.05
    assert long_base.estimate(far).detectable == pytest.approx(found.detectable, rel=0.2)
